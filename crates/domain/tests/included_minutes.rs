//! Included minutes as tables: what a line has of them for a period, and what a call makes of them.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use domain::allowance::{Allowances, Grant};
use domain::deck::Deck;
use domain::fees::{FeeInput, FeesError, Proration, Subscription, Suspension, included_seconds};
use domain::money::{Amount, Currency};
use domain::period::Period;
use domain::plan::Plan;
use domain::rate::Rate;
use domain::rating::{self, Authorization, Charge, Sources, Talk};
use domain::tariff::Tariff;
use domain::time::{Instant, Zone};
use serde_json::{Value, json};

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

/// Reads `from..to`, days (with or without a time) in UTC, an empty `to` meaning that it goes on.
fn span(text: &str) -> (Instant, Option<Instant>) {
    let instant = |text: &str| if text.contains('T') { at(text) } else { at(&format!("{text}T00:00:00Z")) };
    let (from, to) = text.split_once("..").unwrap();
    (instant(from), (!to.is_empty()).then(|| instant(to)))
}

/// Reads `minutes from..to`, several parted by commas.
fn subscriptions(text: &str) -> (Vec<Subscription>, Vec<u32>) {
    let read = |line: &str| {
        let (minutes, times) = line.trim().split_once(' ').unwrap();
        let (from, to) = span(times);
        (Subscription { name: String::new(), monthly_fee: Amount::ZERO, from, to }, minutes.parse::<u32>().unwrap())
    };
    text.split(',').map(read).unzip()
}

struct Case {
    proration: Proration,
    period: &'static str,
    full_period: &'static str,
    subscriptions: &'static str,
    suspended: &'static str,
}

impl Case {
    fn seconds(&self) -> Result<i64, FeesError> {
        let period = |text: &str| {
            let (from, to) = text.split_once("..").unwrap();
            Period::new(from.parse().unwrap(), to.parse().unwrap()).unwrap()
        };
        let (subscriptions, minutes) = subscriptions(self.subscriptions);
        let suspension = (!self.suspended.is_empty()).then(|| span(self.suspended));
        let suspensions: Vec<Suspension> = suspension.map(|(from, to)| Suspension { from, to }).into_iter().collect();
        let input = FeeInput {
            zone: &Zone::utc(),
            currency: Currency::parse("USD").unwrap(),
            proration: self.proration,
            period: period(self.period),
            full_period: period(self.full_period),
            subscriptions: &subscriptions,
            suspensions: &suspensions,
            fee_while_suspended: false,
        };
        included_seconds(&input, &minutes)
    }
}

#[test]
#[rustfmt::skip]
fn minutes_are_shared_out_like_the_fee() {
    use Proration::{Day, Second};
    const JANUARY: &str = "2026-01-01..2026-02-01";
    const APRIL: &str = "2026-04-01..2026-05-01";
    // The minutes of each subscription; when the line was suspended; the seconds.
    for (what, proration, period, full_period, subscriptions, suspended, seconds) in [
        ("a whole period", Day, JANUARY, JANUARY, "100 2025-06-01..", "", 6000),
        ("no minutes", Day, JANUARY, JANUARY, "0 2025-06-01..", "", 0),
        ("from the 16th on", Day, JANUARY, JANUARY, "31 2026-01-16..", "", 16 * 60),
        ("opened in the course of the 16th", Day, JANUARY, JANUARY, "31 2026-01-16T15:00:00Z..", "", 16 * 60),
        ("half of April", Day, APRIL, APRIL, "100 2026-04-16..", "", 3000),
        // 6000 * 16 / 31 = 3096.77
        ("to a whole second", Day, JANUARY, JANUARY, "100 2026-01-16..", "", 3097),
        // 60 * 1 / 8 = 7.5, and 60 * 1 / 7 = 8.57.
        ("half a second is a whole one", Day, "2026-01-01..2026-01-09", "2026-01-01..2026-01-09", "1 2026-01-08..", "", 8),
        ("and so is more", Day, "2026-01-01..2026-01-08", "2026-01-01..2026-01-08", "1 2026-01-07..", "", 9),
        ("a change of plan", Day, JANUARY, JANUARY, "31 2025-06-01..2026-01-16T09:00:00Z, 62 2026-01-16T09:00:00Z..", "", 15 * 60 + 16 * 120),
        ("minutes for half the time", Day, JANUARY, JANUARY, "31 2025-06-01..2026-01-16, 0 2026-01-16..", "", 15 * 60),
        ("the same minutes in three parts", Day, JANUARY, JANUARY, "100 2025-06-01..2026-01-11, 100 2026-01-11..2026-01-22, 100 2026-01-22..", "", 6000),
        // 10/31 + 11/31 of 100 min: 1935.48 + 2129.03, rounded once.
        ("rounded once", Day, JANUARY, JANUARY, "100 2025-06-01..2026-01-11, 100 2026-01-11..2026-01-22", "", 4065),
        ("closed on the 16th", Day, JANUARY, JANUARY, "31 2025-06-01..2026-01-16T09:00:00Z", "", 15 * 60),
        ("opened and closed on one day", Day, JANUARY, JANUARY, "31 2026-01-16T09:00:00Z..2026-01-16T17:00:00Z", "", 0),
        ("before the period", Day, JANUARY, JANUARY, "31 2025-06-01..2026-01-01", "", 0),
        ("a short period", Day, "2026-01-01..2026-01-15", JANUARY, "31 2025-06-01..", "", 14 * 60),
        ("suspended for two days", Day, JANUARY, JANUARY, "31 2025-06-01..", "2026-01-10T12:00:00Z..2026-01-11T12:00:00Z", 29 * 60),
        ("by the second, half a day", Second, JANUARY, JANUARY, "31 2026-01-31T12:00:00Z..", "", 30),
        ("by the second, suspended half a day", Second, JANUARY, JANUARY, "31 2025-06-01..", "2026-01-31T12:00:00Z..", 31 * 60 - 30),
        ("as many as there can be", Day, JANUARY, JANUARY, "1000000 2025-06-01..", "", 60_000_000),
    ] {
        let case = Case { proration, period, full_period, subscriptions, suspended };
        assert_eq!(case.seconds(), Ok(seconds), "{what}");
    }
    let overlap = Case { proration: Day, period: JANUARY, full_period: JANUARY, subscriptions: "1 2025-06-01.., 1 2026-01-05..", suspended: "" };
    assert!(matches!(overlap.seconds(), Err(FeesError::Overlap { first: 0, second: 1, .. })));
}

fn tariff(rate: Value, more: Value) -> Tariff {
    let mut plan = json!({"name": "P", "currency": "USD", "rate": rate});
    plan.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Tariff::new(&Plan::read(plan.to_string().as_bytes()).unwrap(), &Zone::utc(), &[])
}

/// `total included | start increments x length at price, ...`.
fn gist(charge: &Charge) -> String {
    let segment = |segment: &rating::Segment| {
        let start = segment.starts_at.to_string()[11..].replace('Z', "");
        format!("{start} {}x{} at {}", segment.increments, segment.increment_seconds, segment.price)
    };
    let segments: Vec<String> = charge.segments.iter().map(segment).collect();
    format!("{} {} | {}", charge.total, charge.included_seconds, segments.join(", "))
}

#[test]
#[rustfmt::skip]
fn a_call_goes_on_at_the_rate_where_the_minutes_end() {
    let minutes = || json!({"price_per_minute": "0.60"});
    let seconds = || json!({"price_per_minute": "0.60", "increment_seconds": 1});
    let steps = || json!({"steps": [
        {"from_seconds": 0, "price": "0.60", "per_seconds": 60, "increment_seconds": 60},
        {"from_seconds": 60, "price": "0.06", "per_seconds": 60, "increment_seconds": 10}]});
    let connect = || json!({"price_per_minute": "0.60", "connect_fee": "0.25"});
    let brief = || json!({"price_per_minute": "0.60", "connect_fee": "0.25", "free_below_seconds": 10});
    let minimum = || json!({"price_per_minute": "0.60", "minimum_charge": "0.10"});
    // What is left of the minutes, how long the call is (from 18:59:00 on; evenings from 19:00 at 0.12).
    for (what, rate, left, millis, expected) in [
        ("within the minutes", minutes(), 100, 100_000, "0.00 100 | "),
        ("used by the second, not by the increment", minutes(), 100, 30_000, "0.00 30 | "),
        ("a second begun", minutes(), 100, 30_001, "0.00 31 | "),
        ("whole minutes from the end of them on", minutes(), 30, 50_000, "0.60 30 | 18:59:30 1x60 at 0.60"),
        ("and on into the evening", minutes(), 30, 91_000, "0.72 30 | 18:59:30 1x60 at 0.60, 19:00:30 1x60 at 0.12"),
        ("they end in the evening", minutes(), 60, 61_000, "0.12 60 | 19:00:00 1x60 at 0.12"),
        ("by the second", seconds(), 30, 70_000, "0.32 30 | 18:59:30 30x1 at 0.60, 19:00:00 10x1 at 0.12"),
        ("none left", seconds(), 0, 70_000, "0.62 0 | 18:59:00 60x1 at 0.60, 19:00:00 10x1 at 0.12"),
        ("more used than there are now", seconds(), -5, 1_000, "0.01 0 | 18:59:00 1x1 at 0.60"),
        ("steps count from the answer", steps(), 60, 71_000, "0.04 60 | 19:00:00 2x10 at 0.12"),
        ("an increment runs over a step", steps(), 50, 71_000, "0.60 50 | 18:59:50 1x60 at 0.60"),
        ("the connect fee all the same", connect(), 100, 30_000, "0.25 30 | "),
        ("and once", connect(), 30, 50_000, "0.85 30 | 18:59:30 1x60 at 0.60"),
        ("too short to cost anything", brief(), 100, 9_999, "0.00 0 | "),
        ("long enough", brief(), 100, 10_000, "0.25 10 | "),
        ("not answered", connect(), 100, 0, "0.00 0 | "),
        ("the minimum all the same", minimum(), 100, 30_000, "0.10 30 | "),
    ] {
        let evening = json!([{"day": "every", "start": "19:00", "end": "24:00", "price_per_minute": "0.12"}]);
        let tariff = tariff(rate, json!({"discount_periods": evening}));
        let terms = rating::price_source(&Sources { tariff: Some(&tariff), ..Sources::default() }, "0002").unwrap();
        let talk = Talk { answered_at: at("2026-02-03T18:59:00Z"), millis };
        let allowances = Allowances::included(left);
        let charge = rating::rate_call(&terms, talk, &allowances).unwrap();
        assert_eq!(gist(&charge), expected, "{what}");
        assert_eq!((charge.allowance_seconds, charge.allowances_used.len()), (charge.included_seconds, 0), "{what}");
        assert_eq!(rating::total(&terms, talk, &allowances), Ok(charge.total), "{what}");
    }
}

#[test]
fn minutes_are_for_what_the_plan_prices() {
    let rate = Rate::read(br#"{"price_per_minute": "3.00"}"#).unwrap();
    let entries = json!([{"prefix": "33", "rate": {"price_per_minute": "0.50"}},
                         {"prefix": "44", "rate": {"price_per_minute": "0.30"}, "included": true}]);
    let deck = Deck::read(entries.to_string().as_bytes()).unwrap();
    let plain = tariff(json!({"price_per_minute": "0.60"}), json!({}));
    let fixed = tariff(json!({"price_per_minute": "0.60"}), json!({"kind": "fixed"}));
    let of = |tariff| Sources { deck: Some(&deck), tariff: Some(tariff), ..Sources::default() };
    for (what, sources, to, expected) in [
        ("the plan's own rate", of(&plain), "1555", "0.60 30"),
        ("an entry that is included", of(&plain), "4420", "0.30 30"),
        ("an entry that is not", of(&plain), "3310", "0.50 0"),
        ("a paid agent", Sources { agent: Some(&rate), ..of(&plain) }, "1555", "3.00 0"),
        ("an emergency", Sources { free: true, ..of(&plain) }, "112", "0.00 0"),
        ("a fixed plan", of(&fixed), "1555", "0.00 0"),
        ("a fixed plan's included entry", of(&fixed), "4420", "0.00 0"),
        ("a fixed plan's other entry", of(&fixed), "3310", "0.50 0"),
    ] {
        let terms = rating::price_source(&sources, to).unwrap();
        let talk = Talk { answered_at: at("2026-02-03T10:00:00Z"), millis: 60_000 };
        let charge = rating::rate_call(&terms, talk, &Allowances::included(30)).unwrap();
        assert_eq!(format!("{} {}", charge.total, charge.included_seconds), expected, "{what}");
    }
}

#[test]
fn grants_are_not_told_as_included_minutes() {
    let rate = Rate::read(br#"{"price_per_minute": "3.00"}"#).unwrap();
    let terms = rating::price_source(&Sources { agent: Some(&rate), ..Sources::default() }, "0002").unwrap();
    let grants = [Grant {
        id: "g1".to_owned(),
        agent: None,
        granted_at: Instant::FIRST,
        expires_at: None,
        revoked: false,
        seconds: 60,
    }];
    let talk = Talk { answered_at: at("2026-02-03T10:00:00Z"), millis: 30_000 };
    let allowances =
        Allowances::for_call(&grants, "a1", talk.answered_at, domain::allowance::AllowanceOrder::default());
    let charge = rating::rate_call(&terms, talk, &allowances).unwrap().to_json(Currency::parse("USD").unwrap());
    assert_eq!((&charge["allowance_seconds"], &charge["included_seconds"]), (&json!(30), &json!(0)));
}

#[test]
fn who_has_minutes_left_needs_no_more_than_the_connect_fee() {
    let tariff = tariff(json!({"price_per_minute": "0.60", "increment_seconds": 1}), json!({"kind": "prepaid"}));
    let terms = rating::price_source(&Sources { tariff: Some(&tariff), ..Sources::default() }, "0002").unwrap();
    let authorize = |left| {
        let balance = Some(Amount::ZERO);
        rating::authorize(&terms, at("2026-02-03T10:00:00Z"), &Allowances::included(left), balance).unwrap()
    };
    assert_eq!(authorize(90), Authorization::Granted { max_seconds: Some(90) });
    assert!(matches!(authorize(0), Authorization::InsufficientBalance { .. }));
}
