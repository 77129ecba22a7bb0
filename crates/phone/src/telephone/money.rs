//! What a call costs, as the exchange tells it.

use serde_json::Value;

use super::paper::printable;

/// What a running call has cost so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meter {
    /// For how many seconds the call has been up.
    pub seconds: u64,
    /// The cost with its currency, such as `0.05 GBP`; nothing if the exchange did not tell it.
    pub cost: Option<String>,
    /// For how many seconds more the call may go on; nothing if without end.
    pub remaining_seconds: Option<u64>,
}

/// What a call has cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// For how many seconds the call was up.
    pub seconds: u64,
    /// The cost with its currency, such as `0.05 GBP`; nothing if the exchange did not tell it.
    pub cost: Option<String>,
    /// Why the call ended, in the exchange's word.
    pub reason: Option<String>,
}

impl Meter {
    pub(super) fn read(told: &Value) -> Option<Meter> {
        let remaining_seconds = told.get("remaining_seconds").and_then(seconds);
        Some(Meter { seconds: seconds(told.get("seconds")?)?, cost: cost(told), remaining_seconds })
    }
}

impl Charge {
    pub(super) fn read(told: &Value) -> Option<Charge> {
        let reason = told.get("reason").and_then(Value::as_str).map(printable);
        Some(Charge { seconds: seconds(told.get("seconds")?)?, cost: cost(told), reason })
    }
}

/// Whole seconds, of a number with or without decimals.
pub(super) fn seconds(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.to_string().split('.').next()?.parse().ok(),
        _ => None,
    }
}

/// The amount as it was told, in digits: a phone does not reckon.
fn cost(told: &Value) -> Option<String> {
    let amount = match told.get("cost")? {
        Value::String(amount) => amount.clone(),
        Value::Number(amount) => amount.to_string(),
        _ => return None,
    };
    let currency = told.get("currency").and_then(Value::as_str).unwrap_or_default();
    Some(printable(format!("{amount} {currency}").trim_end()))
}

/// Seconds as `h:mm:ss`.
pub fn clock(seconds: u64) -> String {
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn meters_by_table() {
        let meter = |seconds, cost: &str, remaining_seconds| {
            Some(Meter { seconds, cost: (!cost.is_empty()).then(|| cost.to_owned()), remaining_seconds })
        };
        for (told, expected) in [
            (
                json!({"seconds": 61, "cost": "0.10", "currency": "GBP", "remaining_seconds": 540}),
                meter(61, "0.10 GBP", Some(540)),
            ),
            (
                json!({"seconds": 61, "cost": 0.1, "currency": "GBP", "remaining_seconds": null}),
                meter(61, "0.1 GBP", None),
            ),
            (json!({"seconds": 61.9}), meter(61, "", None)),
            (json!({"seconds": 1, "cost": "1\u{1b}[0m"}), meter(1, "1 [0m", None)),
            (json!({"seconds": 1, "cost": [1], "remaining_seconds": "5"}), meter(1, "", None)),
            (json!({"seconds": -1}), None),
            (json!({"seconds": "1"}), None),
            (json!({}), None),
            (json!("61"), None),
        ] {
            assert_eq!(Meter::read(&told), expected, "{told}");
        }
    }

    #[test]
    fn clocks_by_table() {
        for (seconds, shown) in [(0, "0:00:00"), (61, "0:01:01"), (3_600, "1:00:00"), (360_001, "100:00:01")] {
            assert_eq!(clock(seconds), shown);
        }
    }
}
