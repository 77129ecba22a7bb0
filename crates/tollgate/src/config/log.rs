//! The log: to standard error, a line for each thing that happens, in which no phone number stands whole.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// The fewest digits after a `+` that are a phone number, and the fewest without one.
const SHORTEST: (usize, usize) = (7, 9);
/// How many digits of a number are shown: its first and its last.
const SHOWN: (usize, usize) = (4, 2);

/// Logs from now on.
pub(super) fn start(filter: EnvFilter, as_json: bool) {
    let ansi = !as_json && io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(Lines).with_ansi(ansi);
    if as_json { lines.json().init() } else { lines.init() }
}

/// Makes what takes a line.
struct Lines;

/// Takes a line: the library writes each at once.
struct Line;

impl MakeWriter<'_> for Lines {
    type Writer = Line;
    fn make_writer(&self) -> Line {
        Line
    }
}

impl Write for Line {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        io::stderr().lock().write_all(shown(&text).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().lock().flush()
    }
}

/// A line as it is logged: in one line, whatever it tells of, and with shortened phone numbers. This is the second fence: whoever logs a
/// number shortens it, but a provider's answer may have one in it.
fn shown(line: &str) -> Cow<'_, str> {
    let (told, end) = line.strip_suffix('\n').map_or((line, ""), |told| (told, "\n"));
    if !told.contains(['\n', '\r']) && !told.as_bytes().windows(SHORTEST.0).any(could_be_number) {
        return Cow::Borrowed(line);
    }
    let told = told.replace('\n', "\\n").replace('\r', "\\r");
    Cow::Owned(shortened(&told) + end)
}

/// Whether some characters may be a part of a phone number: digits and what people write between them.
fn could_be_number(part: &[u8]) -> bool {
    part.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b' '))
}

fn shortened(text: &str) -> String {
    let mut told = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c == '+' || c.is_ascii_digit()) {
        let (before, from) = rest.split_at(at);
        told.push_str(before);
        let length = length_of_number(from);
        let (number, after) = from.split_at(length);
        match number.strip_prefix('+') {
            Some(digits) if count(digits) >= SHORTEST.0 => {
                told.push('+');
                told.push_str(&without_middle(digits));
            }
            None if stands_alone(&told, number, after) => told.push_str(&without_middle(number)),
            _ => told.push_str(number),
        }
        rest = after;
    }
    told.push_str(rest);
    told
}

/// How many bytes from here are a number as people write it: after a `+` with single spaces between digits.
fn length_of_number(from: &str) -> usize {
    let bytes = from.as_bytes();
    let spaced = bytes.first() == Some(&b'+');
    let mut length = usize::from(spaced);
    loop {
        match (bytes.get(length), bytes.get(length + 1)) {
            (Some(byte), _) if byte.is_ascii_digit() => length += 1,
            (Some(b' '), Some(next)) if spaced && length > 1 && next.is_ascii_digit() => length += 1,
            _ => return length,
        }
    }
}

/// Whether digits are a number by themselves, and no part of an id, an instant or an amount; nor a number of JSON's.
fn stands_alone(before: &str, digits: &str, after: &str) -> bool {
    let joins = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    digits.len() >= SHORTEST.1
        && !before.ends_with("\":")
        && !before.chars().next_back().is_some_and(joins)
        && !after.chars().next().is_some_and(joins)
}

fn count(digits: &str) -> usize {
    digits.bytes().filter(u8::is_ascii_digit).count()
}

fn without_middle(digits: &str) -> String {
    let digits: Vec<char> = digits.chars().filter(char::is_ascii_digit).collect();
    let (first, last) = (&digits[..SHOWN.0], &digits[digits.len() - SHOWN.1..]);
    first.iter().chain(&['*'; 3]).chain(last).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_shows_no_number_whole_and_is_one_line() {
        for (line, told) in [
            ("a call to +15550100 is refused\n", "a call to +1555***00 is refused\n"),
            ("to=\"+44 20 7946 0018\", again\n", "to=\"+4420***18\", again\n"),
            ("number=02079460018 line=line_1\n", "number=0207***18 line=line_1\n"),
            (
                r#"{"fields":{"to":"442079460018","bytes":123456789012}}"#,
                r#"{"fields":{"to":"4420***18","bytes":123456789012}}"#,
            ),
            (
                "2026-11-22T21:45:00.123456Z  INFO x: 10:00:00.123456789\n",
                "2026-11-22T21:45:00.123456Z  INFO x: 10:00:00.123456789\n",
            ),
            (
                "call_01234567890123456789abcdef 019ab0c1-1111-7222-8333-012345678901\n",
                "call_01234567890123456789abcdef 019ab0c1-1111-7222-8333-012345678901\n",
            ),
            ("+3 and 12345678, 203.0.113.0/24\n", "+3 and 12345678, 203.0.113.0/24\n"),
            ("a\n2026-01-01 ADMIN login ok\r\n", "a\\n2026-01-01 ADMIN login ok\\r\n"),
            ("+44 20 7946 0018", "+4420***18"),
            ("sip:02079460018@pbx", "sip:0207***18@pbx"),
            ("", ""),
        ] {
            assert_eq!(shown(line), told);
        }
    }
}
