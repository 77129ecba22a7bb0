//! HTTP: the routes below `/api/v1`, the OpenAPI document made from them, the explorer, and the translation of refusals into
//! problem documents (RFC 9457).
//!
//! A request passes, from the outside in: `envelope` (its id, its span in the log, security headers, the writing of problems),
//! the catching of panics, a time limit, `guard` (who may do this), and the handler, which calls one use case of the engine.

mod answer;
mod body;
mod document;
mod envelope;
mod fields;
mod guard;
mod once;
mod paging;
mod params;
mod problem;
mod routes;
mod serve;
mod version;

use std::sync::Arc;
use std::time::Duration;

use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use axum::{Extension, Router};
use engine::{Engine, TestClock};
use tower_http::catch_panic::CatchPanicLayer;

pub use serve::{Limits, serve};

use guard::{Declarations, Guard};
use problem::{NOT_FOUND, Problem};
use routes::explorer::Document;

/// What the routes work on.
#[derive(Clone)]
pub struct App {
    engine: Engine,
    test_clock: Option<TestClock>,
}

impl App {
    /// An application on this engine.
    #[must_use]
    pub fn new(engine: Engine) -> Self {
        App { engine, test_clock: None }
    }

    /// The same application with routes that show and move the engine's clock: for tests of a demo on loopback only, which the
    /// caller has to make sure of.
    #[must_use]
    pub fn with_test_clock(self, clock: TestClock) -> Self {
        App { test_clock: Some(clock), ..self }
    }
}

/// How long a handler may take: one that answers about a few records, and one that works through a file.
const QUICK: Duration = Duration::from_secs(30);
const BULK: Duration = Duration::from_secs(900);

/// The whole service.
pub fn router(app: App) -> Router {
    let (routes, operations) = routes::all(app.test_clock.is_some()).split_for_parts();
    let document = document::finished(operations);
    let guard = Guard { app: app.clone(), declarations: Arc::new(Declarations::of(&document)) };
    routes
        .layer(Extension(Document::of(&document)))
        .route_layer(from_fn_with_state(guard, guard::guard))
        .fallback(nothing_here)
        .layer(CatchPanicLayer::custom(|_| Problem::internal("a handler panicked").into_response()))
        .layer(from_fn(envelope::envelope))
        .with_state(app)
}

/// The OpenAPI document of the service.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    document::finished(routes::all(false).into_openapi())
}

async fn nothing_here() -> Problem {
    Problem::new(NOT_FOUND, "there is nothing at this address: the operations are listed at /api/v1/openapi.json")
}
