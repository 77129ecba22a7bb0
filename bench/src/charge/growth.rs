//! `growth`: what a charge and a bill run cost with many accounts, or with many calls before them; and how long it takes to read those.

use std::fs::File;
use std::time::{Duration, Instant};

use domain::money::Currency;
use engine::calls::{self, Filter, Span};
use engine::{Actor, accounts, billing, books, customers};
use storage::Engine;

use super::{ACCOUNTS, Place};
use crate::bill_run::company::{self, Company};
use crate::crowd;
use crate::databases::{self, Database};
use crate::figures::{Goal, Report, Result};
use crate::generate::{self, Payers, Range};
use crate::import::Office;
use crate::timing::{Pace, ROUNDS, median};
use crate::world;

/// How many accounts there are, few and many.
const FEW: usize = 10_000;
const MANY: usize = 1_000_000;
/// How many calls the customers made who are billed.
const BILLED: usize = 100_000;
/// The most that something may cost, in times of what it costs with few accounts, or without calls before it.
const MOST: f64 = 1.3;
/// How many calls a file has.
const FILE: usize = 1_000_000;
/// How many calls a page shows.
const PAGE: i64 = 50;
/// What the app may take for a page.
const PAGE_WITHIN: Duration = Duration::from_millis(100);
const PAYERS: Payers = Payers { count: ACCOUNTS, code: crowd::number, number: crowd::number };

/// Measures with few accounts, with many, and with so many calls stored.
pub(super) async fn run(report: &mut Report, place: &Place<'_>, (engine, stored): (Engine, usize)) -> Result<()> {
    let name = format!("growth-{}", databases::name(engine));
    println!("{name}: {}", databases::settings(engine, place.scratch).await?);
    let mut paces = Vec::new();
    for accounts in [FEW, MANY] {
        println!("{name}: making {accounts} customers ...");
        let crowd = place.crowd_of(engine, accounts).await?;
        paces.push(place.on(report, &name, (crowd.open().await?, accounts)).await?);
    }
    if let [few, many] = paces[..] {
        judge(report, &format!("{name}-accounts"), (many, few))?;
    }
    let before = place.crowd(engine).await?;
    let without = place.ours(report, &name, (&before, ACCOUNTS)).await?;
    let copy = before.copy(place.scratch).await?;
    let billed_without = bill(&name, place, &copy).await?;
    copy.remove().await?;
    let database = before.open().await?;
    grow(&name, place, (&database, stored)).await?;
    let database = database.keep().await?.open().await?;
    read(report, &name, &database).await?;
    let billed_with = bill(&name, place, &database).await?;
    judge(report, &format!("{name}-bills"), (billed_with, billed_without))?;
    let with = place.on(report, &name, (database, ACCOUNTS)).await?;
    judge(report, &format!("{name}-calls"), (with, without))
}

/// What one takes, beside what it takes where there is less.
fn judge(report: &mut Report, name: &str, (more, less): (Pace, Pace)) -> Result<()> {
    report.figure(name, Pace::new(1, more.each()), Goal::Times { reference: less.each(), most: MOST })
}

/// Imports so many calls.
async fn grow(name: &str, place: &Place<'_>, (database, stored): (&Database, usize)) -> Result<()> {
    let office = Office { name, engine: world::engine(&database.store), actor: Actor::program(1, "bench") };
    let path = place.scratch.join("records.csv");
    let mut first = 0;
    while first < stored {
        let range = Range { first, count: FILE.min(stored - first) };
        generate::cdr_csv(File::create(&path)?, range, PAYERS, &place.prefixes)?;
        let begun = Instant::now();
        office.import(&path).await?;
        first += range.count;
        println!("{name}: {first} calls stored, the last {} in {:.1?}", range.count, begun.elapsed());
    }
    std::fs::remove_file(&path)?;
    Ok(())
}

/// Lets customers in whose month is over, and bills them.
async fn bill(name: &str, place: &Place<'_>, database: &Database) -> Result<Pace> {
    let company = Company::of_calls(BILLED);
    company.let_in(&database.store, &place.prefixes).await?;
    let engine = company::engine_at_night(&database.store)?;
    let begun = Instant::now();
    let run = billing::run(&engine, &company::actor(), |_| {}).await?;
    let took = begun.elapsed();
    let customers = i64::try_from(company.customers)?;
    anyhow::ensure!((run.issued, run.failed) == (customers, 0), "{customers} customers, and the run came to {run:?}");
    println!("{name}: {customers} invoices in {took:.1?}");
    Ok(Pace::new(company.customers, took))
}

/// How long pages take, and the check of the books.
async fn read(report: &mut Report, name: &str, database: &Database) -> Result<()> {
    let (engine, actor) = (world::engine(&database.store), Actor::program(1, "bench"));
    let all = Filter::default();
    let of_one = Filter { customer: Some(crowd::customer(7)), ..Filter::default() };
    let month = [Span {
        name: "2026-10".to_owned(),
        from: domain::time::Instant::parse("2026-10-01T04:00:00Z")?,
        to: domain::time::Instant::parse("2026-11-01T04:00:00Z")?,
    }];
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        let mut view = engine.view(&actor).await?;
        let begun = Instant::now();
        let page = calls::history(&mut view, &all, None, PAGE).await?;
        times[0].push(begun.elapsed());
        let last = page.last().and_then(|call| Some((call.ended_at?, call.id.clone())));
        let begun = Instant::now();
        if let Some((at, id)) = &last {
            calls::history(&mut view, &all, Some((*at, id)), PAGE).await?;
        }
        times[1].push(begun.elapsed());
        let begun = Instant::now();
        customers::get(&mut view, &crowd::customer(7)).await?;
        accounts::get(&mut view, &crowd::customer(7), Currency::parse("USD")?).await?;
        calls::history(&mut view, &of_one, None, PAGE).await?;
        calls::totals(&mut view, &of_one, &month).await?;
        times[2].push(begun.elapsed());
    }
    for (what, times) in ["history-page", "next-page", "customer-page"].into_iter().zip(times) {
        report.figure(&format!("{name}-{what}"), Pace::new(1, median(times)), Goal::Within(PAGE_WITHIN))?;
    }
    let begun = Instant::now();
    let checked = books::check(&mut engine.view(&actor).await?).await?;
    checked.faults.iter().for_each(|fault| report.fault(name, fault));
    println!("{name}: {} calls and {} entries checked in {:.1?}", checked.calls, checked.entries, begun.elapsed());
    Ok(())
}
