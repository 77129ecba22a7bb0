//! `tollgate bill run`.

use std::process::ExitCode;
use std::time::Duration;

use domain::time::Instant;
use engine::billing::{self, BillRun, BillingError, Unbilled};
use engine::customers;
use engine::{Actor, Engine, View};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::{customer_of, show};
use crate::commands::{complain, say, say_json};

/// A customer who waits to be billed.
#[derive(Debug, Serialize)]
struct Waiting {
    customer: String,
    name: String,
    reason: String,
    /// When the next run tries again.
    retry_at: Option<Instant>,
}

/// What a run did, and who still waits: from an earlier run, too.
#[derive(Debug, Serialize)]
struct Outcome {
    #[serde(flatten)]
    run: BillRun,
    waiting: Vec<Waiting>,
}

/// Bills everybody.
pub(super) async fn all(engine: &Engine, actor: &Actor, as_json: bool) -> anyhow::Result<ExitCode> {
    let bar = ProgressBar::new_spinner();
    bar.set_style(ProgressStyle::with_template("{spinner} {pos} invoices issued  {elapsed}")?);
    bar.enable_steady_tick(Duration::from_millis(200));
    let run = billing::run(engine, actor, |issued| bar.set_position(u64::try_from(issued).unwrap_or(0))).await;
    bar.finish_and_clear();
    let outcome = Outcome { run: run?, waiting: waiting(&mut engine.view(actor).await?).await? };
    if as_json {
        say_json(&outcome)?;
    } else {
        tell(&outcome);
    }
    Ok(if outcome.waiting.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tell(Outcome { run, waiting }: &Outcome) {
    say(&format!("{:>9} invoices issued", run.issued));
    for (currency, total) in &run.summary.totals {
        say(&format!("{:>9} {currency} in all", total.to_string()));
    }
    if waiting.is_empty() {
        return;
    }
    say(&format!("{:>9} customers could not be billed", waiting.len()));
    for Waiting { customer, name, reason, retry_at } in waiting {
        let again = retry_at.map(|at| format!("; tried again from {at} on")).unwrap_or_default();
        complain(&format!("{name} ({customer}): {reason}{again}"));
    }
}

/// Whoever could not be billed, in this run or before.
async fn waiting(view: &mut View) -> anyhow::Result<Vec<Waiting>> {
    let mut periods = billing::failures(view).await?;
    periods.dedup_by(|a, b| a.customer == b.customer);
    let mut waiting = Vec::with_capacity(periods.len());
    for Unbilled { customer, reason, retry_at, .. } in periods {
        let name = customers::get(view, &customer).await?.details.name();
        waiting.push(Waiting { customer, name, reason, retry_at });
    }
    Ok(waiting)
}

/// Bills one customer: all its invoices, or none.
pub(super) async fn one(engine: &Engine, actor: &Actor, named: &str, as_json: bool) -> anyhow::Result<ExitCode> {
    let customer = customer_of(&mut engine.view(actor).await?, named).await?;
    let issued = engine.run(actor, |work| {
        let id = customer.id.clone();
        Box::pin(async move { billing::run_customer(work, &id).await })
    });
    let issued = issued.await.map_err(|error: BillingError| error)?;
    let mut view = engine.view(actor).await?;
    let mut documents = Vec::with_capacity(issued.len());
    for id in &issued {
        documents.push(billing::get(&mut view, id).await?);
    }
    if documents.is_empty() && !as_json {
        say(&format!("Nothing is due to {}. See tollgate bill preview {named}", customer.details.name()));
        return Ok(ExitCode::SUCCESS);
    }
    show(&mut view, &documents, as_json)?;
    Ok(ExitCode::SUCCESS)
}
