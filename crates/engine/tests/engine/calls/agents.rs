//! Calls to paid agents: free seconds, then money; split between agent, tenant and tax.

use domain::invalid::parse;
use engine::agents::{self, Agent, DetailsDocument};
use engine::allowances::{self, NewAllowance};
use engine::calls::{self, CallEvent, Direction, EventKind, FinishedCall};
use engine::customers::Customer;
use serde_json::{Value, json};

use super::events::orders;
use super::{assert_books_are_right, batch, call, cost, record};
use crate::world::{World, amount, at, on_both};

/// After the grants of a test were made.
const NOON: &str = "2026-03-02T12:00:00Z";

async fn agent(world: &World, details: Value) -> Agent {
    let details = parse::<DetailsDocument>(details.to_string().as_bytes()).unwrap().check().unwrap();
    world.run(async |work| agents::create(work, "Iris".into(), details).await).await.unwrap()
}

async fn grant(
    world: &World,
    customer: &Customer,
    agent: Option<&Agent>,
    seconds: i64,
    expires: Option<&str>,
) -> String {
    let new = NewAllowance {
        customer: customer.id.clone(),
        agent: agent.map(|agent| agent.id.clone()),
        seconds,
        expires_at: expires.map(at),
        reason: "a gift".into(),
    };
    world.run(async |work| allowances::grant(work, new).await).await.unwrap().id
}

/// What is used of each grant.
async fn used(world: &World, customer: &Customer) -> Vec<i64> {
    let grants = allowances::of_customer(&mut world.view().await, &customer.id).await.unwrap();
    grants.iter().map(|grant| grant.used_seconds).collect()
}

fn to(agent: &Agent, origin: &str, seconds: i64) -> FinishedCall {
    FinishedCall { agent: Some(agent.id.clone()), ..call(origin, "0001", NOON, seconds) }
}

/// Iris at 3.00 a minute by the second and 0.99 to connect; 20 % tax in every price; a customer with the line 0001.
async fn iris(world: &World) -> (Agent, Customer) {
    world
        .settings(|settings| {
            let rate = json!([{"name": "VAT", "rate": "0.20", "valid_from": "2026-01-01T00:00:00Z"}]);
            settings.tax_rates = serde_json::from_value(rate).unwrap();
        })
        .await;
    let rate = json!({"price_per_minute": "3.00", "increment_seconds": 1, "connect_fee": "0.99"});
    let iris = agent(world, json!({"prices": {"USD": {"rate": rate}}})).await;
    let customer = world.customer("Acme").await;
    let plan = world.plan("Fixed", json!({"kind": "fixed"})).await;
    world.line(&customer, "0001", &plan).await;
    (iris, customer)
}

#[tokio::test]
async fn free_seconds_are_used_oldest_first_and_money_pays_the_rest() {
    on_both(async |world: World| {
        let (iris, customer) = iris(&world).await;
        let other = agent(&world, json!({})).await;
        grant(&world, &customer, Some(&iris), 60, Some("2026-03-03T00:00:00Z")).await;
        grant(&world, &customer, Some(&other), 1000, None).await;
        grant(&world, &customer, None, 60, Some("2026-03-02T11:00:00Z")).await;
        world.clock.move_to(at("2026-03-02T10:00:00Z"));
        grant(&world, &customer, None, 30, None).await;
        world.clock.move_to(at("2026-03-02T13:00:00Z"));
        // Granted too late for a call at noon.
        grant(&world, &customer, None, 500, None).await;

        // Seconds; price, tax, the agent's part; what is used of the grants then.
        for (origin, seconds, [total, tax, part], left) in [
            ("a", 45, ["0.99", "0.165", "0.66"], [45, 0, 0, 0, 0]),
            ("b", 30, ["0.99", "0.165", "0.66"], [60, 0, 0, 15, 0]),
            // 15 free seconds, then 45 at 0.05.
            ("c", 60, ["3.24", "0.54", "2.16"], [60, 0, 0, 30, 0]),
            ("d", 10, ["1.49", "0.2483", "0.9934"], [60, 0, 0, 30, 0]),
        ] {
            let price = record(&world, to(&iris, origin, seconds)).await.0.price.unwrap();
            assert_eq!(
                (price.total, price.tax, price.agent_part),
                (amount(total), amount(tax), amount(part)),
                "{origin}"
            );
            assert_eq!(used(&world, &customer).await, left, "{origin}");
            // A repeat uses nothing again.
            assert!(!record(&world, to(&iris, origin, seconds)).await.1);
            assert_eq!(used(&world, &customer).await, left, "{origin}");
        }
        assert_eq!(world.balance(&customer.id).await, amount("-6.71"));
        assert_eq!(world.balance(&iris.id).await, amount("4.4734"));
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn the_events_of_a_call_in_any_order_use_the_same_seconds_and_money() {
    on_both(async |world: World| {
        let (iris, customer) = iris(&world).await;
        let start = EventKind::Start {
            direction: Direction::Outbound,
            from: "0001".into(),
            to: "+441632960001".into(),
            line: None,
            account_code: None,
            agent: Some(iris.id.clone()),
        };
        let end = EventKind::End { disposition: None, duration_ms: None, cause: None };
        let events = [("2026-03-02T11:59:50Z", start), (NOON, EventKind::Answer), ("2026-03-02T12:01:00Z", end)];
        world.clock.move_to(at("2026-03-02T13:00:00Z"));
        for (number, order) in orders(3).into_iter().enumerate() {
            // A payer of its own for each order, with 40 free seconds from before the call.
            let customer = world.customer("Birch").await;
            let plan = world.plan(&format!("Plan {number}"), json!({})).await;
            let line = format!("100{number}");
            world.line(&customer, &line, &plan).await;
            let granted = storage::allowances::AllowanceRecord {
                tenant: 1,
                id: format!("alw_{number}"),
                customer: customer.id.clone(),
                agent: None,
                granted_seconds: 40,
                used_seconds: 0,
                held_seconds: 0,
                granted_at: at("2026-03-02T09:00:00Z").millis(),
                expires_at: None,
                revoked_at: None,
                reason: "a gift".into(),
                granted_by: "test".into(),
            };
            let mut tx = world.engine.store().write().await.unwrap();
            storage::allowances::insert(&mut tx, &granted).await.unwrap();
            tx.commit().await.unwrap();
            for index in order.iter().chain(&order) {
                let (when, mut kind) = events[*index].clone();
                if let EventKind::Start { from, .. } = &mut kind {
                    from.clone_from(&line);
                }
                let event = CallEvent { origin: format!("pbx:{number}"), at: at(when), kind };
                world.run(async |work| calls::report(work, &event).await).await.unwrap();
            }
            // 0.99, and 20 seconds at 0.05.
            assert_eq!(world.balance(&customer.id).await, amount("-1.99"), "{order:?}");
            assert_eq!(used(&world, &customer).await, [40], "{order:?}");
        }
        assert_eq!(world.balance(&customer.id).await, amount("0"));
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn a_batch_uses_each_free_second_once() {
    on_both(async |world: World| {
        let (iris, customer) = iris(&world).await;
        grant(&world, &customer, None, 100, None).await;
        let calls: Vec<_> = ["a", "b", "a", "c"].map(|origin| to(&iris, origin, 40)).into();
        let outcomes = batch(&world, &calls).await;
        assert_eq!(outcomes[2], calls::Outcome::Known);
        // The third has 20 seconds left, and pays for 20.
        assert_eq!(used(&world, &customer).await, [100]);
        assert_eq!(world.balance(&customer.id).await, amount("-3.97"));
        assert_eq!(batch(&world, &calls).await, vec![calls::Outcome::Known; 4]);
        assert_eq!(used(&world, &customer).await, [100]);
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn callers_at_once_use_each_free_second_once() {
    on_both(async |world: World| {
        let (iris, customer) = iris(&world).await;
        grant(&world, &customer, None, 100, None).await;
        grant(&world, &customer, Some(&iris), 100, None).await;
        let outcomes = world
            .at_once(0..30, |work, number| {
                let made = to(&iris, &format!("pbx:{number}"), 10);
                Box::pin(async move { calls::record(work, made).await })
            })
            .await;
        assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
        assert_eq!(used(&world, &customer).await, [100, 100]);
        // 30 times 0.99, and 100 seconds at 0.05.
        assert_eq!(world.balance(&customer.id).await, amount("-34.70"));
        assert_books_are_right(&world).await;
    })
    .await;
}

#[tokio::test]
async fn an_agent_without_a_price_waits_for_one() {
    on_both(async |world: World| {
        let (iris, customer) = iris(&world).await;
        let free = agent(&world, json!({"prices": {"EUR": {"rate": {"price_per_minute": "1"}}}})).await;
        assert_eq!(cost(&world, to(&free, "a", 60)).await, "agent_without_price");
        let nobody = FinishedCall { agent: Some("agt_none".into()), ..to(&iris, "b", 60) };
        assert_eq!(cost(&world, nobody).await, "unknown_agent");
        let emergency = FinishedCall { to: "4911".into(), ..to(&free, "c", 60) };
        assert_eq!(cost(&world, emergency).await, "0.00 free");
        assert_eq!(world.balance(&customer.id).await, amount("0"));
        assert_books_are_right(&world).await;
    })
    .await;
}
