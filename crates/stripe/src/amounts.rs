//! Amounts as Stripe writes them: whole numbers of a currency's smallest unit.
//!
//! Stripe's page on currencies names those without decimals and those with three; of the latter the last digit has to be 0. Some that have no
//! decimals in ISO 4217 are written with two all the same.

use domain::money::{Amount, Currency};

/// Those that Stripe writes without decimals.
const WITHOUT_DECIMALS: &[&str] =
    &["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"];
/// Those that Stripe writes with three.
const WITH_THREE: &[&str] = &["BHD", "JOD", "KWD", "OMR", "TND"];
/// Millionths in one.
const ONE: i64 = 1_000_000;

/// Stripe's number for an amount; none, where there is none.
#[must_use]
pub fn number(amount: Amount, currency: Currency) -> Option<i64> {
    let unit = unit(currency);
    let number = amount.micros() / unit;
    let is_whole = amount.micros() % unit == 0 && number > 0;
    let is_taken = !WITH_THREE.contains(&currency.code()) || number % 10 == 0;
    (is_whole && is_taken).then_some(number)
}

/// The amount of a number of Stripe's; none, where it is beyond our range.
#[must_use]
pub fn amount(number: i64, currency: Currency) -> Option<Amount> {
    number.checked_mul(unit(currency)).map(Amount::from_micros)
}

/// How many millionths Stripe counts by.
fn unit(currency: Currency) -> i64 {
    match currency.code() {
        code if WITHOUT_DECIMALS.contains(&code) => ONE,
        code if WITH_THREE.contains(&code) => ONE / 1000,
        _ => ONE / 100,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_by_table() {
        for (text, code, expected) in [
            ("20.00", "USD", Some(2000)),
            ("0.01", "EUR", Some(1)),
            ("500", "JPY", Some(500)),
            ("500", "ISK", Some(50_000)),
            ("1.230", "KWD", Some(1230)),
            ("1.234", "KWD", None),
            ("0.001", "USD", None),
            ("0.5", "JPY", None),
            ("0", "USD", None),
            ("-1", "USD", None),
        ] {
            let (money, currency) = (Amount::parse(text).unwrap(), Currency::parse(code).unwrap());
            assert_eq!(number(money, currency), expected, "{text} {code}");
            if let Some(number) = expected {
                assert_eq!(amount(number, currency), Some(money), "{number} {code}");
            }
        }
        assert_eq!(amount(i64::MAX, Currency::parse("USD").unwrap()), None);
    }
}
