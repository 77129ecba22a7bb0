//! What the rules of SEPA credit transfers say of names, references, countries and days (European Payments Council, EPC125-05 and
//! EPC217-08).

use std::fmt;

use crate::iban::Iban;
use crate::time::Date;

/// The longest name of whoever pays or is paid.
pub const LONGEST_NAME: usize = 70;
/// The longest reference, such as that of one transfer.
pub const LONGEST_REFERENCE: usize = 35;

/// Countries whose accounts are reached (EPC409-09). Åland, and France's and Portugal's islands, have numbers of their countries.
const COUNTRIES: &str = "AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL NO PL PT \
                         RO RS SE SI SK SM VA";

/// Why no file for a bank is made of whom it is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// The company's own account.
    Iban,
    /// What is set for its account is none.
    WrongIban,
    /// What is set for its bank is none.
    WrongBic,
    /// Its name has nothing that banks can read.
    Name,
}

/// Whether an account is one that is reached.
#[must_use]
pub fn reaches(account: &Iban) -> bool {
    COUNTRIES.split(' ').any(|code| code == account.country())
}

/// The next day, at the earliest, on which banks work: none of a weekend.
#[must_use]
pub fn next_working_day(today: Date) -> Date {
    let days = std::iter::successors(today.tomorrow().ok(), |date| date.tomorrow().ok());
    days.take(3).find(|date| date.weekday().to_monday_zero_offset() < 5).unwrap_or(today)
}

/// A name in the letters that all banks take, of 70 characters at most; empty, where nothing of it can be written in them.
///
/// German letters become what people write for them, others the nearest ones; what banks give a meaning is a blank.
#[must_use]
pub fn name(text: &str) -> String {
    let mut written = String::new();
    for word in text.split_whitespace() {
        let word: String = word.chars().flat_map(|letter| latin(letter).chars()).collect();
        for part in word.split(|c: char| !is_allowed(c) || c == ' ').filter(|part| !part.is_empty()) {
            if !written.is_empty() {
                written.push(' ');
            }
            written.push_str(part);
        }
    }
    // A text neither begins with a slash nor has two of them together.
    while written.contains("//") {
        written = written.replace("//", "/");
    }
    let written: String = written.trim_matches(['/', ' ']).chars().take(LONGEST_NAME).collect();
    let has_meaning = written.contains(|c: char| c.is_ascii_alphanumeric());
    if has_meaning { written.trim_end_matches(['/', ' ']).to_owned() } else { String::new() }
}

/// A text as a reference, if it is one that all banks take as it stands: up to 35 characters.
#[must_use]
pub fn reference(text: &str) -> Option<&str> {
    let fits = !text.is_empty() && text.len() <= LONGEST_REFERENCE && text.chars().all(is_allowed);
    (fits && !text.starts_with(['/', ' ']) && !text.ends_with(['/', ' ']) && !text.contains("//")).then_some(text)
}

/// The letters of EPC217-08.
fn is_allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || " /-?:().,'+".contains(c)
}

/// What is written for a letter.
fn latin(letter: char) -> &'static str {
    match letter {
        'ä' | 'æ' => "ae",
        'ö' | 'œ' => "oe",
        'ü' => "ue",
        'Ä' | 'Æ' => "Ae",
        'Ö' | 'Œ' => "Oe",
        'Ü' => "Ue",
        // Signs of how others are said.
        'ь' | 'Ь' | 'ъ' | 'Ъ' => "",
        '&' => "+",
        '_' => "-",
        '\u{2018}' | '\u{2019}' | '`' | '\u{b4}' => "'",
        _ if letter.is_control() => " ",
        // Pictures have names, which are nobody's.
        _ if !letter.is_alphanumeric() && !letter.is_ascii() => deunicode::deunicode_char(letter)
            .filter(|written| written.chars().all(|c| !c.is_ascii_alphanumeric()))
            .unwrap_or(" "),
        _ => deunicode::deunicode_char(letter).unwrap_or(" "),
    }
}

/// What lacks, and where it is set.
impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Lack::Iban => "your own account is not known: set seller.bank.iban in the settings",
            Lack::WrongIban => "your own account is no IBAN: set seller.bank.iban in the settings",
            Lack::WrongBic => "your own bank's BIC is none: set seller.bank.bic in the settings, or leave it out",
            Lack::Name => "your name has no letter that banks can read: set seller.legal_name in the settings",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_by_table() {
        for (text, written) in [
            ("Ada Lovelace", "Ada Lovelace"),
            ("  Ada \t Lovelace ", "Ada Lovelace"),
            ("Jörg Größe-Übel", "Joerg Groesse-Uebel"),
            ("ÄÖÜ", "AeOeUe"),
            ("Łukasz Żółć, Češka Ñandú", "Lukasz Zolc, Ceska Nandu"),
            ("Müller & Söhne \"Bau\" <GmbH>", "Mueller + Soehne Bau GmbH"),
            ("Ольга Петрова", "Olga Petrova"),
            ("O\u{2019}Neill; DROP TABLE", "O'Neill DROP TABLE"),
            ("//a//b//", "a/b"),
            ("Iris 🙂🙂 Night", "Iris Night"),
            ("🙂", ""),
            ("-", ""),
            ("", ""),
            ("a\u{0}b\u{7}c", "a b c"),
        ] {
            assert_eq!(name(text), written, "{text}");
        }
        assert_eq!(name(&"ß".repeat(200)), "s".repeat(70));
        assert_eq!(name(&format!("{} b", "a".repeat(69))), "a".repeat(69), "no blank at the end");
    }

    #[test]
    fn whatever_a_name_is_banks_take_what_is_written() {
        for code in (0..0x3_0000_u32).filter_map(char::from_u32) {
            let written = name(&format!("A{code}{code} {code}b"));
            assert!(written.chars().all(is_allowed) && !written.is_empty(), "{code:?}: {written}");
            assert!(!written.contains("//") && !written.starts_with(['/', ' ']), "{code:?}: {written}");
        }
    }

    #[test]
    fn references_by_table() {
        for (text, is_one) in [
            ("PO-000001", true),
            ("a/b", true),
            (&"9".repeat(35), true),
            (&"9".repeat(36), false),
            ("", false),
            ("pyo_1", false),
            ("/a", false),
            ("a/", false),
            ("a//b", false),
            ("ü", false),
        ] {
            assert_eq!(reference(text).is_some(), is_one, "{text}");
        }
    }

    #[test]
    fn banks_do_not_work_on_weekends() {
        for (today, next) in [
            ("2026-11-18", "2026-11-19"),
            ("2026-11-20", "2026-11-23"),
            ("2026-11-21", "2026-11-23"),
            ("2026-11-22", "2026-11-23"),
        ] {
            assert_eq!(next_working_day(today.parse().unwrap()).to_string(), next, "{today}");
        }
    }

    #[test]
    fn accounts_that_are_reached_by_table() {
        for (iban, is_reached) in
            [("AT611904300234573201", true), ("GB29NWBK60161331926819", true), ("TR330006100519786457841326", false)]
        {
            assert_eq!(reaches(&Iban::parse(iban).unwrap()), is_reached, "{iban}");
        }
    }
}
