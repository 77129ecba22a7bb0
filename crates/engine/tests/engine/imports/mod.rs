//! Imports of files, from the first byte to the books.

mod broken_off;
mod carried;
mod conversations;
mod customers;
mod real_files;
mod refused;

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read};

use domain::money::Amount;
use engine::calls::{self, Call, CallState, Filter};
use engine::imports::{self, CustomerBy, Format, ImportError, Options, Output, Source, Summary};
use engine::{Scope, books};
use serde_json::{Value, json};

use crate::world::{World, at};

/// A plan whose prices cannot be had by another one's accident.
pub(crate) fn rates() -> Value {
    json!({"rate": {"connect_fee": "0.013", "steps": [
        {"from_seconds": 0, "price": "0.12", "per_seconds": 60, "increment_seconds": 2},
        {"from_seconds": 4, "price": "0.06", "per_seconds": 60, "increment_seconds": 3},
    ]}})
}

/// A world some days after the captured calls, with a plan "Switch".
pub(crate) async fn after_the_calls(world: &World) {
    world.clock.move_to(at("2026-12-01T00:00:00Z"));
    world.plan("Switch", rates()).await;
}

pub(crate) fn data(path: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/data/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

pub(crate) fn data_json(path: &str) -> Value {
    serde_json::from_slice(&data(path)).unwrap()
}

pub(crate) fn asterisk() -> Options {
    Options::of(Format::AsteriskCsv { customer_by: CustomerBy::AccountCode })
}

/// With a customer for every payer who is not known.
pub(crate) fn with_customers(options: Options) -> Options {
    Options { create_missing: true, plan: Some("Switch".to_owned()), ..options }
}

/// Imports what `open` opens: the summary and the rejects.
pub(crate) async fn import_from(
    world: &World,
    options: &Options,
    open: &(dyn Fn() -> io::Result<Box<dyn Read + Send>> + Send + Sync),
) -> Result<(Summary, String), ImportError> {
    let mut rejects = Vec::new();
    let mut output = Output { rejects: &mut rejects, progress: &mut |_| {} };
    let source = Source { name: "calls", open };
    let summary = imports::run(&world.engine, &world.actor, options, &source, &mut output).await?;
    assert_eq!(summary.rows, summary.rated + summary.duplicates + summary.unrated + summary.rejected);
    Ok((summary, String::from_utf8(rejects).unwrap()))
}

pub(crate) async fn import(world: &World, options: &Options, file: &[u8]) -> Result<(Summary, String), ImportError> {
    let open = || Ok(Box::new(Cursor::new(file.to_vec())) as Box<dyn Read + Send>);
    import_from(world, options, &open).await
}

/// Every finished call, the newest first.
pub(crate) async fn all_calls(world: &World) -> Vec<Call> {
    calls::history(&mut world.view().await, &Filter::default(), None, 100_000).await.unwrap()
}

/// What the rated, charged calls of each account code cost by the quote of each call.
pub(crate) fn quoted(calls: &[Call]) -> BTreeMap<String, Amount> {
    let mut sums = BTreeMap::new();
    for call in calls.iter().filter(|call| call.state == CallState::Rated) {
        let sum = sums.entry(call.account_code.clone().unwrap_or_default()).or_insert(Amount::ZERO);
        let Some(answered_at) = call.answered_at else { continue };
        let mut plan = rates();
        plan["name"] = json!("Switch");
        plan["currency"] = json!("USD");
        let request = json!({"kind": "call", "plan": plan,
            "call": {"to": call.to, "answered_at": answered_at, "ended_at": call.ended_at}});
        let answer = domain::quote::answer(request.to_string().as_bytes());
        let total = Amount::parse(answer["total"].as_str().unwrap_or_else(|| panic!("{answer}"))).unwrap();
        assert_eq!(call.price.as_ref().unwrap().total, total, "{}", call.origin);
        *sum = sum.plus(total).unwrap();
    }
    sums
}

/// The balance of each customer, by its external reference.
pub(crate) async fn balances(world: &World) -> BTreeMap<String, Amount> {
    let mut view = world.view().await;
    let mut balances = BTreeMap::new();
    for customer in engine::customers::page(&mut view, None, None, 1000).await.unwrap() {
        let account = engine::accounts::get(&mut view, &customer.id, customer.currency).await.unwrap();
        balances.insert(customer.external_reference.unwrap(), account.balance);
    }
    balances
}

pub(crate) async fn assert_books_are_right(world: &World) {
    let report = books::check(&mut world.view().await).await.unwrap();
    assert_eq!(report.faults, Vec::<String>::new());
}

/// The kinds and states of the imports on record, the last first.
pub(crate) async fn imports_on_record(world: &World) -> Vec<(String, String)> {
    let mut view = world.view().await;
    let records = storage::imports::page(view.tx(), world.actor.tenant, None, 100).await.unwrap();
    records.into_iter().map(|record| (record.kind, record.state)).collect()
}
