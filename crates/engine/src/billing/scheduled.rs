//! What the scheduler does with bills each day.

use domain::time::Instant;
use futures::future::BoxFuture;

use super::run::{RETRY_MILLIS, run};
use super::{BillingError, remind};
use crate::jobs::{self, Handler, Job, JobFailure, NewJob};
use crate::{Engine, Scope};

/// The daily bill run and the reminders of the day.
#[derive(Debug, Clone, Copy)]
pub struct DailyBilling;

impl DailyBilling {
    /// The kind of its jobs: a daily one.
    pub const KIND: &'static str = "bill_run";
}

impl Handler for DailyBilling {
    fn run<'a>(&'a self, engine: &'a Engine, job: &'a Job) -> BoxFuture<'a, Result<Option<String>, JobFailure>> {
        Box::pin(async move {
            match daily(engine, job).await {
                Ok(()) => Ok(None),
                Err(error) => Err(JobFailure::Retry(error.to_string())),
            }
        })
    }
}

async fn daily(engine: &Engine, job: &Job) -> Result<(), BillingError> {
    let actor = jobs::actor(job.tenant);
    let run = run(engine, &actor, |_| {}).await?;
    remind(engine, &actor).await?;
    if run.failed == 0 {
        return Ok(());
    }
    // Whoever could not be billed is tried again before the next day.
    engine
        .run(&actor, |work| {
            let key = format!("{}/again/{}", DailyBilling::KIND, run.id);
            Box::pin(async move {
                let run_at = Instant::clamped(work.now().millis() + RETRY_MILLIS);
                let again = NewJob { kind: DailyBilling::KIND, key, payload: "{}".to_owned(), run_at };
                Ok::<_, BillingError>(jobs::enqueue(work, &[again]).await?)
            })
        })
        .await
}
