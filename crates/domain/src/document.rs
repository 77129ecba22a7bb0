//! The kinds of field that the documents have in common. Each reads itself from JSON and refuses what is out of its range, so that
//! the error names the field.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

use crate::money::{Amount, Currency};
use crate::time::{Date, Zone};

/// A price or fee: a decimal string, not negative.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Price(pub(crate) Amount);

/// An amount of either sign: a decimal string.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Balance(pub(crate) Amount);

/// The code of a currency.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CurrencyCode(pub(crate) Currency);

/// The name of a time zone.
#[derive(Debug, Clone)]
pub(crate) struct ZoneName(pub(crate) Zone);

/// A date such as `2026-12-25`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Day(pub(crate) Date);

/// A whole number from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Whole<const MIN: i64, const MAX: i64>(pub(crate) i64);

impl<'de> Deserialize<'de> for Price {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Balance(amount) = Balance::deserialize(deserializer)?;
        if amount.is_negative() {
            return Err(D::Error::custom(format!("{amount} is negative: a price or fee is 0 or more")));
        }
        Ok(Price(amount))
    }
}

impl<'de> Deserialize<'de> for Balance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer, "an amount as a decimal string such as \"12.99\"", |text| Amount::parse(text).map(Balance))
    }
}

impl<'de> Deserialize<'de> for CurrencyCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer, "a currency such as \"EUR\"", |text| Currency::parse(text).map(CurrencyCode))
    }
}

impl<'de> Deserialize<'de> for ZoneName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer, "a time zone such as \"Europe/London\"", |text| Zone::named(text).map(ZoneName))
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer, "a date such as \"2026-12-25\"", |text| {
            let date = (text.len() == 10).then(|| text.parse().ok()).flatten();
            date.map(Day).ok_or_else(|| format!("\"{text:.40}\" is not a date: write it as \"2026-12-25\""))
        })
    }
}

impl<'de, const MIN: i64, const MAX: i64> Deserialize<'de> for Whole<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = i64::deserialize(deserializer)?;
        if (MIN..=MAX).contains(&number) {
            return Ok(Whole(number));
        }
        let range = format!("a whole number from {MIN} to {MAX}");
        Err(D::Error::invalid_value(Unexpected::Signed(number), &range.as_str()))
    }
}

/// Reads a string by a function of its text; anything but a string is refused with what was expected.
pub(crate) fn text<'de, D, T, E, F>(deserializer: D, expected: &'static str, read: F) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    E: fmt::Display,
    F: FnOnce(&str) -> Result<T, E>,
{
    struct Text<F>(&'static str, F);

    impl<T, E: fmt::Display, F: FnOnce(&str) -> Result<T, E>> Visitor<'_> for Text<F> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }

        fn visit_str<Fault: Error>(self, text: &str) -> Result<T, Fault> {
            (self.1)(text).map_err(Fault::custom)
        }
    }

    deserializer.deserialize_str(Text(expected, read))
}
