//! Lines of talk, broken to the width of the screen.

use ratatui::text::Span;

/// Breaks a text into rows of at most `width` columns, at spaces where there are any. At least one row.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut rows = vec![String::new()];
    let mut used = 0;
    for word in text.split_inclusive(' ') {
        let columns = Span::raw(word.trim_end()).width();
        if used > 0 && columns > 0 && used + columns > width {
            rows.push(String::new());
            used = 0;
        }
        for c in word.chars() {
            let columns = Span::raw(c.to_string()).width();
            if used + columns > width && c != ' ' {
                rows.push(String::new());
                used = 0;
            }
            if let Some(row) = rows.last_mut()
                && used + columns <= width
            {
                row.push(c);
            }
            used += columns;
        }
    }
    rows
}

/// The end of a text, as much of it as fits into `width` columns.
pub(super) fn tail(text: &str, width: usize) -> &str {
    let mut used = 0;
    for (at, c) in text.char_indices().rev() {
        used += Span::raw(c.to_string()).width();
        if used > width {
            return &text[at + c.len_utf8()..];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_by_table() {
        for (text, rows) in [
            ("", vec![""]),
            ("hello", vec!["hello"]),
            ("hello you", vec!["hello ", "you"]),
            ("go on now", vec!["go on ", "now"]),
            ("abcdefghij", vec!["abcdef", "ghij"]),
            ("a bcdefghij", vec!["a ", "bcdefg", "hij"]),
            ("hello    you", vec!["hello ", "you"]),
            ("日本語日本", vec!["日本語", "日本"]),
        ] {
            assert_eq!(wrap(text, 6), rows, "{text}");
        }
    }

    #[test]
    fn tails_by_table() {
        for (text, width, end) in
            [("hello", 3, "llo"), ("hello", 5, "hello"), ("", 3, ""), ("日本語", 5, "本語"), ("ab", 0, "")]
        {
            assert_eq!(tail(text, width), end, "{text} {width}");
        }
    }
}
