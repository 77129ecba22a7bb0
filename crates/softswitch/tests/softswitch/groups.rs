//! Calls to groups whose people have phones of ours.

use std::sync::Arc;
use std::time::Duration;

use domain::call_flow::{Leg, Strategy};
use domain::roster::Days;
use domain::time::Instant;
use engine::Clock;
use engine::agents;
use engine::groups::{self, Answering, CallResult, Details, Group, GroupCall, NewShift, Saying};
use engine::recordings::{self, Inbox};
use engine::switching::CallRef;
use serde_json::{Value, json};
use softswitch::{IceServer, MediaRelay};

use crate::bench::{Bench, on_both};
use crate::client::Client;

/// A group under 0700 with Ann at 0002 and Bob at 0003, who are on duty day and night.
async fn group(bench: &Bench, strategy: Strategy) -> Group {
    let greeting = Some(Saying { text: "Hello.".into(), language: None, voice: None, audio: None });
    let answering = Answering { greeting, strategy, ..Answering::default() };
    let numbers = vec!["0700".to_owned()];
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

/// Somebody dials the group, is taken in and greeted.
async fn dials(caller: &mut Client) {
    caller.says("make_call", json!("0700"));
    caller.waits_for("call_connected").await;
    caller.says("call_accepted", Value::Null);
    assert_eq!(caller.waits_for("prompt").await["text"], "Hello.");
}

/// A phone rings for the group, and shows nothing of the caller.
async fn rings(phone: &mut Client) {
    assert_eq!(phone.waits_for("call_request").await, "0700");
    phone.says("call_acknowledged", json!("0700"));
}

async fn last_call(bench: &Bench, group: &Group) -> GroupCall {
    for _ in 0..400 {
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
async fn a_call_passes_from_one_to_the_next_and_both_talk() {
    on_both(async |bench| {
        let group = group(&bench, Strategy::Sequential).await;
        let (mut caller, mut ann, mut bob) = (bench.phone(0).await, bench.phone(1).await, bench.phone(2).await);
        dials(&mut caller).await;
        rings(&mut ann).await;
        ann.says("call_refused", json!(["0700", "busy"]));
        rings(&mut bob).await;
        bob.says("call_accepted", Value::Null);
        assert_eq!(
            bob.waits_for("media").await["policy"],
            "text",
            "a group's voices go through a relay, and there is none"
        );
        bob.hears(json!("call_connected")).await;
        caller.says("talk", json!("I need help"));
        assert_eq!(bob.waits_for("talk").await, "I need help");
        bob.says("talk", json!("I am here"));
        assert_eq!(caller.waits_for("talk").await, "I am here");
        caller.says("hang_up", Value::Null);
        bob.waits_for("call_ended").await;
        let call = last_call(&bench, &group).await;
        assert_eq!((call.result, results(&call)), (CallResult::Answered, vec!["busy", "accepted"]));
    })
    .await;
}

#[tokio::test]
async fn all_ring_and_the_first_has_the_call() {
    on_both(async |bench| {
        let group = group(&bench, Strategy::Simultaneous).await;
        let (mut caller, mut ann, mut bob) = (bench.phone(0).await, bench.phone(1).await, bench.phone(2).await);
        dials(&mut caller).await;
        rings(&mut ann).await;
        rings(&mut bob).await;
        ann.says("call_accepted", Value::Null);
        ann.waits_for("call_connected").await;
        bob.hears(json!("call_cancelled")).await;
        ann.says("hang_up", Value::Null);
        caller.waits_for("call_ended").await;
        assert_eq!(results(&last_call(&bench, &group).await), ["accepted", "withdrawn"]);
        // A caller who gives up stops the ringing at once. (A line sets one call up in a second.)
        bench.world.clock.move_to(Instant::clamped(bench.world.clock.now().millis() + 2000));
        dials(&mut caller).await;
        rings(&mut ann).await;
        rings(&mut bob).await;
        caller.says("hang_up", Value::Null);
        ann.hears(json!("call_cancelled")).await;
        bob.hears(json!("call_cancelled")).await;
    })
    .await;
}

#[tokio::test]
async fn whom_nobody_answers_leaves_a_message_for_the_group() {
    on_both(async |bench| {
        let group = group(&bench, Strategy::Sequential).await;
        let mut caller = bench.phone(0).await;
        // No phone is there.
        dials(&mut caller).await;
        let prompt = caller.waits_for("prompt").await;
        assert!(prompt["text"].as_str().unwrap().contains("leave a message"), "{prompt}");
        assert_eq!(caller.waits_for("record").await, json!({"max_seconds": 120}));
        caller.says("recorded", json!([{"text": "Call me back"}]));
        caller.waits_for("call_ended").await;
        let call = last_call(&bench, &group).await;
        assert_eq!((call.result, results(&call)), (CallResult::Message, vec!["unreachable", "unreachable"]));
        let mut left = Vec::new();
        while left.is_empty() {
            left = recordings::of_group(&mut bench.world.view().await, &group.id, None, None, 9).await.unwrap();
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!((left[0].from.as_str(), left[0].origin.as_str()), (call.caller.as_str(), call.origin.as_str()));
        let (engine, actor) = (&bench.world.engine, &bench.world.actor);
        let heard = recordings::listen(engine, actor, (Inbox::OfGroups, &left[0].id)).await.unwrap();
        assert_eq!(heard.part(0, left[0].size_bytes).await.unwrap(), b"Call me back");
    })
    .await;
}

struct Relay;

impl MediaRelay for Relay {
    fn servers(&self, _: &CallRef, leg: Leg) -> Vec<IceServer> {
        let (username, credential) = (Some(format!("leg-{}", leg.0)), Some("secret".to_owned()));
        vec![IceServer { urls: vec!["turn:203.0.113.7".to_owned()], username, credential }]
    }

    fn ends_at(&self, _: &CallRef, _: Leg, _: Option<Instant>) {}

    fn cut(&self, _: &CallRef, _: Leg) {}
}

#[tokio::test]
async fn voices_are_heard_from_when_somebody_has_accepted() {
    on_both(async |mut bench| {
        group(&bench, Strategy::Sequential).await;
        bench.has_relay(Arc::new(Relay)).await;
        let (mut caller, mut ann) = (bench.phone(0).await, bench.phone(1).await);
        caller.says("make_call", json!("0700"));
        assert_eq!(caller.waits_for("media").await["policy"], "text", "there is nobody to be heard yet");
        caller.waits_for("call_connected").await;
        caller.says("call_accepted", Value::Null);
        rings(&mut ann).await;
        ann.says("call_accepted", Value::Null);
        for phone in [&mut caller, &mut ann] {
            assert_eq!(phone.waits_for("media").await["policy"], "relay");
        }
        ann.waits_for("call_connected").await;
        let offer = json!({"description": {"type": "offer", "sdp": "v=0"}});
        caller.says("signal", offer.clone());
        assert_eq!(ann.waits_for("signal").await, offer);
    })
    .await;
}
