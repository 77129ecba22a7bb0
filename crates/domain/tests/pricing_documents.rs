//! Rates, plans, decks and quotes as documents: what is refused, where, and what comes back when they are written and read.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use domain::deck::Deck;
use domain::money::Currency;
use domain::plan::Plan;
use domain::quote;
use domain::rate::Rate;
use serde_json::{Value, json};

/// A plan with these other fields.
fn plan(fields: &str) -> String {
    format!(r#"{{"name": "P", "currency": "USD", {fields}}}"#)
}

#[test]
fn rates_that_are_refused() {
    const STEP: &str = r#""price": "1", "per_seconds": 60, "increment_seconds": 60"#;
    let too_many: Vec<String> = (0..101).map(|from| format!(r#"{{"from_seconds": {from}, {STEP}}}"#)).collect();
    for (rate, pointer) in [
        (r"{}".to_owned(), ""),
        (r#"{"price_per_minute": 0.05}"#.to_owned(), "/price_per_minute"),
        (r#"{"price_per_minute": "0.0500001"}"#.to_owned(), "/price_per_minute"),
        (r#"{"price_per_minute": "-1"}"#.to_owned(), "/price_per_minute"),
        (r#"{"price_per_minute": "1e3"}"#.to_owned(), "/price_per_minute"),
        (r#"{"price_per_minute": "9223372036854.775808"}"#.to_owned(), "/price_per_minute"),
        (r#"{"price_per_minute": "1", "price_per_minute": "1"}"#.to_owned(), ""),
        (r#"{"price_per_minute": "1", "conect_fee": "1"}"#.to_owned(), "/conect_fee"),
        (r#"{"price_per_minute": "1", "steps": []}"#.to_owned(), "/steps"),
        (r#"{"price_per_minute": "1", "increment_seconds": 0}"#.to_owned(), "/increment_seconds"),
        (r#"{"price_per_minute": "1", "increment_seconds": 86401}"#.to_owned(), "/increment_seconds"),
        (r#"{"price_per_minute": "1", "increment_seconds": 1.5}"#.to_owned(), "/increment_seconds"),
        (r#"{"price_per_minute": "1", "increment_seconds": "60"}"#.to_owned(), "/increment_seconds"),
        (r#"{"price_per_minute": "1", "free_below_seconds": -1}"#.to_owned(), "/free_below_seconds"),
        (r#"{"price_per_minute": "1", "on_maximum": "stop"}"#.to_owned(), "/on_maximum"),
        (r#"{"price_per_minute": "1", "rounding": {"decimals": 7, "mode": "up"}}"#.to_owned(), "/rounding/decimals"),
        (r#"{"price_per_minute": "1", "rounding": {"decimals": 2, "mode": "near"}}"#.to_owned(), "/rounding/mode"),
        (r#"{"price_per_minute": "1", "rounding": {"decimals": 2}}"#.to_owned(), "/rounding"),
        (r#"{"steps": []}"#.to_owned(), "/steps"),
        (format!(r#"{{"steps": [{{"from_seconds": 0, {STEP}}}], "increment_seconds": 1}}"#), "/increment_seconds"),
        (format!(r#"{{"steps": [{{"from_seconds": 1, {STEP}}}]}}"#), "/steps/0/from_seconds"),
        (
            format!(r#"{{"steps": [{{"from_seconds": 0, {STEP}}}, {{"from_seconds": 0, {STEP}}}]}}"#),
            "/steps/1/from_seconds",
        ),
        (r#"{"steps": [{"from_seconds": 0, "price": "1", "per_seconds": 60}]}"#.to_owned(), "/steps/0"),
        (format!(r#"{{"steps": [{}]}}"#, too_many.join(",")), "/steps"),
        (
            r#"{"steps": [{"from_seconds": 0, "price": "1", "per_seconds": 86399, "increment_seconds": 1},
                          {"from_seconds": 1, "price": "1", "per_seconds": 86400, "increment_seconds": 1}]}"#
                .to_owned(),
            "/steps/1/per_seconds",
        ),
    ] {
        let error = Rate::read(rate.as_bytes()).unwrap_err();
        assert_eq!((error.pointer.as_str(), error.reason.to_string().as_str()), (pointer, "invalid_request"), "{rate}");
        // The same, deep in a plan.
        let plan = plan(&format!(
            r#""discount_periods": [{{"day": "mon", "start": "00:00", "end": "24:00", "rate": {rate}}}]"#
        ));
        let error = Plan::read(plan.as_bytes()).unwrap_err();
        assert_eq!(error.pointer, format!("/discount_periods/0/rate{pointer}"), "{rate}");
    }
}

#[test]
fn plans_that_are_refused() {
    let period = |fields: &str| format!(r#""discount_periods": [{{{fields}}}]"#);
    for (plan, pointer) in [
        (r#"{"currency": "USD"}"#.to_owned(), "/name"),
        (r#"{"name": " ", "currency": "USD"}"#.to_owned(), "/name"),
        (r#"{"name": "P"}"#.to_owned(), "/currency"),
        (r#"{"name": "P", "currency": "usd"}"#.to_owned(), "/currency"),
        (plan(r#""kind": "free""#), "/kind"),
        (plan(r#""time_zone": "Mars/Olympus""#), "/time_zone"),
        (plan(r#""monthly_fee": 9.99"#), "/monthly_fee"),
        (plan(r#""holidays": ["2026-12-25", "2026-02-30"]"#), "/holidays/1"),
        (plan(r#""included_minutes": -1"#), "/included_minutes"),
        (plan(r#""unlisted": "maybe""#), "/unlisted"),
        (
            plan(&period(r#""day": "Mon", "start": "00:00", "end": "24:00", "price_per_minute": "1""#)),
            "/discount_periods/0/day",
        ),
        (
            plan(&period(r#""day": "mon", "start": "24:00", "end": "24:00", "price_per_minute": "1""#)),
            "/discount_periods/0/start",
        ),
        (
            plan(&period(r#""day": "mon", "start": "8:00", "end": "24:00", "price_per_minute": "1""#)),
            "/discount_periods/0/start",
        ),
        (
            plan(&period(r#""day": "mon", "start": "00:00", "end": "24:01", "price_per_minute": "1""#)),
            "/discount_periods/0/end",
        ),
        (
            plan(&period(r#""day": "mon", "start": "00:00", "end": "12:60", "price_per_minute": "1""#)),
            "/discount_periods/0/end",
        ),
        (plan(&period(r#""day": "mon", "start": "00:00", "end": "24:00""#)), "/discount_periods/0"),
        (
            plan(&period(r#""day": "mon", "start": "00:00", "end": "24:00", "increment_seconds": 1"#)),
            "/discount_periods/0/increment_seconds",
        ),
    ] {
        assert_eq!(Plan::read(plan.as_bytes()).unwrap_err().pointer, pointer, "{plan}");
    }
}

#[test]
fn periods_that_overlap() {
    for (first, second, overlaps) in [
        ("mon 08:00-10:00", "mon 09:59-11:00", true),
        ("mon 08:00-10:00", "mon 10:00-11:00", false),
        ("mon 08:00-10:00", "tue 08:00-10:00", false),
        ("mon 08:00-10:00", "every 08:00-10:00", false),
        ("mon 08:00-10:00", "mon 08:30-09:00", true),
        // A single day's period goes on into the next day, which is another's.
        ("mon 22:00-06:00", "mon 05:00-07:00", false),
        ("mon 22:00-06:00", "mon 23:00-24:00", true),
        ("mon 22:00-06:00", "tue 05:00-07:00", false),
        // Every day, and every holiday, follows itself.
        ("every 22:00-06:00", "every 05:59-07:00", true),
        ("every 22:00-06:00", "every 06:00-22:00", false),
        ("every 12:00-12:00", "every 00:00-00:01", true),
        ("every 00:00-24:00", "every 00:00-24:00", true),
        ("holiday 22:00-06:00", "holiday 05:59-07:00", true),
        ("holiday 22:00-06:00", "every 05:59-07:00", false),
    ] {
        let period = |text: &str| {
            let (day, times) = text.split_once(' ').unwrap();
            let (start, end) = times.split_once('-').unwrap();
            json!({"day": day, "start": start, "end": end, "price_per_minute": "1"})
        };
        for (one, other) in [(first, second), (second, first)] {
            let plan = json!({"name": "P", "currency": "USD", "discount_periods": [period("wed 01:00-02:00"), period(one), period(other)]});
            let read = Plan::read(plan.to_string().as_bytes());
            assert_eq!(read.is_err(), overlaps, "{one}, {other}");
            if let Err(error) = read {
                assert_eq!(
                    (error.reason.to_string().as_str(), error.pointer.as_str()),
                    ("overlapping_periods", "/discount_periods/2")
                );
                let named = [one, other, "discount_periods/1", "discount_periods/2"];
                assert!(named.iter().all(|name| error.detail.contains(name)), "{}", error.detail);
            }
        }
    }
}

#[test]
fn documents_come_back_as_they_were_read() {
    let usd = Currency::parse("USD").unwrap();
    let short = Rate::read(br#"{"price_per_minute": "0.05"}"#).unwrap();
    assert_eq!(
        short.to_json(usd),
        json!({"connect_fee": "0.00", "price_per_minute": "0.05", "increment_seconds": 60, "free_below_seconds": 0,
               "minimum_charge": null, "maximum_charge": null, "on_maximum": "free",
               "rounding": {"decimals": 4, "mode": "half_up"}})
    );
    let long = r#"{"connect_fee": "0.99", "steps": [
        {"from_seconds": 0, "price": "0.20", "per_seconds": 60, "increment_seconds": 60},
        {"from_seconds": 60, "price": "0.1234", "per_seconds": 30, "increment_seconds": 1}],
        "free_below_seconds": 3, "minimum_charge": "1.00", "maximum_charge": "5.00", "on_maximum": "disconnect",
        "rounding": {"decimals": 2, "mode": "half_even"}}"#;
    let document: Value = serde_json::from_str(long).unwrap();
    assert_eq!(Rate::read(long.as_bytes()).unwrap().to_json(usd), document);

    let plan = json!({
        "name": "Evenings", "kind": "prepaid", "currency": "KWD", "time_zone": "Asia/Kuwait", "monthly_fee": "1.500",
        "rate": Rate::read(long.as_bytes()).unwrap().to_json(Currency::parse("KWD").unwrap()),
        "discount_periods": [
            {"day": "fri", "start": "19:00", "end": "07:30", "price_per_minute": "0.010"},
            {"day": "holiday", "start": "00:00", "end": "24:00", "rate": short.to_json(Currency::parse("KWD").unwrap())}],
        "holidays": ["2026-02-25"], "deck": "deck_1", "unlisted": "refuse", "included_minutes": 60, "message_price": "0.010",
    });
    let read = Plan::read(plan.to_string().as_bytes()).unwrap();
    assert_eq!(read.to_json(), plan);
    let least = Plan::read(br#"{"name": "P", "currency": "USD"}"#).unwrap();
    assert_eq!(Plan::read(least.to_json().to_string().as_bytes()).unwrap(), least);

    let deck = json!([{"prefix": "44", "rate": short.to_json(usd), "included": true, "destination": "United Kingdom"}]);
    let read = Deck::read(deck.to_string().as_bytes()).unwrap();
    assert_eq!(Value::from_iter(read.entries().iter().map(|entry| entry.to_json(usd))), deck);
}

#[test]
fn quotes_that_are_refused() {
    const CALL: &str = r#""kind": "call", "plan": {"currency": "USD", "rate": {"price_per_minute": "1"}}"#;
    let call =
        |fields: &str| format!(r#"{{"id": "1", {CALL}, "call": {{"answered_at": "2026-02-03T10:00:00Z", {fields}}}}}"#);
    let with = |fields: &str| {
        format!(
            r#"{{"id": "1", {CALL}, {fields}, "call": {{"answered_at": "2026-02-03T10:00:00Z", "duration_seconds": 1}}}}"#
        )
    };
    for (request, pointer) in [
        (r#"{"id": "1"}"#.to_owned(), "/kind"),
        (r#"{"id": "1", "kind": "refund"}"#.to_owned(), "/kind"),
        (r#"{"id": "1", "kind": "call"}"#.to_owned(), ""),
        (call(r#""duration_seconds": -1"#), "/call/duration_seconds"),
        (call(r#""duration_seconds": 1.5e308"#), "/call/duration_seconds"),
        (call(r#""duration_seconds": "NaN""#), "/call/duration_seconds"),
        (call(r#""duration_seconds": true"#), "/call/duration_seconds"),
        (call(r#""duration_seconds": 9223372036854775807"#), "/call/duration_seconds"),
        (call(r#""duration_seconds": 31622401"#), "/call/duration_seconds"),
        (call(r#""duration_seconds": null"#), "/call"),
        (call(r#""ended_at": "2026-02-03T09:59:59.999Z""#), "/call/ended_at"),
        (call(r#""ended_at": "2028-02-03T09:59:59.999Z""#), "/call/ended_at"),
        (call(r#""ended_at": "2026-10-25T02:30:00""#), "/call/ended_at"),
        (call(r#""ended_at": "2026-02-03T10:01:00Z", "duration_seconds": 60"#), "/call/ended_at"),
        (call(r#""minutes": 1"#), "/call/minutes"),
        (with(r#""rate": {}"#), "/rate"),
        (with(r#""currency": "EUR""#), "/currency"),
        (with(r#""balance": 5"#), "/balance"),
        (with(r#""deck": [{"prefix": "+44", "rate": {"price_per_minute": "1"}}]"#), "/deck/0/prefix"),
        (with(r#""deck": [{"prefix": "44", "rate": {}}]"#), "/deck/0/rate"),
        (with(r#""deck": [{"prefix": "44", "rate": {"price_per_minute": "1"}}]"#), "/call/to"),
        (with(r#""agent": {"id": "a", "rate": {"steps": []}}"#), "/agent/rate/steps"),
        (with(r#""agent": {"id": "a", "rate": {"price_per_minute": "1"}, "share": 1001}"#), "/agent/share"),
        (
            with(r#""allowances": [{"id": "g", "granted_at": "2026-01-01T00:00:00Z", "seconds": -1}]"#),
            "/allowances/0/seconds",
        ),
        (with(r#""allowance_order": "newest_first""#), "/allowance_order"),
        (with(r#""holidays": ["25 December"]"#), "/holidays/0"),
        (with(r#""time_zone": "Nowhere""#), "/time_zone"),
        (with("\"id\": \"2\""), ""),
        (CALL.to_owned(), ""),
        ("{".to_owned(), ""),
        (String::new(), ""),
    ] {
        let answer = quote::answer(request.as_bytes());
        assert_eq!(answer["error"]["reason"], "invalid_request", "{request} {answer}");
        assert_eq!(answer["error"]["pointer"].as_str().unwrap_or_default(), pointer, "{request} {answer}");
        assert!(!answer["error"]["detail"].as_str().unwrap().is_empty());
    }
}

#[test]
fn deep_nesting_is_refused_without_harm() {
    for start in ["", r#"{"id": "1", "kind": "call", "plan": "#, r#"{"id": "1", "x": "#] {
        let answer = quote::answer(format!("{start}{}", "[".repeat(100_000)).as_bytes());
        assert_eq!(answer["error"]["reason"], "invalid_request");
        let answer = quote::answer(format!("{start}{}{}}}", "[".repeat(100_000), "]".repeat(100_000)).as_bytes());
        assert_eq!(answer["error"]["reason"], "invalid_request");
    }
}

#[test]
fn what_a_plan_of_a_quote_needs() {
    let periods = r#"[{"day": "mon", "start": "00:00", "end": "24:00", "price_per_minute": "1"}]"#;
    for (plan, pointer) in [
        (r#"{"rate": {"price_per_minute": "1"}}"#.to_owned(), "/plan/currency"),
        (r#"{"currency": "USD", "deck": "deck_1"}"#.to_owned(), "/plan/deck"),
        (format!(r#"{{"currency": "USD", "discount_periods": {periods}}}"#), "/time_zone"),
        (r#"{"currency": "USD", "rate": {"price_per_minute": 1}}"#.to_owned(), "/plan/rate/price_per_minute"),
    ] {
        let call = r#"{"answered_at": "2026-02-03T10:00:00Z", "duration_seconds": 1}"#;
        let answer = quote::answer(format!(r#"{{"kind": "call", "plan": {plan}, "call": {call}}}"#).as_bytes());
        assert_eq!(answer["error"]["pointer"], pointer, "{answer}");
    }
}

#[test]
fn the_id_comes_back_as_it_was() {
    for (id, echoed) in
        [(r#""x y""#, json!("x y")), ("7", json!(7)), ("null", Value::Null), ("{}", Value::Null), ("true", Value::Null)]
    {
        let answer = quote::answer(format!(r#"{{"id": {id}, "kind": "refund"}}"#).as_bytes());
        assert_eq!(answer.get("id").cloned().unwrap_or_default(), echoed, "{answer}");
    }
}
