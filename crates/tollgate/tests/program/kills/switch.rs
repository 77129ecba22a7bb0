//! A switch: it carries one call after the other, and its customers top up when they are refused one.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::World;
use super::memory::{Call, Step, TopUp};
use super::random::Random;
use super::wire::{Reply, Request, Wire};
use crate::server::now;

pub(super) struct Switch {
    pub(super) number: usize,
    world: Arc<World>,
    random: Random,
    calls: Wire,
    payments: Wire,
}

/// A call that it carries.
struct Carried {
    origin: String,
    session: String,
    payer: usize,
}

impl Switch {
    pub(super) fn new(number: usize, world: &Arc<World>, seed: u64) -> Self {
        Switch {
            number,
            random: Random::new(seed),
            calls: Wire::new(&world.company.switch),
            payments: Wire::new(&world.company.owner),
            world: world.clone(),
        }
    }

    /// Carries calls until the end.
    pub(super) async fn run(mut self) {
        for number in 0.. {
            if self.world.is_ending() {
                return;
            }
            let payer = usize::try_from(self.random.next()).unwrap() % self.world.company.payers.len();
            match self.authorize(format!("pbx{}:{number}", self.number), payer).await {
                Some(call) => self.carry(&call).await,
                None if self.random.chance(50) => self.top_up(format!("top-up:{}:{number}", self.number), payer).await,
                None => {}
            }
        }
    }

    async fn carry(&mut self, call: &Carried) {
        self.pass(30).await;
        let path = format!("/charging/sessions/{}", call.session);
        if self.random.chance(10) {
            let request = Request { method: Method::DELETE, path, key: None, body: Value::Null };
            self.step(call, Step::Release, request).await;
            return;
        }
        let answered_at = now();
        // Of some calls the answer is told with the end.
        if self.random.chance(90) {
            let request = Request::post(format!("{path}/answer"), json!({ "answered_at": answered_at }));
            self.step(call, Step::Answer, request).await;
            for extension in 0..self.random.between(0, 4) {
                self.pass(250).await;
                let request = Request {
                    key: Some(format!("{}:{extension}", call.origin)),
                    ..Request::post(format!("{path}/extend"), Value::Null)
                };
                self.step(call, Step::Extend, request).await;
            }
        }
        self.pass(50).await;
        let ended_at = now();
        let body = json!({ "answered_at": answered_at, "ended_at": ended_at });
        let request = Request::post(format!("{path}/settle"), body);
        self.step(call, Step::Settle(ended_at.millis_since(answered_at)), request).await;
    }

    /// Asks whether a call may be put through; nothing, if its payer has too little.
    async fn authorize(&self, origin: String, payer: usize) -> Option<Carried> {
        let line = &self.world.company.payers[payer].line;
        let body = json!({"origin": origin, "line": line, "to": "+14165550100"});
        let request = Request::post("/charging/sessions".to_owned(), body);
        self.world.memory().calls.insert(origin.clone(), Call::new(payer));
        let reply = self.calls.send(&self.world.door, &request).await;
        if reply.status == 402 {
            self.world.memory().refuse(&origin);
            return None;
        }
        let mut call = Carried { origin, session: String::new(), payer };
        self.note(&call, request, &reply);
        reply.body["id"].as_str().unwrap().clone_into(&mut call.session);
        Some(call)
    }

    async fn step(&self, call: &Carried, step: Step, request: Request) {
        self.world.memory().calls.get_mut(&call.origin).unwrap().in_doubt = Some(step);
        let reply = self.calls.send(&self.world.door, &request).await;
        self.note(call, request, &reply);
    }

    /// Nothing that a switch asks of its own calls is refused.
    fn note(&self, call: &Carried, request: Request, reply: &Reply) {
        assert!(reply.is_good(), "{request:?}: {reply:?}");
        let is_prepaid = self.world.company.payers[call.payer].is_prepaid;
        self.world.memory().acknowledge((&call.origin, is_prepaid), request, reply);
    }

    async fn top_up(&mut self, key: String, payer: usize) {
        let cents = self.random.between(5, 150);
        let amount = format!("{}.{:02}", cents / 100, cents % 100);
        let customer = &self.world.company.payers[payer].customer;
        let body = json!({"customer": customer, "amount": amount, "method": "card"});
        let request = Request { key: Some(key.clone()), ..Request::post("/payments".to_owned(), body) };
        let top_up = TopUp { payer, amount: i64::try_from(cents).unwrap() * 10_000, payment: None };
        self.world.memory().top_ups.insert(key, top_up);
        let reply = self.payments.send(&self.world.door, &request).await;
        assert!(reply.is_good(), "{request:?}: {reply:?}");
        self.world.memory().pay(request, &reply);
    }

    /// Lets so many milliseconds pass at most.
    async fn pass(&mut self, most: u64) {
        sleep(Duration::from_millis(self.random.between(0, most))).await;
    }
}
