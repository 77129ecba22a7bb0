//! The webhooks of short messages: what becomes of those that were sent, and what comes in.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use engine::Actor;
use engine::sms::{Delivery, IncomingSms, delivered};

use super::routes::{document, heard, nothing};
use super::{NAME, Twilio};
use crate::sms::state;
use crate::twiml::{Message, MessageText, MessagingResponse};
use crate::webhook::Webhook;

/// How long a webhook waits for what a message brings about: Twilio gives up after 15 s.
const PATIENCE: Duration = Duration::from_secs(8);
/// How long an id may be, in characters.
const LONGEST_ID: usize = 64;

pub(super) fn routes() -> Router<Arc<Twilio>> {
    Router::new().route("/webhooks/twilio/sms", post(incoming)).route("/webhooks/twilio/sms/status", post(status))
}

/// A message comes in.
async fn incoming(state: State<Arc<Twilio>>, uri: OriginalUri, headers: HeaderMap, body: Bytes) -> Response {
    let (twilio, heard) = heard!((state, uri, headers, body));
    let Some(sms) = sms(&heard.said) else { return answer(None) };
    let seen_to = engine::sms::incoming(&twilio.exchange, twilio.settings.tenant, &sms);
    match tokio::time::timeout(PATIENCE, seen_to).await {
        Ok(Ok(reply)) => answer(reply.as_deref()),
        Ok(Err(error)) => {
            tracing::warn!(%error, "nobody sees to a short message now");
            // It comes again.
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        Err(_) => {
            tracing::warn!("a short message is not seen to in time");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// Something has become of a message of ours.
async fn status(state: State<Arc<Twilio>>, uri: OriginalUri, headers: HeaderMap, body: Bytes) -> Response {
    let (twilio, heard) = heard!((state, uri, headers, body));
    let Some(delivery) = delivery(heard.sms, &heard.said) else { return nothing() };
    let actor = Actor::program(twilio.settings.tenant, NAME);
    let kept = twilio.exchange.engine().run(&actor, |work| {
        let delivery = delivery.clone();
        Box::pin(async move { delivered(work, &delivery).await })
    });
    match kept.await {
        Ok(_) => nothing(),
        Err(error) => {
            tracing::warn!(%error, sms = delivery.id, "what became of a short message is not kept");
            // It is told again.
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// What is told of a message of ours, if anything is.
fn delivery(id: Option<String>, said: &Webhook) -> Option<Delivery> {
    let text = said.message.as_ref()?;
    let state = state(text.status.as_ref()?)?;
    let reason = said.error.map(|code| format!("Twilio's error {code}"));
    let carrier_id = text.sid.clone().filter(|id| is_id(id));
    Some(Delivery { id: id.filter(|id| is_id(id))?, carrier_id, state, code: said.error, reason })
}

/// The message that has come, if it is one: without an id nobody could tell whether it comes again.
fn sms(said: &Webhook) -> Option<IncomingSms> {
    let text = said.message.as_ref()?;
    let sid = text.sid.as_ref().filter(|sid| is_id(sid))?;
    Some(IncomingSms {
        origin: format!("{NAME}/{sid}"),
        from: said.from.clone().unwrap_or_default(),
        to: said.to.clone().unwrap_or_default(),
        text: text.body.clone().unwrap_or_default(),
        is_answered: said.opt_out.is_some(),
    })
}

/// Whether this has the form of an id.
fn is_id(text: &str) -> bool {
    (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The document that a message is answered with; one that answers nothing, where nothing is said.
fn answer(reply: Option<&str>) -> Response {
    let text = reply.and_then(|reply| MessageText::new(reply).ok());
    let response = MessagingResponse::new();
    document(text.map_or(response.clone(), |text| response.with(Message::new(text))).to_xml())
}
