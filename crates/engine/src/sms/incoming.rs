//! Short messages that come in: who wants none, what agents say of themselves, and what goes into conversations.

use std::borrow::Cow;

use domain::card::masked;
use domain::dial_plan::Number;
use domain::message::{Side, Text};
use domain::roster::Skipped;
use domain::sms::Keyword;
use domain::time::Instant;
use storage::incoming_sms::IncomingRecord;

use super::words::Words;
use crate::agents::AgentError;
use crate::groups::{self, GroupError};
use crate::messages::{self, MessageError, Party, Written};
use crate::presence::{self, Presence};
use crate::switching::Exchange;
use crate::tenants::{self, Settings, TenantError};
use crate::{Actor, Scope, Work, agents, phone_checks};

/// How long a message that somebody has taken to see to it is left to them, in milliseconds: a carrier waits no longer for an answer.
const SEEN_TO_MILLIS: i64 = 15_000;
/// How often a sender is answered in an hour at most: it may be a machine that answers, too.
const MOST_REPLIES: i64 = 10;
const HOUR_MILLIS: i64 = 3_600_000;
/// How much is kept of a text, in characters.
const LONGEST_TEXT: usize = 1600;
/// How much is kept of what is no number, in characters.
const LONGEST_NUMBER: usize = 40;

/// A short message that has come.
#[derive(Clone, PartialEq, Eq)]
pub struct IncomingSms {
    /// The carrier, and what the message is to it.
    pub origin: String,
    /// The number that it came from; empty, where it is not known.
    pub from: String,
    /// The number that it came to.
    pub to: String,
    /// What it says.
    pub text: String,
    /// Whether the carrier has answered it by itself.
    pub is_answered: bool,
}

/// What came of a short message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Its sender gets no more.
    Stopped,
    /// Its sender gets them again.
    Started,
    /// It was told what can be written.
    Helped,
    /// A call that rang for its sender goes on to somebody else.
    PassedOn,
    /// Its sender, who is on duty, gets no calls for now.
    Away,
    /// Its sender gets calls again.
    Back,
    /// Its phone is its sender's, who was asked.
    Confirmed,
    /// Its sender is not on duty.
    NotOnDuty,
    /// It stands in a conversation of its sender's.
    Conversation,
    /// It was written into a conversation, and is refused there.
    Refused,
    /// It is kept, for people to read.
    Kept,
}

/// Why nobody sees to a short message now. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum IncomingError {
    /// The rosters could not be read.
    #[error(transparent)]
    Group(#[from] GroupError),
    /// The conversation does not take it.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// The agents could not be read.
    #[error(transparent)]
    Agent(#[from] AgentError),
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

impl storage::FromStorage for IncomingError {
    fn storage_error(&self) -> Option<&storage::Error> {
        match self {
            IncomingError::Group(error) => error.storage_error(),
            IncomingError::Message(error) => error.storage_error(),
            IncomingError::Agent(error) => error.storage_error(),
            IncomingError::Tenant(error) => error.storage_error(),
            IncomingError::Storage(error) => Some(error),
        }
    }
}

/// Who sent a message, to which number, as they are known here.
#[derive(Clone)]
struct Between {
    /// In canonical form, if it is one.
    own: String,
    sender: String,
    /// The agents whose phone the sender's is.
    agents: Vec<String>,
    /// Who of the conversation that holds our number the sender is.
    party: Option<Party>,
}

/// How it goes on with a message.
enum Step {
    /// It is seen to, and this is answered.
    Done(Option<String>),
    /// Its sender cannot take a call now.
    Passes(Between),
}

/// What came of a message, and what is answered.
struct Settled {
    outcome: Outcome,
    reply: Option<Cow<'static, str>>,
}

impl Settled {
    fn new(outcome: Outcome, reply: Option<&'static str>) -> Settled {
        Settled { outcome, reply: reply.map(Cow::Borrowed) }
    }
}

/// Sees to a short message that has come, and tells what is to be answered. The same again, by its origin, changes nothing and gets the same answer.
///
/// # Errors
/// The database does not answer: it is to come again.
pub async fn incoming(exchange: &Exchange, tenant: i64, sms: &IncomingSms) -> Result<Option<String>, IncomingError> {
    let (engine, actor) = (exchange.engine(), Actor::program(tenant, "sms"));
    let step = storage::retry(async || {
        let mut work = engine.begin(&actor).await?;
        let step = begin(&mut work, sms).await?;
        work.commit().await?;
        Ok::<_, IncomingError>(step)
    });
    let between = match step.await? {
        Step::Done(reply) => return Ok(reply),
        Step::Passes(between) => between,
    };
    let mut is_passed_on = false;
    for agent in &between.agents {
        is_passed_on |= exchange.pass_on(tenant, agent).await;
    }
    storage::retry(async || {
        let mut work = engine.begin(&actor).await?;
        let words = Words::of(&tenants::get(&mut work).await?.settings.locale);
        let settled = match is_passed_on {
            true => Settled::new(Outcome::PassedOn, Some(words.passed_on)),
            false => goes_away(&mut work, &between, words).await?,
        };
        let reply = settle(&mut work, sms, &between, settled).await?;
        work.commit().await?;
        Ok(reply)
    })
    .await
}

/// Takes a message, unless somebody has, and does what a word of it says that needs no call.
async fn begin(work: &mut Work, sms: &IncomingSms) -> Result<Step, IncomingError> {
    let (tenant, now) = (work.tenant(), work.now());
    let settings = tenants::get(work).await?.settings;
    let between = between(work, sms, &settings).await?;
    let record = IncomingRecord {
        id: work.id("ism"),
        origin: sms.origin.clone(),
        own_number: between.own.clone(),
        sender: shown(work, &between).await?,
        agent: between.agent().cloned(),
        // What is between two people stands in their conversation alone.
        body: if between.party.is_some() { String::new() } else { masked(&kept(&sms.text, LONGEST_TEXT)) },
        outcome: None,
        reply: None,
        received_at: now.millis(),
        claimed_at: now.millis(),
    };
    let stale_before = now.millis() - SEEN_TO_MILLIS;
    if !storage::incoming_sms::claim(&mut work.tx, tenant, &record, stale_before).await? {
        let known = storage::incoming_sms::by_origin(&mut work.tx, tenant, &sms.origin).await?;
        return Ok(Step::Done(known.and_then(|known| known.reply)));
    }
    let (words, keyword) = (Words::of(&settings.locale), Keyword::of(&sms.text));
    let settled = match (keyword, &between.party) {
        (Some(Keyword::Pass), None) if !between.agents.is_empty() => return Ok(Step::Passes(between)),
        _ => obey(work, (sms, keyword), &between, words).await?,
    };
    Ok(Step::Done(settle(work, sms, &between, settled).await?))
}

/// Does what a word says that needs no call; what is no such word goes into the conversation, where there is one.
async fn obey(
    work: &mut Work,
    (sms, keyword): (&IncomingSms, Option<Keyword>),
    between: &Between,
    words: &Words,
) -> Result<Settled, IncomingError> {
    let (tenant, now) = (work.tenant(), work.now());
    let numbers = (between.own.as_str(), between.sender.as_str());
    let is_agent = !between.agents.is_empty() && between.party.is_none();
    Ok(match keyword {
        Some(Keyword::Stop) => {
            storage::sms_stops::stop(&mut work.tx, tenant, numbers, now.millis()).await?;
            Settled::new(Outcome::Stopped, None)
        }
        Some(Keyword::Start) if storage::sms_stops::start(&mut work.tx, tenant, numbers).await? => {
            Settled::new(Outcome::Started, Some(words.started))
        }
        Some(Keyword::Yes | Keyword::Start)
            if is_agent && phone_checks::confirm(work, &between.agents, &between.sender).await? =>
        {
            Settled::new(Outcome::Confirmed, Some(words.confirmed))
        }
        Some(Keyword::Help) => {
            Settled::new(Outcome::Helped, Some(if is_agent { words.agent_help } else { words.help }))
        }
        Some(Keyword::Back) if is_agent => {
            for agent in &between.agents {
                presence::set(work, agent, Presence::Online).await?;
            }
            Settled::new(Outcome::Back, Some(words.back))
        }
        _ => match &between.party {
            Some(party) => converses(work, sms, party, words).await?,
            // It may have been meant for one of these.
            None if is_agent => Settled::new(Outcome::Kept, Some(words.agent_help)),
            None => Settled::new(Outcome::Kept, None),
        },
    })
}

/// Writes into the conversation what one of the two has sent to its number.
async fn converses(work: &mut Work, sms: &IncomingSms, party: &Party, words: &Words) -> Result<Settled, IncomingError> {
    let Ok(text) = Text::read(&masked(&kept(&sms.text, LONGEST_TEXT))) else {
        return Ok(Settled::new(Outcome::Refused, Some(words.no_text)));
    };
    let settled = match messages::written(work, party, &sms.origin, text).await? {
        Written::Stands => Settled::new(Outcome::Conversation, None),
        Written::Refused { why, tells } => {
            Settled { outcome: Outcome::Refused, reply: tells.then(|| Cow::Owned(words.refused(&why))) }
        }
    };
    Ok(settled)
}

/// Writes what came of a message, and tells what is answered: nothing to who wants nothing, or has been answered often, or by its carrier.
async fn settle(
    work: &mut Work,
    sms: &IncomingSms,
    between: &Between,
    settled: Settled,
) -> Result<Option<String>, IncomingError> {
    let (tenant, since) = (work.tenant(), work.now().millis() - HOUR_MILLIS);
    let numbers = (between.own.as_str(), between.sender.as_str());
    let is_stopped = storage::sms_stops::is_stopped(&mut work.tx, tenant, numbers).await?;
    let shown = shown(work, between).await?;
    let replies = storage::incoming_sms::replies(&mut work.tx, tenant, &shown, since).await?;
    let may = !sms.is_answered && !is_stopped && replies < MOST_REPLIES && !between.sender.is_empty();
    let reply = settled.reply.filter(|_| may).map(Cow::into_owned);
    let outcome = settled.outcome.name();
    storage::incoming_sms::settle(&mut work.tx, tenant, &sms.origin, outcome, reply.as_deref()).await?;
    Ok(reply)
}

/// Whom a message is from and to.
async fn between(work: &mut Work, sms: &IncomingSms, settings: &Settings) -> Result<Between, IncomingError> {
    let plan = &settings.dial_plan;
    let canonical = |number: &str| match plan.canonical(number) {
        Ok(number @ Number::E164(_)) => number.to_string(),
        _ => kept(number, LONGEST_NUMBER),
    };
    let (own, sender) = (canonical(&sms.to), canonical(&sms.from));
    let is_own = |phone: &String| plan.canonical(phone).is_ok_and(|number| number.to_string() == sender);
    let all = agents::all(work).await?;
    let agents =
        all.into_iter().filter(|agent| agent.details.phones.iter().any(is_own)).map(|agent| agent.id).collect();
    let party = messages::party(work, settings, (&own, &sender)).await?;
    Ok(Between { own, sender, agents, party })
}

impl Between {
    /// The agent whose phone the sender's is: that of the conversation, where it is written into one.
    fn agent(&self) -> Option<&String> {
        match &self.party {
            Some(party) => Some(&party.agent).filter(|_| party.side == Side::Agent),
            None => self.agents.first(),
        }
    }
}

/// The sender as it is kept: who writes to a group as its callers are, but for agents, whom everybody knows; a customer who writes into a conversation by
/// its id.
async fn shown(work: &mut Work, between: &Between) -> Result<String, IncomingError> {
    if let Some(party) = between.party.as_ref().filter(|party| party.side == Side::Customer) {
        return Ok(party.customer.clone());
    }
    let Ok(number) = Number::read(&between.own) else { return Ok(between.sender.clone()) };
    match groups::with_number(work, &number).await? {
        Some(group) if between.agents.is_empty() => Ok(groups::get(work, &group).await?.name_of(&between.sender)),
        _ => Ok(between.sender.clone()),
    }
}

/// Those of the sender's agents who are on duty get no calls from now on.
async fn goes_away(work: &mut Work, between: &Between, words: &Words) -> Result<Settled, IncomingError> {
    let now = work.now();
    let mut on_duty = Vec::new();
    for group in groups::all(work).await? {
        on_duty.extend(on_duty_in(work, &group.id, now).await?);
    }
    let own: Vec<&String> = between.agents.iter().filter(|agent| on_duty.contains(agent)).collect();
    if own.is_empty() {
        return Ok(Settled::new(Outcome::NotOnDuty, Some(words.not_on_duty)));
    }
    for agent in own {
        presence::set(work, agent, Presence::Away).await?;
    }
    Ok(Settled::new(Outcome::Away, Some(words.away)))
}

/// Who of a group is on duty, whether they take calls or not.
async fn on_duty_in(work: &mut Work, group: &str, now: Instant) -> Result<Vec<String>, IncomingError> {
    let on_duty = groups::on_duty(work, group, now).await?;
    let has_shift = on_duty.agents.into_iter().filter(|duty| duty.skipped != Some(Skipped::Blackout));
    Ok(has_shift.map(|duty| duty.agent).collect())
}

/// A text as it is kept: of some length, and of characters that a database takes.
fn kept(text: &str, longest: usize) -> String {
    text.trim().chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).take(longest).collect()
}

impl Outcome {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Stopped => "stopped",
            Outcome::Started => "started",
            Outcome::Helped => "helped",
            Outcome::PassedOn => "passed_on",
            Outcome::Away => "away",
            Outcome::Back => "back",
            Outcome::Confirmed => "confirmed",
            Outcome::NotOnDuty => "not_on_duty",
            Outcome::Conversation => "conversation",
            Outcome::Refused => "refused",
            Outcome::Kept => "kept",
        }
    }
}

/// What is written is between two people: no log prints it.
impl std::fmt::Debug for IncomingSms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IncomingSms({})", self.origin)
    }
}
