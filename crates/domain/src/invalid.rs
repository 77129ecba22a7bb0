//! What is wrong with a document (a plan, a rate, a quote), and where in it.

use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

/// A document that can't be used: where it is wrong, of which kind the fault is, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {detail}", if pointer.is_empty() { "the document" } else { pointer.as_str() })]
pub struct Invalid {
    /// The place, as a JSON pointer (RFC 6901) such as `/discount_periods/1/end`; empty for the whole document.
    pub pointer: String,
    /// The kind of fault.
    pub reason: Reason,
    /// What is wrong, in words.
    pub detail: String,
}

/// The kinds of fault in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Reason {
    /// Not JSON, an unknown or missing or doubled field, a wrong type, a value out of its range.
    #[error("invalid_request")]
    InvalidRequest,
    /// Two discount periods of one day key cover the same minute.
    #[error("overlapping_periods")]
    OverlappingPeriods,
}

impl Invalid {
    /// An invalid value at the place that the JSON pointer names.
    pub fn at(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Invalid { pointer: pointer.into(), reason: Reason::InvalidRequest, detail: detail.into() }
    }

    /// The same fault seen from the document that holds the faulty one at `pointer`.
    #[must_use]
    pub fn within(mut self, pointer: &str) -> Self {
        self.pointer.insert_str(0, pointer);
        self
    }
}

/// Reads a JSON document into its typed form. Unknown fields are refused where the type says so; doubled ones always are.
///
/// # Errors
/// The text is not JSON, is nested too deeply, or does not fit the type; the pointer leads to the place.
pub fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, Invalid> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let document = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| Invalid::at(pointer(error.path()), said(error.inner())))?;
    reader.end().map_err(|error| Invalid::at("", error.to_string()))?;
    Ok(document)
}

/// What the reader says. Where the fault is a value, the pointer leads to it better than a line and a column do.
fn said(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    match text.strip_suffix(&place) {
        Some(fault) if error.is_data() => fault.to_owned(),
        _ => text,
    }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        let part = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => key.replace('~', "~0").replace('/', "~1"),
            Segment::Enum { variant } => variant.clone(),
            Segment::Unknown => break,
        };
        pointer.push('/');
        pointer.push_str(&part);
    }
    pointer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its form is read")]
    struct Shelf {
        books: Vec<Book>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its form is read")]
    struct Book {
        pages: u32,
    }

    #[test]
    fn the_pointer_leads_to_the_fault() {
        for (text, pointer) in [
            (r#"{"books": [{"pages": 3}, {"pages": "x"}]}"#, "/books/1/pages"),
            (r#"{"books": [{"pages": 3}, {"pages": -1}]}"#, "/books/1/pages"),
            (r#"{"books": [{"pages": 3, "pages": 3}]}"#, "/books/0"),
            (r#"{"books": [{"pages": 3, "a/b~": 3}]}"#, "/books/0/a~1b~0"),
            (r#"{"books": [{}]}"#, "/books/0"),
            (r#"{"books": []} {}"#, ""),
            (r#"{"books": ["#, "/books"),
            ("", ""),
            ("\u{feff}{}", ""),
        ] {
            assert_eq!(parse::<Shelf>(text.as_bytes()).unwrap_err().pointer, pointer, "{text}");
        }
    }

    #[test]
    fn deep_nesting_is_refused_without_harm() {
        let deep = format!("{{\"books\": {}", "[".repeat(100_000));
        assert!(parse::<Shelf>(deep.as_bytes()).is_err());
    }
}
