use domain::time::{DateTime, Instant, Resolved, Zone};

/// Reads the times of a file.
#[derive(Debug, Clone)]
pub(super) struct Times {
    /// The zone of local times.
    pub(super) zone: Zone,
}

/// A time as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Time {
    pub(super) at: Instant,
    /// The clocks showed this time twice, since they were put back in between.
    pub(super) ambiguous: bool,
}

/// Why a text is not a time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotATime {
    #[error("\"{0}\" is not a time such as \"2026-11-20 09:19:36\"")]
    Form(String),
    #[error("\"{0}\" is not between the years 1970 and 2199")]
    OutOfRange(String),
    #[error("the clocks of {zone} never showed \"{text}\": they were put forward over it")]
    NeverWas { text: String, zone: String },
}

impl Times {
    /// A local time such as `2026-11-20 09:19:36`, with or without a fraction. Where the clocks showed it twice, it is the first
    /// of the two that is not before `not_before`.
    pub(super) fn local(&self, text: &str, not_before: Option<Instant>) -> Result<Time, NotATime> {
        let form = || NotATime::Form(shortened(text));
        let local = civil(text).ok_or_else(form)?;
        if !(1970..2200).contains(&local.year()) {
            return Err(NotATime::OutOfRange(shortened(text)));
        }
        match self.zone.resolve(local) {
            Resolved::Once(at) => Ok(Time { at, ambiguous: false }),
            Resolved::Twice(first, second) => {
                let at = if not_before.is_some_and(|earliest| first < earliest) { second } else { first };
                Ok(Time { at, ambiguous: true })
            }
            Resolved::Never(_) => Err(NotATime::NeverWas { text: shortened(text), zone: self.zone.name().to_owned() }),
        }
    }

    /// A time of any form: RFC 3339 with its offset, local, or seconds since 1970 with or without a fraction. An empty text and
    /// the second 0, with which switches say "never", are none.
    pub(super) fn any(&self, text: &str, not_before: Option<Instant>) -> Result<Option<Time>, NotATime> {
        let text = text.trim();
        if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            return epoch(text);
        }
        match Instant::parse(text) {
            Ok(at) => Ok(Some(Time { at, ambiguous: false })),
            Err(_) => self.local(text, not_before).map(Some),
        }
    }
}

/// Seconds since 1970; what is finer than a millisecond is cut off.
fn epoch(text: &str) -> Result<Option<Time>, NotATime> {
    if text.is_empty() {
        return Ok(None);
    }
    let form = || NotATime::Form(shortened(text));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if whole.is_empty() || fraction.is_empty() || fraction.contains('.') {
        return Err(form());
    }
    let range = || NotATime::OutOfRange(shortened(text));
    let seconds: i64 = whole.parse().map_err(|_| range())?;
    let millis: i64 = format!("{fraction:0<3}")[..3].parse().map_err(|_| form())?;
    let at = seconds.checked_mul(1000).and_then(|total| total.checked_add(millis)).ok_or_else(range)?;
    let at = Instant::from_millis(at).map_err(|_| range())?;
    Ok((at > Instant::FIRST).then_some(Time { at, ambiguous: false }))
}

/// `YYYY-MM-DD HH:MM:SS[.f]`, or with a T in the middle.
fn civil(text: &str) -> Option<DateTime> {
    let bytes = text.as_bytes();
    let (whole, fraction) = bytes.split_at_checked(19)?;
    let shape = whole.iter().zip(b"dddd-dd-dd dd:dd:dd").all(|(byte, expected)| match expected {
        b'd' => byte.is_ascii_digit(),
        b' ' => matches!(byte, b' ' | b'T'),
        expected => byte == expected,
    });
    if !shape {
        return None;
    }
    let number =
        |from: usize, to: usize| whole[from..to].iter().fold(0_i16, |sum, digit| sum * 10 + i16::from(digit - b'0'));
    let small = |from: usize| i8::try_from(number(from, from + 2)).ok();
    let nanos = match fraction {
        [] => 0,
        [b'.', digits @ ..] if (1..=9).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit) => {
            digits.iter().chain(b"000000000").take(9).fold(0_i32, |sum, digit| sum * 10 + i32::from(digit - b'0'))
        }
        _ => return None,
    };
    DateTime::new(number(0, 4), small(5)?, small(8)?, small(11)?, small(14)?, small(17)?, nanos).ok()
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> Times {
        Times { zone: Zone::named("Europe/Berlin").unwrap() }
    }

    #[test]
    fn times_of_every_form() {
        for (text, at) in [
            ("2026-11-20 09:19:36", "2026-11-20T08:19:36Z"),
            ("2026-11-20T09:19:36", "2026-11-20T08:19:36Z"),
            ("2026-07-01 09:19:36.25", "2026-07-01T07:19:36.250Z"),
            ("2026-11-20T09:19:36Z", "2026-11-20T09:19:36Z"),
            ("2026-11-20T09:19:36.5+02:00", "2026-11-20T07:19:36.500Z"),
            ("1795166377.198672", "2026-11-20T09:19:37.198Z"),
            ("1795166377", "2026-11-20T09:19:37Z"),
        ] {
            let time = berlin().any(text, None).unwrap().unwrap();
            assert_eq!((time.at.to_string().as_str(), time.ambiguous), (at, false), "{text}");
        }
        for never in ["", " ", "0", "0.000000"] {
            assert_eq!(berlin().any(never, None), Ok(None), "{never:?}");
        }
    }

    #[test]
    fn texts_that_are_no_times() {
        let form = |text: &str| NotATime::Form(text.to_owned());
        let range = |text: &str| NotATime::OutOfRange(text.to_owned());
        for (text, refused) in [
            ("yesterday", form("yesterday")),
            ("2026-02-30 09:19:36", form("2026-02-30 09:19:36")),
            ("2026-13-01 09:19:36", form("2026-13-01 09:19:36")),
            ("2026-11-20 24:00:00", form("2026-11-20 24:00:00")),
            ("2026-11-20", form("2026-11-20")),
            ("2026-11-20 09:19", form("2026-11-20 09:19")),
            ("2026-11-20 09:19:36.", form("2026-11-20 09:19:36.")),
            ("1.2.3", form("1.2.3")),
            (".", form(".")),
            ("..", form("..")),
            ("-5", form("-5")),
            ("1e9", form("1e9")),
            ("1969-12-31 23:59:59", range("1969-12-31 23:59:59")),
            ("2200-01-01 00:00:00", range("2200-01-01 00:00:00")),
            ("99999999999999999999", range("99999999999999999999")),
            ("1795166377198", range("1795166377198")),
            ("9223372036854775.9", range("9223372036854775.9")),
        ] {
            assert_eq!(berlin().any(text, None), Err(refused), "{text}");
        }
    }

    #[test]
    fn hours_that_were_never_or_twice() {
        let never = berlin().local("2026-03-29 02:30:00", None);
        assert!(matches!(never, Err(NotATime::NeverWas { .. })), "{never:?}");
        let first = berlin().local("2026-10-25 02:30:00", None).unwrap();
        assert_eq!((first.at.to_string().as_str(), first.ambiguous), ("2026-10-25T00:30:00Z", true));
        // A call from 02:59 to 02:01 went over the change.
        let start = berlin().local("2026-10-25 02:59:00", None).unwrap().at;
        let end = berlin().local("2026-10-25 02:01:00", Some(start)).unwrap();
        assert_eq!((end.at.millis_since(start), end.ambiguous), (120_000, true));
    }
}
