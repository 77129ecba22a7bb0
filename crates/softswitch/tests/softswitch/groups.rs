//! Calls to groups whose people have phones of ours, beside the worked scenarios.

use std::sync::Arc;

use domain::call_flow::Leg;
use domain::time::Instant;
use engine::groups::{Answering, CallResult};
use engine::switching::CallRef;
use serde_json::{Value, json};
use softswitch::{IceServer, MediaRelay};

use crate::bench::on_both;
use crate::client::Client;
use crate::scenarios::help_line::{NUMBER, group, last_call, results};

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
