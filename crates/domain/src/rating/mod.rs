//! Rating: what a call costs, and why. Quotes, live costs, call records and invoices all use [`rate_call`] and what it is made of.

mod authorize;
mod charge;
mod course;
mod duration;
mod json;
mod price;
mod prospect;
mod ringing;

pub use authorize::{Authorization, LONGEST_AUTHORIZATION_SECONDS, authorize};
pub use charge::{Charge, Segment, Talk, rate_call, total};
pub(crate) use course::seconds_begun;
pub use duration::{DurationError, LONGEST_CALL_SECONDS, parse_duration};
pub use price::PriceAt;
pub(crate) use prospect::Prospect;
pub(crate) use ringing::answers_in_reach;

use crate::deck::{Deck, DeckEntry, Prefix};
use crate::plan::Unlisted;
use crate::rate::Rate;
use crate::tariff::{Schedule, Tariff};

/// What could price a call. The first that applies does.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sources<'a> {
    /// Whether an emergency or service number is called.
    pub free: bool,
    /// The rate of the paid agent who is called.
    pub agent: Option<&'a Rate>,
    /// The deck of the line's plan.
    pub deck: Option<&'a Deck>,
    /// The line's plan.
    pub tariff: Option<&'a Tariff>,
}

/// What prices a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PriceSource {
    /// Nothing: an emergency or service number.
    Free,
    /// The paid agent's rate.
    Agent,
    /// A deck's entry.
    Deck {
        /// The entry's prefix.
        prefix: Prefix,
    },
    /// The plan's own rate.
    Plan,
    /// The route to the trunk that carries it: what the tenant pays for the call.
    Route,
}

/// Why a call has no price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NoPrice {
    /// The plan refuses destinations that its deck does not list.
    #[error("the plan's deck has no entry for this number, and the plan refuses unlisted destinations")]
    UnlistedDestination,
    /// Nothing prices the call: no agent's rate, no deck entry, no rate of the plan.
    #[error("nothing prices the call: there is no agent's rate, no deck entry and no rate of the plan for it")]
    Unrated,
}

impl NoPrice {
    /// The reason's name in documents.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            NoPrice::UnlistedDestination => "unlisted_destination",
            NoPrice::Unrated => "unrated",
        }
    }
}

/// The terms of one call: its price source and the rates behind it, frozen when the call starts.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    source: PriceSource,
    /// The rate outside all discount periods; none for a free number.
    rate: Option<&'a Rate>,
    /// The discount periods that touch the call.
    schedule: Option<&'a Schedule>,
    /// Whether the plan's discounts and minutes touch the call.
    of_plan: bool,
    /// Whether the plan's fee covers the call.
    covered: bool,
    entry: Option<&'a DeckEntry>,
}

/// The terms of a call to the number, canonical by the tenant's dial plan.
///
/// # Errors
/// Nothing prices the call, or the plan refuses it.
pub fn price_source<'a>(sources: &Sources<'a>, to: &str) -> Result<Terms<'a>, NoPrice> {
    let own_rate = |source, rate| Terms { source, rate, schedule: None, of_plan: false, covered: false, entry: None };
    if sources.free {
        return Ok(own_rate(PriceSource::Free, None));
    }
    if let Some(rate) = sources.agent {
        return Ok(own_rate(PriceSource::Agent, Some(rate)));
    }
    let of_plan = |terms: Terms<'a>| Terms {
        schedule: sources.tariff.and_then(Tariff::schedule),
        of_plan: true,
        covered: sources.tariff.is_some_and(|tariff| tariff.kind().covers_calls()),
        ..terms
    };
    if let Some(entry) = sources.deck.and_then(|deck| deck.entry_for(to)) {
        let source = PriceSource::Deck { prefix: entry.prefix };
        let terms = Terms { entry: Some(entry), ..own_rate(source, Some(&entry.rate)) };
        return Ok(if entry.included { of_plan(terms) } else { terms });
    }
    let tariff = sources.tariff.ok_or(NoPrice::Unrated)?;
    if tariff.unlisted() == Unlisted::Refuse {
        return Err(NoPrice::UnlistedDestination);
    }
    let rate = tariff.rate().ok_or(NoPrice::Unrated)?;
    Ok(of_plan(own_rate(PriceSource::Plan, Some(rate))))
}

impl<'a> Terms<'a> {
    /// The terms of a leg that a trunk carries, by the buying rate of its route.
    #[must_use]
    pub fn buying(rate: &'a Rate) -> Terms<'a> {
        Terms {
            source: PriceSource::Route,
            rate: Some(rate),
            schedule: None,
            of_plan: false,
            covered: false,
            entry: None,
        }
    }

    /// What prices the call.
    #[must_use]
    pub fn source(&self) -> PriceSource {
        self.source
    }

    /// The deck entry that prices the call, if one does.
    #[must_use]
    pub fn deck_entry(&self) -> Option<&'a DeckEntry> {
        self.entry
    }

    /// Whether the plan's own rate prices the call, or a deck entry that is included: what its included minutes are for.
    fn is_of_plan(&self) -> bool {
        self.of_plan
    }

    /// Whether the plan's fee covers the call, so that it is listed at 0.
    #[must_use]
    pub fn is_covered(&self) -> bool {
        self.covered
    }

    /// Whether an emergency or service number is called.
    pub(crate) fn is_free(&self) -> bool {
        self.source == PriceSource::Free
    }

    /// The rate that charges the call, if any does.
    fn charging_rate(&self) -> Option<&'a Rate> {
        self.rate.filter(|_| !self.covered)
    }
}
