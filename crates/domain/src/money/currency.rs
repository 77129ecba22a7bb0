use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Amount;

/// A currency of ISO 4217, by its three letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: [u8; 3],
    minor_digits: u8,
}

/// A text is not the code of a currency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a currency of ISO 4217, such as \"EUR\"")]
pub struct UnknownCurrency(pub String);

/// The codes of ISO 4217 (table A.1 without the bond market units, metals and test codes) with two minor digits.
const TWO_DIGITS: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF \
    CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR \
    IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO \
    NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT \
    TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG";
const NO_DIGITS: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
const THREE_DIGITS: &str = "BHD IQD JOD KWD LYD OMR TND";
const FOUR_DIGITS: &str = "CLF UYW";

impl Currency {
    /// Reads a code such as `EUR`, in capitals.
    ///
    /// # Errors
    /// ISO 4217 does not list the code.
    pub fn parse(code: &str) -> Result<Self, UnknownCurrency> {
        let known = [(TWO_DIGITS, 2), (NO_DIGITS, 0), (THREE_DIGITS, 3), (FOUR_DIGITS, 4)]
            .into_iter()
            .find(|(codes, _)| codes.split(' ').any(|listed| listed == code));
        match (<[u8; 3]>::try_from(code.as_bytes()), known) {
            (Ok(code), Some((_, minor_digits))) => Ok(Currency { code, minor_digits }),
            _ => Err(UnknownCurrency(code.chars().take(20).collect())),
        }
    }

    /// The code, such as `EUR`.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.code).unwrap_or_default()
    }

    /// How many decimals the smallest coin has: 2 for most, 0 to 4.
    #[must_use]
    pub const fn minor_digits(self) -> u8 {
        self.minor_digits
    }

    /// The smallest coin.
    #[must_use]
    pub const fn minor_unit(self) -> Amount {
        Amount::from_micros(10_i64.pow(6 - self.minor_digits as u32))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = Cow::<'de, str>::deserialize(deserializer)?;
        Currency::parse(&code).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_their_minor_digits() {
        for (code, digits, unit) in [("USD", 2, 10_000), ("JPY", 0, 1_000_000), ("KWD", 3, 1_000), ("CLF", 4, 100)] {
            let currency = Currency::parse(code).unwrap();
            assert_eq!((currency.minor_digits(), currency.minor_unit().micros()), (digits, unit), "{code}");
        }
        for code in ["", "usd", "US", "USDX", "XXX", "€€€", "US "] {
            assert!(Currency::parse(code).is_err(), "{code}");
        }
    }
}
