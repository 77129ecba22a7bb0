use axum::http::Method;
use serde_json::json;

use super::{Answer, Refused};
use crate::world::World;

pub(super) fn one(world: &mut World, method: &Method, file: &str) -> Result<Answer, Refused> {
    let (sid, ending) = file.split_once('.').unwrap_or((file, "wav"));
    let not_there = || Refused::not_there(&["Recordings", file]);
    if *method == Method::DELETE {
        return world.recordings.remove(sid).map(|_| Answer::Gone).ok_or_else(not_there);
    }
    let recorded = world.recordings.get(sid).ok_or_else(not_there)?;
    match ending {
        "wav" | "mp3" => Ok(Answer::Audio(recorded.audio.clone())),
        "json" => Ok(Answer::Found(json!({
            "sid": recorded.sid,
            "account_sid": world.account.sid,
            "api_version": "2010-04-01",
            "call_sid": recorded.call,
            "duration": recorded.seconds.to_string(),
            "channels": 1,
            "status": "completed",
            "source": "RecordVerb",
            "date_created": world.timestamp(),
            "date_updated": world.timestamp(),
            "start_time": world.timestamp(),
            "media_url": format!("https://api.twilio.com/2010-04-01/Accounts/{}/Recordings/{sid}", world.account.sid),
            "uri": format!("/2010-04-01/Accounts/{}/Recordings/{sid}.json", world.account.sid),
            "subresource_uris": {},
        }))),
        _ => Err(not_there()),
    }
}

/// What was written down of a recording.
pub(super) fn transcription(world: &mut World, method: &Method, sid: &str) -> Result<Answer, Refused> {
    let not_there = || Refused::not_there(&["Transcriptions", sid]);
    if *method == Method::DELETE {
        return world.transcriptions.remove(sid).map(|_| Answer::Gone).ok_or_else(not_there);
    }
    let (recording, text) = world.transcriptions.get(sid).ok_or_else(not_there)?;
    Ok(Answer::Found(json!({
        "sid": sid,
        "account_sid": world.account.sid,
        "api_version": "2010-04-01",
        "recording_sid": recording,
        "status": if text.is_some() { "completed" } else { "failed" },
        "transcription_text": text,
        "type": "fast",
        "date_created": world.timestamp(),
        "date_updated": world.timestamp(),
        "uri": format!("/2010-04-01/Accounts/{}/Transcriptions/{sid}.json", world.account.sid),
    })))
}
