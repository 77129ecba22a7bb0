//! What switches record is kept with us, and taken away from them.

use domain::call_flow::{Flow, Happened, MOST_PARTS, Mailbox};
use domain::time::Instant;

use super::exchange::Exchange;
use super::money::origin_of;
use super::port::{Audio, CallRef, Capability, NotHandedOver};
use super::route::{RouteError, mailbox_at};
use crate::charging::{ChargingError, Session};
use crate::recordings::{self, NewRecording, RecordingError, RecordingKind};
use crate::tenants::{self, TenantError};
use crate::{Actor, Scope};

/// How long is waited before it is tried again to keep something, in milliseconds.
const PAUSE_MILLIS: i64 = 5_000;
/// How often that is tried: for an hour, as long as a database may be away.
const TRIES: usize = 720;
/// Tells a message apart from what else is recorded of its call.
const MESSAGE: &str = "message";
/// Tells the talk of a call apart.
const TALK: &str = "talk";

/// A message that a caller has left.
#[derive(Debug, Clone)]
pub(super) struct Message {
    /// Whom it is for.
    pub(super) of: Mailbox,
    /// The caller's number.
    pub(super) from: String,
    /// The number called.
    pub(super) to: String,
    /// How long it is.
    pub(super) seconds: u32,
    /// Where the switch has it.
    pub(super) reference: String,
}

/// What is known of something that was recorded.
#[derive(Debug, Clone)]
enum Known {
    /// All.
    Message { message: Message, ended_at: Instant },
    /// Which call it is of, and how long it is, where the switch has said so: the rest is in the call's record.
    Call { kind: RecordingKind, seconds: Option<u32> },
}

/// Why something is not kept.
#[derive(Debug, thiserror::Error)]
enum KeepError {
    /// Its call is not known.
    #[error("its call is not on record")]
    NoCall,
    /// Nobody is there who has recorded it.
    #[error("its switch is not there")]
    NoSwitch,
    /// Its switch has not handed it over.
    #[error(transparent)]
    NotHandedOver(#[from] NotHandedOver),
    /// Its call cannot be read.
    #[error(transparent)]
    Call(#[from] ChargingError),
    /// It is not known where its call led.
    #[error(transparent)]
    Route(#[from] RouteError),
    /// The tenant cannot be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The database did not do it.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// The database does not answer.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

/// Why a message is not kept that a switch may still have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotKept {
    /// Its switch does not have it any more.
    #[error("its switch does not have it any more")]
    Gone,
    /// It is not known for whom it is, and never will be.
    #[error("{0}")]
    Never(String),
    /// It may be kept later.
    #[error("{0}")]
    NotYet(String),
}

impl KeepError {
    /// Whether trying it again changes nothing.
    fn is_final(&self) -> bool {
        matches!(
            self,
            KeepError::NoCall
                | KeepError::NoSwitch
                | KeepError::NotHandedOver(NotHandedOver::Gone)
                | KeepError::Recording(
                    RecordingError::NoLine(_) | RecordingError::NoGroup(_) | RecordingError::Invalid(_)
                )
        )
    }
}

impl Exchange {
    /// Keeps a message, which ended now.
    pub(super) fn keep_message(&self, call: &CallRef, message: Message, now: Instant) {
        let reference = message.reference.clone();
        self.keep(call.clone(), reference, Known::Message { message, ended_at: now });
    }

    /// Keeps what a switch has recorded of those who talked.
    ///
    /// It is written down when the database takes it; nobody waits for that.
    pub fn keep_talk(&self, call: &CallRef, seconds: u32, reference: &str) {
        let known = Known::Call { kind: RecordingKind::Call, seconds: Some(seconds) };
        self.keep(call.clone(), reference.to_owned(), known);
    }

    /// Keeps what a switch still has of a call that is over, by its origin: what was recorded when it, we or the database were away. How long it is, in
    /// seconds, its audio tells where the switch does not.
    pub fn keep_left(&self, origin: &str, kind: RecordingKind, (reference, seconds): (&str, Option<u32>)) {
        let (exchange, origin, reference) = (self.clone(), origin.to_owned(), reference.to_owned());
        tokio::spawn(async move {
            match exchange.call_of(&origin).await {
                Ok(Some(call)) => exchange.keep(call, reference, Known::Call { kind, seconds }),
                // Another Tollgate's, or its call is forgotten.
                Ok(None) => tracing::warn!(origin, "something was recorded of a call that is not on record"),
                // It is found again with the switch.
                Err(error) => tracing::warn!(%error, origin, "what was recorded is not kept yet"),
            }
        });
    }

    /// Tries once to keep a message that a switch still has, of a call that is over; what was kept before stays as it is.
    ///
    /// # Errors
    /// It is not there any more, it is not known whose it is, or it has to be tried again.
    pub async fn keep_message_left(&self, call: &CallRef, reference: &str) -> Result<(), NotKept> {
        let known = Known::Call { kind: RecordingKind::Voicemail, seconds: None };
        self.try_to_keep(call, reference, &known).await.map_err(|error| match error {
            KeepError::NotHandedOver(NotHandedOver::Gone) => NotKept::Gone,
            error if error.is_final() => NotKept::Never(error.to_string()),
            error => NotKept::NotYet(error.to_string()),
        })
    }

    /// Whose call has this origin.
    async fn call_of(&self, origin: &str) -> Result<Option<CallRef>, KeepError> {
        for tenant in tenants::all(self.engine()).await? {
            let call = CallRef { tenant: tenant.tenant, origin: origin.to_owned() };
            if !self.parts_of(&call).await?.is_empty() || self.way_of(&call).await?.is_some() {
                return Ok(Some(call));
            }
        }
        Ok(None)
    }

    /// The records of a call's parts, the first first.
    async fn parts_of(&self, call: &CallRef) -> Result<Vec<Session>, KeepError> {
        let mut view = self.engine().view(&Actor::program(call.tenant, "recorder")).await?;
        let origins: Vec<String> = (0..).take(MOST_PARTS).map(|part| origin_of(call, part)).collect();
        let origins: Vec<&str> = origins.iter().map(String::as_str).collect();
        let records = storage::charging::by_origins(view.tx(), call.tenant, &origins).await?;
        let sessions = records.into_iter().map(Session::of).collect::<Result<Vec<Session>, _>>();
        let mut sessions = sessions?;
        // The first has the shortest.
        sessions.sort_by(|one, other| one.origin.cmp(&other.origin));
        Ok(sessions)
    }

    /// Which way a call went, as long as that is kept. A call that nobody pays for has no other record.
    async fn way_of(&self, call: &CallRef) -> Result<Option<Flow>, KeepError> {
        let mut view = self.engine().view(&Actor::program(call.tenant, "recorder")).await?;
        let record = storage::flows::get(view.tx(), call.tenant, &call.origin).await?;
        Ok(record.and_then(|record| serde_json::from_str(&record.flow).ok()))
    }

    /// Fetches something from its switch, keeps it, and has the switch forget it.
    fn keep(&self, call: CallRef, reference: String, known: Known) {
        let (exchange, clock) = (self.clone(), self.engine().clock().clone());
        tokio::spawn(async move {
            for _ in 0..TRIES {
                match exchange.try_to_keep(&call, &reference, &known).await {
                    Ok(()) => return,
                    Err(error) if error.is_final() => {
                        return tracing::error!(%error, call = call.origin, "what was recorded cannot be kept");
                    }
                    Err(error) => {
                        tracing::warn!(%error, call = call.origin, "what was recorded is not kept yet; it is tried again");
                    }
                }
                clock.sleep_until(Instant::clamped(clock.now().millis() + PAUSE_MILLIS)).await;
            }
            tracing::error!(call = call.origin, "what was recorded is not kept: it stays with its switch");
        });
    }

    async fn try_to_keep(&self, call: &CallRef, reference: &str, known: &Known) -> Result<(), KeepError> {
        let switch = self.switch_of(call).ok_or(KeepError::NoSwitch)?;
        let audio = switch.recording(call, reference).await?;
        let new = match known {
            Known::Message { message, ended_at } => message.clone().ended(call, *ended_at),
            Known::Call { kind, seconds } => {
                let seconds = seconds.unwrap_or_else(|| audio.seconds());
                self.found(call, *kind, seconds).await?
            }
        };
        let Audio { media_type, bytes } = audio;
        let awaits_transcript = switch.capabilities().contains(&Capability::Transcripts);
        recordings::keep(self.engine(), call.tenant, NewRecording { media_type, awaits_transcript, ..new }, &bytes)
            .await?;
        switch.is_kept(call, reference).await;
        Ok(())
    }

    /// What is on record of a call of which something was recorded.
    async fn found(&self, call: &CallRef, kind: RecordingKind, seconds: u32) -> Result<NewRecording, KeepError> {
        if kind == RecordingKind::Voicemail
            && let Some(message) = self.way_of(call).await?.and_then(|flow| Message::left_on(&flow, seconds))
        {
            let (message, began) = message;
            return Ok(NewRecording { started_at: began, ..message.ended(call, began) });
        }
        let parts = self.parts_of(call).await?;
        let (first, last) = parts.first().zip(parts.last()).ok_or(KeepError::NoCall)?;
        let (part, leg) = match kind {
            RecordingKind::Call => (first, TALK),
            RecordingKind::Voicemail => (last, MESSAGE),
        };
        let of = match kind {
            RecordingKind::Call => first.line.clone().map(Mailbox::Line),
            // Who called pays; the message is for whom it called last.
            RecordingKind::Voicemail => {
                let mut view = self.engine().view(&Actor::program(call.tenant, "recorder")).await?;
                mailbox_at(&mut view, &last.to).await?
            }
        };
        let started_at = part.session.answered_at().unwrap_or(part.seen_at);
        Ok(NewRecording {
            kind,
            of: of.ok_or(KeepError::NoCall)?,
            origin: call.origin.clone(),
            leg: leg.to_owned(),
            from: first.from.clone(),
            to: part.to.clone(),
            started_at,
            seconds: seconds.into(),
            media_type: String::new(),
            awaits_transcript: false,
        })
    }
}

impl Message {
    /// The message of a call that went this way, and when it was asked for.
    fn left_on(flow: &Flow, seconds: u32) -> Option<(Message, Instant)> {
        let asked = flow.history.iter().rev().find(|moment| moment.what == Happened::Message)?;
        let (of, to) = flow.mailbox()?;
        let (from, to) = (flow.caller.number.clone(), to.to_owned());
        Some((Message { of, from, to, seconds, reference: String::new() }, asked.at))
    }

    fn ended(self, call: &CallRef, at: Instant) -> NewRecording {
        let Message { of, from, to, seconds, .. } = self;
        NewRecording {
            kind: RecordingKind::Voicemail,
            of,
            origin: call.origin.clone(),
            leg: MESSAGE.to_owned(),
            from,
            to,
            started_at: Instant::clamped(at.millis() - i64::from(seconds) * 1000),
            seconds: seconds.into(),
            media_type: String::new(),
            awaits_transcript: false,
        }
    }
}
