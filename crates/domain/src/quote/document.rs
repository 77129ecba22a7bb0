use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::allowance::{AllowanceOrder, Allowances, Grant};
use crate::deck::{Deck, DeckEntryDocument};
use crate::document::{Balance, CurrencyCode, Day, Whole, ZoneName};
use crate::invalid::Invalid;
use crate::money::{Amount, Currency};
use crate::plan::{Plan, PlanDocument};
use crate::rate::{Rate, RateDocument};
use crate::rating::{self, DurationError, LONGEST_CALL_SECONDS, NoPrice, Sources, Talk, Terms};
use crate::split::DEFAULT_SHARE;
use crate::tariff::Tariff;
use crate::time::{Date, Instant, Zone};

/// What every request has: read first, and without a look at the rest.
#[derive(Debug, Deserialize)]
pub(super) struct Head {
    pub(super) id: Option<Value>,
    pub(super) kind: Option<Value>,
}

/// A request about a call, as JSON has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QuoteDocument {
    #[serde(rename = "id")]
    _id: Option<IgnoredAny>,
    #[serde(rename = "kind")]
    _kind: IgnoredAny,
    time_zone: Option<ZoneName>,
    currency: Option<CurrencyCode>,
    plan: Option<PlanDocument>,
    holidays: Option<Vec<Day>>,
    deck: Option<Vec<DeckEntryDocument>>,
    agent: Option<AgentDocument>,
    allowances: Option<Vec<AllowanceDocument>>,
    allowance_order: Option<AllowanceOrder>,
    balance: Option<Balance>,
    call: CallDocument,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AgentDocument {
    id: Option<String>,
    rate: RateDocument,
    share: Option<Whole<0, 1000>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AllowanceDocument {
    id: String,
    agent: Option<String>,
    granted_at: Instant,
    expires_at: Option<Instant>,
    seconds: Whole<0, { i64::MAX }>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CallDocument {
    to: Option<String>,
    answered_at: Instant,
    duration_seconds: Option<Box<RawValue>>,
    ended_at: Option<Instant>,
}

/// A request about a call, checked.
pub(super) struct Question {
    currency: Option<Currency>,
    tariff: Option<Tariff>,
    deck: Option<Deck>,
    pub(super) agent: Option<Agent>,
    grants: Vec<Grant>,
    order: AllowanceOrder,
    pub(super) balance: Option<Amount>,
    call: CallDocument,
}

/// The paid agent who is called.
pub(super) struct Agent {
    id: String,
    rate: Rate,
    /// In thousandths.
    pub(super) share: u16,
}

impl QuoteDocument {
    pub(super) fn check(self) -> Result<Question, Invalid> {
        let named = self.currency.map(|code| code.0);
        let plan = self.plan.map(|plan| plan.check(Some(""), named)).transpose();
        let plan = plan.map_err(|error| error.within("/plan"))?;
        let currency = plan.as_ref().map(|plan| plan.currency).or(named);
        if named.is_some() && named != currency {
            return Err(Invalid::at("/currency", "the plan has another currency: leave this out, or name the plan's"));
        }
        let holidays: Vec<Date> = self.holidays.unwrap_or_default().into_iter().map(|day| day.0).collect();
        let tariff = plan.map(|plan| tariff(&plan, self.time_zone.map(|zone| zone.0), &holidays)).transpose()?;
        let deck = self.deck.map(Deck::of_documents).transpose().map_err(|error| error.within("/deck"))?;
        let agent = self.agent.map(AgentDocument::check).transpose()?;
        let by_number = agent.is_none() && deck.as_ref().is_some_and(|deck| !deck.entries().is_empty());
        if by_number && self.call.to.is_none() {
            return Err(Invalid::at("/call/to", "the number called is needed to find its entry in the deck"));
        }
        Ok(Question {
            currency,
            tariff,
            deck,
            agent,
            grants: self.allowances.unwrap_or_default().into_iter().map(Grant::from).collect(),
            order: self.allowance_order.unwrap_or_default(),
            balance: self.balance.map(|balance| balance.0),
            call: self.call,
        })
    }
}

fn tariff(plan: &Plan, zone: Option<Zone>, holidays: &[Date]) -> Result<Tariff, Invalid> {
    if plan.deck.is_some() {
        return Err(Invalid::at("/plan/deck", "a quote knows no stored decks: give the entries in \"deck\""));
    }
    if zone.is_none() && plan.time_zone.is_none() && !plan.discount_periods.is_empty() {
        return Err(Invalid::at("/time_zone", "discount periods need a time zone such as \"Europe/London\""));
    }
    Ok(Tariff::new(plan, &zone.unwrap_or_else(Zone::utc), holidays))
}

impl AgentDocument {
    fn check(self) -> Result<Agent, Invalid> {
        let rate = self.rate.check().map_err(|error| error.within("/agent/rate"))?;
        let share = self.share.and_then(|share| u16::try_from(share.0).ok()).unwrap_or(DEFAULT_SHARE);
        Ok(Agent { id: self.id.unwrap_or_default(), rate, share })
    }
}

impl From<AllowanceDocument> for Grant {
    fn from(allowance: AllowanceDocument) -> Self {
        Grant {
            id: allowance.id,
            agent: allowance.agent,
            granted_at: allowance.granted_at,
            expires_at: allowance.expires_at,
            revoked: false,
            seconds: allowance.seconds.0,
        }
    }
}

impl Question {
    /// The terms of the call.
    pub(super) fn terms(&self) -> Result<Terms<'_>, NoPrice> {
        let sources = Sources {
            free: false,
            agent: self.agent.as_ref().map(|agent| &agent.rate),
            deck: self.deck.as_ref(),
            tariff: self.tariff.as_ref(),
        };
        rating::price_source(&sources, self.call.to.as_deref().unwrap_or_default())
    }

    /// The allowances that serve the call.
    pub(super) fn allowances(&self) -> Allowances<'_> {
        match &self.agent {
            Some(agent) => Allowances::for_call(&self.grants, &agent.id, self.call.answered_at, self.order),
            None => Allowances::none(),
        }
    }

    /// The currency of the amounts.
    pub(super) fn currency(&self) -> Result<Currency, Invalid> {
        self.currency.ok_or_else(|| Invalid::at("/currency", "without a plan the quote must name the currency"))
    }

    /// When the call is answered.
    pub(super) fn answered_at(&self) -> Instant {
        self.call.answered_at
    }

    /// The answered part of the call.
    pub(super) fn talk(&self) -> Result<Talk, Invalid> {
        let answered_at = self.call.answered_at;
        let millis = match (&self.call.duration_seconds, self.call.ended_at) {
            (Some(duration), None) => {
                parse_duration(duration).map_err(|error| Invalid::at("/call/duration_seconds", error.to_string()))?
            }
            (None, Some(ended_at)) if ended_at < answered_at => {
                return Err(Invalid::at("/call/ended_at", "the call ends before it is answered"));
            }
            (None, Some(ended_at)) => ended_at.millis_since(answered_at),
            (Some(_), Some(_)) => {
                return Err(Invalid::at("/call/ended_at", "give duration_seconds or ended_at, not both"));
            }
            (None, None) => return Err(Invalid::at("/call", "a finished call needs duration_seconds or ended_at")),
        };
        if millis > LONGEST_CALL_SECONDS * 1000 {
            return Err(Invalid::at("/call/ended_at", DurationError::TooLong.to_string()));
        }
        Ok(Talk { answered_at, millis })
    }
}

/// A number or a string, by its digits: no fraction is ever held in binary.
fn parse_duration(value: &RawValue) -> Result<i64, DurationError> {
    match serde_json::from_str::<String>(value.get()) {
        Ok(text) => rating::parse_duration(&text),
        Err(_) => rating::parse_duration(value.get()),
    }
}
