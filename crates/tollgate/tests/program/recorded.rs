//! What was recorded, on a demo: it comes without.

use domain::call_flow::Mailbox;
use std::sync::Arc;

use engine::agents;
use engine::calls::{self, Filter};
use engine::groups;
use engine::lines::{self, Line, LineFilter};
use engine::recordings::{self, NewRecording, RecordingKind};
use engine::{Engine, SystemClock};
use serde_json::json;
use storage::Store;
use storage::group_calls::GroupCallRecord;

use crate::company::actor;
use crate::server::now;

/// How many times a second its audio says how loud it is.
const RATE: u32 = 8000;

/// What stands in the place of a caller's number.
const CALLER: &str = "caller-Zm9vYmFy";

/// Keeps two messages for line 0010 and one for line 0040, and what was spoken in the newest call.
pub(crate) async fn keep(database: &str) {
    let engine = Engine::new(Store::open(database).await.unwrap(), Arc::new(SystemClock));
    let (lantern, greta) = (line(&engine, "0010").await, line(&engine, "0040").await);
    keep_message(&engine, &greta, ("left:1", "+442079460018"), 3).await;
    keep_message(&engine, &lantern, ("left:2", "+16135550142"), 2).await;
    keep_message(&engine, &lantern, ("left:3", ""), 5).await;
    let mut view = engine.view(&actor()).await.unwrap();
    let call = calls::history(&mut view, &Filter::default(), None, 1).await.unwrap().remove(0);
    drop(view);
    let spoken = NewRecording {
        kind: RecordingKind::Call,
        of: Mailbox::Line(call.line.unwrap()),
        from: call.from,
        to: call.to,
        ..message(&lantern, (&call.origin, ""), 4)
    };
    recordings::keep(&engine, actor().tenant, spoken, &tone(4)).await.unwrap();
    engine.store().close().await;
}

/// Has the demo's group be called: somebody answered one call, nobody the others, of which two left a message, one spoken and one typed.
pub(crate) async fn keep_of_group(database: &str) {
    let engine = Engine::new(Store::open(database).await.unwrap(), Arc::new(SystemClock));
    let owner = actor();
    let mut view = engine.view(&owner).await.unwrap();
    let agent = agents::page(&mut view, None, 1).await.unwrap().remove(0).id;
    let group = groups::page(&mut view, None, 1).await.unwrap().remove(0).id;
    drop(view);
    let calls = [
        group_call(&group, &agent, (1, "message", "no_answer")),
        GroupCallRecord { attempts: "[]".to_owned(), ..group_call(&group, &agent, (2, "message", "")) },
        group_call(&group, &agent, (3, "answered", "accepted")),
        group_call(&group, &agent, (30, "missed", "declined")),
    ];
    let mut tx = engine.store().write().await.unwrap();
    storage::group_calls::save(&mut tx, owner.tenant, &calls).await.unwrap();
    let understood = "It is about the roof. Please call back.";
    storage::transcripts::insert(&mut tx, owner.tenant, (&calls[0].origin, ""), understood, 9).await.unwrap();
    tx.commit().await.unwrap();
    let spoken = left_in(&calls[0], "audio/wav");
    recordings::keep(&engine, owner.tenant, spoken, &tone(3)).await.unwrap();
    let typed = left_in(&calls[1], "text/plain; charset=utf-8");
    recordings::keep(&engine, owner.tenant, typed, b"Please call back.").await.unwrap();
    engine.store().close().await;
}

/// A call to a group, so many hours ago: what became of it, and what of the agent who was rung.
fn group_call(group: &str, agent: &str, (hours, result, rung): (i64, &str, &str)) -> GroupCallRecord {
    let called_at = now().millis() - hours * 3_600_000;
    let is_answered = result == "answered";
    GroupCallRecord {
        origin: format!("softswitch/called_{hours}"),
        agent_group: group.to_owned(),
        caller: CALLER.to_owned(),
        called_at,
        answered_at: is_answered.then_some(called_at + 9_000),
        ended_at: Some(called_at + 95_000),
        result: result.to_owned(),
        agent: is_answered.then(|| agent.to_owned()),
        attempts: json!([{"agent": agent, "at": now().to_string(), "result": rung}]).to_string(),
        language: Some("en".to_owned()),
        answers: None,
        placed_by: None,
        version: 1,
    }
}

fn left_in(call: &GroupCallRecord, media_type: &str) -> NewRecording {
    NewRecording {
        kind: RecordingKind::Voicemail,
        of: Mailbox::Group(call.agent_group.clone()),
        origin: call.origin.clone(),
        leg: String::new(),
        from: CALLER.to_owned(),
        to: "0800".to_owned(),
        started_at: now(),
        seconds: 3,
        media_type: media_type.to_owned(),
        awaits_transcript: false,
    }
}

async fn line(engine: &Engine, number: &str) -> Line {
    let mut view = engine.view(&actor()).await.unwrap();
    let filter = LineFilter { number: Some(number), ..LineFilter::default() };
    let found = lines::page(&mut view, filter, 50).await.unwrap();
    found.into_iter().find(|line| line.number == number).unwrap()
}

async fn keep_message(engine: &Engine, line: &Line, call: (&str, &str), seconds: u32) {
    let message = message(line, call, seconds);
    recordings::keep(engine, actor().tenant, message, &tone(seconds)).await.unwrap();
}

fn message(line: &Line, (origin, from): (&str, &str), seconds: u32) -> NewRecording {
    NewRecording {
        kind: RecordingKind::Voicemail,
        of: Mailbox::Line(line.id.clone()),
        origin: origin.to_owned(),
        leg: String::new(),
        from: from.to_owned(),
        to: line.number.clone(),
        started_at: now(),
        seconds: i64::from(seconds),
        media_type: "audio/wav".to_owned(),
        awaits_transcript: false,
    }
}

/// A tone of so many seconds, as a WAV file: mono, 16 bits, of 400 Hz.
fn tone(seconds: u32) -> Vec<u8> {
    let bytes = seconds * RATE * 2;
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((36 + bytes).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend([1, 0, 1, 0]);
    file.extend(RATE.to_le_bytes());
    file.extend((RATE * 2).to_le_bytes());
    file.extend([2, 0, 16, 0]);
    file.extend(b"data");
    file.extend(bytes.to_le_bytes());
    for sample in 0..seconds * RATE {
        let loudness: i16 = if sample / 10 % 2 == 0 { 4000 } else { -4000 };
        file.extend(loudness.to_le_bytes());
    }
    file
}
