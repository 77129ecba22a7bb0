use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::invalid::{self, Invalid};
use domain::quote;
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{bytes, media_type};
use crate::guard::{Caller, READERS, TENANT};
use crate::problem::{INVALID, Problem, Refusals, WRONG_TYPE};

const LINES: &str = "application/x-ndjson";

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(quote))
}

/// What is asked.
enum Questions {
    /// One object.
    One(Bytes),
    /// An array of objects.
    Many(Vec<Box<RawValue>>),
    /// An object a line.
    Lines(Bytes),
}

/// Answer what something would cost
///
/// One request object, an array of them, or one a line (`application/x-ndjson`). Each has a `kind`: `call` (what a call costs),
/// `authorize` (how long it may last) or `fees` (what a period's fees are). Nothing is stored; the functions that charge and bill
/// answer.
///
/// A single object that cannot be answered is refused with a problem that also has its `id` and an `error`. Of an array or of
/// lines each is answered by itself, and one that cannot be answered has an `error` with `reason`, `detail` and perhaps `pointer`.
#[utoipa::path(post, path = "/quotes",
    request_body(content((Object = "application/json", example = json!({
        "id": "1", "kind": "call", "time_zone": "America/Toronto",
        "plan": {"name": "Evenings", "currency": "USD", "rate": {"price_per_minute": "0.05"}},
        "call": {"to": "441632960001", "answered_at": "2026-02-03T04:05:06Z", "duration_seconds": "85.2"}
    })), (String = "application/x-ndjson"))),
    responses((status = 200, description = "The answer, or the answers in the order of the requests.", body = Object), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn quote(State(app): State<App>, _: Caller, questions: Questions) -> Result<Response, Problem> {
    // A long call by short increments is work without a pause, and takes memory for each: other requests are not to wait for it, and no
    // more are computed at once than there are processors, also where nobody waits for the answer any more.
    let turn = app.quoting.clone().acquire_owned().await.map_err(|error| Problem::internal(error.to_string()))?;
    let answered = tokio::task::spawn_blocking(move || {
        let answered = questions.answered();
        drop(turn);
        answered
    });
    answered.await.map_err(|error| Problem::internal(error.to_string()))?
}

impl Questions {
    fn answered(self) -> Result<Response, Problem> {
        match self {
            Questions::One(request) => one(&request),
            Questions::Many(requests) => {
                let answers = requests.iter().map(|request| quote::answer(request.get().as_bytes()));
                Ok(Answer::ok(answers.collect::<Vec<Value>>()).into_response())
            }
            Questions::Lines(text) => {
                let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
                let answers: String = lines.map(|line| format!("{}\n", quote::answer(line))).collect();
                Ok(([(header::CONTENT_TYPE, LINES)], answers).into_response())
            }
        }
    }
}

fn one(request: &[u8]) -> Result<Response, Problem> {
    json(request)?;
    let answer = quote::answer(request);
    let Some(error) = answer.get("error") else { return Ok(Answer::ok(answer).into_response()) };
    let text = |field: &str| error.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    let problem = Problem::new(INVALID, text("detail")).at(&text("pointer")).figure("error", error.clone());
    Err(match answer.get("id") {
        Some(id) => problem.figure("id", id.clone()),
        None => problem,
    })
}

/// Refuses what is no JSON, or is nested beyond all bounds.
fn json(text: &[u8]) -> Result<(), Problem> {
    let read: Result<Value, _> = serde_json::from_slice(text);
    read.map(|_| ()).map_err(|error| Problem::unreadable(Invalid::at("", error.to_string())))
}

impl<S: Send + Sync> FromRequest<S> for Questions {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let media_type = media_type(request.headers()).unwrap_or_default().to_ascii_lowercase();
        let bytes = bytes(request, state).await?;
        match media_type.as_str() {
            LINES => Ok(Questions::Lines(bytes)),
            "application/json" if bytes.trim_ascii_start().first() == Some(&b'[') => {
                json(&bytes)?;
                invalid::parse(&bytes).map(Questions::Many).map_err(Problem::unreadable)
            }
            "application/json" => Ok(Questions::One(bytes)),
            _ => {
                let detail = format!("must be application/json or {LINES}");
                Err(Problem::header(WRONG_TYPE, "Content-Type", detail))
            }
        }
    }
}
