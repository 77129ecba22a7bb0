//! A company whose lines have SIP accounts.

use domain::money::Amount;
use domain::plan::Plan;
use domain::trunks::Dialling;
use engine::customers::{self, Details, Mode, NewCustomer};
use engine::lines::{self, NewLine};
use engine::payments::{self, Method, NewPayment};
use engine::sip_accounts::{self, Provisioned};
use engine::{Work, plans, trunk_routes, trunks};
use serde_json::json;

use crate::databases::Database;
use crate::figures::Result;
use crate::world;

/// What a second of a call costs, in millionths of a dollar.
pub(super) const PRICE_A_SECOND: i64 = 10_000;
/// The endpoint of the trunk, in the kit's `pjsip.conf`.
pub(super) const TRUNK: &str = "answer";

/// What the company has at Asterisk.
pub(super) struct Company {
    pub(super) accounts: Vec<Provisioned>,
    /// The names and passwords of the accounts.
    pub(super) callers: Vec<(String, String)>,
}

/// Founds it: so many prepaid lines, each of a customer of its own, and a trunk for whatever they dial.
pub(super) async fn found(database: &Database, lines: usize) -> Result<Company> {
    let (engine, actor) = world::found(&database.store, world::settings()?).await?;
    let mut work = engine.begin(&actor).await?;
    let rate = json!({"price_per_minute": "0.60", "increment_seconds": 1});
    let plan = json!({"name": "Prepaid", "kind": "prepaid", "currency": "USD", "rate": rate});
    let plan = plans::create(&mut work, Plan::read(plan.to_string().as_bytes())?).await?.0.id;
    let endpoint = TRUNK.to_owned();
    let trunk =
        trunks::Details { name: "Carrier".to_owned(), endpoint, asterisk: None, enabled: true, most_calls: None };
    let trunk = trunks::create(&mut work, trunk).await?.id;
    let dialling = Dialling::new("", 0, "")?;
    trunk_routes::create(&mut work, trunk_routes::Details { dialling, trunk, position: 1, buying_rate: None }).await?;
    let mut callers = Vec::with_capacity(lines);
    for line in 0..lines {
        callers.push(caller(&mut work, &plan, 1000 + line).await?);
    }
    let accounts = sip_accounts::all(&mut work).await?;
    work.commit().await?;
    database.store.analyze().await?;
    Ok(Company { accounts, callers })
}

/// A line with money: what its phone signs in with.
async fn caller(work: &mut Work, plan: &str, number: usize) -> Result<(String, String)> {
    let details = Details { organisation: Some(format!("Caller {number}")), ..Details::default() };
    let new =
        NewCustomer { details, external_reference: None, mode: Mode::Prepaid, currency: None, credit_limit: None };
    let customer = customers::create(work, new).await?.id;
    let paid = NewPayment {
        customer: customer.clone(),
        amount: Amount::parse("1000")?,
        currency: None,
        method: Method::Transfer,
        reference: None,
        received_at: None,
        invoice: None,
    };
    payments::record(work, paid).await?;
    let new = NewLine { customer, number: number.to_string(), plan: plan.to_owned(), opened_at: None };
    let line = lines::open(work, new).await?;
    let (account, password) = sip_accounts::make(work, &line.id, None).await?;
    Ok((account.username, password.reveal().to_owned()))
}
