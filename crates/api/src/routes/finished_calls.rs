//! Calls that arrive whole.

use axum::response::Response;
use domain::invalid::Invalid;
use domain::time::Instant;
use engine::agents::AgentError;
use engine::calls::{self, Direction, Disposition, FinishedCall};
use engine::idempotency::Claim;
use engine::tenants::{self, Settings};
use engine::{Scope, Work, agents};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::calls::CallDocument;
use super::paying::Paying;
use crate::App;
use crate::answer::Answer;
use crate::fields;
use crate::guard::Caller;
use crate::problem::{INVALID, Problem};

/// A call that has ended. When it was is told by `answered_at` and `ended_at`, or by `ended_at` and `duration_seconds`, or by
/// `minutes`, which then end now; a call that was not answered has `ended_at` and its `disposition`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"line": "0001", "to": "+442079460018", "answered_at": "2026-10-03T09:00:00Z",
    "ended_at": "2026-10-03T09:03:12.500Z", "origin": "billing-bridge:4711"}))]
pub(crate) struct FinishedCallDocument {
    /// What the call is to its switch: what has the same origin is the same call. Without one every request is a new call, unless
    /// its idempotency key says otherwise.
    origin: Option<String>,
    /// The id or the number of the line that pays. Without it the account code pays, else the line with the caller's number.
    line: Option<String>,
    /// What the switch calls the payer: a customer's external reference, else the number of a line.
    account_code: Option<String>,
    /// `outbound` where it is not given.
    #[schema(value_type = Option<String>, pattern = "^(outbound|inbound|internal)$")]
    direction: Option<Direction>,
    /// The caller's number.
    from: Option<String>,
    /// The number called, in any form that the dial plan reads.
    #[schema(value_type = String)]
    to: Option<String>,
    /// The id of the paid agent who was called.
    agent: Option<String>,
    /// `answered` where the times say so.
    #[schema(value_type = Option<String>, pattern = "^(answered|busy|no_answer|refused|cancelled|failed)$")]
    disposition: Option<Disposition>,
    /// The cause of its end by ITU-T Q.850.
    cause: Option<u16>,
    started_at: Option<String>,
    answered_at: Option<String>,
    ended_at: Option<String>,
    /// A number without exponent, or the same as a text.
    #[schema(value_type = Option<String>, example = "192.5")]
    duration_seconds: Option<Box<RawValue>>,
    /// A number without exponent, or the same as a text.
    #[schema(value_type = Option<String>, example = "3.5")]
    minutes: Option<Box<RawValue>>,
}

/// A document whose fields are read.
#[derive(Debug, Clone)]
struct Told {
    /// The call; its end is still open where `minutes` end now.
    call: FinishedCall,
    times: Times,
    /// The field that tells who pays.
    payer: &'static str,
}

/// When a call was.
#[derive(Debug, Clone, Copy)]
enum Times {
    /// It lasted so many milliseconds and ends now.
    EndsNow(i64),
    /// It ended at an instant, so many milliseconds after its answer, if it was answered.
    Ended(Instant, Option<i64>),
}

/// Records a finished call.
pub(super) async fn record_call(
    app: App,
    caller: Caller,
    claim: Option<Claim>,
    document: FinishedCallDocument,
) -> Result<Response, Problem> {
    let told = document.read()?;
    app.once(&caller, claim, move |work| {
        let told = told.clone();
        Box::pin(record(work, told))
    })
    .await
}

async fn record(work: &mut Work, told: Told) -> Result<Answer<CallDocument>, Problem> {
    let settings = tenants::get(work).await?.settings;
    let payer = told.payer;
    let call = told.at(work.now(), &settings)?;
    if let Some(agent) = &call.agent {
        agents::get(work, agent).await.map_err(|error| match error {
            AgentError::NotFound(_) => Problem::new(INVALID, error.to_string()).at("/agent"),
            other => other.into(),
        })?;
    }
    let (call, new) = calls::record(work, call).await?;
    if !new {
        return Ok(Answer::ok(CallDocument::of(call)));
    }
    if call.customer.is_none() {
        return Err(Invalid::at(
            payer,
            "nobody had this line when the call was answered: a line pays for calls from its opened_at on",
        )
        .into());
    }
    let location = format!("/api/v1/calls/{}", call.id);
    Ok(Answer::created(location, CallDocument::of(call)))
}

impl FinishedCallDocument {
    fn read(self) -> Result<Told, Problem> {
        let times = self.times()?;
        let answered = matches!(times, Times::EndsNow(_) | Times::Ended(_, Some(_)));
        let disposition = match (self.disposition, answered) {
            (None, true) => Disposition::Answered,
            (Some(disposition), _) if (disposition == Disposition::Answered) == answered => disposition,
            (Some(Disposition::Answered) | None, false) => {
                let detail = "is missing: an answered call has answered_at, duration_seconds or minutes; any other says how \
                              it went in disposition";
                return Err(Invalid::at("/answered_at", detail).into());
            }
            (Some(_), _) => {
                return Err(Invalid::at("/disposition", "only an answered call has an answer and a duration").into());
            }
        };
        let direction = self.direction.unwrap_or_default();
        let paying = Paying::told(self.line, self.account_code.clone(), self.from, direction)?;
        let call = FinishedCall {
            origin: self.origin.unwrap_or_else(|| format!("api:{}", uuid::Uuid::now_v7())),
            payer: paying.payer,
            direction,
            from: paying.from,
            to: fields::required("/to", self.to)?,
            agent: self.agent,
            account_code: self.account_code,
            link: None,
            started_at: fields::instant("/started_at", self.started_at.as_ref())?,
            answered_at: None,
            ended_at: Instant::FIRST,
            disposition,
            cause: self.cause,
        };
        Ok(Told { call, times, payer: paying.field })
    }

    fn times(&self) -> Result<Times, Problem> {
        let answered_at = fields::instant("/answered_at", self.answered_at.as_ref())?;
        let ended_at = fields::instant("/ended_at", self.ended_at.as_ref())?;
        let duration = fields::thousandths("/duration_seconds", self.duration_seconds.as_deref())?;
        let minutes = fields::thousandths("/minutes", self.minutes.as_deref())?;
        match (answered_at, ended_at, duration, minutes) {
            (None, None, None, Some(minutes)) => Ok(Times::EndsNow(minutes.saturating_mul(60))),
            (_, _, _, Some(_)) => {
                Err(Invalid::at("/minutes", "end now: leave answered_at, ended_at and duration_seconds out").into())
            }
            (Some(_), _, Some(_), None) => {
                Err(Invalid::at("/duration_seconds", "follows from answered_at and ended_at: leave it out").into())
            }
            (Some(answered_at), Some(ended_at), None, None) if answered_at > ended_at => {
                Err(Invalid::at("/ended_at", "is before the answer of the call").into())
            }
            (answered_at, Some(ended_at), duration, None) => {
                let talked = answered_at.map(|answered_at| ended_at.millis_since(answered_at));
                Ok(Times::Ended(ended_at, talked.or(duration)))
            }
            (_, None, _, None) => {
                let detail = "is missing: give answered_at and ended_at, or ended_at and duration_seconds, or minutes";
                Err(Invalid::at("/ended_at", detail).into())
            }
        }
    }
}

impl Told {
    /// The call as it is known now.
    fn at(self, now: Instant, settings: &Settings) -> Result<FinishedCall, Problem> {
        let dialled = &self.call.to;
        settings.dial_plan.canonical(dialled).map_err(|error| Invalid::at("/to", error.to_string()))?;
        let (ended_at, duration) = match self.times {
            Times::EndsNow(duration) => (now, Some(duration)),
            Times::Ended(ended_at, duration) => (ended_at, duration),
        };
        let answered_at = duration.map(|duration| {
            let before_1970 = |_| Invalid::at("/duration_seconds", "reaches back before 1970");
            ended_at.plus_millis(-duration).map_err(before_1970)
        });
        Ok(FinishedCall { answered_at: answered_at.transpose()?, ended_at, ..self.call })
    }
}
