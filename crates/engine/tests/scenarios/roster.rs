//! The group of a scenario, with its people and their roster.

use std::collections::HashMap;

use domain::call_flow::Strategy;
use domain::roster::{Change, Days, Hours};
use domain::time::Zone;
use engine::agents;
use engine::groups::{self, Answering, Callers, Details, Fallback, Group, NewOverride, NewShift, Saying, Voicemail};
use serde_json::Value;

use super::all;
use crate::world::World;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

fn text<'a>(record: &'a Value, field: &str) -> &'a str {
    record[field].as_str().unwrap_or_else(|| panic!("{field} of {record}"))
}

fn says(record: &Value, field: &str, sounds: fn(&str) -> Option<&'static str>) -> Option<Saying> {
    let text = record[field].as_str()?.to_owned();
    let audio = sounds(&text).map(str::to_owned);
    Some(Saying { text, language: None, voice: None, audio })
}

fn chain(first: &Value) -> Vec<Fallback> {
    let one = |action: &str| match action {
        "voicemail" => Fallback::Voicemail,
        "forward" => Fallback::Number { number: text(first, "number").to_owned() },
        other => panic!("{other}"),
    };
    let then = first["then"].as_str().map(one);
    std::iter::once(one(text(first, "action"))).chain(then).collect()
}

fn answering(group: &Value, sounds: fn(&str) -> Option<&'static str>) -> Answering {
    assert_eq!((&group["anonymous"], &group["caller_id"]), (&Value::from("allow"), &Value::from("group")));
    Answering {
        greeting: says(group, "greeting", sounds),
        closed_greeting: says(group, "closed_greeting", sounds),
        strategy: serde_json::from_value::<Strategy>(group["strategy"].clone()).unwrap(),
        ring_seconds: serde_json::from_value(group["ring_timeout_s"].clone()).unwrap(),
        screening: group["screening"] == true,
        nobody_on_duty: chain(&group["no_one"]),
        no_answer: chain(&group["no_answer"]),
        blocked: serde_json::from_value(group["blocklist"].clone()).unwrap(),
        // The worked mails name the caller.
        callers: Callers::Shown,
        voicemail: Voicemail {
            greeting: says(group, "voicemail_greeting", sounds),
            addressees: vec![text(group, "voicemail_email").to_owned()],
            transcribe: group["transcribe"] == true,
            transcript_wait_seconds: serde_json::from_value(group["transcript_wait_s"].clone()).unwrap(),
            kept_days: None,
        },
        ..Answering::default()
    }
}

fn hours(record: &Value) -> Hours {
    match record["start"].as_str() {
        Some(start) => format!("{start}-{}", text(record, "end")).parse().unwrap(),
        None => Hours::ALL_DAY,
    }
}

/// Makes the group: with the ids of its people by their names in the scenario.
pub(super) async fn made(
    world: &World,
    scenario: &Value,
    sounds: fn(&str) -> Option<&'static str>,
) -> (Group, HashMap<String, String>) {
    let of = &scenario["group"];
    let details = Details {
        name: "Line".to_owned(),
        zone: Some(Zone::named(text(of, "tz")).unwrap()),
        numbers: vec![text(of, "number").to_owned()],
        answering: answering(of, sounds),
        ..Details::default()
    };
    let group = world.run(async |work| groups::create(work, details).await).await.unwrap();
    let (mut ids, mut priorities) = (HashMap::new(), HashMap::new());
    for person in all(scenario, "volunteers") {
        let details = agents::Details { phones: vec![text(person, "phone").to_owned()], ..agents::Details::default() };
        let name = text(person, "name").to_owned();
        let agent = world.run(async |work| agents::create(work, name, details).await).await.unwrap();
        ids.insert(text(person, "id").to_owned(), agent.id);
        priorities.insert(text(person, "id").to_owned(), person["priority"].as_u64().unwrap());
    }
    for shift in all(scenario, "shifts") {
        let place = |day: &Value| u8::try_from(DAYS.iter().position(|name| day == name).unwrap()).unwrap();
        let days: Vec<u8> = all(shift, "days").iter().map(place).collect();
        let new = NewShift {
            agent: ids[text(shift, "volunteer")].clone(),
            days: Days::new(&days).unwrap(),
            hours: hours(shift),
            zone: shift["tz"].as_str().map(|name| Zone::named(name).unwrap()),
            every_weeks: 1,
            from: shift["from"].as_str().map(|date| date.parse().unwrap()),
            until: shift["until"].as_str().map(|date| date.parse().unwrap()),
            priority: u16::try_from(priorities[text(shift, "volunteer")]).unwrap(),
        };
        world.run(async |work| groups::add_shift(work, &group.id, new).await).await.unwrap();
    }
    for change in all(scenario, "overrides") {
        let agent = |field: &str| ids[text(change, field)].clone();
        let kind = match text(change, "kind") {
            "closed" => Change::Closed { name: text(change, "name").to_owned() },
            "remove" => Change::Remove { agent: agent("volunteer") },
            "replace" => Change::Replace { agent: agent("volunteer"), by: agent("substitute") },
            "add" => Change::Add { agent: agent("volunteer"), priority: 1 },
            other => panic!("{other}"),
        };
        let date = text(change, "date").parse().unwrap();
        let new = NewOverride { date, hours: hours(change), change: kind };
        world.run(async |work| groups::add_override(work, &group.id, new).await).await.unwrap();
    }
    (group, ids)
}
