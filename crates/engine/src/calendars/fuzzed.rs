//! What fuzzing feeds with calendars.

use domain::time::{Instant, Zone};

use super::events::{Event, Meaning};
use super::lines::events;
use crate::agents::{Agent, Details};

/// Reads a calendar: an event that is taken comes to something, and to no more than a file may hold.
pub fn calendar_files(data: &[u8]) {
    let (Ok(text), Ok(zone)) = (std::str::from_utf8(data), Zone::named("Europe/London")) else { return };
    let Ok(events) = events(text) else { return };
    let details = Details { email: Some("ada@example.org".to_owned()), ..Details::default() };
    let (id, name) = ("agt_1".to_owned(), "Ada".to_owned());
    let agents = [Agent { id, name, details, created_at: Instant::clamped(0), version: 1 }];
    for properties in &events {
        let event = Event { properties, zone: &zone, agents: &agents };
        assert!(event.uid().is_none_or(|uid| !uid.is_empty()));
        assert!(event.summary().chars().count() <= 200);
        match event.meaning() {
            Ok(Meaning::Overrides(all)) => assert!((1..=31).contains(&all.len()), "{}", all.len()),
            Ok(Meaning::Shifts(all)) => assert_eq!(all.len(), 1),
            Err(_) => {}
        }
    }
}
