//! A deck version as it is stored: a JSON array that [`Deck::read`] reads. Unlike [`DeckEntry::to_json`] it leaves out what has
//! its default value, for a deck of 170,000 prefixes is written and read as a whole.

use domain::deck::{Deck, DeckEntry, Prefix};
use domain::money::{Amount, Currency, Rounding};
use domain::rate::{OnMaximum, Rate};
use serde::{Serialize, Serializer};
use serde_json::Value;

#[derive(Serialize)]
struct EntryText<'a> {
    #[serde(serialize_with = "shown")]
    prefix: Prefix,
    rate: RateText,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    included: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    destination: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum RateText {
    PerMinute {
        price_per_minute: Amount,
        increment_seconds: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        connect_fee: Option<Amount>,
    },
    Whole(Value),
}

pub(super) fn text(deck: &Deck, currency: Currency) -> String {
    let entries: Vec<EntryText> = deck.entries().iter().map(|entry| EntryText::of(entry, currency)).collect();
    serde_json::to_string(&entries).unwrap_or_default()
}

fn shown<S: Serializer>(prefix: &Prefix, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(prefix)
}

impl<'a> EntryText<'a> {
    fn of(entry: &'a DeckEntry, currency: Currency) -> Self {
        EntryText {
            prefix: entry.prefix,
            rate: RateText::of(&entry.rate, currency),
            included: entry.included,
            destination: entry.destination.as_deref(),
        }
    }
}

impl RateText {
    fn of(rate: &Rate, currency: Currency) -> Self {
        let plain = rate.free_below_seconds() == 0
            && rate.minimum_charge().is_none()
            && rate.maximum_charge().is_none()
            && rate.on_maximum() == OnMaximum::default()
            && rate.rounding() == Rounding::default();
        match rate.steps() {
            [only] if plain && only.per_seconds == 60 => RateText::PerMinute {
                price_per_minute: only.price,
                increment_seconds: only.increment_seconds,
                connect_fee: Some(rate.connect_fee()).filter(|fee| !fee.is_zero()),
            },
            _ => RateText::Whole(rate.to_json(currency)),
        }
    }
}
