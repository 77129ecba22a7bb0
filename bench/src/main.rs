//! The benchmarks: each measures Tollgate beside a reference in the same run, and says the ratio. `make bench` runs them all;
//! `make bench BENCH=rating` runs one.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the benchmarks talk to a terminal")]

mod asterisk;
mod bill_run;
mod bulk;
mod charge;
mod client;
mod crowd;
mod databases;
mod deck;
mod figures;
mod footprint;
mod generate;
mod import;
mod latencies;
mod pdf;
mod processors;
mod rating;
mod server;
mod softswitch;
mod timing;
mod webhook;
mod world;

use std::process::ExitCode;

use clap::{Parser, ValueEnum};

use figures::{Report, Result};
use storage::Engine;

/// Measures Tollgate beside a reference, and says the ratio.
#[derive(Debug, Parser)]
#[command(name = "bench")]
struct Arguments {
    /// Which benchmarks to run; all of them, where none is named.
    names: Vec<Name>,
    /// How many calls are rated, imported or billed. For a quick look: the goals are meant for 1,000,000.
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    rows: usize,
    /// Charges on this database, as one of the processes that `nodes` starts.
    #[arg(long, hide = true, requires = "number", requires = "of")]
    node: Option<String>,
    #[arg(long, hide = true)]
    number: Option<usize>,
    #[arg(long, hide = true)]
    of: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
    /// 1 M calls on one core, against reading the same calls from CSV.
    Rating,
    /// Load and switch to a deck of 170,000 prefixes.
    Deck,
    /// 1 M call records from a file, against the bulk insert of the same rows.
    Import,
    /// 100,000 lines with 1 M calls are billed, against the bulk insert of the rows that this leaves, and the sums of the calls.
    BillRun,
    /// Invoices of two pages, drawn on one core.
    Pdf,
    /// Calls charged while they run on PostgreSQL, beside what `pgbench` does; then all of them on one account.
    ChargePostgres,
    /// Calls charged while they run on SQLite, beside one durable commit a charge.
    ChargeSqlite,
    /// The same by 1, 2 and 4 processes on one PostgreSQL server: what a charge takes of the processors.
    Nodes,
    /// The same with 10,000 and 1 M accounts, and a bill run, with ten times as many calls stored as `--rows` says; pages and the check with
    /// these. Not run unless it is named: it takes an hour, and 30 GB.
    GrowthPostgres,
    /// The same on SQLite.
    GrowthSqlite,
    /// The same over HTTP at half of the peak: how long each request takes.
    ChargeHttp,
    /// The start of the real binary, and its memory.
    Footprint,
    /// Two hundred calls at once through the real binary, with talk and meter for a minute.
    Softswitch,
    /// Fifty calls a second through a real Asterisk, against the same calls by a bare driver without charging.
    Asterisk,
    /// Callers of 200 groups by Twilio's webhook, 200 a second.
    Webhook,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let (Some(database), Some(number), Some(of)) = (&arguments.node, arguments.number, arguments.of) {
        return match charge::charge_as_node(database, number, of) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed(&error),
        };
    }
    match run(&arguments) {
        Ok(report) => report.close(),
        Err(error) => failed(&error),
    }
}

fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("bench: {error:#}");
    ExitCode::FAILURE
}

fn run(arguments: &Arguments) -> Result<Report> {
    let mut report = Report::begin()?;
    let all = Name::value_variants();
    for name in if arguments.names.is_empty() { all } else { &arguments.names } {
        match name {
            Name::Rating => rating::run(&mut report, arguments.rows)?,
            Name::Deck => deck::run(&mut report)?,
            Name::Import => import::run(&mut report, arguments.rows)?,
            Name::BillRun => bill_run::run(&mut report, arguments.rows)?,
            Name::Pdf => pdf::run(&mut report)?,
            Name::ChargePostgres => charge::run(&mut report, Engine::Postgres)?,
            Name::ChargeSqlite => charge::run(&mut report, Engine::Sqlite)?,
            Name::Nodes => charge::run_nodes(&mut report)?,
            Name::GrowthPostgres | Name::GrowthSqlite if arguments.names.is_empty() => {}
            Name::GrowthPostgres => charge::run_growth(&mut report, Engine::Postgres, 10 * arguments.rows)?,
            Name::GrowthSqlite => charge::run_growth(&mut report, Engine::Sqlite, 10 * arguments.rows)?,
            Name::ChargeHttp => charge::run_http(&mut report)?,
            Name::Footprint => footprint::run(&mut report)?,
            Name::Softswitch => softswitch::run(&mut report)?,
            Name::Asterisk => asterisk::run(&mut report)?,
            Name::Webhook => webhook::run(&mut report)?,
        }
    }
    Ok(report)
}
