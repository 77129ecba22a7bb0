/// What stands in the place of a number that is withheld: words, and the keys of a telephone on which they are written.
const WITHHELD: [&str; 13] = [
    "anonymous",
    "blocked",
    "private",
    "restricted",
    "unavailable",
    "unknown",
    "withheld",
    "266696687",
    "2562533",
    "7748483",
    "7378742833",
    "86282452253",
    "8656696",
];

/// The caller's number; none, where it is withheld.
#[must_use]
pub fn shown(from: &str) -> Option<&str> {
    let from = from.trim();
    // A number is withheld at some provider of SIP, too: sip:anonymous@anonymous.invalid.
    let name = from.strip_prefix("sip:").or_else(|| from.strip_prefix("sips:")).unwrap_or(from);
    let name = name.split('@').next().unwrap_or(name).trim_start_matches('+').trim();
    let is_withheld = name.is_empty() || WITHHELD.iter().any(|word| word.eq_ignore_ascii_case(name));
    (!is_withheld).then_some(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_by_table() {
        for number in ["+441632960555", "441632960555", "1001", "sip:ann@example.org", "client:ann", "+2666966870"] {
            assert_eq!(shown(number), Some(number));
        }
        for withheld in [
            "+266696687",
            "266696687",
            "+7378742833",
            "+2562533",
            "+8656696",
            "+86282452253",
            "anonymous",
            "Anonymous",
            "ANONYMOUS",
            "+anonymous",
            "Restricted",
            "unknown",
            "Private",
            "Unavailable",
            "blocked",
            "sip:anonymous@anonymous.invalid",
            "sip:Anonymous@example.org",
            "",
            " ",
            "+",
        ] {
            assert_eq!(shown(withheld), None, "{withheld:?}");
        }
        assert_eq!(shown(" +441632960555 "), Some("+441632960555"));
    }
}
