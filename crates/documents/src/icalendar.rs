//! Calendars as calendar programs read them (RFC 5545).

use std::fmt::Write as _;

use domain::time::{Instant, Zone};
use engine::calendars::{Feed, FeedEvent};

/// The most bytes of a line; what is longer goes on in the next one (section 3.1).
const LONGEST_LINE: usize = 75;

/// A calendar.
#[must_use]
pub fn icalendar(feed: &Feed) -> String {
    let mut text = String::new();
    for line in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tollgate//Rosters//EN", "CALSCALE:GREGORIAN"] {
        put(&mut text, line);
    }
    // The one is of RFC 7986, the other what most programs read.
    for name in ["NAME", "X-WR-CALNAME"] {
        put(&mut text, &format!("{name}:{}", escaped(&feed.name)));
    }
    // Programs that heed it ask again after an hour.
    put(&mut text, "REFRESH-INTERVAL;VALUE=DURATION:PT1H");
    for event in &feed.events {
        put_event(&mut text, event, feed.at);
    }
    put(&mut text, "END:VCALENDAR");
    text
}

fn put_event(text: &mut String, event: &FeedEvent, at: Instant) {
    put(text, "BEGIN:VEVENT");
    put(text, &format!("UID:{}@tollgate", event.uid));
    for (name, instant) in [("DTSTAMP", at), ("DTSTART", event.span.start), ("DTEND", event.span.end)] {
        put(text, &format!("{name}:{}", utc(instant)));
    }
    put(text, &format!("SUMMARY:{}", escaped(event.summary.as_deref().unwrap_or("Nobody on duty"))));
    put(text, "END:VEVENT");
}

/// An instant such as `20261224T180000Z`.
fn utc(at: Instant) -> String {
    let clock = Zone::utc().wall_clock(at);
    let (date, second) = (clock.date(), clock.second);
    let date = format!("{:04}{:02}{:02}", date.year(), date.month(), date.day());
    format!("{date}T{:02}{:02}{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

/// A text as the value of a property (section 3.3.11).
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// Writes a line, folded where it is too long; no character is cut in two.
fn put(text: &mut String, line: &str) {
    let mut room = LONGEST_LINE;
    for c in line.chars() {
        if c.len_utf8() > room {
            text.push_str("\r\n ");
            room = LONGEST_LINE - 1;
        }
        room -= c.len_utf8();
        // A text takes what is written.
        let _ = text.write_char(c);
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use domain::roster::Span;

    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn a_calendar_is_written_as_others_read_it() {
        let span = Span { start: at("2026-12-24T18:00:00Z"), end: at("2026-12-25T00:05:09Z") };
        let event = |uid: &str, summary: Option<&str>| FeedEvent {
            uid: uid.to_owned(),
            span,
            summary: summary.map(str::to_owned),
        };
        let name = "Nacht; \\ Not,\r\nruf".to_owned();
        let events = vec![event("1", Some("Ann")), event("2", None)];
        let text = icalendar(&Feed { name, at: at("2026-12-01T00:00:00Z"), events });
        assert_eq!(
            text,
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Tollgate//Rosters//EN\r\nCALSCALE:GREGORIAN\r\n\
            NAME:Nacht\\; \\\\ Not\\,\\nruf\r\nX-WR-CALNAME:Nacht\\; \\\\ Not\\,\\nruf\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n\
            BEGIN:VEVENT\r\nUID:1@tollgate\r\nDTSTAMP:20261201T000000Z\r\nDTSTART:20261224T180000Z\r\n\
            DTEND:20261225T000509Z\r\nSUMMARY:Ann\r\nEND:VEVENT\r\n\
            BEGIN:VEVENT\r\nUID:2@tollgate\r\nDTSTAMP:20261201T000000Z\r\nDTSTART:20261224T180000Z\r\n\
            DTEND:20261225T000509Z\r\nSUMMARY:Nobody on duty\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        );
    }

    #[test]
    fn long_lines_are_folded_between_characters() {
        let mut text = String::new();
        put(&mut text, &"ü".repeat(100));
        let lines: Vec<&str> = text.split_terminator("\r\n").collect();
        assert_eq!(lines.iter().map(|line| line.len()).collect::<Vec<_>>(), [74, 75, 53]);
        assert!(lines[1..].iter().all(|line| line.starts_with(' ')));
        assert_eq!(lines.iter().map(|line| line.trim_start()).collect::<String>(), "ü".repeat(100));
    }
}
