//! Reading request bodies.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use domain::invalid::{self, Invalid};
use engine::idempotency::Claim;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::problem::{Problem, TOO_LARGE, UNREADABLE, WRONG_TYPE};

/// The largest JSON body, in bytes.
pub(crate) const LARGEST_JSON: usize = 1 << 20;
/// The largest form, and the largest JSON body of who is not signed in yet, in bytes: nobody has a password as long as a book.
pub(crate) const LARGEST_FORM: usize = 16 << 10;
/// The largest uploaded file, in bytes.
pub(crate) const LARGEST_FILE: usize = 256 << 20;

const KEY: &str = "Idempotency-Key";
const LONGEST_KEY: usize = 255;

/// A JSON body that edits something.
pub(crate) struct Body<T>(pub(crate) T);

/// A body that makes something, with the claim of its idempotency key.
pub(crate) struct Posted<T> {
    pub(crate) claim: Option<Claim>,
    pub(crate) body: T,
}

/// A JSON document that the engine's own reader reads, as text.
pub(crate) struct Text(pub(crate) Bytes);

/// An uploaded file.
pub(crate) struct File(pub(crate) Bytes);

/// No members, or no body at all.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// A body that may be left out.
pub(crate) struct OrNothing<T>(pub(crate) Option<T>);

/// What can be made of a body's bytes.
pub(crate) trait FromBody: Sized {
    fn read(headers: &HeaderMap, bytes: Bytes) -> Result<Self, Problem>;
}

impl<T: DeserializeOwned> FromBody for Body<T> {
    fn read(headers: &HeaderMap, bytes: Bytes) -> Result<Self, Problem> {
        must_be(headers, "application/json")?;
        object(&bytes)?;
        invalid::parse(&bytes).map(Body).map_err(Problem::unreadable)
    }
}

impl FromBody for Text {
    fn read(headers: &HeaderMap, bytes: Bytes) -> Result<Self, Problem> {
        must_be(headers, "application/json")?;
        object(&bytes)?;
        Ok(Text(bytes))
    }
}

impl FromBody for Nothing {
    fn read(headers: &HeaderMap, bytes: Bytes) -> Result<Self, Problem> {
        let OrNothing(body) = OrNothing::<Body<Nothing>>::read(headers, bytes)?;
        Ok(body.map_or(Nothing {}, |Body(nothing)| nothing))
    }
}

impl<T: FromBody> FromBody for OrNothing<T> {
    fn read(headers: &HeaderMap, bytes: Bytes) -> Result<Self, Problem> {
        if bytes.is_empty() { Ok(OrNothing(None)) } else { T::read(headers, bytes).map(|body| OrNothing(Some(body))) }
    }
}

impl Text {
    /// Reads the document. What is not JSON is unreadable; what a rule refuses is invalid.
    pub(crate) fn read_as<T>(&self, read: impl FnOnce(&[u8]) -> Result<T, Invalid>) -> Result<T, Problem> {
        let json = || serde_json::from_slice::<Value>(&self.0).is_ok();
        read(&self.0).map_err(|invalid| if json() { invalid.into() } else { Problem::unreadable(invalid) })
    }
}

/// Refuses what does not begin as an object: an array would be read as the values of its fields, in their order.
fn object(bytes: &[u8]) -> Result<(), Problem> {
    match bytes.trim_ascii_start().first() {
        Some(b'{') => Ok(()),
        _ => Err(Problem::unreadable(Invalid::at("", "must be a JSON object"))),
    }
}

/// Refuses another content type than this one.
fn must_be(headers: &HeaderMap, wanted: &'static str) -> Result<(), Problem> {
    match media_type(headers) {
        Some(given) if given.eq_ignore_ascii_case(wanted) => Ok(()),
        given => {
            let given = given.unwrap_or("nothing");
            Err(Problem::header(WRONG_TYPE, "Content-Type", format!("must be {wanted}, not {given:.80}")))
        }
    }
}

/// The content type without its parameters.
pub(crate) fn media_type(headers: &HeaderMap) -> Option<&str> {
    let given = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(given.split(';').next().unwrap_or(given).trim())
}

/// The bytes of a body, up to the limit of its route.
pub(crate) async fn bytes<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    Bytes::from_request(request, state).await.map_err(|rejected| match rejected.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(TOO_LARGE, "the body is larger than this address takes"),
        _ => Problem::new(UNREADABLE, "the body broke off"),
    })
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let headers = request.headers().clone();
        Self::read(&headers, bytes(request, state).await?)
    }
}

impl<S: Send + Sync> FromRequest<S> for Text {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let headers = request.headers().clone();
        <Self as FromBody>::read(&headers, bytes(request, state).await?)
    }
}

impl<S: Send + Sync, T: FromBody> FromRequest<S> for OrNothing<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let headers = request.headers().clone();
        Self::read(&headers, bytes(request, state).await?)
    }
}

impl<S: Send + Sync> FromRequest<S> for File {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        bytes(request, state).await.map(File)
    }
}

impl<S: Send + Sync, T: FromBody> FromRequest<S> for Posted<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = bytes(Request::from_parts(parts.clone(), body), state).await?;
        Ok(Posted { claim: claim(&parts, &bytes)?, body: T::read(&parts.headers, bytes)? })
    }
}

/// What the request's idempotency key claims.
pub(crate) fn claim(parts: &Parts, body: &[u8]) -> Result<Option<Claim>, Problem> {
    let Some(key) = parts.headers.get(KEY) else { return Ok(None) };
    let key = key
        .to_str()
        .ok()
        .filter(|key| (1..=LONGEST_KEY).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()));
    let Some(key) = key else {
        let detail = format!("must be 1 to {LONGEST_KEY} visible ASCII characters without blanks");
        return Err(Problem::header(UNREADABLE, KEY, detail));
    };
    let mut hash = Sha256::new();
    for part in [parts.method.as_str().as_bytes(), parts.uri.to_string().as_bytes(), body] {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    let fingerprint = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Some(Claim { key: key.to_owned(), fingerprint }))
}
