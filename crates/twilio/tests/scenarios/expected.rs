//! What is to have come of a step.

use roxmltree::{Document, Node};
use serde_json::Value;

use crate::playing::Playing;
use crate::scenarios::all;
use crate::scenarios::scene::within;

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
    faults.extend(cancelled_fault(playing, expect).await);
    faults.extend(playing.scene.faults(expect).await);
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
        "bridged" => !has(document, "Gather") && !has(document, "Hangup") && !has(document, "Say"),
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

/// Those who were called by themselves are let go.
async fn cancelled_fault(playing: &Playing, expect: &Value) -> Option<String> {
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
