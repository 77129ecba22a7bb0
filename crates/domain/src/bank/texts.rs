//! What payers write: numbers with and without dashes, broken over lines by the bank; names with and without titles.

use std::collections::BTreeSet;

/// The fewest letters and digits of a number that is believed when it stands in a text: a shorter one stands there by chance.
const SHORTEST: usize = 4;

/// The words of a text as they stand between blanks, without punctuation at their ends: among them may be a customer's reference.
#[must_use]
pub fn words(text: &str) -> BTreeSet<&str> {
    let words = text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    words.filter(|word| word.len() >= SHORTEST).collect()
}

/// Whether two names are of the same person or company: all words of the first are among those of the second, whatever their order, letter
/// case and accents. A bank adds titles and partners, and leaves nothing out.
#[must_use]
pub fn same_name(name: &str, as_paid: &str) -> bool {
    // Umlauts are written with two letters by some banks, and with one by others.
    [Umlauts::AsTwo, Umlauts::AsOne].into_iter().any(|umlauts| {
        let (name, as_paid) = (folded(name, umlauts), folded(as_paid, umlauts));
        !name.is_empty() && name.is_subset(&as_paid)
    })
}

/// How umlauts are written where there are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Umlauts {
    /// `ae`.
    AsTwo,
    /// `a`.
    AsOne,
}

/// Whether a text names a number: the same letters and digits, from one border of letters, digits and others to another, whatever stands
/// between.
pub(super) fn names(text: &str, number: &str) -> bool {
    let wanted = runs(number).concat();
    wanted.len() >= SHORTEST && spans(&runs(text), &wanted)
}

/// Whether some runs, one after the other, make up a text.
fn spans(runs: &[String], wanted: &str) -> bool {
    (0..runs.len()).any(|first| {
        let mut rest = wanted;
        for run in &runs[first..] {
            match rest.strip_prefix(run.as_str()) {
                Some("") => return true,
                Some(left) => rest = left,
                None => return false,
            }
        }
        false
    })
}

/// The runs of letters and of digits of a text, in capital letters.
fn runs(text: &str) -> Vec<String> {
    let mut runs: Vec<String> = Vec::new();
    let mut kind = None;
    for c in text.chars() {
        let now = c.is_alphanumeric().then(|| c.is_ascii_digit());
        if now.is_some() && now == kind {
            runs.last_mut().into_iter().for_each(|run| run.extend(c.to_uppercase()));
        } else if now.is_some() {
            runs.push(c.to_uppercase().collect());
        }
        kind = now;
    }
    runs
}

/// The words of a name, without accents and case, as a bank may write it.
fn folded(name: &str, umlauts: Umlauts) -> BTreeSet<String> {
    let letters: String = name.chars().flat_map(char::to_lowercase).map(|letter| plain(letter, umlauts)).collect();
    letters.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A letter without its accent, since the characters of payments (EPC217-08) have none.
fn plain(letter: char, umlauts: Umlauts) -> String {
    match (letter, umlauts) {
        ('ä' | 'æ', Umlauts::AsTwo) => "ae",
        ('ö' | 'ø' | 'œ', Umlauts::AsTwo) => "oe",
        ('ü', Umlauts::AsTwo) => "ue",
        ('ß', _) => "ss",
        ('à' | 'á' | 'â' | 'ã' | 'å' | 'ă' | 'ą' | 'ä' | 'æ', _) => "a",
        ('ç' | 'ć' | 'č', _) => "c",
        ('ď' | 'đ', _) => "d",
        ('è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě', _) => "e",
        ('ğ', _) => "g",
        ('ì' | 'í' | 'î' | 'ï' | 'ı', _) => "i",
        ('ł', _) => "l",
        ('ñ' | 'ń' | 'ň', _) => "n",
        ('ò' | 'ó' | 'ô' | 'õ' | 'ő' | 'ö' | 'ø' | 'œ', _) => "o",
        ('ř', _) => "r",
        ('ś' | 'š' | 'ş' | 'ș', _) => "s",
        ('ť' | 'ţ' | 'ț', _) => "t",
        ('ù' | 'ú' | 'û' | 'ű' | 'ů' | 'ü', _) => "u",
        ('ý' | 'ÿ', _) => "y",
        ('ź' | 'ż' | 'ž', _) => "z",
        // Within a name they are left out, not replaced by a blank.
        ('\'' | '’', _) => "",
        (other, _) => return other.to_string(),
    }
    .to_owned()
}
