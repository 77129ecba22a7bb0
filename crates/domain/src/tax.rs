//! Tax: versioned rates, who pays them, and the tax on net and in gross prices.
//!
//! Postpaid prices are net: the tax is computed once per rate on the invoice's rounded net. Prepaid, agent and message prices
//! are gross: the tax is a part of the charge. Where no rate is in force the tax is 0.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::money::{Amount, Currency, Exact, Overflow, Rounding, RoundingMode};
use crate::time::Instant;

/// A share of the net price in millionths, 0 to 1,000,000: `0.20` is 20 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaxShare(Amount);

/// One version of a tenant's tax rate. It holds until a version with a later `valid_from` begins.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxRate {
    /// What invoices call the tax, such as `VAT 20 %`; not blank.
    pub name: String,
    /// The share of the net price.
    pub rate: TaxShare,
    /// The first instant at which the rate holds.
    pub valid_from: Instant,
}

/// The versions of a tenant's tax rate, the oldest first, no two valid from the same instant. Versions of one name have one rate:
/// invoices and what corrects them know a rate by its name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<TaxRate>", into = "Vec<TaxRate>")]
pub struct TaxRates(Vec<TaxRate>);

/// How a customer is taxed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "RuleDocument", into = "RuleDocument")]
pub enum TaxRule {
    /// At the rate in force.
    #[default]
    Standard,
    /// Not at all.
    Exempt {
        /// The text that the law wants on the invoice.
        text: String,
    },
    /// By the customer, who owes it to the tax office.
    ReverseCharge {
        /// The text that the law wants on the invoice.
        text: String,
    },
}

/// A rule as a document, such as `{"kind": "exempt", "text": "Exempt under section 4"}`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleDocument {
    kind: RuleKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RuleKind {
    Standard,
    Exempt,
    ReverseCharge,
}

/// Why tax rates or a tax rule are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TaxError {
    /// A customer who pays no tax, and no text that says why.
    #[error("the kinds \"exempt\" and \"reverse_charge\" need a text that says on the invoice why no tax is charged")]
    TextMissing,
    /// A text where the invoice shows none.
    #[error("the kind \"standard\" takes no text")]
    TextUnexpected,
    /// A version without a name.
    #[error("a tax rate needs a name, such as \"VAT 20 %\"")]
    NameMissing,
    /// The text is not a decimal from 0 to 1.
    #[error(
        "\"{0}\" is not a tax rate: write a decimal from 0 to 1 with at most 6 decimals, such as \"0.20\" for 20 %"
    )]
    NotAShare(String),
    /// Two rates have one name.
    #[error(
        "two tax rates are named \"{name}\", the one {first} and the other {second}: an invoice could not tell them apart. \
         Give each a name of its own, such as \"VAT 20 %\""
    )]
    SameName {
        /// The name of both.
        name: String,
        /// The older one.
        first: TaxShare,
        /// The newer one.
        second: TaxShare,
    },
    /// Two versions begin at once.
    #[error("the tax rates \"{first}\" and \"{second}\" are both valid from {valid_from}")]
    SameStart {
        /// The name of the one.
        first: String,
        /// The name of the other.
        second: String,
        /// The instant.
        valid_from: Instant,
    },
}

const ONE: i64 = 1_000_000;

impl TaxShare {
    /// No tax.
    pub const ZERO: TaxShare = TaxShare(Amount::ZERO);

    /// Reads a decimal such as `0.20`.
    ///
    /// # Errors
    /// The text is not a plain decimal from 0 to 1 with at most 6 decimals.
    pub fn parse(text: &str) -> Result<Self, TaxError> {
        Amount::parse(text)
            .ok()
            .filter(|share| (0..=ONE).contains(&share.micros()))
            .map(TaxShare)
            .ok_or_else(|| TaxError::NotAShare(text.chars().take(40).collect()))
    }

    /// The tax in a gross charge, `charge * r / (1 + r)`, half up to the decimals (0 to 6) of the charge.
    ///
    /// # Errors
    /// The result is beyond the range of an amount.
    pub fn within_gross(self, charge: Amount, decimals: u8) -> Result<Amount, Overflow> {
        self.portion(charge, ONE + self.0.micros(), decimals)
    }

    /// The tax on a net amount, half up to the currency's minor unit.
    ///
    /// # Errors
    /// The result is beyond the range of an amount.
    pub fn on_net(self, net: Amount, currency: Currency) -> Result<Amount, Overflow> {
        self.portion(net, ONE, currency.minor_digits())
    }

    fn portion(self, of: Amount, denominator: i64, decimals: u8) -> Result<Amount, Overflow> {
        let mut tax = Exact::ZERO;
        tax.add_fraction(of, self.0.micros(), denominator)?;
        tax.rounded(Rounding { decimals, mode: RoundingMode::HalfUp })
    }
}

impl TaxRates {
    /// The version in force at an instant: the last that has begun.
    #[must_use]
    pub fn in_force(&self, at: Instant) -> Option<&TaxRate> {
        self.0.iter().rev().find(|rate| rate.valid_from <= at)
    }

    /// The version that a customer with this rule is taxed at, if any.
    #[must_use]
    pub fn for_rule(&self, rule: &TaxRule, at: Instant) -> Option<&TaxRate> {
        match rule {
            TaxRule::Standard => self.in_force(at),
            TaxRule::Exempt { .. } | TaxRule::ReverseCharge { .. } => None,
        }
    }

    /// The versions, the oldest first.
    #[must_use]
    pub fn versions(&self) -> &[TaxRate] {
        &self.0
    }
}

impl TaxRule {
    /// Whether tax is charged as on everybody.
    #[must_use]
    pub fn is_standard(&self) -> bool {
        *self == TaxRule::Standard
    }

    /// The text that the law wants on the invoice, where no tax is charged.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            TaxRule::Standard => None,
            TaxRule::Exempt { text } | TaxRule::ReverseCharge { text } => Some(text),
        }
    }
}

impl TryFrom<Vec<TaxRate>> for TaxRates {
    type Error = TaxError;

    fn try_from(mut rates: Vec<TaxRate>) -> Result<Self, TaxError> {
        if rates.iter().any(|rate| rate.name.trim().is_empty()) {
            return Err(TaxError::NameMissing);
        }
        rates.sort_by_key(|rate| rate.valid_from);
        for (place, second) in rates.iter().enumerate() {
            let earlier = rates[..place].iter().find(|first| first.name == second.name && first.rate != second.rate);
            if let Some(first) = earlier {
                return Err(TaxError::SameName { name: first.name.clone(), first: first.rate, second: second.rate });
            }
        }
        match rates.windows(2).find(|pair| pair[0].valid_from == pair[1].valid_from) {
            Some([first, second]) => Err(TaxError::SameStart {
                first: first.name.clone(),
                second: second.name.clone(),
                valid_from: first.valid_from,
            }),
            _ => Ok(TaxRates(rates)),
        }
    }
}

impl From<TaxRates> for Vec<TaxRate> {
    fn from(rates: TaxRates) -> Vec<TaxRate> {
        rates.0
    }
}

impl TryFrom<RuleDocument> for TaxRule {
    type Error = TaxError;

    fn try_from(document: RuleDocument) -> Result<Self, TaxError> {
        let text = document.text.filter(|text| !text.trim().is_empty());
        match (document.kind, text) {
            (RuleKind::Standard, None) => Ok(TaxRule::Standard),
            (RuleKind::Standard, Some(_)) => Err(TaxError::TextUnexpected),
            (RuleKind::Exempt, Some(text)) => Ok(TaxRule::Exempt { text }),
            (RuleKind::ReverseCharge, Some(text)) => Ok(TaxRule::ReverseCharge { text }),
            (RuleKind::Exempt | RuleKind::ReverseCharge, None) => Err(TaxError::TextMissing),
        }
    }
}

impl From<TaxRule> for RuleDocument {
    fn from(rule: TaxRule) -> RuleDocument {
        match rule {
            TaxRule::Standard => RuleDocument { kind: RuleKind::Standard, text: None },
            TaxRule::Exempt { text } => RuleDocument { kind: RuleKind::Exempt, text: Some(text) },
            TaxRule::ReverseCharge { text } => RuleDocument { kind: RuleKind::ReverseCharge, text: Some(text) },
        }
    }
}

/// The share as a decimal: `0.20`.
impl fmt::Display for TaxShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for TaxShare {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TaxShare {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        TaxShare::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(text: &str) -> TaxShare {
        TaxShare::parse(text).unwrap()
    }

    fn amount(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    #[test]
    fn tax_within_gross_charges() {
        // charge, rate, decimals, tax
        for (charge, rate, decimals, tax) in [
            ("1.20", "0.20", 4, "0.20"),
            ("0.99", "0.20", 4, "0.165"),
            ("0.99", "0.20", 2, "0.17"),
            ("3.99", "0.19", 4, "0.6371"),
            ("0.0001", "1", 4, "0.0001"),
            ("0.0001", "0.99", 4, "0.00"),
            ("1.00", "0", 4, "0.00"),
            ("5", "0.081", 0, "0.00"),
            ("-1.20", "0.20", 4, "-0.20"),
            ("-0.99", "0.20", 2, "-0.17"),
        ] {
            let found = share(rate).within_gross(amount(charge), decimals).unwrap();
            assert_eq!(found, amount(tax), "{charge} at {rate} to {decimals}");
        }
    }

    #[test]
    fn tax_on_net_amounts() {
        for (net, rate, currency, tax) in [
            ("11.54", "0.20", "GBP", "2.31"),
            ("0.125", "0.20", "GBP", "0.03"),
            ("0.124", "0.20", "GBP", "0.02"),
            ("1000", "0.105", "JPY", "105"),
            ("15", "0.1", "JPY", "2"),
            ("14", "0.1", "JPY", "1"),
            ("9.999", "0.05", "KWD", "0.5"),
            ("-11.54", "0.20", "GBP", "-2.31"),
            ("100", "0.077", "CHF", "7.70"),
        ] {
            let found = share(rate).on_net(amount(net), Currency::parse(currency).unwrap()).unwrap();
            assert_eq!(found, amount(tax), "{net} {currency} at {rate}");
        }
        assert_eq!(share("1").on_net(Amount::MAX, Currency::parse("USD").unwrap()), Err(Overflow));
    }

    #[test]
    fn the_rate_in_force_is_the_last_that_has_begun() {
        let rates: TaxRates = serde_json::from_str(
            r#"[{"name": "VAT 20 %", "rate": "0.20", "valid_from": "2011-01-04T00:00:00Z"},
                {"name": "VAT 17.5 %", "rate": "0.175", "valid_from": "2010-01-01T00:00:00Z"}]"#,
        )
        .unwrap();
        for (at, expected) in [
            ("2009-12-31T23:59:59.999Z", None),
            ("2010-01-01T00:00:00Z", Some("0.175")),
            ("2011-01-03T23:59:59.999Z", Some("0.175")),
            ("2011-01-04T00:00:00Z", Some("0.20")),
            ("2199-01-01T00:00:00Z", Some("0.20")),
        ] {
            let at = Instant::parse(at).unwrap();
            let standard = rates.for_rule(&TaxRule::Standard, at).map(|rate| rate.rate.to_string());
            assert_eq!(standard.as_deref(), expected, "{at}");
            let exempt = TaxRule::Exempt { text: "Article 132".to_owned() };
            assert_eq!((rates.for_rule(&exempt, at), exempt.text()), (None, Some("Article 132")));
        }
        assert_eq!(TaxRates::default().in_force(Instant::LAST), None);
    }

    #[test]
    fn rates_that_are_refused() {
        for text in ["", "20", "1.000001", "-0.1", "0.0000001", "20%", "1e-1", "NaN"] {
            assert_eq!(TaxShare::parse(text), Err(TaxError::NotAShare(text.to_owned())), "{text}");
        }
        for document in [
            r#"[{"name": "VAT", "rate": 0.2, "valid_from": "2011-01-04T00:00:00Z"}]"#,
            r#"[{"name": " ", "rate": "0.2", "valid_from": "2011-01-04T00:00:00Z"}]"#,
            r#"[{"name": "VAT", "rate": "0.2"}]"#,
            r#"[{"name": "VAT", "rate": "0.2", "valid_from": "2011-01-04T00:00:00Z", "valid_to": null}]"#,
            r#"[{"name": "A", "rate": "0.2", "valid_from": "2011-01-04T00:00:00Z"},
                {"name": "B", "rate": "0.1", "valid_from": "2011-01-04T01:00:00+01:00"}]"#,
        ] {
            assert!(serde_json::from_str::<TaxRates>(document).is_err(), "{document}");
        }
    }

    #[test]
    fn a_name_stands_for_one_rate() {
        let version = |name: &str, rate: &str, from: &str| TaxRate {
            name: name.to_owned(),
            rate: share(rate),
            valid_from: Instant::parse(from).unwrap(),
        };
        let (old, new) = ("2020-01-01T00:00:00Z", "2026-01-01T00:00:00Z");
        let refused = TaxRates::try_from(vec![version("VAT", "0.21", new), version("VAT", "0.19", old)]).unwrap_err();
        assert!(refused.to_string().starts_with("two tax rates are named \"VAT\", the one 0.19 and the other 0.21:"));
        let between = "2023-01-01T00:00:00Z";
        let back = vec![version("19 %", "0.19", old), version("16 %", "0.16", between), version("19 %", "0.19", new)];
        assert_eq!(TaxRates::try_from(back).unwrap().versions().len(), 3, "a rate may come back");
    }

    #[test]
    fn rules_as_documents() {
        for document in [
            r#"{"kind":"standard"}"#,
            r#"{"kind":"exempt","text":"Exempt under section 4"}"#,
            r#"{"kind":"reverse_charge","text":"Reverse charge"}"#,
        ] {
            let rule: TaxRule = serde_json::from_str(document).unwrap();
            assert_eq!(serde_json::to_string(&rule).unwrap(), document);
        }
        for document in [
            r#"{"kind":"standard","text":"x"}"#,
            r#"{"kind":"exempt"}"#,
            r#"{"kind":"exempt","text":""}"#,
            r#"{"kind":"exempt","text":"x","rate":"0"}"#,
            r#"{"kind":"exempt","text":"x","text":"x"}"#,
            r#"{"kind":"none"}"#,
            "{}",
        ] {
            assert!(serde_json::from_str::<TaxRule>(document).is_err(), "{document}");
        }
    }
}
