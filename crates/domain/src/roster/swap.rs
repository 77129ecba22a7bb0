use serde::{Deserialize, Serialize};

use super::{Duties, Reason, Roster, Span};
use crate::time::Instant;

/// How far it is with a shift that an agent has offered to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SwapState {
    /// Nobody has taken it yet.
    Offered,
    /// Somebody has. Where a coordinator has to approve of it, the roster is as before until then.
    Taken,
    /// A coordinator has approved of it.
    Approved,
    /// A coordinator has not.
    Refused,
    /// Who offered it keeps it.
    Withdrawn,
    /// It began before it was taken, or before a coordinator had approved.
    Expired,
}

/// What has an agent on duty for the whole of a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holding {
    /// Shifts, its own or those that it took: another can be on duty in its place.
    Shifts,
    /// An override that adds it for exactly this span.
    Added {
        /// The id of the override.
        by: String,
        /// The lowest is rung first.
        priority: u16,
    },
    /// An override that adds it for longer.
    PartOfAdded,
}

impl SwapState {
    const ALL: [(SwapState, &'static str); 6] = [
        (SwapState::Offered, "offered"),
        (SwapState::Taken, "taken"),
        (SwapState::Approved, "approved"),
        (SwapState::Refused, "refused"),
        (SwapState::Withdrawn, "withdrawn"),
        (SwapState::Expired, "expired"),
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("", |(_, name)| name)
    }

    /// The state of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<SwapState> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(state, _)| *state)
    }

    /// What has become of it by now: nobody writes down that the time of what is still open is over. `done` says whether the roster was changed.
    #[must_use]
    pub fn by_now(self, begins: Instant, done: bool, now: Instant) -> SwapState {
        match self {
            SwapState::Offered | SwapState::Taken if !done && begins <= now => SwapState::Expired,
            other => other,
        }
    }
}

impl Roster {
    /// What has an agent on duty for the whole of a span; `None` if it is not, for a part at least.
    #[must_use]
    pub fn holding(&self, agent: &str, span: Span) -> Option<Holding> {
        let Duties { spells, .. } = self.duties(span);
        let mut own: Vec<_> = spells.into_iter().filter(|spell| spell.duty.agent == agent).collect();
        own.sort_by_key(|spell| spell.span.start);
        let reached = own.iter().try_fold(span.start, |reached, spell| {
            (spell.span.start <= reached).then_some(reached.max(spell.span.end))
        });
        if reached.is_none_or(|reached| reached < span.end) {
            return None;
        }
        let added = own.iter().find_map(|spell| match &spell.duty.reason {
            Reason::Added(by) if spell.duty.span == span => {
                Some(Holding::Added { by: by.clone(), priority: spell.duty.priority })
            }
            Reason::Added(_) => Some(Holding::PartOfAdded),
            Reason::Shift(_) | Reason::InPlaceOf { .. } => None,
        });
        Some(added.unwrap_or(Holding::Shifts))
    }

    /// Whether an agent is on duty at any time of a span.
    #[must_use]
    pub fn has_on_duty(&self, agent: &str, span: Span) -> bool {
        self.duties(span).spells.iter().any(|spell| spell.duty.agent == agent)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::roster::{Change, Days, Override, Shift};
    use crate::time::Zone;

    fn at(hour: &str) -> Instant {
        Instant::parse(&format!("2026-11-16T{hour}:00Z")).unwrap()
    }

    fn span(start: &str, end: &str) -> Span {
        Span { start: at(start), end: at(end) }
    }

    fn shift(id: &str, hours: &str) -> Shift {
        let (agent, days, hours) = ("ann".to_owned(), Days::new(&[0]).unwrap(), hours.parse().unwrap());
        Shift { id: id.into(), agent, days, hours, zone: None, every_weeks: 1, from: None, until: None, priority: 1 }
    }

    fn change(id: &str, hours: &str, change: Change) -> Override {
        let date = "2026-11-16".parse().unwrap();
        Override { id: id.into(), date, hours: hours.parse().unwrap(), change }
    }

    #[test]
    fn what_an_agent_holds_by_table() {
        let replace = Change::Replace { agent: "ann".into(), by: "bob".into() };
        let roster = Roster {
            zone: Zone::utc(),
            shifts: vec![shift("one", "08:00-12:00"), shift("two", "12:00-14:00")],
            overrides: vec![
                change("ovr_1", "09:00-10:00", replace),
                change("ovr_2", "18:00-20:00", Change::Add { agent: "ann".into(), priority: 3 }),
            ],
            blackouts: BTreeMap::new(),
        };
        for (agent, from, to, holding) in [
            ("ann", "08:00", "09:00", Some(Holding::Shifts)),
            ("ann", "08:00", "09:01", None),
            ("ann", "07:59", "09:00", None),
            ("bob", "09:00", "10:00", Some(Holding::Shifts)),
            ("bob", "08:59", "10:00", None),
            // Two shifts that touch are as good as one.
            ("ann", "10:30", "13:00", Some(Holding::Shifts)),
            ("ann", "13:00", "14:01", None),
            ("ann", "18:00", "20:00", Some(Holding::Added { by: "ovr_2".into(), priority: 3 })),
            ("ann", "18:00", "19:00", Some(Holding::PartOfAdded)),
            ("cy", "08:00", "09:00", None),
        ] {
            assert_eq!(roster.holding(agent, span(from, to)), holding, "{agent} {from}-{to}");
        }
        for (agent, from, to, on_duty) in
            [("bob", "08:00", "09:00", false), ("bob", "08:00", "09:01", true), ("ann", "09:00", "10:00", false)]
        {
            assert_eq!(roster.has_on_duty(agent, span(from, to)), on_duty, "{agent} {from}-{to}");
        }
    }

    #[test]
    fn what_is_open_expires_when_it_begins() {
        use SwapState::{Approved, Expired, Offered, Refused, Taken, Withdrawn};
        for (state, done, before, then) in [
            (Offered, false, Offered, Expired),
            (Taken, false, Taken, Expired),
            (Taken, true, Taken, Taken),
            (Approved, true, Approved, Approved),
            (Refused, false, Refused, Refused),
            (Withdrawn, false, Withdrawn, Withdrawn),
        ] {
            assert_eq!(state.by_now(at("08:00"), done, at("07:59")), before, "{state:?}");
            assert_eq!(state.by_now(at("08:00"), done, at("08:00")), then, "{state:?}");
            assert_eq!(SwapState::named(state.name()), Some(state));
        }
    }
}
