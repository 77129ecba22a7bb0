//! Agents: the people who answer calls, and what they cost.

mod bank;

use std::collections::BTreeMap;

use domain::dial_plan::{DialPlan, Number};
use domain::invalid::{self, Invalid};
use domain::money::{Amount, Currency};
use domain::rate::{Rate, RateDocument};
use domain::roster::Blackout;
use domain::split::{DEFAULT_SHARE, WHOLE_SHARE};
use domain::time::{Instant, Zone};
use serde::Deserialize;
use serde_json::{Value, json};
use storage::agents::AgentRecord;

pub use bank::{BankAccount, bank_account, set_bank_account};

use crate::actor::Reach;
use crate::numbers::{self, NumberTaken};
use crate::tenants::{self, TenantError};
use crate::{Scope, Work, fields, reminders};

/// An agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Its id.
    pub id: String,
    /// The name that callers know.
    pub name: String,
    /// Where the agent is reached, and what calls cost.
    pub details: Details,
    /// When it was made.
    pub created_at: Instant,
    /// Counts the changes.
    pub version: i64,
}

/// Where an agent is reached, and what calls cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// The agent's own phones, the first one first.
    pub phones: Vec<String>,
    /// Where mail goes.
    pub email: Option<String>,
    /// The languages spoken (BCP 47), the best one first.
    pub languages: Vec<String>,
    /// What calls and messages cost, by the currency of the customer's account. Without a price in its currency a customer
    /// cannot call the agent.
    pub prices: BTreeMap<Currency, AgentPrice>,
    /// The agent's share of a charge without its tax, in thousandths, 0 to 1,000.
    pub share: u16,
    /// The zone of the days of its figures; the tenant's, where there is none.
    pub time_zone: Option<Zone>,
    /// What callers dial: an extension, or E.164 with its plus. No open line and no other agent of the tenant has it, and
    /// no number from outside is the same.
    pub number: Option<String>,
    /// Whether everybody may see it: its name, what it says of itself, whether it takes calls, and what they cost.
    pub public: bool,
    /// What it says of itself.
    pub about: Option<String>,
    /// Whether it is reminded of its shifts.
    pub reminders: bool,
    /// Whether it is reminded by short messages, too, at the first of its phones that has a number of the world.
    pub sms_reminders: bool,
    /// When it takes no shift.
    pub blackouts: Vec<Blackout>,
}

/// What an agent costs in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentPrice {
    /// What calls cost.
    pub rate: Rate,
    /// What a message to the agent costs; `None` where the agent takes none.
    pub price_per_message: Option<Amount>,
}

/// [`Details`] as JSON has them, not yet checked as a whole.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetailsDocument {
    #[serde(default)]
    phones: Vec<String>,
    email: Option<String>,
    #[serde(default)]
    languages: Vec<String>,
    #[serde(default)]
    prices: BTreeMap<Currency, PriceDocument>,
    share: Option<u16>,
    time_zone: Option<Zone>,
    number: Option<String>,
    #[serde(default)]
    public: bool,
    about: Option<String>,
    #[serde(default = "reminded")]
    reminders: bool,
    #[serde(default)]
    sms_reminders: bool,
    #[serde(default)]
    blackouts: Vec<Blackout>,
}

/// Whoever has not said otherwise is reminded.
fn reminded() -> bool {
    true
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct PriceDocument {
    rate: RateDocument,
    price_per_message: Option<Amount>,
}

/// Why an agent is not made, shown or changed.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// There is no such agent.
    #[error("there is no agent {0}")]
    NotFound(String),
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Somebody has the number.
    #[error(transparent)]
    NumberTaken(#[from] NumberTaken),
    /// Somebody else changed the agent meanwhile.
    #[error("the agent was changed meanwhile: it is at version {current}")]
    Changed {
        /// The version now.
        current: i64,
    },
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(AgentError: Tenant);

/// How many agents are read at a time.
const PAGE: i64 = 200;
const MOST_PHONES: usize = 20;
const MOST_LANGUAGES: usize = 50;
const LONGEST_ABOUT: usize = 1000;
const MOST_BLACKOUTS: usize = 100;

/// Makes an agent.
///
/// # Errors
/// A field makes no sense, or the number is taken.
pub async fn create(work: &mut Work, name: String, details: Details) -> Result<Agent, AgentError> {
    let agent = Agent {
        id: work.id("agt"),
        name: fields::required("/name", name, 200)?,
        details: reachable(work, details.checked()?).await?,
        created_at: work.now(),
        version: 1,
    };
    take_number(work, &agent, None).await?;
    let record = agent.record(work.tenant());
    storage::agents::insert(&mut work.tx, &record).await?;
    work.audit("agent.create", &agent.id, None, Some(&agent.to_json())).await?;
    Ok(agent)
}

/// Replaces name and details of an agent, if it is at this version, but for whether it is reminded by short messages, which has its own way
/// ([`set_availability`]). Calls that have begun keep their prices.
///
/// # Errors
/// A field makes no sense, the number is taken, or the agent was changed meanwhile.
pub async fn update(
    work: &mut Work,
    id: &str,
    name: String,
    details: Details,
    version: i64,
) -> Result<Agent, AgentError> {
    let before = at_version(work, id, version).await?;
    let after = Agent {
        name: fields::required("/name", name, 200)?,
        details: Details { sms_reminders: before.details.sms_reminders, ..reachable(work, details.checked()?).await? },
        version: version + 1,
        ..before.clone()
    };
    take_number(work, &after, before.details.number.as_ref()).await?;
    replace(work, &before, after).await
}

/// When an agent takes no shift, and how it is reminded of those that it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Availability {
    /// When it takes no shift.
    pub blackouts: Vec<Blackout>,
    /// Whether it is reminded.
    pub reminders: bool,
    /// Whether it is reminded by short messages, too; as before, where nothing is said.
    pub sms_reminders: Option<bool>,
}

/// Sets when an agent takes no shift and how it is reminded of those that it has, if it is at this version.
///
/// # Errors
/// There is none, there are too many blackouts, or the agent was changed meanwhile.
pub async fn set_availability(
    work: &mut Work,
    id: &str,
    availability: Availability,
    version: i64,
) -> Result<Agent, AgentError> {
    let before = at_version(work, id, version).await?;
    let Availability { blackouts, reminders, sms_reminders } = availability;
    let sms_reminders = sms_reminders.unwrap_or(before.details.sms_reminders);
    let details = Details { blackouts, reminders, sms_reminders, ..before.details.clone() }.checked()?;
    let after = Agent { details, version: version + 1, ..before.clone() };
    replace(work, &before, after).await
}

/// The agent, if it is at this version.
async fn at_version(work: &mut Work, id: &str, version: i64) -> Result<Agent, AgentError> {
    let agent = get(work, id).await?;
    if agent.version != version {
        return Err(AgentError::Changed { current: agent.version });
    }
    Ok(agent)
}

async fn replace(work: &mut Work, before: &Agent, after: Agent) -> Result<Agent, AgentError> {
    let record = after.record(work.tenant());
    if !storage::agents::update(&mut work.tx, &record).await? {
        return Err(AgentError::Changed { current: after.version });
    }
    work.audit("agent.update", &after.id, Some(&before.to_json()), Some(&after.to_json())).await?;
    let told = |agent: &Agent| {
        let Details { reminders, sms_reminders, email, phones, blackouts, .. } = agent.details.clone();
        (reminders, email, blackouts, sms_reminders.then_some(phones))
    };
    if told(before) != told(&after) {
        reminders::wake(work).await?;
    }
    Ok(after)
}

/// Has the agent have its number, if it is another than before and nobody else has it.
async fn take_number(work: &mut Work, agent: &Agent, before: Option<&String>) -> Result<(), AgentError> {
    let Some(number) = agent.details.number.as_ref().filter(|number| Some(*number) != before) else { return Ok(()) };
    match numbers::holder(work, number).await? {
        Some(holder) if holder.id() != agent.id => Err(NumberTaken { number: number.clone(), holder }.into()),
        _ => Ok(()),
    }
}

/// The details with the number in canonical form, if calls may go to all of the phones: what is off for customers is off for calls that are
/// forwarded to an agent.
async fn reachable(work: &mut Work, mut details: Details) -> Result<Details, AgentError> {
    let settings = tenants::get(work).await?.settings;
    if let Some(given) = &details.number {
        let number = settings.dial_plan.canonical(given).map_err(|error| Invalid::at("/number", error.to_string()))?;
        if settings.dial_plan.is_reserved(&number) {
            return Err(Invalid::at("/number", format!("{number} is reserved by the dial plan")).into());
        }
        details.number = Some(number.to_string());
    }
    for (position, phone) in details.phones.iter().enumerate() {
        let Ok(number) = settings.dial_plan.canonical(phone) else { continue };
        if number.to_string().starts_with('+')
            && let Err(off) = settings.fraud.destinations(settings.dial_plan.country()).admit(number.digits())
        {
            return Err(Invalid::at(format!("/phones/{position}"), off.to_string()).into());
        }
    }
    Ok(details)
}

/// The agent.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn get(scope: &mut impl Scope, id: &str) -> Result<Agent, AgentError> {
    let tenant = scope.tenant();
    let record = storage::agents::get(scope.tx(), tenant, id).await?;
    let own = record.filter(|record| scope.finds("agent", id, |reach| reach.agent(&record.id)));
    Agent::of(own.ok_or_else(|| AgentError::NotFound(id.to_owned()))?)
}

/// The agent as all who call learn of it, whoever asks; `None` if there is no such agent.
pub(crate) async fn known(scope: &mut impl Scope, id: &str) -> Result<Option<Agent>, AgentError> {
    let tenant = scope.tenant();
    storage::agents::get(scope.tx(), tenant, id).await?.map(Agent::of).transpose()
}

/// Those agents of some that there are, as who plans shifts learns of them, whoever asks.
pub(crate) async fn some(scope: &mut impl Scope, ids: &[&str]) -> Result<Vec<Agent>, AgentError> {
    let tenant = scope.tenant();
    storage::agents::some(scope.tx(), tenant, ids).await?.into_iter().map(Agent::of).collect()
}

/// The agent whom callers dial under a number, whoever asks.
pub(crate) async fn by_number(scope: &mut impl Scope, number: &Number) -> Result<Option<Agent>, AgentError> {
    let tenant = scope.tenant();
    storage::agents::by_number(scope.tx(), tenant, &number.to_string()).await?.map(Agent::of).transpose()
}

/// The agents who have a number, in the order of their making, as all who call learn of them, whoever asks.
///
/// # Errors
/// The database does not answer.
pub async fn numbered(scope: &mut impl Scope) -> Result<Vec<Agent>, AgentError> {
    let tenant = scope.tenant();
    storage::agents::numbered(scope.tx(), tenant).await?.into_iter().map(Agent::of).collect()
}

/// The name that callers know an agent by, as documents tell it to every customer who called; `None` if there is no such agent.
pub(crate) async fn known_name(scope: &mut impl Scope, id: &str) -> Result<Option<String>, storage::Error> {
    let tenant = scope.tenant();
    Ok(storage::agents::get(scope.tx(), tenant, id).await?.map(|record| record.name))
}

/// All agents whom who reads reaches.
pub(crate) async fn all(scope: &mut impl Scope) -> Result<Vec<Agent>, AgentError> {
    let mut all: Vec<Agent> = Vec::new();
    loop {
        let after = all.last().map(|agent| agent.id.clone());
        let more = page(scope, after.as_deref(), PAGE).await?;
        if more.is_empty() {
            return Ok(all);
        }
        all.extend(more);
    }
}

/// A page of agents in the order of their making, those after `after`.
///
/// # Errors
/// The database does not answer.
pub async fn page(scope: &mut impl Scope, after: Option<&str>, limit: i64) -> Result<Vec<Agent>, AgentError> {
    let tenant = scope.tenant();
    let records = match scope.reach().clone() {
        Reach::Tenant => storage::agents::page(scope.tx(), tenant, after, limit).await?,
        Reach::Own { agent: Some(own), .. } if after.is_none_or(|after| own.as_str() > after) => {
            storage::agents::get(scope.tx(), tenant, &own).await?.into_iter().collect()
        }
        Reach::Own { .. } => Vec::new(),
    };
    records.into_iter().map(Agent::of).collect()
}

impl Agent {
    /// The first of its phones that has a number of the world, in canonical form: where short messages go.
    pub(crate) fn mobile(&self, plan: &DialPlan) -> Option<String> {
        let canonical = self.details.phones.iter().filter_map(|phone| plan.canonical(phone).ok());
        canonical.filter(|number| matches!(number, Number::E164(_))).map(|number| number.to_string()).next()
    }

    /// What calls cost a customer with an account in this currency.
    #[must_use]
    pub fn rate_in(&self, currency: Currency) -> Option<&Rate> {
        self.details.prices.get(&currency).map(|price| &price.rate)
    }

    /// The agent's share of a charge without its tax, in thousandths.
    #[must_use]
    pub fn share(&self) -> u16 {
        self.details.share
    }

    /// The agent as JSON: name, and [`Details::to_json`].
    fn to_json(&self) -> Value {
        let mut document = json!({"name": self.name});
        if let (Some(document), Value::Object(details)) = (document.as_object_mut(), self.details.to_json()) {
            document.extend(details);
        }
        document
    }

    fn of(record: AgentRecord) -> Result<Self, AgentError> {
        Ok(Agent {
            details: invalid::parse::<DetailsDocument>(record.details.as_bytes())?.check()?,
            id: record.id,
            name: record.name,
            created_at: Instant::clamped(record.created_at),
            version: record.version,
        })
    }

    fn record(&self, tenant: i64) -> AgentRecord {
        AgentRecord {
            tenant,
            id: self.id.clone(),
            name: self.name.clone(),
            details: self.details.to_json().to_string(),
            created_at: self.created_at.millis(),
            version: self.version,
            number: self.details.number.clone(),
        }
    }
}

impl Default for Details {
    fn default() -> Self {
        Details {
            phones: Vec::new(),
            email: None,
            languages: Vec::new(),
            prices: BTreeMap::new(),
            share: DEFAULT_SHARE,
            time_zone: None,
            number: None,
            public: false,
            about: None,
            reminders: reminded(),
            sms_reminders: false,
            blackouts: Vec::new(),
        }
    }
}

impl Details {
    /// The details as JSON. [`DetailsDocument::check`] reads them back.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let price = |(currency, price): (&Currency, &AgentPrice)| {
            let per_message = price.price_per_message.map(|amount| amount.to_text(*currency));
            let document = json!({"rate": price.rate.to_json(*currency), "price_per_message": per_message});
            (currency.code().to_owned(), document)
        };
        let mut document = json!({
            "phones": self.phones,
            "email": self.email,
            "languages": self.languages,
            "prices": self.prices.iter().map(price).collect::<serde_json::Map<_, _>>(),
            "share": self.share,
            "number": self.number,
            "public": self.public,
            "about": self.about,
            "reminders": self.reminders,
            "sms_reminders": self.sms_reminders,
            "blackouts": self.blackouts,
        });
        if let Some(zone) = &self.time_zone {
            document["time_zone"] = json!(zone);
        }
        document
    }

    fn checked(self) -> Result<Details, Invalid> {
        if self.share > WHOLE_SHARE {
            let detail = format!("must be 0 to {WHOLE_SHARE} thousandths, not {}", self.share);
            return Err(Invalid::at("/share", detail));
        }
        if self.blackouts.len() > MOST_BLACKOUTS {
            let detail = format!("must be {MOST_BLACKOUTS} at most, not {}", self.blackouts.len());
            return Err(Invalid::at("/blackouts", detail));
        }
        let email = fields::email("/email", self.email)?;
        for (currency, price) in &self.prices {
            if price.price_per_message.is_some_and(Amount::is_negative) {
                let pointer = format!("/prices/{currency}/price_per_message");
                return Err(Invalid::at(pointer, "must not be below zero"));
            }
        }
        Ok(Details {
            phones: texts("/phones", self.phones, MOST_PHONES, 40)?,
            email,
            languages: texts("/languages", self.languages, MOST_LANGUAGES, 20)?,
            number: fields::optional("/number", self.number, 40)?,
            about: fields::lines("/about", self.about, LONGEST_ABOUT)?,
            ..self
        })
    }
}

fn texts(pointer: &str, texts: Vec<String>, most: usize, longest: usize) -> Result<Vec<String>, Invalid> {
    if texts.len() > most {
        return Err(Invalid::at(pointer, format!("must be {most} at most, not {}", texts.len())));
    }
    let checked = texts
        .into_iter()
        .enumerate()
        .map(|(position, text)| fields::required(&format!("{pointer}/{position}"), text, longest));
    checked.collect()
}

impl DetailsDocument {
    /// The details that the document describes. What an agent is made with is checked further by [`create`].
    ///
    /// # Errors
    /// See [`RateDocument::check`].
    pub fn check(self) -> Result<Details, Invalid> {
        let price = |(currency, price): (Currency, PriceDocument)| {
            let rate = price.rate.check().map_err(|error| error.within(&format!("/prices/{currency}/rate")))?;
            Ok((currency, AgentPrice { rate, price_per_message: price.price_per_message }))
        };
        Ok(Details {
            phones: self.phones,
            email: self.email,
            languages: self.languages,
            prices: self.prices.into_iter().map(price).collect::<Result<_, Invalid>>()?,
            share: self.share.unwrap_or(DEFAULT_SHARE),
            time_zone: self.time_zone,
            number: self.number,
            public: self.public,
            about: self.about,
            reminders: self.reminders,
            sms_reminders: self.sms_reminders,
            blackouts: self.blackouts,
        })
    }
}
