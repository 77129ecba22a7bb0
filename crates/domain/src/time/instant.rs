use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time: milliseconds since 1970-01-01T00:00:00Z, from then until the year 2200.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

/// Why something is not an instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InstantError {
    /// The text is not an RFC 3339 time stamp with an offset.
    #[error("\"{0}\" is not an instant: write it with its offset, such as \"2026-02-03T04:05:06Z\"")]
    NotRfc3339(String),
    /// The instant is before 1970 or after 2199.
    #[error("the instant is not between the years 1970 and 2199")]
    OutOfRange,
}

impl Instant {
    /// 1970-01-01T00:00:00Z.
    pub const FIRST: Instant = Instant(0);
    /// 2200-01-01T00:00:00Z.
    pub const LAST: Instant = Instant(7_258_118_400_000);

    /// The instant so many milliseconds after 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// It is out of range.
    pub const fn from_millis(millis: i64) -> Result<Self, InstantError> {
        if millis < Self::FIRST.0 || millis > Self::LAST.0 {
            return Err(InstantError::OutOfRange);
        }
        Ok(Instant(millis))
    }

    /// The nearest instant in range.
    #[must_use]
    pub fn clamped(millis: i64) -> Self {
        Instant(millis.clamp(Self::FIRST.0, Self::LAST.0))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Reads an RFC 3339 time stamp. What is finer than a millisecond is cut off.
    ///
    /// # Errors
    /// The text has no offset or another form, or the instant is out of range.
    pub fn parse(text: &str) -> Result<Self, InstantError> {
        let stamp: jiff::Timestamp =
            text.parse().map_err(|_| InstantError::NotRfc3339(text.chars().take(40).collect()))?;
        Self::from_millis(stamp.as_millisecond())
    }

    /// The instant so many milliseconds later (earlier, if negative).
    ///
    /// # Errors
    /// It is out of range.
    pub fn plus_millis(self, millis: i64) -> Result<Self, InstantError> {
        self.0.checked_add(millis).ok_or(InstantError::OutOfRange).and_then(Self::from_millis)
    }

    /// Milliseconds from the other instant to this one.
    #[must_use]
    pub const fn millis_since(self, other: Instant) -> i64 {
        self.0 - other.0
    }
}

/// RFC 3339 in UTC, with milliseconds only where there are any.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stamp = jiff::Timestamp::from_millisecond(self.0).unwrap_or_default();
        if self.0 % 1000 == 0 { write!(f, "{stamp:.0}") } else { write!(f, "{stamp:.3}") }
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Instant::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_instants() {
        for (text, shown) in [
            ("2026-02-03T04:05:06Z", "2026-02-03T04:05:06Z"),
            ("2026-02-03T04:05:06.5+01:00", "2026-02-03T03:05:06.500Z"),
            ("2026-02-03T04:05:06.123987Z", "2026-02-03T04:05:06.123Z"),
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
        ] {
            assert_eq!(Instant::parse(text).unwrap().to_string(), shown);
        }
        for text in
            ["2026-10-25T02:30:00", "2026-10-25T02:30:00 Europe/Berlin", "2026-13-01T00:00:00Z", "yesterday", ""]
        {
            assert!(matches!(Instant::parse(text), Err(InstantError::NotRfc3339(_))), "{text}");
        }
        for text in ["1969-12-31T23:59:59Z", "2200-01-01T00:00:00.001Z"] {
            assert_eq!(Instant::parse(text), Err(InstantError::OutOfRange), "{text}");
        }
    }
}
