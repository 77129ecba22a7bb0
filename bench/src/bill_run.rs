//! `bill-run`: 100,000 lines with a million calls become invoices, beside the bulk insert of exactly the rows that this leaves and the
//! sums of the calls.

pub(crate) mod company;
mod reference;

use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use engine::billing::{self, BillRun};
use engine::{Engine, books};
use storage::Engine as DatabaseEngine;

use crate::databases::{self, Database, ENGINES, Kept};
use crate::figures::{Goal, Report, Result};
use crate::generate::Prefixes;
use crate::rating::PREFIXES;
use crate::timing::{Pace, ROUNDS, median};
use company::Company;

const GOAL: f64 = 3.0;

/// Bills on each engine.
pub(crate) fn run(report: &mut Report, calls: usize) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let scratch = tempfile::tempdir_in(report.folder())?;
    let (company, prefixes) = (Company::of_calls(calls), Prefixes::of(PREFIXES));
    for engine in ENGINES {
        let name = format!("bill-run-{}", databases::name(engine));
        println!("{name}: {}", runtime.block_on(databases::settings(engine, scratch.path()))?);
        println!(
            "{name}: making {} customers with {} lines and {} calls ...",
            company.customers, company.lines, company.calls
        );
        let before = runtime.block_on(found(&company, engine, (&prefixes, scratch.path())))?;
        let bench = Bench { name: &name, company: &company, before: &before, scratch: scratch.path() };
        let (mut ours, mut references) = (Vec::new(), Vec::new());
        for round in 1..=ROUNDS {
            let (run, sums, insert) = runtime.block_on(bench.round(report))?;
            println!(
                "{name}: round {round} of {ROUNDS}: bill run {run:.1?}, sums {sums:.1?} + bulk insert {insert:.1?}"
            );
            ours.push(run);
            references.push(sums + insert);
        }
        runtime.block_on(before.remove())?;
        let goal = Goal::Times { reference: median(references), most: GOAL };
        report.figure(&name, Pace::new(company.lines, median(ours)), goal)?;
    }
    Ok(())
}

/// A database with the company in it, up to the end of the month.
async fn found(company: &Company, engine: DatabaseEngine, (prefixes, scratch): (&Prefixes, &Path)) -> Result<Kept> {
    let database = Database::fresh(engine, scratch).await?;
    company.found(&database.store, prefixes).await?;
    database.keep().await
}

/// What a round needs to know.
struct Bench<'a> {
    name: &'a str,
    company: &'a Company,
    before: &'a Kept,
    scratch: &'a Path,
}

impl Bench<'_> {
    /// Bills, checks the books, and does the reference: how long the run took, the sums, and the insert.
    async fn round(&self, report: &mut Report) -> Result<(Duration, Duration, Duration)> {
        let database = self.before.copy(self.scratch).await?;
        let engine = company::engine_at_night(&database.store)?;
        let pace = Mutex::new((Instant::now(), Vec::new()));
        let begun = Instant::now();
        let run = billing::run(&engine, &company::actor(), |_| {
            if let Ok(mut pace) = pace.lock() {
                let took = pace.0.elapsed();
                pace.1.push(took);
                pace.0 = Instant::now();
            }
        })
        .await?;
        let took = begun.elapsed();
        let steps = pace.into_inner().map(|(_, steps)| steps).unwrap_or_default();
        let longest = steps.iter().max().copied().unwrap_or_default();
        println!("{}: {} transactions, median {:.1?}, longest {longest:.1?}", self.name, steps.len(), median(steps));
        self.check(&engine, &database, (&run, report)).await?;
        let (sums, insert) = reference::run(&database, self.before, self.scratch).await?;
        database.remove().await?;
        Ok((took, sums, insert))
    }

    /// The books are right, every customer has one invoice, the numbers have no gap, the invoices are what the ledger says; and
    /// nothing changes when it is run again.
    async fn check(&self, engine: &Engine, database: &Database, (run, report): (&BillRun, &mut Report)) -> Result<()> {
        let customers = i64::try_from(self.company.customers)?;
        if (run.issued, run.failed) != (customers, 0) {
            report.fault(self.name, &format!("{customers} customers, and the run came to {run:?}"));
        }
        let before = books::check(&mut engine.view(&company::actor()).await?).await?;
        for fault in &before.faults {
            report.fault(self.name, fault);
        }
        for (what, query, expected) in [
            ("invoices", "SELECT COUNT(*) FROM documents WHERE kind = 'invoice'", customers),
            ("customers with an invoice", "SELECT COUNT(DISTINCT customer) FROM documents", customers),
            ("numbers", "SELECT COUNT(DISTINCT number) FROM documents", customers),
            ("as first number", "SELECT MIN(CAST(number AS BIGINT)) FROM documents", 1),
            ("as last number", "SELECT MAX(CAST(number AS BIGINT)) FROM documents", customers),
            ("jobs", "SELECT COUNT(*) FROM jobs", customers),
            ("late lines", "SELECT COUNT(*) FROM billing WHERE to_day <> '2026-12-01'", 0),
            ("between invoices and ledger", INVOICES_LESS_LEDGER, 0),
        ] {
            let found: i64 = database.value(query).await?;
            if found != expected {
                report.fault(self.name, &format!("{found} {what}, not {expected}"));
            }
        }
        let again = billing::run(engine, &company::actor(), |_| {}).await?;
        let after = books::check(&mut engine.view(&company::actor()).await?).await?;
        if again.issued != 0 || after != before {
            report.fault(self.name, "something changed when the bills were run again");
        }
        println!(
            "{}: {} invoices over {} calls, {}; books checked",
            self.name,
            run.issued,
            before.calls,
            run.summary.totals.iter().map(|(currency, total)| format!("{currency} {total}")).collect::<String>()
        );
        Ok(())
    }
}

/// What customers were invoiced, less what they owe and have paid: nothing, if the ledger agrees.
const INVOICES_LESS_LEDGER: &str = "SELECT CAST((SELECT SUM(total) FROM documents)
    + (SELECT SUM(balance) FROM accounts) - (SELECT SUM(amount) FROM payments) AS BIGINT)";
