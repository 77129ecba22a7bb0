use std::collections::HashSet;

use jiff::ToSpan;

use crate::time::{Date, Instant};

/// An invoice that is to be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unpaid<'a> {
    /// What issued it: a catch-up issues several.
    pub run: Option<&'a str>,
    /// When it is due.
    pub due_at: Instant,
}

/// The local date on which an invoice is due that is issued on this one.
#[must_use]
pub fn due_on(issued_on: Date, due_days: u16) -> Date {
    issued_on.saturating_add(i64::from(due_days).days())
}

/// What follows from the unpaid invoices when another is issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dunning {
    /// Nothing.
    Nothing,
    /// The customer is told that the next unpaid invoice suspends.
    Notice,
    /// What the invoices are for is suspended.
    Suspend,
}

/// What the unpaid invoices lead to, the one just issued among them. Those that one run issued together count as one until they
/// are due. `threshold` is how many suspend; above 0. `next` is when the next invoice will be issued: none, where no line is left; one
/// that the same run issues at once is no matter for a notice.
#[must_use]
pub fn dunning(unpaid: &[Unpaid<'_>], threshold: u16, now: Instant, next: Option<Instant>) -> Dunning {
    let threshold = usize::from(threshold);
    if counted(unpaid, now) >= threshold {
        return Dunning::Suspend;
    }
    match next {
        Some(next) if next > now && counted(unpaid, next) + 1 >= threshold => Dunning::Notice,
        _ => Dunning::Nothing,
    }
}

fn counted(unpaid: &[Unpaid<'_>], at: Instant) -> usize {
    let mut together = HashSet::new();
    let counts = unpaid.iter().filter(|invoice| match invoice.run {
        Some(run) if invoice.due_at > at => together.insert(run),
        _ => true,
    });
    counts.count()
}

/// When customers are reminded of an invoice.
#[derive(Debug, Clone, Copy)]
pub struct Reminders<'a> {
    /// How many days before the due date.
    pub before_days: Option<u16>,
    /// How many days after it, ascending.
    pub after_days: &'a [u16],
}

/// A reminder of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reminder {
    /// The local date.
    pub on: Date,
    /// How many days after the due date that is; below zero before it.
    pub days: i32,
}

impl Reminders<'_> {
    /// All reminders of an invoice that is due on this date, the first first.
    pub fn of(self, due_on: Date) -> impl Iterator<Item = Reminder> {
        let before = self.before_days.map(|days| -i32::from(days));
        let after = self.after_days.iter().map(|days| i32::from(*days));
        before.into_iter().chain(after).filter_map(move |days| {
            let on = due_on.checked_add(days.days()).ok()?;
            Some(Reminder { on, days })
        })
    }

    /// The first reminder later than this date.
    #[must_use]
    pub fn next(self, due_on: Date, after: Date) -> Option<Reminder> {
        self.of(due_on).find(|reminder| reminder.on > after)
    }

    /// The last reminder by this date: after a time without any, only this one is sent.
    #[must_use]
    pub fn latest(self, due_on: Date, by: Date) -> Option<Reminder> {
        self.of(due_on).filter(|reminder| reminder.on <= by).last()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unpaid_invoices_by_table() {
        let now = Instant::parse("2026-04-01T00:00:00Z").unwrap();
        let (past, future) = (now.plus_millis(-1).unwrap(), now.plus_millis(1).unwrap());
        for (unpaid, threshold, expected) in [
            (&[][..], 3, Dunning::Nothing),
            (&[(None, past)][..], 3, Dunning::Nothing),
            (&[(None, past), (None, future)], 3, Dunning::Notice),
            (&[(None, past), (None, past), (None, future)], 3, Dunning::Suspend),
            (&[(None, future)], 1, Dunning::Suspend),
            (&[(None, future)], 2, Dunning::Notice),
            // a catch-up of four counts as one ...
            (&[(Some("a"), future); 4], 3, Dunning::Notice),
            (&[(Some("a"), future); 1], 3, Dunning::Nothing),
            (&[(None, past), (Some("a"), future), (Some("a"), future), (Some("a"), future)], 3, Dunning::Notice),
            (&[(Some("a"), future), (Some("b"), future), (Some("c"), future)], 3, Dunning::Suspend),
            // ... until they are due
            (&[(Some("a"), now), (Some("a"), now), (Some("b"), future)], 3, Dunning::Suspend),
        ] {
            let invoices: Vec<Unpaid<'_>> = unpaid.iter().map(|&(run, due_at)| Unpaid { run, due_at }).collect();
            let next_month = now.plus_millis(30 * 86_400_000).unwrap();
            assert_eq!(dunning(&invoices, threshold, now, Some(next_month)), expected, "{unpaid:?}");
        }
    }

    #[test]
    fn a_notice_goes_where_the_next_invoice_would_suspend() {
        let at = |day: u8| Instant::parse(&format!("2026-04-{day:02}T00:00:00Z")).unwrap();
        let together = [Unpaid { run: Some("a"), due_at: at(15) }; 4];
        for (next, expected) in [
            // the last line is closed: there is no next invoice
            (None, Dunning::Nothing),
            // the same run issues it at once
            (Some(at(1)), Dunning::Nothing),
            // before they are due, the four and the next count as two
            (Some(at(14)), Dunning::Nothing),
            (Some(at(15)), Dunning::Notice),
        ] {
            assert_eq!(dunning(&together, 3, at(1), next), expected, "{next:?}");
        }
    }

    #[test]
    fn reminders_by_table() {
        let reminders = Reminders { before_days: Some(3), after_days: &[7, 14] };
        let date = |text: &str| text.parse::<Date>().unwrap();
        for (today, next, latest) in [
            ("2026-03-01", "2026-03-12 -3", "-"),
            ("2026-03-11", "2026-03-12 -3", "-"),
            ("2026-03-12", "2026-03-22 7", "2026-03-12 -3"),
            ("2026-03-22", "2026-03-29 14", "2026-03-22 7"),
            ("2026-05-01", "-", "2026-03-29 14"),
        ] {
            let shown = |reminder: Option<Reminder>| {
                reminder.map_or("-".to_owned(), |reminder| format!("{} {}", reminder.on, reminder.days))
            };
            let due_on = date("2026-03-15");
            assert_eq!(shown(reminders.next(due_on, date(today))), next, "after {today}");
            assert_eq!(shown(reminders.latest(due_on, date(today))), latest, "by {today}");
        }
    }
}
