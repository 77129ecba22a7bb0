//! Messages between a customer and an agent: what a text may be, what a message costs, and how many short messages a text takes.

mod segments;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::card::looks_like_card;
use crate::invalid::Invalid;
use crate::money::{Amount, Overflow, Rounding};
use crate::split::{Split, split};
use crate::tax::TaxShare;
pub use segments::segments;

/// The longest text of a message, in characters.
pub const LONGEST_TEXT: usize = 1600;

/// The two who talk to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Who pays.
    Customer,
    /// Who is paid.
    Agent,
}

impl Side {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Side::Customer => "customer",
            Side::Agent => "agent",
        }
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Side {
        match self {
            Side::Customer => Side::Agent,
            Side::Agent => Side::Customer,
        }
    }
}

/// The text of a message: 1 to 1,600 characters without blanks at its ends. It is between two people, and printed in no log.
#[derive(Clone, PartialEq, Eq)]
pub struct Text(String);

impl Text {
    /// Reads a text; blanks at its ends are cut off.
    ///
    /// # Errors
    /// Nothing is left, it is too long, it has control characters other than newline and tab, or digits that look like the number of a
    /// payment card. The text itself is not told.
    pub fn read(text: &str) -> Result<Text, Invalid> {
        let text = text.trim();
        let (length, refused) = (text.chars().count(), |detail: String| Err(Invalid::at("/text", detail)));
        if length == 0 {
            return refused("must not be empty".to_owned());
        }
        if length > LONGEST_TEXT {
            return refused(format!("must have {LONGEST_TEXT} characters at most, not {length}"));
        }
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
            return refused("must not have control characters other than newline and tab".to_owned());
        }
        if looks_like_card(text) {
            return refused("has digits that look like the number of a payment card: leave them out".to_owned());
        }
        Ok(Text(text.to_owned()))
    }

    /// A text that was read before, as it is on record.
    #[must_use]
    pub fn on_record(text: String) -> Text {
        Text(text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} characters)", self.0.chars().count())
    }
}

/// Splits the price of a message to an agent, which has its tax in it: tax and the agent's part are rounded half up to the decimals that
/// a call's charge has where its rate says no others (4), or to those of a price that is finer; `share` is in thousandths.
/// `agent + tenant + tax = price`, exactly.
///
/// # Errors
/// The amounts are at the end of their range.
pub fn charge(price: Amount, tax: Option<TaxShare>, share: u16) -> Result<Split, Overflow> {
    let decimals = decimals(price).max(Rounding::default().decimals);
    let tax = tax.map_or(Ok(Amount::ZERO), |tax| tax.within_gross(price, decimals))?;
    split(price, tax, share, decimals)
}

/// How many decimals an amount needs, 0 to 6.
fn decimals(amount: Amount) -> u8 {
    let (mut micros, mut decimals) = (amount.micros(), Amount::DECIMALS);
    while decimals > 0 && micros % 10 == 0 {
        micros /= 10;
        decimals -= 1;
    }
    decimals
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_by_table() {
        let long = "x".repeat(1601);
        let accents = "\u{e9}".repeat(1600);
        for (text, kept) in [
            ("Hello", Some("Hello")),
            ("  two\nlines\tand a tab \n", Some("two\nlines\tand a tab")),
            ("", None),
            (" \n\t ", None),
            ("bell \u{7}", None),
            ("nul \0 in it", None),
            ("a\r\nb", None),
            ("\u{9b}31m", None),
            ("my card is 4242 4242 4242 4242", None),
            ("call me at +44 20 7946 0018", Some("call me at +44 20 7946 0018")),
            (&long, None),
            (&long[1..], Some(&long[1..])),
            (&accents, Some(&accents)),
        ] {
            match (Text::read(text), kept) {
                (Ok(read), Some(kept)) => assert_eq!(read.as_str(), kept),
                (Err(invalid), None) => {
                    assert_eq!(invalid.pointer, "/text");
                    assert!(text.is_empty() || !invalid.to_string().contains(text), "{invalid}");
                }
                (read, kept) => panic!("{text:?}: {read:?}, not {kept:?}"),
            }
        }
        assert_eq!(format!("{:?}", Text::read("a secret").unwrap()), "Text(8 characters)");
    }

    #[test]
    fn charges_by_table() {
        let amount = |text: &str| Amount::parse(text).unwrap();
        // price, tax rate, share; agent, tenant, tax
        for (price, rate, share, shown) in [
            ("1.00", "0", 800, "0.80 0.20 0.00"),
            ("0.99", "0", 800, "0.792 0.198 0.00"),
            ("0.01", "0", 400, "0.004 0.006 0.00"),
            ("1.20", "0.20", 800, "0.80 0.20 0.20"),
            ("0.99", "0.19", 800, "0.6655 0.1664 0.1581"),
            ("0.99", "0.19", 333, "0.277 0.5549 0.1581"),
            ("0.99", "0.19", 0, "0.00 0.8319 0.1581"),
            ("0.99", "0.19", 1000, "0.8319 0.00 0.1581"),
            ("0.005", "0", 800, "0.004 0.001 0.00"),
            ("0.008", "1", 800, "0.0032 0.0008 0.004"),
            ("0.009999", "1", 1000, "0.004999 0.00 0.005"),
            ("150", "0.10", 800, "109.0909 27.2727 13.6364"),
            ("0", "0.20", 800, "0.00 0.00 0.00"),
        ] {
            let tax = Some(TaxShare::parse(rate).unwrap());
            let parts = charge(amount(price), tax, share).unwrap();
            assert_eq!(format!("{} {} {}", parts.agent, parts.tenant, parts.tax), shown, "{price} {rate} {share}");
        }
    }

    proptest! {
        #[test]
        fn the_parts_are_the_price(price in 0..i64::MAX / 2, rate in 0..=1_000_000_i64, share in 0..=1000_u16) {
            let price = Amount::from_micros(price);
            let tax = TaxShare::parse(&Amount::from_micros(rate).to_string()).unwrap();
            let parts = charge(price, Some(tax), share).unwrap();
            prop_assert_eq!(parts.total(), Ok(price));
            for part in [parts.agent, parts.tenant, parts.tax] {
                prop_assert!(!part.is_negative());
            }
        }
    }
}
