use std::fmt;

use serde::{Deserialize, Serialize};

/// A telephone number in its one canonical form, for storage, comparison and display.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Number {
    /// A number inside the tenant, or a short code of the network: 2 to 6 digits, leading zeros and all.
    Extension(String),
    /// A number of the world (ITU-T E.164, section 6): 7 to 15 digits without the plus, the first not 0.
    E164(String),
}

/// A text that is not the canonical form of any number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a canonical number is an extension of 2 to 6 digits, or a plus sign and 7 to 15 digits, the first not 0")]
pub struct NotCanonical;

/// Why a text can't be read as a number under a dial plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotANumber {
    /// There is no digit in it.
    #[error("a number has digits: write an extension such as 0001, or a number such as +441632960001")]
    Empty,
    /// It is longer than any number with its separators.
    #[error("a number has at most {} characters, with its separators", NotANumber::LONGEST)]
    TooLong,
    /// It holds what no number is written with: a letter, a comma (a pause), a semicolon, a line break.
    #[error("{0:?} is no part of a number: between digits only spaces and -.()/ are read, and + in front of them")]
    Character(char),
    /// After a plus sign or an international prefix there is no E.164 number.
    #[error("an international number has 7 to 15 digits after the plus sign, the first not 0; this has {digits}")]
    NotInternational {
        /// How many it has.
        digits: usize,
    },
    /// It has too few or too many digits for every reading.
    #[error("{digits} digits: no extension (2 to 6), no national number of country {country}, no international number")]
    NoReading {
        /// How many it has.
        digits: usize,
        /// The dial plan's country.
        country: String,
    },
}

impl NotANumber {
    /// The most characters that are read.
    pub const LONGEST: usize = 40;
}

impl Number {
    /// The digits, without a plus sign: what prefixes of a rate deck are compared with.
    #[must_use]
    pub fn digits(&self) -> &str {
        match self {
            Number::Extension(digits) | Number::E164(digits) => digits,
        }
    }

    /// The number whose canonical form this is: what was written down. What people dial or write is read by a
    /// [dial plan](super::DialPlan::canonical).
    ///
    /// # Errors
    /// It is no number's.
    pub fn read(canonical: &str) -> Result<Number, NotCanonical> {
        let (plus, digits) = match canonical.strip_prefix('+') {
            Some(digits) => (true, digits),
            None => (false, canonical),
        };
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotCanonical);
        }
        if plus {
            return Number::e164(digits).ok_or(NotCanonical);
        }
        if (2..=6).contains(&digits.len()) { Ok(Number::Extension(digits.to_owned())) } else { Err(NotCanonical) }
    }

    /// The E.164 number of these digits, if they are one.
    pub(super) fn e164(digits: &str) -> Option<Number> {
        let fits = (7..=15).contains(&digits.len()) && !digits.starts_with('0');
        fits.then(|| Number::E164(digits.to_owned()))
    }
}

/// The canonical form: an extension as it is, `0001`, others with a plus sign, `+441632960001`.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Extension(digits) => f.write_str(digits),
            Number::E164(digits) => write!(f, "+{digits}"),
        }
    }
}

impl TryFrom<String> for Number {
    type Error = NotCanonical;
    fn try_from(canonical: String) -> Result<Self, NotCanonical> {
        Number::read(&canonical)
    }
}

impl From<Number> for String {
    fn from(number: Number) -> String {
        number.to_string()
    }
}

/// What somebody dialled or wrote, without its separators.
pub(super) struct Dialled {
    /// Whether a plus sign stood in front.
    pub(super) plus: bool,
    /// ASCII digits; at least one.
    pub(super) digits: String,
}

impl Dialled {
    pub(super) fn read(text: &str) -> Result<Dialled, NotANumber> {
        if text.chars().nth(NotANumber::LONGEST).is_some() {
            return Err(NotANumber::TooLong);
        }
        let mut dialled = Dialled { plus: false, digits: String::new() };
        let mut rest = text.chars();
        while let Some(character) = rest.next() {
            match character {
                '0'..='9' => dialled.digits.push(character),
                '+' if !dialled.plus && dialled.digits.is_empty() => dialled.plus = true,
                // "+44 (0)1632": the trunk prefix, shown to those who dial inside the country.
                '(' if !dialled.digits.is_empty() && rest.as_str().starts_with("0)") => {
                    rest = rest.as_str()[2..].chars()
                }
                ' ' | '-' | '.' | '(' | ')' | '/' => {}
                other => return Err(NotANumber::Character(other)),
            }
        }
        if dialled.digits.is_empty() { Err(NotANumber::Empty) } else { Ok(dialled) }
    }
}
