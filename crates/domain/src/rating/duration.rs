/// The longest call that is rated: 366 days, in seconds.
pub const LONGEST_CALL_SECONDS: i64 = 366 * 86_400;

/// Why a text is not the duration of a call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// The text is not a plain decimal number such as `85.2`.
    #[error("\"{0}\" is not a duration in seconds: write a plain decimal, not negative, such as 85.2")]
    NotDecimal(String),
    /// The duration is longer than [`LONGEST_CALL_SECONDS`].
    #[error("the call lasts longer than 366 days")]
    TooLong,
}

/// Reads a duration in seconds, as whole milliseconds. What is finer counts as a millisecond begun.
///
/// # Errors
/// The text is not a plain decimal, or the duration is longer than [`LONGEST_CALL_SECONDS`].
pub fn parse_duration(text: &str) -> Result<i64, DurationError> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return Err(DurationError::NotDecimal(text.chars().take(40).collect()));
    }
    let seconds: i64 = whole.parse().map_err(|_| DurationError::TooLong)?;
    let millis = format!("{fraction:0<3}");
    let (millis, finer) = millis.split_at(3);
    let begun = i64::from(finer.bytes().any(|digit| digit != b'0'));
    let millis: i64 = millis.parse().map_err(|_| DurationError::TooLong)?;
    let total = seconds.checked_mul(1000).and_then(|total| total.checked_add(millis + begun));
    total.filter(|total| *total <= LONGEST_CALL_SECONDS * 1000).ok_or(DurationError::TooLong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_by_table() {
        let refused = |text: &str| Err(DurationError::NotDecimal(text.to_owned()));
        for (text, millis) in [
            ("0", Ok(0)),
            ("85.2", Ok(85_200)),
            ("0.001", Ok(1)),
            ("0.0001", Ok(1)),
            ("1.9990000", Ok(1999)),
            ("1.9990001", Ok(2000)),
            ("007.50", Ok(7500)),
            ("31622400", Ok(31_622_400_000)),
            ("31622400.0001", Err(DurationError::TooLong)),
            ("9223372036854775807", Err(DurationError::TooLong)),
            ("99999999999999999999999", Err(DurationError::TooLong)),
            ("", refused("")),
            ("-1", refused("-1")),
            ("1e3", refused("1e3")),
            ("1.", refused("1.")),
            (".5", refused(".5")),
            ("1,5", refused("1,5")),
            ("NaN", refused("NaN")),
            ("+5", refused("+5")),
        ] {
            assert_eq!(parse_duration(text), millis, "{text}");
        }
    }
}
