use super::{Inbox, Recording, RecordingError, get};
use crate::audit::{self, Seen};
use crate::groups::{self, GroupError};
use crate::{Actor, Engine, Scope, View};

/// What the audit trail says of who hears a recording.
const LISTEN: &str = "recording.listen";
/// What it says of who reads whose it is and what was understood of it.
const VIEW: &str = "recording.view";

/// The audio of a recording, for somebody who may hear it.
#[derive(Clone)]
pub struct Audio {
    engine: Engine,
    actor: Actor,
    /// The recording.
    pub recording: Recording,
}

/// Lets somebody hear a recording, and writes down who did.
///
/// # Errors
/// There is none for who asks, or the database does not answer.
pub async fn listen(engine: &Engine, actor: &Actor, (inbox, id): (Inbox, &str)) -> Result<Audio, RecordingError> {
    let recording = seen(engine, actor, (inbox, id), LISTEN).await?;
    Ok(Audio { engine: engine.clone(), actor: actor.clone(), recording })
}

/// Shows somebody a message for a group with what was understood of it, and writes down who saw it.
///
/// # Errors
/// There is none for who asks, or the database does not answer.
pub async fn read(engine: &Engine, actor: &Actor, id: &str) -> Result<(Recording, Option<String>), RecordingError> {
    let recording = seen(engine, actor, (Inbox::OfGroups, id), VIEW).await?;
    let transcript = super::transcript(&mut engine.view(actor).await?, &recording).await?;
    Ok((recording, transcript))
}

/// The recording, after it was written down that who acts sees something of it.
async fn seen(
    engine: &Engine,
    actor: &Actor,
    (inbox, id): (Inbox, &str),
    action: &'static str,
) -> Result<Recording, RecordingError> {
    let mut view = engine.view(actor).await?;
    let recording = get(&mut view, inbox, id).await?;
    let person = person(&mut view, &recording).await?;
    drop(view);
    let about = recording.written();
    let seen = Seen { action, subject: id, person: person.as_deref(), about: Some(&about) };
    audit::note_seen(engine, actor, seen).await?;
    Ok(recording)
}

/// Whose voice it is, as far as that is known: the customer's, or the caller's by the name that the group has for it.
async fn person(view: &mut View, recording: &Recording) -> Result<Option<String>, RecordingError> {
    let Some(group) = &recording.group else { return Ok(recording.customer.clone()) };
    groups::person_of(view, group, &recording.from).await.map_err(|error| match error {
        GroupError::Storage(error) => RecordingError::Storage(error),
        error => RecordingError::NoGroup(error.to_string()),
    })
}

impl Audio {
    /// Some bytes from `from` on, as many as are written together, but none from `until` on.
    ///
    /// # Errors
    /// There are none: it was deleted meanwhile; or the database does not answer.
    pub async fn part(&self, from: i64, until: i64) -> Result<Vec<u8>, RecordingError> {
        let id = &self.recording.id;
        let mut view = self.engine.view(&self.actor).await?;
        let (tenant, gone) = (view.tenant(), || RecordingError::NotFound(id.clone()));
        let found = storage::recordings::part(view.tx(), tenant, id, from).await?;
        let (first_byte, mut audio) = found.ok_or_else(gone)?;
        let place = |byte: i64| usize::try_from(byte.saturating_sub(first_byte)).unwrap_or(0);
        audio.truncate(place(until));
        let wanted = audio.split_off(place(from).min(audio.len()));
        if wanted.is_empty() { Err(gone()) } else { Ok(wanted) }
    }
}
