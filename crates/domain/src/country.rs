//! Countries as two letters (ISO 3166-1 alpha-2).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A country that ISO 3166-1 knows, as its two letters: `DE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Country(&'static str);

/// The text is no country.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a country of ISO 3166-1: write its two letters, such as \"DE\"")]
pub struct UnknownCountry(String);

/// Those officially assigned.
const ALL: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ \
                   CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO \
                   FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE \
                   JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO \
                   MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW \
                   PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM \
                   TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

impl Country {
    /// Reads two letters, whatever their case.
    ///
    /// # Errors
    /// No country has them.
    pub fn parse(text: &str) -> Result<Self, UnknownCountry> {
        let known = ALL.split(' ').find(|code| code.eq_ignore_ascii_case(text));
        known.map(Country).ok_or_else(|| UnknownCountry(text.chars().take(40).collect()))
    }

    /// Its two letters.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0
    }
}

/// A number for value added tax without blanks, if it is one: what it begins with names the country that gave it.
#[must_use]
pub fn vat_number(text: &str) -> Option<String> {
    let number: String = text.chars().filter(|c| !c.is_whitespace() && !".-/".contains(*c)).collect();
    let number = number.to_ascii_uppercase();
    let (prefix, rest) = number.split_at_checked(2)?;
    // Greece is EL and Northern Ireland XI there.
    let is_known = matches!(prefix, "EL" | "XI") || Country::parse(prefix).is_ok();
    let is_number = (2..=16).contains(&rest.len())
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && rest.bytes().any(|byte| byte.is_ascii_digit());
    (is_known && is_number).then_some(number)
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Serialize for Country {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

/// Reads a country that may be left blank, as people leave fields.
///
/// # Errors
/// The text is no country, and not blank.
pub fn optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Country>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?.filter(|text| !text.trim().is_empty());
    text.map(|text| Country::parse(text.trim())).transpose().map_err(serde::de::Error::custom)
}

impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Country::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_by_table() {
        for (text, code) in
            [("DE", Some("DE")), ("gb", Some("GB")), ("UK", None), ("", None), ("D", None), ("DE AT", None)]
        {
            assert_eq!(Country::parse(text).ok().map(Country::code), code, "{text}");
        }
        assert_eq!(ALL.split(' ').count(), 249);
        assert!(ALL.split(' ').is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn vat_numbers_by_table() {
        for (text, number) in [
            ("GB 123 4567 89", Some("GB123456789")),
            ("ATU12345678", Some("ATU12345678")),
            ("CHE-123.456.789 MWST", Some("CHE123456789MWST")),
            ("el123456789", Some("EL123456789")),
            ("12/345/67890", None),
            ("UK123456789", None),
            ("DEUTSCHLAND", None),
            ("Ü1", None),
            ("", None),
        ] {
            assert_eq!(vat_number(text).as_deref(), number, "{text}");
        }
    }
}
