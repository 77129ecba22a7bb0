//! What switches record is kept with us, and taken away from them.

use std::time::Duration;

use domain::time::Instant;

use super::exchange::Exchange;
use super::port::{Audio, CallRef};
use crate::charging::{ChargingError, Session};
use crate::recordings::{self, NewRecording, RecordingError, RecordingKind};
use crate::{Actor, Scope};

/// How long is waited before it is tried again to keep something.
const PAUSE: Duration = Duration::from_secs(5);
/// How often that is tried: for an hour, as long as a database may be away.
const TRIES: usize = 720;

/// A message that a caller has left.
pub(super) struct Message {
    /// The line that it is for.
    pub(super) line: String,
    /// The caller's number.
    pub(super) from: String,
    /// The number called.
    pub(super) to: String,
    /// How long it is.
    pub(super) seconds: u32,
    /// Where the switch has it.
    pub(super) reference: String,
}

/// Why something is not kept yet.
#[derive(Debug, thiserror::Error)]
enum KeepError {
    /// Its call is not known.
    #[error("its call is not on record")]
    NoCall,
    /// Its call cannot be read.
    #[error(transparent)]
    Call(#[from] ChargingError),
    /// The database did not do it.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// The database does not answer.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

impl Exchange {
    /// Keeps a message, which ended now.
    pub(super) fn keep_message(&self, call: &CallRef, message: Message, now: Instant) {
        let Message { line, from, to, seconds, reference } = message;
        let new = NewRecording {
            kind: RecordingKind::Voicemail,
            line,
            origin: call.origin.clone(),
            leg: "message".to_owned(),
            from,
            to,
            started_at: Instant::clamped(now.millis() - i64::from(seconds) * 1000),
            seconds: seconds.into(),
            media_type: String::new(),
        };
        self.keep(call.clone(), reference, new);
    }

    /// Keeps what a switch has recorded of those who talked.
    ///
    /// It is written down when the database takes it; nobody waits for that.
    pub fn keep_talk(&self, call: &CallRef, seconds: u32, reference: &str) {
        let (exchange, call, reference) = (self.clone(), call.clone(), reference.to_owned());
        tokio::spawn(async move {
            match exchange.talk(&call, seconds).await {
                Ok(new) => exchange.keep(call, reference, new),
                Err(error) => {
                    tracing::error!(%error, call = call.origin, "a recorded call is not kept: it stays with its switch")
                }
            }
        });
    }

    async fn talk(&self, call: &CallRef, seconds: u32) -> Result<NewRecording, KeepError> {
        let mut view = self.engine().view(&Actor::program(call.tenant, "recorder")).await?;
        let record = storage::charging::by_origins(view.tx(), call.tenant, &[&call.origin]).await?.pop();
        let session = Session::of(record.ok_or(KeepError::NoCall)?)?;
        let started_at = session.session.answered_at().unwrap_or(session.session.opened_at);
        Ok(NewRecording {
            kind: RecordingKind::Call,
            line: session.line.ok_or(KeepError::NoCall)?,
            origin: session.origin,
            leg: "talk".to_owned(),
            from: session.from,
            to: session.to,
            started_at,
            seconds: seconds.into(),
            media_type: String::new(),
        })
    }

    /// Fetches something from its switch, keeps it, and has the switch forget it.
    fn keep(&self, call: CallRef, reference: String, new: NewRecording) {
        let Some(switch) = self.switch_of(&call) else { return };
        let engine = self.engine().clone();
        tokio::spawn(async move {
            for _ in 0..TRIES {
                let Some(Audio { media_type, bytes }) = switch.recording(&call, &reference).await else {
                    return tracing::error!(call = call.origin, "what was recorded is not there any more");
                };
                let new = NewRecording { media_type, ..new.clone() };
                match recordings::keep(&engine, call.tenant, new, &bytes).await {
                    Ok(_) => return switch.is_kept(&call, &reference).await,
                    Err(error @ (RecordingError::NoLine(_) | RecordingError::Invalid(_))) => {
                        return tracing::error!(%error, call = call.origin, "what was recorded cannot be kept: it stays with its switch");
                    }
                    Err(error) => {
                        tracing::warn!(%error, call = call.origin, "what was recorded is not kept yet; it is tried again");
                    }
                }
                tokio::time::sleep(PAUSE).await;
            }
            tracing::error!(call = call.origin, "what was recorded is not kept: it stays with its switch");
        });
    }
}
