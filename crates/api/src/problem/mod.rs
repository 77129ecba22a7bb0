//! Problem documents (RFC 9457): how every refusal leaves the house.

mod alerts;
mod bank;
mod calendars;
mod charging;
mod earnings;
mod groups;
mod messages;
mod months;
mod payments;
mod people;
mod persons;
mod phones;
mod pots;
mod refusals;
mod reports;
mod sms;
mod sounds;
mod swaps;
mod telephony;
mod vouchers;
mod webhooks;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::invalid::Invalid;
use engine::StorageError;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response as Described, ResponseBuilder};
use utoipa::{IntoResponses, PartialSchema, ToSchema};

/// A kind of problem: its name is the end of its `type`, and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) status: StatusCode,
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
}

macro_rules! kinds {
    ($($id:ident $status:ident $name:literal $title:literal)*) => {
        $(pub(crate) const $id: Kind = Kind { status: StatusCode::$status, name: $name, title: $title };)*
        /// Every kind of problem.
        pub(crate) const KINDS: &[Kind] = &[$($id),*];
    };
}

kinds! {
    UNREADABLE BAD_REQUEST "unreadable" "The request cannot be read"
    UNKNOWN UNAUTHORIZED "unauthenticated" "A valid API key or session is needed"
    WRONG_SIGN_IN UNAUTHORIZED "wrong-sign-in" "Nobody signs in with this"
    CODE_NEEDED UNAUTHORIZED "code-needed" "A code of the second factor is needed"
    LINK_ENDED BAD_REQUEST "link-ended" "The link opens nothing any more"
    INSUFFICIENT_BALANCE PAYMENT_REQUIRED "insufficient-balance" "The payer has too little"
    FORBIDDEN FORBIDDEN "wrong-role" "The caller's role may not do this"
    CROSS_SITE FORBIDDEN "cross-site" "The request does not come from a page of this service"
    NO_TENANT FORBIDDEN "no-tenant" "No tenant is chosen"
    WRONG_PASSWORD FORBIDDEN "wrong-password" "The password is another one"
    LIMIT_REACHED FORBIDDEN "limit-reached" "The call would pass a limit"
    BLOCKED FORBIDDEN "blocked" "Customer and agent do not talk to each other"
    BEYOND FORBIDDEN "beyond-own-roles" "Nobody gives or takes what is above their own roles"
    NOT_FOUND NOT_FOUND "not-found" "There is no such thing"
    NO_METHOD METHOD_NOT_ALLOWED "wrong-method" "The address does not know this method"
    TOO_SLOW REQUEST_TIMEOUT "too-slow" "The request came too slowly"
    NAME_TAKEN CONFLICT "name-taken" "Another record has the name"
    NUMBER_TAKEN CONFLICT "number-taken" "The number is taken"
    ENDPOINT_TAKEN CONFLICT "endpoint-taken" "Another trunk has the endpoint"
    PREFIX_TAKEN CONFLICT "prefix-taken" "The trunk has a route for the prefix"
    REFERENCE_TAKEN CONFLICT "reference-taken" "Another customer has the external reference"
    ORIGIN_TAKEN CONFLICT "origin-taken" "Another record has the origin"
    WRONG_MODE CONFLICT "wrong-mode" "This is for the other kind of customer"
    WRONG_CURRENCY CONFLICT "wrong-currency" "The amount or plan is in another currency"
    WRONG_STATE CONFLICT "wrong-state" "The record's state does not allow this"
    LAST_OWNER CONFLICT "last-owner" "A tenant keeps one owner"
    KEY_REUSED CONFLICT "idempotency-key-reused" "The idempotency key was used for another request"
    CONTENDED CONFLICT "contended" "Others were changing the same record"
    CHANGED PRECONDITION_FAILED "changed-meanwhile" "The record was changed meanwhile"
    TOO_LARGE PAYLOAD_TOO_LARGE "too-large" "The request is too large"
    WRONG_TYPE UNSUPPORTED_MEDIA_TYPE "wrong-content-type" "The content type is another one than expected"
    NO_RANGE RANGE_NOT_SATISFIABLE "no-such-range" "There is nothing in this range"
    INVALID UNPROCESSABLE_ENTITY "invalid" "A value makes no sense"
    UNRATED UNPROCESSABLE_ENTITY "unrated" "Nothing prices the call"
    VOUCHER UNPROCESSABLE_ENTITY "voucher-refused" "The code of the voucher is not redeemed"
    NO_VERSION PRECONDITION_REQUIRED "no-if-match" "An edit needs the header If-Match"
    TOO_MANY TOO_MANY_REQUESTS "too-many-attempts" "Too many attempts were made"
    INTERNAL INTERNAL_SERVER_ERROR "internal" "Something went wrong in Tollgate"
    UNAVAILABLE SERVICE_UNAVAILABLE "unavailable" "Tollgate cannot answer now"
}

/// A refusal on its way to the client.
#[derive(Debug)]
pub(crate) struct Problem(Box<Told>);

#[derive(Debug)]
struct Told {
    kind: Kind,
    detail: String,
    errors: Vec<Fault>,
    figures: Map<String, Value>,
    retry_after_seconds: Option<u16>,
    /// The database's error, which decides whether the transaction is begun again.
    database: Option<StorageError>,
    /// What the log says of it and the client does not hear.
    cause: Option<String>,
}

/// Where a fault is, and what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ProblemError)]
pub(crate) struct Fault {
    /// The place in the body, as a JSON pointer (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pointer: Option<String>,
    /// The name of the query parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parameter: Option<&'static str>,
    /// The name of the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) header: Option<&'static str>,
    /// The line of an uploaded file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<u64>,
    /// What is wrong, in words.
    pub(crate) detail: String,
}

impl Problem {
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Problem(Box::new(Told {
            kind,
            detail: detail.into(),
            errors: Vec::new(),
            figures: Map::new(),
            retry_after_seconds: None,
            database: None,
            cause: None,
        }))
    }

    /// A fault of ours: the client learns that there was one, the log which.
    pub(crate) fn internal(cause: impl Into<String>) -> Self {
        let mut problem = Problem::new(INTERNAL, "the fault is in the log, under the request's id");
        problem.0.cause = Some(cause.into());
        problem
    }

    /// The body does not have the form of the request.
    pub(crate) fn unreadable(invalid: Invalid) -> Self {
        Problem::new(UNREADABLE, invalid.to_string()).with(Fault::in_body(invalid))
    }

    /// A query parameter that makes no sense.
    pub(crate) fn parameter(name: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Problem::new(INVALID, format!("{name}: {detail}")).with(Fault { parameter: Some(name), ..Fault::of(detail) })
    }

    /// A header that makes no sense.
    pub(crate) fn header(kind: Kind, name: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Problem::new(kind, format!("{name}: {detail}")).with(Fault { header: Some(name), ..Fault::of(detail) })
    }

    pub(crate) fn with(mut self, fault: Fault) -> Self {
        self.0.errors.push(fault);
        self
    }

    /// The same problem, of this field of the body.
    pub(crate) fn at(self, pointer: &str) -> Self {
        let detail = self.0.detail.clone();
        self.with(Fault { pointer: Some(pointer.to_owned()), ..Fault::of(detail) })
    }

    /// The same problem, where the body has its fields in another place than the engine, which names them, knows.
    pub(crate) fn placed(mut self, place: impl Fn(&str) -> String) -> Self {
        for pointer in self.0.errors.iter_mut().filter_map(|fault| fault.pointer.as_mut()) {
            let placed = place(pointer);
            if let Some(rest) = self.0.detail.strip_prefix(&format!("{pointer}: ")) {
                self.0.detail = format!("{placed}: {rest}");
            }
            *pointer = placed;
        }
        self
    }

    /// The same problem with one more member.
    pub(crate) fn figure(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.figures.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn retry_after(mut self, seconds: u16) -> Self {
        self.0.retry_after_seconds = Some(seconds);
        self
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.0.kind.status
    }

    /// What is wrong, as a sentence for a page: a field is named by the last word of its pointer.
    pub(crate) fn in_words(&self) -> String {
        let detail = match self.0.detail.split_once(": ") {
            Some((pointer, rest)) if pointer.starts_with('/') => {
                let field = pointer.rsplit('/').next().unwrap_or_default();
                format!("{}: {rest}", field.replace('_', " "))
            }
            _ => self.0.detail.clone(),
        };
        let mut letters = detail.trim_end_matches('.').chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).chain(['.']).collect())
    }

    fn of_database(kind: Kind, detail: &str, error: StorageError) -> Self {
        let mut problem = Problem::new(kind, detail);
        problem.0.cause = Some(error.to_string());
        problem.0.database = Some(error);
        problem
    }

    /// The problem document of the request with this id, as an answer; what the client is not told is logged.
    pub(crate) fn answer(&self, request_id: &str) -> Response {
        let told = &self.0;
        if let Some(cause) = &told.cause {
            tracing::error!(problem = told.kind.name, %cause, "request refused");
        }
        let mut document = json!({
            "type": format!("/problems/{}", told.kind.name),
            "title": told.kind.title,
            "status": told.kind.status.as_u16(),
            "detail": told.detail,
            "errors": told.errors,
            "request_id": request_id,
        });
        if let Some(document) = document.as_object_mut() {
            document.extend(told.figures.clone());
        }
        let media_type = HeaderValue::from_static("application/problem+json");
        let mut response =
            (told.kind.status, [(header::CONTENT_TYPE, media_type)], document.to_string()).into_response();
        if let Some(seconds) = told.retry_after_seconds {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if told.kind == UNKNOWN {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl Fault {
    fn of(detail: String) -> Self {
        Fault { pointer: None, parameter: None, header: None, line: None, detail }
    }

    pub(crate) fn in_body(invalid: Invalid) -> Self {
        Fault { pointer: Some(invalid.pointer), ..Fault::of(invalid.detail) }
    }

    pub(crate) fn on_line(line: u64, detail: String) -> Self {
        Fault { line: Some(line), ..Fault::of(detail) }
    }
}

/// The problem on its way through the layers: the outermost one writes it, for it knows the request's id.
#[derive(Debug, Clone)]
pub(crate) struct Unwritten(pub(crate) std::sync::Arc<Problem>);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.0.kind.status.into_response();
        response.extensions_mut().insert(Unwritten(std::sync::Arc::new(self)));
        response
    }
}

impl engine::FromStorage for Problem {
    fn storage_error(&self) -> Option<&StorageError> {
        self.0.database.as_ref()
    }
}

/// A problem document, for the OpenAPI document.
#[derive(ToSchema, Serialize)]
#[schema(as = Problem, example = json!({
    "type": "/problems/number-taken", "title": "The number is taken", "status": 409,
    "detail": "the number 0001 is taken: another line has it, or had it in the last 90 days",
    "errors": [{"pointer": "/number", "detail": "the number 0001 is taken"}], "request_id": "0199c3f0-1d2a-7c3e-8a65-0d6b1f0f5a11"
}))]
pub(crate) struct ProblemDocument {
    /// `/problems/` and the name of the kind of problem.
    r#type: String,
    /// The kind of problem, in words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What is wrong, and what to do about it.
    detail: String,
    /// Each fault with its place.
    errors: Vec<Fault>,
    /// The id of the request, which the log has too.
    request_id: String,
}

/// The default answer of every operation: a problem document.
pub(crate) struct Refusals;

impl IntoResponses for Refusals {
    fn responses() -> std::collections::BTreeMap<String, RefOr<Described>> {
        let schema = ContentBuilder::new().schema(Some(Ref::from_schema_name(ProblemDocument::name()))).build();
        let described = ResponseBuilder::new()
            .description("It is refused; the problem document says why.")
            .content("application/problem+json", schema)
            .build();
        [("default".to_owned(), described.into())].into()
    }
}

/// The schemas of the problem document.
pub(crate) fn schemas() -> Vec<(String, RefOr<utoipa::openapi::Schema>)> {
    let mut schemas = vec![(ProblemDocument::name().into_owned(), ProblemDocument::schema())];
    ProblemDocument::schemas(&mut schemas);
    schemas
}
