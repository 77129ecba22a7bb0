//! A company whose customers have been there for months, and were never billed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::money::{Amount, Currency};
use domain::plan::Plan;
use domain::time::Zone;
use engine::billing::items::{self, ItemKind, NewItem};
use engine::customers::{self, Details, Mode, NewCustomer};
use engine::lines::{self, LineFilter, NewLine};
use engine::tenants::{self, Settings};
use engine::{Actor, Clock, Engine, Role, Scope, TestClock, Work, keys, plans};
use serde_json::{Value, json};
use storage::Store;

use crate::run::Folder;
use crate::server::now;

const MONTH_MILLIS: i64 = 31 * 86_400_000;

pub(crate) fn actor() -> Actor {
    Actor::program(1, "test")
}

/// Founds a company (a demo's, so that its clock can be moved) with so many customers, each with a line and a fee, so many months
/// ago. Answers an owner's key.
pub(crate) async fn found(address: &str, customers: usize, months: i64) -> String {
    let store = Store::open(address).await.unwrap();
    store.migrate().await.unwrap();
    let clock: Arc<dyn Clock> = Arc::new(TestClock::at(now().plus_millis(-months * MONTH_MILLIS).unwrap()));
    let engine = Engine::new(store, clock);
    let mut work = engine.begin(&actor()).await.unwrap();
    let settings = Settings::new(Currency::parse("EUR").unwrap(), Zone::utc());
    tenants::found(&mut work, "Example Ltd", settings, true).await.unwrap();
    let plan = json!({"name": "Basic", "kind": "postpaid", "currency": "EUR", "monthly_fee": "9.99",
        "rate": {"price_per_minute": "0.05"}});
    plans::create(&mut work, Plan::read(plan.to_string().as_bytes()).unwrap()).await.unwrap();
    for number in 0..customers {
        move_in(&mut work, &format!("C-{number}")).await;
    }
    let (_, secret) = keys::create(&mut work, "test", Role::Owner.into(), None).await.unwrap();
    work.commit().await.unwrap();
    engine.store().close().await;
    secret
}

async fn move_in(work: &mut Work, reference: &str) {
    let customer = NewCustomer {
        details: Details {
            organisation: Some(format!("Customer {reference}")),
            email: Some(format!("{reference}@example.org")),
            ..Details::default()
        },
        external_reference: Some(reference.to_owned()),
        mode: Mode::Postpaid,
        currency: None,
        credit_limit: None,
    };
    let customer = customers::create(work, customer).await.unwrap().id;
    let line = NewLine { customer, number: "####".to_owned(), plan: "Basic".to_owned(), opened_at: None };
    lines::open(work, line).await.unwrap();
}

/// Gives a customer two items whose sum no invoice can hold.
pub(crate) async fn burden(address: &str, reference: &str) {
    let store = Store::open(address).await.unwrap();
    let engine = Engine::new(store, Arc::new(engine::SystemClock));
    let mut work = engine.begin(&actor()).await.unwrap();
    let customer = storage::customers::by_reference(work.tx(), 1, reference).await.unwrap().unwrap().id;
    let opened_at = lines::page(&mut work, LineFilter::default(), 1).await.unwrap()[0].opened_at;
    for name in ["one", "another"] {
        let item = NewItem {
            customer: customer.clone(),
            line: None,
            kind: ItemKind::OneOff,
            name: name.to_owned(),
            amount: Amount::from_micros(i64::MAX - 5_807),
            from: Some(opened_at),
        };
        items::create(&mut work, item).await.unwrap();
    }
    work.commit().await.unwrap();
    engine.store().close().await;
}

/// Every invoice of the company.
pub(crate) fn invoices(folder: &Folder, database: &str) -> Vec<Value> {
    let listed = folder.json(&["bill", "list", "--limit", "10000", "--json", "--database-url", database]);
    listed.as_array().unwrap().clone()
}

/// Expects that every customer has one invoice for each month up to the present one, that the numbers have no gap, and that the
/// books are right. Answers how many invoices there are.
pub(crate) fn expect_billed(folder: &Folder, database: &str, customers: usize) -> usize {
    let invoices = invoices(folder, database);
    let numbers: BTreeSet<String> = invoices.iter().map(|invoice| invoice["number"].to_string()).collect();
    let expected: BTreeSet<String> = (1..=invoices.len()).map(|number| format!("\"{number:06}\"")).collect();
    assert_eq!(numbers, expected);
    let mut periods: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for invoice in &invoices {
        let text = |of: &Value| of.as_str().unwrap().to_owned();
        let period = (text(&invoice["period"]["from"]), text(&invoice["period"]["to"]));
        periods.entry(text(&invoice["customer"])).or_default().push(period);
    }
    assert_eq!(periods.len(), customers);
    let this_month = Zone::utc().date(now()).first_of_month().to_string();
    for of_customer in periods.values_mut() {
        of_customer.sort();
        assert!(of_customer.windows(2).all(|two| two[0].1 == two[1].0), "{of_customer:?}");
        assert_eq!(of_customer.last().unwrap().1, this_month);
    }
    let check = folder.json(&["check", "--json", "--database-url", database]);
    assert_eq!(check["faults"], json!([]));
    invoices.len()
}
