//! `tollgate check`.

use std::process::ExitCode;

use super::{engine_and_actor, say, say_json};
use crate::cli::CheckArgs;
use crate::config::Config;

pub(crate) async fn run(config: &Config, args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let (engine, actor) = engine_and_actor(config).await?;
    let report = engine::books::check(&mut engine.view(&actor).await?).await?;
    if args.json {
        say_json(&report)?;
    } else {
        say(&format!("{} calls ({} unrated), {} entries", report.calls, report.unrated, report.entries));
        report.faults.iter().for_each(|fault| say(&format!("FAULT: {fault}")));
        if report.faults.is_empty() {
            say("The books are right.");
        }
    }
    Ok(if report.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
