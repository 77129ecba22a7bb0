use std::time::Duration;

use serde::Deserialize;

/// Why a request has come to nothing. None shows a secret, or a whole number of somebody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RestError {
    /// Nothing came back: whether it was done is not known.
    #[error("Twilio does not answer: {reason}")]
    Silent {
        /// What happened instead.
        reason: String,
    },
    /// It cannot be reached: it was not asked.
    #[error("Twilio cannot be reached: {reason}")]
    Unreachable {
        /// What happened instead.
        reason: String,
    },
    /// It has too much to do, for us or at all. It was not done.
    #[error("Twilio asks to come back in {} s", retry_after.as_secs())]
    Busy {
        /// When it is to be asked again.
        retry_after: Duration,
    },
    /// It does not do it.
    #[error("Twilio answers {status}: {message} ({})", code.map_or("no code".to_owned(), |code| code.to_string()))]
    Refused {
        /// The status.
        status: u16,
        /// Why, by Twilio's list of errors.
        code: Option<u32>,
        /// Why, in words.
        message: String,
    },
    /// What it answers is not what this request is answered with.
    #[error("Twilio's answer cannot be read")]
    Unreadable,
}

/// What Twilio says where it does not do something.
#[derive(Default, Deserialize)]
struct Refusal {
    #[serde(default)]
    code: Option<u32>,
    #[serde(default)]
    message: String,
}

/// Which digits in a row are taken for a number of somebody.
const DIGITS_OF_A_NUMBER: usize = 7;

impl RestError {
    /// What an answer that is none says.
    pub(super) fn of(status: u16, body: &[u8]) -> RestError {
        let Refusal { code, message } = serde_json::from_slice(body).unwrap_or_default();
        RestError::Refused { status, code, message: without_numbers(&message) }
    }

    /// Whether what was asked for is not there.
    #[must_use]
    pub fn is_not_there(&self) -> bool {
        matches!(self, RestError::Refused { status: 404, .. })
    }

    /// The code by Twilio's list of errors.
    #[must_use]
    pub fn code(&self) -> Option<u32> {
        match self {
            RestError::Refused { code, .. } => *code,
            _ => None,
        }
    }
}

/// The text with the numbers in it cut short: it goes to logs.
fn without_numbers(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(begin) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(begin);
        let end = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
        let kept = if end < DIGITS_OF_A_NUMBER { &from[..end] } else { &from[..3] };
        shown.extend([before, kept, if end < DIGITS_OF_A_NUMBER { "" } else { "..." }]);
        rest = &from[end..];
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_by_table() {
        for (body, code, message) in [
            (
                r#"{"code": 21211, "message": "'To' number +441632960011 is none", "status": 400}"#,
                Some(21211),
                "'To' number +441... is none",
            ),
            (r#"{"message": "at most 1600"}"#, None, "at most 1600"),
            (r#"{"code": null}"#, None, ""),
            ("<html>", None, ""),
        ] {
            let expected = RestError::Refused { status: 400, code, message: message.to_owned() };
            assert_eq!(RestError::of(400, body.as_bytes()), expected);
        }
        let shown = RestError::of(400, br#"{"code": 21201, "message": "No 'To' number"}"#).to_string();
        assert_eq!(shown, "Twilio answers 400: No 'To' number (21201)");
    }
}
