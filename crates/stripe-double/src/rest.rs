//! The REST interface, and the pages that customers see.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::account::Page;
use crate::charging;
use crate::double::Inner;

/// How long a page can be paid.
const PAGE_SECONDS: i64 = 24 * 3600;

pub(crate) fn routes(inner: Arc<Inner>) -> Router {
    Router::new()
        .route("/v1/checkout/sessions", post(make))
        .route("/v1/checkout/sessions/{id}", get(show))
        .route("/v1/customers/{id}/payment_methods", get(charging::cards))
        .route("/v1/payment_intents", post(charging::charge))
        .route("/v1/payment_intents/{id}", get(charging::show))
        .route("/pay/{id}", get(page).post(pay))
        .with_state(inner)
}

pub(crate) fn refused(status: StatusCode, message: &str) -> Response {
    let error = json!({"error": {"type": "invalid_request_error", "message": message}});
    (status, axum::Json(error)).into_response()
}

async fn make(State(inner): State<Arc<Inner>>, headers: HeaderMap, body: Bytes) -> Response {
    let told = inner.with(|state| state.answers.pop_front());
    if let Some(status) = told {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        return refused(status, "told beforehand");
    }
    if let Err(refusal) = signed_in(&inner, &headers) {
        return *refusal;
    }
    let form: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
    let field = |name: &str| form.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let key = key(&headers);
    if let Some(answered) = answered(&inner, key.as_deref()) {
        return answered;
    }
    let price = |name: &str| field(&format!("line_items[0][price_data]{name}"));
    let (Some("payment"), Some(amount), Some(currency), Some(name), Some(success_url)) = (
        field("mode").as_deref(),
        price("[unit_amount]").and_then(|amount| amount.parse::<i64>().ok()),
        price("[currency]"),
        price("[product_data][name]"),
        field("success_url"),
    ) else {
        return refused(StatusCode::BAD_REQUEST, "Missing required param.");
    };
    if amount < 50 {
        return refused(
            StatusCode::BAD_REQUEST,
            "The Checkout Session's total amount must convert to at least 50 cents.",
        );
    }
    let now = inner.second();
    let made = inner.with(|state| {
        let page = Page {
            id: state.account.id("cs"),
            reference: field("client_reference_id").unwrap_or_default(),
            amount,
            currency,
            name,
            cancel_url: field("cancel_url").unwrap_or_else(|| success_url.clone()),
            success_url,
            expires_at: now + PAGE_SECONDS,
            keeps_card: field("payment_intent_data[setup_future_usage]").as_deref() == Some("off_session")
                && field("customer_creation").as_deref() == Some("always"),
            charge: None,
            payer: None,
        };
        let shown = page.shown(&state.page_url(&page.id));
        state.account.pages.insert(page.id.clone(), page);
        if let Some(key) = key {
            state.account.answered.insert(key, (200, shown.clone()));
        }
        shown
    });
    axum::Json(made).into_response()
}

/// The key of something that is done once.
pub(crate) fn key(headers: &HeaderMap) -> Option<String> {
    headers.get("idempotency-key").and_then(|key| key.to_str().ok()).map(str::to_owned)
}

/// What was answered under a key.
pub(crate) fn answered(inner: &Inner, key: Option<&str>) -> Option<Response> {
    let (status, body) = inner.with(|state| state.account.answered.get(key?).cloned())?;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Some((status, axum::Json(body)).into_response())
}

async fn show(State(inner): State<Arc<Inner>>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    if let Err(refusal) = signed_in(&inner, &headers) {
        return *refusal;
    }
    let shown: Option<Value> = inner.with(|state| Some(state.account.pages.get(&id)?.shown(&state.page_url(&id))));
    shown.map_or_else(
        || refused(StatusCode::NOT_FOUND, "No such checkout.session"),
        |shown| axum::Json(shown).into_response(),
    )
}

/// Whoever has the account's key may ask.
pub(crate) fn signed_in(inner: &Inner, headers: &HeaderMap) -> Result<(), Box<Response>> {
    let expected = inner.with(|state| format!("Bearer {}", state.key));
    let given = headers.get(header::AUTHORIZATION).and_then(|given| given.to_str().ok());
    if given == Some(expected.as_str()) {
        return Ok(());
    }
    Err(Box::new(refused(StatusCode::UNAUTHORIZED, "Invalid API Key provided")))
}

/// What a customer sees.
async fn page(State(inner): State<Arc<Inner>>, Path(id): Path<String>) -> Response {
    let Some(page) = inner.with(|state| state.account.pages.get(&id).cloned()) else {
        return (StatusCode::NOT_FOUND, "no such page").into_response();
    };
    let text = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let html = format!(
        "<!doctype html><html lang=en><title>Pay</title><h1>{}</h1><p>{} {}</p>\
         <form method=post><button>Pay</button></form><a href=\"{}\">Back</a>",
        text(&page.name),
        page.amount,
        text(&page.currency),
        text(&page.cancel_url)
    );
    Html(html).into_response()
}

async fn pay(State(inner): State<Arc<Inner>>, Path(id): Path<String>) -> Response {
    let Some(page) = inner.with(|state| state.account.pages.get(&id).cloned()) else {
        return (StatusCode::NOT_FOUND, "no such page").into_response();
    };
    inner.pay(&id);
    inner.send_all().await;
    Redirect::to(&page.success_url).into_response()
}
