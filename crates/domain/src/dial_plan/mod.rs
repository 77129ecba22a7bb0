//! The dial plan: how a tenant's people dial, and the one canonical form of every number.
//!
//! Every number is made canonical before routing and rating: lines, callers, the called, in live calls and in imported files.
//! The digits that are left when separators are dropped are read by the first rule that fits:
//!
//! 1. an **emergency number**, with or without a plus sign;
//! 2. after a plus sign: an E.164 number, and nothing else;
//! 3. 2 to 6 digits: an **extension**, whatever its length in this tenant, since no E.164 number is so short (short codes of the
//!    network, such as 118118, are of this form too);
//! 4. the trunk prefix and a **national number**, told by its length;
//! 5. an international prefix, the longest that fits, and an E.164 number;
//! 6. the country code and a national number;
//! 7. a national number without its trunk prefix;
//! 8. more digits than a national number has, the first not 0: an E.164 number without its plus sign.
//!
//! National numbers come before international prefixes, so that a tenant in Britain may list 011 as an international prefix and
//! still reach Sheffield, 0114 496 0000. Their lengths are a setting: they make ten bare digits a number of the own country in
//! North America, where they would else be one of Egypt.
//!
//! These are rules of ours and not the library of the world's numbering plans (the crate `phonenumber`): a canonical form is
//! a key for money, and must not move when a table of number ranges is brought up to date. That library also knows nothing of
//! extensions, nor of what a PBX hands on (`44...`, `011...` beside `00...`), and costs half a minute of build time and, in
//! a development build, half a second at the first number.

mod document;
mod number;

use std::collections::{BTreeMap, BTreeSet};

pub use document::DialPlanError;
use number::Dialled;
pub use number::{NotANumber, NotCanonical, Number};

/// How a tenant's people dial. As a document (JSON) it has the fields `country`, `international_prefixes`, `trunk_prefix`,
/// `national_lengths`, `extension_length`, `reserved_numbers`, `emergency_numbers`, `service_numbers`, each with a default; but
/// a country other than 1 and 44 needs its prefixes and national lengths stated. `{}` is a plan for Britain, 44, with extensions of
/// four digits and the emergency numbers 4911 and 9911, still without targets.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "document::Document", into = "document::Document")]
pub struct DialPlan {
    /// The calling code, 1 to 3 digits, such as `44`.
    country: String,
    /// What is dialled before the calling code of another country, such as `00`; the longest first.
    international_prefixes: Vec<String>,
    /// What is dialled before a national number, such as `0`; may be empty.
    trunk_prefix: String,
    /// How many digits a national number has without the trunk prefix.
    national_lengths: BTreeSet<usize>,
    /// How many digits a new line's extension has, 2 to 6.
    extension_length: usize,
    reserved_numbers: BTreeSet<Number>,
    /// With the targets that calls go to.
    emergency_numbers: BTreeMap<Number, Option<Number>>,
    /// With the targets that calls go to, where they have any.
    service_numbers: BTreeMap<Number, Option<Number>>,
}

/// What a called number is to the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination<'a> {
    /// Free, and never refused.
    Emergency {
        /// Where the call goes; `None` until the tenant has set it.
        target: Option<&'a Number>,
    },
    /// Free, and within reach of suspended lines.
    Service {
        /// Where the call goes; `None` where no line of ours answers it.
        target: Option<&'a Number>,
    },
    /// Any other.
    Ordinary,
}

impl DialPlan {
    /// The country code of the tenant's own numbers, without the plus.
    #[must_use]
    pub fn country(&self) -> &str {
        &self.country
    }

    /// The number that somebody dialled or wrote, in canonical form. Its own text is read as the same number again.
    ///
    /// # Errors
    /// The text is not a number under this plan.
    pub fn canonical(&self, dialled: &str) -> Result<Number, NotANumber> {
        let Dialled { plus, digits } = Dialled::read(dialled)?;
        let not_international = NotANumber::NotInternational { digits: digits.len() };
        if let Some(emergency) = self.emergency_numbers.keys().find(|number| number.digits() == digits) {
            return Ok(emergency.clone());
        }
        if plus {
            return Number::e164(&digits).ok_or(not_international);
        }
        if (2..=6).contains(&digits.len()) {
            return Ok(Number::Extension(digits));
        }
        let no_reading = || NotANumber::NoReading { digits: digits.len(), country: self.country.clone() };
        self.read_bare(&digits).ok_or_else(no_reading)
    }

    /// What a called number is.
    #[must_use]
    pub fn destination(&self, number: &Number) -> Destination<'_> {
        match (self.emergency_numbers.get(number), self.service_numbers.get(number)) {
            (Some(target), _) => Destination::Emergency { target: target.as_ref() },
            (None, Some(target)) => Destination::Service { target: target.as_ref() },
            (None, None) => Destination::Ordinary,
        }
    }

    /// Whether calls to what was dialled are never charged or refused: an emergency or a service number.
    #[must_use]
    pub fn is_free(&self, dialled: &str) -> bool {
        self.canonical(dialled).is_ok_and(|number| self.destination(&number) != Destination::Ordinary)
    }

    /// Whether no line may have the number: it is reserved, or an emergency or service number.
    #[must_use]
    pub fn is_reserved(&self, number: &Number) -> bool {
        self.reserved_numbers.contains(number) || self.destination(number) != Destination::Ordinary
    }

    /// The lowest extension of the usual length that is neither taken nor reserved, from 0001 on; `None` if there is none.
    #[must_use]
    pub fn lowest_free_extension(&self, taken: &BTreeSet<Number>) -> Option<Number> {
        let end = (0..self.extension_length).fold(1_u32, |end, _| end * 10);
        (1..end)
            .map(|extension| Number::Extension(format!("{extension:0width$}", width = self.extension_length)))
            .find(|extension| !taken.contains(extension) && !self.is_reserved(extension))
    }

    /// The emergency and service numbers, in this order: a call to one of them is free, and never refused.
    pub fn free_numbers(&self) -> impl Iterator<Item = &Number> {
        self.emergency_numbers.keys().chain(self.service_numbers.keys())
    }

    /// The emergency numbers that have a target, with it.
    pub fn emergency_targets(&self) -> impl Iterator<Item = (&Number, &Number)> {
        self.emergency_numbers.iter().filter_map(|(number, target)| Some((number, target.as_ref()?)))
    }

    /// The emergency numbers that have no target yet.
    pub fn emergency_numbers_without_target(&self) -> impl Iterator<Item = &Number> {
        self.emergency_numbers.iter().filter(|(_, target)| target.is_none()).map(|(number, _)| number)
    }

    /// How many digits a new line's extension has, 2 to 6.
    #[must_use]
    pub fn extension_length(&self) -> usize {
        self.extension_length
    }

    /// Reads seven digits and more that no plus sign explains.
    fn read_bare(&self, digits: &str) -> Option<Number> {
        let in_country = |national: &str| Number::e164(&format!("{}{national}", self.country));
        if let Some(national) = digits.strip_prefix(&self.trunk_prefix).filter(|rest| self.is_national(rest)) {
            return in_country(national);
        }
        let prefixes = self.international_prefixes.iter();
        let after_prefix = prefixes.filter_map(|prefix| digits.strip_prefix(prefix.as_str()));
        if let Some(international) = after_prefix.filter_map(Number::e164).next() {
            return Some(international);
        }
        if digits.strip_prefix(&self.country).is_some_and(|rest| self.is_national(rest)) {
            return Number::e164(digits);
        }
        if self.is_national(digits) {
            return in_country(digits);
        }
        let longest_national = self.national_lengths.last().copied().unwrap_or(0);
        Number::e164(digits).filter(|_| digits.len() > longest_national)
    }

    /// Whether the digits can be a national number without its trunk prefix. Behind a trunk prefix none begins with 0; where
    /// there is none, a number that begins like an international prefix is not national.
    fn is_national(&self, digits: &str) -> bool {
        let begins_so = if self.trunk_prefix.is_empty() {
            !self.international_prefixes.iter().any(|prefix| digits.starts_with(prefix))
        } else {
            !digits.starts_with('0')
        };
        begins_so && self.national_lengths.contains(&digits.len())
    }
}
