//! When a number that is being dialled is complete.

use std::time::Duration;

use serde_json::Value;

/// Digits that stand so long without another are a number.
const PAUSE: Duration = Duration::from_secs(1);
/// No number is longer. What was dialled before falls out.
const LONGEST: usize = 32;
const LONGEST_EXTENSION: u64 = 15;

/// The code that opens call blocking.
pub(super) const CALL_BLOCKING: &str = "#70";

/// The tenant's dial plan, as far as a phone must know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DialPlan {
    extension_length: usize,
    /// Numbers that are dialled as soon as the last digits say them: emergency numbers.
    complete: Vec<String>,
}

impl Default for DialPlan {
    fn default() -> Self {
        DialPlan { extension_length: 4, complete: Vec::new() }
    }
}

/// What a key has made of the digits before it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Dialled {
    /// Part of a number.
    NotYet,
    /// This number.
    Number(String),
    /// The code for call blocking.
    CallBlocking,
    /// A code that there is not.
    UnknownCode,
}

impl DialPlan {
    /// Reads the exchange's word. What is not as it should be stays as it is without it.
    pub(super) fn read(told: &Value) -> DialPlan {
        let mut plan = DialPlan::default();
        if let Some(length) = told.get("extension_length").and_then(Value::as_u64)
            && let Ok(length) = usize::try_from(length.clamp(1, LONGEST_EXTENSION))
        {
            plan.extension_length = length;
        }
        if let Some(numbers) = told.get("complete").and_then(Value::as_array) {
            let numbers = numbers.iter().filter_map(Value::as_str);
            plan.complete = numbers.filter(|number| is_digits(number)).map(str::to_owned).collect();
        }
        plan
    }

    /// Adds a key to the digits before it.
    pub(super) fn key(&self, digits: &mut String, key: char) -> Dialled {
        if key == '#' && !digits.is_empty() && !digits.starts_with('#') {
            return Dialled::Number(self.at_once(digits).to_owned());
        }
        if key == '+' && !digits.is_empty() {
            return Dialled::NotYet;
        }
        digits.push(key);
        if digits.len() > LONGEST {
            digits.remove(0);
        }
        if digits.starts_with('#') {
            return match digits.as_str() {
                CALL_BLOCKING => Dialled::CallBlocking,
                code if code.len() >= CALL_BLOCKING.len() || code[1..].contains(['#', '*']) => Dialled::UnknownCode,
                _ => Dialled::NotYet,
            };
        }
        // Behind a + stands a country, never an emergency number.
        let number = self.complete.iter().find(|number| !digits.starts_with('+') && digits.ends_with(number.as_str()));
        number.map_or(Dialled::NotYet, |number| Dialled::Number(number.clone()))
    }

    /// The number that stands there when nothing more was dialled for a while.
    pub(super) fn after_pause<'a>(&self, digits: &'a str, pause: Duration) -> Option<&'a str> {
        if pause < PAUSE || !is_digits(digits) {
            return None;
        }
        digits.len().checked_sub(self.extension_length).map(|slid_out| &digits[slid_out..])
    }

    /// What is meant by digits that `#` ends: an outside number as a whole, else the last digits, as many as an extension has.
    fn at_once<'a>(&self, digits: &'a str) -> &'a str {
        if digits.starts_with(['0', '+']) || !is_digits(digits) {
            return digits;
        }
        &digits[digits.len().saturating_sub(self.extension_length)..]
    }

    /// The digits for the display: a space stands before those that count as an extension.
    pub(super) fn shown(&self, digits: &str) -> String {
        match digits.len().checked_sub(self.extension_length) {
            Some(slid_out @ 1..) if is_digits(digits) => format!("{} {}", &digits[..slid_out], &digits[slid_out..]),
            _ => digits.to_owned(),
        }
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn plan() -> DialPlan {
        DialPlan::read(&json!({"extension_length": 4, "complete": ["4911", "9911", "0611", "", "x", 7]}))
    }

    /// Keys in quick succession, then a pause of a second; what is dialled, and after how many keys.
    fn dial(keys: &str) -> (usize, String) {
        let (plan, mut digits) = (plan(), String::new());
        for (index, key) in keys.chars().enumerate() {
            match plan.key(&mut digits, key) {
                Dialled::NotYet => {}
                Dialled::Number(number) => return (index + 1, number),
                Dialled::CallBlocking => return (index + 1, "blocking".to_owned()),
                Dialled::UnknownCode => return (index + 1, "unknown".to_owned()),
            }
        }
        assert_eq!(plan.after_pause(&digits, PAUSE - Duration::from_millis(1)), None, "{keys}: too early");
        (keys.len(), plan.after_pause(&digits, PAUSE).unwrap_or("-").to_owned())
    }

    #[test]
    fn numbers_by_table() {
        for (keys, after, number) in [
            ("0002", 4, "0002"),
            ("0002#", 5, "0002"),
            ("10002", 5, "0002"),
            ("00010002", 8, "0002"),
            ("12#", 3, "12"),
            ("002", 3, "-"),
            ("4911", 4, "4911"),
            ("12499110", 7, "9911"),
            ("0611", 4, "0611"),
            ("02079460999#", 12, "02079460999"),
            ("+442079460999#", 14, "+442079460999"),
            ("+442079460999", 13, "-"),
            ("+449911#", 8, "+449911"),
            ("12+3400", 7, "3400"),
            ("10002#", 6, "0002"),
            ("#70", 3, "blocking"),
            ("#7", 2, "-"),
            ("#71", 3, "unknown"),
            ("##", 2, "unknown"),
            ("#*", 2, "unknown"),
            ("*21#", 4, "*21"),
            ("*2134", 5, "-"),
            ("1111111111111111111111111111111111111110002", 43, "0002"),
            ("", 0, "-"),
        ] {
            assert_eq!(dial(keys), (after, number.to_owned()), "{keys}");
        }
    }

    #[test]
    fn the_display_shows_what_counts() {
        for (digits, shown) in
            [("", ""), ("000", "000"), ("0002", "0002"), ("10002", "1 0002"), ("+4420", "+4420"), ("#7", "#7")]
        {
            assert_eq!(plan().shown(digits), shown);
        }
    }

    #[test]
    fn plans_of_any_kind_are_read() {
        let length = |told: Value| DialPlan::read(&told).extension_length;
        for (told, expected) in [
            (json!({"extension_length": 3}), 3),
            (json!({"extension_length": 0}), 1),
            (json!({"extension_length": u64::MAX}), 15),
            (json!({"extension_length": -4}), 4),
            (json!({"extension_length": "3", "complete": "4911"}), 4),
            (json!([1, 2]), 4),
            (Value::Null, 4),
        ] {
            assert_eq!(length(told.clone()), expected, "{told}");
        }
    }
}
