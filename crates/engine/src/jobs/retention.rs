use domain::time::Instant;
use futures::future::BoxFuture;

use super::attempt::later;
use super::{Handler, Job, JobFailure};
use crate::people::NO_TENANT;
use crate::{Engine, recordings};

const HOUR: i64 = 3_600_000;
/// How long jobs are kept after they were done, in milliseconds.
const DONE_JOBS: i64 = 30 * 24 * HOUR;
/// How long jobs are kept after they were given up, in milliseconds.
const FAILED_JOBS: i64 = 90 * 24 * HOUR;
/// How long answers are kept under their idempotency keys, in milliseconds.
const ANSWERS: i64 = 48 * HOUR;
/// How long sessions and one-time links are kept after they ended, in milliseconds.
const PEOPLE: i64 = 30 * 24 * HOUR;
/// How long it is kept what webhooks were told, and how that went, in milliseconds.
const TOLD: i64 = 30 * 24 * HOUR;
/// How long it is kept which way calls went, in milliseconds: with the numbers of those who talked.
const WAYS: i64 = 30 * 24 * HOUR;
/// How long it is kept what agents were told of their shifts, in milliseconds.
const REMINDERS: i64 = 90 * 24 * HOUR;
/// How long it is kept which shifts agents offered to others, in milliseconds.
const SWAPS: i64 = 366 * 24 * HOUR;
/// How long short messages are kept, those that were sent and those that came, in milliseconds.
const SHORT_MESSAGES: i64 = 90 * 24 * HOUR;
/// Rows that are forgotten in one transaction: others write at the same time.
const CHUNK: u16 = 500;

/// Forgets what need not be known any more: jobs that were done a month ago or given up three months ago, answers that nobody asks for again, sessions and
/// one-time links that ended a month ago, what webhooks were told a month ago, which way calls went then, what
/// agents were told of their shifts three months ago, short messages of that time, which shifts they swapped a year ago, and recordings whose time is over.
#[derive(Debug, Clone, Copy)]
pub struct Retention;

impl Retention {
    /// The kind of its jobs: a daily one.
    pub const KIND: &'static str = "retention";
}

impl Handler for Retention {
    fn run<'a>(&'a self, engine: &'a Engine, job: &'a Job) -> BoxFuture<'a, Result<Option<String>, JobFailure>> {
        Box::pin(async move {
            let now = engine.clock().now();
            while forget_some(engine, job, now).await? {
                tokio::task::yield_now().await;
            }
            let recordings = recordings::forget_due(engine, &job.actor(), now).await?;
            Ok((recordings > 0).then(|| format!("{recordings} recordings deleted")))
        })
    }
}

/// Whether there may be more.
async fn forget_some(engine: &Engine, job: &Job, now: Instant) -> Result<bool, storage::Error> {
    let (done_before, answered_before) = (later(now, -DONE_JOBS).millis(), later(now, -ANSWERS).millis());
    storage::retry(async || {
        let mut tx = engine.store().write().await?;
        let jobs = storage::jobs::forget_done(&mut tx, job.tenant, done_before, CHUNK.into()).await?;
        let answers = storage::idempotency::forget(&mut tx, job.tenant, answered_before, CHUNK.into()).await?;
        // What belongs to no tenant goes with each tenant's: a second time there is nothing left to forget.
        let nowhere = storage::jobs::forget_done(&mut tx, NO_TENANT, done_before, CHUNK.into()).await?;
        let failed_before = later(now, -FAILED_JOBS).millis();
        let failed = storage::jobs::forget_failed(&mut tx, job.tenant, failed_before, CHUNK.into()).await?;
        let failed_nowhere = storage::jobs::forget_failed(&mut tx, NO_TENANT, failed_before, CHUNK.into()).await?;
        let people_before = later(now, -PEOPLE).millis();
        let sessions = storage::sessions::forget(&mut tx, people_before, CHUNK.into()).await?;
        let tickets = storage::tickets::forget(&mut tx, people_before, CHUNK.into()).await?;
        let told = storage::webhooks::forget(&mut tx, job.tenant, later(now, -TOLD).millis(), CHUNK.into()).await?;
        let ways = storage::flows::forget(&mut tx, job.tenant, later(now, -WAYS).millis(), CHUNK.into()).await?;
        let reminded_before = later(now, -REMINDERS).millis().div_euclid(24 * HOUR);
        let reminders = storage::reminders::forget(&mut tx, job.tenant, reminded_before, CHUNK.into()).await?;
        let swaps = storage::swaps::forget(&mut tx, job.tenant, later(now, -SWAPS).millis(), CHUNK.into()).await?;
        let texts_before = later(now, -SHORT_MESSAGES).millis();
        let sent = storage::sms::forget(&mut tx, job.tenant, texts_before, CHUNK.into()).await?;
        let came = storage::incoming_sms::forget(&mut tx, job.tenant, texts_before, CHUNK.into()).await?;
        tx.commit().await?;
        let forgotten = [
            swaps,
            reminders,
            ways,
            told,
            jobs,
            answers,
            nowhere,
            failed,
            failed_nowhere,
            sessions,
            tickets,
            sent,
            came,
        ];
        Ok(forgotten.iter().any(|forgotten| *forgotten >= CHUNK.into()))
    })
    .await
}
