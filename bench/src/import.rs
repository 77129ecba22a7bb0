//! `import`: a file of call records, rated, posted and durable, beside the bulk insert of exactly the rows that it leaves behind.

mod company;
mod reference;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use engine::imports::{self, CustomerBy, Format, Options, Output, Progress, Source, Summary};
use engine::{Actor, books};
use storage::Engine;

use crate::databases::{self, Database, ENGINES};
use crate::figures::{Goal, Report, Result};
use crate::generate::{self, Payers, Prefixes, Range, RecordSums};
use crate::rating::PREFIXES;
use crate::timing::{Pace, ROUNDS, WARM_UP, median};
use reference::Marks;

const GOAL: f64 = 4.0;
/// Records of one file of the warm-up.
const WARM_UP_ROWS: usize = 10_000;
const PAYERS: Payers = Payers { count: company::PAYERS, code: generate::account_code, number: generate::line_number };
const TELL_EVERY: Duration = Duration::from_secs(10);

/// Imports on each engine.
pub(crate) fn run(report: &mut Report, rows: usize) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let scratch = tempfile::tempdir_in(report.folder())?;
    println!("import: making a file of {rows} call records ...");
    let prefixes = Prefixes::of(PREFIXES);
    let path = scratch.path().join("records.csv");
    let expected = generate::cdr_csv(File::create(&path)?, Range { first: 0, count: rows }, PAYERS, &prefixes)?;
    for engine in ENGINES {
        let name = format!("import-{}", databases::name(engine));
        println!("{name}: {}", runtime.block_on(databases::settings(engine, scratch.path()))?);
        let (mut ours, mut references) = (Vec::new(), Vec::new());
        for round in 1..=ROUNDS {
            let bench = Bench { name: &name, engine, scratch: scratch.path(), prefixes: &prefixes };
            let (import, reference) = runtime.block_on(bench.round((&path, expected), report))?;
            println!("{name}: round {round} of {ROUNDS}: import {import:.1?}, bulk insert {reference:.1?}");
            ours.push(import);
            references.push(reference);
        }
        let goal = Goal::Times { reference: median(references), most: GOAL };
        report.figure(&name, Pace::new(rows, median(ours)), goal)?;
    }
    Ok(())
}

/// What a round needs to know.
struct Bench<'a> {
    name: &'a str,
    engine: Engine,
    scratch: &'a Path,
    prefixes: &'a Prefixes,
}

impl Bench<'_> {
    /// Imports the file into a fresh database, checks the books, and inserts the same rows in bulk into another: how long the
    /// import took, and how long the insert.
    async fn round(&self, file: (&Path, RecordSums), report: &mut Report) -> Result<(Duration, Duration)> {
        let (path, expected) = file;
        let database = Database::fresh(self.engine, self.scratch).await?;
        println!("{}: making {} customers ...", self.name, company::PAYERS);
        let (engine, actor) = company::found(&database.store, self.prefixes).await?;
        let office = Office { name: self.name, engine, actor };
        let last = self.warm_up(&office).await?;
        database.store.analyze().await?;
        let marks = Marks::of(&database).await?;
        database.checkpoint().await?;

        let begun = Instant::now();
        let summary = office.import(path).await?;
        let import = begun.elapsed();
        let found = RecordSums { rows: summary.rated, answered: summary.answered, seconds: summary.seconds };
        if found != expected || summary.rows != expected.rows {
            report.fault(self.name, &format!("the file has {expected:?}, the import came to {summary:?}"));
        }
        self.check(&office, &last, report).await?;
        let bulk = reference::insert(&database, &marks, self.scratch).await?;
        database.remove().await?;
        Ok((import, bulk))
    }

    /// Imports other records for two seconds: the last file, and what is in it.
    async fn warm_up(&self, office: &Office<'_>) -> Result<(PathBuf, RecordSums)> {
        let path = self.scratch.join("warm-up.csv");
        let begun = Instant::now();
        // Numbers that the file of the benchmark does not have.
        let mut first = 1_000_000_000;
        loop {
            let range = Range { first, count: WARM_UP_ROWS };
            let sums = generate::cdr_csv(File::create(&path)?, range, PAYERS, self.prefixes)?;
            office.import(&path).await?;
            first += WARM_UP_ROWS;
            if begun.elapsed() >= WARM_UP {
                return Ok((path, sums));
            }
        }
    }

    /// The books are right, and stay as they are when a file is imported again.
    async fn check(&self, office: &Office<'_>, last: &(PathBuf, RecordSums), report: &mut Report) -> Result<()> {
        let before = books::check(&mut office.engine.view(&office.actor).await?).await?;
        for fault in &before.faults {
            report.fault(self.name, fault);
        }
        let again = office.import(&last.0).await?;
        if again.duplicates != last.1.rows {
            report.fault(self.name, &format!("a file that was imported before came to {again:?}"));
        }
        if books::check(&mut office.engine.view(&office.actor).await?).await? != before {
            report.fault(self.name, "the books changed when a file was imported again");
        }
        println!("{}: {} calls and {} entries; books checked", self.name, before.calls, before.entries);
        Ok(())
    }
}

/// Where files are imported.
pub(crate) struct Office<'a> {
    pub(crate) name: &'a str,
    pub(crate) engine: engine::Engine,
    pub(crate) actor: Actor,
}

impl Office<'_> {
    pub(crate) async fn import(&self, path: &Path) -> Result<Summary> {
        let open = || -> io::Result<Box<dyn Read + Send>> { Ok(Box::new(File::open(path)?)) };
        let source = Source { name: "records.csv", open: &open };
        let mut told = Instant::now();
        let mut tell = |progress: Progress| {
            if told.elapsed() >= TELL_EVERY {
                told = Instant::now();
                println!("{}: {:?}: {} rows ...", self.name, progress.phase, progress.rows);
            }
        };
        let options = Options::of(Format::AsteriskCsv { customer_by: CustomerBy::AccountCode });
        let mut rejects = Vec::new();
        let mut output = Output { rejects: &mut rejects, progress: &mut tell };
        let summary = imports::run(&self.engine, &self.actor, &options, &source, &mut output).await?;
        anyhow::ensure!(rejects.is_empty(), "rows were rejected:\n{}", String::from_utf8_lossy(&rejects));
        Ok(summary)
    }
}
