//! Rosters by table, and against an oracle that looks at the clock on the wall every minute.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::collections::BTreeMap;

use domain::roster::{Change, Days, Gap, Hours, Override, Reason, Roster, Shift, Span, Spell};
use domain::time::{Instant, Zone};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

const MINUTE: i64 = 60_000;
const DAY: i64 = 1440;

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

/// A shift as "agent days hours priority", days as digits since Monday.
fn shift(text: &str) -> Shift {
    let fields: Vec<&str> = text.split(' ').collect();
    let [agent, days, hours, priority] = fields[..] else { panic!("{text}") };
    let days: Vec<u8> = days.bytes().map(|digit| digit - b'0').collect();
    Shift {
        id: text.to_owned(),
        agent: agent.to_owned(),
        days: Days::new(&days).unwrap(),
        hours: hours.parse().unwrap(),
        zone: None,
        every_weeks: 1,
        from: None,
        until: None,
        priority: priority.parse().unwrap(),
    }
}

fn change(id: &str, date: &str, hours: &str, change: Change) -> Override {
    let hours = if hours.is_empty() { Hours::ALL_DAY } else { hours.parse().unwrap() };
    Override { id: id.to_owned(), date: date.parse().unwrap(), hours, change }
}

fn roster(zone: &str, shifts: &[&str], overrides: Vec<Override>) -> Roster {
    let shifts = shifts.iter().map(|text| shift(text)).collect();
    Roster { zone: Zone::named(zone).unwrap(), shifts, overrides, blackouts: BTreeMap::new() }
}

fn names(roster: &Roster, instant: &str) -> String {
    let on_duty = roster.on_duty(at(instant));
    let agents: Vec<String> = on_duty.agents.into_iter().map(|duty| duty.agent).collect();
    on_duty.closed.map_or_else(|| agents.join(" "), |closed| format!("closed: {}", closed.name))
}

#[test]
fn who_is_rung_first() {
    // By priority, then as the roster has it; nobody twice.
    let shifts = ["cy 0 08:00-12:00 2", "ann 0 08:00-14:00 2", "bob 0 10:00-12:00 1", "ann 0 11:00-12:00 1"];
    let roster = roster("UTC", &shifts, Vec::new());
    for (instant, expected) in [
        ("2026-11-16T08:00:00Z", "cy ann"),
        ("2026-11-16T10:30:00Z", "bob cy ann"),
        ("2026-11-16T11:59:59.999Z", "bob ann cy"),
        ("2026-11-16T12:00:00Z", "ann"),
        ("2026-11-17T08:00:00Z", ""),
    ] {
        assert_eq!(names(&roster, instant), expected, "{instant}");
    }
}

/// The spells of a day in UTC as "from-until agent", with `*` where that is not the whole duty, and when the group is closed.
fn told(roster: &Roster, day: &str) -> String {
    let clock = |instant: Instant| instant.to_string()[11..16].to_owned();
    let start = at(&format!("{day}T00:00:00Z"));
    let duties = roster.duties(Span { start, end: Instant::clamped(start.millis() + DAY * MINUTE) });
    let spells = duties.spells.into_iter().map(|Spell { span, duty }| {
        let mark = if span == duty.span { "" } else { "*" };
        format!("{}-{} {}{mark}", clock(span.start), clock(span.end), duty.agent)
    });
    let closed = duties
        .closed
        .into_iter()
        .map(|closed| format!("{}-{} closed", clock(closed.span.start), clock(closed.span.end)));
    spells.chain(closed).collect::<Vec<_>>().join(", ")
}

#[test]
fn spells_are_what_is_left_of_duties() {
    let agent = || "ann".to_owned();
    let closed = |name: &str| Change::Closed { name: name.to_owned() };
    let overrides = vec![
        change("o1", "2026-11-17", "10:00-11:00", Change::Remove { agent: agent() }),
        change("o2", "2026-11-18", "10:00-11:00", Change::Replace { agent: agent(), by: "cy".to_owned() }),
        change("o3", "2026-11-19", "10:00-11:00", Change::Add { agent: "cy".to_owned(), priority: 1 }),
        change("o4", "2026-11-20", "10:00-11:00", closed("Party")),
        change("o5", "2026-11-20", "10:30-12:00", closed("Party")),
    ];
    let roster =
        roster("UTC", &["bob 012 08:00-12:00 2", "ann 1234 08:00-12:00 1", "dora 56 08:00-08:00 1"], overrides);
    for (day, expected) in [
        ("2026-11-16", "00:00-08:00 dora*, 08:00-12:00 bob"),
        ("2026-11-17", "08:00-10:00 ann*, 08:00-12:00 bob, 11:00-12:00 ann*"),
        ("2026-11-18", "08:00-10:00 ann*, 08:00-12:00 bob, 10:00-11:00 cy, 11:00-12:00 ann*"),
        ("2026-11-19", "08:00-12:00 ann, 10:00-11:00 cy"),
        ("2026-11-20", "08:00-10:00 ann*, 10:00-11:00 closed, 11:00-12:00 closed"),
        // Two shifts of a day each that touch are two.
        ("2026-11-22", "00:00-08:00 dora*, 08:00-00:00 dora*"),
    ] {
        assert_eq!(told(&roster, day), expected, "{day}");
    }
}

#[test]
fn overrides_apply_in_their_order() {
    let agent = || "ann".to_owned();
    let overrides = vec![
        change("o1", "2026-11-16", "09:00-10:00", Change::Add { agent: agent(), priority: 9 }),
        change("o2", "2026-11-16", "09:00-12:00", Change::Remove { agent: agent() }),
        change("o3", "2026-11-16", "22:00-02:00", Change::Replace { agent: "bob".to_owned(), by: "cy".to_owned() }),
        change("o4", "2026-11-18", "", Change::Closed { name: "Holiday".to_owned() }),
        change("o5", "2026-11-18", "10:00-11:00", Change::Add { agent: agent(), priority: 1 }),
        change("o6", "2026-11-20", "", Change::Replace { agent: "dora".to_owned(), by: "ann".to_owned() }),
    ];
    let roster = roster("Europe/London", &["ann 0123456 08:00-14:00 1", "bob 0123456 20:00-08:00 1"], overrides);
    for (instant, expected) in [
        // Removed, then added again.
        ("2026-11-16T09:30:00Z", "ann"),
        ("2026-11-16T10:00:00Z", ""),
        ("2026-11-16T12:00:00Z", "ann"),
        // Over midnight.
        ("2026-11-16T21:59:00Z", "bob"),
        ("2026-11-16T22:00:00Z", "cy"),
        ("2026-11-17T01:59:00Z", "cy"),
        ("2026-11-17T02:00:00Z", "bob"),
        // Whatever else the roster says; the shift of the evening before ends at midnight.
        ("2026-11-17T23:59:00Z", "bob"),
        ("2026-11-18T00:00:00Z", "closed: Holiday"),
        ("2026-11-18T10:30:00Z", "closed: Holiday"),
        ("2026-11-19T00:00:00Z", "bob"),
        // Nobody stands in for who is not on duty.
        ("2026-11-20T09:00:00Z", "ann"),
    ] {
        assert_eq!(names(&roster, instant), expected, "{instant}");
    }
    let stands_in = roster.on_duty(at("2026-11-17T01:00:00Z")).agents.remove(0);
    assert_eq!(stands_in.reason, Reason::InPlaceOf { by: "o3".to_owned(), agent: "bob".to_owned() });
    assert_eq!(stands_in.span, Span { start: at("2026-11-16T22:00:00Z"), end: at("2026-11-17T02:00:00Z") });
}

#[test]
fn dates_between_which_a_shift_begins_and_weeks_that_it_leaves_out() {
    let mut fortnightly = shift("ann 04 20:00-04:00 1");
    fortnightly.every_weeks = 2;
    // A Wednesday: the week of Monday 2026-11-02 is the first.
    fortnightly.from = Some("2026-11-04".parse().unwrap());
    fortnightly.until = Some("2026-12-04".parse().unwrap());
    let roster = Roster { shifts: vec![fortnightly], ..roster("UTC", &[], Vec::new()) };
    for (instant, expected) in [
        ("2026-11-02T21:00:00Z", ""),
        ("2026-11-06T21:00:00Z", "ann"),
        ("2026-11-09T21:00:00Z", ""),
        ("2026-11-16T21:00:00Z", "ann"),
        ("2026-11-20T21:00:00Z", "ann"),
        ("2026-12-04T21:00:00Z", "ann"),
        // It began on the last date.
        ("2026-12-05T03:00:00Z", "ann"),
        ("2026-12-14T21:00:00Z", ""),
    ] {
        assert_eq!(names(&roster, instant), expected, "{instant}");
    }
}

#[test]
fn a_shift_in_another_zone_than_its_group() {
    let mut abroad = shift("ann 0 18:00-22:00 1");
    abroad.zone = Some(Zone::named("America/New_York").unwrap());
    let closed = change("o1", "2026-11-17", "00:00-01:00", Change::Closed { name: "Maintenance".to_owned() });
    let roster = Roster { shifts: vec![abroad], ..roster("Europe/London", &[], vec![closed]) };
    for (instant, expected) in [
        ("2026-11-16T22:59:59Z", ""),
        ("2026-11-16T23:00:00Z", "ann"),
        ("2026-11-17T00:30:00Z", "closed: Maintenance"),
        ("2026-11-17T02:59:59Z", "ann"),
        ("2026-11-17T03:00:00Z", ""),
    ] {
        assert_eq!(names(&roster, instant), expected, "{instant}");
    }
}

#[test]
fn gaps_by_table() {
    let closed = change("o1", "2026-11-18", "", Change::Closed { name: "Holiday".to_owned() });
    let away = change("o2", "2026-11-17", "10:00-11:00", Change::Remove { agent: "ann".to_owned() });
    let roster = roster("UTC", &["ann 0123456 08:00-20:00 1", "bob 0123456 10:00-12:00 1"], vec![closed, away]);
    let gaps = |start: &str, end: &str, wanted| {
        let found = roster.gaps(Span { start: at(start), end: at(end) }, wanted);
        let shown = |Gap { span, staffed }: Gap| format!("{} {} {staffed}", span.start, span.end);
        found.into_iter().map(shown).collect::<Vec<_>>()
    };
    let one = gaps("2026-11-17T09:00:00Z", "2026-11-19T09:00:00Z", 1);
    assert_eq!(one, ["2026-11-17T20:00:00Z 2026-11-18T00:00:00Z 0", "2026-11-19T00:00:00Z 2026-11-19T08:00:00Z 0"]);
    let two = gaps("2026-11-17T09:00:00Z", "2026-11-17T21:00:00Z", 2);
    assert_eq!(
        two,
        [
            "2026-11-17T09:00:00Z 2026-11-17T11:00:00Z 1",
            "2026-11-17T12:00:00Z 2026-11-17T20:00:00Z 1",
            "2026-11-17T20:00:00Z 2026-11-17T21:00:00Z 0"
        ]
    );
}

#[test]
fn hours_and_days_as_they_are_written() {
    for text in ["", "8:00-14:00", "08:00", "24:00-08:00", "08:60-09:00", "08:00-1400", "+8:00-09:00", "08:00–14:00"]
    {
        assert!(text.parse::<Hours>().is_err(), "{text}");
    }
    for text in ["08:00-14:00", "22:00-06:00", "00:00-00:00", "23:59-23:58"] {
        assert_eq!(text.parse::<Hours>().unwrap().to_string(), text);
    }
    assert_eq!(Vec::<u8>::from(Days::new(&[6, 0, 3, 3]).unwrap()), [0, 3, 6]);
    assert!(Days::new(&[7]).is_err());
}

/// From when to when a shift lasts that begins on a day, in minutes since 1970: it begins when the clock on the wall first shows its
/// start or more, and ends when the clock has last shown less than its end. Every minute is looked at.
fn seen_on_the_wall(zone: &Zone, day: i64, (start, end): (i64, i64)) -> (i64, i64) {
    let shown = |minute: i64| {
        let clock = zone.wall_clock(Instant::clamped(minute * MINUTE));
        clock.day * DAY + clock.second.div_euclid(60)
    };
    let (start, end) = (day * DAY + start, day * DAY + end + if end > start { 0 } else { DAY });
    let minutes = || (day - 2) * DAY..(day + 4) * DAY;
    let begins = minutes().find(|minute| shown(*minute) >= start).unwrap();
    let ends = minutes().rev().find(|minute| shown(*minute) < end).unwrap() + 1;
    (begins, ends)
}

#[test]
fn on_duty_is_what_the_clock_on_the_wall_says_in_every_zone() {
    let mut runner = TestRunner::deterministic();
    let cases = (1_990_i64..2040, 0_i64..DAY, -150_i64..150, -180_i64..180, -2 * DAY..2 * DAY, 0_u8..3);
    let zones = jiff::tz::db().available();
    for name in zones.filter_map(|name| Zone::named(name.as_str()).ok()) {
        for _ in 0..8 {
            let (year, other, around, close_by, away, kind) = cases.new_tree(&mut runner).unwrap().current();
            // The next time that its clocks are put forward or back, where there is one.
            let somewhere = Instant::clamped((year - 1970) * 365 * DAY * MINUTE);
            let jump = name.wall_clock_and_jump(somewhere).1;
            let jump = if jump == i64::MAX { somewhere.millis() / MINUTE } else { jump / 60 };
            // A shift that begins or ends about then, looked at about then; or whenever.
            let shown = name.wall_clock(Instant::clamped(jump * MINUTE)).second / 60;
            let boundary = (shown + around).rem_euclid(DAY);
            let (start, end) = if kind == 0 { (boundary, other) } else { (other, boundary) };
            let looked_at = jump + if kind == 2 { away } else { close_by };
            let today = name.wall_clock(Instant::clamped(looked_at * MINUTE)).day;
            // One that may last then.
            let weekday = (today + 3 - i64::from(start >= end && close_by < 0)).rem_euclid(7);
            let hours = format!("{:02}:{:02}-{:02}:{:02}", start / 60, start % 60, end / 60, end % 60);
            let roster = roster("UTC", &[&format!("ann {weekday} {hours} 1")], Vec::new());
            let roster = Roster { zone: name.clone(), ..roster };
            let lasts = |day: &i64| {
                let is_its_day = (day + 3).rem_euclid(7) == weekday;
                let (begins, ends) = seen_on_the_wall(&name, *day, (start, end));
                is_its_day && (begins..ends).contains(&looked_at)
            };
            let expected = (today - 3..=today + 2).any(|day| lasts(&day));
            let found = !roster.on_duty(Instant::clamped(looked_at * MINUTE)).agents.is_empty();
            assert_eq!(found, expected, "{name} {hours} on {weekday} at minute {looked_at}");
        }
    }
}

proptest! {
    #![proptest_config(Config::with_cases(64))]

    /// Within a gap fewer are on duty than wanted, outside of all gaps as many or more, or it is closed.
    #[test]
    fn gaps_are_where_too_few_are_on_duty(
        shifts in prop::collection::vec((0_u8..7, 0_u16..1440, 0_u16..1440, 0_u8..3), 0..8),
        closed in 0_i8..12,
        wanted in 1_usize..3,
        minutes in prop::collection::vec(0_i64..14 * DAY, 40),
    ) {
        let texts: Vec<String> = shifts.iter().map(|(day, start, end, agent)| {
            format!("a{agent} {day} {:02}:{:02}-{:02}:{:02} 1", start / 60, start % 60, end / 60, end % 60)
        }).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let date = jiff::civil::date(2027, 3, 20 + closed);
        let holiday = change("o1", &date.to_string(), "", Change::Closed { name: "Holiday".to_owned() });
        let roster = roster("Europe/London", &texts, vec![holiday]);
        let start = at("2027-03-20T00:00:00Z");
        let end = start.plus_millis(14 * DAY * MINUTE).unwrap();
        let gaps = roster.gaps(Span { start, end }, wanted);
        for minute in minutes {
            let instant = start.plus_millis(minute * MINUTE).unwrap();
            let on_duty = roster.on_duty(instant);
            let gap = gaps.iter().find(|gap| gap.span.has(instant));
            let lacking = on_duty.closed.is_none() && on_duty.agents.len() < wanted;
            prop_assert_eq!(gap.map(|gap| gap.staffed), lacking.then_some(on_duty.agents.len()), "{} {:?}", instant, gaps);
        }
    }
}
