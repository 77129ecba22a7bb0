//! What a network says before a call is answered, its caller hears.

use std::time::Duration;

use engine::calls::Disposition;

use crate::bench::{Bench, on_both};
use crate::calls::is_free_of_channels;
use crate::pbx::Phone;
use crate::trunks::{fails, route};
use crate::world::amount;

/// The tone of the far ends' announcements, in hertz.
const ANNOUNCEMENT: u32 = 1000;

fn is_about(heard: u32, tone: u32) -> bool {
    heard.abs_diff(tone) < 60
}

/// How many half seconds of the last call a phone has heard a tone.
fn halves(bench: &Bench, phone: &Phone, tone: u32) -> usize {
    let heard = phone.heard_by_halves(bench.pbx.run_folder());
    heard.into_iter().filter(|heard| is_about(*heard, tone)).count()
}

/// A phone that has called hears an announcement, and no more: nobody has answered, and nobody hears it.
async fn hears_an_announcement(bench: &Bench, phone: &mut Phone) {
    phone.until("CALL_PROGRESS").await;
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let heard = phone.heard_by_halves(bench.pbx.run_folder());
    assert!(!phone.has_told("CALL_ESTABLISHED").await, "it is not answered");
    assert!(halves(bench, phone, ANNOUNCEMENT) >= 2, "{heard:?}");
    // The far end sends back what it is sent.
    assert_eq!(halves(bench, phone, phone.tone()), 0, "{heard:?}");
}

#[tokio::test]
async fn an_announcement_is_heard_before_the_answer_and_charged_from_there() {
    on_both(async |bench| {
        bench.pbx.far_ends().await;
        route(&bench.world, "44", &["early"]).await;
        let mut phones = bench.phones(1).await;
        let caller = &mut phones[0];
        caller.dial("+442079460018").await;
        hears_an_announcement(&bench, caller).await;
        bench.pass(30).await;
        caller.until("CALL_ESTABLISHED").await;
        tokio::time::sleep(Duration::from_millis(2500)).await;
        bench.pass(12).await;
        caller.hang_up().await;
        let call = bench.last_call().await;
        assert_eq!((call.disposition, call.duration_ms), (Some(Disposition::Answered), Some(12_000)));
        assert_eq!(call.price.unwrap().total, amount("0.12"));
        is_free_of_channels(&bench).await;
        assert!(!bench.pbx.command("bridge show all").await.contains("tollgate-"));
        let heard = caller.heard_by_halves(bench.pbx.run_folder());
        assert!(halves(&bench, caller, caller.tone()) >= 3, "both talk: {heard:?}");
        assert_eq!(bench.world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn an_announcement_that_ends_in_busy_costs_nothing() {
    on_both(async |bench| {
        bench.pbx.far_ends().await;
        route(&bench.world, "44", &["announces"]).await;
        let mut phones = bench.phones(1).await;
        let caller = &mut phones[0];
        let call = fails(&bench, caller, "+442079460018").await;
        assert_eq!((call.disposition, call.cause, call.answered_at), (Some(Disposition::Busy), Some(17), None));
        assert_eq!(bench.world.balance(&bench.customer.id).await, amount("0"));
        assert!(halves(&bench, caller, ANNOUNCEMENT) >= 2, "{:?}", caller.heard_by_halves(bench.pbx.run_folder()));
        // Whoever gives up meanwhile is free at once.
        caller.dial("+442079460018").await;
        caller.until("CALL_PROGRESS").await;
        caller.hang_up().await;
        let call = bench.last_call().await;
        assert_eq!((call.disposition, call.answered_at), (Some(Disposition::Cancelled), None));
        is_free_of_channels(&bench).await;
        assert!(!bench.pbx.command("bridge show all").await.contains("tollgate-"));
        assert_eq!(bench.world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_trunk_that_announces_that_it_has_no_room_is_followed_by_the_next() {
    on_both(async |bench| {
        bench.pbx.far_ends().await;
        route(&bench.world, "44", &["overflows", "answer"]).await;
        route(&bench.world, "49", &["overflows", "early"]).await;
        let mut phones = bench.phones(1).await;
        let caller = &mut phones[0];
        for number in ["+442079460018", "+493090182000"] {
            caller.dial(number).await;
            hears_an_announcement(&bench, caller).await;
            caller.until("CALL_ESTABLISHED").await;
            tokio::time::sleep(Duration::from_millis(2500)).await;
            bench.pass(10).await;
            caller.hang_up().await;
            let call = bench.last_call().await;
            assert_eq!((call.disposition, call.duration_ms), (Some(Disposition::Answered), Some(10_000)), "{number}");
            is_free_of_channels(&bench).await;
            let heard = caller.heard_by_halves(bench.pbx.run_folder());
            assert!(halves(&bench, caller, caller.tone()) >= 3, "both talk: {number}: {heard:?}");
        }
        assert!(!bench.pbx.command("bridge show all").await.contains("tollgate-"));
        assert_eq!(bench.world.faults().await, [""; 0]);
    })
    .await;
}
