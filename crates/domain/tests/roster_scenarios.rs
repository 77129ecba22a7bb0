//! Who is on duty in the worked scenarios of groups.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::collections::BTreeMap;

use domain::roster::{Change, Days, Hours, Override, Roster, Shift};
use domain::time::{Instant, Zone};
use serde_json::Value;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

fn text<'a>(record: &'a Value, field: &str) -> &'a str {
    record[field].as_str().unwrap_or_else(|| panic!("{field} of {record}"))
}

fn hours(record: &Value) -> Hours {
    match record["start"].as_str() {
        Some(start) => format!("{start}-{}", text(record, "end")).parse().unwrap(),
        None => Hours::ALL_DAY,
    }
}

fn shift(id: usize, record: &Value, volunteers: &[Value]) -> Shift {
    let days = record["days"].as_array().unwrap().iter();
    let place = |day: &Value| u8::try_from(DAYS.iter().position(|name| day == name).unwrap()).unwrap();
    let of = |volunteer: &&Value| volunteer["id"] == record["volunteer"];
    let priority = volunteers.iter().find(of).unwrap()["priority"].as_u64().unwrap();
    Shift {
        id: format!("shf_{id}"),
        agent: text(record, "volunteer").to_owned(),
        days: Days::new(&days.map(place).collect::<Vec<u8>>()).unwrap(),
        hours: hours(record),
        zone: record["tz"].as_str().map(|name| Zone::named(name).unwrap()),
        every_weeks: 1,
        from: record["from"].as_str().map(|date| date.parse().unwrap()),
        until: record["until"].as_str().map(|date| date.parse().unwrap()),
        priority: u16::try_from(priority).unwrap(),
    }
}

fn change(id: usize, record: &Value) -> Override {
    let agent = || text(record, "volunteer").to_owned();
    let change = match text(record, "kind") {
        "closed" => Change::Closed { name: text(record, "name").to_owned() },
        "remove" => Change::Remove { agent: agent() },
        "replace" => Change::Replace { agent: agent(), by: text(record, "substitute").to_owned() },
        "add" => Change::Add { agent: agent(), priority: 1 },
        other => panic!("{other}"),
    };
    Override { id: format!("ovr_{id}"), date: text(record, "date").parse().unwrap(), hours: hours(record), change }
}

fn all<'a>(scenario: &'a Value, field: &str) -> &'a [Value] {
    scenario[field].as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn those_who_are_on_duty_in_every_scenario() {
    let document: Value = serde_json::from_str(include_str!("data/routing-scenarios.json")).unwrap();
    let (mut cases, mut failures) = (0, Vec::new());
    for scenario in document["scenarios"].as_array().unwrap() {
        if scenario["group"]["tz"].is_null() {
            continue;
        }
        let volunteers = all(scenario, "volunteers");
        let numbered = |(id, record): (usize, &Value)| shift(id, record, volunteers);
        let roster = Roster {
            zone: Zone::named(text(&scenario["group"], "tz")).unwrap(),
            shifts: all(scenario, "shifts").iter().enumerate().map(numbered).collect(),
            overrides: all(scenario, "overrides").iter().enumerate().map(|(id, record)| change(id, record)).collect(),
            blackouts: BTreeMap::new(),
        };
        for case in all(scenario, "cases").iter().filter(|case| !case["on_duty"].is_null()) {
            let on_duty = roster.on_duty(Instant::parse(text(case, "at")).unwrap());
            let found: Vec<&str> = on_duty.agents.iter().map(|duty| duty.agent.as_str()).collect();
            cases += 1;
            if case["on_duty"] != serde_json::json!(found) {
                failures.push(format!("{} at {}: {found:?}", scenario["id"], case["at"]));
            }
        }
    }
    assert_eq!((cases, failures), (56, Vec::<String>::new()));
}
