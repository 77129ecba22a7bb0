//! The lines of a calendar file (RFC 5545, section 3.1).

use domain::invalid::Invalid;

/// A property of an event, such as `DTSTART;TZID=Europe/London:20261224T180000`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Property {
    /// In upper case.
    pub(super) name: String,
    /// Names in upper case, and values without their quotes.
    parameters: Vec<(String, String)>,
    /// As it stands there.
    pub(super) value: String,
}

/// The properties of the events of a calendar, without those of what is within them, such as alarms.
///
/// # Errors
/// It is no calendar.
pub(super) fn events(text: &str) -> Result<Vec<Vec<Property>>, Invalid> {
    let lines = unfolded(text.trim_start_matches('\u{feff}'));
    let mut properties = lines.iter().filter(|line| !line.trim().is_empty()).filter_map(|line| Property::of(line));
    if properties.next().is_none_or(|first| !first.is("BEGIN", "VCALENDAR")) {
        return Err(Invalid::at("", "is no calendar: its first line must be BEGIN:VCALENDAR"));
    }
    let (mut events, mut within): (Vec<Vec<Property>>, Vec<String>) = (Vec::new(), Vec::new());
    for property in properties {
        match property.name.as_str() {
            "BEGIN" => {
                within.push(property.value.trim().to_ascii_uppercase());
                if within == ["VEVENT"] {
                    events.push(Vec::new());
                }
            }
            "END" => _ = within.pop(),
            _ if within == ["VEVENT"] => events.last_mut().into_iter().for_each(|event| event.push(property.clone())),
            _ => {}
        }
    }
    Ok(events)
}

/// Lines, each with what goes on in those below that begin with a blank.
fn unfolded(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some(last)) => last.push_str(rest),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

impl Property {
    fn of(line: &str) -> Option<Property> {
        let mut quoted = false;
        let mut ends = line.char_indices().filter(|(_, c)| {
            quoted ^= *c == '"';
            !quoted && matches!(c, ';' | ':')
        });
        let (mut start, mut parts) = (0, Vec::new());
        loop {
            let (end, c) = ends.next()?;
            parts.push(line.get(start..end)?);
            start = end + 1;
            if c == ':' {
                break;
            }
        }
        let mut parts = parts.into_iter();
        let name = parts.next()?.trim().to_ascii_uppercase();
        let pair = |part: &str| {
            let (name, value) = part.split_once('=')?;
            Some((name.trim().to_ascii_uppercase(), value.trim().trim_matches('"').to_owned()))
        };
        Some(Property { name, parameters: parts.filter_map(pair).collect(), value: line.get(start..)?.to_owned() })
    }

    /// The value of a parameter.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The value as a text of one line, without what escapes its characters (section 3.3.11).
    pub(super) fn text(&self) -> String {
        let (mut text, mut escaped) = (String::new(), false);
        for c in self.value.chars() {
            match (escaped, c) {
                (false, '\\') => escaped = true,
                (true, 'n' | 'N') => (text.push(' '), escaped = false).1,
                (_, c) => {
                    text.push(if c.is_control() { ' ' } else { c });
                    escaped = false;
                }
            }
        }
        text.trim().to_owned()
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.name == name && self.value.trim().eq_ignore_ascii_case(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_unfolded_and_taken_apart() {
        let text = "BEGIN:VCALENDAR\r\nX-A:1\r\nBEGIN:VTIMEZONE\r\nDTSTART:1\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n\
            ATTENDEE;CN=\"Ann: the; one\";ROLE=CHAIR:mail\r\n to:ann@example.org\r\nsummary:A\\, b\\; c\\\\ \\nd\r\n\
            BEGIN:VALARM\r\nSUMMARY:no\r\nEND:VALARM\r\nno colon\r\nEND:VEVENT\r\nBEGIN:VEVENT\nUID:2\nEND:VEVENT\nEND:VCALENDAR";
        let events = events(text).unwrap();
        assert_eq!(events.len(), 2);
        let [attendee, summary] = &events[0][..] else { panic!("{events:?}") };
        assert_eq!((attendee.name.as_str(), attendee.value.as_str()), ("ATTENDEE", "mailto:ann@example.org"));
        assert_eq!((attendee.parameter("CN"), attendee.parameter("ROLE")), (Some("Ann: the; one"), Some("CHAIR")));
        assert_eq!((summary.name.as_str(), summary.text().as_str()), ("SUMMARY", "A, b; c\\  d"));
        assert_eq!(events[1].len(), 1);
    }

    #[test]
    fn what_is_no_calendar_is_refused() {
        for text in ["", "\r\n", "{}", "BEGIN:VCARD", "BEGIN:VEVENT\r\nBEGIN:VCALENDAR"] {
            assert!(events(text).is_err(), "{text}");
        }
        assert_eq!(events("\u{feff}\r\nbegin:vcalendar\r\n").unwrap(), Vec::<Vec<Property>>::new());
    }
}
