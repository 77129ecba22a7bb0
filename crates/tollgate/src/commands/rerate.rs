//! `tollgate rerate`.

use std::process::ExitCode;

use anyhow::Context;
use domain::time::Instant;
use engine::calls::rerate::{self, Request, Rerating};
use engine::{Actor, Engine};
use serde_json::json;

use super::{engine_and_actor, say, say_json};
use crate::cli::RerateArgs;
use crate::config::Config;

/// How many of the changed calls are shown.
const SHOWN: i64 = 20;

pub(crate) async fn run(config: &Config, args: &RerateArgs) -> anyhow::Result<ExitCode> {
    let (engine, actor) = engine_and_actor(config).await?;
    match &args.confirm {
        Some(id) => {
            let done = rerate::confirm(&engine, &actor, id, args.debit_prepaid).await?;
            if args.json {
                say_json(&done)?;
            } else {
                say(&format!(
                    "{} calls have their new price; the difference of {} is posted.",
                    done.posted, done.difference
                ));
                if done.kept > 0 {
                    say(&format!("{} prepaid calls keep their price: not debited, or not covered.", done.kept));
                }
                if done.changed_since > 0 {
                    say(&format!(
                        "{} calls were changed since the proposal and keep what they have.",
                        done.changed_since
                    ));
                }
            }
        }
        None => {
            let rerating = rerate::propose(&engine, &actor, &request(args)?).await?;
            show(&engine, &actor, &rerating, args.json).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn request(args: &RerateArgs) -> anyhow::Result<Request> {
    let instant = |name: &'static str, text: &Option<String>| {
        Instant::parse(text.as_deref().unwrap_or_default()).with_context(|| format!("--{name}"))
    };
    Ok(Request {
        from: instant("from", &args.from)?,
        to: instant("to", &args.to)?,
        customer: args.customer.clone(),
        line: args.line.clone(),
        plan_version: args.plan_version.clone(),
        deck_version: args.deck_version.clone(),
    })
}

async fn show(engine: &Engine, actor: &Actor, rerating: &Rerating, as_json: bool) -> anyhow::Result<()> {
    let summary = &rerating.summary;
    if as_json {
        return say_json(&json!({"id": rerating.id, "confirmed": rerating.confirmed, "summary": summary}));
    }
    say(&format!(
        "{} calls looked at, {} would cost something else, {} have no price at these terms.",
        summary.calls, summary.changed, summary.unpriced
    ));
    say(&format!("The changed calls cost {} now and would cost {}.", summary.before, summary.after));
    let first = rerate::calls(&mut engine.view(actor).await?, &rerating.id, None, SHOWN).await?;
    for (call, before, after) in &first {
        let text = |amount: domain::money::Amount| amount.to_text(before.currency);
        say(&format!("  {call}  {} -> {} {}", text(before.total), text(after.total), before.currency));
    }
    if summary.changed > SHOWN {
        say(&format!("  ... and {} more", summary.changed - SHOWN));
    }
    if summary.changed > 0 {
        say(&format!("Nothing is posted yet. To post the differences: tollgate rerate --confirm {}", rerating.id));
    }
    Ok(())
}
