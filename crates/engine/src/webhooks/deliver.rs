//! What is sent, and what becomes of it.

use std::sync::Arc;

use domain::time::Instant;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use storage::webhooks::{AttemptRecord, LoggedDelivery, WebhookRecord};
use tokio::time::Instant as MachineInstant;

use super::turns::Turns;
use super::{Disabled, disable};
use crate::jobs::{Handler, Job, JobFailure, NewJob};
use crate::secrets::{Secret, digest};
use crate::{Engine, Scope, Work};

/// The jobs that tell webhooks of something.
pub const WEBHOOKS: &str = "webhook";

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
/// The pauses before the second try and those that follow, in milliseconds; then it is given up.
const PAUSES: [i64; 7] = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, 24 * HOUR];
/// A webhook that does nothing but fail for so long is disabled, in milliseconds.
const PATIENCE: i64 = 3 * 24 * HOUR;
/// How many bytes of an answer are kept.
pub const KEPT_ANSWER: usize = 1024;
/// The status by which a receiver says that it wants nothing any more.
const GONE: u16 = 410;

/// What is sent to a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// Where to.
    pub url: String,
    /// Names the event: the same at every try.
    pub id: String,
    /// When this try is made.
    pub sent_at: Instant,
    /// What is sent: JSON.
    pub body: String,
    /// What signs it, the newest first: `whsec_` and base64.
    pub secrets: Vec<Secret>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// How the answer begins: [`KEPT_ANSWER`] bytes at most.
    pub text: String,
}

/// Carries what is told to the world. It knows which addresses nothing may be sent to.
pub trait Courier: Send + Sync {
    /// Whether something may be sent to this address; the error says why not.
    fn check<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<(), String>>;

    /// Sends it, and waits some seconds for the answer at most; the error says why none came.
    fn send<'a>(&'a self, parcel: &'a Parcel) -> BoxFuture<'a, Result<Answer, String>>;
}

/// Where nothing is carried to anybody.
#[derive(Debug, Clone, Copy)]
pub struct NoCourier;

const NOBODY: &str = "cannot be sent to: this server has no webhooks";

impl Courier for NoCourier {
    fn check<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async { Err(NOBODY.to_owned()) })
    }

    fn send<'a>(&'a self, _: &'a Parcel) -> BoxFuture<'a, Result<Answer, String>> {
        Box::pin(async { Err(NOBODY.to_owned()) })
    }
}

#[derive(Serialize, Deserialize)]
struct Payload {
    delivery: String,
}

/// The job of a delivery.
pub(super) fn job(delivery: &str, key: &str, run_at: Instant) -> NewJob {
    let payload = Payload { delivery: delivery.to_owned() };
    let payload = serde_json::to_string(&payload).unwrap_or_default();
    NewJob { kind: WEBHOOKS, key: format!("{WEBHOOKS}/{key}"), payload, run_at }
}

/// Tells webhooks of what happened.
pub struct Telling {
    courier: Arc<dyn Courier>,
    turns: Turns,
}

/// What a try comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Delivered,
    /// It is tried again after so many milliseconds.
    Again(i64),
    GivenUp,
    /// The receiver wants nothing any more.
    Gone,
}

impl Telling {
    /// Tells by this courier.
    #[must_use]
    pub fn new(courier: Arc<dyn Courier>) -> Self {
        Telling { courier, turns: Turns::default() }
    }

    async fn tell(&self, engine: &Engine, job: &Job) -> Result<String, JobFailure> {
        let Payload { delivery } =
            serde_json::from_str(&job.payload).map_err(|error| JobFailure::GiveUp(error.to_string()))?;
        let (delivery, webhook) = match addressed(engine, job, &delivery).await? {
            Ok(addressed) => addressed,
            Err(reason) => {
                let mut work = engine.begin(&job.actor()).await?;
                give_up(&mut work, job).await?;
                work.commit().await?;
                return Ok(format!("not sent: {reason}"));
            }
        };
        let sent_at = engine.clock().now();
        // Kept until it is written down how the try went.
        let _turn = self.turns.take(&webhook, sent_at).map_err(JobFailure::NotYet)?;
        let parcel = parcel(&delivery, &webhook, sent_at);
        let started = MachineInstant::now();
        let answer = self.courier.send(&parcel).await;
        let took = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
        let verdict = verdict(&answer, job.attempts, &delivery.delivery.id);
        let reason = said(&answer);
        let actor = job.actor();
        let noted = engine.run(&actor, |work| {
            let attempt = attempt(work, &delivery, &answer, (sent_at, took));
            let webhook = webhook.id.clone();
            Box::pin(async move { note(work, &attempt, &webhook, verdict).await })
        });
        noted.await.map_err(|error: storage::Error| JobFailure::from(error))?;
        match verdict {
            Verdict::Delivered => Ok(reason),
            Verdict::Again(millis) => Err(JobFailure::RetryAfter { reason, millis }),
            Verdict::GivenUp | Verdict::Gone => Err(JobFailure::GiveUp(reason)),
        }
    }
}

/// The delivery and its webhook; or why it goes nowhere.
async fn addressed(
    engine: &Engine,
    job: &Job,
    delivery: &str,
) -> Result<Result<(LoggedDelivery, WebhookRecord), &'static str>, storage::Error> {
    let mut view = engine.view(&job.actor()).await?;
    let Some(delivery) = storage::webhooks::delivery(view.tx(), job.tenant, delivery).await? else {
        return Ok(Err("it is forgotten by now"));
    };
    if delivery.delivery.state == "delivered" {
        return Ok(Err("it was taken already"));
    }
    let webhook = storage::webhooks::get(view.tx(), job.tenant, &delivery.delivery.webhook).await?;
    Ok(match webhook {
        None => Err("the webhook is deleted"),
        Some(webhook) if webhook.enabled == 0 => Err("the webhook is disabled"),
        Some(webhook) => Ok((delivery, webhook)),
    })
}

fn parcel(delivery: &LoggedDelivery, webhook: &WebhookRecord, sent_at: Instant) -> Parcel {
    let old = webhook.old_secret.clone().filter(|_| webhook.old_secret_until.is_some_and(|at| sent_at.millis() < at));
    Parcel {
        url: webhook.url.clone(),
        id: delivery.delivery.event.clone(),
        sent_at,
        body: delivery.body.clone(),
        secrets: [Some(webhook.secret.clone()), old].into_iter().flatten().map(Secret::new).collect(),
    }
}

fn verdict(answer: &Result<Answer, String>, attempt: i64, delivery: &str) -> Verdict {
    match answer {
        Ok(Answer { status: 200..300, .. }) => Verdict::Delivered,
        Ok(Answer { status: GONE, .. }) => Verdict::Gone,
        _ => pause_after(attempt, delivery).map_or(Verdict::GivenUp, Verdict::Again),
    }
}

/// How long to wait after a try failed, in milliseconds; `None` after the last. Up to a tenth is added, by the delivery's id, so that
/// what failed together does not come back together.
fn pause_after(attempt: i64, delivery: &str) -> Option<i64> {
    let pause = PAUSES.get(usize::try_from(attempt - 1).ok()?)?;
    let spread = i64::from(u8::from_str_radix(digest(delivery).get(..2)?, 16).ok()?);
    Some(pause + pause * spread / 2560)
}

/// What came back, in a line.
fn said(answer: &Result<Answer, String>) -> String {
    match answer {
        Ok(answer) => format!("the receiver answered {}", answer.status),
        Err(error) => error.clone(),
    }
}

fn attempt(
    work: &Work,
    delivery: &LoggedDelivery,
    answer: &Result<Answer, String>,
    (at, duration_ms): (Instant, i64),
) -> AttemptRecord {
    let storable = |text: &str| text.replace('\0', " ");
    AttemptRecord {
        id: work.id("try"),
        delivery: delivery.delivery.id.clone(),
        at: at.millis(),
        duration_ms,
        status: answer.as_ref().ok().map(|answer| i64::from(answer.status)),
        answer: answer.as_ref().ok().map(|answer| storable(&answer.text)),
        error: answer.as_ref().err().map(|error| storable(error)),
    }
}

/// Writes down how a try went, and what that says of the webhook.
async fn note(work: &mut Work, attempt: &AttemptRecord, webhook: &str, verdict: Verdict) -> Result<(), storage::Error> {
    let (tenant, now) = (work.tenant(), work.now().millis());
    storage::webhooks::insert_attempt(&mut work.tx, tenant, attempt).await?;
    let state = match verdict {
        Verdict::Delivered => "delivered",
        Verdict::Again(_) => "pending",
        Verdict::GivenUp | Verdict::Gone => "failed",
    };
    storage::webhooks::set_state(&mut work.tx, tenant, &attempt.delivery, state).await?;
    match verdict {
        Verdict::Delivered => storage::webhooks::note_success(&mut work.tx, tenant, webhook).await,
        Verdict::Gone => disable(work, webhook, Disabled::Gone).await,
        Verdict::Again(_) | Verdict::GivenUp => {
            let lost = |since: Option<i64>| since.is_some_and(|since| now - since >= PATIENCE);
            let known = storage::webhooks::get(&mut work.tx, tenant, webhook).await?;
            if known.is_some_and(|known| lost(known.failing_since)) {
                // Before the webhook itself, as whoever changes webhooks does: else each may wait for the other.
                storage::webhooks::lock(&mut work.tx, tenant).await?;
            }
            let since = storage::webhooks::note_failure(&mut work.tx, tenant, webhook, now).await?;
            if lost(since) {
                disable(work, webhook, Disabled::Failing).await?;
            }
            Ok(())
        }
    }
}

/// A delivery that waits though its job has come to an end would wait for ever.
async fn give_up(work: &mut Work, job: &Job) -> Result<(), storage::Error> {
    let Ok(Payload { delivery }) = serde_json::from_str(&job.payload) else { return Ok(()) };
    storage::webhooks::give_up(&mut work.tx, job.tenant, &delivery).await
}

impl Handler for Telling {
    fn run<'a>(&'a self, engine: &'a Engine, job: &'a Job) -> BoxFuture<'a, Result<Option<String>, JobFailure>> {
        Box::pin(async move { self.tell(engine, job).await.map(Some) })
    }

    fn given_up<'a>(&'a self, work: &'a mut Work, job: &'a Job) -> BoxFuture<'a, Result<(), storage::Error>> {
        Box::pin(give_up(work, job))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_differ_a_little_from_one_delivery_to_the_next() {
        let answers = [500, 301, 404, 199, 300].map(|status| Ok(Answer { status, text: String::new() }));
        for answer in answers.into_iter().chain([Err("nobody answers".to_owned())]) {
            for (attempt, pause) in (1..).zip(PAUSES) {
                let Verdict::Again(millis) = verdict(&answer, attempt, "dlv_1") else { panic!("{answer:?}") };
                assert!((pause..=pause + pause / 10).contains(&millis), "{attempt}: {millis}");
                assert_eq!(verdict(&answer, attempt, "dlv_1"), Verdict::Again(millis));
            }
            assert_eq!(verdict(&answer, 8, "dlv_1"), Verdict::GivenUp);
        }
        let others: std::collections::BTreeSet<_> = (0..20).map(|n| pause_after(5, &format!("dlv_{n}"))).collect();
        assert!(others.len() > 10, "{others:?}");
        let answered = |status| verdict(&Ok(Answer { status, text: String::new() }), 1, "dlv_1");
        assert_eq!([200, 299, 410].map(answered), [Verdict::Delivered, Verdict::Delivered, Verdict::Gone]);
    }
}
