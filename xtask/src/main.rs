//! The house's own checks, run by `make check` and `make test`:
//! `cargo xtask tidy`, `cargo xtask layers` and `cargo xtask tally LOG`.
#![allow(clippy::print_stdout, reason = "these commands talk to a terminal")]

mod layers;
mod sources;
mod tally;
mod tidy;

use std::process::ExitCode;

use sources::Finding;

const HELP: &str = "\
cargo xtask tidy                                sizes, names, loose ends, machine paths, secrets, dead paths in the docs
cargo xtask layers                              arrows between crates, a pure domain, SQL in storage only, ARCHITECTURE.md
cargo xtask tally LOG [--allowed-skips FILE]    adds up the log of a test run; with FILE, refuses skips that it does not name";

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["tidy"] => {
            let sources = sources::read()?;
            println!("{}", tidy::sizes::summary(&sources));
            Ok(report(&tidy::check(&sources)))
        }
        ["layers"] => Ok(report(&layers::check(&sources::read()?)?)),
        ["tally", log] => tally::run(log, None),
        ["tally", log, "--allowed-skips", file] => tally::run(log, Some(file)),
        _ => {
            println!("{HELP}");
            Ok(ExitCode::FAILURE)
        }
    }
}

fn report(findings: &[Finding]) -> ExitCode {
    for finding in findings {
        println!("{finding}");
    }
    if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
