//! The worked cases of the billing rules, through the quotes.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use domain::money::Amount;
use domain::quote;
use serde_json::Value;

/// Whether the answer has everything that the case shows: amounts as numbers, grants used as a set, of an error or a refusal the
/// reason.
fn agrees(field: &str, shown: &Value, answered: &Value) -> bool {
    match (field, shown, answered) {
        ("error" | "refused", Value::Object(_), _) => answered.get("reason") == shown.get("reason"),
        ("allowances", Value::Array(shown), Value::Array(answered)) => {
            shown.len() == answered.len() && shown.iter().all(|grant| answered.contains(grant))
        }
        (_, Value::Object(shown), _) => {
            shown.iter().all(|(name, value)| answered.get(name).is_some_and(|answered| agrees(name, value, answered)))
        }
        (_, Value::Array(shown), Value::Array(answered)) => {
            shown.len() == answered.len() && shown.iter().zip(answered).all(|(a, b)| agrees(field, a, b))
        }
        ("name", _, _) => shown == answered,
        (_, Value::String(shown), Value::String(answered)) => {
            matches!((Amount::parse(shown), Amount::parse(answered)), (Ok(a), Ok(b)) if a == b)
        }
        _ => shown == answered,
    }
}

#[test]
fn every_worked_case() {
    let document: Value = serde_json::from_str(include_str!("data/rating-vectors.json")).unwrap();
    let cases = document["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 170);
    let failures: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let answer = quote::answer(case["request"].to_string().as_bytes());
            let id_comes_back = answer["id"] == case["request"]["id"];
            let same = id_comes_back && agrees("", &case["answer"], &answer);
            (!same).then(|| format!("{}:\n  shown    {}\n  answered {answer}", case["name"], case["answer"]))
        })
        .collect();
    assert!(failures.is_empty(), "{} of {} cases\n{}", failures.len(), cases.len(), failures.join("\n"));
}
