//! Charges with their explanation, as calls are rated and stored.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "oracle/requests.rs"]
mod requests;

use domain::allowance::{AllowanceOrder, Allowances, Grant};
use domain::deck::Deck;
use domain::money::{Amount, Currency, Overflow};
use domain::plan::Plan;
use domain::rate::Rate;
use domain::rating::{self, Authorization, LONGEST_CALL_SECONDS, PriceSource, Sources, Talk};
use domain::tariff::Tariff;
use domain::time::{Instant, Zone};
use proptest::prelude::*;
use serde_json::{Value, json};

fn talk(answered_at: &str, millis: i64) -> Talk {
    Talk { answered_at: Instant::parse(answered_at).unwrap(), millis }
}

fn tariff(plan: &Value) -> Tariff {
    let plan = Plan::read(plan.to_string().as_bytes()).unwrap();
    Tariff::new(&plan, &Zone::utc(), &[])
}

/// A plan at 0.05 a minute, and at 0.02 from 19:00.
fn evenings() -> Tariff {
    tariff(&json!({"name": "Evenings", "currency": "USD", "rate": {"price_per_minute": "0.05", "connect_fee": "0.10"},
                   "discount_periods": [{"day": "every", "start": "19:00", "end": "24:00", "price_per_minute": "0.02"}]}))
}

#[test]
fn a_charge_explains_itself() {
    let tariff = evenings();
    let sources = Sources { tariff: Some(&tariff), ..Sources::default() };
    let terms = rating::price_source(&sources, "0002").unwrap();
    let charge = rating::rate_call(&terms, talk("2026-02-03T18:58:30.250Z", 150_000), &Allowances::none()).unwrap();
    let expected = json!({
        "source": {"kind": "plan"},
        "covered": false,
        "connect_fee": "0.10",
        "segments": [
            {"starts_at": "2026-02-03T18:58:30.250Z", "seconds": 120, "increments": 2, "increment_seconds": 60,
             "price": "0.05", "per_seconds": 60, "amount": "0.10", "discount_period": null, "step": 0},
            {"starts_at": "2026-02-03T19:00:30.250Z", "seconds": 60, "increments": 1, "increment_seconds": 60,
             "price": "0.02", "per_seconds": 60, "amount": "0.02", "discount_period": 0, "step": 0},
        ],
        "billed_seconds": 180,
        "allowance_seconds": 0,
        "included_seconds": 0,
        "allowances": [],
        "sum": "0.22",
        "rounding": {"decimals": 4, "mode": "half_up"},
        "minimum_applied": false,
        "maximum_applied": false,
        "total": "0.22",
    });
    assert_eq!(charge.to_json(Currency::parse("USD").unwrap()), expected);
}

#[test]
fn limits_and_grants_are_told() {
    let rate = Rate::read(br#"{"price_per_minute": "1", "minimum_charge": "0.50", "maximum_charge": "1.50"}"#).unwrap();
    let sources = Sources { agent: Some(&rate), ..Sources::default() };
    let terms = rating::price_source(&sources, "0002").unwrap();
    let grants = [Grant {
        id: "g1".to_owned(),
        agent: None,
        granted_at: Instant::FIRST,
        expires_at: None,
        revoked: false,
        seconds: 60,
    }];
    for (seconds, total, minimum, maximum, allowance) in
        [(30, "0.50", true, false, 30), (61, "1.00", false, false, 60), (121, "1.50", false, true, 60)]
    {
        let talk = talk("2026-02-03T10:00:00Z", seconds * 1000);
        let allowances = Allowances::for_call(&grants, "a1", talk.answered_at, AllowanceOrder::default());
        let charge = rating::rate_call(&terms, talk, &allowances).unwrap();
        assert_eq!(charge.total.to_string(), total, "{seconds} s");
        assert_eq!((charge.minimum_applied, charge.maximum_applied), (minimum, maximum), "{seconds} s");
        assert_eq!((charge.allowance_seconds, charge.allowances_used[0].seconds), (allowance, allowance));
    }
}

#[test]
fn emergency_numbers_are_free_whatever_the_line_has() {
    let rate = Rate::read(br#"{"price_per_minute": "1"}"#).unwrap();
    let tariff = tariff(&json!({"name": "P", "currency": "USD", "unlisted": "refuse"}));
    let sources = Sources { free: true, agent: Some(&rate), deck: None, tariff: Some(&tariff) };
    let terms = rating::price_source(&sources, "112").unwrap();
    let talk = talk("2026-02-03T10:00:00Z", 600_000);
    assert_eq!(terms.source(), PriceSource::Free);
    assert_eq!(rating::total(&terms, talk, &Allowances::none()), Ok(Amount::ZERO));
    let owing = Some(Amount::from_micros(-1));
    let authorization = rating::authorize(&terms, talk.answered_at, &Allowances::none(), owing).unwrap();
    assert_eq!(authorization, Authorization::Granted { max_seconds: None });
}

#[test]
fn allowances_serve_paid_agents_only() {
    let tariff = evenings();
    let sources = Sources { tariff: Some(&tariff), ..Sources::default() };
    let terms = rating::price_source(&sources, "0002").unwrap();
    let grants = [Grant {
        id: "g1".to_owned(),
        agent: None,
        granted_at: Instant::FIRST,
        expires_at: None,
        revoked: false,
        seconds: 60,
    }];
    let talk = talk("2026-02-03T10:00:00Z", 60_000);
    let allowances = Allowances::for_call(&grants, "", talk.answered_at, AllowanceOrder::default());
    let charge = rating::rate_call(&terms, talk, &allowances).unwrap();
    assert_eq!((charge.total.to_string().as_str(), charge.allowance_seconds), ("0.15", 0));
    assert!(charge.allowances_used.is_empty());
}

#[test]
fn a_call_longer_than_the_longest_is_not_rated() {
    let tariff = evenings();
    let sources = Sources { tariff: Some(&tariff), ..Sources::default() };
    let terms = rating::price_source(&sources, "0002").unwrap();
    for (millis, rated) in
        [(LONGEST_CALL_SECONDS * 1000, true), (LONGEST_CALL_SECONDS * 1000 + 1, false), (i64::MAX, false)]
    {
        let total = rating::total(&terms, talk("2026-02-03T10:00:00Z", millis), &Allowances::none());
        assert_eq!(total.is_ok(), rated, "{millis} ms: {total:?}");
    }
}

#[test]
fn amounts_beyond_the_range_are_told_not_wrapped() {
    let dear = json!({"name": "P", "currency": "USD", "rate": {"steps": [
        {"from_seconds": 0, "price": "9223372036854.775807", "per_seconds": 86399, "increment_seconds": 86400}]}});
    let tariff = tariff(&dear);
    let sources = Sources { tariff: Some(&tariff), ..Sources::default() };
    let terms = rating::price_source(&sources, "0002").unwrap();
    let total = rating::total(&terms, talk("2026-02-03T10:00:00Z", 1), &Allowances::none());
    assert_eq!(total, Err(Overflow));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Bulk totals are those of explained charges, and a plan that was stored and read again prices alike.
    #[test]
    fn totals_agree_with_charges(request in requests::request(), millis in 0..3_000_000_i64) {
        let mut document = request["plan"].clone();
        document["name"] = "P".into();
        let Ok(plan) = Plan::read(document.to_string().as_bytes()) else { return Ok(()) };
        let stored = Plan::read(plan.to_json().to_string().as_bytes());
        prop_assert_eq!(stored.as_ref(), Ok(&plan));
        let tariff = Tariff::new(&plan, &Zone::utc(), &[]);
        let deck = Deck::read(request["deck"].to_string().as_bytes()).unwrap();
        let sources = Sources { deck: Some(&deck), tariff: Some(&tariff), ..Sources::default() };
        if let Ok(terms) = rating::price_source(&sources, request["call"]["to"].as_str().unwrap()) {
            let talk = talk(request["call"]["answered_at"].as_str().unwrap(), millis);
            let charge = rating::rate_call(&terms, talk, &Allowances::none()).unwrap();
            prop_assert_eq!(rating::total(&terms, talk, &Allowances::none()), Ok(charge.total));
        }
    }
}
