//! Calls to groups whose people have phones of ours, beside the worked scenarios.

use std::sync::Arc;

use domain::call_flow::Leg;
use domain::time::Instant;
use engine::Actor;
use engine::groups::{Answering, CallResult};
use engine::switching::{CallRef, TransferError, TransferTo};
use serde_json::{Value, json};
use softswitch::{IceServer, MediaRelay};

use crate::bench::on_both;
use crate::client::Client;
use crate::scenarios::help_line::{NUMBER, ann_and_bob, group, last_call, results, running};

/// Somebody dials the group, and is taken in.
async fn dials(caller: &mut Client) {
    caller.says("make_call", json!(NUMBER));
    assert_eq!(caller.waits_for("media").await["policy"], "text", "there is nobody to be heard yet");
    caller.waits_for("call_connected").await;
    caller.says("call_accepted", Value::Null);
}

#[tokio::test]
async fn people_without_a_phone_are_passed_over() {
    on_both(async |bench| {
        let group = group(&bench.world, Answering::default()).await;
        let mut caller = bench.phone(0).await;
        dials(&mut caller).await;
        caller.waits_for("record").await;
        caller.says("hang_up", Value::Null);
        let call = last_call(&bench.world, &group).await;
        assert_eq!((call.result, results(&call)), (CallResult::Missed, vec!["unreachable", "unreachable"]));
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
        group(&bench.world, Answering::default()).await;
        bench.has_relay(Arc::new(Relay)).await;
        let (mut caller, mut ann) = (bench.phone(0).await, bench.phone(1).await);
        dials(&mut caller).await;
        ann.hears(json!(["call_request", NUMBER])).await;
        ann.says("call_acknowledged", json!(NUMBER));
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

/// A phone that rings for the group is taken up.
async fn takes(phone: &mut Client) {
    phone.waits_for("call_request").await;
    phone.says("call_acknowledged", json!(NUMBER));
    phone.says("call_accepted", Value::Null);
    phone.waits_for("call_connected").await;
}

#[tokio::test]
async fn a_call_is_passed_on_and_the_caller_hears_how_it_goes_on() {
    on_both(async |bench| {
        let group = group(&bench.world, Answering::default()).await;
        let [ann_id, bob_id] = ann_and_bob(&bench.world, &group).await;
        let (mut caller, mut ann, mut bob) = (bench.phone(0).await, bench.phone(1).await, bench.phone(2).await);
        dials(&mut caller).await;
        takes(&mut ann).await;
        caller.waits_for("callee_ringing").await;
        assert_eq!(caller.waits_for("prompt").await["text"], "You are connected.");
        let call = running(&bench.world, &ann_id).await;
        let (by, exchange) = (Actor::program(1, "desk"), &bench.exchange);
        let pass_on = async |from: &str, to: TransferTo| exchange.transfer(&by, from, &call.origin, &to).await;
        let to_bob = || TransferTo::Agent(bob_id.clone());
        assert!(matches!(pass_on(&bob_id, to_bob()).await, Err(TransferError::Group(_))), "it is not Bob's");
        assert!(matches!(pass_on(&ann_id, TransferTo::Agent(ann_id.clone())).await, Err(TransferError::SameAgent)));
        assert!(matches!(pass_on(&ann_id, TransferTo::Agent("agt_0".to_owned())).await, Err(TransferError::Agent(_))));
        assert!(matches!(pass_on(&ann_id, TransferTo::Group("grp_0".to_owned())).await, Err(TransferError::Group(_))));
        pass_on(&ann_id, to_bob()).await.unwrap();
        ann.waits_for("call_ended").await;
        assert_eq!(caller.waits_for("prompt").await["text"], "Please hold the line. You are being connected.");
        takes(&mut bob).await;
        caller.waits_for("callee_ringing").await;
        caller.waits_for("prompt").await;
        bob.says("talk", json!("Bob here"));
        assert_eq!(caller.waits_for("talk").await, "Bob here");
        ann.says("talk", json!("and I?"));
        assert_eq!(ann.waits_for("error").await, "invalid_talk", "who has passed it on is not in it any more");
        assert!(matches!(pass_on(&ann_id, to_bob()).await, Err(TransferError::Group(_) | TransferError::Over(_))));
        caller.says("hang_up", Value::Null);
        bob.waits_for("call_ended").await;
        let call = last_call(&bench.world, &group).await;
        assert_eq!((call.result, call.agent.as_deref()), (CallResult::Answered, Some(bob_id.as_str())));
        assert_eq!(results(&call), ["transferred", "accepted"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_passed_on_to_the_others_and_taken_by_nobody_ends_as_the_group_wants() {
    on_both(async |bench| {
        let group = group(&bench.world, Answering::default()).await;
        let [ann_id, _] = ann_and_bob(&bench.world, &group).await;
        let (mut caller, mut ann, mut bob) = (bench.phone(0).await, bench.phone(1).await, bench.phone(2).await);
        dials(&mut caller).await;
        takes(&mut ann).await;
        let call = running(&bench.world, &ann_id).await;
        let to = TransferTo::Group(group.id.clone());
        bench.exchange.transfer(&Actor::program(1, "desk"), &ann_id, &call.origin, &to).await.unwrap();
        bob.waits_for("call_request").await;
        bob.says("call_acknowledged", json!(NUMBER));
        bob.says("call_refused", json!([NUMBER, "busy"]));
        caller.waits_for("record").await;
        caller.says("recorded", json!({"text": "Please call me."}));
        caller.waits_for("call_ended").await;
        let call = last_call(&bench.world, &group).await;
        assert_eq!(results(&call), ["transferred", "declined"]);
        assert_eq!((call.result, call.agent.as_deref()), (CallResult::Answered, Some(ann_id.as_str())));
    })
    .await;
}
