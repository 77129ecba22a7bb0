use std::collections::{BTreeSet, HashMap, HashSet};

use domain::roster::{Span, Telling, ToldShift, is_news, told};
use domain::time::{Date, Instant, Zone, date_of_day, day_number};
use serde::Serialize;

use super::{Reminder, ReminderState};
use crate::Scope;
use crate::agents::{self, Agent};
use crate::groups::{self, Group, GroupError};
use crate::tenants::{self, Settings};

/// Whom to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Everybody who is to be told by now: since a group's evening has come, or since something has changed.
    Due,
    /// Everybody with shifts of a date, whatever time it is, and whose mail has failed once more.
    On {
        /// The date.
        date: Date,
        /// Those alone with a shift of this group.
        group: Option<String>,
    },
}

/// What an agent is to be told of its shifts of a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Planned {
    /// The id of the agent.
    pub agent: String,
    /// Its name.
    pub name: String,
    /// Where mail goes.
    pub address: Option<String>,
    /// Where short messages go, if the agent wants them and they can be sent: E.164 with its plus.
    pub mobile: Option<String>,
    /// The date on which the shifts begin.
    pub date: Date,
    /// How far it was with it before.
    pub state: Option<ReminderState>,
    /// What is to be done.
    pub step: Step,
    /// The shifts, of all groups that remind.
    pub shifts: Vec<ToldShift>,
    /// How often there was something to tell before.
    #[serde(skip)]
    pub times: i64,
}

/// What is to be done about an agent and a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// It is told for the first time.
    Remind,
    /// It was told of others than it has now.
    TellChange,
    /// It would be told, but wants no reminders.
    OptedOut,
    /// It would be told, but nobody knows where its mail goes, and it gets no short messages.
    NoAddress,
    /// It knows.
    Nothing,
}

/// The rosters of those groups that remind, and all that is known of whom they name.
pub(super) struct Rosters {
    groups: Vec<(Group, Telling)>,
    /// Those that do not.
    silent: HashSet<String>,
    dates: BTreeSet<Date>,
}

/// Whom to tell of what, and who knows: by date and agent.
///
/// # Errors
/// The database does not answer.
pub async fn plan(scope: &mut impl Scope, wanted: &Wanted) -> Result<Vec<Planned>, GroupError> {
    let rosters = Rosters::load(scope, wanted).await?;
    let (tenant, now) = (scope.tenant(), scope.now());
    let settings = tenants::get(scope).await?.settings;
    let mut plan = Vec::new();
    for date in &rosters.dates {
        let day = day_number(*date);
        let rows = storage::reminders::of_dates(scope.tx(), tenant, (day, day)).await?;
        let mut before = HashMap::new();
        for mut row in rows.into_iter().map(Reminder::of).collect::<Result<Vec<_>, _>>()? {
            // What is not told any more since its group does not remind is no news.
            row.shifts.retain(|shift| !rosters.silent.contains(&shift.group));
            before.insert(row.agent.clone(), row);
        }
        let holds = told(&rosters.tellings(), *date);
        let due = rosters.due(wanted, *date, now);
        let concerns = |shifts: &[ToldShift]| shifts.iter().any(|shift| due.contains(shift.group.as_str()));
        let mut ids: BTreeSet<&str> =
            holds.iter().filter(|(_, shifts)| concerns(shifts)).map(|(agent, _)| agent.as_str()).collect();
        let everybody = !matches!(wanted, Wanted::On { group: Some(_), .. });
        ids.extend(before.values().filter(|row| everybody || concerns(&row.shifts)).map(|row| row.agent.as_str()));
        for agent in agents::some(scope, &ids.into_iter().collect::<Vec<_>>()).await? {
            let shifts = holds.get(&agent.id).cloned().unwrap_or_default();
            let before = before.get(&agent.id);
            let mobile = mobile(&agent, &settings);
            let way = way(&agent, mobile.is_some());
            let step = step(before, &shifts, way, matches!(wanted, Wanted::On { .. }), now);
            if before.is_some() || step != Step::Nothing {
                let (state, times) = before.map(|row| (row.state, row.times)).unzip();
                let (Agent { id, name, details, .. }, date) = (agent, *date);
                let times = times.unwrap_or(0);
                let address = details.email;
                plan.push(Planned { agent: id, name, address, mobile, date, state, step, shifts, times });
            }
        }
    }
    plan.sort_by(|one, other| (one.date, &one.agent).cmp(&(other.date, &other.agent)));
    Ok(plan)
}

/// Where short messages for an agent go, if the tenant sends any and the agent wants them.
fn mobile(agent: &Agent, settings: &Settings) -> Option<String> {
    let wants = settings.sms.number.is_some() && agent.details.sms_reminders;
    wants.then(|| agent.mobile(&settings.dial_plan)).flatten()
}

/// Whether an agent can be told.
fn way(agent: &Agent, has_mobile: bool) -> Step {
    match &agent.details.email {
        _ if !agent.details.reminders => Step::OptedOut,
        None if !has_mobile => Step::NoAddress,
        _ => Step::Remind,
    }
}

/// What is to be done about an agent who has these shifts now.
fn step(before: Option<&Reminder>, holds: &[ToldShift], way: Step, again: bool, now: Instant) -> Step {
    let is_ahead = holds.iter().any(|shift| shift.end > now);
    let Some(before) = before else {
        return if is_ahead { way } else { Step::Nothing };
    };
    let news = is_news(&before.shifts, holds, now);
    match (before.state, way) {
        (ReminderState::OptedOut | ReminderState::NoAddress, Step::Remind) if is_ahead => Step::Remind,
        (ReminderState::OptedOut | ReminderState::NoAddress, Step::Remind) => Step::Nothing,
        (ReminderState::OptedOut, Step::NoAddress) | (ReminderState::NoAddress, Step::OptedOut) => way,
        (ReminderState::Failed, Step::Remind) if again && is_ahead => Step::Remind,
        (_, Step::Remind) if news => Step::TellChange,
        _ if news => way,
        _ => Step::Nothing,
    }
}

/// When the next evening comes on which a group reminds.
///
/// # Errors
/// The database does not answer.
pub(super) async fn next_evening(scope: &mut impl Scope) -> Result<Option<Instant>, GroupError> {
    let now = scope.now();
    let here = tenants::get(scope).await?.settings.time_zone;
    let mut next: Option<Instant> = None;
    for group in groups::all(scope).await?.into_iter().filter(|group| group.details.reminders.enabled) {
        let zone = group.details.zone.as_ref().unwrap_or(&here);
        let today = day_number(zone.date(now));
        let evenings = (today..today + 3).map(|day| group.details.reminders.at.on(date_of_day(day), zone));
        next = next.into_iter().chain(evenings.filter(|at| *at > now)).min();
    }
    Ok(next)
}

impl Rosters {
    pub(super) async fn load(scope: &mut impl Scope, wanted: &Wanted) -> Result<Rosters, GroupError> {
        let now = scope.now();
        let (reminding, silent): (Vec<Group>, Vec<Group>) =
            groups::all(scope).await?.into_iter().partition(|group| group.details.reminders.enabled);
        let mut dates = BTreeSet::new();
        match wanted {
            Wanted::On { date, .. } => _ = dates.insert(*date),
            Wanted::Due => {
                let mut around = |zone: &Zone| {
                    let today = day_number(zone.date(now));
                    dates.extend((today - 1..=today + 1).map(date_of_day));
                };
                let here = tenants::get(scope).await?.settings.time_zone;
                // There may be no group left of those who were told.
                around(&here);
                reminding.iter().filter_map(|group| group.details.zone.as_ref()).for_each(around);
            }
        }
        let utc = Zone::utc();
        let ends = (dates.first().copied().unwrap_or_default(), dates.last().copied().unwrap_or_default());
        let span = Span { start: utc.start_of_day(ends.0), end: utc.start_of_day(date_of_day(day_number(ends.1) + 3)) };
        let mut groups = Vec::new();
        for group in reminding {
            let roster = groups::roster_of(scope, &group, span).await?;
            let telling = Telling { group: group.id.clone(), name: group.details.name.clone(), roster };
            groups.push((group, telling));
        }
        Ok(Rosters { groups, silent: silent.into_iter().map(|group| group.id).collect(), dates })
    }

    pub(super) fn tellings(&self) -> Vec<Telling> {
        self.groups.iter().map(|(_, telling)| telling.clone()).collect()
    }

    /// The groups whose agents are to be told of a date by now.
    fn due(&self, wanted: &Wanted, date: Date, now: Instant) -> HashSet<&str> {
        let eve = date.yesterday().unwrap_or(date);
        let is_due = |(group, telling): &&(Group, Telling)| match wanted {
            Wanted::Due => group.details.reminders.at.on(eve, &telling.roster.zone) <= now,
            Wanted::On { group: only, .. } => only.as_ref().is_none_or(|only| *only == group.id),
        };
        self.groups.iter().filter(is_due).map(|(group, _)| group.id.as_str()).collect()
    }
}
