//! Messages for a group go by mail to those who are named: one mail with the transcript, or without it where that has not come in time, and then one
//! more once it does.

use domain::time::Instant;
use futures::future::BoxFuture;

use super::{Recording, RecordingError};
use crate::groups::{self, Callers, Group, GroupError};
use crate::jobs::{self, Handler, Job, JobFailure, NewJob, actor};
use crate::notices::{self, About, Notice};
use crate::{Engine, Scope, Work};

/// The jobs that have waited for a transcript.
pub const MESSAGES: &str = "group_message";
/// The longest transcript that is kept, in characters: two minutes of speech have some two thousand.
const LONGEST_TRANSCRIPT: usize = 20_000;

/// What was understood of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTranscript {
    /// The origin of the call.
    pub origin: String,
    /// Tells what was recorded of the call apart, as with the recording.
    pub leg: String,
    /// The text; what is too long is cut off.
    pub text: String,
}

/// A group, for a message that was left for it.
pub(super) async fn group(scope: &mut impl Scope, id: &str) -> Result<Group, RecordingError> {
    groups::get(scope, id).await.map_err(|error| match error {
        GroupError::Storage(error) => RecordingError::Storage(error),
        GroupError::Tenant(error) => RecordingError::Tenant(error),
        _ => RecordingError::NoGroup(id.to_owned()),
    })
}

/// A message is kept: its mail goes at once, unless it waits for what its switch understands of it. One that was typed is mailed as it is.
pub(super) async fn is_kept(
    work: &mut Work,
    message: &Recording,
    (awaits_transcript, typed): (bool, Option<&str>),
) -> Result<(), RecordingError> {
    let Some(group) = &message.group else { return Ok(()) };
    let group = self::group(work, group).await?;
    let voicemail = &group.details.answering.voicemail;
    let transcript = match typed {
        Some(typed) => Some(readable(typed)),
        None => super::transcript(work, message).await?,
    };
    if transcript.is_some() || !voicemail.transcribe || !awaits_transcript {
        return Ok(tell(work, &group, message, transcript).await?);
    }
    let wait = i64::from(voicemail.transcript_wait_seconds) * 1000;
    let run_at = Instant::clamped(work.now().millis().saturating_add(wait));
    let key = format!("{MESSAGES}/{}", message.id);
    Ok(jobs::enqueue(work, &[NewJob { kind: MESSAGES, key, payload: message.id.clone(), run_at }]).await?)
}

/// Keeps what was understood of a message. It may come before the message, late, or twice: the first counts.
///
/// # Errors
/// The database does not do it.
pub async fn understood(work: &mut Work, new: NewTranscript) -> Result<(), RecordingError> {
    let NewTranscript { origin, leg, text } = new;
    let (tenant, now) = (work.tenant(), work.now().millis());
    let text = readable(&text);
    let is_new = storage::transcripts::insert(&mut work.tx, tenant, (&origin, &leg), &text, now).await?;
    let message = storage::recordings::by_origin(&mut work.tx, tenant, &origin, &leg).await?.map(Recording::of);
    let Some(message) = message.filter(|_| is_new) else { return Ok(()) };
    message.has_changed(work);
    let Some(group) = &message.group else { return Ok(()) };
    let group = self::group(work, group).await?;
    Ok(tell(work, &group, &message, Some(text)).await?)
}

/// A text without what nobody can read, and not longer than is kept.
fn readable(text: &str) -> String {
    let is_readable = |c: &char| !c.is_control() || *c == '\n';
    text.chars().filter(is_readable).take(LONGEST_TRANSCRIPT).collect()
}

/// Has a message's mail sent to each who is named: the first there is of it has this key. One that comes later with the transcript follows it.
async fn tell(
    work: &mut Work,
    group: &Group,
    message: &Recording,
    transcript: Option<String>,
) -> Result<(), storage::Error> {
    let tenant = work.tenant();
    let caller = (group.details.answering.callers != Callers::Nothing).then(|| message.from.clone());
    let mut notices = Vec::new();
    for address in &group.details.answering.voicemail.addressees {
        let key = format!("voicemail/{}", message.id);
        let was_told = notices::was_sent(work, tenant, &key, address).await?;
        let about = About::GroupMessage {
            group: group.details.name.clone(),
            group_id: group.id.clone(),
            caller: caller.clone(),
            seconds: message.seconds,
            transcript: transcript.clone(),
            follows: was_told,
        };
        let key = if was_told { format!("{key}/transcript") } else { key };
        notices.push((key, Notice { name: None, address: address.clone(), language: None, about }));
    }
    notices::send(work, &notices).await
}

/// Sends the mails that have waited for a transcript which has not come.
pub struct Waited;

impl Waited {
    async fn has_waited(&self, engine: &Engine, job: &Job) -> Result<(), RecordingError> {
        engine
            .run(&actor(job.tenant), |work| {
                let id = job.payload.clone();
                Box::pin(async move {
                    let tenant = work.tenant();
                    let record = storage::recordings::get(&mut work.tx, tenant, &id).await?;
                    let Some(message) = record.map(Recording::of) else { return Ok(()) };
                    // The transcript has come: so has the mail with it.
                    match (&message.group, super::transcript(work, &message).await?) {
                        (Some(group), None) => {
                            let group = self::group(work, group).await?;
                            Ok(tell(work, &group, &message, None).await?)
                        }
                        _ => Ok(()),
                    }
                })
            })
            .await
    }
}

impl Handler for Waited {
    fn run<'a>(&'a self, engine: &'a Engine, job: &'a Job) -> BoxFuture<'a, Result<Option<String>, JobFailure>> {
        Box::pin(async move {
            match self.has_waited(engine, job).await {
                Ok(()) => Ok(None),
                Err(RecordingError::NoGroup(id)) => Ok(Some(format!("there is no group {id} any more"))),
                Err(error) => Err(JobFailure::Retry(error.to_string())),
            }
        })
    }
}
