//! A real Asterisk keeps to the port of switches.

use std::sync::Arc;
use std::time::Duration;

use engine::switching::{CallRef, Exchange, Switch};

use crate::bench::{Bench, on_both};
use crate::pbx::Phone;
use crate::switch_contract::{Rig, keeps_to_the_port};
use crate::world::World;

struct Phones {
    bench: Bench,
    phones: Vec<Phone>,
}

impl Rig for Phones {
    fn exchange(&self) -> &Exchange {
        &self.bench.exchange
    }

    fn switch(&self) -> Arc<dyn Switch> {
        self.bench.asterisk.clone()
    }

    fn world(&self) -> &World {
        &self.bench.world
    }

    fn new_call(&self) -> CallRef {
        let CallRef { tenant, origin } = self.bench.exchange.new_call("asterisk", 1);
        CallRef { tenant, origin: origin.replace('/', "/pbx:") }
    }

    async fn dials(&mut self, user: usize, number: &str) {
        self.phones[user].dial(number).await;
    }

    async fn rings(&mut self, user: usize) {
        self.phones[user].until("CALL_INCOMING").await;
        // That it rings is on its way.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    async fn answers(&mut self, user: usize) {
        self.phones[user].accept().await;
        self.phones[user].until("CALL_ESTABLISHED").await;
        // What it says to that is on its way.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    async fn is_ready(&mut self, user: usize) {
        self.phones[user].until("CALL_ESTABLISHED").await;
    }

    async fn hears_the_other(&mut self, _: usize) {
        // The bridge follows within milliseconds.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    async fn refuses(&mut self, user: usize) {
        self.phones[user].hang_up().await;
        self.phones[user].until("CALL_CLOSED").await;
    }

    async fn hangs_up(&mut self, user: usize) {
        self.phones[user].hang_up().await;
        self.phones[user].until("CALL_CLOSED").await;
    }

    async fn writes(&mut self, _: usize, _: &str) {
        unreachable!("ordinary phones write nothing");
    }

    async fn reads(&mut self, _: usize) -> String {
        unreachable!("ordinary phones show nothing");
    }

    async fn presses(&mut self, user: usize, keys: &str) {
        self.phones[user].send_digits(keys).await;
    }

    async fn hears_keys(&mut self, user: usize) -> String {
        let event = self.phones[user].until("CALL_DTMF_START").await;
        event["param"].as_str().unwrap().to_owned()
    }

    /// What Asterisk says that it plays.
    async fn hears_prompt(&mut self, _: usize) -> String {
        self.bench.pbx.logs("Playing 'beep").await;
        "sound:beep".to_owned()
    }

    /// Somebody speaks for a moment, and presses the key that ends it.
    async fn leaves_message(&mut self, user: usize, _: &str) {
        tokio::time::sleep(Duration::from_millis(2000)).await;
        self.phones[user].send_digits("#").await;
        self.bench.pbx.is_recorded().await;
    }

    async fn hears_the_end(&mut self, user: usize) {
        self.phones[user].until("CALL_CLOSED").await;
    }
}

#[tokio::test]
async fn asterisk_keeps_to_the_port() {
    on_both(async |bench| {
        let phones = bench.phones(3).await;
        keeps_to_the_port(&mut Phones { bench, phones }).await;
    })
    .await;
}
