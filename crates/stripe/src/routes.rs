//! The webhook. It is Stripe's by its signature, or is refused; what cannot be taken now is answered so that Stripe sends it again.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use engine::Engine;
use engine::payments::checkouts;

use crate::NAME;
use crate::event::Event;
use crate::signature::{SIGNATURE_HEADER, Secrets};

/// The largest body that is read: events have some kilobytes.
const LARGEST_BODY: usize = 512 * 1024;

struct Hearing {
    engine: Engine,
    tenant: i64,
    secrets: Secrets,
}

/// The webhook of a tenant, which one of these secrets signs.
pub fn routes(engine: &Engine, tenant: i64, secrets: Secrets) -> Router {
    let hearing = Hearing { engine: engine.clone(), tenant, secrets };
    Router::new()
        .route("/webhooks/stripe", post(hear))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(Arc::new(hearing))
}

async fn hear(State(hearing): State<Arc<Hearing>>, headers: HeaderMap, body: Bytes) -> (StatusCode, String) {
    let refused = |status: StatusCode, why: String| {
        tracing::warn!(why, "a webhook of Stripe is refused");
        (status, why)
    };
    let header = headers.get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok());
    if let Err(error) = hearing.secrets.check(header, &body, hearing.engine.clock().now()) {
        return refused(StatusCode::FORBIDDEN, error.to_string());
    }
    let event = match Event::read(&body) {
        Ok(event) => event,
        Err(error) => return refused(StatusCode::BAD_REQUEST, error.to_string()),
    };
    let id = event.id.clone();
    let notice = match event.notice() {
        Ok(Some(notice)) => notice,
        Ok(None) => return (StatusCode::OK, String::new()),
        Err(error) => return refused(StatusCode::BAD_REQUEST, error.to_string()),
    };
    match checkouts::told(&hearing.engine, hearing.tenant, NAME, notice).await {
        Ok(()) => (StatusCode::OK, String::new()),
        Err(error) => {
            tracing::error!(event = id, %error, "what Stripe tells cannot be taken: it is told again");
            (StatusCode::SERVICE_UNAVAILABLE, "it cannot be taken now".to_owned())
        }
    }
}
