//! The built-in exchange keeps to the port of switches.

use std::sync::Arc;

use engine::switching::{Exchange, Switch};
use serde_json::{Value, json};

use crate::bench::{Bench, on_both};
use crate::client::Client;
use crate::switch_contract::{Rig, keeps_to_the_port};
use crate::world::World;

struct Phones {
    bench: Bench,
    phones: Vec<Client>,
}

impl Rig for Phones {
    fn exchange(&self) -> &Exchange {
        &self.bench.exchange
    }

    fn switch(&self) -> Arc<dyn Switch> {
        self.bench.softswitch.clone()
    }

    fn world(&self) -> &World {
        &self.bench.world
    }

    async fn dials(&mut self, user: usize, number: &str) {
        self.bench.pass(1).await;
        self.phones[user].says("make_call", json!(number));
    }

    async fn rings(&mut self, user: usize) {
        let caller = self.phones[user].waits_for("call_request").await;
        self.phones[user].says("call_acknowledged", caller);
    }

    async fn answers(&mut self, user: usize) {
        self.phones[user].says("call_accepted", Value::Null);
    }

    async fn is_ready(&mut self, user: usize) {
        self.phones[user].waits_for("call_connected").await;
        self.phones[user].says("call_accepted", Value::Null);
    }

    async fn hears_the_other(&mut self, user: usize) {
        self.phones[user].waits_for("call_connected").await;
    }

    async fn refuses(&mut self, user: usize) {
        self.phones[user].says("call_refused", json!(["0001", "busy"]));
    }

    async fn hangs_up(&mut self, user: usize) {
        self.phones[user].says("hang_up", Value::Null);
    }

    async fn writes(&mut self, user: usize, text: &str) {
        self.phones[user].says("talk", json!(text));
    }

    async fn reads(&mut self, user: usize) -> String {
        self.phones[user].told("talk").await.as_str().unwrap().to_owned()
    }

    async fn presses(&mut self, user: usize, keys: &str) {
        self.phones[user].says("dtmf", json!(keys));
    }

    async fn hears_keys(&mut self, user: usize) -> String {
        self.phones[user].told("dtmf").await.as_str().unwrap().to_owned()
    }

    async fn hears_prompt(&mut self, user: usize) -> String {
        self.phones[user].told("prompt").await["text"].as_str().unwrap().to_owned()
    }

    async fn leaves_message(&mut self, user: usize, text: &str) {
        assert_eq!(self.phones[user].told("record").await, json!({"max_seconds": 60}));
        self.phones[user].says("recorded", json!({"text": text}));
        // It was asked for one.
        self.phones[user].says("recorded", json!({"text": text}));
        self.phones[user].hears(json!(["error", "invalid_recorded"])).await;
    }

    async fn hears_the_end(&mut self, user: usize) {
        loop {
            let event = self.phones[user].event().await;
            if ["call_ended", "call_cancelled", "call_not_possible"].iter().any(|end| event[0] == *end) {
                return;
            }
            assert!(["callee_ringing", "call_charged"].iter().any(|other| event[0] == *other), "{event}");
        }
    }
}

#[tokio::test]
async fn the_built_in_exchange_keeps_to_the_port() {
    on_both(async |bench| {
        let phones = vec![bench.phone(0).await, bench.phone(1).await, bench.phone(2).await];
        keeps_to_the_port(&mut Phones { bench, phones }).await;
    })
    .await;
}
