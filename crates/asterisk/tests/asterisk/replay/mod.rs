//! The adapter and the engine, with captures of a real Asterisk in place of one: these tests need none.

mod double;
mod outcomes;
mod placed;
mod tape;

use std::sync::Arc;
use std::time::Duration;

use asterisk::{Asterisk, Settings};
use engine::calls::{self, Call};
use engine::customers::Customer;
use engine::payments::{self, Method, NewPayment};
use engine::sip_accounts;
use engine::switching::{Exchange, Switch};
use serde_json::json;
use tokio::task::JoinSet;

use crate::world::{World, amount};
use double::Double;
use tape::Tape;

/// The exchange, the double of its Asterisk, and a phone.
struct Stage {
    world: World,
    exchange: Exchange,
    double: Double,
    customer: Customer,
    /// What the phone registers as.
    phone: String,
    calls: u32,
    _tasks: JoinSet<()>,
}

impl Stage {
    /// With the postpaid line 0001 at 0.60 a minute, by the second.
    async fn new(world: World) -> Stage {
        let customer = world.customer("Caller").await;
        let phone = phone(&world, &customer, "0001", "postpaid").await;
        let double = Double::start(world.clock.clone()).await;
        let exchange = Exchange::new(&world.engine);
        let asterisk = switch(&exchange, double.port);
        let mut tasks = JoinSet::new();
        exchange.attach(asterisk.clone());
        tasks.spawn(exchange.clone().run());
        let seen_at = exchange.become_switch(asterisk.name()).await;
        tasks.spawn(async move { asterisk.carry(seen_at).await.unwrap() });
        let stage = Stage { world, exchange, double, customer, phone, calls: 0, _tasks: tasks };
        stage.until("the Asterisk is met", || stage.double.is_met()).await;
        stage
    }

    /// A prepaid customer with so much on the account takes the phone's place.
    async fn is_prepaid(&mut self, balance: &str) {
        self.customer = self.world.prepaid_customer("Prepaid").await;
        self.phone = phone(&self.world, &self.customer, "0002", "prepaid").await;
        let new = NewPayment {
            customer: self.customer.id.clone(),
            amount: amount(balance),
            currency: None,
            method: Method::Cash,
            reference: None,
            received_at: None,
            invoice: None,
        };
        self.world.run(async |work| payments::record(work, new).await).await.unwrap();
    }

    /// The phone calls a number, until nothing is left of the call: its record, if it has one.
    async fn call(&mut self, caller: Tape, number: &str, called: Vec<Tape>) -> Option<Call> {
        self.calls += 1;
        let channel = format!("pbx-1795167249.{}", self.calls);
        self.double.arrives(&channel, caller.arrives(&channel, &self.phone, number), called);
        self.until("the call is over for Asterisk", || self.double.is_over()).await;
        self.until("the call is over", || self.exchange.calls(self.world.actor.tenant).is_empty()).await;
        let mut view = self.world.view().await;
        let newest = calls::history(&mut view, &calls::Filter::default(), None, 1).await.unwrap().pop();
        newest.filter(|call| call.origin == format!("asterisk/pbx:{channel}"))
    }

    async fn until(&self, what: &str, is_so: impl Fn() -> bool) {
        for _ in 0..4000 {
            if is_so() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("it is waited in vain until {what}; asked was {:#?}", self.double.asked());
    }
}

/// A line at 0.60 a minute, by the second: what its phone registers as.
async fn phone(world: &World, customer: &Customer, number: &str, kind: &str) -> String {
    let rate = json!({"price_per_minute": "0.60", "increment_seconds": 1});
    let plan = world.plan(&format!("Talk, {kind}"), json!({"kind": kind, "rate": rate})).await;
    let line = world.line(customer, number, &plan).await;
    world.run(async |work| sip_accounts::make(work, &line.id, None).await).await.unwrap().0.username
}

fn switch(exchange: &Exchange, port: u16) -> Arc<Asterisk> {
    let settings = Settings {
        name: "pbx".to_owned(),
        url: format!("http://127.0.0.1:{port}/ari").parse().unwrap(),
        user: "tollgate".to_owned(),
        password: "tollgate-test".to_owned(),
        application: "tollgate".to_owned(),
        accounts: None,
        context: "from-phone".to_owned(),
    };
    Asterisk::new(exchange, vec![settings]).unwrap()
}
