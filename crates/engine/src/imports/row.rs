use std::borrow::Cow;

use domain::invalid::Invalid;
use domain::rating::DurationError;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::lines::LONGEST_LINE;
use super::times::NotATime;
use crate::calls::FinishedCall;

/// The most bytes of a rejected row that are shown.
const LONGEST_SHOWN: usize = 4000;

/// A row of a file that tells a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// The physical line that it begins on.
    pub(super) line: u64,
    pub(super) call: FinishedCall,
    /// Its place among the switch's records, where the file has that.
    pub(super) sequence: Option<u64>,
    /// One of its times was shown by the clocks twice.
    pub(super) ambiguous: bool,
}

/// A row of a file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reject {
    /// The physical line that it begins on; the first is 1.
    pub line: u64,
    /// Why it cannot be used.
    pub reason: String,
    /// The row as it stands in the file, cut to a length that can be shown.
    pub row: String,
}

/// Why a row cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum RowError {
    #[error("the line is longer than {LONGEST_LINE} bytes")]
    TooLong,
    #[error("the file is damaged from here on: {0}")]
    Damaged(String),
    #[error("the line is not UTF-8: if the whole file is Latin-1, import it with --encoding latin-1")]
    NotUtf8,
    #[error("a quotation mark is opened and not closed")]
    OpenQuote,
    #[error("there is text behind a closing quotation mark, in column {column}")]
    TextBehindQuote { column: usize },
    #[error("the row has {found} columns in place of {expected}")]
    Columns { found: usize, expected: Cow<'static, str> },
    #[error(
        "the file ends within this row, so that its last column may be cut off: if it is whole, end it with a line end"
    )]
    CutOff,
    #[error("{column}: {error}")]
    Time { column: &'static str, error: NotATime },
    #[error("{column}: {error}")]
    Duration { column: &'static str, error: DurationError },
    #[error("{column}: \"{text}\" is not a whole number")]
    NotANumber { column: &'static str, text: String },
    #[error("disposition: \"{0}\" is none that is known")]
    UnknownDisposition(String),
    #[error("the call was answered, but the row does not say when")]
    AnswerMissing,
    #[error("the call was not answered, but the row has {seconds} s of talk")]
    TalkWithoutAnswer { seconds: i64 },
    #[error("the call is answered before it starts")]
    AnsweredBeforeStart,
    #[error("the call ends before it starts")]
    EndsBeforeStart,
    #[error("the row does not say when the call ended: it needs the end, or a beginning and a duration")]
    EndMissing,
    #[error("answer, end and duration contradict each other")]
    TimesContradict,
    #[error("times: the year is not between 1970 and 2199")]
    OutOfRange,
    #[error(transparent)]
    Invalid(#[from] Invalid),
}

impl Reject {
    pub(super) fn new(line: u64, error: &impl ToString, row: &[u8]) -> Reject {
        let shown = &row[..row.len().min(LONGEST_SHOWN)];
        Reject { line, reason: error.to_string(), row: String::from_utf8_lossy(shown).into_owned() }
    }
}

/// What a row without an id of its own is known by: 16 hexadecimal digits of a hash of its fields.
pub(super) fn hash_of<'a>(fields: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for field in fields {
        // With its length, so that no two lists of fields look alike.
        hash.update((field.len() as u64).to_le_bytes());
        hash.update(field);
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_tell_lists_of_fields_apart() {
        assert_eq!(hash_of(["a", "b"]), hash_of(["a", "b"]));
        assert_ne!(hash_of(["a", "b"]), hash_of(["ab"]));
        assert_ne!(hash_of(["a", ""]), hash_of(["", "a"]));
        assert_eq!(hash_of(["a"]).len(), 16);
    }
}
