//! What the roster of all groups means for one agent, and who a group's agents are.

use std::collections::BTreeSet;

use domain::invalid::Invalid;
use domain::roster::{Change, Hours, Span, Spell};
use domain::time::{Date, Instant, Zone, date_of_day, day_number};

use super::roster::{DAY_MILLIS, MOST_DAYS, NEAR_DAYS};
use super::{Group, GroupError, all, get, on_duty, overrides, roster_of};
use crate::swaps::Named;
use crate::{Scope, agents};

/// How many days away an override may be to make its agent one of the group.
const YEAR: i64 = 366;

/// From when to when an agent is on duty in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnDuty {
    /// The id of the group.
    pub group: String,
    /// What it is called.
    pub name: String,
    /// Its zone.
    pub zone: Zone,
    /// When, and what it comes from.
    pub spell: Spell,
    /// The same on the wall clocks of the group's zone, with the date on which it begins; `None` where no hours are just that.
    pub on_clocks: Option<(Date, Hours)>,
}

/// When an agent is on duty on some days, in all groups: the days are those of each group's zone, [`MOST_DAYS`] at most, and begin today, where no
/// other date is given. The first first, and each whole.
///
/// # Errors
/// There is no such agent, there are too many days or none, or the database does not answer.
pub async fn duties_of(
    scope: &mut impl Scope,
    agent: &str,
    first: Option<Date>,
    days: i64,
) -> Result<Vec<OwnDuty>, GroupError> {
    let agent = agents::get(scope, agent).await?.id;
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(Invalid::at("/days", format!("must be 1 to {MOST_DAYS}")).into());
    }
    let mut own = Vec::new();
    for group in all(scope).await? {
        let zone = group.zone(scope).await?;
        let first = first.unwrap_or_else(|| zone.date(scope.now()));
        let after = date_of_day(day_number(first) + days);
        let span = Span { start: zone.start_of_day(first), end: zone.start_of_day(after) };
        own.extend(within(scope, &group, &agent, span).await?);
    }
    own.sort_by_key(|duty| (duty.spell.span.start, duty.spell.span.end));
    Ok(own)
}

/// The name of a group; its id, where it is not there any more.
///
/// # Errors
/// The database does not answer.
pub async fn name_of(scope: &mut impl Scope, group: &str) -> Result<String, GroupError> {
    match get(scope, group).await {
        Ok(group) => Ok(group.details.name),
        Err(GroupError::NotFound(id)) => Ok(id),
        Err(error) => Err(error),
    }
}

/// To whom an agent can pass a call of a group on just now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TransferTargets {
    /// The groups of which somebody else is on duty and free, by their names.
    pub groups: Vec<Named>,
    /// The agents of them, each once, by their names.
    pub agents: Vec<Named>,
}

/// To whom an agent can pass a call of a group on just now: who is on duty and free. Whether what carries the call reaches their phones is seen then.
///
/// # Errors
/// There is no such agent, or the database does not answer.
pub async fn transfer_targets(scope: &mut impl Scope, agent: &str) -> Result<TransferTargets, GroupError> {
    let (agent, now) = (agents::get(scope, agent).await?.id, scope.now());
    let (mut targets, mut free) = (TransferTargets::default(), BTreeSet::new());
    for group in all(scope).await? {
        let on_duty = on_duty(scope, &group.id, now).await?;
        let others = on_duty.agents.into_iter().filter(|duty| duty.skipped.is_none() && duty.agent != agent);
        let others: Vec<String> = others.map(|duty| duty.agent).collect();
        if !others.is_empty() {
            targets.groups.push(Named { id: group.id, name: group.details.name });
            free.extend(others);
        }
    }
    for id in free {
        targets.agents.extend(agents::known(scope, &id).await?.map(|agent| Named { id: agent.id, name: agent.name }));
    }
    targets.groups.sort_by(|a, b| a.name.cmp(&b.name));
    targets.agents.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(targets)
}

/// What an agent's duties in a group are that touch a span.
pub(crate) async fn within(
    scope: &mut impl Scope,
    group: &Group,
    agent: &str,
    span: Span,
) -> Result<Vec<OwnDuty>, GroupError> {
    let away = |at: Instant, days: i64| Instant::clamped(at.millis() + days * DAY_MILLIS);
    // What begins before and ends later is told whole.
    let around = Span { start: away(span.start, -NEAR_DAYS), end: away(span.end, NEAR_DAYS) };
    let roster = roster_of(scope, group, around).await?;
    let touches = |part: Span| part.start < span.end && span.start < part.end;
    let spells = roster.duties(around).spells.into_iter();
    let own = spells.filter(|spell| spell.duty.agent == agent && touches(spell.span));
    Ok(own
        .map(|spell| OwnDuty {
            group: group.id.clone(),
            name: group.details.name.clone(),
            zone: roster.zone.clone(),
            on_clocks: Hours::of(spell.span, &roster.zone),
            spell,
        })
        .collect())
}

/// The agents of a group: whoever has a shift in it, or is named by a change of its roster for a date within a year.
pub(crate) async fn members(scope: &mut impl Scope, group: &Group) -> Result<BTreeSet<String>, GroupError> {
    let today = day_number(Zone::utc().date(scope.now()));
    let shifts = super::shifts(scope, &group.id).await?;
    let mut members: BTreeSet<String> = shifts.into_iter().map(|shift| shift.shift.agent).collect();
    for change in overrides(scope, &group.id, (date_of_day(today - YEAR), date_of_day(today + YEAR))).await? {
        match change.change {
            Change::Closed { .. } => {}
            Change::Remove { agent } | Change::Add { agent, .. } => _ = members.insert(agent),
            Change::Replace { agent, by } => members.extend([agent, by]),
        }
    }
    Ok(members)
}
