//! Which months of the books can be closed, and which are open.

use crate::period::{BillingDay, Period};
use crate::time::Date;

/// Why a month is not closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotClosable {
    /// It goes on.
    #[error("{} has not ended: it can be closed from {} on", name(*month), month.to())]
    NotEnded {
        /// The month.
        month: Period,
    },
    /// It is closed already, by itself or with a later one.
    #[error("{} is closed already: the last month that is closed is {}", name(*month), name(*last))]
    Closed {
        /// The month.
        month: Period,
        /// The last one that is closed.
        last: Period,
    },
    /// A month before it is open.
    #[error("months are closed one after the other: close {} before {}", name(*next), name(*month))]
    NotNext {
        /// The month.
        month: Period,
        /// The one that is next.
        next: Period,
    },
}

/// The month as it is written: `2026-10`.
#[must_use]
pub fn name(month: Period) -> String {
    month.from().strftime("%Y-%m").to_string()
}

/// The month in which a date lies; none at the ends of the calendar.
#[must_use]
pub fn of(date: Date) -> Option<Period> {
    Period::containing(date, BillingDay::FIRST).ok()
}

/// Whether a month can be closed on a local day, `last` being the last one that is closed: months follow each other, and the first may be any that
/// has ended.
///
/// # Errors
/// It has not ended, it is closed, or one before it is open.
pub fn closable(month: Period, last: Option<Period>, today: Date) -> Result<(), NotClosable> {
    if let Some(last) = last {
        if month.from() < last.to() {
            return Err(NotClosable::Closed { month, last });
        }
        if month.from() > last.to() {
            let next = of(last.to()).unwrap_or(last);
            return Err(NotClosable::NotNext { month, next });
        }
    }
    if today < month.to() {
        return Err(NotClosable::NotEnded { month });
    }
    Ok(())
}

/// The months from the one in which a date lies up to today's, the first first.
#[must_use]
pub fn between(first: Date, today: Date) -> Vec<Period> {
    let next = |month: &Period| of(month.to());
    std::iter::successors(of(first), next).take_while(|month| month.from() <= today).collect()
}

/// So many months up to the one in which a date lies, the first first.
#[must_use]
pub fn up_to(date: Date, count: usize) -> Vec<Period> {
    let previous = |month: &Period| month.previous(BillingDay::FIRST).ok();
    let mut months: Vec<Period> = std::iter::successors(of(date), previous).take(count).collect();
    months.reverse();
    months
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Period {
        Period::month(text).unwrap()
    }

    #[test]
    fn months_are_closed_one_after_the_other() {
        for (wanted, last, today, expected) in [
            ("2026-10", None, "2026-10-31", "2026-10 has not ended: it can be closed from 2026-11-01 on"),
            ("2026-10", None, "2026-11-01", ""),
            ("2026-03", None, "2026-11-01", ""),
            (
                "2026-10",
                Some("2026-10"),
                "2026-11-01",
                "2026-10 is closed already: the last month that is closed is 2026-10",
            ),
            (
                "2025-12",
                Some("2026-10"),
                "2026-11-01",
                "2025-12 is closed already: the last month that is closed is 2026-10",
            ),
            ("2026-11", Some("2026-10"), "2026-11-30", "2026-11 has not ended: it can be closed from 2026-12-01 on"),
            ("2026-11", Some("2026-10"), "2026-12-01", ""),
            (
                "2026-12",
                Some("2026-10"),
                "2027-02-01",
                "months are closed one after the other: close 2026-11 before 2026-12",
            ),
            ("2027-01", Some("2026-12"), "2027-02-01", ""),
        ] {
            let told = closable(month(wanted), last.map(month), today.parse().unwrap());
            let told = told.err().map(|refused| refused.to_string()).unwrap_or_default();
            assert_eq!(told, expected, "{wanted} after {last:?} on {today}");
        }
    }

    #[test]
    fn months_up_to_today() {
        for (first, today, expected) in [
            ("2026-10-31", "2026-10-31", &["2026-10"][..]),
            ("2026-11-30", "2027-01-01", &["2026-11", "2026-12", "2027-01"]),
            ("2026-11-01", "2026-10-31", &[]),
        ] {
            let names: Vec<String> =
                between(first.parse().unwrap(), today.parse().unwrap()).into_iter().map(name).collect();
            assert_eq!(names, expected, "{first} to {today}");
        }
    }
    #[test]
    fn so_many_months_up_to_a_date() {
        for (date, count, expected) in [
            ("2026-10-31", 0, &[][..]),
            ("2026-10-31", 1, &["2026-10"]),
            ("2027-01-01", 3, &["2026-11", "2026-12", "2027-01"]),
            ("1970-02-28", 3, &["1970-02"]),
        ] {
            let names: Vec<String> = up_to(date.parse().unwrap(), count).into_iter().map(name).collect();
            assert_eq!(names, expected, "{count} up to {date}");
        }
    }
}
