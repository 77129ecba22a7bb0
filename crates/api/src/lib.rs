//! HTTP: the routes below `/api/v1`, the OpenAPI document made from them, the explorer, and the translation of refusals into
//! problem documents (RFC 9457).
//!
//! A request passes, from the outside in: `envelope` (its id, its span in the log, security headers, the writing of problems),
//! the catching of panics, a time limit, `guard` (who may do this), and the handler, which calls one use case of the engine.

mod answer;
mod body;
mod document;
mod entrance;
mod envelope;
mod fields;
mod guard;
mod measures;
mod once;
mod pages;
mod paging;
mod params;
mod patience;
mod problem;
mod readiness;
mod routes;
mod serve;
mod tls;
mod version;

use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::{Extension, Router};
use documents::Templates;
use engine::billing::Renderer;
use engine::payments::checkouts::Checkouts;
use engine::switching::Exchange;
use engine::webhooks::{Courier, NoCourier};
use engine::{Engine, TestClock};
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

pub use entrance::Entrance;
pub use measures::{Measures, counted};
pub use readiness::Readiness;
pub use serve::{Limits, serve};
pub use tls::{Tls, TlsError};

use guard::{Declarations, Guard};
use problem::{NOT_FOUND, Problem};
use routes::explorer::Document;

/// What the routes work on.
#[derive(Clone)]
pub struct App {
    engine: Engine,
    exchange: Exchange,
    renderer: Arc<dyn Renderer>,
    courier: Arc<dyn Courier>,
    checkouts: Option<Checkouts>,
    entrance: Entrance,
    test_clock: Option<TestClock>,
    /// The switch that phones of the built-in exchange are at.
    phones: Option<&'static str>,
    readiness: Readiness,
    measures: Measures,
    /// Whether it shows a demo, which its pages say.
    demo: bool,
    /// Turns to compute quotes.
    quoting: Arc<Semaphore>,
}

impl App {
    /// An application on this engine that is reached through this entrance, draws documents by the built-in templates, and has no
    /// webhooks.
    #[must_use]
    pub fn new(engine: Engine, entrance: Entrance) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
        let quoting = Arc::new(Semaphore::new(processors));
        let (renderer, courier) = (Arc::new(Templates::built_in()), Arc::new(NoCourier));
        let exchange = Exchange::new(&engine);
        App {
            engine,
            exchange,
            renderer,
            courier,
            checkouts: None,
            entrance,
            test_clock: None,
            phones: None,
            readiness: Readiness::default(),
            measures: Measures::default(),
            demo: false,
            quoting,
        }
    }

    /// The same application, which says on its pages that it is a demo.
    #[must_use]
    pub fn of_demo(self) -> Self {
        App { demo: true, ..self }
    }

    /// The same application with another renderer of documents.
    #[must_use]
    pub fn with_renderer(self, renderer: Arc<dyn Renderer>) -> Self {
        App { renderer, ..self }
    }

    /// The same application, whose calls this exchange drives.
    #[must_use]
    pub fn with_exchange(self, exchange: Exchange) -> Self {
        App { exchange, ..self }
    }

    /// The same application, which tells whether it takes the phones of this switch.
    #[must_use]
    pub fn with_phones(self, switch: &'static str) -> Self {
        App { phones: Some(switch), ..self }
    }

    /// The same application, which is told by this that it ends.
    #[must_use]
    pub fn with_readiness(self, readiness: Readiness) -> Self {
        App { readiness, ..self }
    }

    /// What is counted of its requests.
    #[must_use]
    pub fn measures(&self) -> &Measures {
        &self.measures
    }

    /// The same application, whose webhooks may have the addresses that this courier carries to.
    #[must_use]
    pub fn with_courier(self, courier: Arc<dyn Courier>) -> Self {
        App { courier, ..self }
    }

    /// The same application, whose customers can pay on these pages.
    #[must_use]
    pub fn with_checkouts(self, checkouts: Checkouts) -> Self {
        App { checkouts: Some(checkouts), ..self }
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
    let guarded = routes
        .layer(Extension(Document::of(&document)))
        .layer(from_fn_with_state(app.demo, pages::written))
        .route_layer(from_fn_with_state(guard, guard::guard))
        .layer(from_fn_with_state(app.clone(), envelope::while_there))
        .fallback(nothing_here);
    let strict = from_fn_with_state(app.entrance.clone(), entrance::strict_transport);
    surrounded(guarded, app.measures.clone()).layer(strict).with_state(app)
}

/// Answers from this size on, in bytes, are compressed for clients that take it: smaller ones fit in one packet as they are.
const WORTH_COMPRESSING: u64 = 1400;

/// Routes with what surrounds every request.
fn surrounded<S: Clone + Send + Sync + 'static>(routes: Router<S>, measures: Measures) -> Router<S> {
    // Hints go out one by one, a PDF is compressed within, and players seek in audio.
    let worth = SizeAbove::new(WORTH_COMPRESSING)
        .and(NotForContentType::SSE)
        .and(NotForContentType::const_new("application/pdf"))
        .and(NotForContentType::const_new("audio/"));
    routes
        .layer(CatchPanicLayer::custom(|_| Problem::internal("a handler panicked").into_response()))
        .layer(CompressionLayer::new().compress_when(worth))
        .layer(from_fn_with_state(measures, envelope::envelope))
}

/// The OpenAPI document of the service.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    document::finished(routes::all(false).into_openapi())
}

async fn nothing_here() -> Problem {
    Problem::new(NOT_FOUND, "there is nothing at this address: the operations are listed at /api/v1/openapi.json")
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::extract::Request;
    use axum::http::StatusCode;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tower::ServiceExt;

    use engine::people::PublicUrl;

    use super::*;

    async fn answered(router: Router, path: &str) -> (StatusCode, String) {
        let response = router.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        let status = response.status();
        let body = to_bytes(response.into_body(), 10_000).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_panic_is_a_problem_that_tells_nothing_of_the_inside() {
        let panics = get(async || -> StatusCode { panic!("inside") });
        let (status, body) = answered(surrounded(Router::new().route("/", panics), Measures::default()), "/").await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(
            body.contains("/problems/internal") && body.contains("request_id") && !body.contains("inside"),
            "{body}"
        );
    }

    #[tokio::test]
    async fn a_handler_that_takes_too_long_is_given_up() {
        let sleeps = get(async || std::future::pending::<StatusCode>().await);
        let limit = Duration::from_millis(20);
        let limited = Router::new()
            .route("/", sleeps)
            .layer(from_fn(move |request, next| envelope::within(limit, request, next)));
        let (status, body) = answered(surrounded(limited, Measures::default()), "/").await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(body.contains("/problems/unavailable"), "{body}");
    }

    /// H030 of the hostile inputs.
    #[tokio::test]
    async fn a_route_that_nobody_declared_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite://{}/tollgate.db", folder.path().display());
        let store = storage::Store::open(&address).await.unwrap();
        let entrance = Entrance::new(PublicUrl::parse("http://localhost:3000").unwrap(), Vec::new());
        let app = App::new(Engine::new(store, Arc::new(engine::SystemClock)), entrance);
        let mut document = openapi();
        let undeclare = |operation: &mut utoipa::openapi::path::Operation| operation.extensions = None;
        document.paths.paths.get_mut("/health").unwrap().get.as_mut().map(undeclare);
        let guard = Guard { app, declarations: Arc::new(Declarations::of(&document)) };
        for (path, declared) in [("/health", false), ("/secret", false), ("/docs", true)] {
            let routes = Router::new().route(path, get(async || "reached"));
            let routes = routes.route_layer(from_fn_with_state(guard.clone(), guard::guard));
            let response = routes.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
            assert_eq!(response.status() == StatusCode::OK, declared, "{path}");
        }
    }
}
