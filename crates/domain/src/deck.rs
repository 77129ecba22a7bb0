//! Rate decks: number prefix -> rate, longest prefix wins.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::document;
use crate::invalid::{self, Invalid};
use crate::money::Currency;
use crate::rate::{Rate, RateDocument};

/// The digits that a number begins with, 1 to 15. Ordered as text is: `4` before `44` before `5`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix(u64);

/// A text is not a prefix.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a prefix: write 1 to 15 digits, without +")]
pub struct NotPrefix(pub String);

const LONGEST_PREFIX: usize = 15;
/// How many numbers [`Prefix::beginning`] can be.
const BEGINNINGS: usize = 1 << 12;

/// What calls to the numbers with a prefix cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeckEntry {
    /// The numbers' first digits.
    pub prefix: Prefix,
    /// What they cost. A deck has far fewer rates than prefixes: entries with equal rates best share one, so that looking one up
    /// finds it in the processor's cache.
    pub rate: Arc<Rate>,
    /// Whether the plan's discount periods, and the `fixed` kind, reach these calls.
    pub included: bool,
    /// The destination's name, for people.
    pub destination: Option<String>,
}

/// A version of a rate deck, ready for look-ups. No two entries have one prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deck {
    entries: Vec<DeckEntry>,
    /// The entries' prefixes, ascending: the look-up touches nothing else.
    prefixes: Vec<Prefix>,
    /// Where the prefixes that begin like each [`Prefix::beginning`] start in `prefixes`; after the last one, its end.
    starts: Vec<u32>,
    /// For each entry the one with the longest shorter prefix of its prefix; itself, where there is none.
    parents: Vec<u32>,
}

impl Prefix {
    /// Reads 1 to 15 digits.
    ///
    /// # Errors
    /// It is something else.
    pub fn parse(text: &str) -> Result<Self, NotPrefix> {
        let digits_only = text.bytes().all(|byte| byte.is_ascii_digit());
        if text.is_empty() || text.len() > LONGEST_PREFIX || !digits_only {
            return Err(NotPrefix(text.chars().take(40).collect()));
        }
        Ok(Prefix::leading(text))
    }

    /// The digits that the number begins with, up to the length of the longest prefix; possibly none. Four bits hold a digit
    /// plus one, from the top, so that numbers compare as texts do.
    fn leading(number: &str) -> Self {
        let digits = number.bytes().take(LONGEST_PREFIX).take_while(u8::is_ascii_digit);
        Prefix(
            digits.enumerate().fold(0, |packed, (at, digit)| packed | (u64::from(digit - b'0') + 1) << (60 - 4 * at)),
        )
    }

    /// A number for its first three digits, which ascends as prefixes do.
    fn beginning(self) -> usize {
        usize::try_from(self.0 >> 52).unwrap_or(0)
    }

    /// Whether the digits of the other begin with these.
    fn begins(self, other: Prefix) -> bool {
        let unused_bits = self.0.trailing_zeros() / 4 * 4;
        (self.0 ^ other.0).checked_shr(unused_bits).unwrap_or(0) == 0
    }
}

impl Deck {
    /// The deck of these entries.
    ///
    /// # Errors
    /// Two entries have the same prefix; the pointer leads to the later one.
    pub fn new(entries: Vec<DeckEntry>) -> Result<Deck, Invalid> {
        let mut numbered: Vec<(usize, DeckEntry)> = entries.into_iter().enumerate().collect();
        numbered.sort_by_key(|(_, entry)| entry.prefix);
        if let Some(pair) = numbered.windows(2).find(|pair| pair[0].1.prefix == pair[1].1.prefix) {
            let detail = format!("prefix {} is in the deck already, at /{}", pair[1].1.prefix, pair[0].0);
            return Err(Invalid::at(format!("/{}/prefix", pair[1].0), detail));
        }
        let entries: Vec<DeckEntry> = numbered.into_iter().map(|(_, entry)| entry).collect();
        let prefixes: Vec<Prefix> = entries.iter().map(|entry| entry.prefix).collect();
        let mut starts = vec![0; BEGINNINGS + 1];
        for prefix in &prefixes {
            starts[prefix.beginning() + 1] += 1;
        }
        for beginning in 0..BEGINNINGS {
            starts[beginning + 1] += starts[beginning];
        }
        let mut parents: Vec<u32> = Vec::with_capacity(prefixes.len());
        let mut open: Vec<u32> = Vec::new();
        for (position, prefix) in (0_u32..).zip(&prefixes) {
            while open.pop_if(|last| !prefixes[*last as usize].begins(*prefix)).is_some() {}
            parents.push(open.last().copied().unwrap_or(position));
            open.push(position);
        }
        Ok(Deck { entries, prefixes, starts, parents })
    }

    /// Reads a deck from a JSON array of entries.
    ///
    /// # Errors
    /// See [`invalid::parse`], [`RateDocument::check`] and [`Deck::new`].
    pub fn read(text: &[u8]) -> Result<Deck, Invalid> {
        Deck::of_documents(invalid::parse(text)?)
    }

    pub(crate) fn of_documents(documents: Vec<DeckEntryDocument>) -> Result<Deck, Invalid> {
        let mut rates: HashSet<Arc<Rate>> = HashSet::new();
        let checked = documents.into_iter().enumerate().map(|(position, entry)| {
            let mut entry = entry.check().map_err(|error| error.within(&format!("/{position}")))?;
            match rates.get(&entry.rate) {
                Some(known) => entry.rate = known.clone(),
                None => drop(rates.insert(entry.rate.clone())),
            }
            Ok(entry)
        });
        Deck::new(checked.collect::<Result<_, Invalid>>()?)
    }

    /// The entry with the longest prefix of the number, compared as they stand.
    #[must_use]
    pub fn entry_for(&self, number: &str) -> Option<&DeckEntry> {
        let number = Prefix::leading(number);
        // Whatever stands between the entry sought and the number begins with that entry's prefix, so the last one before the
        // number is that entry or has it among its parents.
        let alike = self.starts[number.beginning()] as usize..self.starts[number.beginning() + 1] as usize;
        let following = alike.start + self.prefixes[alike].partition_point(|prefix| *prefix <= number);
        let mut position = following.checked_sub(1)?;
        while !self.prefixes[position].begins(number) {
            let parent = self.parents[position] as usize;
            if parent == position {
                return None;
            }
            position = parent;
        }
        self.entries.get(position)
    }

    /// The entries, by ascending prefix.
    #[must_use]
    pub fn entries(&self) -> &[DeckEntry] {
        &self.entries
    }
}

/// An entry of a deck as JSON has it, not yet checked as a whole.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeckEntryDocument {
    prefix: Prefix,
    rate: RateDocument,
    #[serde(default)]
    included: bool,
    destination: Option<String>,
}

impl DeckEntryDocument {
    /// The entry that the document describes.
    ///
    /// # Errors
    /// See [`RateDocument::check`]. Pointers are relative to the entry.
    pub fn check(self) -> Result<DeckEntry, Invalid> {
        let rate = self.rate.check().map_err(|error| error.within("/rate"))?;
        Ok(DeckEntry {
            prefix: self.prefix,
            rate: Arc::new(rate),
            included: self.included,
            destination: self.destination,
        })
    }
}

impl DeckEntry {
    /// The entry as JSON.
    #[must_use]
    pub fn to_json(&self, currency: Currency) -> Value {
        json!({
            "prefix": self.prefix.to_string(),
            "rate": self.rate.to_json(currency),
            "included": self.included,
            "destination": self.destination,
        })
    }
}

impl<'de> Deserialize<'de> for Prefix {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        document::text(deserializer, "a prefix such as \"44\"", Prefix::parse)
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for at in 0..LONGEST_PREFIX {
            match self.0 >> (60 - 4 * at) & 0xf {
                0 => break,
                digit => write!(f, "{}", digit - 1)?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deck(prefixes: &[&str]) -> Result<Deck, Invalid> {
        let entries: Vec<String> = prefixes
            .iter()
            .map(|prefix| format!(r#"{{"prefix": "{prefix}", "rate": {{"price_per_minute": "1"}}}}"#))
            .collect();
        Deck::read(format!("[{}]", entries.join(",")).as_bytes())
    }

    #[test]
    fn the_longest_prefix_wins() {
        let deck = deck(&["44", "4416", "441632", "0", "447", "9", "99", "441632960001234", "49"]).unwrap();
        for (number, prefix) in [
            ("441632960001", Some("441632")),
            ("441632960001234", Some("441632960001234")),
            ("4416329600012345", Some("441632960001234")),
            ("44163", Some("4416")),
            ("4417", Some("44")),
            ("44", Some("44")),
            ("4", None),
            ("48", None),
            ("999", Some("99")),
            ("98", Some("9")),
            ("0002", Some("0")),
            ("1", None),
            ("", None),
            ("+44", None),
            ("anonymous", None),
        ] {
            let found = deck.entry_for(number).map(|entry| entry.prefix.to_string());
            assert_eq!(found.as_deref(), prefix, "{number}");
        }
    }

    #[test]
    fn every_short_number_has_the_entry_that_a_search_through_all_finds() {
        let texts_of = |length: u32| {
            (0..3_usize.pow(length))
                .map(move |n| -> String { (0..length).map(|at| ['0', '4', '9'][n / 3_usize.pow(at) % 3]).collect() })
        };
        let prefixes: Vec<String> =
            (1..=5).flat_map(texts_of).enumerate().filter(|(n, _)| n % 7 < 2).map(|(_, text)| text).collect();
        let deck = deck(&prefixes.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
        for number in (0..=6).flat_map(texts_of) {
            let longest =
                prefixes.iter().filter(|prefix| number.starts_with(*prefix)).max_by_key(|prefix| prefix.len());
            let found = deck.entry_for(&number).map(|entry| entry.prefix.to_string());
            assert_eq!(found.as_ref(), longest, "{number}");
        }
    }

    #[test]
    fn prefixes_that_are_refused() {
        for prefix in ["", "+44", "44 1", "1234567890123456", "x", "٤"] {
            assert_eq!(deck(&["1", prefix]).unwrap_err().pointer, "/1/prefix", "{prefix}");
        }
        let twice = deck(&["44", "1", "44"]).unwrap_err();
        assert_eq!((twice.pointer.as_str(), twice.detail.contains("at /0")), ("/2/prefix", true));
    }
}
