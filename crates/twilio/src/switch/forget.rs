//! What has to be done of a message at Twilio, whatever comes between: it is kept here, and then deleted there.
//!
//! Both are jobs. The first is written when Twilio tells of a recording, the second when it is kept, or its transcript is: it is worked off until
//! Twilio says that there is nothing any more.

use std::sync::Arc;

use domain::time::Instant;
use engine::jobs::{self, Handler, Job, JobFailure, NewJob};
use engine::switching::{CallRef, NotKept};
use engine::{Actor, Engine, Scope, StorageError, Work};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::Twilio;

/// The jobs that see to it that a message is kept.
pub const KEEPS: &str = "twilio_keep";
/// The jobs that have Twilio delete something.
pub const FORGETS: &str = "twilio_forget";
/// Who writes them.
const RECORDER: &str = "recorder";
/// How long it is left to what runs anyway to keep a message, in milliseconds.
const KEPT_BY_ITSELF_MILLIS: i64 = 60_000;
/// How long a message stays with Twilio at most, so that it is understood, in milliseconds: it takes some minutes, and is not told where nothing is.
const IS_UNDERSTOOD_MILLIS: i64 = 600_000;

/// Something that Twilio has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Held {
    /// What was recorded of a call.
    Recording {
        /// Its id.
        sid: String,
        /// The origin of the call.
        call: String,
    },
    /// What was understood of it.
    Transcription {
        /// Its id.
        sid: String,
    },
}

impl Held {
    fn sid(&self) -> &str {
        match self {
            Held::Recording { sid, .. } | Held::Transcription { sid } => sid,
        }
    }

    /// The job of a kind about it.
    fn job(&self, kind: &'static str, run_at: Instant) -> NewJob {
        let payload = serde_json::to_string(self).unwrap_or_default();
        NewJob { kind, key: format!("{kind}/{}", self.sid()), payload, run_at }
    }

    fn of(job: &Job) -> Result<Held, JobFailure> {
        serde_json::from_str(&job.payload).map_err(|error| JobFailure::GiveUp(error.to_string()))
    }
}

/// Has Twilio delete something, in the transaction after which it is not needed there any more.
pub(super) async fn forgets(work: &mut Work, held: &Held, wait_millis: i64) -> Result<(), StorageError> {
    let run_at = Instant::clamped(work.now().millis().saturating_add(wait_millis));
    jobs::enqueue(work, &[held.job(FORGETS, run_at)]).await
}

impl Twilio {
    /// Something was recorded: from here on it is kept, even if this program ends now.
    pub(super) async fn is_to_keep(&self, call: &CallRef, sid: &str) -> Result<(), StorageError> {
        let held = Held::Recording { sid: sid.to_owned(), call: call.origin.clone() };
        self.writes(call, |work| {
            let held = held.clone();
            Box::pin(async move {
                let run_at = Instant::clamped(work.now().millis().saturating_add(KEPT_BY_ITSELF_MILLIS));
                jobs::enqueue(work, &[held.job(KEEPS, run_at)]).await
            })
        })
        .await
    }

    /// What was recorded is kept: from here on it is deleted at Twilio, at once or when it must have been understood.
    pub(super) async fn is_to_forget(&self, call: &CallRef, sid: &str, is_awaited: bool) -> Result<(), StorageError> {
        let held = Held::Recording { sid: sid.to_owned(), call: call.origin.clone() };
        let wait = if is_awaited { IS_UNDERSTOOD_MILLIS } else { 0 };
        self.writes(call, |work| {
            let held = held.clone();
            Box::pin(async move { forgets(work, &held, wait).await })
        })
        .await
    }

    async fn writes(
        &self,
        call: &CallRef,
        work: impl for<'w> Fn(&'w mut Work) -> BoxFuture<'w, Result<(), StorageError>> + Send + Sync,
    ) -> Result<(), StorageError> {
        self.exchange.engine().run(&Actor::program(call.tenant, RECORDER), work).await
    }
}

/// Sees to it that messages are kept which Twilio has told of.
pub struct Keeping(pub Arc<Twilio>);

impl Handler for Keeping {
    fn run<'a>(&'a self, engine: &'a Engine, job: &'a Job) -> BoxFuture<'a, Result<Option<String>, JobFailure>> {
        Box::pin(async move {
            let Held::Recording { sid, call } = Held::of(job)? else {
                return Err(JobFailure::GiveUp("nothing else is kept than what was recorded".to_owned()));
            };
            // Once it is kept this is there; that it is kept twice, since it was deleted here meanwhile, must not be.
            let is_kept = jobs::is_known(&mut engine.view(&job.actor()).await?, &format!("{FORGETS}/{sid}")).await?;
            if is_kept {
                return Ok(None);
            }
            let call = CallRef { tenant: job.tenant, origin: call };
            match self.0.exchange.keep_message_left(&call, &sid).await {
                Ok(()) => Ok(Some("it was left behind by a program that ended".to_owned())),
                Err(NotKept::Gone) => Ok(Some(NotKept::Gone.to_string())),
                Err(NotKept::Never(reason)) => Err(JobFailure::GiveUp(format!("{reason}: it stays with Twilio"))),
                Err(NotKept::NotYet(reason)) => Err(JobFailure::Retry(reason)),
            }
        })
    }
}

/// Has Twilio delete what is kept here.
pub struct Forgetting(pub Arc<Twilio>);

impl Handler for Forgetting {
    fn run<'a>(&'a self, _: &'a Engine, job: &'a Job) -> BoxFuture<'a, Result<Option<String>, JobFailure>> {
        Box::pin(async move {
            let client = &self.0.client;
            let deleted = match Held::of(job)? {
                Held::Recording { sid, .. } => client.delete_recording(&sid).await,
                Held::Transcription { sid } => client.delete_transcription(&sid).await,
            };
            deleted.map(|()| None).map_err(|error| JobFailure::Retry(error.to_string()))
        })
    }
}
