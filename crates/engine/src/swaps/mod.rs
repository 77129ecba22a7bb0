//! Swaps: an agent offers a shift of its own to the others of the group, and one of them takes it.
//!
//! What is taken becomes a change of the roster in the same transaction; where the group wants that, a coordinator approves first. Nobody writes
//! down that an offer's time is over: it follows from the instant at which it begins.

mod decide;
mod letters;
mod link;
mod offer;
mod take;

use std::collections::BTreeMap;

use domain::invalid::Invalid;
use domain::roster::{Hours, Span, SwapState};
use domain::time::{Date, Instant, Zone, date_of_day, day_number};
use serde::{Deserialize, Serialize};
use storage::swaps::SwapRecord;

pub use decide::{decide, withdraw};
pub(crate) use letters::addressed;
pub use letters::{SwapNews, ToldSwap};
pub use link::{Linked, show, take_by_link};
pub use offer::{NewSwap, offer};
pub use take::take;

use crate::agents::AgentError;
use crate::groups::{self, Group, GroupError};
use crate::{Scope, Work, agents};

/// How long swaps are listed after they began.
const LISTED_MILLIS: i64 = 30 * 86_400_000;

/// A shift that an agent offered, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swap {
    /// Its id.
    pub id: String,
    /// The group.
    pub group: Named,
    /// Who offered it.
    pub agent: Named,
    /// To whom alone; to all of the group, where it is nobody.
    pub only_for: Option<Named>,
    /// The zone of the group, whose date and hours it has.
    pub zone: Zone,
    /// The date on which it begins.
    pub date: Date,
    /// From when to when.
    pub hours: Hours,
    /// The same as instants.
    pub span: Span,
    /// How far it is, by now.
    pub state: SwapState,
    /// Who took it.
    pub taken_by: Option<Named>,
    /// The id of the override that came of it.
    pub change: Option<String>,
    /// Who did what, the first first.
    pub acts: Vec<Act>,
    /// When it was offered.
    pub created_at: Instant,
}

/// A record and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
}

/// What somebody did about a swap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// When.
    pub at: Instant,
    /// Who, as the audit trail names them.
    pub by: String,
    /// What came of it.
    pub state: SwapState,
}

/// Why a swap is not offered, taken or decided.
#[derive(Debug, thiserror::Error)]
pub enum SwapError {
    /// There is no such swap, or it is not for this agent.
    #[error("there is no swap {0}")]
    NotFound(String),
    /// The agent who offers, or has offered, is not on duty for all of the time.
    #[error("{agent} is not on duty for all of that time")]
    NotOnDuty {
        /// What the agent is called.
        agent: String,
    },
    /// A part of what was added for the day cannot be told from the rest.
    #[error("this is a part of a duty that was added for the date: offer it whole, {hours}")]
    PartOfAdded {
        /// From when to when it is.
        hours: String,
    },
    /// A part of it is offered already.
    #[error("a part of that time is offered already, by {swap}")]
    OfferedAlready {
        /// The id of the swap.
        swap: String,
    },
    /// It is not open to this any more, or not yet.
    #[error("the swap is {}", state.name())]
    NotOpen {
        /// How far it is.
        state: SwapState,
    },
    /// Nobody takes its own shift.
    #[error("{agent} has offered it: another agent has to take it")]
    OwnOffer {
        /// What the agent is called.
        agent: String,
    },
    /// Whoever takes it is on duty in the group then.
    #[error("{agent} is on duty then already")]
    OnDutyThen {
        /// What the agent is called.
        agent: String,
    },
    /// Whoever takes it takes no shift on that date.
    #[error("{agent} takes no shift on {date}")]
    Blackout {
        /// What the agent is called.
        agent: String,
        /// The date on which it begins.
        date: Date,
    },
    /// The link opens nothing.
    #[error("the link is unknown, or has expired")]
    NotValid,
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The group or its roster could not be read or changed.
    #[error(transparent)]
    Group(#[from] GroupError),
    /// The agent could not be read.
    #[error(transparent)]
    Agent(#[from] AgentError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(SwapError: Group, Agent);

/// The swaps of a group that are ahead or began within a month, in the order in which they begin.
///
/// # Errors
/// There is no such group, or the database does not answer.
pub async fn of_group(scope: &mut impl Scope, group: &str) -> Result<Vec<Swap>, SwapError> {
    let group = groups::get(scope, group).await?;
    let records = records(scope, &group).await?;
    named(scope, &group, records).await
}

/// The swaps that concern an agent: those that it offered or took, and those that it could take. In the order in which they begin.
///
/// # Errors
/// There is no such agent, or the database does not answer.
pub async fn of_agent(scope: &mut impl Scope, agent: &str) -> Result<Vec<Swap>, SwapError> {
    let agent = agents::get(scope, agent).await?.id;
    let mut all = Vec::new();
    for group in groups::all(scope).await? {
        let mut records = records(scope, &group).await?;
        let member = !records.is_empty() && groups::members(scope, &group).await?.contains(&agent);
        records.retain(|record| {
            let part = record.agent == agent || record.taken_by.as_ref() == Some(&agent);
            let open = record.state == SwapState::Offered.name() && record.starts_at > scope.now().millis();
            part || open && member && record.only_for.as_ref().is_none_or(|only| *only == agent)
        });
        all.extend(named(scope, &group, records).await?);
    }
    all.sort_by(|one, other| (one.span.start, &one.id).cmp(&(other.span.start, &other.id)));
    Ok(all)
}

/// The swaps of an agent that are open, or wait for a coordinator.
///
/// # Errors
/// The database does not answer.
pub async fn open_of_agent(scope: &mut impl Scope, agent: &str) -> Result<Vec<Swap>, SwapError> {
    let mut all = of_agent(scope, agent).await?;
    all.retain(|swap| swap.agent.id == agent && swap.is_open());
    Ok(all)
}

async fn records(scope: &mut impl Scope, group: &Group) -> Result<Vec<SwapRecord>, storage::Error> {
    let (tenant, from) = (scope.tenant(), scope.now().millis() - LISTED_MILLIS);
    storage::swaps::of_group(scope.tx(), tenant, &group.id, from).await
}

/// One swap, and its group.
async fn get(scope: &mut impl Scope, id: &str) -> Result<(Swap, Group), SwapError> {
    let tenant = scope.tenant();
    let record = storage::swaps::get(scope.tx(), tenant, id).await?;
    let record = record.ok_or_else(|| SwapError::NotFound(id.to_owned()))?;
    let group = groups::get(scope, &record.agent_group).await?;
    let swap = named(scope, &group, vec![record]).await?.pop();
    Ok((swap.ok_or_else(|| SwapError::NotFound(id.to_owned()))?, group))
}

/// The swaps of these records of a group, with the names of all.
async fn named(scope: &mut impl Scope, group: &Group, records: Vec<SwapRecord>) -> Result<Vec<Swap>, SwapError> {
    let mut ids: Vec<&str> = Vec::new();
    for record in &records {
        ids.push(&record.agent);
        ids.extend(record.only_for.as_deref().into_iter().chain(record.taken_by.as_deref()));
    }
    ids.sort_unstable();
    ids.dedup();
    let agents = agents::some(scope, &ids).await?;
    let names: BTreeMap<String, String> = agents.into_iter().map(|agent| (agent.id, agent.name)).collect();
    let (zone, now) = (group.zone(scope).await.map_err(GroupError::from)?, scope.now());
    records.into_iter().map(|record| Swap::of(record, group, &zone, &names, now)).collect()
}

impl Swap {
    fn of(
        record: SwapRecord,
        group: &Group,
        zone: &Zone,
        names: &BTreeMap<String, String>,
        now: Instant,
    ) -> Result<Swap, SwapError> {
        let unreadable = |detail: String| SwapError::Group(GroupError::Unreadable { id: record.id.clone(), detail });
        let state = SwapState::named(&record.state).ok_or_else(|| unreadable(record.state.clone()))?;
        let hours = record.hours.parse().map_err(|_| unreadable(record.hours.clone()))?;
        let acts = serde_json::from_str(&record.acts).map_err(|error| unreadable(error.to_string()))?;
        let span = Span { start: Instant::clamped(record.starts_at), end: Instant::clamped(record.ends_at) };
        let agent = |id: String| Named { name: names.get(&id).unwrap_or(&id).clone(), id };
        Ok(Swap {
            state: state.by_now(span.start, record.change.is_some(), now),
            id: record.id,
            group: Named { id: group.id.clone(), name: group.details.name.clone() },
            agent: agent(record.agent),
            only_for: record.only_for.map(agent),
            zone: zone.clone(),
            date: date_of_day(record.date),
            hours,
            span,
            taken_by: record.taken_by.map(agent),
            change: record.change,
            acts,
            created_at: Instant::clamped(record.created_at),
        })
    }

    fn record(&self) -> SwapRecord {
        SwapRecord {
            id: self.id.clone(),
            agent_group: self.group.id.clone(),
            agent: self.agent.id.clone(),
            only_for: self.only_for.as_ref().map(|only| only.id.clone()),
            date: day_number(self.date),
            hours: self.hours.to_string(),
            starts_at: self.span.start.millis(),
            ends_at: self.span.end.millis(),
            state: self.state.name().to_owned(),
            taken_by: self.taken_by.as_ref().map(|taker| taker.id.clone()),
            change: self.change.clone(),
            acts: serde_json::to_string(&self.acts).unwrap_or_default(),
            created_at: self.created_at.millis(),
        }
    }

    /// Whether it waits for a coordinator.
    #[must_use]
    pub fn awaits_approval(&self) -> bool {
        self.state == SwapState::Taken && self.change.is_none()
    }

    /// Whether the roster may still change by it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state == SwapState::Offered || self.awaits_approval()
    }

    /// Writes how far it is now, as who acts has brought it there.
    async fn advance(self, work: &mut Work, state: SwapState, action: &str) -> Result<Swap, SwapError> {
        let (tenant, before) = (work.tenant(), self.state);
        let mut after = Swap { state, ..self };
        after.acts.push(Act { at: work.now(), by: work.actor.name.clone(), state });
        if !storage::swaps::advance(&mut work.tx, tenant, before.name(), &after.record()).await? {
            return Err(SwapError::NotFound(after.id));
        }
        work.audit(action, &after.id, Some(&before), Some(&after.state)).await?;
        Ok(after)
    }
}
