//! Calendars, read again by a library that knows nothing of us.

use std::io::Write;
use std::process::{Command, Stdio};

use domain::roster::Span;
use domain::time::Instant;
use engine::calendars::{Feed, FeedEvent};
use serde_json::{Value, json};

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

/// What the library finds in a calendar.
fn read(calendar: &str) -> Value {
    let python = std::env::var("TOLLGATE_TEST_PYTHON")
        .expect("TOLLGATE_TEST_PYTHON names a Python that has icalendar: `make test` sets one up");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/read_calendar.py");
    let peer = Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut peer = peer.unwrap();
    peer.stdin.take().unwrap().write_all(calendar.as_bytes()).unwrap();
    serde_json::from_slice(&peer.wait_with_output().unwrap().stdout).unwrap()
}

#[test]
fn another_library_reads_what_was_written() {
    let name = "Nachtdienst; „Ä, Ö & Ü“ \\ mit einem Namen, der länger ist als eine Zeile des Kalenders lang sein darf, und 🌙🌙🌙🌙🌙";
    let span = Span { start: at("2026-12-24T18:00:00Z"), end: at("2026-12-25T00:30:00Z") };
    let event =
        |uid: &str, summary: Option<&str>| FeedEvent { uid: uid.into(), span, summary: summary.map(Into::into) };
    let long = format!("{name}: Ann");
    let events = vec![event("shf_1-agt_1-5", Some(&long)), event("grp_1-gap-5", None)];
    let calendar = documents::icalendar(&Feed { name: name.into(), at: at("2026-12-01T07:08:09Z"), events });
    assert!(calendar.split("\r\n").all(|line| line.len() <= 75), "{calendar}");
    let read_event = |uid: &str, summary: &str| {
        json!({"uid": uid, "summary": summary, "start": "2026-12-24T18:00:00+00:00", "end": "2026-12-25T00:30:00+00:00",
            "stamp": "2026-12-01T07:08:09+00:00", "errors": []})
    };
    let events = [read_event("shf_1-agt_1-5@tollgate", &long), read_event("grp_1-gap-5@tollgate", "Nobody on duty")];
    assert_eq!(read(&calendar), json!({"name": name, "version": "2.0", "events": events}));
}
