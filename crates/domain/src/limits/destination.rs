use super::LimitReached;

/// Prefixes of E.164 numbers, without the plus, that calls go to by fraud far more often than by wish, and that cost much: satellite
/// and international networks, and international premium rate (assigned by ITU-T E.164, annex to the Operational Bulletin), then
/// countries whose numbers lead the carriers' reports of artificially made traffic. They are off until a tenant enables them.
pub const RISKY_PREFIXES: &[&str] = &[
    "870", "878", "881", "882", "883", "888", "979", // networks of no country
    "220", "222", "224", "231", "232", "235", "236", "240", "245", "246", "247", "248", "252", "257", "261", "263",
    "269", "290", // Africa and islands near it
    "500", "53", "592", "597", // the Americas
    "670", "672", "674", "675", "676", "677", "678", "681", "682", "683", "685", "686", "687", "688", "690", "691",
    "692", // the Pacific
    "371", "372", "373", "375", "381", "387", "960", "992", "993", "994", "996", // Europe and Asia
];

/// Where calls may go.
#[derive(Debug, Clone, Copy)]
pub struct Destinations<'a> {
    /// Prefixes that are off, as digits without the plus.
    pub risky: &'a [String],
    /// Prefixes that are on all the same; the longest prefix that a number begins with decides, and of two equal ones this.
    pub enabled: &'a [String],
    /// The country code of the tenant's own numbers: a prefix that is no longer does not put them off.
    pub home: &'a str,
}

impl Destinations<'_> {
    /// Whether calls may go to an E.164 number, as digits without the plus.
    ///
    /// # Errors
    /// It begins with a prefix that is off.
    pub fn admit(&self, digits: &str) -> Result<(), LimitReached> {
        match longest(self.risky, digits) {
            Some(risky) if digits.starts_with(self.home) && risky.len() <= self.home.len() => Ok(()),
            Some(risky) if longest(self.enabled, digits).is_none_or(|enabled| enabled.len() < risky.len()) => {
                Err(LimitReached::RiskyPrefix { prefix: risky.to_owned() })
            }
            _ => Ok(()),
        }
    }
}

/// The longest of the prefixes that the digits begin with.
fn longest<'p>(prefixes: &'p [String], digits: &str) -> Option<&'p str> {
    prefixes.iter().map(String::as_str).filter(|prefix| digits.starts_with(prefix)).max_by_key(|prefix| prefix.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations_by_table() {
        let owned = |prefixes: &[&str]| prefixes.iter().map(|prefix| (*prefix).to_owned()).collect::<Vec<_>>();
        let risky = owned(&["979", "882", "88216", "372", "37270"]);
        let enabled = owned(&["882", "9791", "1"]);
        let destinations = Destinations { risky: &risky, enabled: &enabled, home: "372" };
        for (number, off) in [
            ("441632960001", None),
            ("979123", None),
            ("979234", Some("979")),
            ("88210", None),
            ("882169", Some("88216")),
            ("9", None),
            // At home, but for what somebody has named.
            ("3726123456", None),
            ("3727012345", Some("37270")),
        ] {
            let refused = destinations.admit(number).err();
            assert_eq!(refused, off.map(|prefix| LimitReached::RiskyPrefix { prefix: prefix.to_owned() }), "{number}");
        }
    }
}
