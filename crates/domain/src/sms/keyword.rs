/// What somebody means who sends one of the words that everybody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyword {
    /// Nothing more is to be sent.
    Stop,
    /// It may be again.
    Start,
    /// What is this?
    Help,
    /// I can't take a call now.
    Pass,
    /// I can again.
    Back,
    /// It is so.
    Yes,
}

const WORDS: [(Keyword, &[&str]); 6] = [
    // The words that carriers know, which have a meaning of their own to them.
    (Keyword::Stop, &["stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke"]),
    (Keyword::Start, &["start", "unstop", "yes"]),
    (Keyword::Help, &["help", "info"]),
    (
        Keyword::Pass,
        &[
            "pass",
            "busy",
            "can't",
            "cant",
            "can not",
            "cannot",
            "i can't",
            "i cant",
            "i cannot",
            "can't now",
            "cant now",
            "i can't now",
            "i cant now",
            "not now",
            "away",
            "kann nicht",
            "geht nicht",
            "jetzt nicht",
        ],
    ),
    // "yes" is one of the carriers' words.
    (Keyword::Yes, &["ja", "y", "j", "si", "s\u{ed}", "oui", "ok", "okay"]),
    (Keyword::Back, &["back", "i'm back", "im back", "i am back", "ready", "here", "bin da", "wieder da", "bereit"]),
];

impl Keyword {
    /// The word that a text consists of, in capitals or not, with blanks, a full stop or other marks around it; `None` where it says anything else, too.
    #[must_use]
    pub fn of(text: &str) -> Option<Keyword> {
        let plain = text.replace(['\u{2019}', '\u{2018}', '`', '\u{b4}'], "'").to_lowercase();
        let words: Vec<&str> = plain.split_whitespace().collect();
        let said = words.join(" ");
        let said = said.trim_matches(|mark: char| !mark.is_alphanumeric());
        WORDS.iter().find(|(_, words)| words.contains(&said)).map(|(keyword, _)| *keyword)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_by_table() {
        for (text, keyword) in [
            ("STOP", Some(Keyword::Stop)),
            (" stop. ", Some(Keyword::Stop)),
            ("StopAll", Some(Keyword::Stop)),
            ("unsubscribe", Some(Keyword::Stop)),
            ("Cancel", Some(Keyword::Stop)),
            ("END", Some(Keyword::Stop)),
            ("quit!", Some(Keyword::Stop)),
            ("START", Some(Keyword::Start)),
            ("unstop", Some(Keyword::Start)),
            ("Yes", Some(Keyword::Start)),
            ("help", Some(Keyword::Help)),
            ("I can\u{2019}t now", Some(Keyword::Pass)),
            ("Can't!", Some(Keyword::Pass)),
            ("pass", Some(Keyword::Pass)),
            ("BUSY", Some(Keyword::Pass)),
            ("Back", Some(Keyword::Back)),
            ("please do not stop", None),
            ("stop calling me", None),
            ("I can't go on", None),
            ("", None),
            ("...", None),
        ] {
            assert_eq!(Keyword::of(text), keyword, "{text:?}");
        }
    }
}
