//! What agents do and earn, and how they are paid.

mod at_random;
mod books;
mod disputed;
mod figures;
mod payouts;
mod races;
mod ratings;
mod statements;

use std::fmt::Write as _;

use domain::invalid::parse;
use domain::message::Text;
use domain::money::Amount;
use domain::time::Instant;
use engine::agents::{self, Agent, Details, DetailsDocument};
use engine::calls::{self, Call, FinishedCall};
use engine::customers::Customer;
use engine::messages::{self, NewMessage};
use engine::payments::{self, Method, NewPayment};
use engine::payouts::{self as paid, Payout, PayoutError, Settled};
use engine::refunds;
use engine::{Actor, Clock, Reach, Role};
use serde_json::{Value, json};

use crate::calls::call;
use crate::world::{World, amount, at};

/// Iris, at 3.00 a minute by the second and 0.99 to connect, of which she has four fifths, with 20 % tax in every price: of a call of
/// a minute she has 2.66 of 3.99.
async fn iris(world: &World) -> Agent {
    world
        .settings(|settings| {
            let rate = json!([{"name": "VAT", "rate": "0.20", "valid_from": "2026-01-01T00:00:00Z"}]);
            settings.tax_rates = serde_json::from_value(rate).unwrap();
        })
        .await;
    agent(world, "Iris", json!({"email": "iris@example.org"})).await
}

/// An agent at Iris's prices; a message costs 0.90.
async fn agent(world: &World, name: &str, mut details: Value) -> Agent {
    let rate = json!({"price_per_minute": "3.00", "increment_seconds": 1, "connect_fee": "0.99"});
    details["prices"] = json!({"USD": {"rate": rate, "price_per_message": "0.90"}});
    let details = read(&details);
    world.run(async |work| agents::create(work, name.to_owned(), details).await).await.unwrap()
}

fn read(details: &Value) -> Details {
    parse::<DetailsDocument>(details.to_string().as_bytes()).unwrap().check().unwrap()
}

/// A prepaid customer with a line of this number. Finished calls are facts: nothing has to be paid for them.
async fn caller(world: &World, number: &str) -> Customer {
    let customer = world.prepaid_customer(number).await;
    let plan = world.plan(number, json!({"kind": "prepaid"})).await;
    world.line(&customer, number, &plan).await;
    customer
}

/// A call to the agent that has just ended.
async fn talk(world: &World, agent: &Agent, number: &str, seconds: i64) -> Call {
    let call = over(world, agent, number, seconds);
    world.run(async |work| calls::record(work, call).await).await.unwrap().0
}

/// The same, before it is recorded.
fn over(world: &World, agent: &Agent, number: &str, seconds: i64) -> FinishedCall {
    let now = world.clock.now().millis();
    let answered_at = Instant::from_millis(now - seconds * 1000).unwrap();
    let origin = now.to_string() + &unique();
    FinishedCall { agent: Some(agent.id.clone()), ..call(&origin, number, &answered_at.to_string(), seconds) }
}

/// A message of a customer who has the money for it.
async fn write(world: &World, customer: &Customer, agent: &Agent) {
    let received = NewPayment {
        customer: customer.id.clone(),
        amount: amount("2000"),
        currency: None,
        method: Method::Cash,
        reference: None,
        received_at: None,
        invoice: None,
    };
    world.run(async |work| payments::record(work, received).await).await.unwrap();
    let reach = Reach::Own { customers: vec![customer.id.clone()], agent: None };
    let actor = Actor { name: "test".into(), roles: Role::Customer.into(), reach, ..world.actor.clone() };
    let text = Text::read("Are you there?").unwrap();
    let new = NewMessage { customer: customer.id.clone(), agent: agent.id.clone(), text };
    let mut work = world.engine.begin(&actor).await.unwrap();
    messages::send(&mut work, new).await.unwrap();
    work.commit().await.unwrap();
}

fn unique() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!(":{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

async fn refund(world: &World, call: &Call) {
    world.run(async |work| refunds::make(work, &call.id, None, "bad line".to_owned()).await).await.unwrap();
}

async fn pay(world: &World, agent: &Agent) -> Result<Payout, PayoutError> {
    world.run(async |work| paid::pay(work, &agent.id, None).await).await
}

async fn settle(world: &World) -> Settled {
    paid::settle_all(&world.engine, &world.actor).await.unwrap()
}

fn comes(world: &World, instant: &str) {
    world.clock.move_to(at(instant));
}

/// Balance, payable, and what is on hold until which day, of an account in US dollars.
async fn standing(world: &World, agent: &Agent) -> String {
    let earnings = paid::of_agent(&mut world.view().await, &agent.id).await.unwrap();
    let Some(standing) = earnings.standings.first() else { return "nothing".to_owned() };
    let mut told = format!("{} {}", standing.balance, standing.payable);
    for held in &standing.on_hold {
        write!(told, ", {} from {}", held.amount, held.payable_on).unwrap();
    }
    told
}

/// Carried over, agent's part, corrected, returned; paid out, remaining: the first four make up the last two.
fn sums(payout: &Payout) -> String {
    let sums = payout.paper.payout.unwrap();
    let came = [sums.carried_over, sums.agent_part, sums.corrected, sums.returned];
    let all = |amounts: &[Amount]| amounts.iter().copied().sum::<Option<Amount>>().unwrap();
    assert_eq!(all(&came), all(&[payout.amount, sums.remaining]), "{sums:?}");
    assert_eq!(sums.charged, all(&[sums.tax, sums.tenant_part, sums.agent_part]), "{sums:?}");
    format!("{} {} {} {}; {} {}", came[0], came[1], came[2], came[3], payout.amount, sums.remaining)
}

async fn assert_books_are_right(world: &World) {
    assert_eq!(world.faults().await, Vec::<String>::new());
}

/// Sets the hold days and the minimum in US dollars.
async fn terms(world: &World, hold_days: u16, minimum: &str) {
    let minimum = [(crate::world::currency("USD"), amount(minimum))].into();
    world
        .settings(|settings| {
            settings.earnings.hold_days = hold_days;
            settings.earnings.minimum = minimum;
        })
        .await;
}

/// Each of an agent's payouts, the newest first, carries over what remained after the one before, and the first nothing.
fn assert_each_carries_over(payouts: &[Payout]) {
    let sums: Vec<_> = payouts.iter().rev().map(|payout| payout.paper.payout.unwrap()).collect();
    let carried: Vec<Amount> = sums.iter().map(|sums| sums.carried_over).collect();
    let mut remained = vec![Amount::ZERO];
    remained.extend(sums.iter().map(|sums| sums.remaining));
    assert_eq!(carried, remained[..carried.len()]);
}
