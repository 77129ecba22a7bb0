//! The rules of rating as tables: one line a case.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use domain::quote;
use serde_json::{Value, json};

fn answer(request: &Value) -> Value {
    quote::answer(request.to_string().as_bytes())
}

fn object(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// `total billed | increments x length at price/per, ...`: the gist of an answer.
fn gist(answer: &Value) -> String {
    if let Some(reason) = answer["error"]["reason"].as_str() {
        return reason.to_owned();
    }
    let segment = |segment: &Value| {
        let length = segment["seconds"].as_i64().unwrap() / segment["increments"].as_i64().unwrap();
        let text = |field: &str| segment[field].as_str().unwrap().to_owned();
        let start = text("starts_at")[11..].replace('Z', "");
        format!("{start} {}x{length} at {}/{}", segment["increments"], text("price"), segment["per_seconds"])
    };
    let segments: Vec<String> = answer["segments"].as_array().unwrap().iter().map(segment).collect();
    let (total, billed) = (answer["total"].as_str().unwrap(), &answer["billed_seconds"]);
    format!("{total} {billed} | {}", segments.join(", "))
}

fn call(zone: &str, plan: &Value, answered_at: &str, seconds: &str) -> Value {
    json!({"id": "1", "kind": "call", "time_zone": zone, "plan": plan, "holidays": ["2026-12-25"],
           "call": {"to": "0002", "answered_at": answered_at, "duration_seconds": seconds}})
}

/// A plan at 0.60 a minute by the second; `mon` Monday's price, and so on.
fn windows(periods: &[(&str, &str, &str, &str)]) -> Value {
    let period = |(day, start, end, price): &(&str, &str, &str, &str)| json!({"day": day, "start": start, "end": end, "price_per_minute": price});
    json!({"currency": "USD", "rate": {"price_per_minute": "0.60", "increment_seconds": 1},
           "discount_periods": periods.iter().map(period).collect::<Vec<_>>()})
}

#[test]
fn which_period_is_in_force() {
    const MON: (&str, &str, &str, &str) = ("mon", "08:00", "18:00", "0.01");
    const SUN_NIGHT: (&str, &str, &str, &str) = ("sun", "22:00", "09:00", "0.02");
    const EVERY: (&str, &str, &str, &str) = ("every", "19:00", "07:00", "0.03");
    const HOLIDAY: (&str, &str, &str, &str) = ("holiday", "12:00", "12:00", "0.04");
    // Monday 2026-02-02; Friday 2026-12-25 is a holiday.
    for (periods, at, price) in [
        (&[MON][..], "2026-02-02T07:59:59Z", "0.60"),
        (&[MON], "2026-02-02T08:00:00Z", "0.01"),
        (&[MON], "2026-02-02T17:59:59.999Z", "0.01"),
        (&[MON], "2026-02-02T18:00:00Z", "0.60"),
        (&[MON], "2026-02-03T08:00:00Z", "0.60"),
        // Into the next day, where it stays a single day's period.
        (&[SUN_NIGHT], "2026-02-02T08:59:59Z", "0.02"),
        (&[SUN_NIGHT], "2026-02-02T09:00:00Z", "0.60"),
        (&[SUN_NIGHT], "2026-02-01T08:59:59Z", "0.60"),
        (&[SUN_NIGHT, EVERY], "2026-02-02T06:00:00Z", "0.02"),
        // Of two single days the one that began today.
        (&[SUN_NIGHT, MON], "2026-02-02T08:30:00Z", "0.01"),
        (&[MON, SUN_NIGHT], "2026-02-02T08:30:00Z", "0.01"),
        (&[EVERY], "2026-02-04T23:59:59Z", "0.03"),
        (&[EVERY], "2026-02-04T00:00:00Z", "0.03"),
        (&[EVERY], "2026-02-04T07:00:00Z", "0.60"),
        // A whole day from noon to noon, before everything else on both days.
        (&[EVERY, HOLIDAY], "2026-12-25T11:59:59Z", "0.60"),
        (&[EVERY, HOLIDAY], "2026-12-25T20:00:00Z", "0.04"),
        (&[EVERY, HOLIDAY], "2026-12-26T06:00:00Z", "0.04"),
        (&[EVERY, HOLIDAY], "2026-12-26T20:00:00Z", "0.03"),
    ] {
        let answer = answer(&call("UTC", &windows(periods), at, "1"));
        assert_eq!(answer["segments"][0]["price"], price, "{periods:?} at {at}");
    }
}

#[test]
fn calls_over_changes() {
    let night = windows(&[("every", "00:00", "02:00", "0.06")]);
    let evening = windows(&[("every", "19:00", "24:00", "0.06"), ("every", "00:00", "01:00", "0.06")]);
    let whole = json!({"currency": "USD", "rate": {"price_per_minute": "0.60"},
                       "discount_periods": [{"day": "every", "start": "19:00", "end": "20:00", "price_per_minute": "0.06"}]});
    let plain = json!({"currency": "USD", "rate": {"price_per_minute": "0.60", "increment_seconds": 1}});
    for (zone, plan, at, seconds, expected) in [
        // Midnight alone changes nothing.
        ("UTC", &plain, "2026-02-02T23:59:30Z", "60", "0.60 60 | 23:59:30 60x1 at 0.60/60"),
        (
            "UTC",
            &windows(&[("sat", "00:00", "24:00", "0.01")]),
            "2026-02-02T23:59:30Z",
            "60",
            "0.60 60 | 23:59:30 60x1 at 0.60/60",
        ),
        // An increment has the price of its first instant, and runs its full length.
        ("UTC", &whole, "2026-02-02T18:59:30Z", "61", "0.66 120 | 18:59:30 1x60 at 0.60/60, 19:00:30 1x60 at 0.06/60"),
        ("UTC", &whole, "2026-02-02T18:59:59.999Z", "60", "0.60 60 | 18:59:59.999 1x60 at 0.60/60"),
        ("UTC", &whole, "2026-02-02T19:00:00Z", "60", "0.06 60 | 19:00:00 1x60 at 0.06/60"),
        // By the second the first one that begins past the edge has the new price.
        (
            "UTC",
            &evening,
            "2026-02-02T18:59:58.500Z",
            "4",
            "0.022 4 | 18:59:58.500 2x1 at 0.60/60, 19:00:00.500 2x1 at 0.06/60",
        ),
        // Two periods that touch at midnight are two segments.
        ("UTC", &evening, "2026-02-02T23:59:58Z", "4", "0.004 4 | 23:59:58 2x1 at 0.06/60, 00:00:00 2x1 at 0.06/60"),
        // London, 2026-10-25: 01:00 to 02:00 comes twice. 2026-03-29: it never comes.
        ("Europe/London", &night, "2026-10-24T23:30:00Z", "9000", "9.00 9000 | 23:30:00 9000x1 at 0.06/60"),
        (
            "Europe/London",
            &night,
            "2026-03-29T00:59:00Z",
            "120",
            "0.66 120 | 00:59:00 60x1 at 0.06/60, 01:00:00 60x1 at 0.60/60",
        ),
    ] {
        assert_eq!(gist(&answer(&call(zone, plan, at, seconds))), expected, "{zone} {at}");
    }
}

#[test]
fn increments_and_limits() {
    const STEPS: &str = r#""steps": [{"from_seconds": 0, "price": "0.12", "per_seconds": 60, "increment_seconds": 30},
                                     {"from_seconds": 45, "price": "0.06", "per_seconds": 60, "increment_seconds": 6}]"#;
    for (rate, seconds, expected) in [
        (r#""price_per_minute": "0.05""#, "60", "0.05 60 | 10:00:00 1x60 at 0.05/60"),
        (r#""price_per_minute": "0.05""#, "60.001", "0.10 120 | 10:00:00 2x60 at 0.05/60"),
        (r#""price_per_minute": "0.05""#, "60.0001", "0.10 120 | 10:00:00 2x60 at 0.05/60"),
        (r#""price_per_minute": "0.05""#, "0", "0.00 0 | "),
        (r#""price_per_minute": "0.05""#, "0.001", "0.05 60 | 10:00:00 1x60 at 0.05/60"),
        // The second increment begins at 30, before the step at 45, and runs to 60.
        (STEPS, "31", "0.12 60 | 10:00:00 2x30 at 0.12/60"),
        (STEPS, "61", "0.126 66 | 10:00:00 2x30 at 0.12/60, 10:01:00 1x6 at 0.06/60"),
        // The connect fee is rounded with the sum; minimum and maximum come after the rounding.
        (r#""price_per_minute": "0.05", "connect_fee": "0.012345""#, "60", "0.0623 60 | 10:00:00 1x60 at 0.05/60"),
        (r#""price_per_minute": "0.05", "minimum_charge": "0.123456""#, "60", "0.123456 60 | 10:00:00 1x60 at 0.05/60"),
        (r#""price_per_minute": "0", "minimum_charge": "0.10""#, "60", "0.10 60 | 10:00:00 1x60 at 0.00/60"),
        (r#""price_per_minute": "0.05", "maximum_charge": "0.07""#, "90", "0.07 120 | 10:00:00 2x60 at 0.05/60"),
        (
            r#""price_per_minute": "0.05", "maximum_charge": "0.07", "on_maximum": "disconnect""#,
            "90",
            "0.10 120 | 10:00:00 2x60 at 0.05/60",
        ),
        (
            r#""price_per_minute": "0.05", "minimum_charge": "0.09", "maximum_charge": "0.07""#,
            "1",
            "0.07 60 | 10:00:00 1x60 at 0.05/60",
        ),
        (
            r#""price_per_minute": "0.05", "connect_fee": "1", "minimum_charge": "2", "free_below_seconds": 5"#,
            "4.999",
            "0.00 0 | ",
        ),
        (
            r#""price_per_minute": "0.05", "connect_fee": "1", "free_below_seconds": 5"#,
            "5",
            "1.05 60 | 10:00:00 1x60 at 0.05/60",
        ),
        (r#""price_per_minute": "9000000000000""#, "120", "overflow"),
    ] {
        let plan = json!({"currency": "USD", "rate": object(&format!("{{{rate}}}"))});
        assert_eq!(gist(&answer(&call("UTC", &plan, "2026-02-03T10:00:00Z", seconds))), expected, "{rate} {seconds}");
    }
}

/// A request with an own rate of 0.01, for `to` 4416; `changes` are merged into it.
fn request(kind: &str, changes: &str) -> Value {
    let mut request = object(
        r#"{"id": "1", "time_zone": "UTC", "call": {"to": "4416", "answered_at": "2026-02-03T10:00:00Z"},
            "plan": {"currency": "USD", "rate": {"price_per_minute": "0.01", "rounding": {"decimals": 6, "mode": "half_up"}}}}"#,
    );
    request["kind"] = kind.into();
    for (field, value) in object(&format!("{{{changes}}}")).as_object().unwrap() {
        match value {
            Value::Object(fields) if request[field].is_object() => {
                request[field].as_object_mut().unwrap().extend(fields.clone());
            }
            value => request[field] = value.clone(),
        }
    }
    request
}

#[test]
fn one_price_source_a_call() {
    const DECK: &str = r#""deck": [{"prefix": "44", "rate": {"price_per_minute": "0.02"}}]"#;
    const INCLUDED: &str = r#""deck": [{"prefix": "44", "rate": {"price_per_minute": "0.02"}, "included": true}]"#;
    const AGENT: &str = r#""agent": {"id": "a", "rate": {"price_per_minute": "0.03"}}"#;
    const ALL_DAY: &str =
        r#""discount_periods": [{"day": "every", "start": "00:00", "end": "24:00", "price_per_minute": "0.001"}]"#;
    const ALL_DAY_RATE: &str = r#""discount_periods": [{"day": "every", "start": "00:00", "end": "24:00",
                                   "rate": {"price_per_minute": "0.001", "connect_fee": "1"}}]"#;
    for (changes, total) in [
        (String::new(), "0.01"),
        (DECK.to_owned(), "0.02"),
        (format!("{DECK}, {AGENT}"), "0.03"),
        (format!(r#"{DECK}, "call": {{"to": "4316"}}"#), "0.01"),
        (format!(r#"{DECK}, "call": {{"to": "4316"}}, "plan": {{"unlisted": "refuse"}}"#), "unlisted_destination"),
        (format!(r#"{DECK}, "call": {{"to": "4316"}}, "plan": {{"rate": null}}"#), "unrated"),
        (format!(r#"{DECK}, "plan": {{"rate": null}}"#), "0.02"),
        (format!(r#"{AGENT}, "plan": {{"unlisted": "refuse"}}"#), "0.03"),
        (r#""plan": {"unlisted": "refuse"}"#.to_owned(), "unlisted_destination"),
        (r#""plan": {"rate": null}"#.to_owned(), "unrated"),
        // Discount periods and the fixed kind touch the plan's own rate and included entries only.
        (format!(r#""plan": {{{ALL_DAY}}}"#), "0.001"),
        (format!(r#"{DECK}, "plan": {{{ALL_DAY}}}"#), "0.02"),
        (format!(r#"{AGENT}, "plan": {{{ALL_DAY}}}"#), "0.03"),
        (format!(r#"{INCLUDED}, "plan": {{{ALL_DAY}}}"#), "0.001"),
        (format!(r#"{INCLUDED}, "plan": {{{ALL_DAY_RATE}}}"#), "1.001"),
        (format!(r#"{INCLUDED}, "plan": {{"rate": null, {ALL_DAY}}}"#), "0.001"),
        (r#""plan": {"kind": "fixed"}"#.to_owned(), "0.00"),
        (format!(r#"{DECK}, "plan": {{"kind": "fixed"}}"#), "0.02"),
        (format!(r#"{AGENT}, "plan": {{"kind": "fixed"}}"#), "0.03"),
        (format!(r#"{INCLUDED}, "plan": {{"kind": "fixed"}}"#), "0.00"),
        (r#""plan": {"kind": "fixed", "rate": null}"#.to_owned(), "unrated"),
        // Without a plan.
        (format!(r#"{AGENT}, "plan": null, "currency": "USD""#), "0.03"),
        (format!(r#"{DECK}, "plan": null, "currency": "USD""#), "0.02"),
        (r#""plan": null, "currency": "USD""#.to_owned(), "unrated"),
    ] {
        let mut request = request("call", &changes);
        request["call"]["duration_seconds"] = 1.into();
        let answer = answer(&request);
        let total_or_reason = answer["total"].as_str().or(answer["error"]["reason"].as_str());
        assert_eq!(total_or_reason, Some(total), "{changes}");
    }
}

/// `max_seconds`, or why the call is refused.
fn limit(rate: &str, changes: &str) -> String {
    let mut request = request("authorize", changes);
    if request["plan"]["rate"].is_object() {
        request["plan"]["rate"] = object(&format!("{{{rate}}}"));
    }
    let answer = answer(&request);
    assert!(answer["refused"].is_null() || answer["max_seconds"] == 0);
    match answer["refused"].as_object() {
        Some(refused) if refused.contains_key("required") => {
            let text = |field: &str| refused[field].as_str().unwrap();
            format!("{} {} of {}", text("reason"), text("available"), text("required"))
        }
        Some(refused) => refused["reason"].as_str().unwrap().to_owned(),
        None => answer["max_seconds"].to_string(),
    }
}

#[test]
fn how_long_a_call_may_last() {
    const SECOND: &str = r#""price_per_minute": "0.60", "increment_seconds": 1"#;
    const GRANT: &str = r#""agent": {"id": "a", "rate": {"price_per_minute": "0.60", "connect_fee": "0.10"}},
                           "allowances": [{"id": "g", "granted_at": "2026-01-01T00:00:00Z", "seconds": 90}]"#;
    for (rate, changes, expected) in [
        (SECOND, r#""balance": "1.00""#, "100"),
        (SECOND, r#""balance": "0.009999""#, "insufficient_balance 0.009999 of 0.01"),
        (SECOND, r#""balance": "-1""#, "insufficient_balance -1.00 of 0.01"),
        (SECOND, "", "null"),
        // 30 days cost 25,920.
        (SECOND, r#""balance": "25919.99""#, "2591999"),
        (SECOND, r#""balance": "25920""#, "null"),
        (r#""price_per_minute": "0""#, r#""balance": "0""#, "null"),
        (r#""price_per_minute": "0.60""#, r#""balance": "1.79""#, "120"),
        (r#""price_per_minute": "0.60", "connect_fee": "1""#, r#""balance": "1.60""#, "60"),
        (
            r#""price_per_minute": "0.60", "minimum_charge": "2""#,
            r#""balance": "1.99""#,
            "insufficient_balance 1.99 of 2.00",
        ),
        (r#""price_per_minute": "0.60", "minimum_charge": "2""#, r#""balance": "2""#, "180"),
        (r#""price_per_minute": "0.60", "maximum_charge": "2""#, r#""balance": "2""#, "null"),
        (r#""price_per_minute": "0.60", "maximum_charge": "2""#, r#""balance": "1.99""#, "180"),
        (
            r#""price_per_minute": "0.60", "maximum_charge": "2", "on_maximum": "disconnect""#,
            r#""balance": "9""#,
            "180",
        ),
        (r#""price_per_minute": "0.60", "maximum_charge": "2", "on_maximum": "disconnect""#, "", "180"),
        (r#""price_per_minute": "0.60", "maximum_charge": "0.50", "on_maximum": "disconnect""#, "", "60"),
        // Short calls are free, but the start must be covered.
        (r#""price_per_minute": "0.60", "free_below_seconds": 90"#, r#""balance": "0.60""#, "89"),
        (
            r#""price_per_minute": "0.60", "free_below_seconds": 90"#,
            r#""balance": "0.59""#,
            "insufficient_balance 0.59 of 0.60",
        ),
        // Free seconds come first; while some are left the connect fee alone must be covered.
        (SECOND, &format!(r#"{GRANT}, "balance": "0.10""#), "90"),
        (SECOND, &format!(r#"{GRANT}, "balance": "0.70""#), "150"),
        (SECOND, &format!(r#"{GRANT}, "balance": "0.09""#), "insufficient_balance 0.09 of 0.10"),
        (SECOND, r#""plan": {"kind": "fixed"}, "balance": "0""#, "null"),
        (SECOND, r#""plan": {"unlisted": "refuse"}, "balance": "9""#, "unlisted_destination"),
        (SECOND, r#""plan": {"rate": null}, "balance": "9""#, "unrated"),
    ] {
        assert_eq!(limit(rate, changes), expected, "{rate} {changes}");
    }
}

#[test]
fn limits_and_rounding_shorten_a_call() {
    for (rate, changes, expected) in [
        // A minimum above the maximum: the call costs too much from the start.
        (
            r#""price_per_minute": "0.10", "minimum_charge": "2", "maximum_charge": "1", "on_maximum": "disconnect""#,
            r#""balance": "9""#,
            "60",
        ),
        // A tie rounds to the even digit: 0.25 to 0.2, 0.35 to 0.4.
        (
            r#""price_per_minute": "0.05", "rounding": {"decimals": 1, "mode": "half_even"}"#,
            r#""balance": "0.2""#,
            "300",
        ),
        (
            r#""price_per_minute": "0.05", "rounding": {"decimals": 1, "mode": "half_even"}"#,
            r#""balance": "0.3""#,
            "360",
        ),
        (r#""price_per_minute": "0.05", "rounding": {"decimals": 1, "mode": "half_up"}"#, r#""balance": "0.3""#, "360"),
        (r#""price_per_minute": "0.05", "rounding": {"decimals": 1, "mode": "down"}"#, r#""balance": "0.3""#, "420"),
        (r#""price_per_minute": "0.05", "rounding": {"decimals": 1, "mode": "up"}"#, r#""balance": "0.3""#, "360"),
    ] {
        assert_eq!(limit(rate, changes), expected, "{rate} {changes}");
    }
}
