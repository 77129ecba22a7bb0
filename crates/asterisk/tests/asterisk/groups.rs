//! Calls to groups whose people have ordinary phones.

use std::time::Duration;

use domain::call_flow::Strategy;
use domain::roster::Days;
use domain::time::Instant;
use engine::agents;
use engine::groups::{self, Answering, CallResult, Details, Group, GroupCall, NewShift, Saying};
use engine::recordings::{self, Inbox};

use crate::bench::{Bench, on_both};
use crate::pbx::Phone;

pub(crate) const NUMBER: &str = "0700";

/// A group under 0700 with Ann at 0002 and Bob at 0003, who are on duty day and night.
async fn group(bench: &Bench, answering: Answering) -> Group {
    let numbers = vec![NUMBER.to_owned()];
    let details = Details { name: "Night line".to_owned(), numbers, answering, ..Details::default() };
    let group = bench.world.run(async |work| groups::create(work, details).await).await.unwrap();
    for (name, phone) in [("Ann", "0002"), ("Bob", "0003")] {
        let details = agents::Details { phones: vec![phone.to_owned()], ..agents::Details::default() };
        let agent = bench.world.run(async |work| agents::create(work, name.to_owned(), details).await).await.unwrap();
        let shift = NewShift {
            agent: agent.id,
            days: Days::new(&[0, 1, 2, 3, 4, 5, 6]).unwrap(),
            hours: "00:00-00:00".parse().unwrap(),
            zone: None,
            every_weeks: 1,
            from: None,
            until: None,
            priority: 1,
        };
        bench.world.run(async |work| groups::add_shift(work, &group.id, shift).await).await.unwrap();
    }
    group
}

/// A greeting that an Asterisk has.
fn greeting() -> Option<Saying> {
    let audio = Some("sound:hello".to_owned());
    Some(Saying { text: "Hello.".to_owned(), language: None, voice: None, audio })
}

/// A phone rings for the group, and shows its number alone.
async fn rings(phone: &mut Phone) {
    let incoming = phone.until("CALL_INCOMING").await;
    let shown = incoming["peeruri"].as_str().unwrap();
    assert!(shown.contains(NUMBER), "nobody sees the caller: {incoming}");
}

async fn is_taken_up(phone: &mut Phone) {
    rings(phone).await;
    phone.accept().await;
    phone.until("CALL_ESTABLISHED").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
}

/// A phone has heard the other's tone in its last call.
fn hears(bench: &Bench, phone: &Phone, other: &Phone) {
    let heard = phone.heard(bench.pbx.run_folder());
    assert!(heard.abs_diff(other.tone()) < 20, "{heard} Hz, and not {}", other.tone());
}

async fn last_call(bench: &Bench, group: &Group) -> GroupCall {
    for _ in 0..1000 {
        let span = (Instant::FIRST, Instant::LAST);
        let calls = groups::calls(&mut bench.world.view().await, &group.id, span, None, 1).await.unwrap();
        if let Some(call) = calls.into_iter().find(|call| call.ended_at.is_some()) {
            return call;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the call does not end");
}

fn results(call: &GroupCall) -> Vec<&str> {
    call.attempts.iter().map(|attempt| attempt.result.name()).collect()
}

#[tokio::test]
async fn who_presses_1_has_the_call_and_each_hears_the_other() {
    on_both(async |bench| {
        let group = group(&bench, Answering { greeting: greeting(), ..Answering::default() }).await;
        let mut phones = bench.phones(3).await;
        let [caller, ann, bob] = phones.as_mut_slice() else { unreachable!() };
        caller.dial(NUMBER).await;
        caller.until("CALL_ESTABLISHED").await;
        bench.pbx.logs("Playing 'hello").await;
        // Ann's mailbox takes the call up, and presses nothing.
        is_taken_up(ann).await;
        bench.pbx.logs("Playing 'vm-press").await;
        bench.pass(15).await;
        ann.until("CALL_CLOSED").await;
        is_taken_up(bob).await;
        bob.send_digits("1").await;
        tokio::time::sleep(Duration::from_millis(1500)).await;
        bench.pass(30).await;
        bob.hang_up().await;
        caller.until("CALL_CLOSED").await;
        let call = last_call(&bench, &group).await;
        assert_eq!((call.result, results(&call)), (CallResult::Answered, vec!["unconfirmed", "accepted"]));
        hears(&bench, bob, caller);
        assert_eq!(bench.world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn all_are_rung_and_who_is_late_hears_that_it_is_taken() {
    on_both(async |bench| {
        let group = group(&bench, Answering { strategy: Strategy::Simultaneous, ..Answering::default() }).await;
        let mut phones = bench.phones(3).await;
        let [caller, ann, bob] = phones.as_mut_slice() else { unreachable!() };
        caller.dial(NUMBER).await;
        is_taken_up(ann).await;
        is_taken_up(bob).await;
        bob.send_digits("1").await;
        bench.pbx.logs("Playing 'vm-goodbye").await;
        ann.until("CALL_CLOSED").await;
        caller.hang_up().await;
        bob.until("CALL_CLOSED").await;
        assert_eq!(results(&last_call(&bench, &group).await), ["withdrawn", "accepted"]);
        // A caller who gives up stops the ringing at once.
        caller.dial(NUMBER).await;
        rings(ann).await;
        rings(bob).await;
        caller.hang_up().await;
        ann.until("CALL_CLOSED").await;
        bob.until("CALL_CLOSED").await;
        bench.is_quiet().await;
        crate::calls::is_free_of_channels(&bench).await;
    })
    .await;
}

#[tokio::test]
async fn a_caller_whom_nobody_answers_leaves_a_message() {
    on_both(async |bench| {
        let group = group(&bench, Answering::default()).await;
        let mut phones = bench.phones(3).await;
        let [caller, ann, bob] = phones.as_mut_slice() else { unreachable!() };
        caller.dial(NUMBER).await;
        rings(ann).await;
        ann.hang_up().await;
        // Bob's phone rings in vain.
        rings(bob).await;
        bench.pass(21).await;
        bob.until("CALL_CLOSED").await;
        bench.pbx.logs("Playing 'beep").await;
        tokio::time::sleep(Duration::from_millis(2500)).await;
        caller.hang_up().await;
        let call = last_call(&bench, &group).await;
        assert_eq!((call.result, results(&call)), (CallResult::Message, vec!["busy", "no_answer"]));
        for _ in 0..400 {
            let left = recordings::of_group(&mut bench.world.view().await, &group.id, None, None, 9).await.unwrap();
            if let Some(message) = left.first() {
                assert!((1..=4).contains(&message.seconds), "{message:?}");
                assert!(message.from.starts_with("caller-"), "{message:?}");
                let of = (Inbox::OfGroups, message.id.as_str());
                let heard = recordings::listen(&bench.world.engine, &bench.world.actor, of).await.unwrap();
                assert!(heard.part(0, message.size_bytes).await.unwrap().starts_with(b"RIFF"));
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("nothing was recorded");
    })
    .await;
}

#[tokio::test]
async fn while_all_are_busy_the_caller_hears_music_and_is_put_through_when_one_is_free() {
    on_both(async |bench| {
        let answering = Answering { queue_seconds: Some(120), screening: false, ..Answering::default() };
        let group = group(&bench, answering).await;
        let mut phones = bench.phones(3).await;
        let [caller, ann, bob] = phones.as_mut_slice() else { unreachable!() };
        ann.dial("0003").await;
        bob.until("CALL_INCOMING").await;
        bob.accept().await;
        bob.until("CALL_ESTABLISHED").await;
        caller.dial(NUMBER).await;
        caller.until("CALL_ESTABLISHED").await;
        bench.pbx.logs("Started music on hold").await;
        ann.hang_up().await;
        bob.until("CALL_CLOSED").await;
        bench.pass(11).await;
        rings(ann).await;
        ann.accept().await;
        ann.until("CALL_ESTABLISHED").await;
        bench.pbx.logs("Stopped music on hold").await;
        tokio::time::sleep(Duration::from_millis(1500)).await;
        caller.hang_up().await;
        ann.until("CALL_CLOSED").await;
        hears(&bench, ann, caller);
        let call = last_call(&bench, &group).await;
        assert_eq!((call.result, results(&call)), (CallResult::Answered, vec!["busy", "busy", "accepted"]));
    })
    .await;
}
