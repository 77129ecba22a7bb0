//! Numbers of bank accounts (IBAN, ISO 13616).

use std::fmt;

use iban::{IbanLike as _, ParseBaseIbanError, ParseIbanError};
use serde::{Deserialize, Serialize};

/// The number of a bank account: its check digits are right, and it is built as its country says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Iban(iban::Iban);

/// Why a text is not the number of a bank account. It never has the text in it, which goes to logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnIban {
    /// It is not two letters, two digits and what the bank adds.
    #[error("is not an IBAN: it begins with two letters and two digits, such as DE89 3704 0044 0532 0130 00")]
    Form,
    /// A letter or digit is wrong, or two are exchanged.
    #[error("is not an IBAN: its check digits do not fit, so something in it is mistyped")]
    CheckDigits,
    /// No country that has such numbers begins with these letters.
    #[error("is not an IBAN: no country has numbers that begin like this")]
    Country,
    /// Numbers of that country are longer or shorter, or built in another way.
    #[error("is not an IBAN of its country: those are longer or shorter, or have letters elsewhere")]
    Structure,
}

impl Iban {
    /// Reads a number as people write it, with blanks wherever they are, in small letters or large ones.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, NotAnIban> {
        let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        plain.to_ascii_uppercase().parse().map(Iban).map_err(|error| match error {
            ParseIbanError::InvalidBaseIban { source: ParseBaseIbanError::InvalidFormat } => NotAnIban::Form,
            ParseIbanError::InvalidBaseIban { source: ParseBaseIbanError::InvalidChecksum } => NotAnIban::CheckDigits,
            ParseIbanError::InvalidBban(_) => NotAnIban::Structure,
            ParseIbanError::UnknownCountry(_) => NotAnIban::Country,
        })
    }

    /// As programs write it, without blanks.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.electronic_str()
    }

    /// The two letters of the country whose number it is.
    #[must_use]
    pub fn country(&self) -> &str {
        self.0.country_code()
    }

    /// Its last four letters or digits, by which people know it again.
    #[must_use]
    pub fn last_four(&self) -> &str {
        let text = self.as_str();
        text.get(text.len().saturating_sub(4)..).unwrap_or_default()
    }
}

/// As people write it, in groups of four.
impl fmt::Display for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The last four alone: what is printed for whoever looks for a fault is no place for the number.
impl fmt::Debug for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Iban(...{})", self.last_four())
    }
}

impl TryFrom<String> for Iban {
    type Error = NotAnIban;

    fn try_from(text: String) -> Result<Self, NotAnIban> {
        Iban::parse(&text)
    }
}

impl From<Iban> for String {
    fn from(iban: Iban) -> String {
        iban.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_by_table() {
        for (text, read) in [
            ("DE89370400440532013000", Ok("DE89 3704 0044 0532 0130 00")),
            (" de89 3704\u{a0}0044 053201 3000\t", Ok("DE89 3704 0044 0532 0130 00")),
            ("NO9386011117947", Ok("NO93 8601 1117 947")),
            ("MT84MALT011000012345MTLCAST001S", Ok("MT84 MALT 0110 0001 2345 MTLC AST0 01S")),
            ("", Err(NotAnIban::Form)),
            ("DE", Err(NotAnIban::Form)),
            ("Ada", Err(NotAnIban::Form)),
            ("89DE370400440532013000", Err(NotAnIban::Form)),
            ("DE89-3704-0044-0532-0130-00", Err(NotAnIban::Form)),
            ("DE\u{661}\u{661}370400440532013000", Err(NotAnIban::Form)),
            ("DE89370400440532013001", Err(NotAnIban::CheckDigits)),
            ("DE98370400440532013000", Err(NotAnIban::CheckDigits)),
            ("DE893704004405320130", Err(NotAnIban::CheckDigits)),
            // The check digits fit; Germany's numbers have 22, and no country is XX.
            ("DE0837040044053201", Err(NotAnIban::Structure)),
            ("XX1237040044053201", Err(NotAnIban::Country)),
        ] {
            // Check digits of those that are to be wrong elsewhere.
            let text = match read {
                Err(NotAnIban::Structure | NotAnIban::Country) => (0..100)
                    .map(|check| format!("{}{check:02}{}", &text[..2], &text[4..]))
                    .find(|text| Iban::parse(text) != Err(NotAnIban::CheckDigits))
                    .unwrap(),
                _ => text.to_owned(),
            };
            let shown = Iban::parse(&text).map(|iban| iban.to_string());
            assert_eq!(shown, read.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn what_is_printed_for_programmers_has_the_end_alone() {
        let iban = Iban::parse("DE89 3704 0044 0532 0130 00").unwrap();
        assert_eq!((iban.as_str(), iban.country(), iban.last_four()), ("DE89370400440532013000", "DE", "3000"));
        assert_eq!(format!("{iban:?}"), "Iban(...3000)");
        assert_eq!(serde_json::to_string(&iban).unwrap(), "\"DE89370400440532013000\"");
        assert!(serde_json::from_str::<Iban>("\"DE89370400440532013001\"").is_err());
    }
}
