use domain::time::Instant;
use futures::future::BoxFuture;

use super::attempt::later;
use super::{Handler, Job, JobFailure};
use crate::people::NO_TENANT;
use crate::tenants::{self, Retention as Days};
use crate::{Engine, calls, groups, recordings};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// How long answers are kept under their idempotency keys, in milliseconds.
const ANSWERS: i64 = 48 * HOUR;
/// How long sessions and one-time links are kept after they ended, in milliseconds.
const PEOPLE: i64 = 30 * DAY;
/// How long it is kept what webhooks were told, and how that went, in milliseconds.
const TOLD: i64 = 30 * DAY;
/// How long a transcript waits for its message, in milliseconds: switches hand messages over within hours.
const TRANSCRIPTS: i64 = DAY;
/// How long short messages are kept, those that were sent and those that came, in milliseconds.
const SHORT_MESSAGES: i64 = 90 * DAY;
/// Of what belongs to no tenant nobody sets for how long it is kept: jobs that were done, and that were given up, in milliseconds.
const OF_NOBODY: (i64, i64) = (30 * DAY, 90 * DAY);
/// Rows that are forgotten in one transaction: others write at the same time.
const CHUNK: u16 = 500;

/// Forgets what need not be known any more: what the tenant's settings have an end for, answers that nobody asks for again, sessions and
/// one-time links that ended a month ago, what webhooks were told a month ago, short messages of three months ago, transcripts that have no message, and recordings whose time is
/// over.
#[derive(Debug, Clone, Copy)]
pub struct Retention;

impl Retention {
    /// The kind of its jobs: a daily one.
    pub const KIND: &'static str = "retention";
}

impl Handler for Retention {
    fn run<'a>(&'a self, engine: &'a Engine, job: &'a Job) -> BoxFuture<'a, Result<Option<String>, JobFailure>> {
        Box::pin(async move {
            let (now, actor) = (engine.clock().now(), job.actor());
            let mut view = engine.view(&actor).await?;
            let tenant = tenants::get(&mut view).await.map_err(|error| JobFailure::Retry(error.to_string()))?;
            drop(view);
            let ends = Ends { tenant: job.tenant, now, days: tenant.settings.retention };
            while ends.forget_some(engine).await? {
                tokio::task::yield_now().await;
            }
            let group_calls = groups::forget_calls(engine, &actor, ends.days.group_call_days).await;
            let group_calls = group_calls.map_err(|error| JobFailure::Retry(error.to_string()))?;
            let numbers = match ends.days.call_days {
                Some(days) => calls::forget(engine, &actor, days).await?,
                None => 0,
            };
            let recordings = recordings::forget_due(engine, &actor, now).await?;
            let said = [
                (recordings, "recordings deleted"),
                (group_calls, "calls to groups forgotten"),
                (numbers, "calls whose numbers are forgotten"),
            ];
            let said: Vec<String> =
                said.iter().filter(|(some, _)| *some > 0).map(|(some, what)| format!("{some} {what}")).collect();
            Ok(Some(said.join(", ")).filter(|said| !said.is_empty()))
        })
    }
}

/// What is over when.
struct Ends {
    tenant: i64,
    now: Instant,
    days: Days,
}

impl Ends {
    /// The instant so many milliseconds ago.
    fn ago(&self, millis: i64) -> i64 {
        later(self.now, -millis).millis()
    }

    fn days_ago(&self, days: u16) -> i64 {
        self.ago(i64::from(days) * DAY)
    }

    /// Whether there may be more.
    async fn forget_some(&self, engine: &Engine) -> Result<bool, storage::Error> {
        let (tenant, days, most) = (self.tenant, &self.days, i64::from(CHUNK));
        storage::retry(async || {
            let mut tx = engine.store().write().await?;
            let forgotten = [
                storage::jobs::forget_done(&mut tx, tenant, self.days_ago(days.done_job_days), most).await?,
                storage::jobs::forget_failed(&mut tx, tenant, self.days_ago(days.failed_job_days), most).await?,
                storage::idempotency::forget(&mut tx, tenant, self.ago(ANSWERS), most).await?,
                // What belongs to no tenant goes with each tenant's: a second time there is nothing left to forget.
                storage::jobs::forget_done(&mut tx, NO_TENANT, self.ago(OF_NOBODY.0), most).await?,
                storage::jobs::forget_failed(&mut tx, NO_TENANT, self.ago(OF_NOBODY.1), most).await?,
                storage::sessions::forget(&mut tx, self.ago(PEOPLE), most).await?,
                storage::tickets::forget(&mut tx, self.ago(PEOPLE), most).await?,
                storage::webhooks::forget(&mut tx, tenant, self.ago(TOLD), most).await?,
                storage::flows::forget(&mut tx, tenant, self.days_ago(days.call_way_days), most).await?,
                storage::reminders::forget(&mut tx, tenant, self.days_ago(days.reminder_days).div_euclid(DAY), most)
                    .await?,
                storage::swaps::forget(&mut tx, tenant, self.days_ago(days.swap_days), most).await?,
                storage::sms::forget(&mut tx, tenant, self.ago(SHORT_MESSAGES), most).await?,
                storage::incoming_sms::forget(&mut tx, tenant, self.ago(SHORT_MESSAGES), most).await?,
                storage::conversation_numbers::forget(&mut tx, tenant, self.ago(SHORT_MESSAGES), most).await?,
                storage::transcripts::forget_left(&mut tx, tenant, self.ago(TRANSCRIPTS), most).await?,
                storage::audit::forget(&mut tx, tenant, self.days_ago(days.audit_days), most).await?,
            ];
            tx.commit().await?;
            Ok(forgotten.iter().any(|forgotten| *forgotten >= CHUNK.into()))
        })
        .await
    }
}
