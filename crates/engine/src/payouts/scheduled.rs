//! What the scheduler does with payouts each day.

use futures::future::BoxFuture;

use super::settle::settle_all;
use crate::Engine;
use crate::jobs::{self, Handler, Job, JobFailure};

/// The settlements of the day.
#[derive(Debug, Clone, Copy)]
pub struct DailyPayouts;

impl DailyPayouts {
    /// The kind of its jobs: a daily one.
    pub const KIND: &'static str = "payouts";
}

impl Handler for DailyPayouts {
    fn run<'a>(&'a self, engine: &'a Engine, job: &'a Job) -> BoxFuture<'a, Result<Option<String>, JobFailure>> {
        Box::pin(async move {
            let settled = settle_all(engine, &jobs::actor(job.tenant)).await;
            let settled = settled.map_err(|error| JobFailure::Retry(error.to_string()))?;
            if !settled.failures.is_empty() {
                return Err(JobFailure::Retry(settled.failures.join("; ")));
            }
            let made = settled.payouts.len();
            Ok((settled.accounts > 0).then(|| format!("{} accounts settled, {made} payouts", settled.accounts)))
        })
    }
}
