use std::borrow::Cow;
use std::fmt;
use std::iter::Sum;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Currency, Overflow};

/// An amount of money in millionths of its currency's unit; the currency is known from the context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Amount(i64);

/// Why a text is not an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// The text is not a plain decimal number such as `12.99`.
    #[error("\"{0}\" is not an amount: write a plain decimal such as \"12.99\"")]
    NotDecimal(String),
    /// The text has digits beyond the millionths.
    #[error("\"{0}\" has more than 6 decimals")]
    TooManyDecimals(String),
    /// The number is beyond what an amount can hold.
    #[error("\"{0}\" is too large for an amount")]
    TooLarge(String),
}

const UNIT: i64 = 1_000_000;

impl Amount {
    /// How many decimals an amount has at most.
    pub const DECIMALS: u8 = 6;
    /// No money.
    pub const ZERO: Amount = Amount(0);
    /// The largest amount.
    pub const MAX: Amount = Amount(i64::MAX);

    /// The amount of so many millionths.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Amount(micros)
    }

    /// The amount in millionths.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Reads a plain decimal such as `-12.99`: digits, at most one point with digits on both sides, at most 6 decimals.
    ///
    /// # Errors
    /// The text is not of that form, or beyond the range.
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        let not_decimal = || AmountError::NotDecimal(shortened(text));
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = match digits.split_once('.') {
            Some((_, "")) => return Err(not_decimal()),
            Some(parts) => parts,
            None => (digits, ""),
        };
        let only_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !only_digits(whole) || !only_digits(fraction) {
            return Err(not_decimal());
        }
        if fraction.len() > 6 {
            return Err(AmountError::TooManyDecimals(shortened(text)));
        }
        let too_large = || AmountError::TooLarge(shortened(text));
        let units: i64 = whole.parse().map_err(|_| too_large())?;
        let millionths: i64 = format!("{fraction:0<6}").parse().map_err(|_| too_large())?;
        let magnitude =
            units.checked_mul(UNIT).and_then(|micros| micros.checked_add(millionths)).ok_or_else(too_large)?;
        Ok(Amount(if text.starts_with('-') { -magnitude } else { magnitude }))
    }

    /// The sum.
    ///
    /// # Errors
    /// The sum is beyond the range.
    pub fn plus(self, other: Amount) -> Result<Amount, Overflow> {
        self.0.checked_add(other.0).map(Amount).ok_or(Overflow)
    }

    /// The difference.
    ///
    /// # Errors
    /// The difference is beyond the range.
    pub fn minus(self, other: Amount) -> Result<Amount, Overflow> {
        self.0.checked_sub(other.0).map(Amount).ok_or(Overflow)
    }

    /// The amount with the other sign.
    ///
    /// # Errors
    /// The amount is the smallest one, which has no positive counterpart.
    pub fn negated(self) -> Result<Amount, Overflow> {
        self.0.checked_neg().map(Amount).ok_or(Overflow)
    }

    /// The amount without its sign.
    ///
    /// # Errors
    /// The smallest amount has none.
    pub fn magnitude(self) -> Result<Amount, Overflow> {
        if self.is_negative() { self.negated() } else { Ok(self) }
    }

    /// Whether this is less than nothing.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Whether this is nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Whether this is a number of the currency's smallest coins: what is charged may be finer, what is paid cannot.
    #[must_use]
    pub const fn is_payable(self, currency: Currency) -> bool {
        self.0 % currency.minor_unit().0 == 0
    }

    /// The amount as a decimal with the currency's minor digits at least, and more (up to 6) only where they are needed.
    #[must_use]
    pub fn to_text(self, currency: Currency) -> String {
        self.with_decimals(usize::from(currency.minor_digits()))
    }

    fn with_decimals(self, at_least: usize) -> String {
        let magnitude = self.0.unsigned_abs();
        let (whole, mut fraction) = (magnitude / UNIT.unsigned_abs(), magnitude % UNIT.unsigned_abs());
        let mut decimals = 6;
        while decimals > at_least && fraction % 10 == 0 {
            (decimals, fraction) = (decimals - 1, fraction / 10);
        }
        let sign = if self.0 < 0 { "-" } else { "" };
        if decimals == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction:0decimals$}") }
    }
}

/// A text cut to a length that is fit for an error message.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

/// The amount with two decimals at least: for messages and debugging, where no currency is at hand.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.with_decimals(2))
    }
}

/// As a decimal string; never as a number.
impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Amount::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// Sums in 128 bits; `None` if the sum is beyond the range of an amount.
impl Sum<Amount> for Option<Amount> {
    fn sum<I: Iterator<Item = Amount>>(amounts: I) -> Self {
        let sum: i128 = amounts.map(|amount| i128::from(amount.0)).sum();
        i64::try_from(sum).ok().map(Amount)
    }
}

/// An amount with its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// How much.
    pub amount: Amount,
    /// Of what.
    pub currency: Currency,
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount.to_text(self.currency), self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_are_amounts() {
        for (text, micros, shown) in [
            ("0", 0, "0.00"),
            ("0.60", 600_000, "0.60"),
            ("12.99", 12_990_000, "12.99"),
            ("2.83100", 2_831_000, "2.831"),
            ("0.000001", 1, "0.000001"),
            ("-1.5", -1_500_000, "-1.50"),
            ("007", 7_000_000, "7.00"),
            ("9223372036854.775807", i64::MAX, "9223372036854.775807"),
        ] {
            let amount = Amount::parse(text).unwrap();
            assert_eq!((amount.micros(), amount.to_string().as_str()), (micros, shown), "{text}");
        }
    }

    #[test]
    fn texts_that_are_not() {
        for text in ["", "-", ".5", "5.", "+5", "1e3", "1,5", " 1", "NaN", "infinity", "0x10", "1.2.3", "--1", "١"] {
            assert!(matches!(Amount::parse(text), Err(AmountError::NotDecimal(_))), "{text}");
        }
        assert!(matches!(Amount::parse("0.0200000000000000001"), Err(AmountError::TooManyDecimals(_))));
        assert!(matches!(Amount::parse("1.0000000"), Err(AmountError::TooManyDecimals(_))));
        for text in ["9223372036854.775808", "99999999999999999999999"] {
            assert!(matches!(Amount::parse(text), Err(AmountError::TooLarge(_))), "{text}");
        }
    }

    #[test]
    fn amounts_are_printed_with_the_minor_digits_at_least() {
        for (currency, micros, shown) in [
            ("USD", 1_200_000, "1.20"),
            ("USD", 37_500, "0.0375"),
            ("JPY", 387_000_000, "387"),
            ("JPY", 254_678_400, "254.6784"),
            ("KWD", 45_074_000, "45.074"),
            ("KWD", 0, "0.000"),
        ] {
            let currency = Currency::parse(currency).unwrap();
            assert_eq!(Amount::from_micros(micros).to_text(currency), shown);
        }
    }
}
