//! What is to have come of a step.

use std::time::Duration;

use domain::time::Instant;
use engine::groups::{self, GroupCall};
use roxmltree::{Document, Node};
use serde_json::Value;

use crate::all;
use crate::playing::Playing;

/// How long it is waited for what comes by itself.
const WAITS: Duration = Duration::from_secs(5);

fn elements<'a>(document: &'a Document<'a>, name: &'a str) -> impl Iterator<Item = Node<'a, 'a>> {
    document.descendants().filter(move |node| node.has_tag_name(name))
}

/// An attribute of the first verb of this name.
pub(crate) fn attribute(document: &str, verb: &str, name: &str) -> Option<String> {
    let document = Document::parse(document).ok()?;
    elements(&document, verb).next()?.attribute(name).map(str::to_owned)
}

fn has(document: &str, verb: &str) -> bool {
    Document::parse(document).is_ok_and(|document| elements(&document, verb).next().is_some())
}

fn numbers(document: &str) -> Vec<String> {
    let Ok(document) = Document::parse(document) else { return Vec::new() };
    elements(&document, "Number").filter_map(|node| node.text().map(str::to_owned)).collect()
}

/// What is not as it should be.
pub(crate) async fn faults(playing: &mut Playing, step: &Value) -> Vec<String> {
    let expect = &step["expect"];
    let mut faults = Vec::new();
    let document = of_step(playing, step);
    if let Some(outcome) = expect["outcome"].as_str() {
        faults.extend(outcome_fault(playing, (step, outcome), &document).await);
    }
    for assertion in all(expect, "twiml") {
        if !holds(assertion, &document) {
            faults.push(format!("{assertion} does not hold of {document}"));
        }
    }
    if let Some(words) = expect["say_contains"].as_str()
        && !document.contains(words)
    {
        faults.push(format!("nobody hears {words:?}: {document}"));
    }
    if let Some(http) = expect["http"].as_u64()
        && http != u64::from(playing.http)
    {
        faults.push(format!("status {}", playing.http));
    }
    faults.extend(mail_faults(playing, expect).await);
    faults.extend(record_faults(playing, expect).await);
    if let Some(kind) = expect["alert"]["kind"].as_str()
        && !within(async || playing.told_owners().await.iter().any(|key| key.contains(kind))).await
    {
        faults.push(format!("nobody is told of {kind}"));
    }
    faults
}

/// The document that a step was answered with.
fn of_step(playing: &Playing, step: &Value) -> String {
    let of_leg = step["event"] == "digits" || step["event"] == "leg" && step["result"] == "answered";
    let number = step["number"].as_str().filter(|_| of_leg);
    number.map_or(&playing.document, |number| &playing.legs[number]).clone()
}

async fn outcome_fault(playing: &Playing, (step, outcome): (&Value, &str), document: &str) -> Option<String> {
    let expect = &step["expect"];
    let is_so = match outcome {
        "ring" | "forward" => return ring_fault(playing, expect, document).await,
        "voicemail" => has(document, "Record"),
        "reject" => has(document, "Reject"),
        "say_hangup" => has(document, "Say") && has(document, "Hangup"),
        "hangup" => has(document, "Hangup") && !has(document, "Dial") && !has(document, "Record"),
        "screen" => has(document, "Gather"),
        "leg_hangup" => has(document, "Hangup") && !has(document, "Gather"),
        "bridged" => return bridge_fault(playing, expect, document).await,
        other => panic!("{other}"),
    };
    (!is_so).then(|| format!("{outcome}: {document}"))
}

/// Who begins to ring: by the document, or by calls that are placed.
async fn ring_fault(playing: &Playing, expect: &Value, document: &str) -> Option<String> {
    let expected: Vec<&str> = all(expect, "numbers").iter().filter_map(Value::as_str).collect();
    let is_together = expect["mode"] == "together";
    let in_document = numbers(document);
    let rung = if in_document.is_empty() {
        let placed = || playing.provider.placed().split_off(playing.placed_before);
        within(async || placed().len() >= expected.len()).await;
        let mut rung: Vec<String> = placed().iter().filter_map(|call| call.form.get("To").map(str::to_owned)).collect();
        rung.sort();
        rung
    } else {
        in_document
    };
    if rung != expected || is_together != (rung.len() > 1) {
        return Some(format!("{rung:?} ring: {document}"));
    }
    let shown = expect["caller_id_shown"].as_str();
    let seconds = expect["ring_timeout_s"].as_u64().map(|seconds| seconds.to_string());
    for (name, expected) in [("callerId", shown), ("timeout", seconds.as_deref())] {
        let found = attribute(document, "Dial", name);
        if expected.is_some() && found.as_deref() != expected {
            return Some(format!("{name} is {found:?}"));
        }
    }
    None
}

/// The two talk, and all others are told.
async fn bridge_fault(playing: &Playing, expect: &Value, document: &str) -> Option<String> {
    if has(document, "Gather") || has(document, "Hangup") || has(document, "Say") {
        return Some(format!("they do not talk: {document}"));
    }
    for number in all(expect, "cancelled") {
        let is_ended = || {
            let placed = playing.provider.placed();
            placed.iter().any(|call| call.form.get("To") == number.as_str() && call.is_ended)
        };
        if !within(async || is_ended()).await {
            return Some(format!("{number} still rings"));
        }
    }
    None
}

fn holds(assertion: &Value, document: &str) -> bool {
    let word = |place: usize| assertion[place].as_str().unwrap_or_default();
    match word(0) {
        "has" => has(document, word(1)),
        "lacks" => !has(document, word(1)),
        "first" => Document::parse(document).is_ok_and(|document| {
            let first = document.root_element().first_element_child();
            first.is_some_and(|first| first.has_tag_name(word(1)))
        }),
        "attr_present" => attribute(document, word(1), word(2)).is_some(),
        "attr" => attribute(document, word(1), word(2)).as_deref() == Some(word(3)),
        "lacks_text" => !document.contains(word(1)),
        other => panic!("{other}"),
    }
}

async fn mail_faults(playing: &Playing, expect: &Value) -> Vec<String> {
    let count = |field: &str| expect[field].as_u64().and_then(|count| usize::try_from(count).ok());
    let (exactly, at_most) = (count("emails"), count("emails_at_most"));
    if exactly.is_none() && at_most.is_none() {
        return Vec::new();
    }
    if let Some(exactly) = exactly.filter(|count| *count > 0) {
        within(async || playing.mailed().await.len() >= exactly).await;
    } else {
        // What must not come has a moment for it.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let mailed = playing.mailed().await;
    let mut faults = Vec::new();
    if exactly.is_some_and(|count| count != mailed.len()) || at_most.is_some_and(|count| mailed.len() > count) {
        faults.push(format!("mailed: {mailed:?}"));
    }
    for words in all(expect, "email_contains").iter().filter_map(Value::as_str) {
        if !mailed.iter().any(|mail| mail.contains(words)) {
            faults.push(format!("no mail says {words:?}: {mailed:?}"));
        }
    }
    faults
}

async fn calls(playing: &Playing) -> Vec<GroupCall> {
    let (group, span) = (playing.group.id.clone(), (Instant::FIRST, Instant::LAST));
    groups::calls(&mut playing.world.view().await, &group, span, None, 50).await.unwrap()
}

async fn record_faults(playing: &Playing, expect: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let person = |id: &Value| id.as_str().and_then(|id| playing.people.get(id));
    if let Some(record) = expect["call_record"].as_object() {
        let by = record.get("by").and_then(person);
        let fits =
            |call: &GroupCall| record["result"] == call.result.name() && (by.is_none() || call.agent.as_ref() == by);
        if !within(async || calls(playing).await.iter().any(fits)).await {
            faults.push(format!("on record is {:?}", calls(playing).await));
        }
    }
    if let Some(attempt) = expect["attempt"].as_object() {
        let fits = |call: &GroupCall| {
            call.attempts.iter().any(|made| {
                Some(&made.agent) == person(&attempt["volunteer"]) && attempt["result"] == made.result.name()
            })
        };
        if !within(async || calls(playing).await.iter().any(fits)).await {
            faults.push(format!("on record is {:?}", calls(playing).await));
        }
    }
    if let Some(count) = expect["calls_recorded"].as_u64() {
        let recorded = calls(playing).await.len();
        if count != recorded as u64 {
            faults.push(format!("{recorded} calls are on record"));
        }
    }
    faults
}

async fn within(is_so: impl AsyncFn() -> bool) -> bool {
    let comes = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(WAITS, comes).await.is_ok()
}
