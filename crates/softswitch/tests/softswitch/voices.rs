//! How the voices of calls travel that somebody must be able to cut off.

use std::sync::{Arc, Mutex};

use domain::call_flow::Leg;
use domain::time::Instant;
use engine::switching::CallRef;
use serde_json::{Value, json};
use softswitch::{IceServer, MediaRelay};

use crate::bench::{Bench, on_both};
use crate::client::Client;

/// A relay that writes down which legs it is to cut.
#[derive(Default)]
struct Relay {
    cut: Mutex<Vec<Leg>>,
}

impl MediaRelay for Relay {
    fn servers(&self, _: &CallRef, leg: Leg) -> Vec<IceServer> {
        vec![IceServer {
            urls: vec![format!("turn:relay.example.org?leg={}", leg.0)],
            username: None,
            credential: None,
        }]
    }

    fn ends_at(&self, _: &CallRef, _: Leg, _: Option<Instant>) {}

    fn cut(&self, _: &CallRef, leg: Leg) {
        self.cut.lock().unwrap().push(leg);
    }
}

/// What the two phones are told of how to reach each other, in a call from the first one to a number that the second one's phone rings for;
/// the call goes on.
async fn media(phones: &mut (Client, Client), number: &str) -> [Value; 2] {
    let (caller, called) = phones;
    caller.says("make_call", json!(number));
    called.hears(json!(["call_request", "0001"])).await;
    called.says("call_acknowledged", json!("0001"));
    caller.hears(json!("callee_ringing")).await;
    called.says("call_accepted", Value::Null);
    let told = [called.told("media").await, caller.told("media").await];
    caller.hears(json!("call_connected")).await;
    caller.says("call_accepted", Value::Null);
    called.hears(json!("call_connected")).await;
    told
}

#[tokio::test]
async fn calls_to_agents_are_typed_where_there_is_no_relay() {
    on_both(async |bench| {
        bench.agent_answers().await;
        let mut phones = (bench.phone(0).await, bench.phone(1).await);
        let typed = json!({"policy": "text", "ice_servers": []});
        assert_eq!(media(&mut phones, "0700").await, [typed.clone(), typed.clone()]);
        // Also for the one who is there again, and for whoever talks to it.
        phones.0.dies().await;
        let mut again = bench.phone(0).await;
        assert_eq!(again.told("media").await, typed);
        assert_eq!(phones.1.waits_for("media").await, typed);
        again.says("hang_up", Value::Null);
        let record = bench.last_call().await.unwrap();
        assert!(record.agent.is_some(), "{record:?}");
    })
    .await;
}

#[tokio::test]
async fn calls_to_agents_go_through_the_relay_and_others_from_phone_to_phone() {
    on_both(async |mut bench: Bench| {
        bench.agent_answers().await;
        let relay = Arc::new(Relay::default());
        bench.has_relay(relay.clone()).await;
        let mut phones = (bench.phone(0).await, bench.phone(1).await);
        let told = |policy: &str, leg: u8| {
            json!({"policy": policy, "ice_servers": [{"urls": [format!("turn:relay.example.org?leg={leg}")]}]})
        };
        assert_eq!(media(&mut phones, "0002").await, [told("direct", 1), told("direct", 0)]);
        phones.0.says("hang_up", Value::Null);
        phones.1.hears(json!("call_ended")).await;
        bench.is_quiet().await;
        bench.pass(1).await;
        let mut phones = (bench.phone(0).await, bench.phone(1).await);
        assert_eq!(media(&mut phones, "0700").await, [told("relay", 1), told("relay", 0)]);
        relay.cut.lock().unwrap().clear();
        phones.0.says("hang_up", Value::Null);
        phones.1.hears(json!("call_ended")).await;
        bench.is_quiet().await;
        let cut = relay.cut.lock().unwrap().clone();
        assert!(cut.contains(&Leg::FIRST) && cut.contains(&Leg(1)), "{cut:?}");
    })
    .await;
}
