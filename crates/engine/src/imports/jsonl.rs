//! JSON lines: one call an object, with the field names of the API.

use domain::invalid::{self, Invalid};
use domain::rating::parse_duration;
use domain::time::Instant;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::facts::Facts;
use super::row::{RowError, hash_of};
use super::rows::{Draft, Origin};
use crate::calls::{Direction, Disposition, FinishedCall, Payer};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CallDocument {
    origin: Option<String>,
    line: Option<String>,
    account_code: Option<String>,
    #[serde(default)]
    from: String,
    to: String,
    agent: Option<String>,
    direction: Option<Direction>,
    started_at: Option<Instant>,
    answered_at: Option<Instant>,
    ended_at: Option<Instant>,
    duration_seconds: Option<Box<RawValue>>,
    disposition: Option<Disposition>,
}

/// Reads one object. A call without an origin is known by its text, and the switch's name.
pub(super) fn read(text: &str, system: &str) -> Result<Draft, RowError> {
    let document: CallDocument = invalid::parse(text.as_bytes())?;
    let facts = Facts {
        started_at: document.started_at,
        answered_at: document.answered_at,
        ended_at: document.ended_at,
        duration_ms: document.duration_seconds.as_deref().map(duration).transpose()?,
        disposition: document.disposition,
    };
    let course = facts.course()?;
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let account_code = given(document.account_code);
    let payer = match (given(document.line), &account_code) {
        (Some(line), _) if line.starts_with("lin_") => Payer::Line(line),
        (Some(line), _) => Payer::Number(line),
        (None, Some(code)) => Payer::Account(code.clone()),
        (None, None) => Payer::Number(document.from.clone()),
    };
    let call = FinishedCall {
        origin: String::new(),
        payer,
        direction: document.direction.unwrap_or_default(),
        from: document.from,
        to: document.to,
        agent: given(document.agent),
        account_code,
        link: None,
        started_at: facts.started_at,
        answered_at: course.answered_at,
        ended_at: course.ended_at,
        disposition: course.disposition,
        cause: None,
    };
    let origin = match given(document.origin) {
        Some(origin) => Origin::Own(origin),
        None => Origin::Counted(format!("jsonl:{system}:{}", hash_of([text]))),
    };
    Ok(Draft { call, origin, sequence: None, ambiguous: false })
}

/// A number, or a decimal string: never by way of a floating-point number.
fn duration(raw: &RawValue) -> Result<i64, Invalid> {
    let text = raw.get();
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    parse_duration(text).map_err(|error| Invalid::at("/duration_seconds", error.to_string()))
}
