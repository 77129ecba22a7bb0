//! Quotes against a naive second opinion, over random rates, periods, holidays, clock changes, decks and allowances.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "oracle/mod.rs"]
mod oracle;
#[path = "oracle/requests.rs"]
mod requests;

use domain::quote;
use oracle::{Increment, Opinion, micros};
use proptest::prelude::*;
use serde_json::Value;

fn answer(request: &Value) -> Value {
    quote::answer(request.to_string().as_bytes())
}

/// The increments that the segments of an answer stand for.
fn increments_of(answer: &Value, answered_at: &Value) -> Vec<Increment> {
    let millis = |text: &Value| text.as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_millisecond();
    let mut increments = Vec::new();
    for segment in answer["segments"].as_array().unwrap() {
        let number = |field: &str| segment[field].as_i64().unwrap();
        let seconds = number("seconds") / number("increments");
        let starts = (millis(&segment["starts_at"]) - millis(answered_at)) / 1000;
        let (price, per_seconds) = (micros(&segment["price"]), number("per_seconds"));
        let exact = 2 * price * i128::from(number("seconds")) + i128::from(per_seconds);
        assert_eq!(micros(&segment["amount"]), exact / (2 * i128::from(per_seconds)), "{segment}");
        increments.extend((0..number("increments")).map(|position| Increment {
            offset: starts + position * seconds,
            seconds,
            price,
            per_seconds,
        }));
    }
    increments
}

/// Money for a call.
#[derive(Debug, Clone)]
enum Balance {
    None,
    Of(i64),
    /// What a call costs, and some millionths.
    CostOf {
        seconds: i64,
        more: i64,
    },
}

fn lasting(mut request: Value, millis: i64) -> Value {
    request["kind"] = "call".into();
    request["call"]["duration_seconds"] = format!("{}.{:03}", millis / 1000, millis % 1000).into();
    request
}

fn with_balance(mut request: Value, balance: Option<i64>) -> Value {
    request["kind"] = "authorize".into();
    if let Some(micros) = balance {
        request["balance"] = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000).into();
    }
    request
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn calls_cost_what_the_second_opinion_says(
        request in requests::request(),
        lasts in prop_oneof![1..3000_i64, (0..90_i64).prop_map(|seconds| seconds * 1000), 1..120_000_i64, 1..3_000_000_i64],
    ) {
        let request = lasting(request, lasts);
        let answer = answer(&request);
        match oracle::call(&request, lasts) {
            Opinion::Refused(reason) => prop_assert_eq!(&answer["error"]["reason"], reason, "{}", request),
            Opinion::Charged { total, connect_fee, increments, grants } => {
                prop_assert!(answer["error"].is_null(), "{} {}", request, answer);
                prop_assert_eq!(micros(&answer["total"]), total, "{} {}", request, answer);
                prop_assert_eq!(micros(&answer["connect_fee"]), connect_fee);
                prop_assert_eq!(increments_of(&answer, &request["call"]["answered_at"]), increments.clone());
                let billed: i64 = increments.iter().map(|increment| increment.seconds).sum();
                prop_assert_eq!(answer["billed_seconds"].as_i64(), Some(billed));
                if request["agent"].is_object() {
                    let used: Vec<Value> =
                        grants.iter().map(|(id, seconds)| serde_json::json!({"id": id, "seconds": seconds})).collect();
                    prop_assert_eq!(answer["allowances"].as_array(), Some(&used));
                    let parts = micros(&answer["split"]["agent"]) + micros(&answer["split"]["tenant"]);
                    prop_assert_eq!(parts, total);
                }
            }
        }
    }

    #[test]
    fn the_longest_call_is_the_one_found_by_trying(
        request in requests::request(),
        balance in prop_oneof![
            1 => Just(Balance::None),
            2 => (0..100_000_000_i64).prop_map(Balance::Of),
            4 => (1..400_i64, -1..=1_i64).prop_map(|(seconds, more)| Balance::CostOf { seconds, more }),
        ],
    ) {
        const HORIZON: i64 = 400;
        let balance = match balance {
            Balance::None => None,
            Balance::Of(micros) => Some(micros),
            Balance::CostOf { seconds, more } => {
                let total = &answer(&lasting(request.clone(), seconds * 1000))["total"];
                if total.is_null() { None } else { i64::try_from(micros(total) + i128::from(more)).ok() }
            }
        };
        let request = with_balance(request, balance.map(|micros| micros.max(0)));
        let answer = answer(&request);
        match oracle::authorize(&request, HORIZON) {
            Err("overlapping_periods") => prop_assert_eq!(&answer["error"]["reason"], "overlapping_periods"),
            Err(reason) => {
                prop_assert_eq!(&answer["refused"]["reason"], reason, "{} {}", request, answer);
                prop_assert_eq!(&answer["max_seconds"], 0);
            }
            Ok(limit) => {
                prop_assert!(answer["error"].is_null() && answer["refused"].is_null(), "{} {}", request, answer);
                let answered = answer["max_seconds"].as_i64().filter(|seconds| *seconds < HORIZON);
                prop_assert_eq!(answered, limit, "{} {}", request, answer);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Over days, where trying every second takes too long: the longest call is paid for, one a second longer is not.
    #[test]
    fn a_second_more_than_the_longest_call_is_not_paid_for(request in requests::request(), balance in 0..5_000_000_000_i64) {
        let authorized = answer(&with_balance(request.clone(), Some(balance)));
        let total = |seconds: i64| micros(&answer(&lasting(request.clone(), seconds * 1000))["total"]);
        let ends_at_maximum = authorized["max_seconds"].is_null() || request.to_string().contains("disconnect");
        if authorized["refused"].is_null() && authorized["error"].is_null() && !ends_at_maximum {
            let longest = authorized["max_seconds"].as_i64().unwrap();
            prop_assert!(total(longest) <= i128::from(balance), "{} {}", request, authorized);
            prop_assert!(total(longest + 1) > i128::from(balance), "{} {}", request, authorized);
        }
    }
}
