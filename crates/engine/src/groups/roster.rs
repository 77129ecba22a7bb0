use std::collections::{BTreeMap, BTreeSet};

use domain::invalid::Invalid;
use domain::roster::{
    self, Blackout, Change, Days, Duties, Gap, Hours, MOST_WEEKS, OnDuty, Override, Roster, Skipped, Span,
};
use domain::time::{Date, Instant, Zone, date_of_day, day_number};
use serde::Serialize;
use storage::rosters::{OverrideRecord, ShiftRecord};

use super::{Group, GroupError, get};
use crate::presence::{self, Presence};
use crate::{Scope, Work, agents, fields, reminders};

/// The longest time in which gaps are looked for, in days.
pub const MOST_DAYS: i64 = 92;
pub(super) const DAY_MILLIS: i64 = 86_400_000;
/// How far an instant may be from the present one to be as good as now.
const NEARLY_NOW_MILLIS: u64 = 60_000;
/// How many days an override of another date may reach into a day, and a zone's date be off.
pub(super) const NEAR_DAYS: i64 = 3;

/// A shift of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// The group.
    pub group: String,
    /// The shift.
    pub shift: roster::Shift,
    /// When it was made.
    pub created_at: Instant,
    /// Counts the changes.
    pub version: i64,
}

/// What can be set of a shift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewShift {
    /// The id of the agent.
    pub agent: String,
    /// The days of the week on which it begins.
    pub days: Days,
    /// From when to when.
    pub hours: Hours,
    /// The zone of its wall clocks; the group's, where it has none of its own.
    pub zone: Option<Zone>,
    /// Every how many weeks, counted from the week of `from`.
    pub every_weeks: u8,
    /// The first date on which it may begin.
    pub from: Option<Date>,
    /// The last date on which it may begin.
    pub until: Option<Date>,
    /// The lowest is rung first.
    pub priority: u16,
}

/// Who of a group is on duty on some days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timetable {
    /// The group's zone, whose days they are.
    pub zone: Zone,
    /// The days.
    pub span: Span,
    /// Who is on duty, and when.
    pub duties: Duties,
}

/// A change of a roster that is to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewOverride {
    /// The date on which it begins.
    pub date: Date,
    /// From when to when.
    pub hours: Hours,
    /// What it changes.
    pub change: Change,
}

/// Adds a shift to a group's roster.
///
/// # Errors
/// There is no such group or agent, or a field makes no sense.
pub async fn add_shift(work: &mut Work, group: &str, new: NewShift) -> Result<Shift, GroupError> {
    let group = get(work, group).await?.id;
    let shift = put_shift(work, &group, new).await?;
    reminders::wake(work).await?;
    Ok(shift)
}

/// The same of a group that there is; whoever adds many has somebody look once whom to tell.
pub(crate) async fn put_shift(work: &mut Work, group: &str, new: NewShift) -> Result<Shift, GroupError> {
    let (id, created_at, group) = (work.id("shf"), work.now(), group.to_owned());
    let shift = Shift { group, shift: checked(work, id, new).await?, created_at, version: 1 };
    let record = shift.record(work.tenant());
    storage::rosters::insert_shift(&mut work.tx, &record).await?;
    work.audit("shift.create", &shift.shift.id, None, Some(&shift.told())).await?;
    Ok(shift)
}

/// Replaces what is set of a shift, if it is at this version.
///
/// # Errors
/// There is none, no such agent, a field makes no sense, or somebody else has changed it meanwhile.
pub async fn update_shift(work: &mut Work, id: &str, new: NewShift, version: i64) -> Result<Shift, GroupError> {
    let before = get_shift(work, id).await?;
    if before.version != version {
        return Err(GroupError::Changed { current: before.version });
    }
    let shift = checked(work, id.to_owned(), new).await?;
    let after = Shift { shift, version: version + 1, ..before.clone() };
    let record = after.record(work.tenant());
    if !storage::rosters::update_shift(&mut work.tx, &record).await? {
        return Err(GroupError::Changed { current: version + 1 });
    }
    work.audit("shift.update", id, Some(&before.told()), Some(&after.told())).await?;
    reminders::wake(work).await?;
    Ok(after)
}

/// Takes a shift out of its roster.
///
/// # Errors
/// There is none.
pub async fn delete_shift(work: &mut Work, id: &str) -> Result<(), GroupError> {
    let before = get_shift(work, id).await?;
    let tenant = work.tenant();
    if !storage::rosters::delete_shift(&mut work.tx, tenant, id).await? {
        return Err(GroupError::NoShift(id.to_owned()));
    }
    work.audit("shift.delete", id, Some(&before.told()), None).await?;
    reminders::wake(work).await?;
    Ok(())
}

/// One shift.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn get_shift(scope: &mut impl Scope, id: &str) -> Result<Shift, GroupError> {
    let tenant = scope.tenant();
    let record = storage::rosters::shift(scope.tx(), tenant, id).await?;
    Shift::of(record.ok_or_else(|| GroupError::NoShift(id.to_owned()))?)
}

/// The shifts of a group, in the roster's order.
///
/// # Errors
/// There is no such group, or the database does not answer.
pub async fn shifts(scope: &mut impl Scope, group: &str) -> Result<Vec<Shift>, GroupError> {
    let (group, tenant) = (get(scope, group).await?.id, scope.tenant());
    storage::rosters::shifts(scope.tx(), tenant, &group).await?.into_iter().map(Shift::of).collect()
}

/// Changes a group's roster for a date.
///
/// # Errors
/// There is no such group or agent, or a field makes no sense.
pub async fn add_override(work: &mut Work, group: &str, new: NewOverride) -> Result<Override, GroupError> {
    let group = get(work, group).await?.id;
    let made = put_override(work, &group, new).await?;
    reminders::wake(work).await?;
    Ok(made)
}

/// The same of a group that there is; whoever makes many has somebody look once whom to tell.
pub(crate) async fn put_override(work: &mut Work, group: &str, new: NewOverride) -> Result<Override, GroupError> {
    let NewOverride { date, hours, change } = new;
    let change = match change {
        Change::Closed { name } => Change::Closed { name: fields::required("/name", name, 200)? },
        Change::Replace { agent, by } if agent == by => {
            return Err(Invalid::at("/by", "must be another agent than the one who is replaced").into());
        }
        other => other,
    };
    let named = match &change {
        Change::Closed { .. } => Vec::new(),
        Change::Remove { agent } | Change::Add { agent, .. } => vec![("/agent", agent)],
        Change::Replace { agent, by } => vec![("/agent", agent), ("/by", by)],
    };
    for (pointer, agent) in named {
        known(work, pointer, agent).await?;
    }
    let made = Override { id: work.id("ovr"), date, hours, change };
    let record = OverrideRecord {
        tenant: work.tenant(),
        id: made.id.clone(),
        agent_group: group.to_owned(),
        date: day_number(date),
        hours: hours.to_string(),
        change: serde_json::to_string(&made.change).map_err(|error| unreadable(&made.id, &error))?,
        created_at: work.now().millis(),
        version: 1,
    };
    storage::rosters::insert_override(&mut work.tx, &record).await?;
    work.audit("override.create", &made.id, None, Some(&told(&made))).await?;
    Ok(made)
}

/// Takes a change of a roster back.
///
/// # Errors
/// There is none.
pub async fn delete_override(work: &mut Work, id: &str) -> Result<(), GroupError> {
    let before = get_override(work, id).await?;
    let tenant = work.tenant();
    if !storage::rosters::delete_override(&mut work.tx, tenant, id).await? {
        return Err(GroupError::NoOverride(id.to_owned()));
    }
    work.audit("override.delete", id, Some(&told(&before)), None).await?;
    reminders::wake(work).await?;
    Ok(())
}

/// One change of a roster.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn get_override(scope: &mut impl Scope, id: &str) -> Result<Override, GroupError> {
    let tenant = scope.tenant();
    let record = storage::rosters::get_override(scope.tx(), tenant, id).await?;
    of_record(record.ok_or_else(|| GroupError::NoOverride(id.to_owned()))?)
}

/// The changes of a group's roster for dates between two, both included, in the order in which they apply.
///
/// # Errors
/// There is no such group, or the database does not answer.
pub async fn overrides(
    scope: &mut impl Scope,
    group: &str,
    (first, last): (Date, Date),
) -> Result<Vec<Override>, GroupError> {
    let (group, tenant) = (get(scope, group).await?.id, scope.tenant());
    let days = (day_number(first), day_number(last));
    storage::rosters::overrides(scope.tx(), tenant, &group, days).await?.into_iter().map(of_record).collect()
}

/// Who of a group is on duty at an instant. Who does not take calls just now is skipped where that instant is now; who has never said
/// anything is not, for on an ordinary phone nobody does.
///
/// # Errors
/// There is no such group, or the database does not answer.
pub async fn on_duty(scope: &mut impl Scope, group: &str, at: Instant) -> Result<OnDuty, GroupError> {
    let mut on_duty = roster(scope, group, Span { start: at, end: at }).await?.on_duty(at);
    // What agents say holds now: what they will say, or said then, is not known.
    if scope.now().millis().abs_diff(at.millis()) > NEARLY_NOW_MILLIS {
        return Ok(on_duty);
    }
    let agents: Vec<&str> = on_duty.agents.iter().map(|duty| duty.agent.as_str()).collect();
    let presences = presence::known(scope, &agents).await?;
    for duty in on_duty.agents.iter_mut().filter(|duty| duty.skipped.is_none()) {
        duty.skipped = presences.get(&duty.agent).and_then(|presence| match presence {
            Presence::Online => None,
            Presence::Busy => Some(Skipped::Busy),
            Presence::Away | Presence::Offline => Some(Skipped::Away),
        });
    }
    Ok(on_duty)
}

/// Where fewer of a group are on duty than it wants, within a span of [`MOST_DAYS`] at most.
///
/// # Errors
/// There is no such group, the span is too long or none, or the database does not answer.
pub async fn gaps(scope: &mut impl Scope, group: &str, span: Span) -> Result<Vec<Gap>, GroupError> {
    let millis = span.end.millis_since(span.start);
    if !(1..=MOST_DAYS * DAY_MILLIS).contains(&millis) {
        return Err(Invalid::at("/until", format!("must be after `from`, and within {MOST_DAYS} days of it")).into());
    }
    let wanted = get(scope, group).await?.details.wanted;
    Ok(roster(scope, group, span).await?.gaps(span, wanted.into()))
}

/// Who of a group is on duty on some days of its zone, [`MOST_DAYS`] at most: from today on, where no other date is given.
///
/// # Errors
/// There is no such group, there are too many days or none, or the database does not answer.
pub async fn duties(
    scope: &mut impl Scope,
    group: &str,
    first: Option<Date>,
    days: i64,
) -> Result<Timetable, GroupError> {
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(Invalid::at("/days", format!("must be 1 to {MOST_DAYS}")).into());
    }
    let zone = get(scope, group).await?.zone(scope).await?;
    let first = first.unwrap_or_else(|| zone.date(scope.now()));
    let after = date_of_day(day_number(first) + days);
    let span = Span { start: zone.start_of_day(first), end: zone.start_of_day(after) };
    let duties = roster(scope, group, span).await?.duties(span);
    Ok(Timetable { zone, span, duties })
}

/// A group's roster, with the overrides that touch a span.
async fn roster(scope: &mut impl Scope, group: &str, span: Span) -> Result<Roster, GroupError> {
    let group = get(scope, group).await?;
    roster_of(scope, &group, span).await
}

/// The same of a group that was read.
pub(crate) async fn roster_of(scope: &mut impl Scope, group: &Group, span: Span) -> Result<Roster, GroupError> {
    let zone = group.zone(scope).await?;
    let days = |at: Instant, away: i64| at.millis().div_euclid(DAY_MILLIS) + away;
    let tenant = scope.tenant();
    let shifts = storage::rosters::shifts(scope.tx(), tenant, &group.id).await?;
    let near = (days(span.start, -NEAR_DAYS), days(span.end, NEAR_DAYS));
    let overrides = storage::rosters::overrides(scope.tx(), tenant, &group.id, near).await?;
    let shifts = shifts.into_iter().map(|record| Ok(Shift::of(record)?.shift)).collect::<Result<_, GroupError>>()?;
    let overrides = overrides.into_iter().map(of_record).collect::<Result<_, GroupError>>()?;
    let mut roster = Roster { zone, shifts, overrides, blackouts: BTreeMap::new() };
    roster.blackouts = blackouts(scope, &roster).await?;
    Ok(roster)
}

/// When those who are in a roster take no shift.
async fn blackouts(scope: &mut impl Scope, roster: &Roster) -> Result<BTreeMap<String, Vec<Blackout>>, GroupError> {
    let of_overrides = roster.overrides.iter().filter_map(|change| match &change.change {
        Change::Replace { by: agent, .. } | Change::Add { agent, .. } => Some(agent),
        Change::Closed { .. } | Change::Remove { .. } => None,
    });
    let ids: BTreeSet<&str> =
        roster.shifts.iter().map(|shift| &shift.agent).chain(of_overrides).map(String::as_str).collect();
    let agents = agents::some(scope, &ids.into_iter().collect::<Vec<_>>()).await?;
    let told = agents.into_iter().map(|agent| (agent.id, agent.details.blackouts));
    Ok(told.filter(|(_, blackouts)| !blackouts.is_empty()).collect())
}

/// A shift, if it makes sense.
async fn checked(work: &mut Work, id: String, new: NewShift) -> Result<roster::Shift, GroupError> {
    let NewShift { agent, days, hours, zone, every_weeks, from, until, priority } = new;
    if days.is_empty() {
        return Err(Invalid::at("/days", "must have a day of the week, 0 for Monday to 6 for Sunday").into());
    }
    if !(1..=MOST_WEEKS).contains(&every_weeks) {
        return Err(Invalid::at("/every_weeks", format!("must be 1 to {MOST_WEEKS}")).into());
    }
    if every_weeks > 1 && from.is_none() {
        return Err(Invalid::at("/from", "must be there: the weeks are counted from its own").into());
    }
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        return Err(Invalid::at("/until", "must not be before `from`").into());
    }
    known(work, "/agent", &agent).await?;
    Ok(roster::Shift { id, agent, days, hours, zone, every_weeks, from, until, priority })
}

/// Whether there is an agent that a field names.
async fn known(work: &mut Work, pointer: &'static str, agent: &str) -> Result<(), GroupError> {
    let found = agents::known(work, agent).await?;
    found.map(|_| ()).ok_or_else(|| GroupError::NoAgent { pointer, agent: agent.to_owned() })
}

fn unreadable(id: &str, detail: &dyn std::fmt::Display) -> GroupError {
    GroupError::Unreadable { id: id.to_owned(), detail: detail.to_string() }
}

fn of_record(record: OverrideRecord) -> Result<Override, GroupError> {
    let hours = record.hours.parse().map_err(|error| unreadable(&record.id, &error))?;
    let change = serde_json::from_str(&record.change).map_err(|error| unreadable(&record.id, &error))?;
    Ok(Override { date: date_of_day(record.date), hours, change, id: record.id })
}

fn told(of: &Override) -> NewOverride {
    NewOverride { date: of.date, hours: of.hours, change: of.change.clone() }
}

impl Shift {
    fn of(record: ShiftRecord) -> Result<Shift, GroupError> {
        let wrong = |detail: &dyn std::fmt::Display| unreadable(&record.id, detail);
        let number = |number: i64| u16::try_from(number).map_err(|error| wrong(&error));
        let days = u8::try_from(record.days).map(Days::of_bits).map_err(|error| wrong(&error))?;
        let zone = record.zone.as_deref().map(Zone::named).transpose().map_err(|error| wrong(&error))?;
        let shift = roster::Shift {
            id: record.id.clone(),
            agent: record.agent.clone(),
            days,
            hours: record.hours.parse().map_err(|error| wrong(&error))?,
            zone,
            every_weeks: u8::try_from(record.every_weeks).map_err(|error| wrong(&error))?,
            from: record.first_date.map(date_of_day),
            until: record.last_date.map(date_of_day),
            priority: number(record.priority)?,
        };
        let created_at = Instant::clamped(record.created_at);
        Ok(Shift { group: record.agent_group, shift, created_at, version: record.version })
    }

    fn record(&self, tenant: i64) -> ShiftRecord {
        let shift = &self.shift;
        ShiftRecord {
            tenant,
            id: shift.id.clone(),
            agent_group: self.group.clone(),
            agent: shift.agent.clone(),
            days: shift.days.bits().into(),
            hours: shift.hours.to_string(),
            zone: shift.zone.as_ref().map(|zone| zone.name().to_owned()),
            every_weeks: shift.every_weeks.into(),
            first_date: shift.from.map(day_number),
            last_date: shift.until.map(day_number),
            priority: shift.priority.into(),
            created_at: self.created_at.millis(),
            version: self.version,
        }
    }

    /// What is told of it where changes are kept.
    fn told(&self) -> NewShift {
        let roster::Shift { agent, days, hours, zone, every_weeks, from, until, priority, .. } = self.shift.clone();
        NewShift { agent, days, hours, zone, every_weeks, from, until, priority }
    }
}
