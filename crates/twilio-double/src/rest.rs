//! The REST interface: Twilio's paths, answers and codes of errors.

mod calls;
mod conferences;
mod messages;
mod numbers;
mod recordings;

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use twilio::form::Form;
use url::form_urlencoded;

use crate::double::Inner;
use crate::world::World;

/// Requests, and answers that are told beforehand.
#[derive(Debug, Default)]
pub(crate) struct Canned {
    pub(crate) asked: Vec<String>,
    pub(crate) answers: VecDeque<(u16, Option<u64>)>,
}

/// What a request is answered with.
pub(crate) enum Answer {
    Found(Value),
    Created(Value),
    Gone,
    Audio(Vec<u8>),
}

/// What Twilio has against a request.
#[derive(Debug)]
pub(crate) struct Refused {
    status: StatusCode,
    code: u32,
    message: String,
}

impl Refused {
    pub(crate) fn new(code: u32, message: impl Into<String>) -> Refused {
        Refused { status: StatusCode::BAD_REQUEST, code, message: message.into() }
    }

    pub(crate) fn not_there(path: &[&str]) -> Refused {
        let message = format!("The requested resource /{} was not found", path.join("/"));
        Refused { status: StatusCode::NOT_FOUND, code: 20404, message }
    }
}

impl Inner {
    pub(crate) fn can<T>(&self, act: impl FnOnce(&mut Canned) -> T) -> T {
        act(&mut self.canned.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

pub(crate) fn routes(inner: Arc<Inner>) -> Router {
    Router::new().fallback(answer).with_state(inner)
}

async fn answer(
    State(inner): State<Arc<Inner>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path: Vec<String> = uri.path().split('/').skip(1).map(decoded).collect();
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    inner.can(|canned| canned.asked.push(format!("{method} {}", path.get(3..).unwrap_or(&path).join("/"))));
    if let Some((status, retry_after)) = inner.can(|canned| canned.answers.pop_front()) {
        let code = if status == 429 { 20429 } else { 20500 };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = Refused { status, code, message: "told beforehand".to_owned() }.into_response();
        response.headers_mut().extend(retry_after.map(|seconds| (RETRY_AFTER, seconds.into())));
        return response;
    }
    let answered = inner.world(|world| {
        let rest = within_account(world, &headers, &path)?;
        let query = Form::read(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
        let form = Form::read(&body).map_err(|error| Refused::new(20001, error.to_string()))?;
        carry_out(world, &method, rest, &[query, form])
    });
    // What follows from it comes later, as it does at Twilio.
    tokio::spawn(async move { inner.run().await });
    answered.map_or_else(IntoResponse::into_response, IntoResponse::into_response)
}

fn decoded(segment: &str) -> String {
    // A plus is one in a path.
    let escaped = format!("={}", segment.replace('+', "%2B"));
    form_urlencoded::parse(escaped.as_bytes()).next().map(|(_, text)| text.into_owned()).unwrap_or_default()
}

/// The path below the account, for whoever has its token.
fn within_account<'a>(world: &World, headers: &HeaderMap, path: &'a [&'a str]) -> Result<&'a [&'a str], Refused> {
    let (sid, token) = (&world.account.sid, &world.account.token);
    let expected = format!("Basic {}", STANDARD.encode(format!("{sid}:{token}")));
    if headers.get(AUTHORIZATION).and_then(|given| given.to_str().ok()) != Some(expected.as_str()) {
        let message = "Authenticate".to_owned();
        return Err(Refused { status: StatusCode::UNAUTHORIZED, code: 20003, message });
    }
    match path {
        ["2010-04-01", "Accounts", account, rest @ ..] if account.trim_end_matches(".json") == sid => Ok(rest),
        _ => Err(Refused::not_there(path)),
    }
}

fn carry_out(world: &mut World, method: &Method, path: &[&str], [query, form]: &[Form; 2]) -> Result<Answer, Refused> {
    match path {
        [] if method == Method::GET => Ok(Answer::Found(numbers::account(world))),
        ["Calls.json"] if method == Method::POST => calls::create(world, form),
        ["Calls", file] => calls::one(world, method, without_ending(file), form),
        ["Conferences.json"] if method == Method::GET => Ok(conferences::running(world, query)),
        ["Conferences", file] => conferences::one(world, method, without_ending(file), form),
        ["Conferences", room, "Participants.json"] if method == Method::GET => conferences::list(world, room),
        ["Conferences", room, "Participants", file] => {
            conferences::participant(world, method, [*room, without_ending(file)], form)
        }
        ["Recordings", file] => recordings::one(world, method, file),
        ["Transcriptions", file] => recordings::transcription(world, method, without_ending(file)),
        ["Messages.json"] if method == Method::POST => messages::create(world, form),
        ["Messages", file] if method == Method::GET => messages::one(world, without_ending(file)),
        ["IncomingPhoneNumbers.json"] if method == Method::GET => Ok(numbers::list(world, query)),
        ["IncomingPhoneNumbers", file] => numbers::one(world, method, without_ending(file), form),
        _ => Err(Refused::not_there(path)),
    }
}

fn without_ending(file: &str) -> &str {
    file.trim_end_matches(".json")
}

/// Whether something could be a number of a telephone (ITU-T E.164).
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (7..=15).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
}

/// Refuses numbers that are not served.
fn served(world: &World, to: &str) -> Result<(), Refused> {
    match world.refused.get(to) {
        Some((code, message)) => Err(Refused::new(*code, message)),
        None => Ok(()),
    }
}

/// The number that a call or message is from: one of the account.
fn own_number<'a>(world: &World, form: &'a Form, codes: [u32; 2]) -> Result<&'a str, Refused> {
    let [missing, not_own] = codes;
    let from = form.filled("From").ok_or_else(|| Refused::new(missing, "A 'From' phone number is required."))?;
    if !world.numbers.contains_key(from) {
        return Err(Refused::new(not_own, format!("The 'From' number {from} is not a number of the account.")));
    }
    Ok(from)
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let of = |status: StatusCode, value: Value| {
            (status, [(CONTENT_TYPE, "application/json")], value.to_string()).into_response()
        };
        match self {
            Answer::Found(value) => of(StatusCode::OK, value),
            Answer::Created(value) => of(StatusCode::CREATED, value),
            Answer::Gone => StatusCode::NO_CONTENT.into_response(),
            Answer::Audio(bytes) => ([(CONTENT_TYPE, "audio/x-wav")], bytes).into_response(),
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let told = json!({
            "code": self.code,
            "message": self.message,
            "more_info": format!("https://www.twilio.com/docs/errors/{}", self.code),
            "status": self.status.as_u16(),
        });
        (self.status, [(CONTENT_TYPE, "application/json")], told.to_string()).into_response()
    }
}
