//! Calls that Tollgate places between a customer and a paid agent, on ordinary phones.

use std::time::Duration;

use domain::invalid::parse;
use engine::agents::{self, DetailsDocument};
use engine::calls::Disposition;
use engine::customers::Customer;
use engine::payments::{self, Method, NewPayment};
use engine::presence::{self, Presence};
use engine::switching::{NewPlaced, Progress, Status};
use engine::{Actor, Reach, Role};
use serde_json::json;

use crate::bench::{Bench, on_both};
use crate::pbx::Phone;
use crate::world::amount;

/// A prepaid customer with the line 0005, whose phone is the bench's first, and an agent at 0.99 + 3.00 a minute by the second, whose phone is
/// 0002.
struct Paid {
    customer: Customer,
    agent: String,
}

impl Paid {
    async fn with(bench: &mut Bench, balance: &str) -> Paid {
        let customer = bench.prepaid("0005").await;
        let world = &bench.world;
        let rate = json!({"price_per_minute": "3.00", "increment_seconds": 1, "connect_fee": "0.99"});
        let details = json!({"number": "7001", "phones": ["0002"], "prices": {"USD": {"rate": rate}}}).to_string();
        let details = parse::<DetailsDocument>(details.as_bytes()).unwrap().check().unwrap();
        let agent = world.run(async |work| agents::create(work, "Iris".into(), details).await).await.unwrap().id;
        world.run(async |work| presence::set(work, &agent, Presence::Online).await).await.unwrap();
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
        Actor {
            tenant: bench.world.actor.tenant,
            name: "user:usr_1".to_owned(),
            roles: Role::Customer.into(),
            reach: Reach::Own { customers: vec![self.customer.id.clone()], agent: None },
        }
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
}

async fn rings_and_says_yes(phone: &mut Phone) {
    let incoming = phone.until("CALL_INCOMING").await;
    assert!(incoming["peeruri"].as_str().unwrap().contains("7001"), "neither sees the other's number: {incoming}");
    phone.accept().await;
    phone.until("CALL_ESTABLISHED").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    phone.send_digits("1").await;
}

impl Bench {
    async fn status(&self, id: &str) -> Status {
        Status::load(&mut self.world.view().await, id).await.unwrap()
    }

    async fn talks(&self, id: &str) {
        for _ in 0..400 {
            if self.status(id).await.stage == Progress::Talking {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{:?}", self.status(id).await);
    }
}

#[tokio::test]
async fn both_are_rung_say_yes_and_talk_until_the_money_is_used_up() {
    on_both(async |mut bench| {
        // 0.99 + 1.50: thirty seconds.
        let paid = Paid::with(&mut bench, "2.49").await;
        let mut phones = bench.phones(2).await;
        let [customer, agent] = phones.as_mut_slice() else { unreachable!() };
        let id = paid.talk(&bench, customer, agent).await;
        bench.pass(10).await;
        let status = bench.status(&id).await;
        assert_eq!((status.seconds, status.free_seconds, status.cost), (10, 0, amount("1.49")));
        assert_eq!(status.remaining_seconds, Some(20));
        bench.pass(21).await;
        customer.until("CALL_CLOSED").await;
        agent.until("CALL_CLOSED").await;
        let call = bench.last_call().await;
        assert_eq!(call.disposition, Some(Disposition::Answered));
        assert_eq!(call.duration_ms, Some(30_000), "it ends at the authorised second");
        assert_eq!(call.price.unwrap().total, amount("2.49"));
        assert_eq!(bench.world.balance(&paid.customer.id).await, amount("0"));
        assert_eq!(bench.status(&id).await.stage, Progress::Over);
        assert_eq!(bench.world.faults().await, [""; 0]);
    })
    .await;
}
