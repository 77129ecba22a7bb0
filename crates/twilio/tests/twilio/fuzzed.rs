//! What fuzzing begins with, and what it once found.

#[path = "../../../../fuzz/seeds.rs"]
mod seeds;
#[path = "../../../../fuzz/src/twilio.rs"]
mod targets;

#[test]
fn every_seed_is_read_without_harm() {
    for (target, run) in [("twiml", targets::twiml as fn(&[u8])), ("twilio_webhooks", targets::twilio_webhooks)] {
        seeds::of(target).iter().for_each(|seed| run(seed));
    }
}
