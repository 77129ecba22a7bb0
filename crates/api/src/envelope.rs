//! What surrounds every request: its id, its span in the log, its time limit, the headers that protect browsers, and the writing
//! of problems.

use std::pin::pin;
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use crate::App;
use crate::measures::{Measures, route_of};
use crate::problem::{Problem, UNAVAILABLE, Unwritten};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST_REQUEST_ID: usize = 64;

/// Set on every answer that does not say otherwise.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    ),
    // Nobody else learns where one came from. A form's origin would be "null" without a referrer to our own pages.
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
];

/// The outermost layer.
pub(crate) async fn envelope(State(measures): State<Measures>, request: Request, next: Next) -> Response {
    let (began, _under_way) = (Instant::now(), measures.under_way());
    let id = request_id(request.headers());
    let route = route_of(&request);
    let method = request.method().clone();
    let span = tracing::info_span!("request", id, %method, route);
    let mut response = async {
        let response = next.run(request).await;
        let response = match response.extensions().get::<Unwritten>() {
            Some(Unwritten(problem)) => with_headers_of(&response, problem.answer(&id)),
            None => response,
        };
        let (status, took) = (response.status(), began.elapsed());
        measures.answered((&route, &method), status, took);
        let (told, millis) = (status.as_u16(), u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
        // Who asks whether the service lives asks again and again.
        if is_asked_by_machines(&route) && status.is_success() {
            tracing::debug!(status = told, millis, "answered");
        } else {
            tracing::info!(status = told, millis, "answered");
        }
        response
    }
    .instrument(span)
    .await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    response
}

fn is_asked_by_machines(route: &str) -> bool {
    ["/health", "/livez", "/readyz", "/readyz/phones"].contains(&route)
}

/// The written problem with what inner layers said beside it, such as `Allow`.
fn with_headers_of(response: &Response, mut written: Response) -> Response {
    for (name, value) in response.headers() {
        if name != header::CONTENT_LENGTH {
            written.headers_mut().entry(name).or_insert(value.clone());
        }
    }
    written
}

/// The client's id for the request, if it is a plain word; else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let plain = |id: &&str| {
        (1..=LONGEST_REQUEST_ID).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let given = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()).filter(plain);
    given.map_or_else(|| uuid::Uuid::now_v7().to_string(), str::to_owned)
}

/// Gives up after the limit. Whether what was begun has been done is then not known; an idempotency key tells.
pub(crate) async fn within(limit: Duration, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let detail = format!("the request was not done within {} s", limit.as_secs());
            Problem::new(UNAVAILABLE, detail).retry_after(5).into_response()
        }
    }
}

/// After so long it is looked whether the database is there for which a request waits, and then again and again. A look takes a second at most.
const LOOKS_AFTER: Duration = Duration::from_millis(3500);
const LOOKS_EVERY: Duration = Duration::from_secs(1);

/// Gives up, within five seconds, what waits for a database that is away. What was cut off without a word would be waited for until its limit;
/// and where the database has just come back, all that has waited for it begins at once: who asks again has a new connection.
pub(crate) async fn while_there(State(app): State<App>, request: Request, next: Next) -> Response {
    let (began, mut running) = (Instant::now(), pin!(next.run(request)));
    let mut look = LOOKS_AFTER;
    loop {
        let looked = async {
            tokio::time::sleep(look).await;
            app.engine.store().is_there_since(began).await
        };
        tokio::select! {
            response = &mut running => return response,
            is_there = looked => {
                if !is_there {
                    let problem = Problem::new(UNAVAILABLE, "the database does not answer: try again");
                    return problem.retry_after(5).into_response();
                }
                look = LOOKS_EVERY;
            }
        }
    }
}
