use std::fmt;

use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::document::{self, Price};
use crate::invalid::{Invalid, Reason};
use crate::money::{Amount, Currency};
use crate::rate::{Rate, RateDocument};

/// The minutes of a day.
pub(crate) const DAY_MINUTES: u16 = 1440;

/// A weekly window of a plan with another price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscountPeriod {
    /// The days on which it begins.
    pub day: PeriodDay,
    /// The minute of the day at which it begins, 0 to 1,439.
    pub start: u16,
    /// The minute of the day at which it ends, 0 to 1,440; of the next day, unless it is after the start.
    pub end: u16,
    /// What it charges.
    pub price: PeriodPrice,
}

/// The days on which a discount period begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PeriodDay {
    /// One day of the week: 0 is Monday, 6 is Sunday.
    Weekday(u8),
    /// Every day.
    Every,
    /// Each date of the list of holidays.
    Holiday,
}

/// What a discount period charges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeriodPrice {
    /// This price per minute in place of each step's; connect fee, increments and the rest stay.
    PerMinute(Amount),
    /// This rate in place of the whole.
    Rate(Rate),
}

const DAY_KEYS: [&str; 9] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun", "every", "holiday"];

impl PeriodDay {
    /// The day's key in documents, such as `sat`.
    #[must_use]
    pub fn key(self) -> &'static str {
        DAY_KEYS[match self {
            PeriodDay::Weekday(day) => usize::from(day % 7),
            PeriodDay::Every => 7,
            PeriodDay::Holiday => 8,
        }]
    }

    fn parse(key: &str) -> Result<Self, String> {
        match (DAY_KEYS.iter().position(|known| *known == key), key) {
            (_, "every") => Ok(PeriodDay::Every),
            (_, "holiday") => Ok(PeriodDay::Holiday),
            (Some(day), _) => u8::try_from(day).map(PeriodDay::Weekday).map_err(|error| error.to_string()),
            (None, _) => Err(format!("\"{key:.40}\" is not a day: use one of {}", DAY_KEYS.join(", "))),
        }
    }
}

impl DiscountPeriod {
    /// How many minutes it lasts, 1 to 1,440.
    #[must_use]
    pub fn minutes(&self) -> u16 {
        if self.end > self.start { self.end - self.start } else { self.end + DAY_MINUTES - self.start }
    }

    /// Whether there is a minute that both cover. Those of every day and of holidays are judged as though each day followed
    /// itself; one of a single day meets its own next day never.
    fn overlaps(&self, other: &DiscountPeriod) -> bool {
        let reaches = |first: &DiscountPeriod, second: &DiscountPeriod| match first.day {
            PeriodDay::Weekday(_) => second.start >= first.start && second.start - first.start < first.minutes(),
            PeriodDay::Every | PeriodDay::Holiday => {
                (second.start + DAY_MINUTES - first.start) % DAY_MINUTES < first.minutes()
            }
        };
        self.day == other.day && (reaches(self, other) || reaches(other, self))
    }

    pub(crate) fn to_json(&self, currency: Currency) -> Value {
        let mut document = json!({"day": self.day.key(), "start": clock(self.start), "end": clock(self.end)});
        match &self.price {
            PeriodPrice::PerMinute(price) => document["price_per_minute"] = price.to_text(currency).into(),
            PeriodPrice::Rate(rate) => document["rate"] = rate.to_json(currency),
        }
        document
    }
}

/// Refuses two periods of one day key that cover the same minute, with both named.
pub(crate) fn refuse_overlaps(periods: &[DiscountPeriod]) -> Result<(), Invalid> {
    for (later, period) in periods.iter().enumerate() {
        if let Some(earlier) = periods[..later].iter().position(|other| other.overlaps(period)) {
            return Err(Invalid {
                pointer: format!("/discount_periods/{later}"),
                reason: Reason::OverlappingPeriods,
                detail: format!(
                    "{period} (discount_periods/{later}) overlaps {} (discount_periods/{earlier}): shorten or remove one",
                    periods[earlier]
                ),
            });
        }
    }
    Ok(())
}

impl fmt::Display for DiscountPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}-{}", self.day.key(), clock(self.start), clock(self.end))
    }
}

fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// A discount period as JSON has it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PeriodDocument {
    day: PeriodDay,
    start: Clock,
    end: Clock,
    price_per_minute: Option<Price>,
    rate: Option<RateDocument>,
}

/// A minute of the day from `00:00` to `24:00`.
#[derive(Debug, Clone, Copy)]
struct Clock(u16);

impl PeriodDocument {
    /// The period that the document describes; pointers are relative to it.
    pub(super) fn check(self) -> Result<DiscountPeriod, Invalid> {
        if self.start.0 == DAY_MINUTES {
            return Err(Invalid::at("/start", "a period begins at 23:59 at the latest; write 00:00 of the next day"));
        }
        let price = match (self.price_per_minute, self.rate) {
            (Some(price), None) => PeriodPrice::PerMinute(price.0),
            (None, Some(rate)) => PeriodPrice::Rate(rate.check().map_err(|error| error.within("/rate"))?),
            (None, None) => return Err(Invalid::at("", "a discount period needs price_per_minute or rate")),
            (Some(_), Some(_)) => {
                return Err(Invalid::at("/rate", "a discount period has price_per_minute or rate, not both"));
            }
        };
        Ok(DiscountPeriod { day: self.day, start: self.start.0, end: self.end.0, price })
    }
}

impl<'de> Deserialize<'de> for PeriodDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        document::text(deserializer, "a day such as \"sat\", \"every\" or \"holiday\"", PeriodDay::parse)
    }
}

impl<'de> Deserialize<'de> for Clock {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        document::text(deserializer, "a time of day such as \"19:00\"", |text| {
            let digit =
                |at: usize| text.as_bytes().get(at).filter(|byte| byte.is_ascii_digit()).map(|b| u16::from(b - b'0'));
            let pair = |at: usize| Some(digit(at)? * 10 + digit(at + 1)?);
            let minute = match (pair(0), text.as_bytes().get(2), pair(3)) {
                (Some(hour), Some(b':'), Some(minute)) if text.len() == 5 && minute < 60 => Some(hour * 60 + minute),
                _ => None,
            };
            minute
                .filter(|minute| *minute <= DAY_MINUTES)
                .map(Clock)
                .ok_or_else(|| format!("\"{text:.40}\" is not a time of day from 00:00 to 24:00"))
        })
    }
}
