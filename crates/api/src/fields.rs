//! Reading the texts of a body's fields. What does not have the form of its field cannot be read (400); what has it and makes no
//! sense is invalid (422).

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use domain::invalid::Invalid;
use domain::money::{Amount, AmountError, Currency};
use domain::rating::{DurationError, parse_duration};
use domain::time::{Instant, InstantError};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::problem::Problem;

/// An amount: a decimal text such as `12.99`.
pub(crate) fn amount(pointer: &str, text: &str) -> Result<Amount, Problem> {
    Amount::parse(text).map_err(|error| {
        let invalid = Invalid::at(pointer, error.to_string());
        match error {
            AmountError::NotDecimal(_) => Problem::unreadable(invalid),
            AmountError::TooManyDecimals(_) | AmountError::TooLarge(_) => invalid.into(),
        }
    })
}

/// An amount above zero, as a decimal text. Of a JSON number only the sign is looked at: what has one below zero makes no sense, any
/// other cannot be read.
pub(crate) fn amount_above_zero(pointer: &str, given: &RawValue) -> Result<Amount, Problem> {
    if let Ok(text) = serde_json::from_str::<String>(given.get()) {
        return amount(pointer, &text);
    }
    let invalid = Invalid::at(pointer, "must be a decimal text above zero, such as \"12.99\"");
    Err(if given.get().starts_with('-') { invalid.into() } else { Problem::unreadable(invalid) })
}

/// An instant: RFC 3339 with an offset.
pub(crate) fn instant(pointer: &str, text: Option<&String>) -> Result<Option<Instant>, Problem> {
    let read = |text: &String| {
        Instant::parse(text).map_err(|error| {
            let invalid = Invalid::at(pointer, error.to_string());
            match error {
                InstantError::NotRfc3339(_) => Problem::unreadable(invalid),
                InstantError::OutOfRange => invalid.into(),
            }
        })
    };
    text.map(read).transpose()
}

/// A currency of ISO 4217.
pub(crate) fn currency(pointer: &str, code: Option<&String>) -> Result<Option<Currency>, Problem> {
    let read = |code: &String| Currency::parse(code).map_err(|error| Invalid::at(pointer, error.to_string()).into());
    code.map(read).transpose()
}

/// A number of seconds (or of minutes), in thousandths: a JSON number without an exponent, or the same as a text.
pub(crate) fn thousandths(pointer: &str, given: Option<&RawValue>) -> Result<Option<i64>, Problem> {
    let Some(given) = given.map(RawValue::get).filter(|given| *given != "null") else { return Ok(None) };
    let text = given.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(given);
    if let Some(positive) = text.strip_prefix('-')
        && !matches!(parse_duration(positive), Err(DurationError::NotDecimal(_)))
    {
        return Err(Invalid::at(pointer, "must not be below zero").into());
    }
    match parse_duration(text) {
        Ok(thousandths) => Ok(Some(thousandths)),
        Err(error @ DurationError::TooLong) => Err(Invalid::at(pointer, error.to_string()).into()),
        Err(DurationError::NotDecimal(_)) => {
            Err(Problem::unreadable(Invalid::at(pointer, "must be a plain decimal number such as 85.2")))
        }
    }
}

/// A field that must be there.
pub(crate) fn required<T>(pointer: &str, value: Option<T>) -> Result<T, Problem> {
    value.ok_or_else(|| Invalid::at(pointer, "is missing").into())
}

/// A text of one line.
pub(crate) fn one_line(pointer: &str, text: &str, longest: usize) -> Result<(), Problem> {
    if text.chars().count() > longest || text.chars().any(char::is_control) {
        return Err(Invalid::at(pointer, format!("must be one line of {longest} characters at most")).into());
    }
    Ok(())
}

/// Reads an object of which each member names something; one that is there twice is refused, as it is for the fields of a struct.
pub(crate) fn members<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, T>, D::Error> {
    struct Members<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
        type Value = BTreeMap<String, T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = BTreeMap::new();
            while let Some((name, value)) = map.next_entry::<String, T>()? {
                if members.contains_key(&name) {
                    return Err(A::Error::custom(format!("duplicate field `{name:.40}`")));
                }
                members.insert(name, value);
            }
            Ok(members)
        }
    }

    deserializer.deserialize_map(Members(PhantomData))
}
