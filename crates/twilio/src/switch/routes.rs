//! The webhooks. Each is Twilio's by its signature, or is refused; none asks a provider for anything.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, OriginalUri, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use domain::call_flow::{Cause, Event, Leg};
use engine::Actor;
use engine::recordings::{NewTranscript, RecordingKind, understood};
use engine::switching::CallRef;
use url::Url;

use super::forget::{Held, forgets};
use super::placed::is_placed;
use super::program::{Document, Verb};
use super::{Twilio, texts};
use crate::form::{Form, LARGEST_BODY};
use crate::signature::{Body, Received, SETTINGS_HEADER, SIGNATURE_HEADER};
use crate::sms::SMS;
use crate::twiml::{CallResponse, Hangup, Play, Say, WaitingResponse};
use crate::webhook::{CallStatus, IDEMPOTENCY_HEADER, RecordingStatus, TranscriptionStatus, Webhook};

/// How long a webhook waits for what is to be done: a database that is slow is told as an apology, and Twilio gives up after 15 s.
const PATIENCE: Duration = Duration::from_secs(8);
/// How long of that it waits until it is written down that there is a recording.
const WRITING: Duration = Duration::from_secs(3);
/// The one who tells what was understood.
const RECORDER: &str = "recorder";

/// The webhooks of an account.
pub fn routes(twilio: Arc<Twilio>) -> Router {
    Router::new()
        .route("/webhooks/twilio/voice", post(voice))
        .route("/webhooks/twilio/voice/next", post(next))
        .route("/webhooks/twilio/voice/keys", post(keys))
        .route("/webhooks/twilio/voice/screen", post(screen))
        .route("/webhooks/twilio/voice/left", post(left))
        .route("/webhooks/twilio/voice/said", post(said))
        .route("/webhooks/twilio/voice/wait", post(wait))
        .route("/webhooks/twilio/voice/status", post(status))
        .route("/webhooks/twilio/dial-result", post(dial_result))
        .route("/webhooks/twilio/recorded", post(recorded))
        .route("/webhooks/twilio/recording", post(recording))
        .route("/webhooks/twilio/transcription", post(transcription))
        .merge(texts::routes())
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(twilio)
}

/// A webhook that is Twilio's.
pub(super) struct Heard {
    pub(super) said: Webhook,
    call: Option<CallRef>,
    leg: Option<Leg>,
    /// The short message of ours that it is about.
    pub(super) sms: Option<String>,
    /// By what it is known again, where it comes twice.
    key: Option<String>,
}

impl Twilio {
    /// Reads a webhook, if it is signed by Twilio for this account; else why not.
    pub(super) fn hears(&self, uri: &OriginalUri, headers: &HeaderMap, body: &Bytes) -> Result<Heard, Box<Response>> {
        let refused = |status: StatusCode, why: &str| {
            tracing::warn!(why, "a webhook is refused");
            Box::new((status, why.to_owned()).into_response())
        };
        let form = Form::read(body).map_err(|error| refused(StatusCode::PAYLOAD_TOO_LARGE, &error.to_string()))?;
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let mut url = self.settings.public_url.clone();
        let path = format!("{}{}", url.path().trim_end_matches('/'), uri.path());
        url.set_path(&path);
        url.set_query(uri.query());
        let received = Received {
            url: url.as_str(),
            body: Body::Form(&form),
            signature: header(SIGNATURE_HEADER),
            settings: header(SETTINGS_HEADER),
        };
        self.settings.tokens.check(&received).map_err(|error| refused(StatusCode::FORBIDDEN, &error.to_string()))?;
        let said = Webhook::of(&form, header(IDEMPOTENCY_HEADER));
        if said.account.as_deref() != Some(self.settings.account.as_str()) {
            return Err(refused(StatusCode::FORBIDDEN, "it is of another account"));
        }
        let asked =
            |name: &str| url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned());
        let call = asked("call").or_else(|| said.call.clone()).map(|sid| self.call(&sid));
        let leg = asked("leg").and_then(|leg| leg.parse().ok()).map(Leg);
        let key = said.idempotency_token.as_ref().map(|token| format!("{} {token}", uri.path()));
        Ok(Heard { said, call, leg, sms: asked(SMS), key })
    }

    /// The document for whoever has called, once it is known how it goes on.
    async fn document(&self, call: &CallRef, key: Option<String>, whose: Leg) -> Document {
        let sent = key.as_ref().and_then(|key| self.calls().get(call)?.sent(key).cloned());
        if let Some(sent) = sent {
            return sent;
        }
        let document = match tokio::time::timeout(PATIENCE, self.verbs(call, whose)).await {
            Ok(Some(verbs)) if whose == Leg::FIRST && !is_placed(call) => {
                self.addresses(call).for_caller(&verbs).to_xml()
            }
            Ok(Some(verbs)) => self.addresses(call).for_called(whose, &verbs),
            Ok(None) => CallResponse::new().with(Hangup).to_xml(),
            Err(_) => {
                tracing::error!(call = call.origin, "it is not known in time how a call goes on");
                sorry()
            }
        };
        if let (Some(key), Some(state)) = (key, self.calls().get(call)) {
            state.has_sent(key, &document);
        }
        document
    }

    /// What a leg is to do next; nothing, where its call is not known.
    async fn verbs(&self, call: &CallRef, whose: Leg) -> Option<Vec<Verb>> {
        loop {
            let changed = self.calls().changed(call)?;
            let notified = changed.notified();
            tokio::pin!(notified);
            notified.as_mut().enable();
            let verbs = self.calls().get(call).and_then(|state| state.take(whose));
            if verbs.is_some() {
                return verbs;
            }
            notified.await;
        }
    }

    /// A leg is over, if that is news.
    fn leg_ended(&self, call: &CallRef, leg: Leg, (cause, error): (Cause, Option<u32>)) {
        let is_news = self.calls().get(call).is_some_and(|state| state.is_over_now(leg));
        if is_news {
            let event = match error.filter(|_| cause == Cause::Unreachable) {
                Some(code) => Event::LegRefused { leg, reason: format!("Twilio's error {code}") },
                None => Event::LegEnded { leg, cause, at: None },
            };
            self.exchange.post(call, event);
        }
    }

    /// A message was recorded: it is kept, also where its call is long over. Whether that is sure whatever happens now.
    async fn was_recorded(&self, call: &CallRef, seconds: u32, sid: &str) -> bool {
        let written = tokio::time::timeout(WRITING, self.is_to_keep(call, sid)).await;
        let is_sure = sid.is_empty() || matches!(written, Ok(Ok(())));
        if !is_sure {
            tracing::warn!(call = call.origin, "it is not written down that there is a recording");
        }
        let event = Event::Recorded { leg: Leg::FIRST, seconds, reference: sid.to_owned() };
        if self.exchange.event(call, event).await.is_err() {
            self.exchange.keep_left(&call.origin, RecordingKind::Voicemail, (sid, Some(seconds)));
        }
        is_sure
    }
}

macro_rules! heard {
    ($asked:expr) => {{
        let (State(twilio), uri, headers, body) = $asked;
        match twilio.hears(&uri, &headers, &body) {
            Ok(heard) => (twilio, heard),
            Err(refused) => return *refused,
        }
    }};
}
pub(super) use heard;

/// A call comes in.
async fn voice(state: State<Arc<Twilio>>, uri: OriginalUri, headers: HeaderMap, body: Bytes) -> Response {
    let (twilio, heard) = heard!((state, uri, headers, body));
    let (Some(sid), Some(to)) = (&heard.said.call, &heard.said.to) else { return document(sorry()) };
    let call = twilio.comes_in(sid, heard.said.from.as_deref(), to);
    document(twilio.document(&call, heard.key, Leg::FIRST).await)
}

/// The caller asks how it goes on.
async fn next(state: State<Arc<Twilio>>, uri: OriginalUri, headers: HeaderMap, body: Bytes) -> Response {
    let (twilio, heard) = heard!((state, uri, headers, body));
    let Some(call) = heard.call else { return document(sorry()) };
    let is_parted = twilio.calls().get(&call).is_some_and(|state| state.is_parted());
    match heard.said.queue_result.as_deref() {
        // We have fetched it: it asks once more.
        Some("redirected" | "redirected-from-bridged") => document(CallResponse::new().to_xml()),
        // It has talked, or is gone: the queue is behind it.
        Some("hangup" | "bridged") if !is_parted => {
            twilio.exchange.post(&call, Event::LegEnded { leg: Leg::FIRST, cause: Cause::HungUp, at: None });
            document(CallResponse::new().with(Hangup).to_xml())
        }
        _ => document(twilio.document(&call, heard.key, Leg::FIRST).await),
    }
}

/// Keys were pressed, or none in the time for it.
async fn keys(state: State<Arc<Twilio>>, uri: OriginalUri, headers: HeaderMap, body: Bytes) -> Response {
    let (twilio, heard) = heard!((state, uri, headers, body));
    let Some(call) = heard.call else { return document(sorry()) };
    let leg = heard.leg.unwrap_or(Leg::FIRST);
    let digits = heard.said.digits.unwrap_or_default();
    let is_repeated = heard.key.as_ref().is_some_and(|key| twilio.has_sent(&call, key));
    let is_asked_again = !is_repeated && twilio.calls().get(&call).is_some_and(|state| state.asks_again(leg, &digits));
    if !is_repeated && !is_asked_again {
        twilio.exchange.post(&call, Event::Digits { leg, digits });
    }
    document(twilio.document(&call, heard.key, leg).await)
}

/// Somebody, or something, has taken a phone up.
async fn screen(state: State<Arc<Twilio>>, uri: OriginalUri, headers: HeaderMap, body: Bytes) -> Response {
    let (twilio, heard) = heard!((state, uri, headers, body));
    let (Some(call), Some(leg)) = (heard.call, heard.leg) else { return document(sorry()) };
    let now = twilio.exchange.engine().clock().now();
    if let Some(state) = twilio.calls().get(&call) {
        state.is_taken_up(leg, now);
    }
    twilio.exchange.post(&call, Event::LegAnswered(leg));
    document(twilio.document(&call, heard.key, leg).await)
}

/// What does somebody hear who talks?
async fn said(state: State<Arc<Twilio>>, uri: OriginalUri, headers: HeaderMap, body: Bytes) -> Response {
    let asked = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let place = asked.filter(|(name, _)| name == "said").find_map(|(_, place)| place.parse::<usize>().ok());
    let (twilio, heard) = heard!((state, uri, headers, body));
    let text = heard.call.zip(place).and_then(|(call, place)| twilio.calls().get(&call)?.told.get(place).cloned());
    let response = WaitingResponse::new();
    document(text.map_or(response.clone(), |text| response.with(Say::new(text))).to_xml())
}

/// Somebody who has talked with a caller out of the queue, or in a conference, is alone.
async fn left(state: State<Arc<Twilio>>, uri: OriginalUri, headers: HeaderMap, body: Bytes) -> Response {
    let (twilio, heard) = heard!((state, uri, headers, body));
    // Who of a call that we have placed was the first to go, its status tells.
    if let (Some(call), Some(leg)) = (heard.call.filter(|call| !is_placed(call)), heard.leg) {
        twilio.leg_ended(&call, leg, (Cause::HungUp, None));
    }
    document(CallResponse::new().with(Hangup).to_xml())
}

/// What does somebody hear who waits?
async fn wait(state: State<Arc<Twilio>>, uri: OriginalUri, headers: HeaderMap, body: Bytes) -> Response {
    let (twilio, heard) = heard!((state, uri, headers, body));
    let music = heard.call.and_then(|call| twilio.calls().get(&call)?.music().and_then(|music| Url::parse(music).ok()));
    let response = WaitingResponse::new();
    document(music.map_or(response.clone(), |url| response.with(Play { url, times: 0 })).to_xml())
}

/// Something has become of a call.
async fn status(state: State<Arc<Twilio>>, uri: OriginalUri, headers: HeaderMap, body: Bytes) -> Response {
    let (twilio, heard) = heard!((state, uri, headers, body));
    let (Some(call), Some(status)) = (heard.call, heard.said.status) else { return nothing() };
    match (heard.leg, cause(&status)) {
        (Some(leg), Some(cause)) => twilio.leg_ended(&call, leg, (cause, heard.said.error)),
        (None, Some(_)) => {
            twilio.exchange.post(&call, Event::LegEnded { leg: Leg::FIRST, cause: Cause::HungUp, at: None })
        }
        (Some(leg), None) if status == CallStatus::Ringing => twilio.exchange.post(&call, Event::LegRinging(leg)),
        _ => {}
    }
    nothing()
}

/// It is known how putting the caller through went.
async fn dial_result(state: State<Arc<Twilio>>, uri: OriginalUri, headers: HeaderMap, body: Bytes) -> Response {
    let (twilio, heard) = heard!((state, uri, headers, body));
    let Some(call) = heard.call else { return document(sorry()) };
    let is_repeated = heard.key.as_ref().is_some_and(|key| twilio.has_sent(&call, key));
    if let (Some(leg), Some(dial), false) = (heard.leg, &heard.said.dial, is_repeated) {
        if dial.is_answered() {
            // What was told of it before may be lost: then this tells it. What is known already says nothing new.
            twilio.exchange.post(&call, Event::LegAnswered(leg));
            twilio.exchange.post(&call, Event::Digits { leg, digits: "1".to_owned() });
            twilio.leg_ended(&call, leg, (Cause::HungUp, None));
        } else {
            let cause = cause(&dial.status).unwrap_or(Cause::NoAnswer);
            twilio.leg_ended(&call, leg, (cause, heard.said.error));
        }
    }
    document(twilio.document(&call, heard.key, Leg::FIRST).await)
}

/// A caller has left a message: what follows?
async fn recorded(state: State<Arc<Twilio>>, uri: OriginalUri, headers: HeaderMap, body: Bytes) -> Response {
    let (twilio, heard) = heard!((state, uri, headers, body));
    let Some(call) = heard.call else { return document(sorry()) };
    if let Some(recording) = heard.said.recording {
        let (seconds, sid) = (recording.seconds.unwrap_or(0), recording.sid.unwrap_or_default());
        // Where it cannot be written down, the webhook that follows is told again.
        let _ = twilio.was_recorded(&call, seconds, &sid).await;
    }
    document(twilio.document(&call, heard.key, Leg::FIRST).await)
}

/// A message can be fetched, or there is none.
async fn recording(state: State<Arc<Twilio>>, uri: OriginalUri, headers: HeaderMap, body: Bytes) -> Response {
    let (twilio, heard) = heard!((state, uri, headers, body));
    let (Some(call), Some(recording)) = (heard.call, heard.said.recording) else { return nothing() };
    if !recording.is_of(&twilio.settings.account) {
        tracing::warn!(target: "security", call = call.origin, "a recording was said to be where none of Twilio's is");
        return StatusCode::BAD_REQUEST.into_response();
    }
    match (recording.status, recording.sid) {
        (None | Some(RecordingStatus::Completed), Some(sid)) => {
            let is_sure = twilio.was_recorded(&call, recording.seconds.unwrap_or(0), &sid).await;
            // Else it is told again.
            return if is_sure { nothing() } else { StatusCode::SERVICE_UNAVAILABLE.into_response() };
        }
        // Nothing was said, or nothing of it is left.
        (Some(RecordingStatus::Absent | RecordingStatus::Failed), _) => {
            let none = Event::Recorded { leg: Leg::FIRST, seconds: 0, reference: String::new() };
            twilio.exchange.post(&call, none);
        }
        _ => {}
    }
    nothing()
}

/// It is known what was understood of a message.
async fn transcription(state: State<Arc<Twilio>>, uri: OriginalUri, headers: HeaderMap, body: Bytes) -> Response {
    let (twilio, heard) = heard!((state, uri, headers, body));
    let (Some(call), Some(written)) = (heard.call, heard.said.transcription) else { return nothing() };
    let is_understood = matches!(written.status, None | Some(TranscriptionStatus::Completed));
    let text = written.text.filter(|_| is_understood);
    let held = written.sid.map(|sid| Held::Transcription { sid });
    let actor = Actor::program(call.tenant, RECORDER);
    let kept = twilio.exchange.engine().run(&actor, |work| {
        let new =
            text.clone().map(|text| NewTranscript { origin: call.origin.clone(), leg: "message".to_owned(), text });
        let held = held.clone();
        Box::pin(async move {
            if let Some(held) = held {
                forgets(work, &held, 0).await?;
            }
            match new {
                Some(new) => understood(work, new).await,
                None => Ok(()),
            }
        })
    });
    match kept.await {
        Ok(()) => {
            twilio.understands_no_more(&call);
            nothing()
        }
        Err(error) => {
            tracing::warn!(%error, call = call.origin, "what was understood of a message is not kept");
            // It is told again.
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

impl Twilio {
    fn has_sent(&self, call: &CallRef, key: &str) -> bool {
        self.calls().get(call).is_some_and(|state| state.sent(key).is_some())
    }
}

/// Why a call ended that nobody took, or that is over; none, where it is neither.
fn cause(status: &CallStatus) -> Option<Cause> {
    match status {
        CallStatus::Completed => Some(Cause::HungUp),
        CallStatus::Busy => Some(Cause::Busy),
        CallStatus::NoAnswer | CallStatus::Canceled => Some(Cause::NoAnswer),
        CallStatus::Failed => Some(Cause::Unreachable),
        _ => None,
    }
}

pub(super) fn document(document: Document) -> Response {
    ([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], document).into_response()
}

pub(super) fn nothing() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

fn sorry() -> Document {
    let words = "Sorry, your call cannot be put through just now. Please call again later.";
    CallResponse::new().with(Say::new(words)).with(Hangup).to_xml()
}
