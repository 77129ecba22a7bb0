//! A company with phones.

use domain::money::Amount;
use domain::plan::Plan;
use engine::customers::{self, Customer, Details, Mode, NewCustomer};
use engine::lines::{self, NewLine};
use engine::payments::{self, Method, NewPayment};
use engine::{Work, plans};
use serde_json::json;

use super::pair::{Pair, Registration};
use crate::databases::Database;
use crate::figures::Result;
use crate::world;

/// What a second of a call costs, in millionths of a dollar.
pub(super) const PRICE_A_SECOND: i64 = 10_000;

/// Founds it: so many prepaid lines, and as many that they call.
pub(super) async fn found(database: &Database, pairs: usize) -> Result<Vec<Pair>> {
    let (engine, actor) = world::found(&database.store, world::settings()?).await?;
    let mut work = engine.begin(&actor).await?;
    let rate = json!({"price_per_minute": "0.60", "increment_seconds": 1});
    let mut plans = Vec::new();
    for (name, kind) in [("Prepaid", "prepaid"), ("Called", "postpaid")] {
        let plan = json!({"name": name, "kind": kind, "currency": "USD", "rate": rate});
        plans.push(plans::create(&mut work, Plan::read(plan.to_string().as_bytes())?).await?.0.id);
    }
    let caller = customer(&mut work, Mode::Prepaid).await?;
    let paid = NewPayment {
        customer: caller.id.clone(),
        amount: Amount::parse("100000")?,
        currency: None,
        method: Method::Transfer,
        reference: None,
        received_at: None,
        invoice: None,
    };
    payments::record(&mut work, paid).await?;
    let called = customer(&mut work, Mode::Postpaid).await?;
    let mut made = Vec::with_capacity(pairs);
    for pair in 0..pairs {
        made.push(Pair {
            caller: phone(&mut work, &caller, &plans[0], 1000 + pair).await?,
            called: phone(&mut work, &called, &plans[1], 2000 + pair).await?,
        });
    }
    work.commit().await?;
    database.store.analyze().await?;
    Ok(made)
}

async fn customer(work: &mut Work, mode: Mode) -> Result<Customer> {
    let details = Details { organisation: Some("Talkers".to_owned()), ..Details::default() };
    let new = NewCustomer { details, external_reference: None, mode, currency: None, credit_limit: None };
    Ok(customers::create(work, new).await?)
}

async fn phone(work: &mut Work, customer: &Customer, plan: &str, number: usize) -> Result<Registration> {
    let new =
        NewLine { customer: customer.id.clone(), number: number.to_string(), plan: plan.to_owned(), opened_at: None };
    let line = lines::open(work, new).await?;
    let secret = lines::phones::make_secret(work, &line.id).await?;
    Ok(Registration { line: line.id, number: line.number, secret: secret.reveal().to_owned() })
}
