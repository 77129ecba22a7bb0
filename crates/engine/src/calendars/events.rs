//! What events of a calendar mean for a roster.

use domain::roster::{Change, Days, Hours, MOST_WEEKS, Shift, Span, TimeOfDay};
use domain::time::{Date, Instant, Zone, date_of_day, day_number};

use super::lines::Property;
use crate::agents::Agent;
use crate::groups::{NewOverride, NewShift};

/// The most days of an event of whole days.
const MOST_DAYS: i64 = 31;
/// The most dates of a series that counts them.
const MOST_COUNTED: u32 = 1000;
/// What an event of whole days is called that closes a group, in its categories or its summary.
const HOLIDAYS: [&str; 2] = ["holiday", "feiertag"];
const WEEKDAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// What an event comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    Overrides(Vec<NewOverride>),
    Shifts(Vec<NewShift>),
}

/// Why an event is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// Nothing tells it from others.
    #[error("it has no UID")]
    NoUid,
    /// It does not take place.
    #[error("it is cancelled")]
    Cancelled,
    /// It is one occurrence of a series, which has been moved.
    #[error("it changes one date of a series: change that date in the roster")]
    OneOfSeries,
    /// A date or time is missing, or is none.
    #[error("its {0} is missing, or cannot be read")]
    Unreadable(&'static str),
    /// Nobody knows what the clock shows there.
    #[error("its time zone {0} is unknown: write the name of the IANA, such as Europe/London")]
    UnknownZone(String),
    /// It lasts no time, more than a day, or has seconds.
    #[error("it lasts no time or more than a day, or does not begin and end on whole minutes")]
    WrongSpan,
    /// It is too long.
    #[error("it lasts more than {MOST_DAYS} days")]
    TooLong,
    /// Nobody takes part who is known here.
    #[error("no agent has the address of one who takes part, or the name that is its summary")]
    NoAgent,
    /// It is repeated in another way than shifts are.
    #[error("it is repeated in a way that shifts are not: {0}")]
    WrongRule(String),
}

/// When an event begins or ends.
#[derive(Clone, Copy)]
enum Point<'a> {
    Day(Date),
    At(Instant, &'a Zone),
}

/// An event, with what it is read by.
pub(super) struct Event<'a> {
    pub(super) properties: &'a [Property],
    /// The zone of the group.
    pub(super) zone: &'a Zone,
    pub(super) agents: &'a [Agent],
}

impl Event<'_> {
    fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.name == name)
    }

    pub(super) fn uid(&self) -> Option<String> {
        self.property("UID").map(|uid| uid.value.trim().to_owned()).filter(|uid| !uid.is_empty())
    }

    pub(super) fn summary(&self) -> String {
        self.property("SUMMARY").map(|summary| summary.text().chars().take(200).collect()).unwrap_or_default()
    }

    /// What it comes to.
    pub(super) fn meaning(&self) -> Result<Meaning, NotTaken> {
        if self.property("STATUS").is_some_and(|status| status.value.trim().eq_ignore_ascii_case("CANCELLED")) {
            return Err(NotTaken::Cancelled);
        }
        if self.property("RECURRENCE-ID").is_some() {
            return Err(NotTaken::OneOfSeries);
        }
        let start = self.property("DTSTART").ok_or(NotTaken::Unreadable("DTSTART"))?;
        let own = start.parameter("TZID").map(named).transpose()?;
        let zone = own.as_ref().unwrap_or(self.zone);
        let utc = Zone::utc();
        match point(start, zone, &utc).ok_or(NotTaken::Unreadable("DTSTART"))? {
            Point::Day(first) => self.whole_days(first),
            Point::At(start, zone) => {
                let span = Span { start, end: self.end(start, zone)? };
                match self.property("RRULE") {
                    Some(rule) => self.shifts(span, zone, &rule.value),
                    None => self.once(span),
                }
            }
        }
    }

    /// When it is over that begins at an instant.
    fn end(&self, start: Instant, zone: &Zone) -> Result<Instant, NotTaken> {
        if let Some(end) = self.property("DTEND") {
            let own = end.parameter("TZID").map(named).transpose()?;
            let utc = Zone::utc();
            return match point(end, own.as_ref().unwrap_or(zone), &utc) {
                Some(Point::At(end, _)) => Ok(end),
                _ => Err(NotTaken::Unreadable("DTEND")),
            };
        }
        let duration = self.property("DURATION").and_then(|duration| millis(duration.value.trim()));
        Ok(Instant::clamped(start.millis() + duration.ok_or(NotTaken::Unreadable("DTEND"))?))
    }

    /// Those who take part: by their addresses, else by the summary.
    fn takes_part(&self) -> Result<Vec<String>, NotTaken> {
        let attendees = self.properties.iter().filter(|property| property.name == "ATTENDEE");
        let addresses: Vec<String> = attendees
            .filter_map(|property| {
                let value = property.value.trim().to_lowercase();
                value.strip_prefix("mailto:").map(str::to_owned)
            })
            .collect();
        let has =
            |agent: &&Agent| agent.details.email.as_ref().is_some_and(|own| addresses.contains(&own.to_lowercase()));
        let mut ids: Vec<String> = self.agents.iter().filter(has).map(|agent| agent.id.clone()).collect();
        if ids.is_empty() {
            let summary = self.summary().to_lowercase();
            ids.extend(
                self.agents.iter().find(|agent| agent.name.to_lowercase() == summary).map(|agent| agent.id.clone()),
            );
        }
        if ids.is_empty() { Err(NotTaken::NoAgent) } else { Ok(ids) }
    }

    fn once(&self, span: Span) -> Result<Meaning, NotTaken> {
        let (date, hours) = Hours::of(span, self.zone).ok_or(NotTaken::WrongSpan)?;
        let add = |agent| NewOverride { date, hours, change: Change::Add { agent, priority: 1 } };
        Ok(Meaning::Overrides(self.takes_part()?.into_iter().map(add).collect()))
    }

    /// Holidays close the group; other whole days are somebody's.
    fn whole_days(&self, first: Date) -> Result<Meaning, NotTaken> {
        if let Some(rule) = self.property("RRULE") {
            return Err(NotTaken::WrongRule(rule.value.clone()));
        }
        let utc = Zone::utc();
        let last = match self.property("DTEND").and_then(|end| point(end, self.zone, &utc)) {
            Some(Point::Day(after)) => day_number(after) - 1,
            _ => {
                let days = self.property("DURATION").and_then(|duration| millis(duration.value.trim())).unwrap_or(DAY);
                day_number(first) + days / DAY - 1
            }
        };
        let days = day_number(first)..=last;
        match last - day_number(first) + 1 {
            ..=0 => return Err(NotTaken::Unreadable("DTEND")),
            days if days > MOST_DAYS => return Err(NotTaken::TooLong),
            _ => {}
        }
        let told = self.properties.iter().filter(|property| matches!(property.name.as_str(), "CATEGORIES" | "SUMMARY"));
        let changes: Vec<Change> = if told.into_iter().any(|property| {
            let text = property.text().to_lowercase();
            HOLIDAYS.iter().any(|word| text.contains(word))
        }) {
            let name = Some(self.summary()).filter(|name| !name.is_empty()).unwrap_or_else(|| "Holiday".to_owned());
            vec![Change::Closed { name }]
        } else {
            self.takes_part()?.into_iter().map(|agent| Change::Add { agent, priority: 1 }).collect()
        };
        let of_day = |day| changes.iter().map(move |change| (date_of_day(day), change.clone()));
        let new = |(date, change)| NewOverride { date, hours: Hours::ALL_DAY, change };
        Ok(Meaning::Overrides(days.flat_map(of_day).map(new).collect()))
    }

    fn shifts(&self, span: Span, zone: &Zone, rule: &str) -> Result<Meaning, NotTaken> {
        let wrong = || NotTaken::WrongRule(rule.to_owned());
        if ["EXDATE", "RDATE", "EXRULE"].iter().any(|name| self.property(name).is_some()) {
            return Err(NotTaken::WrongRule(format!("{rule}, with exceptions")));
        }
        let (from, hours) = Hours::of(span, zone).ok_or(NotTaken::WrongSpan)?;
        let part = |name: &str| {
            let mut parts = rule.split(';').filter_map(|part| part.split_once('='));
            parts.find(|(known, _)| known.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
        };
        let known = ["FREQ", "INTERVAL", "BYDAY", "UNTIL", "COUNT", "WKST"];
        let mut names =
            rule.split(';').map(|part| part.split('=').next().unwrap_or_default().trim().to_ascii_uppercase());
        let every_weeks: u8 = part("INTERVAL").unwrap_or("1").parse().map_err(|_| wrong())?;
        let monday = part("WKST").is_none_or(|first| first.eq_ignore_ascii_case("MO")) || every_weeks == 1;
        let weekly = part("FREQ").is_some_and(|every| every.eq_ignore_ascii_case("WEEKLY"));
        if !weekly
            || !monday
            || names.any(|name| !known.contains(&name.as_str()))
            || !(1..=MOST_WEEKS).contains(&every_weeks)
        {
            return Err(wrong());
        }
        let days: Vec<u8> = match part("BYDAY") {
            None => vec![u8::try_from(from.weekday().to_monday_zero_offset()).unwrap_or(0)],
            Some(days) => days.split(',').map(|day| weekday(day).ok_or_else(wrong)).collect::<Result<_, _>>()?,
        };
        let days = Days::new(&days).map_err(|_| wrong())?;
        let (id, agent) = (String::new(), String::new());
        let own = (zone != self.zone).then(|| zone.clone());
        let every = Shift {
            id,
            agent,
            days,
            hours,
            zone: own.clone(),
            every_weeks,
            from: Some(from),
            until: None,
            priority: 1,
        };
        let until = match (part("UNTIL"), part("COUNT")) {
            (Some(until), None) => Some(last_of(until, hours, zone).ok_or_else(wrong)?),
            (None, Some(count)) => Some(counted(&every, from, count).ok_or_else(wrong)?),
            (None, None) => None,
            (Some(_), Some(_)) => return Err(wrong()),
        };
        let new = |agent| NewShift {
            agent,
            days,
            hours,
            zone: own.clone(),
            every_weeks,
            from: Some(from),
            until,
            priority: 1,
        };
        Ok(Meaning::Shifts(self.takes_part()?.into_iter().map(new).collect()))
    }
}

const DAY: i64 = 86_400_000;

fn named(zone: &str) -> Result<Zone, NotTaken> {
    Zone::named(zone.trim_start_matches('/')).map_err(|_| NotTaken::UnknownZone(zone.to_owned()))
}

fn weekday(name: &str) -> Option<u8> {
    let place = WEEKDAYS.iter().position(|known| known.eq_ignore_ascii_case(name.trim()))?;
    u8::try_from(place).ok()
}

/// A date, or a time of a date: of UTC, where it says so, else of a zone.
fn point<'a>(property: &Property, zone: &'a Zone, utc: &'a Zone) -> Option<Point<'a>> {
    read_point(property.value.trim(), zone, utc)
}

fn read_point<'a>(text: &str, zone: &'a Zone, utc: &'a Zone) -> Option<Point<'a>> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (text, zone) = text.strip_suffix(['Z', 'z']).map_or((text, zone), |text| (text, utc));
    let (date, time) = text.split_once(['T', 't']).map_or((text, None), |(date, time)| (date, Some(time)));
    if date.len() != 8 || !digits(date) {
        return None;
    }
    let date: Date = format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..]).parse().ok()?;
    let Some(time) = time else { return Some(Point::Day(date)) };
    if time.len() != 6 || !digits(time) {
        return None;
    }
    let clock: TimeOfDay = format!("{}:{}", &time[..2], &time[2..4]).parse().ok()?;
    let seconds: i64 = time[4..].parse().ok()?;
    Some(Point::At(Instant::clamped(clock.on(date, zone).millis() + seconds * 1000), zone))
}

/// A duration such as `PT8H30M` (section 3.3.6), in milliseconds.
fn millis(text: &str) -> Option<i64> {
    let text = text.strip_prefix('+').unwrap_or(text).strip_prefix('P')?;
    let (mut sum, mut number, mut within_day) = (0_i64, String::new(), false);
    for c in text.chars() {
        let unit = match c {
            'T' => {
                within_day = true;
                continue;
            }
            '0'..='9' => {
                number.push(c);
                continue;
            }
            'W' => 7 * DAY,
            'D' => DAY,
            'H' if within_day => 3_600_000,
            'M' if within_day => 60_000,
            'S' if within_day => 1000,
            _ => return None,
        };
        sum = sum.checked_add(number.parse::<i64>().ok()?.checked_mul(unit)?)?;
        number.clear();
    }
    (number.is_empty() && sum > 0 && sum < 10_000 * DAY).then_some(sum)
}

/// The last date on which something may begin that does not after `until`.
fn last_of(until: &str, hours: Hours, zone: &Zone) -> Option<Date> {
    let utc = Zone::utc();
    match read_point(until, zone, &utc)? {
        Point::Day(date) => Some(date),
        Point::At(until, _) => {
            let date = zone.date(until);
            if hours.on(date, zone).start <= until { Some(date) } else { date.yesterday().ok() }
        }
    }
}

/// The date of the last of so many.
fn counted(shift: &Shift, from: Date, count: &str) -> Option<Date> {
    let count: u32 = count.parse().ok().filter(|count| (1..=MOST_COUNTED).contains(count))?;
    let dates = std::iter::successors(Some(from), |date| date.tomorrow().ok());
    dates.filter(|date| shift.begins_on(*date)).nth(usize::try_from(count - 1).ok()?)
}
