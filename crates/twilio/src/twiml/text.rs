//! Texts as documents can have them.

/// How long what is said may be, in characters.
pub const LONGEST_SAY: usize = 4096;
/// How long what is written may be, in characters.
pub const LONGEST_MESSAGE: usize = 1600;

/// The text without the characters that XML 1.0 (section 2.2) forbids, however they are written.
pub(super) fn clean(text: &str) -> String {
    text.chars().filter(is_allowed).collect()
}

fn is_allowed(character: &char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{1_0000}'..)
}

/// As much of the text as `most` characters hold, to the end of a word where it has words.
pub(super) fn cut(text: &str, most: usize) -> &str {
    let Some((end, next)) = text.char_indices().nth(most) else { return text };
    let begun = &text[..end];
    if next.is_whitespace() {
        return begun.trim_end();
    }
    let whole = begun.rfind(char::is_whitespace).map(|end| begun[..end].trim_end());
    whole.filter(|whole| !whole.is_empty()).unwrap_or(begun)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_at_words() {
        for (text, most, expected) in [
            ("one two", 7, "one two"),
            ("one two three", 7, "one two"),
            ("one two three", 8, "one two"),
            ("one two three", 12, "one two"),
            ("one two", 5, "one"),
            ("onetwo", 3, "one"),
            (" onetwo", 4, " one"),
            ("äöü äöü", 5, "äöü"),
            ("", 3, ""),
        ] {
            assert_eq!(cut(text, most), expected, "{text:?} {most}");
        }
    }

    #[test]
    fn what_xml_forbids_is_left_out() {
        assert_eq!(clean("a\0b\u{b}c\u{1f}d\u{fffe}e\u{ffff}\tf\n\u{1f44d}\u{fffd}"), "abcde\tf\n\u{1f44d}\u{fffd}");
    }
}
