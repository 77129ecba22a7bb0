//! Charges to cards that are kept.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::account::{Charge, Play};
use crate::double::Inner;
use crate::rest::{answered, key, refused, signed_in};

/// The cards of a payer.
pub(crate) async fn cards(State(inner): State<Arc<Inner>>, headers: HeaderMap, Path(payer): Path<String>) -> Response {
    if let Err(refusal) = signed_in(&inner, &headers) {
        return *refusal;
    }
    let card = inner.with(|state| state.account.cards.get(&payer).cloned());
    let Some(card) = card else { return refused(StatusCode::NOT_FOUND, &format!("No such customer: '{payer}'")) };
    let data = json!([{"id": card, "object": "payment_method", "type": "card", "customer": payer}]);
    axum::Json(json!({"object": "list", "has_more": false, "data": data})).into_response()
}

/// A payment, as it stands now.
pub(crate) async fn show(State(inner): State<Arc<Inner>>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    if let Err(refusal) = signed_in(&inner, &headers) {
        return *refusal;
    }
    let shown = inner.with(|state| state.account.charges.get(&id).map(Charge::shown));
    shown.map_or_else(
        || refused(StatusCode::NOT_FOUND, "No such payment_intent"),
        |shown| axum::Json(shown).into_response(),
    )
}

/// Charges a card: the webhook goes before the answer, which may be lost.
pub(crate) async fn charge(State(inner): State<Arc<Inner>>, headers: HeaderMap, body: Bytes) -> Response {
    let told = inner.with(|state| state.answers.pop_front());
    if let Some(status) = told {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        return refused(status, "told beforehand");
    }
    if let Err(refusal) = signed_in(&inner, &headers) {
        return *refusal;
    }
    let Some(key) = key(&headers) else {
        return refused(StatusCode::BAD_REQUEST, "who charges without a key may charge twice");
    };
    let answer = match answered(&inner, Some(&key)) {
        Some(answer) => answer,
        None => charge_once(&inner, key, &body).await,
    };
    let is_lost = inner.with(|state| {
        let is_lost = state.lost > 0;
        state.lost = state.lost.saturating_sub(1);
        is_lost
    });
    if is_lost { refused(StatusCode::GATEWAY_TIMEOUT, "the answer is lost") } else { answer }
}

async fn charge_once(inner: &Inner, key: String, body: &[u8]) -> Response {
    let form: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
    let field = |name: &str| form.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let is_confirmed = field("confirm").as_deref() == Some("true") && field("off_session").as_deref() == Some("true");
    let (Some(amount), Some(currency), Some(payer), Some(card), true) = (
        field("amount").and_then(|amount| amount.parse::<i64>().ok()),
        field("currency"),
        field("customer"),
        field("payment_method"),
        is_confirmed,
    ) else {
        return refused(StatusCode::BAD_REQUEST, "Missing required param.");
    };
    if inner.with(|state| state.account.cards.get(&payer) != Some(&card)) {
        return refused(StatusCode::BAD_REQUEST, "The payment method does not belong to the customer.");
    }
    let (status, answer) = inner.with(|state| {
        let play = state.plays.pop_front();
        let status = match play {
            None => "succeeded",
            Some(Play::Processing) => "processing",
            Some(_) => "requires_payment_method",
        };
        let id = state.account.id("pi");
        let reference = field("metadata[checkout]").unwrap_or_default();
        let charge = Charge { id: id.clone(), amount, refunded: 0, currency, reference, payer: Some(payer), status };
        let shown = charge.shown();
        let answered = match play.and_then(Play::refusal) {
            Some((code, message)) => {
                let error = json!({"type": "card_error", "code": code, "message": message});
                let mut failed = shown.clone();
                failed["last_payment_error"] = error.clone();
                state.tells("payment_intent.payment_failed", failed);
                (402, json!({ "error": error }))
            }
            None => {
                if status == "succeeded" {
                    state.tells("payment_intent.succeeded", shown.clone());
                }
                state.account.charges.insert(id, charge);
                (200, shown)
            }
        };
        state.account.answered.insert(key, answered.clone());
        answered
    });
    inner.send_all().await;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, axum::Json::<Value>(answer)).into_response()
}
