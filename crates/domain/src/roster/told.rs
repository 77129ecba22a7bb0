use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Roster, Span, Spell};
use crate::time::{Instant, Zone, date_of_day, day_number};

/// How many days after its beginning a day's duties are over: they last a day and an hour at most.
const LONGEST_DAYS: i64 = 3;

/// A group whose agents are told of their shifts.
#[derive(Debug, Clone)]
pub struct Telling {
    /// The id of the group.
    pub group: String,
    /// What it is called.
    pub name: String,
    /// Its roster, with the overrides that touch the day and the next.
    pub roster: Roster,
}

/// A shift as an agent is told of it: what of it is really its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldShift {
    /// The id of the group.
    pub group: String,
    /// What it is called.
    pub name: String,
    /// The zone in which the agent is told of it: the group's.
    pub zone: Zone,
    /// When it begins.
    pub start: Instant,
    /// When it is over.
    pub end: Instant,
}

/// What each agent is told of its shifts of a date, by agent: those that begin on it in the zones of the groups, with what they really are after all
/// overrides and blackouts, the first first. A night is one shift, of the day on which it begins.
#[must_use]
pub fn told(groups: &[Telling], date: Date) -> BTreeMap<String, Vec<ToldShift>> {
    let mut told: BTreeMap<String, Vec<ToldShift>> = BTreeMap::new();
    for Telling { group, name, roster } in groups {
        for (agent, span) in roster.of_date(date) {
            let zone = roster.zone.clone();
            let shift = ToldShift { group: group.clone(), name: name.clone(), zone, start: span.start, end: span.end };
            told.entry(agent).or_default().push(shift);
        }
    }
    for shifts in told.values_mut() {
        shifts.sort_by_key(|shift| (shift.start, shift.end));
    }
    told
}

/// Whether an agent who was told of these shifts has to be told of those, since they are others: what is over by now changes nothing for it.
#[must_use]
pub fn is_news(told: &[ToldShift], holds: &[ToldShift], now: Instant) -> bool {
    let ahead = |shifts: &[ToldShift]| {
        let ahead = shifts.iter().filter(|shift| shift.end > now);
        let mut ahead: Vec<_> = ahead.map(|shift| (shift.start, shift.end, shift.group.clone())).collect();
        ahead.sort();
        ahead
    };
    ahead(told) != ahead(holds)
}

impl Roster {
    /// Who is on duty by what begins on a date of its zone, and when.
    fn of_date(&self, date: Date) -> Vec<(String, Span)> {
        let after = date_of_day(day_number(date) + LONGEST_DAYS);
        let around = Span { start: self.zone.start_of_day(date), end: self.zone.start_of_day(after) };
        let mut all: Vec<Spell> = Vec::new();
        for spell in self.duties(around).spells {
            if spell.duty.skipped.is_some() || self.zone.date(spell.duty.span.start) != date {
                continue;
            }
            match all.iter_mut().rev().find(|before| before.goes_on_in(&spell)) {
                Some(before) => *before = Spell { span: Span { start: before.span.start, ..spell.span }, ..spell },
                None => all.push(spell),
            }
        }
        all.into_iter().map(|spell| (spell.duty.agent, spell.span)).collect()
    }
}

impl Spell {
    /// Whether a spell of the same agent is this one going on: of two duties that overlap one is seen, then the other. Two that only touch are two.
    fn goes_on_in(&self, next: &Spell) -> bool {
        let touches = self.duty.agent == next.duty.agent && self.span.end == next.span.start;
        touches && (self.span.end < self.duty.span.end || next.duty.span.start < next.span.start)
    }
}
