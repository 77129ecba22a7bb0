use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock, RwLock};

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Instant;

const DAY: i64 = 86_400;

/// A time zone of the IANA database (the copy built into the program): what its wall clocks show at each instant.
#[derive(Clone)]
pub struct Zone(Arc<Table>);

/// The zone's changes of offset over the whole range of [`Instant`], so that a look-up is one binary search.
struct Table {
    name: String,
    /// Seconds since 1970 from which the offset holds, ascending; the first is before every instant.
    from: Vec<i64>,
    /// Seconds east of Greenwich.
    offset: Vec<i32>,
}

/// A name is not a zone of the IANA database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a time zone such as \"Europe/London\"")]
pub struct UnknownZone(pub String);

/// What a wall clock shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WallClock {
    /// Days since 1970-01-01.
    pub day: i64,
    /// Seconds since midnight on the dial, 0 to 86,399.
    pub second: i64,
}

/// The instants at which a wall clock shows a given date and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolved {
    /// Exactly one.
    Once(Instant),
    /// Two, since the clock was put back in between.
    Twice(Instant, Instant),
    /// None, since the clock was put forward over it; this is the first instant after the gap.
    Never(Instant),
}

impl Zone {
    /// The zone of this name.
    ///
    /// # Errors
    /// The database has no such zone.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        static KNOWN: OnceLock<RwLock<HashMap<String, Zone>>> = OnceLock::new();
        let known = KNOWN.get_or_init(RwLock::default);
        if let Ok(zones) = known.read()
            && let Some(zone) = zones.get(name)
        {
            return Ok(zone.clone());
        }
        let unknown = || UnknownZone(name.chars().take(40).collect());
        let rules = jiff::tz::db().get(name).map_err(|_| unknown())?;
        let zone = Zone(Arc::new(Table::of(rules.iana_name().unwrap_or(name), &rules)));
        if let Ok(mut zones) = known.write() {
            zones.insert(name.to_owned(), zone.clone());
        }
        Ok(zone)
    }

    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Zone(Arc::new(Table { name: "UTC".to_owned(), from: vec![i64::MIN], offset: vec![0] }))
    }

    /// The zone's name in the database.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// What the zone's wall clocks show at the instant.
    #[must_use]
    pub fn wall_clock(&self, at: Instant) -> WallClock {
        self.wall_clock_and_jump(at).0
    }

    /// What the zone's wall clocks show at the instant, and the second since 1970 at which they jump next; `i64::MAX` if never.
    #[must_use]
    pub fn wall_clock_and_jump(&self, at: Instant) -> (WallClock, i64) {
        let second = at.seconds();
        let segment = self.0.segment(second);
        let local = second + i64::from(self.0.offset[segment]);
        let jump = self.0.from.get(segment + 1).copied().unwrap_or(i64::MAX);
        (WallClock { day: local.div_euclid(DAY), second: local.rem_euclid(DAY) }, jump)
    }

    /// The local date of the instant.
    #[must_use]
    pub fn date(&self, at: Instant) -> Date {
        self.wall_clock(at).date()
    }

    /// The first instant of the local day: midnight, or what follows a gap over it. For a day that never was (a zone may skip
    /// one), the first instant after it.
    #[must_use]
    pub fn start_of_day(&self, date: Date) -> Instant {
        match self.resolve(date.at(0, 0, 0, 0)) {
            Resolved::Once(at) | Resolved::Twice(at, _) | Resolved::Never(at) => at,
        }
    }

    /// The instants at which the wall clocks show this.
    #[must_use]
    pub fn resolve(&self, local: DateTime) -> Resolved {
        let shown = day_number(local.date()) * DAY
            + i64::from(local.hour()) * 3600
            + i64::from(local.minute()) * 60
            + i64::from(local.second());
        let millis = i64::from(local.millisecond());
        let table = &self.0;
        // An offset is below 16 h, and a jump at most a day: the segments around hold every answer.
        let near = table.segment(shown - 2 * DAY)..=table.segment(shown + 2 * DAY);
        let mut found = near.clone().filter_map(|segment| {
            let second = shown - i64::from(table.offset[segment]);
            (table.segment(second) == segment).then(|| Instant::clamped(second * 1000 + millis))
        });
        match (found.next(), found.next()) {
            (Some(first), Some(second)) => Resolved::Twice(first, second),
            (Some(only), None) => Resolved::Once(only),
            (None, _) => {
                let after_gap = near.skip(1).map(|segment| (table.from[segment], table.offset[segment]));
                let jump = after_gap.into_iter().find(|(from, offset)| from + i64::from(*offset) > shown);
                Resolved::Never(Instant::clamped(jump.map_or(shown, |(from, _)| from) * 1000))
            }
        }
    }
}

impl Table {
    fn of(name: &str, rules: &TimeZone) -> Table {
        let beginning = jiff::Timestamp::from_millisecond(Instant::FIRST.millis()).unwrap_or_default();
        let (mut from, mut offset) = (vec![i64::MIN], vec![rules.to_offset(beginning).seconds()]);
        for change in rules.following(beginning) {
            if change.timestamp().as_millisecond() > Instant::LAST.millis() {
                break;
            }
            if offset.last() != Some(&change.offset().seconds()) {
                from.push(change.timestamp().as_second());
                offset.push(change.offset().seconds());
            }
        }
        Table { name: name.to_owned(), from, offset }
    }

    fn segment(&self, second: i64) -> usize {
        self.from.partition_point(|from| *from <= second).saturating_sub(1)
    }
}

impl WallClock {
    /// The date.
    #[must_use]
    pub fn date(self) -> Date {
        date_of_day(self.day)
    }

    /// Days since Monday, 0 to 6.
    #[must_use]
    pub fn weekday(self) -> usize {
        // 1970-01-01 was a Thursday.
        usize::try_from((self.day + 3).rem_euclid(7)).unwrap_or(0)
    }
}

/// Days since 1970-01-01.
#[must_use]
pub fn day_number(date: Date) -> i64 {
    let since = date.since(Date::constant(1970, 1, 1)).unwrap_or_default();
    i64::from(since.get_days())
}

/// The date so many days after 1970-01-01.
#[must_use]
pub fn date_of_day(day: i64) -> Date {
    let span = jiff::Span::new().try_days(day).unwrap_or_default();
    Date::constant(1970, 1, 1).checked_add(span).unwrap_or(Date::MAX)
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Zone {}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Zone::named(&name).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn wall_clocks_by_table() {
        for (zone, instant, shown) in [
            ("UTC", "2026-02-03T04:05:06Z", "2026-02-03 04:05:06"),
            ("America/Toronto", "2021-11-07T04:30:00Z", "2021-11-07 00:30:00"),
            ("America/Toronto", "2021-11-07T06:30:00Z", "2021-11-07 01:30:00"),
            ("Asia/Kolkata", "1970-01-01T00:00:00Z", "1970-01-01 05:30:00"),
            ("Australia/Lord_Howe", "2025-10-04T15:34:58Z", "2025-10-05 02:34:58"),
            ("Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29 23:59:59"),
            ("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31 00:00:00"),
            ("Europe/London", "2150-07-01T00:00:00Z", "2150-07-01 01:00:00"),
        ] {
            let clock = Zone::named(zone).unwrap().wall_clock(at(instant));
            let (hour, minute, second) = (clock.second / 3600, clock.second / 60 % 60, clock.second % 60);
            assert_eq!(format!("{} {hour:02}:{minute:02}:{second:02}", clock.date()), shown, "{zone} {instant}");
        }
    }

    #[test]
    fn local_times_by_table() {
        for (zone, local, resolved) in [
            ("Europe/London", "2026-03-29T00:30:00", Resolved::Once(at("2026-03-29T00:30:00Z"))),
            ("Europe/London", "2026-03-29T01:30:00", Resolved::Never(at("2026-03-29T01:00:00Z"))),
            (
                "Europe/London",
                "2026-10-25T01:30:00",
                Resolved::Twice(at("2026-10-25T00:30:00Z"), at("2026-10-25T01:30:00Z")),
            ),
            ("Australia/Lord_Howe", "2025-10-05T02:15:00", Resolved::Never(at("2025-10-04T15:30:00Z"))),
            ("Pacific/Apia", "2011-12-30T12:00:00", Resolved::Never(at("2011-12-30T10:00:00Z"))),
            ("Pacific/Apia", "2011-12-31T00:00:00", Resolved::Once(at("2011-12-30T10:00:00Z"))),
        ] {
            assert_eq!(Zone::named(zone).unwrap().resolve(local.parse().unwrap()), resolved, "{zone} {local}");
        }
        let apia = Zone::named("Pacific/Apia").unwrap();
        let skipped: Date = "2011-12-30".parse().unwrap();
        assert_eq!(apia.start_of_day(skipped), apia.start_of_day(skipped.tomorrow().unwrap()));
    }

    #[test]
    fn names() {
        for name in ["", "Mars/Olympus", "../etc/passwd", "Europe/London\0"] {
            assert!(Zone::named(name).is_err(), "{name}");
        }
        assert_eq!(Zone::named("Europe/London").unwrap(), Zone::named("Europe/London").unwrap());
    }
}
