//! Reading request bodies.

use std::fs;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use domain::invalid::{self, Invalid};
use engine::idempotency::Claim;
use futures::StreamExt;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;

use crate::problem::{Problem, TOO_LARGE, TOO_SLOW, UNREADABLE, WRONG_TYPE};

/// The largest JSON body, in bytes.
pub(crate) const LARGEST_JSON: usize = 1 << 20;
/// The largest form, and the largest JSON body of who is not signed in yet, in bytes: nobody has a password as long as a book.
pub(crate) const LARGEST_FORM: usize = 16 << 10;
/// The largest uploaded file, in bytes.
pub(crate) const LARGEST_FILE: usize = 256 << 20;

/// How long a body that is kept in memory may take to come, with a second more for each so many bytes that it says it has: less than its handler may.
const COMES_WITHIN: Duration = Duration::from_secs(20);
const BYTES_A_SECOND: usize = 256 << 10;
/// How long the next part of a file may take to come.
const PART_COMES_WITHIN: Duration = Duration::from_secs(30);

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

/// An uploaded file that may be large: it lies on the disk, and goes with the last of its copies.
#[derive(Clone)]
pub(crate) struct Upload(Arc<NamedTempFile>);

impl Upload {
    /// Opens the file at its beginning.
    pub(crate) fn open(&self) -> io::Result<fs::File> {
        self.0.reopen()
    }

    async fn receive(request: Request) -> Result<Upload, Problem> {
        let too_large = || {
            let detail = format!("a file has {} MiB at most", LARGEST_FILE >> 20);
            Problem::new(TOO_LARGE, detail)
        };
        // What says that it is too large is not even begun with.
        if said_length(request.headers()).is_some_and(|length| length > LARGEST_FILE) {
            return Err(too_large());
        }
        let file = NamedTempFile::new().map_err(not_kept)?;
        let mut written = tokio::fs::File::from_std(file.reopen().map_err(not_kept)?);
        let (mut parts, mut length) = (request.into_body().into_data_stream(), 0);
        while let Some(part) = in_time(PART_COMES_WITHIN, parts.next()).await? {
            let part = part.map_err(|_| Problem::new(UNREADABLE, BROKE_OFF))?;
            length += part.len();
            if length > LARGEST_FILE {
                return Err(too_large());
            }
            written.write_all(&part).await.map_err(not_kept)?;
        }
        written.flush().await.map_err(not_kept)?;
        Ok(Upload(Arc::new(file)))
    }
}

const BROKE_OFF: &str = "the body broke off";

/// How many bytes a body has, as far as that is said.
fn said_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn not_kept(error: io::Error) -> Problem {
    Problem::internal(format!("an uploaded file is not kept: {error}"))
}

/// What comes of the body within this time: who takes longer is not waited for.
async fn in_time<T>(time: Duration, comes: impl Future<Output = T>) -> Result<T, Problem> {
    let too_slow = |_| Problem::new(TOO_SLOW, format!("nothing more came of the body within {} s", time.as_secs()));
    tokio::time::timeout(time, comes).await.map_err(too_slow)
}

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
    let more = said_length(request.headers()).unwrap_or(0).min(LARGEST_FILE) / BYTES_A_SECOND;
    let time = COMES_WITHIN + Duration::from_secs(more as u64);
    in_time(time, Bytes::from_request(request, state)).await?.map_err(|rejected| match rejected.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(TOO_LARGE, "the body is larger than this address takes"),
        _ => Problem::new(UNREADABLE, BROKE_OFF),
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

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        Upload::receive(request).await
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_sends_a_body_by_drops_is_not_waited_for() {
        let none = in_time(Duration::from_millis(20), std::future::pending::<Bytes>()).await;
        let told = format!("{:?}", none.unwrap_err());
        assert!(told.contains("too-slow"), "{told}");
        assert_eq!(in_time(Duration::from_secs(20), std::future::ready(7)).await.unwrap(), 7);
    }
}
