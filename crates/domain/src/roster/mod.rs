//! Rosters: who of a group is on duty at an instant, and where nobody is.
//!
//! A [`Shift`] is a weekly duty on wall clocks, an [`Override`] a change for one date. Both are local: what that means where a clock is put
//! forward or back is said in [`Hours::on`], once for all.

mod blackout;
mod duties;
mod duty;
mod gaps;
mod hours;
mod swap;
mod told;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use blackout::{Blackout, NotABlackout};
pub use duties::{Duties, Spell};
pub use duty::{Closed, Duty, OnDuty, Reason, Skipped};
pub use gaps::{Gap, Occurrence};
pub use hours::{Hours, NotATimeOfDay, NotHours, Span, TimeOfDay};
pub use swap::{Holding, SwapState};
pub use told::{Telling, ToldShift, is_news, told};

use crate::time::{Zone, day_number};

/// The longest distance between the weeks of a shift: a year.
pub const MOST_WEEKS: u8 = 52;

/// Who answers a group's number, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    /// The zone of the group: of its overrides, and of all shifts that have none of their own.
    pub zone: Zone,
    /// Weekly duties, in the roster's own order.
    pub shifts: Vec<Shift>,
    /// Changes for single dates.
    pub overrides: Vec<Override>,
    /// When agents take no shift, by the ids of those who say so.
    pub blackouts: BTreeMap<String, Vec<Blackout>>,
}

/// A weekly duty of an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// Its id.
    pub id: String,
    /// The id of the agent.
    pub agent: String,
    /// The days of the week on which it begins.
    pub days: Days,
    /// From when to when.
    pub hours: Hours,
    /// The zone of its wall clocks; the group's, where it has none of its own.
    pub zone: Option<Zone>,
    /// Every how many weeks, 1 to [`MOST_WEEKS`]: counted from the week of `from`, where that is more than one.
    pub every_weeks: u8,
    /// The first date on which it may begin.
    pub from: Option<Date>,
    /// The last date on which it may begin.
    pub until: Option<Date>,
    /// The lowest is rung first.
    pub priority: u16,
}

/// A change of the roster for a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Its id.
    pub id: String,
    /// The date on which it begins.
    pub date: Date,
    /// From when to when; the whole day, where none is given.
    pub hours: Hours,
    /// What it changes.
    pub change: Change,
}

/// What an override changes while it lasts. They apply in the order in which they stand here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Change {
    /// Nobody is on duty, whatever else the roster says.
    Closed {
        /// Why: the name of a holiday.
        name: String,
    },
    /// An agent is not on duty.
    Remove {
        /// The id of the agent.
        agent: String,
    },
    /// Another agent is on duty in the place of one.
    Replace {
        /// The id of the agent.
        agent: String,
        /// The id of the other.
        by: String,
    },
    /// An agent is on duty beside those who are.
    Add {
        /// The id of the agent.
        agent: String,
        /// The lowest is rung first.
        priority: u16,
    },
}

/// Days of the week.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<u8>", into = "Vec<u8>")]
pub struct Days(u8);

/// A number is no day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no day of the week: write 0 for Monday to 6 for Sunday")]
pub struct NotADay(pub u8);

impl Days {
    /// These days since Monday, each 0 to 6.
    ///
    /// # Errors
    /// One is above 6.
    pub fn new(days: &[u8]) -> Result<Days, NotADay> {
        days.iter().try_fold(Days::default(), |all, day| match day {
            0..=6 => Ok(Days(all.0 | 1 << day)),
            other => Err(NotADay(*other)),
        })
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The days as bits, Monday the lowest.
    #[must_use]
    pub fn bits(self) -> u8 {
        self.0
    }

    /// The days that these bits stand for, Monday the lowest; the highest stands for none.
    #[must_use]
    pub fn of_bits(bits: u8) -> Days {
        Days(bits & 0x7f)
    }

    fn has(self, date: Date) -> bool {
        self.0 & (1 << date.weekday().to_monday_zero_offset()) != 0
    }
}

impl TryFrom<Vec<u8>> for Days {
    type Error = NotADay;

    fn try_from(days: Vec<u8>) -> Result<Days, NotADay> {
        Days::new(&days)
    }
}

impl From<Days> for Vec<u8> {
    fn from(days: Days) -> Vec<u8> {
        (0..7).filter(|day| days.0 & (1 << day) != 0).collect()
    }
}

impl Shift {
    /// Whether it begins on this date of its zone.
    #[must_use]
    pub fn begins_on(&self, date: Date) -> bool {
        let is_within = self.from.is_none_or(|from| from <= date) && self.until.is_none_or(|until| date <= until);
        is_within && self.days.has(date) && self.is_its_week(date)
    }

    fn is_its_week(&self, date: Date) -> bool {
        // Monday 1969-12-29 began the week of 1970-01-01.
        let week = |date| (day_number(date) + 3).div_euclid(7);
        let first = self.from.map_or(0, week);
        (week(date) - first).rem_euclid(i64::from(self.every_weeks.max(1))) == 0
    }
}
