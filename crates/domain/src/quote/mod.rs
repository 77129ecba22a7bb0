//! Quotes: the rules from outside. A JSON document asks what something would cost; the functions that charge and bill answer.

mod document;

use serde_json::{Map, Value, json};

use crate::allowance::UsedGrant;
use crate::fees::{self, FeesQuoteError};
use crate::invalid::{self, Invalid};
use crate::money::{Amount, Currency, Overflow};
use crate::rating::{self, Authorization, Charge, NoPrice};
use crate::split;
use document::{Head, Question, QuoteDocument};

/// Why a quote can't be given.
#[derive(Debug, thiserror::Error)]
enum QuoteError {
    /// The request is wrong.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Nothing prices the call.
    #[error(transparent)]
    NoPrice(#[from] NoPrice),
    /// An amount is beyond its range.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

/// Answers one request: a JSON object with a `kind` of `call`, `authorize` or `fees`. The answer has the request's `id`; one that
/// can't be answered gives an `error` with its `reason`, a `detail` in words, and the `pointer` to the faulty field.
#[must_use]
pub fn answer(request: &[u8]) -> Value {
    let head: Result<Head, Invalid> = invalid::parse(request);
    let mut answer = Map::new();
    if let Ok(Head { id: Some(id @ (Value::String(_) | Value::Number(_))), .. }) = &head {
        answer.insert("id".to_owned(), id.clone());
    }
    match head.map_err(QuoteError::from).and_then(|head| answer_kind(&head, request)) {
        Ok(fields) => answer.extend(fields),
        Err(error) => {
            answer.insert("error".to_owned(), error.to_json());
        }
    }
    Value::Object(answer)
}

fn answer_kind(head: &Head, request: &[u8]) -> Result<Map<String, Value>, QuoteError> {
    if !matches!(head.id, None | Some(Value::String(_) | Value::Number(_))) {
        return Err(Invalid::at("/id", "an id is a string or a number").into());
    }
    match head.kind.as_ref().and_then(Value::as_str) {
        Some("call") => call(&invalid::parse::<QuoteDocument>(request)?.check()?),
        Some("fees") => Ok(fees::quote(request)?),
        Some("authorize") => authorize(&invalid::parse::<QuoteDocument>(request)?.check()?),
        _ => Err(Invalid::at("/kind", "a quote's kind is \"call\", \"authorize\" or \"fees\"").into()),
    }
}

fn call(question: &Question) -> Result<Map<String, Value>, QuoteError> {
    let talk = question.talk()?;
    let terms = question.terms()?;
    let currency = question.currency()?;
    let charge = rating::rate_call(&terms, talk, &question.allowances())?;
    let mut answer = Map::new();
    let mut put = |field: &str, value: Value| answer.insert(field.to_owned(), value);
    put("currency", currency.code().into());
    put("total", charge.total.to_text(currency).into());
    put("connect_fee", charge.connect_fee.to_text(currency).into());
    put("billed_seconds", charge.billed_seconds.into());
    if question.agent.is_some() {
        put("allowance_seconds", charge.allowance_seconds.into());
        put("allowances", charge.allowances_used.iter().map(UsedGrant::to_json).collect());
    }
    put("segments", segments(&charge, currency));
    if let Some(agent) = &question.agent {
        let parts = split::split(charge.total, Amount::ZERO, agent.share, charge.rounding.decimals)?;
        put("split", json!({"agent": parts.agent.to_text(currency), "tenant": parts.tenant.to_text(currency)}));
    }
    Ok(answer)
}

fn segments(charge: &Charge, currency: Currency) -> Value {
    let segment = |segment: &rating::Segment| {
        json!({
            "starts_at": segment.starts_at.to_string(),
            "seconds": segment.seconds,
            "increments": segment.increments,
            "price": segment.price.to_text(currency),
            "per_seconds": segment.per_seconds,
            "amount": segment.amount.to_text(currency),
        })
    };
    charge.segments.iter().map(segment).collect()
}

fn authorize(question: &Question) -> Result<Map<String, Value>, QuoteError> {
    let (max_seconds, refused) = match question.terms() {
        Err(no_price) => (Value::from(0), json!({"reason": no_price.reason()})),
        Ok(terms) => {
            let allowances = question.allowances();
            match rating::authorize(&terms, question.answered_at(), &allowances, question.balance)? {
                Authorization::Granted { max_seconds } => (max_seconds.into(), Value::Null),
                Authorization::InsufficientBalance { available, required } => {
                    let currency = question.currency()?;
                    let refused = json!({
                        "reason": "insufficient_balance",
                        "available": available.to_text(currency),
                        "required": required.to_text(currency),
                    });
                    (0.into(), refused)
                }
            }
        }
    };
    Ok(Map::from_iter([("max_seconds".to_owned(), max_seconds), ("refused".to_owned(), refused)]))
}

impl From<FeesQuoteError> for QuoteError {
    fn from(error: FeesQuoteError) -> Self {
        match error {
            FeesQuoteError::Invalid(invalid) => QuoteError::Invalid(invalid),
            FeesQuoteError::Overflow(overflow) => QuoteError::Overflow(overflow),
        }
    }
}

impl QuoteError {
    fn to_json(&self) -> Value {
        let reason = match self {
            QuoteError::Invalid(invalid) => invalid.reason.to_string(),
            QuoteError::NoPrice(no_price) => no_price.reason().to_owned(),
            QuoteError::Overflow(_) => "overflow".to_owned(),
        };
        match self {
            QuoteError::Invalid(Invalid { pointer, detail, .. }) if !pointer.is_empty() => {
                json!({"reason": reason, "pointer": pointer, "detail": detail})
            }
            QuoteError::Invalid(Invalid { detail, .. }) => json!({"reason": reason, "detail": detail}),
            QuoteError::NoPrice(_) | QuoteError::Overflow(_) => json!({"reason": reason, "detail": self.to_string()}),
        }
    }
}
