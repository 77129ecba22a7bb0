//! Groups: people who answer one number together, and their rosters.

mod answering;
mod callers;
mod calls;
mod forget;
mod own;
mod roster;
mod statistics;

use domain::dial_plan::{DialPlan, Number};
use domain::invalid::Invalid;
use domain::roster::TimeOfDay;
use domain::time::{Instant, Zone};
use serde::{Deserialize, Serialize};
use storage::groups::GroupRecord;

pub use answering::{Answering, Callers, Fallback, LanguageChoice, Saying, Voicemail};
pub(crate) use callers::number_of;
pub use callers::{NotKnown, person_of};
pub use calls::{
    CallNote, CallResult, CalledBack, GroupCall, call, call_of_agent, called_back, calls, calls_of_agent, note_call,
};
pub use roster::{
    MOST_DAYS, NewOverride, NewShift, Shift, Timetable, add_override, add_shift, delete_override, delete_shift, duties,
    gaps, get_override, get_shift, on_duty, overrides, shifts, update_shift,
};
pub use statistics::{HourOfWeek, Statistics, TimeToAnswer, statistics};

pub(crate) use forget::forget_calls;
pub use own::{OwnDuty, TransferTargets, duties_of, name_of, transfer_targets};
pub(crate) use own::{members, within};
pub(crate) use roster::{put_override, put_shift, roster_of};

use crate::agents::AgentError;
use crate::numbers::{self, NumberTaken};
use crate::secrets::{MachineError, Secret};
use crate::tenants::{self, TenantError};
use crate::{Scope, Work, fields, reminders, sounds};

/// How many groups are read at a time.
const PAGE: i64 = 200;
/// The most agents that a group can want on duty at once.
pub const MOST_WANTED: u16 = 100;
/// The most numbers of a group.
const MOST_NUMBERS: usize = 20;

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Its id.
    pub id: String,
    /// What can be set of it.
    #[serde(flatten)]
    pub details: Details,
    /// When it was made.
    pub created_at: Instant,
    /// Counts the changes.
    pub version: i64,
    /// With what names are made in the place of callers' numbers.
    #[serde(skip)]
    callers_key: String,
}

/// What can be set of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Details {
    /// What it is called.
    pub name: String,
    /// The zone of its roster; the tenant's, where none is given.
    pub zone: Option<Zone>,
    /// How many are to be on duty at any time, 1 to [`MOST_WANTED`].
    pub wanted: u16,
    /// What callers dial, 20 at most: extensions, or E.164 with their plus. The first is shown to those who are rung. No line, agent or other
    /// group of the tenant has one of them, and no number from outside is the same.
    pub numbers: Vec<String>,
    /// How calls are answered.
    pub answering: Answering,
    /// Whether and when its agents are reminded of their shifts.
    pub reminders: Reminders,
    /// Whether its agents swap shifts by themselves.
    pub swaps: Swapping,
}

/// Whether the agents of a group swap shifts by themselves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Swapping {
    /// They do.
    #[default]
    Free,
    /// A coordinator approves of each swap before the roster changes.
    Approved,
}

impl Default for Details {
    fn default() -> Self {
        Details {
            name: String::new(),
            zone: None,
            wanted: 1,
            numbers: Vec::new(),
            answering: Answering::default(),
            reminders: Reminders::default(),
            swaps: Swapping::default(),
        }
    }
}

/// Whether and when the agents of a group are reminded of the next day's shifts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reminders {
    /// Whether they are.
    pub enabled: bool,
    /// On the evening before, in the group's zone.
    pub at: TimeOfDay,
}

impl Default for Reminders {
    fn default() -> Self {
        Reminders { enabled: true, at: TimeOfDay::EVENING }
    }
}

/// What is kept of [`Details`] as JSON.
#[derive(Serialize, Deserialize)]
struct Stored {
    wanted: u16,
    #[serde(default)]
    numbers: Vec<String>,
    #[serde(default)]
    answering: Answering,
    #[serde(default)]
    callers_key: String,
    #[serde(default)]
    reminders: Reminders,
    #[serde(default)]
    swaps: Swapping,
}

/// Why a group or its roster is not made, shown or changed.
#[derive(Debug, thiserror::Error)]
pub enum GroupError {
    /// There is no such group.
    #[error("there is no group {0}")]
    NotFound(String),
    /// There is no such shift.
    #[error("there is no shift {0}")]
    NoShift(String),
    /// There is no such call.
    #[error("there is no call {0} to a group")]
    NoCall(String),
    /// There is no such change of a roster.
    #[error("there is no override {0}")]
    NoOverride(String),
    /// A field names an agent that there is not.
    #[error("there is no agent {agent}")]
    NoAgent {
        /// Which field.
        pointer: &'static str,
        /// The id.
        agent: String,
    },
    /// A field names a group that there is not.
    #[error("there is no group {group}")]
    NoGroup {
        /// Which field.
        pointer: String,
        /// The id.
        group: String,
    },
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Somebody has a number.
    #[error(transparent)]
    NumberTaken(#[from] NumberTaken),
    /// The machine gave no random numbers.
    #[error(transparent)]
    NoRandomness(#[from] MachineError),
    /// Somebody else changed the record meanwhile.
    #[error("it was changed meanwhile: it is at version {current}")]
    Changed {
        /// The version now.
        current: i64,
    },
    /// What is kept cannot be read.
    #[error("what is kept of {id} cannot be read: {detail}")]
    Unreadable {
        /// The id of the record.
        id: String,
        /// What is wrong with it.
        detail: String,
    },
    /// An agent could not be read.
    #[error(transparent)]
    Agent(#[from] AgentError),
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(GroupError: Agent, Tenant);

/// Makes a group.
///
/// # Errors
/// A field makes no sense.
pub async fn create(work: &mut Work, details: Details) -> Result<Group, GroupError> {
    let group = Group {
        id: work.id("grp"),
        details: checked(work, details).await?,
        created_at: work.now(),
        version: 1,
        callers_key: Secret::random("")?.reveal().to_owned(),
    };
    let record = group.record(work)?;
    storage::groups::insert(&mut work.tx, &record).await?;
    take_numbers(work, &group).await?;
    work.audit("group.create", &group.id, None, Some(&group)).await?;
    reminders::wake(work).await?;
    Ok(group)
}

/// Replaces what is set of a group, if it is at this version.
///
/// # Errors
/// There is none, a field makes no sense, or somebody else has changed it meanwhile.
pub async fn update(work: &mut Work, id: &str, details: Details, version: i64) -> Result<Group, GroupError> {
    let before = get(work, id).await?;
    if before.version != version {
        return Err(GroupError::Changed { current: before.version });
    }
    let after = Group { details: checked(work, details).await?, version: version + 1, ..before.clone() };
    let record = after.record(work)?;
    if !storage::groups::update(&mut work.tx, &record).await? {
        return Err(GroupError::Changed { current: version + 1 });
    }
    if after.details.numbers != before.details.numbers {
        take_numbers(work, &after).await?;
    }
    work.audit("group.update", id, Some(&before), Some(&after)).await?;
    reminders::wake(work).await?;
    Ok(after)
}

/// Deletes a group and its roster.
///
/// # Errors
/// There is none.
pub async fn delete(work: &mut Work, id: &str) -> Result<(), GroupError> {
    let before = get(work, id).await?;
    let tenant = work.tenant();
    if !storage::groups::delete(&mut work.tx, tenant, id).await? {
        return Err(GroupError::NotFound(id.to_owned()));
    }
    work.audit("group.delete", id, Some(&before), None).await?;
    reminders::wake(work).await?;
    Ok(())
}

/// One group.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn get(scope: &mut impl Scope, id: &str) -> Result<Group, GroupError> {
    let tenant = scope.tenant();
    let record = storage::groups::get(scope.tx(), tenant, id).await?;
    Group::of(record.ok_or_else(|| GroupError::NotFound(id.to_owned()))?)
}

/// A page of groups in the order of their making, those after `after`.
///
/// # Errors
/// The database does not answer.
pub async fn page(scope: &mut impl Scope, after: Option<&str>, limit: i64) -> Result<Vec<Group>, GroupError> {
    let tenant = scope.tenant();
    storage::groups::page(scope.tx(), tenant, after, limit).await?.into_iter().map(Group::of).collect()
}

/// The id of the group that is called under a number; `None` if none is.
///
/// # Errors
/// The database does not answer.
pub async fn with_number(scope: &mut impl Scope, number: &Number) -> Result<Option<String>, storage::Error> {
    let tenant = scope.tenant();
    storage::groups::with_number(scope.tx(), tenant, &number.to_string()).await
}

/// The details in the form in which they are kept, if they make sense.
async fn checked(work: &mut Work, details: Details) -> Result<Details, GroupError> {
    if !(1..=MOST_WANTED).contains(&details.wanted) {
        return Err(Invalid::at("/wanted", format!("must be 1 to {MOST_WANTED}")).into());
    }
    let settings = tenants::get(work).await?.settings;
    let answering = details.answering.checked(&settings)?;
    for (pointer, group) in answering.groups() {
        let tenant = work.tenant();
        if storage::groups::get(&mut work.tx, tenant, group).await?.is_none() {
            return Err(GroupError::NoGroup { pointer, group: group.to_owned() });
        }
    }
    for (pointer, audio) in answering.sounds() {
        if let Some(sound) = sounds::ours(audio)
            && !sounds::is_there(work, sound).await?
        {
            return Err(Invalid::at(pointer, format!("there is no sound {sound}")).into());
        }
    }
    let numbers = canonical(details.numbers, &settings.dial_plan)?;
    Ok(Details { name: fields::required("/name", details.name, 200)?, numbers, answering, ..details })
}

/// All groups, in the order of their making.
///
/// # Errors
/// The database does not answer.
pub async fn all(scope: &mut impl Scope) -> Result<Vec<Group>, GroupError> {
    let mut all: Vec<Group> = Vec::new();
    loop {
        let after = all.last().map(|group| group.id.clone());
        let more = page(scope, after.as_deref(), PAGE).await?;
        if more.is_empty() {
            return Ok(all);
        }
        all.extend(more);
    }
}

/// Numbers in canonical form, each once.
fn canonical(numbers: Vec<String>, plan: &DialPlan) -> Result<Vec<String>, Invalid> {
    if numbers.len() > MOST_NUMBERS {
        return Err(Invalid::at("/numbers", format!("must be {MOST_NUMBERS} at most")));
    }
    let mut known: Vec<String> = Vec::new();
    for (position, number) in numbers.iter().enumerate() {
        let pointer = format!("/numbers/{position}");
        let number = plan.canonical(number).map_err(|error| Invalid::at(pointer.clone(), error.to_string()))?;
        if plan.is_reserved(&number) {
            return Err(Invalid::at(pointer, format!("{number} is reserved by the dial plan")));
        }
        let number = number.to_string();
        if !known.contains(&number) {
            known.push(number);
        }
    }
    Ok(known)
}

/// Has the group have its numbers, if nobody else has them.
async fn take_numbers(work: &mut Work, group: &Group) -> Result<(), GroupError> {
    for number in &group.details.numbers {
        match numbers::holder(work, number).await? {
            Some(holder) if holder.id() != group.id => {
                return Err(NumberTaken { number: number.clone(), holder }.into());
            }
            _ => {}
        }
    }
    let tenant = work.tenant();
    Ok(storage::groups::set_numbers(&mut work.tx, tenant, &group.id, &group.details.numbers).await?)
}

impl Group {
    fn of(record: GroupRecord) -> Result<Self, GroupError> {
        let unreadable = |detail: String| GroupError::Unreadable { id: record.id.clone(), detail };
        let Stored { wanted, numbers, answering, callers_key, reminders, swaps } =
            serde_json::from_str(&record.settings).map_err(|error| unreadable(error.to_string()))?;
        let zone = (!record.zone.is_empty()).then(|| Zone::named(&record.zone)).transpose();
        let zone = zone.map_err(|error| unreadable(error.to_string()))?;
        Ok(Group {
            details: Details { name: record.name, zone, wanted, numbers, answering, reminders, swaps },
            id: record.id,
            created_at: Instant::clamped(record.created_at),
            version: record.version,
            callers_key,
        })
    }

    fn record(&self, work: &Work) -> Result<GroupRecord, GroupError> {
        let Details { name, zone, wanted, numbers, answering, reminders, swaps } = self.details.clone();
        let callers_key = self.callers_key.clone();
        let settings = serde_json::to_string(&Stored { wanted, numbers, answering, callers_key, reminders, swaps });
        let unreadable = |detail: String| GroupError::Unreadable { id: self.id.clone(), detail };
        Ok(GroupRecord {
            tenant: work.tenant(),
            id: self.id.clone(),
            name,
            zone: zone.as_ref().map_or("", Zone::name).to_owned(),
            settings: settings.map_err(|error| unreadable(error.to_string()))?,
            created_at: self.created_at.millis(),
            version: self.version,
        })
    }

    /// The zone of its roster.
    pub(crate) async fn zone(&self, scope: &mut impl Scope) -> Result<Zone, TenantError> {
        match &self.details.zone {
            Some(zone) => Ok(zone.clone()),
            None => Ok(tenants::get(scope).await?.settings.time_zone),
        }
    }
}
