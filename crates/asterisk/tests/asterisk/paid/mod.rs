//! Calls that Tollgate places between a customer and a paid agent, on ordinary phones.

mod cut_off;
mod money;
mod not_taken;
mod outside;
mod placing;
mod restarts;
mod stopped;
mod talking;
mod transfers;

use std::time::Duration;

use domain::call_flow::Cause;
use domain::invalid::parse;
use engine::agents::{self, DetailsDocument};
use engine::customers::Customer;
use engine::payments::{self, Method, NewPayment};
use engine::presence::{self, Presence};
use engine::switching::{NewPlaced, PlaceError, Progress, Status};
use engine::{Actor, Reach, Role, accounts};
use serde_json::json;

use crate::bench::{Bench, soon};
use crate::calls::is_free_of_channels;
use crate::pbx::Phone;
use crate::world::{amount, currency};

/// A prepaid customer with the line 0005, whose phone is the bench's first, and an agent at 0.99 + 3.00 a minute by the second, whose phone is
/// 0002.
struct Paid {
    customer: Customer,
    agent: String,
}

impl Paid {
    async fn with(bench: &mut Bench, balance: &str) -> Paid {
        let customer = bench.prepaid("0005").await;
        let agent = agent(bench, "7001", "0002").await;
        let paid = Paid { customer, agent };
        if balance != "0" {
            paid.pays_in(bench, balance).await;
        }
        paid
    }

    async fn pays_in(&self, bench: &Bench, balance: &str) {
        let new = NewPayment {
            customer: self.customer.id.clone(),
            amount: amount(balance),
            currency: None,
            method: Method::Cash,
            reference: None,
            received_at: None,
            invoice: None,
        };
        bench.world.run(async |work| payments::record(work, new).await).await.unwrap();
    }

    fn call(&self, key: Option<&str>) -> NewPlaced {
        NewPlaced {
            customer: self.customer.id.clone(),
            agent: self.agent.clone(),
            phone: None,
            key: key.map(str::to_owned),
        }
    }

    /// As the customer itself.
    fn actor(&self, bench: &Bench) -> Actor {
        let reach = Reach::Own { customers: vec![self.customer.id.clone()], agent: None };
        Actor { name: "user:usr_1".to_owned(), roles: Role::Customer.into(), reach, ..bench.world.actor.clone() }
    }

    /// As the agent itself.
    fn as_agent(&self, bench: &Bench) -> Actor {
        let reach = Reach::Own { customers: Vec::new(), agent: Some(self.agent.clone()) };
        Actor { name: "user:usr_2".to_owned(), roles: Role::Agent.into(), reach, ..bench.world.actor.clone() }
    }

    async fn place(&self, bench: &Bench) -> String {
        bench.exchange.place(&self.actor(bench), &self.call(None)).await.unwrap().id
    }

    /// Places a call, and has both take it up and press 1.
    async fn talk(&self, bench: &Bench, customer: &mut Phone, agent: &mut Phone) -> String {
        let id = self.place(bench).await;
        rings_and_says_yes(customer).await;
        rings_and_says_yes(agent).await;
        bench.talks(&id).await;
        id
    }

    /// Why a call is not placed, of which nobody has heard.
    async fn refused(&self, bench: &Bench, new: &NewPlaced) -> PlaceError {
        let refused = bench.exchange.place(&self.actor(bench), new).await.unwrap_err();
        assert!(bench.exchange.calls(bench.world.actor.tenant).is_empty(), "{new:?}");
        refused
    }

    /// A call that was not taken has come to its end: for this reason, for nothing, and with both phones free.
    async fn was_for_nothing(&self, bench: &Bench, id: &str, cause: Cause) {
        bench.is_quiet().await;
        let before = bench.world.balance(&self.customer.id).await;
        bench.comes_to(id, Progress::Over).await;
        assert_eq!(bench.cause(id).await, cause);
        let Status { seconds, cost, .. } = bench.status(id).await;
        assert_eq!((seconds, cost), (0, amount("0")));
        assert_eq!(before, amount("10"), "it was not charged");
        assert_eq!(bench.world.balance(&self.agent).await, amount("0"), "nobody was paid");
        is_free_of_channels(bench).await;
        let held = accounts::get(&mut bench.world.view().await, &self.customer.id, currency("USD")).await.unwrap().held;
        assert_eq!(held, amount("0"));
        assert_eq!(bench.world.faults().await, [""; 0]);
    }
}

/// An agent at 0.99 + 3.00 a minute by the second, who is online.
async fn agent(bench: &Bench, number: &str, phone: &str) -> String {
    let world = &bench.world;
    let rate = json!({"price_per_minute": "3.00", "increment_seconds": 1, "connect_fee": "0.99"});
    let details = json!({"number": number, "phones": [phone], "prices": {"USD": {"rate": rate}}}).to_string();
    let details = parse::<DetailsDocument>(details.as_bytes()).unwrap().check().unwrap();
    let agent = world.run(async |work| agents::create(work, "Iris".into(), details).await).await.unwrap().id;
    says(bench, &agent, Presence::Online).await;
    agent
}

async fn says(bench: &Bench, agent: &str, presence: Presence) {
    bench.world.run(async |work| presence::set(work, agent, presence).await).await.unwrap();
}

/// Who takes a phone up is asked nothing.
async fn nobody_presses_1(bench: &Bench) {
    bench.world.settings(|settings| settings.paid_calls.press_1 = false).await;
}

async fn rings(phone: &mut Phone) {
    let incoming = phone.until("CALL_INCOMING").await;
    assert!(incoming["peeruri"].as_str().unwrap().contains("7001"), "neither sees the other's number: {incoming}");
}

async fn rings_and_is_taken_up(phone: &mut Phone) {
    rings(phone).await;
    phone.accept().await;
    phone.until("CALL_ESTABLISHED").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
}

async fn rings_and_says_yes(phone: &mut Phone) {
    rings_and_is_taken_up(phone).await;
    phone.send_digits("1").await;
}

impl Bench {
    async fn status(&self, id: &str) -> Status {
        Status::load(&mut self.world.view().await, id).await.unwrap()
    }

    /// Why a call that is over has ended: that is written down behind it.
    async fn cause(&self, id: &str) -> Cause {
        soon(async || self.status(id).await.cause).await.expect("it is known why the call has ended")
    }

    async fn talks(&self, id: &str) {
        self.comes_to(id, Progress::Talking).await;
    }

    /// Waits until a call is so far.
    async fn comes_to(&self, id: &str, stage: Progress) {
        if soon(async || (self.status(id).await.stage == stage).then_some(())).await.is_none() {
            panic!("{stage:?} was waited for, but {:?}", self.status(id).await);
        }
    }
}
