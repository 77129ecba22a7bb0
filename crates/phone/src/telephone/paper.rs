//! What was said, line by line.

use std::collections::VecDeque;

/// How many lines are kept.
const LINES: usize = 500;
/// How many characters of a line are kept.
const LINE: usize = 2_000;

/// Who says a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Speaker {
    /// This phone's user.
    Me,
    /// The other party, by its number.
    Party(String),
    /// The exchange: greetings, menus, questions.
    Exchange,
    /// The phone itself, about what happens.
    Phone,
}

/// A line of talk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Who says it.
    pub speaker: Speaker,
    /// What is said, without control characters.
    pub text: String,
}

/// The last 500 lines.
#[derive(Debug, Default)]
pub struct Paper {
    lines: VecDeque<Line>,
    gone: usize,
}

impl Paper {
    pub(super) fn write(&mut self, speaker: Speaker, text: &str) {
        if self.lines.len() == LINES {
            self.lines.pop_front();
            self.gone += 1;
        }
        self.lines.push_back(Line { speaker, text: printable(text) });
    }

    /// The lines, the oldest first.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = &Line> {
        self.lines.iter()
    }

    /// How many lines there have ever been.
    pub fn written(&self) -> usize {
        self.gone + self.lines.len()
    }

    /// The lines from the one with this index on, counted from the first that there has ever been; with their indexes.
    pub fn since(&self, index: usize) -> impl Iterator<Item = (usize, &Line)> {
        self.lines.iter().enumerate().map(|(at, line)| (at + self.gone, line)).filter(move |(at, _)| *at >= index)
    }
}

/// Text from elsewhere, as it may be shown: nothing in it moves the cursor, rings the bell, or turns the line around.
pub(super) fn printable(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut kept: String = text.chars().filter(|c| !turns(*c)).take(LINE + 1).collect();
    if kept.chars().count() > LINE {
        kept.pop();
        kept.push('…');
    }
    kept.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_elsewhere_is_harmless() {
        for (text, shown) in [
            ("hello", "hello"),
            ("a\u{1b}[2Jb\u{7}\r\nc\u{9b}", "a [2Jb   c "),
            ("ab\u{202e}cd", "abcd"),
            ("größer 日本", "größer 日本"),
        ] {
            assert_eq!(printable(text), shown);
        }
        assert_eq!(printable(&"é".repeat(9_000)).chars().count(), LINE + 1);
    }

    #[test]
    fn old_lines_fall_out_and_keep_their_index() {
        let mut paper = Paper::default();
        for number in 0..LINES + 10 {
            paper.write(Speaker::Me, &number.to_string());
        }
        assert_eq!((paper.lines().count(), paper.written()), (LINES, LINES + 10));
        let since: Vec<_> = paper.since(LINES + 8).map(|(index, line)| (index, line.text.as_str())).collect();
        assert_eq!(since, [(508, "508"), (509, "509")]);
        assert_eq!(paper.since(0).count(), LINES);
    }
}
