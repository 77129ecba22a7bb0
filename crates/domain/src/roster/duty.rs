use std::collections::HashSet;

use jiff::civil::Date;
use serde::Serialize;

use super::{Change, Override, Roster, Shift, Span};
use crate::time::{Instant, Zone};

/// How many days before an instant something may have begun that lasts: it is a day long at most, and the day before may be one that a zone has skipped.
const DAYS_BACK: i64 = 2;

/// Who is on duty at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnDuty {
    /// In the order in which they are rung: by priority, then in the roster's order. Nobody is there twice.
    pub agents: Vec<Duty>,
    /// Why nobody is, where the group is closed.
    pub closed: Option<Closed>,
}

/// An agent who is on duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// The id of the agent.
    pub agent: String,
    /// The lowest is rung first.
    pub priority: u16,
    /// What puts the agent there.
    pub reason: Reason,
    /// When that began, and when it is over.
    pub span: Span,
    /// Why the agent is not rung all the same.
    pub skipped: Option<Skipped>,
}

/// Why an agent who is on duty is not rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Skipped {
    /// The duty began on a date on which the agent takes no shift.
    Blackout,
    /// The agent says that it takes no calls.
    Away,
    /// It has a call.
    Busy,
}

/// What puts an agent on duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A shift, by its id.
    Shift(String),
    /// An override, by its id, in the place of another agent's shift.
    InPlaceOf {
        /// The id of the override.
        by: String,
        /// The id of the other agent.
        agent: String,
    },
    /// An override that adds the agent, by its id.
    Added(String),
}

/// An override has closed the group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// The id of the override.
    pub by: String,
    /// Why.
    pub name: String,
    /// When that began, and when it is over.
    pub span: Span,
}

impl Roster {
    /// Who is on duty at an instant.
    #[must_use]
    pub fn on_duty(&self, at: Instant) -> OnDuty {
        let changes: Vec<(&Override, Span)> =
            self.overrides.iter().filter_map(|change| Some((change, change.at(at, &self.zone)?))).collect();
        let closed = changes.iter().find_map(|(change, span)| match &change.change {
            Change::Closed { name } => Some(Closed { by: change.id.clone(), name: name.clone(), span: *span }),
            _ => None,
        });
        if closed.is_some() {
            return OnDuty { agents: Vec::new(), closed };
        }
        let mut agents: Vec<Duty> = self.shifts.iter().filter_map(|shift| shift.duty(at, &self.zone)).collect();
        for (change, _) in &changes {
            if let Change::Remove { agent: removed } = &change.change {
                agents.retain(|duty| duty.agent != *removed);
            }
        }
        for (change, span) in &changes {
            let Change::Replace { agent: replaced, by } = &change.change else { continue };
            for duty in agents.iter_mut().filter(|duty| duty.agent == *replaced) {
                duty.reason = Reason::InPlaceOf { by: change.id.clone(), agent: replaced.clone() };
                duty.agent.clone_from(by);
                duty.span = duty.span.within(*span);
            }
        }
        for (change, span) in changes {
            if let Change::Add { agent, priority } = &change.change {
                let reason = Reason::Added(change.id.clone());
                agents.push(Duty { agent: agent.clone(), priority: *priority, reason, span, skipped: None });
            }
        }
        // Stable: the roster's own order is kept.
        agents.sort_by_key(|duty| duty.priority);
        let mut seen = HashSet::new();
        agents.retain(|duty| seen.insert(duty.agent.clone()));
        for duty in &mut agents {
            duty.skipped = self.is_blackout(duty).then_some(Skipped::Blackout);
        }
        OnDuty { agents, closed: None }
    }

    /// Whether the agent takes no shift on the day to which the duty belongs: that on which it begins.
    fn is_blackout(&self, duty: &Duty) -> bool {
        let date = self.zone.date(duty.span.start);
        self.blackouts.get(&duty.agent).is_some_and(|all| all.iter().any(|blackout| blackout.has(date)))
    }
}

impl OnDuty {
    /// Those who are rung: nobody who is skipped.
    pub fn rung(&self) -> impl Iterator<Item = &Duty> {
        self.agents.iter().filter(|duty| duty.skipped.is_none())
    }
}

impl Override {
    /// When it lasts that is on at an instant.
    fn at(&self, at: Instant, zone: &Zone) -> Option<Span> {
        Some(self.hours.on(self.date, zone)).filter(|span| span.has(at))
    }
}

impl Shift {
    fn duty(&self, at: Instant, group: &Zone) -> Option<Duty> {
        let zone = self.zone.as_ref().unwrap_or(group);
        let span = days_until(zone.date(at), DAYS_BACK)
            .filter(|date| self.begins_on(*date))
            .map(|date| self.hours.on(date, zone))
            .find(|span| span.has(at))?;
        let (agent, priority) = (self.agent.clone(), self.priority);
        Some(Duty { agent, priority, reason: Reason::Shift(self.id.clone()), span, skipped: None })
    }
}

impl Span {
    /// What of it is in another, where there is any.
    fn within(self, other: Span) -> Span {
        Span { start: self.start.max(other.start), end: self.end.min(other.end) }
    }
}

/// A date, and so many before it: the last first.
fn days_until(date: Date, before: i64) -> impl Iterator<Item = Date> {
    (0..=before).filter_map(move |days| date.checked_sub(jiff::Span::new().try_days(days).ok()?).ok())
}
