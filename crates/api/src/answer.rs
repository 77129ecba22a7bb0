//! Good answers: JSON, with the version of what it shows, and where what was made is found.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::problem::Problem;
use crate::version::etag;

/// Says that the answer was given before, to the same request.
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// An answer with a JSON body.
#[derive(Debug, Clone)]
pub(crate) struct Answer<T> {
    pub(crate) status: StatusCode,
    pub(crate) body: T,
    version: Option<i64>,
    location: Option<String>,
    replayed: bool,
}

impl<T> Answer<T> {
    /// What was asked for.
    pub(crate) fn ok(body: T) -> Self {
        Answer { status: StatusCode::OK, body, version: None, location: None, replayed: false }
    }

    /// What was made, and where it is found.
    pub(crate) fn created(location: impl Into<String>, body: T) -> Self {
        Answer { status: StatusCode::CREATED, location: Some(location.into()), ..Answer::ok(body) }
    }

    /// What will be done later.
    pub(crate) fn accepted(body: T) -> Self {
        Answer { status: StatusCode::ACCEPTED, ..Answer::ok(body) }
    }

    /// The version of the record that the body shows; an edit names it in `If-Match`.
    pub(crate) fn version(self, version: i64) -> Self {
        Answer { version: Some(version), ..self }
    }

    /// Whether it was given before, to the same request.
    pub(crate) fn replayed(self, replayed: bool) -> Self {
        Answer { replayed, ..self }
    }
}

impl<T: Serialize> Answer<T> {
    /// The body's text.
    pub(crate) fn text(&self) -> Result<String, Problem> {
        serde_json::to_string(&self.body).map_err(|error| Problem::internal(error.to_string()))
    }

    /// The answer with this text for its body.
    pub(crate) fn written(&self, text: String) -> Response {
        let mut response = json(self.status, text);
        let location = self.location.as_deref().and_then(|location| HeaderValue::from_str(location).ok());
        let replayed = self.replayed.then_some(HeaderValue::from_static("true"));
        let headers = [(header::ETAG, self.version.map(etag)), (header::LOCATION, location), (REPLAYED, replayed)];
        for (name, value) in headers {
            if let Some(value) = value {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// An answer with this JSON text.
pub(crate) fn json(status: StatusCode, text: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], text).into_response()
}

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        match self.text() {
            Ok(text) => self.written(text),
            Err(problem) => problem.into_response(),
        }
    }
}
