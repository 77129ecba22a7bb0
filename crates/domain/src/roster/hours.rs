use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::time::{Instant, Resolved, Zone};

/// From when to when something lasts on wall clocks: `08:00-14:00`. It ends before its last minute begins; an end that is not after its beginning is
/// on the next day, so that `08:00-08:00` is a day long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hours {
    /// Minutes since midnight, on the dial.
    start: u16,
    end: u16,
}

/// A text is no hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("hours are two times of the day, such as 08:00-14:00, or 22:00-06:00 for a night")]
pub struct NotHours;

/// A time of the day on wall clocks: `18:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay(u16);

/// A text is no time of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a time of the day is such as 18:00")]
pub struct NotATimeOfDay;

/// From an instant to another: half open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// When it begins.
    pub start: Instant,
    /// When it is over.
    pub end: Instant,
}

impl Hours {
    /// A whole day.
    pub const ALL_DAY: Hours = Hours { start: 0, end: 0 };

    /// When they are, in a zone, of the day with this date. A boundary that no clock shows, since it is put forward over it, is the first instant after that.
    /// Of one that is shown twice, since the clock is put back, the beginning is the first and the end the last.
    #[must_use]
    pub fn on(self, date: Date, zone: &Zone) -> Span {
        let last_day = if self.end > self.start { date } else { date.tomorrow().unwrap_or(Date::MAX) };
        let start = TimeOfDay(self.start).on(date, zone);
        let end = match zone.resolve(last_day.to_datetime(time(self.end))) {
            Resolved::Once(at) | Resolved::Twice(_, at) | Resolved::Never(at) => at,
        };
        Span { start, end }
    }

    /// What a span is on the wall clocks of a zone, with the date on which it begins; `None` where no hours are just that span.
    #[must_use]
    pub fn of(span: Span, zone: &Zone) -> Option<(Date, Hours)> {
        let minute = |at| u16::try_from(zone.wall_clock(at).second / 60).ok();
        let (date, hours) = (zone.date(span.start), Hours { start: minute(span.start)?, end: minute(span.end)? });
        (hours.on(date, zone) == span).then_some((date, hours))
    }
}

impl TimeOfDay {
    /// Eight o'clock in the morning.
    pub const MORNING: TimeOfDay = TimeOfDay(8 * 60);
    /// Six o'clock in the evening.
    pub const EVENING: TimeOfDay = TimeOfDay(18 * 60);

    /// When it is, in a zone, on a date: the first time, where clocks show it twice; the first instant after, where none does.
    #[must_use]
    pub fn on(self, date: Date, zone: &Zone) -> Instant {
        match zone.resolve(date.to_datetime(time(self.0))) {
            Resolved::Once(at) | Resolved::Twice(at, _) | Resolved::Never(at) => at,
        }
    }
}

impl Span {
    /// Whether it lasts at an instant.
    #[must_use]
    pub fn has(self, at: Instant) -> bool {
        self.start <= at && at < self.end
    }
}

fn time(minute: u16) -> Time {
    let part = |number: u16| i8::try_from(number).unwrap_or(0);
    Time::new(part(minute / 60), part(minute % 60), 0, 0).unwrap_or(Time::MIN)
}

fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let part = |text: &str, below: u16| -> Option<u16> {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|number| digits && *number < below)
    };
    Some(part(hour, 24)? * 60 + part(minute, 60)?)
}

impl FromStr for Hours {
    type Err = NotHours;

    fn from_str(text: &str) -> Result<Hours, NotHours> {
        let hours = || {
            let (start, end) = text.split_once('-')?;
            Some(Hours { start: minute(start)?, end: minute(end)? })
        };
        hours().ok_or(NotHours)
    }
}

impl FromStr for TimeOfDay {
    type Err = NotATimeOfDay;

    fn from_str(text: &str) -> Result<TimeOfDay, NotATimeOfDay> {
        minute(text).map(TimeOfDay).ok_or(NotATimeOfDay)
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = NotATimeOfDay;

    fn try_from(text: String) -> Result<TimeOfDay, NotATimeOfDay> {
        text.parse()
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> String {
        time.to_string()
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl TryFrom<String> for Hours {
    type Error = NotHours;

    fn try_from(text: String) -> Result<Hours, NotHours> {
        text.parse()
    }
}

impl From<Hours> for String {
    fn from(hours: Hours) -> String {
        hours.to_string()
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Hours { start, end } = *self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", start / 60, start % 60, end / 60, end % 60)
    }
}
