use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{OnDuty, Roster, Shift, Span};
use crate::time::{Instant, Zone};

/// Where too few are on duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// From when to when.
    pub span: Span,
    /// How many are on duty then.
    pub staffed: usize,
}

/// A shift on one of its dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence<'a> {
    /// The shift.
    pub shift: &'a Shift,
    /// The date of its zone on which it begins: it belongs to that day.
    pub date: Date,
    /// From when to when.
    pub span: Span,
}

impl Roster {
    /// When shifts are that touch a span, without the overrides: those of a shift in the order of time.
    pub fn occurrences(&self, span: Span) -> impl Iterator<Item = Occurrence<'_>> {
        self.shifts.iter().flat_map(move |shift| shift.occurrences(span, &self.zone))
    }

    /// Where fewer than `wanted` are on duty within a span, though the group is not closed: the first first. Two gaps that touch have other numbers of
    /// agents.
    #[must_use]
    pub fn gaps(&self, span: Span, wanted: usize) -> Vec<Gap> {
        let mut gaps: Vec<Gap> = Vec::new();
        for (part, on_duty) in self.parts(span) {
            let staffed = on_duty.rung().count();
            if on_duty.closed.is_some() || staffed >= wanted {
                continue;
            }
            match gaps.last_mut().filter(|last| last.span.end == part.start && last.staffed == staffed) {
                Some(last) => last.span.end = part.end,
                None => gaps.push(Gap { span: part, staffed }),
            }
        }
        gaps
    }

    /// A span in parts within which nothing changes, and who is on duty in each.
    pub(super) fn parts(&self, span: Span) -> Vec<(Span, OnDuty)> {
        let boundaries = self.boundaries(span);
        let ends = boundaries.iter().skip(1);
        boundaries
            .iter()
            .zip(ends)
            .map(|(start, end)| (Span { start: *start, end: *end }, self.on_duty(*start)))
            .collect()
    }

    /// The instants at which it may change who is on duty, and both ends of the span.
    fn boundaries(&self, span: Span) -> BTreeSet<Instant> {
        let overrides = self.overrides.iter().map(|change| change.hours.on(change.date, &self.zone));
        let all = self.occurrences(span).map(|occurrence| occurrence.span).chain(overrides);
        let mut boundaries = BTreeSet::from([span.start, span.end]);
        boundaries.extend(all.flat_map(|part| [part.start, part.end]).filter(|at| span.has(*at)));
        boundaries
    }
}

impl Shift {
    fn occurrences(&self, span: Span, group: &Zone) -> impl Iterator<Item = Occurrence<'_>> {
        let zone = self.zone.as_ref().unwrap_or(group).clone();
        // What begins two days before may last until then.
        let first = zone.date(span.start).checked_sub(jiff::Span::new().days(2)).unwrap_or(Date::MIN);
        let last = zone.date(span.end);
        let dates =
            std::iter::successors(Some(first), |date| date.tomorrow().ok()).take_while(move |date| *date <= last);
        dates.filter(|date| self.begins_on(*date)).filter_map(move |date| {
            let own = self.hours.on(date, &zone);
            (own.start < span.end && span.start < own.end).then_some(Occurrence { shift: self, date, span: own })
        })
    }
}
