//! `simulation`: worlds from seeds; a seed that fails is named, and can be replayed.
#![allow(clippy::print_stdout, reason = "it is a command")]

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Parser;
use simulation::{Fault, Outcome, run};

/// Has worlds happen, and says which does not hold.
#[derive(Parser)]
struct Arguments {
    /// How many worlds.
    #[arg(long, default_value_t = 1000)]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Replays this one alone, and tells what happens.
    #[arg(long)]
    seed: Option<u64>,
}

fn main() -> ExitCode {
    match simulated(&Arguments::parse()) {
        Ok(code) => code,
        Err(fault) => {
            println!("{fault}");
            ExitCode::FAILURE
        }
    }
}

fn simulated(arguments: &Arguments) -> Result<ExitCode, Fault> {
    let (first, count) = arguments.seed.map_or((arguments.from, arguments.seeds), |seed| (seed, 1));
    let (began, done) = (std::time::Instant::now(), AtomicU64::new(0));
    let told = |seed: u64, outcome: &Outcome| {
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        if done.is_multiple_of(500) && done < count {
            println!("{done} of {count} worlds in {} s", began.elapsed().as_secs());
        }
        if arguments.seed.is_some() {
            println!("{}", outcome.trace.join("\n"));
        }
        if let Some(fault) = &outcome.fault {
            println!("seed {seed}: {fault}\n    to replay it: make simulate SEED={seed}");
        }
        true
    };
    let total = run(first..first.saturating_add(count), &[], &told)?;
    let (worlds, failed, seconds) = (total.worlds, total.failed.len(), began.elapsed().as_secs());
    println!("{worlds} worlds in {seconds} s: {}; {failed} failed", total.counts);
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
