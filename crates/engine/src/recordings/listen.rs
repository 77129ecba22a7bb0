use super::{Inbox, Recording, RecordingError, get};
use crate::{Actor, Engine, Scope, View, Work};

/// For how long somebody who is noted as having heard a recording is not noted again, in milliseconds: an hour. A player asks for the
/// audio bit by bit.
const NOTED_MILLIS: i64 = 3_600_000;
/// How many lines of the trail are looked through for that.
const LINES: i64 = 50;
/// What the audit trail says of who hears a recording.
const LISTEN: &str = "recording.listen";

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
    let mut view = engine.view(actor).await?;
    let mut recording = get(&mut view, inbox, id).await?;
    let is_noted = is_noted(&mut view, id).await?;
    drop(view);
    if !is_noted {
        recording = engine
            .run(actor, |work| {
                let id = id.to_owned();
                Box::pin(async move { noted(work, inbox, &id).await })
            })
            .await?;
    }
    Ok(Audio { engine: engine.clone(), actor: actor.clone(), recording })
}

async fn noted(work: &mut Work, inbox: Inbox, id: &str) -> Result<Recording, RecordingError> {
    let recording = get(work, inbox, id).await?;
    work.audit(LISTEN, id, None, Some(&recording.written())).await?;
    Ok(recording)
}

/// Whether the trail says that who asks has heard it lately.
async fn is_noted(view: &mut View, id: &str) -> Result<bool, storage::Error> {
    let (tenant, since) = (view.tenant(), view.now().millis() - NOTED_MILLIS);
    let trail = storage::audit::page(view.tx(), tenant, Some(id), None, LINES).await?;
    let name = &view.actor().name;
    Ok(trail.iter().any(|line| line.action == LISTEN && line.actor == *name && line.at > since))
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
