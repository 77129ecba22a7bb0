//! Two pots on a balance: what fills them, what empties them, and what is given back.

mod at_random;
mod live;
mod refunds;
mod spending;
mod transfers;

use domain::invalid::parse;
use engine::accounts;
use engine::agents::{self, Agent, DetailsDocument};
use engine::calls::{self, Call, FinishedCall};
use engine::customers::Customer;
use engine::payments::{self, Credit, CreditKind, Method, NewCredit, NewPayment, PaymentError};
use serde_json::json;

use crate::calls::call;
use crate::world::{World, amount, currency};

/// Before a world begins.
pub(crate) const TEN: &str = "2026-03-01T10:00:00Z";

/// A prepaid customer with a line of this number, at a cent a second.
async fn prepaid(world: &World, number: &str) -> Customer {
    let customer = world.prepaid_customer(number).await;
    let rate = json!({"price_per_minute": "0.60", "increment_seconds": 1});
    let plan = world.plan(number, json!({"kind": "prepaid", "rate": rate})).await;
    world.line(&customer, number, &plan).await;
    customer
}

/// Iris, at 3.00 a minute by the second and 0.99 to connect, of which she has four fifths; with 20 % tax in every price.
async fn iris(world: &World) -> Agent {
    world
        .settings(|settings| {
            let rate = json!([{"name": "VAT", "rate": "0.20", "valid_from": "2026-01-01T00:00:00Z"}]);
            settings.tax_rates = serde_json::from_value(rate).unwrap();
        })
        .await;
    let rate = json!({"price_per_minute": "3.00", "increment_seconds": 1, "connect_fee": "0.99"});
    let details = json!({"prices": {"USD": {"rate": rate}}}).to_string();
    let details = parse::<DetailsDocument>(details.as_bytes()).unwrap().check().unwrap();
    world.run(async |work| agents::create(work, "Iris".into(), details).await).await.unwrap()
}

async fn pay(world: &World, customer: &Customer, text: &str) {
    let new = NewPayment {
        customer: customer.id.clone(),
        amount: amount(text),
        currency: None,
        method: Method::Card,
        reference: None,
        received_at: None,
        invoice: None,
    };
    world.run(async |work| payments::record(work, new).await).await.unwrap();
}

async fn credit(world: &World, customer: &Customer, kind: CreditKind, text: &str) -> Result<Credit, PaymentError> {
    let (customer, reason) = (customer.id.clone(), "a test".to_owned());
    let new = NewCredit { customer, kind, amount: amount(text), currency: None, reason };
    world.run(async |work| payments::credit(work, new).await).await
}

/// A call of the line with this number; to the agent, where there is one.
fn talk(origin: &str, number: &str, agent: Option<&Agent>, seconds: i64) -> FinishedCall {
    FinishedCall { agent: agent.map(|agent| agent.id.clone()), ..call(origin, number, TEN, seconds) }
}

async fn record(world: &World, call: FinishedCall) -> Call {
    world.run(async |work| calls::record(work, call).await).await.unwrap().0
}

/// The promotional credit and the paid money that a customer has.
async fn pots(world: &World, customer: &Customer) -> String {
    let standing = accounts::standing(&mut world.view().await, &customer.id, currency("USD")).await.unwrap();
    let pots = standing.pots().unwrap();
    format!("{} {}", pots.promotional, pots.paid)
}

async fn assert_books_are_right(world: &World) {
    assert_eq!(world.faults().await, Vec::<String>::new());
}
