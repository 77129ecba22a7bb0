//! What fuzzing begins with, and what it once found.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::disallowed_methods, reason = "the seeds are files; the rules read none")]

#[path = "../../../fuzz/src/domain.rs"]
mod domain_targets;
#[path = "../../../fuzz/seeds.rs"]
mod seeds;

#[test]
fn every_seed_is_read_without_harm() {
    for (target, run) in [("rating", domain_targets::rating as fn(&[u8])), ("numbers", domain_targets::numbers)] {
        seeds::of(target).iter().for_each(|seed| run(seed));
    }
}
