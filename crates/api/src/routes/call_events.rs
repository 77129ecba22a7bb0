//! What a switch reports of a call while it happens.

use axum::extract::State;
use axum::response::Response;
use domain::invalid::Invalid;
use domain::time::Instant;
use engine::calls::{self, CallEvent, Direction, Disposition, EventKind};
use engine::{Scope, Work, tenants};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::calls::CallDocument;
use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Posted};
use crate::fields;
use crate::guard::{Caller, REPORTERS, TENANT};
use crate::problem::{Problem, Refusals};

const LONGEST_ORIGIN: usize = 200;
const LONGEST_TEXT: usize = 80;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(report_call_event))
}

/// What happened to a call. The start tells who called whom and who pays, the end how it went.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"origin": "pbx1:1795166377.45", "event": "end", "at": "2026-10-03T09:03:12Z", "duration_seconds": "61"}))]
struct CallEventDocument {
    /// What the call is to its switch.
    origin: Option<String>,
    /// The same as `origin`.
    call_id: Option<String>,
    event: Event,
    /// When it happened: now, where it is not given.
    at: Option<String>,
    /// Of a start: the caller's number.
    from: Option<String>,
    /// Of a start: the number called.
    to: Option<String>,
    /// Of a start: the id of the line that pays. Without it the account code pays, else the line with the caller's number.
    line: Option<String>,
    /// Of a start: what the switch calls the payer.
    account_code: Option<String>,
    /// Of a start: the id of the paid agent who is called.
    agent: Option<String>,
    /// Of a start: `outbound` where it is not given.
    #[schema(value_type = Option<String>, pattern = "^(outbound|inbound|internal)$")]
    direction: Option<Direction>,
    /// Of an end: how it went. Where it is not given, the call was answered.
    #[schema(value_type = Option<String>, pattern = "^(answered|busy|no_answer|refused|cancelled|failed)$")]
    disposition: Option<Disposition>,
    /// Of an end: the time from answer to end, where the switch measured it; a number without exponent, or the same as a text.
    #[schema(value_type = Option<String>)]
    duration_seconds: Option<Box<RawValue>>,
    /// Of an end: the cause by ITU-T Q.850.
    cause: Option<u16>,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CallEventKind)]
enum Event {
    /// It was made.
    Start,
    /// It was answered.
    Answer,
    /// It ended.
    End,
}

/// An event whose fields are read.
#[derive(Debug, Clone)]
struct Told {
    origin: String,
    at: Option<Instant>,
    kind: EventKind,
}

/// Report what happened to a call
///
/// The events of a call may come in any order, and more than once: what was reported first stays. When all is known that its price
/// needs, the call is rated and charged, once.
#[utoipa::path(post, path = "/call-events", request_body = CallEventDocument,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, description = "The call as it is known now.", body = CallDocument), Refusals),
    extensions(("x-roles" = json!(REPORTERS)), ("x-owner" = json!(TENANT))))]
async fn report_call_event(
    State(app): State<App>,
    caller: Caller,
    Posted { claim, body: Body(document) }: Posted<Body<CallEventDocument>>,
) -> Result<Response, Problem> {
    let told = document.read()?;
    app.once(&caller, claim, move |work| {
        let told = told.clone();
        Box::pin(report(work, told))
    })
    .await
}

async fn report(work: &mut Work, told: Told) -> Result<Answer<CallDocument>, Problem> {
    if let EventKind::End { duration_ms: Some(duration), .. } = &told.kind {
        // Told at once: the end may come before the start, and the call would then be refused with its start.
        let longest = tenants::get(work).await?.settings.longest_call_seconds;
        if *duration > i64::from(longest) * 1000 {
            let detail = format!("is longer than the longest call of {longest} s (setting longest_call_seconds)");
            return Err(Invalid::at("/duration_seconds", detail).into());
        }
    }
    let event = CallEvent { origin: told.origin, at: told.at.unwrap_or(work.now()), kind: told.kind };
    Ok(Answer::ok(CallDocument::of(calls::report(work, &event).await?)))
}

impl CallEventDocument {
    fn read(self) -> Result<Told, Problem> {
        let origin = match (&self.origin, &self.call_id) {
            (Some(_), Some(_)) => {
                return Err(Invalid::at("/call_id", "is the same as origin: give one of them").into());
            }
            (origin, call_id) => fields::required("/origin", origin.clone().or_else(|| call_id.clone()))?,
        };
        fields::one_line("/origin", &origin, LONGEST_ORIGIN)?;
        if origin.is_empty() {
            return Err(Invalid::at("/origin", "must not be empty").into());
        }
        self.refuse_foreign_fields()?;
        let at = fields::instant("/at", self.at.as_ref())?;
        let kind = match self.event {
            Event::Start => self.start()?,
            Event::Answer => EventKind::Answer,
            Event::End => EventKind::End {
                disposition: self.disposition,
                duration_ms: fields::thousandths("/duration_seconds", self.duration_seconds.as_deref())?,
                cause: self.cause,
            },
        };
        Ok(Told { origin, at, kind })
    }

    fn start(self) -> Result<EventKind, Problem> {
        let texts =
            [("/from", &self.from), ("/to", &self.to), ("/line", &self.line), ("/account_code", &self.account_code)];
        for (pointer, text) in texts {
            fields::one_line(pointer, text.as_deref().unwrap_or_default(), LONGEST_TEXT)?;
        }
        Ok(EventKind::Start {
            direction: self.direction.unwrap_or_default(),
            from: self.from.unwrap_or_default(),
            to: fields::required("/to", self.to)?,
            line: self.line,
            account_code: self.account_code,
            agent: self.agent,
        })
    }

    /// Refuses fields of another event than this: what they say would be lost.
    fn refuse_foreign_fields(&self) -> Result<(), Problem> {
        let fields = [
            ("/from", Event::Start, self.from.is_some()),
            ("/to", Event::Start, self.to.is_some()),
            ("/line", Event::Start, self.line.is_some()),
            ("/account_code", Event::Start, self.account_code.is_some()),
            ("/agent", Event::Start, self.agent.is_some()),
            ("/direction", Event::Start, self.direction.is_some()),
            ("/disposition", Event::End, self.disposition.is_some()),
            ("/duration_seconds", Event::End, self.duration_seconds.is_some()),
            ("/cause", Event::End, self.cause.is_some()),
        ];
        match fields.into_iter().find(|(_, of, given)| *given && *of != self.event) {
            Some((pointer, ..)) => Err(Invalid::at(pointer, "does not belong to this event").into()),
            None => Ok(()),
        }
    }
}
