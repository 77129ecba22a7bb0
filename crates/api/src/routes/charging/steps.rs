//! What happens to a session: answer, extension, end, and signs of life.

use axum::extract::State;
use domain::invalid::Invalid;
use engine::calls::Disposition;
use engine::charging::{Ended, Ending, EndsAt, Reply, Step, What};
use engine::idempotency::Claim;
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::{EndDocument, GrantDocument, text};
use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Nothing, OrNothing, Posted};
use crate::fields;
use crate::guard::{Caller, SWITCHES, TENANT};
use crate::params::Id;
use crate::problem::{Problem, Refusals, WRONG_STATE};

/// The answer of a call.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"answered_at": "2026-10-15T12:00:03.250Z"}))]
pub(super) struct AnswerDocument {
    /// When it was answered: now, where it is not given.
    answered_at: Option<String>,
}

/// The end of a call. A call that was never answered has no `answered_at`, and costs nothing.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"ended_at": "2026-10-15T12:03:12.500Z", "cause": 16}))]
pub(super) struct EndingDocument {
    /// When it was answered, where that was not told before.
    answered_at: Option<String>,
    /// When it ended: now, where neither this nor the duration is given.
    ended_at: Option<String>,
    /// The time from answer to end, in place of `ended_at`; a number without exponent, or the same as a text.
    #[schema(value_type = Option<String>)]
    duration_seconds: Option<Box<RawValue>>,
    /// How it went. Where it is not given: `answered`, or `no_answer`.
    #[schema(value_type = Option<String>, pattern = "^(answered|busy|no_answer|refused|cancelled|failed)$")]
    disposition: Option<Disposition>,
    /// The cause of its end by ITU-T Q.850.
    cause: Option<u16>,
}

/// Tell that a call was answered
///
/// The granted seconds begin.
#[utoipa::path(post, path = "/charging/sessions/{id}/answer", request_body = Option<AnswerDocument>,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, description = "What is granted.", body = GrantDocument), Refusals),
    extensions(("x-roles" = json!(SWITCHES)), ("x-owner" = json!(TENANT))))]
pub(super) async fn answer_call(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Posted { claim, body: OrNothing(body) }: Posted<OrNothing<Body<AnswerDocument>>>,
) -> Result<Answer<GrantDocument>, Problem> {
    let document = body.map(|Body(document)| document).unwrap_or_default();
    let answered_at = fields::instant("/answered_at", document.answered_at.as_ref())?;
    granted(app.step(&caller, claim, id, Step::Answer { answered_at }).await?)
}

/// Extend a session
///
/// Raises the hold by another slice, before the granted seconds end. Where no more can be held, the answer says when the call must end.
#[utoipa::path(post, path = "/charging/sessions/{id}/extend",
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, description = "What is granted now.", body = GrantDocument), Refusals),
    extensions(("x-roles" = json!(SWITCHES)), ("x-owner" = json!(TENANT))))]
pub(super) async fn extend_call(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Posted { claim, body: Nothing {} }: Posted<Nothing>,
) -> Result<Answer<GrantDocument>, Problem> {
    granted(app.step(&caller, claim, id, Step::Extend).await?)
}

/// Give a sign of life
///
/// A call whose switch is silent for two heartbeats (setting `charging.heartbeat_seconds`) is settled at its last sign of life. Any
/// other request about the call is a sign of life too. A session that is over is refused: the call is to be ended.
#[utoipa::path(post, path = "/charging/sessions/{id}/heartbeat",
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, description = "What is granted.", body = GrantDocument), Refusals),
    extensions(("x-roles" = json!(SWITCHES)), ("x-owner" = json!(TENANT))))]
pub(super) async fn beat_for_call(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Posted { claim, body: Nothing {} }: Posted<Nothing>,
) -> Result<Answer<GrantDocument>, Problem> {
    granted(app.step(&caller, claim, id, Step::Beat).await?)
}

/// Settle a session
///
/// The call has ended: it is charged, once, also if this comes late. Seconds beyond those granted are noted as overrun, and charged to
/// postpaid customers alone. A session that had ended without its end being told is corrected.
#[utoipa::path(post, path = "/charging/sessions/{id}/settle", request_body = Option<EndingDocument>,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, description = "What it came to.", body = EndDocument), Refusals),
    extensions(("x-roles" = json!(SWITCHES)), ("x-owner" = json!(TENANT))))]
pub(super) async fn settle_call(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Posted { claim, body: OrNothing(body) }: Posted<OrNothing<Body<EndingDocument>>>,
) -> Result<Answer<EndDocument>, Problem> {
    let ending = body.map(|Body(document)| document).unwrap_or_default().read()?;
    let by_duration = matches!(ending.ended_at, EndsAt::After(_));
    let refused = |problem: Problem| {
        let told = |pointer: &str| if pointer == "/ended_at" { "/duration_seconds" } else { pointer }.to_owned();
        if by_duration { problem.placed(told) } else { problem }
    };
    ended(app.step(&caller, claim, id, Step::Settle(ending)).await.map_err(refused)?)
}

/// Release a session
///
/// The call is given up before it is answered. Nothing is charged. A call that was answered is settled.
#[utoipa::path(delete, path = "/charging/sessions/{id}",
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, description = "It is over.", body = EndDocument), Refusals),
    extensions(("x-roles" = json!(SWITCHES)), ("x-owner" = json!(TENANT))))]
pub(super) async fn release_call(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Posted { claim, body: Nothing {} }: Posted<Nothing>,
) -> Result<Answer<EndDocument>, Problem> {
    ended(app.step(&caller, claim, id, Step::Release).await?)
}

impl App {
    async fn step(&self, caller: &Caller, claim: Option<Claim>, session: String, step: Step) -> Result<Reply, Problem> {
        self.charge(caller, claim, What::Step { session, step }).await
    }
}

fn granted(reply: Reply) -> Result<Answer<GrantDocument>, Problem> {
    match reply {
        Reply::Granted(grant) => {
            let repeated = grant.repeated;
            Ok(Answer::ok(GrantDocument::of(grant)).replayed(repeated))
        }
        Reply::Ended(Ended { end, currency, .. }) => {
            let detail = format!("the session ended at {}: end the call", end.ended_at);
            Err(Problem::new(WRONG_STATE, detail)
                .figure("ended_at", end.ended_at.to_string())
                .figure("charged", text(end.charged.total()?, currency)))
        }
    }
}

fn ended(reply: Reply) -> Result<Answer<EndDocument>, Problem> {
    match reply {
        Reply::Ended(ended) => {
            let repeated = ended.repeated;
            Ok(Answer::ok(EndDocument::of(ended)?).replayed(repeated))
        }
        Reply::Granted(grant) => Err(Problem::internal(format!("the session {} runs after its end", grant.session))),
    }
}

impl EndingDocument {
    fn read(self) -> Result<Ending, Problem> {
        let ended_at = fields::instant("/ended_at", self.ended_at.as_ref())?;
        let duration = fields::thousandths("/duration_seconds", self.duration_seconds.as_deref())?;
        let ended_at = match (ended_at, duration) {
            (Some(_), Some(_)) => {
                let detail = "follows from answer and end: leave it out, or ended_at";
                return Err(Invalid::at("/duration_seconds", detail).into());
            }
            (Some(ended_at), None) => EndsAt::At(ended_at),
            (None, Some(millis)) => EndsAt::After(millis),
            (None, None) => EndsAt::Now,
        };
        Ok(Ending {
            answered_at: fields::instant("/answered_at", self.answered_at.as_ref())?,
            ended_at,
            disposition: self.disposition,
            cause: self.cause,
        })
    }
}
