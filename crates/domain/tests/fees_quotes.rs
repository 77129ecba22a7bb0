//! Quotes of fees, from JSON to JSON.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use domain::fees::{FeesQuoteError, quote};
use domain::money::Amount;
use serde_json::{Value, json};

/// The worked cases of the billing rules that are about fees; amounts compare as numbers.
#[test]
fn the_worked_cases() {
    let document: Value = serde_json::from_str(include_str!("data/rating-vectors.json")).unwrap();
    let is_fees = |case: &&Value| case["request"]["kind"] == "fees";
    let cases: Vec<&Value> = document["cases"].as_array().unwrap().iter().filter(is_fees).collect();
    assert_eq!(cases.len(), 27);
    let amount = |value: &Value| Amount::parse(value.as_str().unwrap()).unwrap();
    for case in cases {
        let answer = quote(case["request"].to_string().as_bytes()).unwrap();
        assert_eq!(amount(&answer["total"]), amount(&case["answer"]["total"]), "{}", case["name"]);
        let (found, expected) = (answer["lines"].as_array().unwrap(), case["answer"]["lines"].as_array().unwrap());
        assert_eq!(found.len(), expected.len(), "{}", case["name"]);
        for (found, expected) in found.iter().zip(expected) {
            for field in ["name", "days", "seconds", "of"] {
                assert_eq!(found.get(field), expected.get(field), "{}: {field}", case["name"]);
            }
            assert_eq!(amount(&found["amount"]), amount(&expected["amount"]), "{}", case["name"]);
        }
    }
}

/// A request that is right, with the change of one field (by its JSON pointer's parts).
fn request(change: &[(&str, Value)]) -> Vec<u8> {
    let mut request = json!({
        "id": "3", "kind": "fees", "time_zone": "Europe/London", "currency": "USD", "proration": "day",
        "period": {"from": "2026-01-01", "to": "2026-02-01"},
        "subscriptions": [
            {"name": "A", "monthly_fee": "9.99", "from": "2025-06-01T00:00:00Z", "to": "2026-01-16T09:00:00Z"},
            {"name": "B", "monthly_fee": "12.99", "from": "2026-01-16T09:00:00Z", "to": null}],
        "suspensions": [{"from": "2026-01-20T10:00:00Z", "to": "2026-01-20T11:00:00.5Z"}],
    });
    for (pointer, value) in change {
        let (parent, field) = pointer.rsplit_once('/').unwrap();
        request.pointer_mut(parent).unwrap()[field] = value.clone();
    }
    request.to_string().into_bytes()
}

#[test]
fn answers() {
    for (change, expected) in [
        (
            vec![],
            r#"{"lines":[{"name":"A","days":15,"of":31,"amount":"4.83"},{"name":"B","days":15,"of":31,"amount":"6.29"}],"total":"11.12"}"#,
        ),
        (
            vec![("/fee_while_suspended", json!(true))],
            r#"{"lines":[{"name":"A","days":15,"of":31,"amount":"4.83"},{"name":"B","days":16,"of":31,"amount":"6.71"}],"total":"11.54"}"#,
        ),
        (
            vec![("/proration", json!("second"))],
            r#"{"lines":[{"name":"A","seconds":1328400,"of":2678400,"amount":"4.95"},{"name":"B","seconds":1346399,"of":2678400,"amount":"6.53"}],"total":"11.48"}"#,
        ),
        (vec![("/subscriptions", json!([]))], r#"{"lines":[],"total":"0.00"}"#),
        (vec![("/currency", json!("JPY")), ("/subscriptions", json!([]))], r#"{"lines":[],"total":"0"}"#),
        (
            vec![("/suspensions/0/to", json!(null))],
            r#"{"lines":[{"name":"A","days":15,"of":31,"amount":"4.83"},{"name":"B","days":4,"of":31,"amount":"1.68"}],"total":"6.51"}"#,
        ),
    ] {
        let answer = quote(&request(&change)).unwrap();
        assert_eq!(serde_json::to_string(&answer).unwrap(), expected, "{change:?}");
    }
}

#[test]
fn faults_and_where_they_are() {
    for (pointer, value, place) in [
        ("/time_zone", json!("Europe/Londres"), "/time_zone"),
        ("/time_zone", json!(null), "/time_zone"),
        ("/currency", json!("usd"), "/currency"),
        ("/proration", json!("month"), "/proration"),
        ("/period/to", json!("2026-01-01"), "/period"),
        ("/period/to", json!("2025-01-01"), "/period"),
        ("/period/to", json!("2026-02-30"), "/period/to"),
        ("/period/from", json!("1969-01-01"), "/period"),
        ("/period/days", json!(31), "/period/days"),
        ("/subscriptions/0/monthly_fee", json!("-9.99"), "/subscriptions/0/monthly_fee"),
        ("/subscriptions/0/monthly_fee", json!(9.99), "/subscriptions/0/monthly_fee"),
        ("/subscriptions/0/monthly_fee", json!("0.1234567"), "/subscriptions/0/monthly_fee"),
        ("/subscriptions/0/from", json!("2026-01-01"), "/subscriptions/0/from"),
        ("/subscriptions/0/to", json!("2025-01-01T00:00:00Z"), "/subscriptions/0/to"),
        ("/subscriptions/0/to", json!(null), "/subscriptions/1/from"),
        ("/subscriptions/1/from", json!("2026-01-16T08:59:59Z"), "/subscriptions/1/from"),
        ("/subscriptions/0/price", json!("1"), "/subscriptions/0/price"),
        ("/suspensions/0/to", json!("2026-01-20T09:00:00Z"), "/suspensions/0/to"),
        ("/suspensions/0/reason", json!("funds"), "/suspensions/0/reason"),
        ("/fee_while_suspended", json!("yes"), "/fee_while_suspended"),
        ("/fees", json!([]), "/fees"),
    ] {
        match quote(&request(&[(pointer, value.clone())])) {
            Err(FeesQuoteError::Invalid(invalid)) => assert_eq!(invalid.pointer, place, "{pointer} {value}"),
            other => assert!(matches!(other, Err(FeesQuoteError::Invalid(_))), "{pointer} {value}: {other:?}"),
        }
    }
    let apia = [
        ("/time_zone", json!("Pacific/Apia")),
        ("/period", json!({"from": "2011-12-30", "to": "2011-12-31"})),
        ("/subscriptions", json!([])),
    ];
    assert!(matches!(quote(&request(&apia)), Err(FeesQuoteError::Invalid(invalid)) if invalid.pointer == "/period"));
    let dearest = json!([{"monthly_fee": "9223372036854.775807", "from": "2025-01-01T00:00:00Z"}]);
    let rounded_up = [("/subscriptions", dearest), ("/suspensions", json!([]))];
    assert!(matches!(quote(&request(&rounded_up)), Err(FeesQuoteError::Overflow(_))));
}

#[test]
fn doubled_fields_are_refused() {
    let text = String::from_utf8(request(&[])).unwrap();
    let doubled = text.replacen('{', r#"{"currency": "USD", "#, 1);
    assert!(matches!(quote(doubled.as_bytes()), Err(FeesQuoteError::Invalid(_))));
    assert!(matches!(quote(b"{}"), Err(FeesQuoteError::Invalid(_))));
}
