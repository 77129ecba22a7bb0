//! Passwords, and which are strong enough.

use std::fmt;

use domain::invalid::Invalid;
use zxcvbn::{Score, zxcvbn};

/// The fewest characters.
const SHORTEST: usize = 10;
/// The most characters, and bytes: more would let somebody have us hash a book.
const LONGEST: usize = 128;
const LONGEST_BYTES: usize = 512;
/// The fewest characters beside the names of its owner.
const FEWEST_BESIDE_NAMES: usize = 6;

/// A password that somebody typed. It is not seen where values are printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// What was typed.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Password(text.into())
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Whether it is longer than any password.
    pub(super) fn is_oversized(&self) -> bool {
        self.0.len() > LONGEST_BYTES || self.0.chars().count() > LONGEST
    }

    /// Whether its length is one that a new password may have.
    pub(super) fn check_length(&self) -> Result<(), Invalid> {
        if self.is_oversized() {
            return Err(invalid(format!("must have {LONGEST} characters at most, and {LONGEST_BYTES} bytes")));
        }
        if self.0.chars().count() < SHORTEST {
            return Err(invalid(format!("must have {SHORTEST} characters at least")));
        }
        Ok(())
    }

    /// Why a new password is too easy to guess, if it is; `about` is what is known of the user, the name to sign in with first.
    pub(super) fn refusal(&self, about: &[String]) -> Option<Invalid> {
        if about.first().is_some_and(|sign_in| self.0.eq_ignore_ascii_case(sign_in)) {
            return Some(invalid("must not be the name that you sign in with".to_owned()));
        }
        let known: Vec<&str> = about.iter().map(String::as_str).chain(["tollgate"]).collect();
        if beside(&self.0, &known).chars().count() < FEWEST_BESIDE_NAMES {
            return Some(invalid("must have more in it than your own name".to_owned()));
        }
        let estimate = zxcvbn(&self.0, &known);
        if estimate.score() >= Score::Two {
            return None;
        }
        let why = estimate.feedback().and_then(|feedback| feedback.warning()).map(|why| format!(": {why}"));
        let why = why.unwrap_or_else(|| ".".to_owned());
        Some(invalid(format!(
            "is too easy to guess{why} Some words that have nothing to do with each other are better."
        )))
    }
}

/// What is left of a password without the words that are known of its owner.
fn beside(password: &str, known: &[&str]) -> String {
    let mut words: Vec<String> = known.iter().map(|word| word.to_lowercase()).filter(|word| word.len() > 2).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.iter().fold(password.to_lowercase(), |rest, word| rest.replace(word.as_str(), ""))
}

fn invalid(detail: String) -> Invalid {
    Invalid::at("/password", detail)
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        Password(text)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(...)")
    }
}
