//! Billing periods: spans of whole local days, from one billing day to the next.
//!
//! A period `[from, to)` begins at 00:00 local of `from` and ends at 00:00 local of `to`. A billing day that a month does not
//! have falls on the month's last day, and returns to its place in the next: 31 January, 28 February, 31 March.

use std::fmt;

use jiff::Span;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::document::Day;
use crate::time::{Date, Instant, Zone};

/// Whole local days, half open, within the dates [`Period::EARLIEST`] and [`Period::LATEST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    from: Date,
    to: Date,
}

/// The day of the month on which periods begin, 1 to 31.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct BillingDay(u8);

/// Why something is not a period, or not a part of one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// The text is not a month of the calendar.
    #[error("\"{0}\" is not a month: write year and month, such as \"2026-10\"")]
    NotAMonth(String),
    /// No month has such a day.
    #[error("{0} is not a billing day: use 1 to 31")]
    NotABillingDay(u8),
    /// The end is not after the start.
    #[error("the period from {from} to {to} has no day: its end must be after its start")]
    NoDay {
        /// The first day.
        from: Date,
        /// The day after the last one.
        to: Date,
    },
    /// A date is outside the years that are kept.
    #[error("the date {0} is not between 1970-01-02 and 2199-12-31")]
    OutOfRange(Date),
}

impl Period {
    /// The first date of any period: from here on midnight is a known instant in every zone.
    pub const EARLIEST: Date = Date::constant(1970, 1, 2);
    /// The last date at which a period may end.
    pub const LATEST: Date = Date::constant(2199, 12, 31);

    /// The days from `from` up to, not including, `to`.
    ///
    /// # Errors
    /// `to` is not after `from`, or one of them is out of range.
    pub fn new(from: Date, to: Date) -> Result<Self, PeriodError> {
        if let Some(date) = [from, to].into_iter().find(|date| !(Self::EARLIEST..=Self::LATEST).contains(date)) {
            return Err(PeriodError::OutOfRange(date));
        }
        if from >= to {
            return Err(PeriodError::NoDay { from, to });
        }
        Ok(Period { from, to })
    }

    /// The period of one day.
    ///
    /// # Errors
    /// The day is out of range.
    pub fn of_day(day: Date) -> Result<Self, PeriodError> {
        Period::new(day, day.tomorrow().map_err(|_| PeriodError::OutOfRange(day))?)
    }

    /// The full period around a date.
    ///
    /// # Errors
    /// The period is out of range.
    pub fn containing(date: Date, billing_day: BillingDay) -> Result<Self, PeriodError> {
        let begins = billing_day.in_month_of(date, 0)?;
        if date >= begins {
            Self::new(begins, billing_day.in_month_of(date, 1)?)
        } else {
            Self::new(billing_day.in_month_of(date, -1)?, begins)
        }
    }

    /// The full period in which an instant lies, by the zone's calendar.
    ///
    /// # Errors
    /// The period is out of range.
    pub fn containing_instant(at: Instant, zone: &Zone, billing_day: BillingDay) -> Result<Self, PeriodError> {
        Self::containing(zone.date(at), billing_day)
    }

    /// The period that begins on a date and ends at the next billing day after it: short, unless the date is a billing day.
    ///
    /// # Errors
    /// The period is out of range.
    pub fn starting(from: Date, billing_day: BillingDay) -> Result<Self, PeriodError> {
        Self::new(from, Self::containing(from, billing_day)?.to)
    }

    /// The period after this one. Where the billing day has changed meanwhile it is the one short period of the change.
    ///
    /// # Errors
    /// The period is out of range.
    pub fn next(self, billing_day: BillingDay) -> Result<Self, PeriodError> {
        Self::starting(self.to, billing_day)
    }

    /// The full period that ends where this one begins, or, where this one does not begin on the billing day, around the day
    /// before it.
    ///
    /// # Errors
    /// The period is out of range.
    pub fn previous(self, billing_day: BillingDay) -> Result<Self, PeriodError> {
        let before = self.from.yesterday().map_err(|_| PeriodError::OutOfRange(self.from))?;
        Self::containing(before, billing_day)
    }

    /// The calendar month of a text such as `2026-10`.
    ///
    /// # Errors
    /// The text has another form, there is no such month, or it is out of range.
    pub fn month(text: &str) -> Result<Self, PeriodError> {
        let first = format!("{text}-01");
        // No other form of a date that ISO 8601 knows is printed as it was written.
        let first = first.parse().ok().filter(|date: &Date| date.to_string() == first);
        let first = first.ok_or_else(|| PeriodError::NotAMonth(text.chars().take(40).collect()))?;
        Self::containing(first, BillingDay::FIRST)
    }

    /// The first day.
    #[must_use]
    pub const fn from(self) -> Date {
        self.from
    }

    /// The day after the last one.
    #[must_use]
    pub const fn to(self) -> Date {
        self.to
    }

    /// The instants `[start, end)` of the period on the zone's clocks.
    #[must_use]
    pub fn instants(self, zone: &Zone) -> (Instant, Instant) {
        (zone.start_of_day(self.from), zone.start_of_day(self.to))
    }

    /// Each local day of the period, as the instants `[start, end)`. A date that the zone skipped (2011-12-30 in Samoa) was no
    /// day.
    pub fn days(self, zone: &Zone) -> impl Iterator<Item = (Instant, Instant)> {
        std::iter::successors(Some(self.from), |date| date.tomorrow().ok())
            .take_while(move |date| *date < self.to)
            .map(|date| (zone.start_of_day(date), zone.start_of_day(date.tomorrow().unwrap_or(date))))
            .filter(|(start, end)| start < end)
    }
}

impl BillingDay {
    /// The first of the month.
    pub const FIRST: BillingDay = BillingDay(1);

    /// The billing day of this number.
    ///
    /// # Errors
    /// It is not 1 to 31.
    pub const fn new(day: u8) -> Result<Self, PeriodError> {
        if day < 1 || day > 31 {
            return Err(PeriodError::NotABillingDay(day));
        }
        Ok(BillingDay(day))
    }

    /// The billing day that makes periods begin on each monthly return of a date, such as a line's opening day.
    #[must_use]
    pub fn anniversary_of(date: Date) -> Self {
        BillingDay(date.day().unsigned_abs())
    }

    /// The day of the month, 1 to 31.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// The billing day in the month that is so many months after the date's own.
    fn in_month_of(self, date: Date, months: i64) -> Result<Date, PeriodError> {
        let out_of_range = |_| PeriodError::OutOfRange(date);
        let first = Span::new().try_months(months).and_then(|span| date.first_of_month().checked_add(span));
        let last = first.map_err(out_of_range)?.last_of_month();
        let day = last.day().min(i8::try_from(self.0).unwrap_or(i8::MAX));
        Date::new(last.year(), last.month(), day).map_err(out_of_range)
    }
}

impl TryFrom<u8> for BillingDay {
    type Error = PeriodError;

    fn try_from(day: u8) -> Result<Self, PeriodError> {
        BillingDay::new(day)
    }
}

impl From<BillingDay> for u8 {
    fn from(day: BillingDay) -> u8 {
        day.0
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.from, self.to)
    }
}

/// As `{"from": "2026-01-01", "to": "2026-02-01"}`.
impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let dates = [("from", self.from.to_string()), ("to", self.to.to_string())];
        serializer.collect_map(dates)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Document {
            from: Day,
            to: Day,
        }
        let document = Document::deserialize(deserializer)?;
        Period::new(document.from.0, document.to.0).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn day(number: u8) -> BillingDay {
        BillingDay::new(number).unwrap()
    }

    #[test]
    fn the_period_around_a_date_and_its_neighbours() {
        // billing day, date: previous, containing, next
        for (billing_day, around, expected) in [
            (1, "2026-01-01", "2025-12-01 2026-01-01 2026-02-01 2026-03-01"),
            (1, "2026-12-31", "2026-11-01 2026-12-01 2027-01-01 2027-02-01"),
            (15, "2026-01-14", "2025-11-15 2025-12-15 2026-01-15 2026-02-15"),
            (15, "2026-01-15", "2025-12-15 2026-01-15 2026-02-15 2026-03-15"),
            (31, "2026-02-27", "2025-12-31 2026-01-31 2026-02-28 2026-03-31"),
            (31, "2026-02-28", "2026-01-31 2026-02-28 2026-03-31 2026-04-30"),
            (31, "2024-02-29", "2024-01-31 2024-02-29 2024-03-31 2024-04-30"),
            (30, "2024-03-01", "2024-01-30 2024-02-29 2024-03-30 2024-04-30"),
            (29, "2100-02-28", "2100-01-29 2100-02-28 2100-03-29 2100-04-29"),
        ] {
            let period = Period::containing(date(around), day(billing_day)).unwrap();
            let (before, after) = (period.previous(day(billing_day)).unwrap(), period.next(day(billing_day)).unwrap());
            assert_eq!((before.to, after.from), (period.from, period.to), "{around}");
            let shown = format!("{} {} {} {}", before.from, period.from, period.to, after.to);
            assert_eq!(shown, expected, "{billing_day}, {around}");
        }
    }

    #[test]
    fn periods_tile_the_years_without_drifting() {
        for billing_day in (1..=31).map(day) {
            let mut period = Period::containing(date("2023-07-20"), billing_day).unwrap();
            for _ in 0..60 {
                let next = period.next(billing_day).unwrap();
                assert_eq!(next.from, period.to);
                assert_eq!(next.previous(billing_day), Ok(period));
                let last_of_month = next.from.last_of_month();
                assert!(next.from.day() == billing_day.0 as i8 || next.from == last_of_month, "{next}");
                period = next;
            }
        }
    }

    #[test]
    fn a_changed_billing_day_makes_one_short_period() {
        // the period that ends, the new billing day, the short period, the first full one
        for (ends, new_day, short, full) in [
            ("2026-02-01", 15, "2026-02-01 to 2026-02-15", "2026-02-15 to 2026-03-15"),
            ("2026-02-15", 1, "2026-02-15 to 2026-03-01", "2026-03-01 to 2026-04-01"),
            ("2026-02-01", 31, "2026-02-01 to 2026-02-28", "2026-02-28 to 2026-03-31"),
            ("2026-02-28", 31, "2026-02-28 to 2026-03-31", "2026-03-31 to 2026-04-30"),
            ("2026-02-01", 1, "2026-02-01 to 2026-03-01", "2026-03-01 to 2026-04-01"),
        ] {
            let period = Period::starting(date(ends), day(new_day)).unwrap();
            assert_eq!(period.to_string(), short);
            assert_eq!(period.next(day(new_day)).unwrap().to_string(), full);
        }
    }

    #[test]
    fn months_and_dates_that_do_not_exist() {
        assert_eq!(Period::month("2026-12").unwrap().to_string(), "2026-12-01 to 2027-01-01");
        for text in
            ["2026-13", "2026-00", "2026-1", "202610", "2026-10-01", "26-10", "", "oktober", "2026-10 ", "+002026-10"]
        {
            assert!(matches!(Period::month(text), Err(PeriodError::NotAMonth(_))), "{text}");
        }
        assert_eq!(Period::month("2200-05"), Err(PeriodError::OutOfRange(date("2200-05-01"))));
        for document in [
            r#"{"from": "2026-02-29", "to": "2026-03-01"}"#,
            r#"{"from": "20260201", "to": "2026-03-01"}"#,
            r#"{"from": "2026-02-01T00:00:00", "to": "2026-03-01"}"#,
            r#"{"from": "2026-03-01", "to": "2026-03-01"}"#,
            r#"{"from": "2026-03-01", "to": "2026-02-01"}"#,
            r#"{"from": "1970-01-01", "to": "1970-02-01"}"#,
            r#"{"from": "2199-12-01", "to": "2200-01-01"}"#,
            r#"{"from": "2026-03-01"}"#,
            r#"{"from": "2026-03-01", "to": "2026-04-01", "day": 1}"#,
        ] {
            assert!(serde_json::from_str::<Period>(document).is_err(), "{document}");
        }
        let document = r#"{"from":"2026-01-31","to":"2026-02-28"}"#;
        let period: Period = serde_json::from_str(document).unwrap();
        assert_eq!(serde_json::to_string(&period).unwrap(), document);
    }

    #[test]
    fn billing_days() {
        for number in [0, 32, 255] {
            assert_eq!(BillingDay::new(number), Err(PeriodError::NotABillingDay(number)));
            assert!(serde_json::from_str::<BillingDay>(&number.to_string()).is_err());
        }
        assert_eq!(BillingDay::anniversary_of(date("2024-02-29")), day(29));
    }

    #[test]
    fn instants_and_days_follow_the_zone() {
        for (zone, period, start, end, days) in [
            ("Europe/London", "2026-03", "2026-03-01T00:00:00Z", "2026-03-31T23:00:00Z", 31),
            ("America/Toronto", "2025-11", "2025-11-01T04:00:00Z", "2025-12-01T05:00:00Z", 30),
            ("Pacific/Apia", "2011-12", "2011-12-01T10:00:00Z", "2011-12-31T10:00:00Z", 30),
            ("Asia/Kolkata", "2024-02", "2024-01-31T18:30:00Z", "2024-02-29T18:30:00Z", 29),
        ] {
            let (zone, period) = (Zone::named(zone).unwrap(), Period::month(period).unwrap());
            let (from, to) = period.instants(&zone);
            assert_eq!((from.to_string().as_str(), to.to_string().as_str()), (start, end), "{zone}");
            assert_eq!(period.days(&zone).count(), days, "{zone}");
            assert!(period.days(&zone).all(|(start, end)| zone.date(start) < zone.date(end)));
            let last_moment = end.parse::<jiff::Timestamp>().unwrap().as_millisecond() - 1;
            let last_moment = Instant::from_millis(last_moment).unwrap();
            assert_eq!(Period::containing_instant(last_moment, &zone, BillingDay::FIRST), Ok(period), "{zone}");
        }
    }
}
