//! Identifiers of banks (BIC, ISO 9362).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::country::Country;

/// The identifier of a bank, such as `BKAUATWW`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Bic(String);

/// The text is the identifier of no bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a BIC: that has 8 or 11 letters and digits, the fifth and sixth a country, such as BKAUATWW")]
pub struct NotABic;

impl Bic {
    /// Reads an identifier, with blanks wherever they are, in small letters or large ones.
    ///
    /// # Errors
    /// It has not the form of one.
    pub fn parse(text: &str) -> Result<Self, NotABic> {
        let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let bic = plain.to_ascii_uppercase();
        let is_country = |code: &str| code == "XK" || Country::parse(code).is_ok();
        let is_bic = matches!(bic.len(), 8 | 11)
            && bic.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && bic.get(4..6).is_some_and(is_country);
        if is_bic { Ok(Bic(bic)) } else { Err(NotABic) }
    }

    /// Its letters and digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Bic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Bic {
    type Error = NotABic;

    fn try_from(text: String) -> Result<Self, NotABic> {
        Bic::parse(&text)
    }
}

impl From<Bic> for String {
    fn from(bic: Bic) -> String {
        bic.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_by_table() {
        for (text, read) in [
            ("BKAUATWW", Some("BKAUATWW")),
            (" bkau at ww xxx", Some("BKAUATWWXXX")),
            ("NCBVXKPR", Some("NCBVXKPR")),
            ("", None),
            ("BKAUATW", None),
            ("BKAUATWWX", None),
            ("BKAUQQWW", None),
            ("BKAU-TWW", None),
            ("BKÄUATWW", None),
            ("BKAUAT\u{df}W", None),
        ] {
            assert_eq!(Bic::parse(text).ok().as_ref().map(Bic::as_str), read, "{text}");
        }
    }
}
