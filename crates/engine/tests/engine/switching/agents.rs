//! Calls to paid agents, by the numbers that callers dial.

use domain::call_flow::{Action, Cause, Event, Leg};
use domain::invalid::parse;
use domain::message::Side;
use domain::trunks::Dialling;
use engine::agents::{self, Agent, DetailsDocument};
use engine::allowances::{self, NewAllowance};
use engine::calls::Disposition;
use engine::customers::Customer;
use engine::lines::Line;
use engine::presence::{self, Presence};
use engine::{blocks, inbound_numbers, lines, trunk_routes, trunks};
use serde_json::{Value, json};

use super::Bench;
use super::talking::two_lines;
use crate::world::{World, amount, on_both};

/// An agent at 0.99 and 3.00 a minute by the second, who is called under a number and is online.
pub(super) async fn agent(world: &World, fields: Value) -> Agent {
    let rate = json!({"connect_fee": "0.99", "price_per_minute": "3.00", "increment_seconds": 1});
    let mut details = json!({"number": "0700", "prices": {"USD": {"rate": rate}}});
    details.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let details = parse::<DetailsDocument>(details.to_string().as_bytes()).unwrap().check().unwrap();
    let agent = world.run(async |work| agents::create(work, "Iris".to_owned(), details).await).await.unwrap();
    says(world, &agent, Presence::Online).await;
    agent
}

async fn says(world: &World, agent: &Agent, presence: Presence) {
    world.run(async |work| presence::set(work, &agent.id, presence).await).await.unwrap();
}

/// The prepaid line 0001 with so much on its account, and the line 0002 of an agent, whose first phone is none of ours.
async fn stage(world: &World, balance: &str) -> (Customer, Line, Line, Agent) {
    let (payer, line, own) = two_lines(world, balance).await;
    let agent = agent(world, json!({"phones": ["+442079460001", "0002"]})).await;
    (payer, line, own, agent)
}

#[tokio::test]
async fn whoever_dials_an_agent_pays_its_rate_and_the_agent_has_its_share() {
    on_both(async |world| {
        let (payer, line, own, agent) = stage(&world, "10").await;
        // What the agent's line sends on is not for those who call the agent.
        let version = lines::get(&mut world.view().await, &own.id).await.unwrap().version;
        let away = lines::ForwardingTo { always: Some("0001".to_owned()), ..lines::ForwardingTo::default() };
        world.run(async |work| lines::set_forwarding(work, &own.id, away, version).await).await.unwrap();
        let bench = Bench::new(&world).await;
        let call = bench.talks(&line, "07-00").await;
        let rings = |action: &Action| {
            matches!(action, Action::RingLeg { party, relayed: true, .. } if party.line.as_ref() == Some(&own.id))
        };
        bench.is_done(&call, rings).await;
        let shown = presence::of(&mut world.view().await, &[&agent.id]).await.unwrap()[&agent.id];
        assert_eq!(shown, Presence::Busy);
        bench.pass(60).await;
        bench.hangs_up(&call, Leg::FIRST).await;
        let record = bench.over(&call).await;
        assert_eq!((record.disposition, record.agent.as_ref()), (Some(Disposition::Answered), Some(&agent.id)));
        assert_eq!((record.to.as_str(), record.price.unwrap().total), ("0700", amount("3.99")));
        let owner = &own.customer;
        for (who, balance) in [(&payer.id, "6.01"), (&agent.id, "3.192"), (owner, "0")] {
            assert_eq!(world.balance(who).await, amount(balance), "{who}");
        }
        assert_eq!(bench.meter()[59].1, amount("3.99").to_string(), "it is shown as it is charged");
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn free_minutes_leave_the_connect_fee() {
    on_both(async |world| {
        let (payer, line, _, agent) = stage(&world, "0.99").await;
        let new = NewAllowance {
            customer: payer.id.clone(),
            agent: None,
            seconds: 600,
            expires_at: None,
            reason: "welcome".to_owned(),
        };
        world.run(async |work| allowances::grant(work, new).await).await.unwrap();
        let bench = Bench::new(&world).await;
        let call = bench.talks(&line, "0700").await;
        bench.pass(90).await;
        bench.hangs_up(&call, Leg(1)).await;
        let record = bench.over(&call).await;
        assert_eq!(record.price.unwrap().total, amount("0.99"));
        assert_eq!(allowances::free_seconds(&mut world.view().await, &payer.id).await.unwrap(), 510);
        assert_eq!(world.balance(&payer.id).await, amount("0"));
        assert_eq!(world.balance(&agent.id).await, amount("0.792"));
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn whoever_cannot_be_put_through_to_an_agent_is_told_why() {
    on_both(async |world| {
        let (payer, line, own, iris) = stage(&world, "1.03").await;
        let outside = agent(&world, json!({"number": "0701", "phones": ["+442079460001", "nothing"]})).await;
        let in_euros = json!({"EUR": {"rate": {"price_per_minute": "3.00"}}});
        agent(&world, json!({"number": "0702", "phones": ["0002"], "prices": in_euros})).await;
        let bench = Bench::new(&world).await;
        let refused = async |caller: &Line, number: &str| {
            let call = bench.dials(caller, number);
            let cause = bench.refused(&call).await;
            assert!(bench.record(&call).await.is_none(), "{number}");
            cause
        };
        // The connect fee and a second are 1.04.
        assert_eq!(refused(&line, "0700").await, Cause::InsufficientBalance);
        assert_eq!(refused(&own, "0700").await, Cause::DialedSelf);
        assert_eq!(refused(&line, "0701").await, Cause::NoRecipient, "{outside:?} has no line here");
        assert_eq!(refused(&line, "0702").await, Cause::NoRate);
        crate::charging::top_up(&world, &payer, "10").await;
        for presence in [Presence::Away, Presence::Offline] {
            says(&world, &iris, presence).await;
            assert_eq!(refused(&line, "0700").await, Cause::NoRecipient, "{presence:?}");
        }
        says(&world, &iris, Presence::Online).await;
        let parties = (payer.id.as_str(), iris.id.as_str());
        world.run(async |work| blocks::block(work, Side::Agent, parties, None).await).await.unwrap();
        assert_eq!(refused(&line, "0700").await, Cause::Blocked);
        world.run(async |work| blocks::unblock(work, Side::Agent, parties).await).await.unwrap();

        // Who talks is busy, also for those who find the phone of its line free.
        let other = world.customer("Other").await;
        let plan = world.plan("Other", json!({})).await;
        let third = world.line(&other, "0003", &plan).await;
        let call = bench.talks(&line, "0700").await;
        assert_eq!(refused(&third, "0700").await, Cause::Busy);
        bench.exchange.event(&call, Event::LegEnded { leg: Leg(1), cause: Cause::HungUp, at: None }).await.unwrap();
        bench.over(&call).await;
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn what_is_somebodys_here_never_goes_out_by_a_trunk() {
    on_both(async |world| {
        let (_, line, _, agent) = stage(&world, "10").await;
        says(&world, &agent, Presence::Offline).await;
        let details = trunks::Details {
            name: "World".to_owned(),
            endpoint: "world".to_owned(),
            asterisk: None,
            enabled: true,
            most_calls: None,
        };
        let trunk = world.run(async |work| trunks::create(work, details).await).await.unwrap();
        let dialling = Dialling::new("", 0, "").unwrap();
        let details = trunk_routes::Details { dialling, trunk: trunk.id.clone(), position: 1, buying_rate: None };
        world.run(async |work| trunk_routes::create(work, details).await).await.unwrap();
        let bench = Bench::new(&world).await;
        // An agent who takes no calls, and an extension that nobody has.
        for number in ["0700", "0099"] {
            let call = bench.dials(&line, number);
            assert_eq!(bench.refused(&call).await, Cause::NoRecipient, "{number}");
        }
        let inbound = inbound_numbers::Details { number: "+442079460018".to_owned(), line: line.id.clone() };
        world.run(async |work| inbound_numbers::create(work, inbound).await).await.unwrap();
        let call = bench.dials(&line, "+442079460018");
        assert_eq!(bench.refused(&call).await, Cause::DialedSelf);
        // What is nobody's goes out.
        let call = bench.dials(&line, "+442079460019");
        let goes_out =
            |action: &Action| matches!(action, Action::RingLeg { via: Some(via), .. } if via.trunk == trunk.id);
        bench.is_done(&call, goes_out).await;
        bench.hangs_up(&call, Leg::FIRST).await;
        bench.over(&call).await;
    })
    .await;
}
