use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use domain::time::Instant;
use futures::FutureExt;
use storage::jobs::Lease;
use tokio::time::sleep;

use super::{Handler, Job, JobFailure};
use crate::{Engine, Scope, Work};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// How long a worker may be silent before another takes its job, in milliseconds.
pub(super) const LEASE: i64 = 15 * MINUTE;
/// The pauses before the second try and those that follow, in milliseconds; then the last of them [some times more](LAST_ATTEMPT).
const PAUSES: [i64; 5] = [MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR];
/// After three days of trying a job is given up.
const LAST_ATTEMPT: i64 = 16;
/// The longest wait before what became of a job is written down again, while the database is away.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// How many characters of a reason are kept.
const LONGEST_REASON: usize = 1000;

/// One try of a job that a worker has taken.
pub(super) struct Attempt {
    pub(super) engine: Engine,
    pub(super) handler: Arc<dyn Handler>,
    pub(super) worker: Arc<str>,
    pub(super) job: Arc<Job>,
}

impl Attempt {
    /// Does the job and writes down what became of it. A job whose lease is lost meanwhile is left to whoever has it now.
    pub(super) async fn run(self) {
        let outcome = tokio::select! {
            outcome = self.tried() => outcome,
            () = self.lease_lost() => return self.left_to_another(),
        };
        let mut wait = Duration::from_secs(1);
        loop {
            match self.written_down(&outcome).await {
                Ok(true) => return self.count(&outcome),
                Ok(false) => return self.left_to_another(),
                Err(storage::Error::Unavailable(_) | storage::Error::TryAgain(_)) => {}
                Err(error) => {
                    let job = &self.job.id;
                    return tracing::error!(job, "what became of a job could not be written down: {error}");
                }
            }
            sleep(wait).await;
            wait = (2 * wait).min(LONGEST_WAIT);
        }
    }

    /// Counts what became of it.
    fn count(&self, outcome: &Result<Option<String>, JobFailure>) {
        let failure = outcome.as_ref().err();
        let is_last = match failure {
            Some(JobFailure::GiveUp(_)) => true,
            Some(JobFailure::Retry(_)) => pause_after(self.job.attempts).is_none(),
            _ => false,
        };
        self.engine.measures().job_tried(&self.job.kind, failure, is_last);
    }

    /// Gives the job back to whoever asks for it next.
    pub(super) async fn give_back(&self) -> Result<(), storage::Error> {
        let mut work = self.engine.begin(&self.job.actor()).await?;
        let now = work.now().millis();
        storage::jobs::give_back(&mut work.tx, self.lease(), now).await?;
        work.commit().await
    }

    async fn tried(&self) -> Result<Option<String>, JobFailure> {
        if self.job.attempts > LAST_ATTEMPT {
            return Err(JobFailure::GiveUp("none of its tries came to an end: the program ended at each".to_owned()));
        }
        let run = async { self.handler.run(&self.engine, &self.job).await };
        match AssertUnwindSafe(run).catch_unwind().await {
            Ok(outcome) => outcome,
            Err(panic) => Err(JobFailure::Retry(format!("the program has a fault: {}", said(&*panic)))),
        }
    }

    /// Makes the lease longer again and again; ready when it is lost.
    async fn lease_lost(&self) {
        let clock = self.engine.clock();
        loop {
            clock.sleep_until(later(clock.now(), LEASE / 3)).await;
            // While the database is away nobody else can take the job either.
            if let Ok(false) = self.renewed().await {
                return;
            }
        }
    }

    async fn renewed(&self) -> Result<bool, storage::Error> {
        let mut work = self.engine.begin(&self.job.actor()).await?;
        let until = later(work.now(), LEASE).millis();
        let renewed = storage::jobs::renew(&mut work.tx, self.lease(), until).await?;
        work.commit().await?;
        Ok(renewed)
    }

    /// Whether it was written down: not if the lease was lost.
    async fn written_down(&self, outcome: &Result<Option<String>, JobFailure>) -> Result<bool, storage::Error> {
        storage::retry(async || {
            let mut work = self.engine.begin(&self.job.actor()).await?;
            let written = self.write_down(&mut work, outcome).await?;
            work.commit().await?;
            Ok(written)
        })
        .await
    }

    async fn write_down(
        &self,
        work: &mut Work,
        outcome: &Result<Option<String>, JobFailure>,
    ) -> Result<bool, storage::Error> {
        let (job, lease, now) = (&self.job, self.lease(), work.now());
        let (reason, pause) = match outcome {
            Ok(said) => {
                let said = said.as_deref().map(kept);
                return storage::jobs::finish(&mut work.tx, lease, now.millis(), said.as_deref()).await;
            }
            Err(JobFailure::NotYet(millis)) => {
                return storage::jobs::give_back(&mut work.tx, lease, later(now, *millis).millis()).await;
            }
            Err(JobFailure::Retry(reason)) => (kept(reason), pause_after(job.attempts)),
            Err(JobFailure::RetryAfter { reason, millis }) => (kept(reason), Some(*millis)),
            Err(JobFailure::GiveUp(reason)) => (kept(reason), None),
        };
        let (tenant, kind, id, attempt) = (job.tenant, &job.kind, &job.id, job.attempts);
        match pause {
            Some(pause) => {
                let again = later(now, pause);
                tracing::warn!(tenant, kind, id, attempt, reason = told(&reason), "a job failed, next try at {again}");
                storage::jobs::retry(&mut work.tx, lease, again.millis(), &reason).await
            }
            None => {
                tracing::error!(tenant, kind, id, attempt, reason = told(&reason), "a job is given up");
                let held = storage::jobs::fail(&mut work.tx, lease, now.millis(), &reason).await?;
                if held {
                    self.handler.given_up(work, job).await?;
                }
                Ok(held)
            }
        }
    }

    fn lease(&self) -> Lease<'_> {
        let job = &self.job;
        Lease { tenant: job.tenant, id: &job.id, worker: &self.worker, attempt: job.attempts }
    }

    fn left_to_another(&self) {
        tracing::warn!(job = self.job.id, "the lease of a job was lost: what its worker did is not written down");
    }
}

/// How long to wait after a try failed, in milliseconds; `None` after the last.
fn pause_after(attempt: i64) -> Option<i64> {
    let index = usize::try_from(attempt - 1).unwrap_or(0).min(PAUSES.len() - 1);
    (attempt < LAST_ATTEMPT).then(|| PAUSES[index])
}

/// So many milliseconds later.
pub(super) fn later(at: Instant, millis: i64) -> Instant {
    Instant::clamped(at.millis().saturating_add(millis))
}

/// A reason as it is logged: without the e-mail addresses that a mail server says again.
fn told(reason: &str) -> String {
    let words = reason.split(' ').map(|word| if word.contains('@') { "(address)" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// A reason as it is kept: of some length, and of characters that a database takes.
fn kept(reason: &str) -> String {
    reason.chars().take(LONGEST_REASON).map(|c| if c == '\0' { ' ' } else { c }).collect()
}

/// What a panic said.
fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked without a word")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_has_no_address_that_a_mail_server_refused() {
        let reason = "the mail cannot be sent: 550 5.1.1 <ada@example.org>: nobody, ask admin@example.org";
        assert_eq!(told(reason), "the mail cannot be sent: 550 5.1.1 (address) nobody, ask (address)");
    }
}
