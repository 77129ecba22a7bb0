//! Two Asterisks, each with its own phones: they share no way for voices.

use std::sync::Arc;
use std::time::Duration;

use asterisk::Asterisk;
use domain::invalid::parse;
use domain::time::Instant;
use engine::Clock;
use engine::agents::{self, DetailsDocument};
use engine::calls::{self, Call, Disposition};
use engine::presence::{self, Presence};
use engine::switching::{Exchange, NewPlaced, PlaceError, Switch};
use serde_json::json;
use tokio::task::JoinSet;

use crate::bench::{account_at, settings, soon};
use crate::pbx::{Account, Answering, Pbx, Phone};
use crate::world::{World, amount, on_both};

/// The lines 0001 and 0002 in the east, 0003 and 0004 in the west, at 0.60 a minute by the second.
struct Two {
    world: World,
    exchange: Exchange,
    customer: String,
    pbxes: [Pbx; 2],
    accounts: [Vec<Account>; 2],
    _tasks: JoinSet<()>,
}

const NAMES: [&str; 2] = ["east", "west"];

impl Two {
    async fn new(world: World) -> Option<Two> {
        let pbxes = [Pbx::start().await?, Pbx::start().await?];
        let customer = world.customer("Caller").await;
        let plan = world.plan("Talk", json!({"rate": {"price_per_minute": "0.60", "increment_seconds": 1}})).await;
        let mut accounts = [Vec::new(), Vec::new()];
        for (number, place) in [("0001", 0), ("0002", 0), ("0003", 1), ("0004", 1)] {
            let line = world.line(&customer, number, &plan).await;
            accounts[place].push(account_at(&world, &line.id, Some(NAMES[place])).await);
        }
        let exchange = Exchange::new(&world.engine);
        let each = pbxes.iter().zip(NAMES).map(|(pbx, name)| settings(pbx, name));
        let asterisk: Arc<Asterisk> = Asterisk::new(&exchange, each.collect()).unwrap();
        exchange.attach(asterisk.clone());
        let mut tasks = JoinSet::new();
        tasks.spawn(exchange.clone().run());
        let seen_at = exchange.become_switch(asterisk.name()).await;
        tasks.spawn(async move { asterisk.carry(seen_at).await.unwrap() });
        Some(Two { world, exchange, customer: customer.id, pbxes, accounts, _tasks: tasks })
    }

    /// The phones of the east or the west.
    async fn phones(&self, place: usize) -> Vec<Phone> {
        self.pbxes[place].phones_of(&self.accounts[place], Answering::ByHand).await
    }

    async fn pass(&self, seconds: i64) {
        for _ in 0..seconds {
            let now = self.world.clock.now();
            self.world.clock.move_to(Instant::clamped(now.millis() + 1000));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    /// The records of the last calls, when so many are left.
    async fn calls(&self, left: usize) -> Vec<Call> {
        let are_left = soon(async || (self.exchange.calls(self.world.actor.tenant).len() == left).then_some(())).await;
        are_left.expect("so many calls are left");
        let mut view = self.world.view().await;
        calls::history(&mut view, &calls::Filter::default(), None, 10).await.unwrap()
    }

    /// An agent whose phone is that of a line, and who is online.
    async fn agent(&self, phone: &str) -> String {
        let price = json!({"USD": {"rate": {"price_per_minute": "3.00", "increment_seconds": 1}}});
        let details = json!({"number": format!("7{phone}"), "phones": [phone], "prices": price}).to_string();
        let details = parse::<DetailsDocument>(details.as_bytes()).unwrap().check().unwrap();
        let made = self.world.run(async |work| agents::create(work, phone.to_owned(), details).await).await.unwrap();
        self.world.run(async |work| presence::set(work, &made.id, Presence::Online).await).await.unwrap();
        made.id
    }
}

async fn talk(phones: &mut [Phone], number: &str) {
    let [caller, called] = phones else { unreachable!() };
    caller.dial(number).await;
    called.until("CALL_INCOMING").await;
    called.accept().await;
    caller.until("CALL_ESTABLISHED").await;
    tokio::time::sleep(Duration::from_millis(200)).await;
}

async fn on_two(case: impl AsyncFn(Two)) {
    on_both(async |world| {
        if let Some(two) = Two::new(world).await {
            case(two).await;
        }
    })
    .await;
}

#[tokio::test]
async fn each_carries_its_own_calls_and_those_of_the_other_go_on_when_one_dies() {
    on_two(async |two| {
        let (mut east, mut west) = (two.phones(0).await, two.phones(1).await);
        talk(&mut east, "0002").await;
        talk(&mut west, "0004").await;
        for pbx in &two.pbxes {
            assert!(pbx.command("core show channels").await.contains("2 active channels"));
        }
        two.pass(5).await;
        two.pbxes[1].kill().await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        two.pass(5).await;
        assert!(two.pbxes[0].command("core show channels").await.contains("2 active channels"));
        east[0].hang_up().await;
        east[1].until("CALL_CLOSED").await;
        let of = |made: &[Call], to: &str| made.iter().find(|call| call.to == to).cloned().unwrap();
        let call = of(&two.calls(1).await, "0002");
        assert_eq!((call.duration_ms, call.price.unwrap().total), (Some(10_000), amount("0.10")));
        // The one that is gone is waited for, not for ever; meanwhile the other carries calls.
        talk(&mut east, "0002").await;
        two.pass(60).await;
        let call = of(&two.calls(1).await, "0004");
        assert_eq!(call.disposition, Some(Disposition::Answered));
        assert_eq!((call.duration_ms, call.price.unwrap().total), (Some(5000), amount("0.05")));
        east[0].hang_up().await;
        two.calls(0).await;
        assert_eq!(two.world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_phone_at_the_other_is_not_reached_and_who_calls_is_told_so() {
    on_two(async |two| {
        let (mut east, mut west) = (two.phones(0).await, two.phones(1).await);
        east[0].dial("0003").await;
        let closed = east[0].until("CALL_CLOSED").await;
        let made = two.calls(0).await;
        assert_eq!((made[0].disposition, made[0].cause), (Some(Disposition::Failed), Some(20)), "{closed}");
        assert!(closed["param"].as_str().unwrap().starts_with("480"), "{closed}");
        assert!(!west[0].has_rung().await);

        // Of those whose phones are at one of them, calls are placed there; no call has one in each.
        let (near, far) = (two.agent("0002").await, two.agent("0004").await);
        let customer = two.customer.clone();
        let new = |agent: &str, phone: &str| NewPlaced {
            customer: customer.clone(),
            agent: agent.to_owned(),
            phone: Some(phone.to_owned()),
            key: None,
        };
        for (agent, phone) in [(&near, "0003"), (&far, "0001")] {
            let refused = two.exchange.place(&two.world.actor, &new(agent, phone)).await;
            assert!(matches!(refused, Err(PlaceError::NoRoute)), "{refused:?}");
        }
        for (place, agent, phone) in [(0, &near, "0001"), (1, &far, "0003")] {
            let phones = if place == 0 { &mut east } else { &mut west };
            let id = two.exchange.place(&two.world.actor, &new(agent, phone)).await.unwrap().id;
            phones[0].until("CALL_INCOMING").await;
            assert!(two.pbxes[place].command("core show channels concise").await.contains(&format!("t1-{phone}")));
            two.exchange.hang_up(&two.world.actor, &id).await.unwrap();
            phones[0].until("CALL_CLOSED").await;
        }
        two.calls(0).await;
        for phone in east.iter_mut().chain(&mut west) {
            assert!(!phone.has_rung().await);
        }
        assert_eq!(two.world.faults().await, [""; 0]);
    })
    .await;
}
