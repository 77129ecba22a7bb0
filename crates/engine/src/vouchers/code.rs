//! The codes on vouchers: 15 letters of Crockford's base 32 at random, which are 75 bits, and a check letter by Luhn's rule modulo 32.

use crate::secrets::{MachineError, digest, random_bytes};

/// The letters by their values: without I, L and O, which look like digits, and without U.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// How many are random.
const RANDOM: usize = 15;
/// How many are written together.
const GROUP: usize = 4;

/// A code that has the form of one. It is not seen where values are printed.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Code(String);

impl Code {
    /// A new one.
    pub(super) fn random() -> Result<Self, MachineError> {
        let values = random_bytes::<RANDOM>()?.map(|byte| usize::from(byte) % LETTERS.len());
        Ok(Code(values.into_iter().chain([check(&values)]).map(letter).collect()))
    }

    /// The code that somebody has typed, in small letters or large ones, with blanks and dashes wherever they are; none, where a letter is
    /// missing or wrong.
    pub(super) fn read(typed: &str) -> Option<Self> {
        let letters = typed.chars().filter(|typed| !typed.is_whitespace() && !is_dash(*typed));
        // One more than there may be is enough to see that there are too many.
        let values: Vec<usize> = letters.take(RANDOM + 2).map(value).collect::<Option<_>>()?;
        let (last, random) = values.split_last()?;
        let is_code = random.len() == RANDOM && *last == check(random);
        is_code.then(|| Code(values.into_iter().map(letter).collect()))
    }

    /// As it is printed: in groups of four.
    pub(super) fn shown(&self) -> String {
        let letters: Vec<char> = self.0.chars().collect();
        letters.chunks(GROUP).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
    }

    /// The last group, by which people talk of it.
    pub(super) fn ending(&self) -> String {
        self.0.chars().skip(RANDOM + 1 - GROUP).collect()
    }

    /// What is kept of it. It has so many bits that looking its hash up tells nothing about other codes.
    pub(super) fn digest(&self) -> String {
        digest(&self.0)
    }
}

fn letter(value: usize) -> char {
    LETTERS.get(value).copied().map_or('?', char::from)
}

fn value(typed: char) -> Option<usize> {
    let meant = match typed.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    LETTERS.iter().position(|letter| char::from(*letter) == meant)
}

/// Whatever a keyboard or a text program makes of a dash.
fn is_dash(typed: char) -> bool {
    matches!(typed, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// Luhn's check value: every second value, from the last on, counts twice, by the sum of its two digits in base 32.
fn check(values: &[usize]) -> usize {
    let base = LETTERS.len();
    let weighed = values.iter().rev().enumerate().map(|(place, value)| {
        let product = if place % 2 == 0 { 2 * value } else { *value };
        product / base + product % base
    });
    (base - weighed.sum::<usize>() % base) % base
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_read_however_they_are_typed() {
        let whole = "0123-4567-89AB-CDEZ".to_owned();
        for typed in [
            whole.clone(),
            whole.to_lowercase(),
            whole.replace('-', ""),
            whole.replace('-', " \u{2013} "),
            format!("\t{}\n", whole.replace('0', "o").replacen('1', "l", 1)),
            whole.replace('0', "O").replacen('1', "I", 1),
        ] {
            assert_eq!(Code::read(&typed).map(|code| code.shown()), Some(whole.clone()), "{typed}");
        }
        for typed in
            ["", "-", "0123", &whole[1..], &format!("{whole}0"), &whole.replace('B', "U"), &"0".repeat(100_000)]
        {
            assert!(Code::read(typed).is_none(), "{typed:.40}");
        }
    }

    #[test]
    fn one_wrong_letter_or_two_exchanged_are_always_found_out() {
        let code = Code::random().unwrap();
        let letters: Vec<char> = code.0.chars().collect();
        for place in 0..letters.len() {
            for other in LETTERS.iter().map(|other| char::from(*other)).filter(|other| *other != letters[place]) {
                let mut wrong = letters.clone();
                wrong[place] = other;
                assert!(Code::read(&wrong.iter().collect::<String>()).is_none(), "{other} at {place}");
            }
        }
        for place in 1..letters.len() {
            let mut wrong = letters.clone();
            wrong.swap(place - 1, place);
            // By Luhn's rule the first and the last letter of all are the same to each other.
            let is_seen =
                letters[place] != letters[place - 1] && !wrong[place - 1..=place].iter().all(|l| "0Z".contains(*l));
            assert!(!is_seen || Code::read(&wrong.iter().collect::<String>()).is_none(), "{place}");
        }
    }

    #[test]
    fn codes_are_all_different_use_all_letters_and_show_their_end() {
        let codes: Vec<Code> = (0..2000).map(|_| Code::random().unwrap()).collect();
        let digests: HashSet<String> = codes.iter().map(Code::digest).collect();
        let letters: HashSet<char> = codes.iter().flat_map(|code| code.0.chars()).collect();
        assert_eq!((digests.len(), letters.len()), (2000, 32));
        for code in codes {
            let shown = code.shown();
            assert!(shown.len() == 19 && shown.ends_with(&format!("-{}", code.ending())), "{shown}");
        }
    }
}
