use std::sync::Arc;

use domain::call_flow::Carried;
use domain::charging::{Granted, Mode, Session};
use domain::deck::Deck;
use domain::limits::Caps;
use domain::money::{Amount, Currency};
use domain::rate::{Rate, RateDocument};
use domain::rating::{NoPrice, Sources, Terms, price_source};
use domain::tax::{TaxRates, TaxRule};
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ChargingError;
use crate::calls::price::Pricing;
use crate::prices::PricedPlan;

/// The form in which sessions are stored.
const SCHEMA: u32 = 1;

/// A session as its call's row has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stored {
    schema: u32,
    pub(super) session: Session,
    pub(super) frozen: Frozen,
    /// What has happened to it, with the answers that were given.
    pub(super) history: Vec<Done>,
    /// The legs of its call that trunks carry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) carried: Vec<Carried>,
}

/// What prices the call, frozen when its session was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Frozen {
    pub(super) currency: Currency,
    #[serde(default, skip_serializing_if = "is_ordinary")]
    pub(super) tax_rule: TaxRule,
    /// What deck prefixes are compared with.
    pub(super) digits: String,
    /// Whether an emergency or service number is called.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) free: bool,
    pub(super) plan_version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) deck_version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) agent: Option<FrozenAgent>,
    /// The included minutes that serve it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) included: Option<Included>,
    /// What limits its money, beside the balance.
    #[serde(default, skip_serializing_if = "Caps::is_none")]
    pub(super) caps: Caps,
}

/// The paid agent who is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FrozenAgent {
    pub(super) id: String,
    /// As a rate's document.
    rate: Value,
    pub(super) share: u16,
}

/// The included minutes of the line's plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Included {
    /// The first instant of the period in which the session was opened.
    pub(super) period_from: i64,
    /// How many seconds the line has for it.
    pub(super) seconds: i64,
}

/// Something that has happened to a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Done {
    /// When it was told.
    pub at: Instant,
    /// What happened.
    pub event: Event,
    /// The key of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<String>,
    /// What was asked, so that another request with the same key is found out.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) asked: String,
    /// What was granted then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted: Option<Granted>,
    /// What was held then.
    pub held: Amount,
    /// Until when a sign of life was expected then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) alive_until: Option<Instant>,
}

/// What happens to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// It was opened.
    Authorized,
    /// Its call was answered.
    Answered,
    /// More was granted, as the switch asked.
    Extended,
    /// More was granted, since the payer has more.
    Lengthened,
    /// Its call ended.
    Settled,
    /// The true end of its call came after it had ended without it.
    Corrected,
    /// The switch gave it up.
    Released,
    /// It was not answered in time.
    Lapsed,
    /// Its proof of life stopped.
    Lost,
}

fn is_ordinary(rule: &TaxRule) -> bool {
    *rule == TaxRule::default()
}

impl Event {
    /// The event's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Event::Authorized => "authorized",
            Event::Answered => "answered",
            Event::Extended => "extended",
            Event::Lengthened => "lengthened",
            Event::Settled => "settled",
            Event::Corrected => "corrected",
            Event::Released => "released",
            Event::Lapsed => "lapsed",
            Event::Lost => "lost",
        }
    }
}

impl Stored {
    pub(super) fn new(session: Session, frozen: Frozen) -> Stored {
        Stored { schema: SCHEMA, session, frozen, history: Vec::new(), carried: Vec::new() }
    }

    pub(super) fn read(id: &str, text: &str) -> Result<Stored, ChargingError> {
        let unreadable = |detail: String| ChargingError::Unreadable(id.to_owned(), detail);
        let stored: Stored = serde_json::from_str(text).map_err(|error| unreadable(error.to_string()))?;
        if stored.schema != SCHEMA {
            return Err(unreadable(format!("it has the form {}, this program knows {SCHEMA}", stored.schema)));
        }
        Ok(stored)
    }

    pub(super) fn to_json(&self) -> Result<String, ChargingError> {
        serde_json::to_string(self).map_err(|error| ChargingError::Unreadable(String::new(), error.to_string()))
    }
}

impl Frozen {
    /// A call to an agent from whichever line.
    pub(super) fn to_agent(agent: FrozenAgent, currency: Currency) -> Frozen {
        Frozen {
            currency,
            tax_rule: TaxRule::default(),
            digits: String::new(),
            free: false,
            plan_version: None,
            deck_version: None,
            agent: Some(agent),
            included: None,
            caps: Caps::default(),
        }
    }

    /// What turns a charge into the price of the call. Prepaid and agents' prices are gross.
    pub(super) fn pricing<'a>(&'a self, mode: Mode, tax_rates: &'a TaxRates) -> Pricing<'a> {
        let gross = mode == Mode::Prepaid || self.agent.is_some();
        Pricing {
            currency: self.currency,
            tax_rule: gross.then_some(&self.tax_rule),
            tax_rates,
            share: self.agent.as_ref().map_or(0, |agent| agent.share),
            plan_version: self.plan_version.as_deref(),
            deck_version: self.deck_version.as_deref(),
        }
    }
}

impl FrozenAgent {
    pub(super) fn new(id: &str, rate: &Rate, share: u16, currency: Currency) -> FrozenAgent {
        FrozenAgent { id: id.to_owned(), rate: rate.to_json(currency), share }
    }

    /// The rate.
    fn rate(&self) -> Option<Rate> {
        serde_json::from_value::<RateDocument>(self.rate.clone()).ok()?.check().ok()
    }
}

/// What prices a session's call, at hand.
#[derive(Debug, Clone)]
pub(super) struct Priced {
    plan: Option<Arc<PricedPlan>>,
    deck: Option<Arc<Deck>>,
    agent_rate: Option<Rate>,
}

impl Priced {
    pub(super) fn new(
        frozen: &Frozen,
        plan: Option<Arc<PricedPlan>>,
        deck: Option<Arc<Deck>>,
    ) -> Result<Priced, ChargingError> {
        let unreadable =
            |agent: &FrozenAgent| ChargingError::Unreadable(agent.id.clone(), "the agent's rate".to_owned());
        let rate = |agent: &FrozenAgent| agent.rate().ok_or_else(|| unreadable(agent));
        Ok(Priced { plan, deck, agent_rate: frozen.agent.as_ref().map(rate).transpose()? })
    }

    /// The terms of the call.
    pub(super) fn terms(&self, frozen: &Frozen) -> Result<Terms<'_>, NoPrice> {
        let sources = Sources {
            free: frozen.free,
            agent: self.agent_rate.as_ref(),
            deck: self.deck.as_deref(),
            tariff: self.plan.as_deref().map(|plan| &plan.tariff),
        };
        price_source(&sources, &frozen.digits)
    }
}
