//! What agents are told of their shifts of a date, by table.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::collections::BTreeMap;

use domain::roster::{
    Blackout, Change, Days, Hours, Override, Roster, Shift, Telling, TimeOfDay, ToldShift, is_news, told,
};
use domain::time::{Date, Instant, Zone};
use serde_json::Value;

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

/// A shift as "agent days hours", days as digits since Monday, with its own zone behind it where it has one.
fn shift(text: &str) -> Shift {
    let fields: Vec<&str> = text.split(' ').collect();
    let days: Vec<u8> = fields[1].bytes().map(|digit| digit - b'0').collect();
    Shift {
        id: text.to_owned(),
        agent: fields[0].to_owned(),
        days: Days::new(&days).unwrap(),
        hours: fields[2].parse().unwrap(),
        zone: fields.get(3).map(|name| Zone::named(name).unwrap()),
        every_weeks: 1,
        from: None,
        until: None,
        priority: 1,
    }
}

/// An override as "date hours closed|remove|add|replace agents", `*` for the whole day.
fn change(text: &str) -> Override {
    let fields: Vec<&str> = text.split(' ').collect();
    let agent = |place: usize| fields[place].to_owned();
    let change = match fields[2] {
        "closed" => Change::Closed { name: "Holiday".to_owned() },
        "remove" => Change::Remove { agent: agent(3) },
        "add" => Change::Add { agent: agent(3), priority: 1 },
        "replace" => Change::Replace { agent: agent(3), by: agent(4) },
        other => panic!("{other}"),
    };
    let hours = if fields[1] == "*" { Hours::ALL_DAY } else { fields[1].parse().unwrap() };
    Override { id: text.to_owned(), date: date(fields[0]), hours, change }
}

fn group(name: &str, zone: &str, shifts: &[&str], changes: &[&str]) -> Telling {
    let shifts = shifts.iter().map(|text| shift(text)).collect();
    let overrides = changes.iter().map(|text| change(text)).collect();
    let roster = Roster { zone: Zone::named(zone).unwrap(), shifts, overrides, blackouts: BTreeMap::new() };
    Telling { group: format!("grp_{name}"), name: name.to_owned(), roster }
}

/// As "agent: group start-end, ...; ...", in the zone of each group; a time of the day after has `+` behind it.
fn shown(groups: &[Telling], day: &str) -> String {
    let told = told(groups, date(day));
    let clock = |shift: &ToldShift, instant: Instant| {
        let clock = shift.zone.wall_clock(instant);
        let mark = if clock.date() > date(day) { "+" } else { "" };
        format!("{:02}:{:02}{mark}", clock.second / 3600, clock.second / 60 % 60)
    };
    let of_agent = |(agent, shifts): (String, Vec<ToldShift>)| {
        let each =
            |shift: ToldShift| format!("{} {}-{}", shift.name, clock(&shift, shift.start), clock(&shift, shift.end));
        format!("{agent}: {}", shifts.into_iter().map(each).collect::<Vec<_>>().join(", "))
    };
    told.into_iter().map(of_agent).collect::<Vec<_>>().join("; ")
}

/// Why | shifts | changes | date | what is told. 2026-11-16 is a Monday; the clocks of London go from 01:00 to 02:00, and back.
const TABLE: &str = "\
all of a day, the first first | ann 0 14:00-16:00, ann 0 08:00-10:00, bob 0 10:00-14:00, ann 1 07:00-08:00 | | 2026-11-16 | ann: N 08:00-10:00, N 14:00-16:00; bob: N 10:00-14:00
a night is one shift, of the day on which it begins | ann 0 22:00-06:00 | | 2026-11-16 | ann: N 22:00-06:00+
and not of the next | ann 0 22:00-06:00 | | 2026-11-17 |
days that touch are two shifts | ann 01 08:00-08:00 | | 2026-11-16 | ann: N 08:00-08:00+
two shifts that touch are two | ann 0 08:00-10:00, ann 0 10:00-12:00 | | 2026-11-16 | ann: N 08:00-10:00, N 10:00-12:00
two that overlap are one | ann 0 08:00-11:00, ann 0 10:00-12:00, ann 0 10:30-10:45 | | 2026-11-16 | ann: N 08:00-12:00
a closed day has none | ann 0 08:00-10:00 | 2026-11-16 * closed | 2026-11-16 |
closed for some hours | ann 0 08:00-12:00 | 2026-11-16 09:00-10:00 closed | 2026-11-16 | ann: N 08:00-09:00, N 10:00-12:00
a night into a closed day | ann 0 22:00-06:00 | 2026-11-17 * closed | 2026-11-16 | ann: N 22:00-00:00+
who is replaced is not told | ann 0 08:00-10:00 | 2026-11-16 * replace ann bob | 2026-11-16 | bob: N 08:00-10:00
replaced for a part | ann 0 08:00-12:00 | 2026-11-16 09:00-10:00 replace ann bob | 2026-11-16 | ann: N 08:00-09:00, N 10:00-12:00; bob: N 09:00-10:00
the rest of a replaced night is of its day | ann 0 22:00-06:00 | 2026-11-16 * replace ann bob | 2026-11-16 | ann: N 00:00+-06:00+; bob: N 22:00-00:00+
a part beside one's own shift is one with it | ann 0 08:00-10:00, bob 0 09:00-11:00 | 2026-11-16 * replace ann bob | 2026-11-16 | bob: N 08:00-11:00
removed | ann 0 08:00-10:00 | 2026-11-16 * remove ann | 2026-11-16 |
added | | 2026-11-16 20:00-02:00 add cy | 2026-11-16 | cy: N 20:00-02:00+
of its own zone, in the group's | ann 0 20:00-23:00 America/New_York | | 2026-11-17 | ann: N 01:00-04:00
and not of the day that it has there | ann 0 20:00-23:00 America/New_York | | 2026-11-16 |
a beginning that no clock shows | ann 6 01:30-03:00 | | 2026-03-29 | ann: N 02:00-03:00
a night that is an hour shorter | ann 5 22:00-06:00 | | 2026-03-28 | ann: N 22:00-06:00+
a whole day of 25 hours | ann 6 00:00-00:00 | | 2026-10-25 | ann: N 00:00-00:00+";

#[test]
fn what_agents_are_told_by_table() {
    for line in TABLE.lines() {
        let fields: Vec<&str> = line.split('|').map(str::trim).collect();
        let [why, shifts, changes, day, expected] = fields[..] else { panic!("{line}") };
        let listed = |text: &'static str| text.split(", ").filter(|part| !part.is_empty()).collect::<Vec<_>>();
        let groups = [group("N", "Europe/London", &listed(shifts), &listed(changes))];
        assert_eq!(shown(&groups, day), expected, "{why}");
    }
}

#[test]
fn an_hour_that_comes_twice_is_told_whole() {
    let groups = [group("N", "Europe/London", &["ann 6 01:30-01:45"], &[])];
    let shifts = &told(&groups, date("2026-10-25"))["ann"];
    assert_eq!((shifts[0].start, shifts[0].end), (at("2026-10-25T00:30:00Z"), at("2026-10-25T01:45:00Z")));
}

#[test]
fn shifts_of_several_groups_are_told_together_each_in_its_zone() {
    let far = group("Far", "Pacific/Auckland", &["ann 2 08:00-10:00"], &[]);
    let near = group("Near", "Europe/London", &["ann 2 07:00-09:00", "bob 2 07:00-09:00"], &[]);
    assert_eq!(shown(&[near, far], "2026-11-18"), "ann: Far 08:00-10:00, Near 07:00-09:00; bob: Near 07:00-09:00");
}

#[test]
fn whoever_takes_no_shift_is_told_of_none() {
    let mut group =
        group("N", "Europe/London", &["ann 0123456 22:00-06:00"], &["2026-11-17 10:00-11:00 replace bob ann"]);
    let blackout = Blackout::new(date("2026-11-17"), date("2026-11-18")).unwrap();
    group.roster.blackouts = BTreeMap::from([("ann".to_owned(), vec![blackout])]);
    for (day, expected) in [
        ("2026-11-16", "ann: N 22:00-06:00+"),
        ("2026-11-17", ""),
        ("2026-11-18", ""),
        ("2026-11-19", "ann: N 22:00-06:00+"),
    ] {
        assert_eq!(shown(std::slice::from_ref(&group), day), expected, "{day}");
    }
    assert!(Blackout::new(date("2026-11-18"), date("2026-11-17")).is_err());
}

#[test]
fn the_day_after_in_the_zone_of_the_group_is_told_as_in_the_scenario() {
    let document: Value = serde_json::from_str(include_str!("data/routing-scenarios.json")).unwrap();
    let scenario = document["scenarios"].as_array().unwrap().iter().find(|scenario| scenario["id"] == "R39").unwrap();
    let text = |value: &Value, field: &str| value[field].as_str().unwrap().to_owned();
    let shifts: Vec<String> = scenario["shifts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| {
            let day = ["mon", "tue", "wed"].iter().position(|day| record["days"][0] == *day).unwrap();
            format!("{} {day} {}-{}", text(record, "volunteer"), text(record, "start"), text(record, "end"))
        })
        .collect();
    let group =
        group("Line", &text(&scenario["group"], "tz"), &shifts.iter().map(String::as_str).collect::<Vec<_>>(), &[]);
    let now = at(&text(&scenario["cases"][0], "at"));
    let tomorrow = group.roster.zone.date(now).tomorrow().unwrap();
    assert_eq!(tomorrow, date("2026-11-18"));
    // That bob has opted out is no matter of the roster.
    let expected = "ann: Line 08:00-10:00, Line 14:00-16:00; bob: Line 10:00-14:00";
    assert_eq!(shown(std::slice::from_ref(&group), &tomorrow.to_string()), expected);
}

#[test]
fn news_is_what_is_still_ahead() {
    let told = |hours: &[(&str, u8, u8)]| -> Vec<ToldShift> {
        let shift = |(group, start, end): &(&str, u8, u8)| ToldShift {
            group: (*group).to_owned(),
            name: "N".to_owned(),
            zone: Zone::utc(),
            start: at(&format!("2026-11-16T{start:02}:00:00Z")),
            end: at(&format!("2026-11-16T{end:02}:00:00Z")),
        };
        hours.iter().map(shift).collect()
    };
    for (before, after, news) in [
        (&[][..], &[][..], false),
        (&[("a", 14, 16)], &[("a", 14, 16)], false),
        (&[("a", 14, 16)], &[("b", 14, 16)], true),
        (&[("a", 14, 16)], &[], true),
        (&[], &[("a", 14, 16)], true),
        (&[("a", 10, 16)], &[("a", 11, 16)], true),
        // At noon.
        (&[("a", 8, 12)], &[], false),
        (&[], &[("a", 8, 12)], false),
        (&[("a", 8, 10), ("a", 14, 16)], &[("a", 9, 11), ("a", 14, 16)], false),
        (&[("a", 13, 14), ("b", 14, 16)], &[("b", 14, 16), ("a", 13, 14)], false),
    ] {
        assert_eq!(is_news(&told(before), &told(after), at("2026-11-16T12:00:00Z")), news, "{before:?} {after:?}");
    }
    let renamed = ToldShift { name: "Another".to_owned(), ..told(&[("a", 14, 16)])[0].clone() };
    assert!(!is_news(&told(&[("a", 14, 16)]), &[renamed], at("2026-11-16T12:00:00Z")));
}

#[test]
fn times_of_the_day() {
    let (new_york, evening) = (Zone::named("America/New_York").unwrap(), TimeOfDay::EVENING);
    assert_eq!((evening.to_string(), "08:00".parse()), ("18:00".to_owned(), Ok(TimeOfDay::MORNING)));
    for wrong in ["", "8:00", "24:00", "18:60", "18:00:00", "1800"] {
        assert!(wrong.parse::<TimeOfDay>().is_err(), "{wrong}");
    }
    assert_eq!(evening.on(date("2026-11-16"), &new_york), at("2026-11-16T23:00:00Z"));
    for (time, day, expected) in
        [("02:30", "2026-03-08", "2026-03-08T07:00:00Z"), ("01:30", "2026-11-01", "2026-11-01T05:30:00Z")]
    {
        assert_eq!(time.parse::<TimeOfDay>().unwrap().on(date(day), &new_york), at(expected), "{time} {day}");
    }
}
