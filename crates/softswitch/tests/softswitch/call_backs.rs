//! Calls back to who has called a group, on phones of ours.

use std::sync::Arc;

use domain::call_flow::Leg;
use domain::roster::Span;
use domain::time::Instant;
use engine::calls::Direction;
use engine::groups::{self, Answering, CallResult, Callers, Group, GroupCall};
use engine::switching::{CallBackError, CallRef, NewCallBack, PlaceError, PlacedBack, Unanswered};
use engine::{Clock, agents};
use serde_json::{Value, json};
use softswitch::{IceServer, MediaRelay};

use crate::bench::{Bench, on_both};
use crate::client::Client;
use crate::scenarios::help_line::{NUMBER, group, last_call, results};

fn shown() -> Answering {
    Answering { callers: Callers::Shown, ..Answering::default() }
}

/// Somebody at 0001 calls the group, which nobody answers.
async fn missed(bench: &Bench, group: &Group, caller: &mut Client) -> GroupCall {
    caller.says("make_call", json!(NUMBER));
    caller.waits_for("call_connected").await;
    caller.says("call_accepted", Value::Null);
    caller.waits_for("record").await;
    caller.says("hang_up", Value::Null);
    let call = last_call(&bench.world, group).await;
    assert_eq!((call.result, call.caller.as_str()), (CallResult::Missed, "0001"));
    call
}

async fn agent(bench: &Bench, name: &str) -> String {
    let all = agents::page(&mut bench.world.view().await, None, 50).await.unwrap();
    all.into_iter().find(|agent| agent.name == name).unwrap().id
}

async fn calls_back(bench: &Bench, group: &Group, of: &GroupCall, key: &str) -> Result<PlacedBack, CallBackError> {
    let new = NewCallBack {
        group: group.id.clone(),
        of: Unanswered::Call(of.origin.clone()),
        agent: Some(agent(bench, "Ann").await),
        phone: None,
        key: Some(key.to_owned()),
    };
    bench.exchange.call_back(&bench.world.actor, &new).await
}

/// A phone rings for the group, and is taken up.
async fn takes(phone: &mut Client) {
    phone.hears(json!(["call_request", NUMBER])).await;
    phone.says("call_acknowledged", json!(NUMBER));
    phone.says("call_accepted", Value::Null);
}

/// The group's calls, the newest first, once the newest is over.
async fn calls(bench: &Bench, group: &Group) -> Vec<GroupCall> {
    last_call(&bench.world, group).await;
    let span = (Instant::FIRST, Instant::LAST);
    groups::calls(&mut bench.world.view().await, &group.id, span, None, 50).await.unwrap()
}

#[tokio::test]
async fn an_agent_calls_back_and_both_see_the_groups_number() {
    on_both(async |bench| {
        let group = group(&bench.world, shown()).await;
        let mut caller = bench.phone(0).await;
        let call = missed(&bench, &group, &mut caller).await;
        let mut ann = bench.phone(1).await;
        bench.pass(5).await;
        let placed = calls_back(&bench, &group, &call, "again").await.unwrap();
        assert!(!placed.repeated && placed.answers == call.origin);
        takes(&mut ann).await;
        takes(&mut caller).await;
        for phone in [&mut ann, &mut caller] {
            assert_eq!(phone.told("media").await["policy"], "text", "there is no relay");
            phone.hears(json!("call_connected")).await;
        }
        // The same request is the same call, and the same key for another is refused.
        let again = calls_back(&bench, &group, &call, "again").await.unwrap();
        assert_eq!(again, PlacedBack { repeated: true, ..placed.clone() });
        let twice = calls_back(&bench, &group, &call, "once more").await;
        assert!(matches!(twice, Err(CallBackError::Place(PlaceError::NotThere(_)))), "the agent talks: {twice:?}");
        bench.pass(60).await;
        ann.says("talk", json!("Good evening"));
        caller.hears(json!(["talk", "Good evening"])).await;
        ann.says("hang_up", Value::Null);
        caller.hears(json!("call_ended")).await;

        let calls = calls(&bench, &group).await;
        let back = &calls[0];
        assert_eq!((back.origin.as_str(), back.result), (placed.origin.as_str(), CallResult::Answered));
        assert_eq!((back.caller.as_str(), back.agent.as_deref()), ("0001", Some(placed.agent.as_str())));
        assert_eq!((back.answers.as_deref(), back.placed_by.as_deref()), (Some(call.origin.as_str()), Some("test")));
        assert_eq!(results(back), ["accepted"]);
        assert_eq!(back.ended_at.unwrap().millis_since(back.answered_at.unwrap()), 60_000);
        let mut view = bench.world.view().await;
        let answered = groups::called_back(&mut view, &[&call.origin]).await.unwrap();
        assert_eq!(answered[&call.origin].origin, placed.origin);
        // It is none of the calls that came, and nobody has paid.
        let now = bench.world.clock.now();
        let span = Span { start: Instant::clamped(now.millis() - 3_600_000), end: Instant::clamped(now.millis() + 1) };
        assert_eq!(groups::statistics(&mut view, &group.id, span).await.unwrap().calls, 1);
        drop(view);
        let call = bench.last_call().await.unwrap();
        assert_eq!((call.direction, call.from.as_str(), call.customer), (Direction::Outbound, NUMBER, None));
        bench.nobody_paid().await;
    })
    .await;
}

#[tokio::test]
async fn who_is_called_back_and_does_not_answer_is_on_record_as_missed() {
    on_both(async |bench| {
        let group = group(&bench.world, shown()).await;
        let mut caller = bench.phone(0).await;
        let call = missed(&bench, &group, &mut caller).await;
        let mut ann = bench.phone(1).await;
        bench.pass(5).await;
        calls_back(&bench, &group, &call, "1").await.unwrap();
        takes(&mut ann).await;
        caller.hears(json!(["call_request", NUMBER])).await;
        caller.says("call_acknowledged", json!(NUMBER));
        caller.says("call_refused", json!([NUMBER, "busy"]));
        ann.waits_for("call_ended").await;
        let back = last_call(&bench.world, &group).await;
        assert_eq!((back.result, results(&back)), (CallResult::Missed, vec!["accepted"]));
        // What calls back can be called back: it is the same that is answered.
        bench.pass(5).await;
        let placed = calls_back(&bench, &group, &back, "2").await.unwrap();
        assert_eq!(placed.answers, call.origin);
        ann.hears(json!(["call_request", NUMBER])).await;
        ann.says("call_acknowledged", json!(NUMBER));
        ann.says("call_refused", json!([NUMBER, "busy"]));
        let back = last_call(&bench.world, &group).await;
        assert_eq!((back.origin, back.result), (placed.origin, CallResult::Missed));
        assert_eq!(results(&last_call(&bench.world, &group).await), ["declined"]);
    })
    .await;
}

struct Relay;

impl MediaRelay for Relay {
    fn servers(&self, _: &CallRef, _: Leg) -> Vec<IceServer> {
        Vec::new()
    }

    fn ends_at(&self, _: &CallRef, _: Leg, _: Option<Instant>) {}

    fn cut(&self, _: &CallRef, _: Leg) {}
}

#[tokio::test]
async fn voices_go_by_the_relay_and_who_calls_back_offers_its_own() {
    on_both(async |mut bench| {
        let group = group(&bench.world, shown()).await;
        bench.has_relay(Arc::new(Relay)).await;
        let mut caller = bench.phone(0).await;
        let call = missed(&bench, &group, &mut caller).await;
        let mut ann = bench.phone(1).await;
        bench.pass(5).await;
        calls_back(&bench, &group, &call, "1").await.unwrap();
        takes(&mut ann).await;
        takes(&mut caller).await;
        let of_agent = ann.told("media").await;
        assert_eq!((&of_agent["policy"], &of_agent["offers"]), (&json!("relay"), &json!(true)));
        let of_caller = caller.told("media").await;
        assert_eq!((&of_caller["policy"], &of_caller["offers"]), (&json!("relay"), &Value::Null));
        ann.hears(json!("call_connected")).await;
        caller.hears(json!("call_connected")).await;
        let offer = json!({"description": {"type": "offer", "sdp": "v=0"}});
        ann.says("signal", offer.clone());
        assert_eq!(caller.waits_for("signal").await, offer);
    })
    .await;
}
