use domain::call_flow::Mailbox;
use domain::invalid::Invalid;
use domain::time::Instant;
use storage::recordings::PartRecord;

use super::forget::forget_parts;
use super::{Recording, RecordingError, RecordingKind, messages};
use crate::ids::new_id;
use crate::{Actor, Engine, Scope, fields, notices, tenants};

/// How much audio is written in one transaction, in bytes. Others write in between, however long a recording is.
const PART_BYTES: usize = 512 * 1024;
const DAY_MILLIS: i64 = 86_400_000;
/// The media type of a message that was typed.
const TYPED: &str = "text/plain; charset=utf-8";

/// Something that was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecording {
    /// What it is.
    pub kind: RecordingKind,
    /// Whom the message is for, or the line that the call is of.
    pub of: Mailbox,
    /// The origin of the call.
    pub origin: String,
    /// Tells what was recorded of one call apart: of a call there is one recording with this name.
    pub leg: String,
    /// The caller's number.
    pub from: String,
    /// The number that was called.
    pub to: String,
    /// When it begins.
    pub started_at: Instant,
    /// How long it is.
    pub seconds: i64,
    /// The media type of the audio, such as `audio/wav`.
    pub media_type: String,
    /// Whether its switch may tell later what it has understood of it.
    pub awaits_transcript: bool,
}

/// Keeps something that was recorded, and has the customer told of a message. What was kept before, by the origin and the leg, stays as
/// it is and is answered.
///
/// The audio is written bit by bit, and the recording last: where the program dies in between, what was written is no recording and is
/// deleted with what is due.
///
/// # Errors
/// There is no such line, there is nothing in the audio, a field makes no sense, or the database does not do it.
pub async fn keep(engine: &Engine, tenant: i64, new: NewRecording, audio: &[u8]) -> Result<Recording, RecordingError> {
    let actor = Actor::program(tenant, "recorder");
    let mut view = engine.view(&actor).await?;
    let awaits_transcript = new.awaits_transcript;
    let recording = begun(&mut view, new, audio).await?;
    let known = storage::recordings::by_origin(view.tx(), tenant, &recording.origin, &recording.leg).await?;
    if let Some(known) = known {
        return Ok(Recording::of(known));
    }
    drop(view);
    write(engine, tenant, &recording, audio).await?;
    let typed = (recording.media_type == TYPED).then(|| String::from_utf8_lossy(audio).into_owned());
    let kept = engine
        .run(&actor, |work| {
            let (recording, typed) = (recording.clone(), typed.clone());
            Box::pin(async move {
                if storage::recordings::insert(&mut work.tx, tenant, &recording.record()).await? {
                    match &recording.group {
                        Some(_) => {
                            messages::is_kept(work, &recording, (awaits_transcript, typed.as_deref())).await?;
                        }
                        None if recording.kind == RecordingKind::Voicemail => {
                            notices::voicemail(work, &recording).await?
                        }
                        None => {}
                    }
                    recording.has_changed(work);
                    return Ok(recording);
                }
                // Somebody else was quicker; or it was this one, and the database's answer was lost.
                let known =
                    storage::recordings::by_origin(&mut work.tx, tenant, &recording.origin, &recording.leg).await?;
                known.map(Recording::of).ok_or_else(|| RecordingError::NotFound(recording.id.clone()))
            })
        })
        .await?;
    if kept.id != recording.id {
        forget_parts(engine, tenant, &recording.id).await?;
    }
    Ok(kept)
}

/// The recording, as it will be.
async fn begun(scope: &mut impl Scope, new: NewRecording, audio: &[u8]) -> Result<Recording, RecordingError> {
    if audio.is_empty() {
        return Err(Invalid::at("/audio", "is empty").into());
    }
    if new.seconds < 0 {
        return Err(Invalid::at("/seconds", "must not be below zero").into());
    }
    let (tenant, now) = (scope.tenant(), scope.now());
    let settings = tenants::get(scope).await?.settings.recordings;
    let days = match new.kind {
        RecordingKind::Voicemail => settings.voicemail_days,
        RecordingKind::Call => settings.recording_days,
    };
    let (line, group, days) = match new.of {
        Mailbox::Line(line) => {
            let record = storage::lines::get(scope.tx(), tenant, &line).await?;
            (Some(record.ok_or(RecordingError::NoLine(line))?), None, days)
        }
        Mailbox::Group(group) => {
            let group = messages::group(scope, &group).await?;
            let own = group.details.answering.voicemail.kept_days;
            (None, Some(group.id), own.unwrap_or(days))
        }
    };
    let (line, customer) = line.map(|line| (line.id, line.customer)).unzip();
    Ok(Recording {
        id: new_id("rec", now),
        kind: new.kind,
        line,
        customer,
        group,
        origin: fields::required("/origin", new.origin, 200)?,
        leg: fields::optional("/leg", Some(new.leg), 200)?.unwrap_or_default(),
        from: fields::optional("/from", Some(new.from), 100)?.unwrap_or_default(),
        to: fields::optional("/to", Some(new.to), 100)?.unwrap_or_default(),
        started_at: new.started_at,
        seconds: new.seconds,
        media_type: media_type(new.media_type)?,
        size_bytes: i64::try_from(audio.len()).unwrap_or(i64::MAX),
        kept_at: now,
        delete_at: Instant::clamped(now.millis().saturating_add(i64::from(days) * DAY_MILLIS)),
        done_at: None,
    })
}

/// A media type that can stand in a header, and that browsers take for audio whatever is in it; or plain text, for a message that was typed.
fn media_type(text: String) -> Result<String, Invalid> {
    let known = |form: &str| {
        !form.is_empty() && form.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+-".contains(&byte))
    };
    if text == TYPED || text.len() <= 100 && text.strip_prefix("audio/").is_some_and(known) {
        return Ok(text);
    }
    Err(Invalid::at("/media_type", "must be a media type of audio, such as audio/wav"))
}

/// Writes the audio, each part in a transaction of its own.
async fn write(engine: &Engine, tenant: i64, recording: &Recording, audio: &[u8]) -> Result<(), storage::Error> {
    let mut first_byte = 0;
    for audio in audio.chunks(PART_BYTES) {
        let written_at = recording.kept_at.millis();
        let part = PartRecord { recording: &recording.id, first_byte, audio, written_at };
        storage::retry(async || {
            let mut tx = engine.store().write().await?;
            storage::recordings::put_part(&mut tx, tenant, &part).await?;
            tx.commit().await
        })
        .await?;
        first_byte += i64::try_from(audio.len()).unwrap_or(i64::MAX);
    }
    Ok(())
}
