//! Recordings: messages that callers left for a line or a group, and calls that were recorded.
//!
//! A message for a line is for whoever has it, one for a group for those who lead the group; what was recorded of a call is for the staff alone.

mod forget;
mod keep;
mod listen;
mod messages;

use std::collections::HashMap;

use domain::invalid::Invalid;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use storage::recordings::{RecordingFilter, RecordingRecord};

use crate::calls::Call;
use crate::tenants::TenantError;
use crate::{Change, ChangeKind, Reach, Scope, Work};
pub use forget::delete;
pub(crate) use forget::{forget_due, forget_whole};
pub use keep::{NewRecording, keep};
pub use listen::{Audio, listen, read};
pub use messages::{MESSAGES, NewTranscript, Waited, understood};

/// A recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: RecordingKind,
    /// The line that the message is for, or that the call is of; none of a message for a group.
    pub line: Option<String>,
    /// Whose line that is.
    pub customer: Option<String>,
    /// The group that the message is for.
    pub group: Option<String>,
    /// The origin of its call.
    pub origin: String,
    /// Tells what was recorded of one call apart.
    pub leg: String,
    /// The caller's number.
    pub from: String,
    /// The number that was called.
    pub to: String,
    /// When it begins.
    pub started_at: Instant,
    /// How long it is.
    pub seconds: i64,
    /// The media type of its audio.
    pub media_type: String,
    /// The size of its audio.
    pub size_bytes: i64,
    /// Since when it is here.
    pub kept_at: Instant,
    /// From when on it is deleted.
    pub delete_at: Instant,
    /// When somebody was done with it; `None`, while nobody is.
    pub done_at: Option<Instant>,
}

/// What a recording is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingKind {
    /// A message that a caller left.
    Voicemail,
    /// What was spoken in a call.
    Call,
}

/// Where a recording is looked for: those of lines and those of groups are for different people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inbox {
    /// Messages for lines, and recorded calls.
    OfLines,
    /// Messages for groups.
    OfGroups,
}

/// Which recordings of lines are asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    /// Those of lines of this customer.
    pub customer: Option<&'a str>,
    /// Those of this line.
    pub line: Option<&'a str>,
    /// Those of this kind.
    pub kind: Option<RecordingKind>,
    /// Those that somebody was done with, or the others.
    pub done: Option<bool>,
}

/// Why a recording is not kept, shown, heard or changed.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// There is no such recording.
    #[error("there is no recording {0}")]
    NotFound(String),
    /// There is no such line.
    #[error("there is no line {0}, of which something was recorded")]
    NoLine(String),
    /// There is no such group.
    #[error("there is no group {0}, for which a message was left")]
    NoGroup(String),
    /// What is to be kept makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(RecordingError: Tenant);

/// One recording.
///
/// # Errors
/// There is none for who asks, or the database does not answer.
pub async fn get(scope: &mut impl Scope, inbox: Inbox, id: &str) -> Result<Recording, RecordingError> {
    let tenant = scope.tenant();
    let recording = storage::recordings::get(scope.tx(), tenant, id).await?.map(Recording::of);
    let recording = recording.filter(|recording| recording.inbox() == inbox);
    let own = recording.filter(|recording| scope.finds("recording", id, |reach| recording.is_for(reach)));
    own.ok_or_else(|| RecordingError::NotFound(id.to_owned()))
}

/// A page of the recordings that the filter lets through, the newest first, those before `before`.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    scope: &mut impl Scope,
    filter: Filter<'_>,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<Recording>, RecordingError> {
    let (tenant, reach) = (scope.tenant(), scope.reach().clone());
    let kind = match filter.kind {
        Some(RecordingKind::Call) if !reach.is_whole() => return Ok(Vec::new()),
        None if !reach.is_whole() => Some(RecordingKind::Voicemail),
        asked => asked,
    };
    let Filter { customer, line, done, .. } = filter;
    let limited = reach.limited(customer);
    let among = limited.customer.map(|only| vec![only]).or(limited.among);
    let kind = kind.map(RecordingKind::name);
    let filter = RecordingFilter { among: among.as_deref(), line, group: None, kind, done, before };
    let records = storage::recordings::page(scope.tx(), tenant, &filter, limit).await?;
    Ok(records.into_iter().map(Recording::of).collect())
}

/// A page of the messages that were left for a group, the newest first, those before `before`.
///
/// # Errors
/// The database does not answer.
pub async fn of_group(
    scope: &mut impl Scope,
    group: &str,
    done: Option<bool>,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<Recording>, storage::Error> {
    let tenant = scope.tenant();
    let filter = RecordingFilter { group: Some(group), done, before, ..RecordingFilter::default() };
    let records = storage::recordings::page(scope.tx(), tenant, &filter, limit).await?;
    Ok(records.into_iter().map(Recording::of).collect())
}

/// A message that was left for a group, whoever asks.
///
/// # Errors
/// There is none, or the database does not answer.
pub(crate) async fn left_for(scope: &mut impl Scope, group: &str, id: &str) -> Result<Recording, RecordingError> {
    let tenant = scope.tenant();
    let recording = storage::recordings::get(scope.tx(), tenant, id).await?.map(Recording::of);
    let message = recording.filter(|message| message.group.as_deref() == Some(group));
    message.ok_or_else(|| RecordingError::NotFound(id.to_owned()))
}

/// What was understood of a message, if it was.
///
/// # Errors
/// The database does not answer.
pub async fn transcript(scope: &mut impl Scope, of: &Recording) -> Result<Option<String>, storage::Error> {
    let tenant = scope.tenant();
    storage::transcripts::get(scope.tx(), tenant, (&of.origin, &of.leg)).await
}

/// What was recorded of some calls, as far as who asks may hear it: the ids of the recordings by those of the calls, the first first.
///
/// # Errors
/// The database does not answer.
pub async fn of_calls(scope: &mut impl Scope, calls: &[Call]) -> Result<HashMap<String, Vec<String>>, storage::Error> {
    let tenant = scope.tenant();
    let origins: Vec<&str> = calls.iter().map(|call| call.origin.as_str()).collect();
    let mut records = storage::recordings::of_origins(scope.tx(), tenant, &origins).await?;
    records.sort_by(|one, other| one.id.cmp(&other.id));
    let ids: HashMap<&str, &str> = calls.iter().map(|call| (call.origin.as_str(), call.id.as_str())).collect();
    let mut found: HashMap<String, Vec<String>> = HashMap::new();
    for recording in records.into_iter().map(Recording::of).filter(|recording| recording.is_for(scope.reach())) {
        if let Some(call) = ids.get(recording.origin.as_str()) {
            found.entry((*call).to_owned()).or_default().push(recording.id);
        }
    }
    Ok(found)
}

/// Says that somebody is done with a recording, or is not. What is so already stays as it is.
///
/// # Errors
/// There is none for who asks, or the database does not answer.
pub async fn mark_done(work: &mut Work, (inbox, id): (Inbox, &str), done: bool) -> Result<Recording, RecordingError> {
    let before = get(work, inbox, id).await?;
    if before.done_at.is_some() == done {
        return Ok(before);
    }
    let (tenant, done_at) = (work.tenant(), done.then_some(work.now()));
    if !storage::recordings::set_done(&mut work.tx, tenant, id, done_at.map(Instant::millis)).await? {
        return Err(RecordingError::NotFound(id.to_owned()));
    }
    let after = Recording { done_at, ..before.clone() };
    work.audit("recording.done", id, Some(&before.written()), Some(&after.written())).await?;
    after.has_changed(work);
    Ok(after)
}

/// What the audit trail says of a recording: it is there for longer than the recording, and has nobody's number.
#[derive(Serialize)]
struct Written<'a> {
    kind: RecordingKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
    started_at: Instant,
    seconds: i64,
    done_at: Option<Instant>,
}

impl RecordingKind {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            RecordingKind::Voicemail => "voicemail",
            RecordingKind::Call => "call",
        }
    }
}

impl Recording {
    /// Whether it is there for who has this reach.
    fn is_for(&self, reach: &Reach) -> bool {
        let is_customers = |customer: &String| reach.customer(customer);
        let is_own = self.kind == RecordingKind::Voicemail && self.customer.as_ref().is_some_and(is_customers);
        reach.is_whole() || is_own
    }

    fn inbox(&self) -> Inbox {
        if self.group.is_some() { Inbox::OfGroups } else { Inbox::OfLines }
    }

    /// Has listeners told of it after the commit.
    fn has_changed(&self, work: &mut Work) {
        let customer = self.customer.clone().filter(|_| self.kind == RecordingKind::Voicemail);
        let (tenant, id) = (work.tenant(), self.id.clone());
        work.tells(Change { tenant, kind: ChangeKind::Recording, id, customer, agent: None });
    }

    fn written(&self) -> Written<'_> {
        let Recording { kind, started_at, seconds, done_at, .. } = *self;
        Written { kind, line: self.line.as_deref(), group: self.group.as_deref(), started_at, seconds, done_at }
    }

    fn of(record: RecordingRecord) -> Recording {
        Recording {
            id: record.id,
            kind: if record.kind == "voicemail" { RecordingKind::Voicemail } else { RecordingKind::Call },
            line: record.line,
            customer: record.customer,
            group: record.agent_group,
            origin: record.origin,
            leg: record.leg,
            from: record.from_number,
            to: record.to_number,
            started_at: Instant::clamped(record.started_at),
            seconds: record.seconds,
            media_type: record.media_type,
            size_bytes: record.size_bytes,
            kept_at: Instant::clamped(record.kept_at),
            delete_at: Instant::clamped(record.delete_at),
            done_at: record.done_at.map(Instant::clamped),
        }
    }

    fn record(&self) -> RecordingRecord {
        RecordingRecord {
            id: self.id.clone(),
            kind: self.kind.name().to_owned(),
            line: self.line.clone(),
            customer: self.customer.clone(),
            agent_group: self.group.clone(),
            origin: self.origin.clone(),
            leg: self.leg.clone(),
            from_number: self.from.clone(),
            to_number: self.to.clone(),
            started_at: self.started_at.millis(),
            seconds: self.seconds,
            media_type: self.media_type.clone(),
            size_bytes: self.size_bytes,
            kept_at: self.kept_at.millis(),
            delete_at: self.delete_at.millis(),
            done_at: self.done_at.map(Instant::millis),
        }
    }
}
