use domain::time::Instant;
use serde::Serialize;

use super::{Inbox, RecordingError, get};
use crate::notices::NOTICES;
use crate::{Actor, Engine, Scope, Work};

/// How many recordings are deleted in one transaction.
const CHUNK: i64 = 100;
/// How many parts of audio are deleted in one transaction.
const PARTS: i64 = 16;
/// How long audio may stand without its recording before it counts as left over, in milliseconds: a day.
const COMING_MILLIS: i64 = 86_400_000;

/// Deletes a recording, for good. It is gone for everybody at once, and its audio a little later.
///
/// # Errors
/// There is none for who asks, or the database does not answer.
pub async fn delete(engine: &Engine, actor: &Actor, (inbox, id): (Inbox, &str)) -> Result<(), RecordingError> {
    engine
        .run(actor, |work| {
            let id = id.to_owned();
            Box::pin(async move { delete_record(work, inbox, &id).await })
        })
        .await?;
    if let Err(error) = forget_parts(engine, actor.tenant, id).await {
        tracing::warn!("the audio of a deleted recording is left to the daily retention: {error}");
    }
    Ok(())
}

async fn delete_record(work: &mut Work, inbox: Inbox, id: &str) -> Result<(), RecordingError> {
    let recording = get(work, inbox, id).await?;
    if !forget(work, id).await? {
        return Err(RecordingError::NotFound(id.to_owned()));
    }
    work.audit("recording.delete", id, Some(&recording.written()), None).await?;
    recording.has_changed(work);
    Ok(())
}

/// Deletes a recording, but not its audio, with what was understood of it and what waits to be mailed of it; whether there was one.
async fn forget(work: &mut Work, id: &str) -> Result<bool, storage::Error> {
    let tenant = work.tenant();
    storage::transcripts::forget(&mut work.tx, tenant, id).await?;
    storage::jobs::forget_of(&mut work.tx, tenant, &format!("{NOTICES}/voicemail/{id}")).await?;
    storage::recordings::delete(&mut work.tx, tenant, id).await
}

/// Deletes a recording with all that belongs to it, whoever may hear it.
pub(crate) async fn forget_whole(engine: &Engine, actor: &Actor, id: &str) -> Result<(), storage::Error> {
    engine
        .run(actor, |work| {
            let id = id.to_owned();
            Box::pin(async move { forget(work, &id).await })
        })
        .await?;
    forget_parts(engine, actor.tenant, id).await
}

/// What the audit trail says of recordings whose time was over.
#[derive(Serialize)]
struct Deleted {
    recordings: usize,
}

/// Deletes the recordings whose time is over, and audio that has none: how many recordings.
pub(crate) async fn forget_due(engine: &Engine, actor: &Actor, now: Instant) -> Result<usize, storage::Error> {
    let mut deleted = 0;
    loop {
        let ids = engine.run(actor, |work| Box::pin(delete_due(work, now))).await?;
        for id in &ids {
            forget_parts(engine, actor.tenant, id).await?;
        }
        deleted += ids.len();
        if ids.is_empty() {
            break;
        }
    }
    loop {
        let mut view = engine.view(actor).await?;
        let before = now.millis() - COMING_MILLIS;
        let ids = storage::recordings::left_over(view.tx(), actor.tenant, before, CHUNK).await?;
        drop(view);
        for id in &ids {
            forget_parts(engine, actor.tenant, id).await?;
        }
        if ids.is_empty() {
            return Ok(deleted);
        }
    }
}

async fn delete_due(work: &mut Work, now: Instant) -> Result<Vec<String>, storage::Error> {
    let tenant = work.tenant();
    let ids = storage::recordings::due(&mut work.tx, tenant, now.millis(), CHUNK).await?;
    for id in &ids {
        forget(work, id).await?;
    }
    if !ids.is_empty() {
        let count = Deleted { recordings: ids.len() };
        work.audit("recording.expire", "recordings", None, Some(&count)).await?;
    }
    Ok(ids)
}

/// Deletes the audio of what is no recording, some parts at a time.
pub(super) async fn forget_parts(engine: &Engine, tenant: i64, recording: &str) -> Result<(), storage::Error> {
    loop {
        let forgotten = storage::retry(async || {
            let mut tx = engine.store().write().await?;
            let forgotten = storage::recordings::forget_parts(&mut tx, tenant, recording, PARTS).await?;
            tx.commit().await.map(|()| forgotten)
        })
        .await?;
        if forgotten < PARTS.unsigned_abs() {
            return Ok(());
        }
        tokio::task::yield_now().await;
    }
}
