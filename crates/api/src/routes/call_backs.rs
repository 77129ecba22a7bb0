//! Calls back to who has called a group.

use axum::extract::State;
use axum::response::Response;
use domain::invalid::Invalid;
use engine::groups::CalledBack;
use engine::switching::{NewCallBack, PlacedBack, Unanswered};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::group_calls::{id_of, origin};
use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Posted};
use crate::guard::{AGENT, Caller, DESK};
use crate::params::Id;
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(call_back))
}

/// A call back to be placed: of a call, or of a message.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"call": "softswitch:flow_01jf5x2m8v3k9q7w4z6y1c0b2d"}))]
struct NewCallBackDocument {
    /// The id of the call to the group that is answered.
    call: Option<String>,
    /// The id of the message that is answered: this, or `call`.
    message: Option<String>,
    /// The id of the agent who calls back; yourself, where none is named. Agents name nobody else.
    agent: Option<String>,
    /// The agent's phone that rings; the first that can, where none is named.
    phone: Option<String>,
}

/// A call back that was placed.
#[derive(Debug, Serialize, ToSchema)]
struct CallBackDocument {
    /// Its id among the group's calls.
    id: String,
    /// The id of the group.
    group: String,
    /// The agent who calls back.
    agent: String,
    /// The id of the call that it answers.
    answers: String,
}

/// By which call somebody was called back.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CalledBackDocument {
    /// The id of that call among the group's.
    call: String,
    at: String,
    /// The agent who has called back; null, once that is forgotten.
    agent: Option<String>,
    /// `running`, `answered`, or `missed`.
    #[schema(pattern = "^(running|answered|message|missed|blocked)$")]
    result: &'static str,
}

/// Call back who has called a group
///
/// An agent's phone rings; where the group asks for that, it presses 1. Then the number rings that called, and no other: both see the group's number, and
/// neither the other's. Nobody pays for it. It stands among the group's calls (`GET /group-calls/{id}`), and the call or message that it answers tells of it.
///
/// Agents of the group call back by their own phones, and nobody else for them; coordinators name the agent who calls back, or are agents themselves.
#[utoipa::path(post, path = "/groups/{id}/call-backs", request_body = NewCallBackDocument,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 201, description = "The agent's phone rings.", body = CallBackDocument),
        (status = 200, description = "It was placed before.", body = CallBackDocument),
        Refusals),
    extensions(("x-roles" = json!(DESK)), ("x-owner" = json!(AGENT))))]
async fn call_back(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(group): Id,
    Posted { claim, body: Body(new) }: Posted<Body<NewCallBackDocument>>,
) -> Result<Response, Problem> {
    let of = match (new.call, new.message) {
        (Some(call), None) => Unanswered::Call(origin(&call)),
        (None, Some(message)) => Unanswered::Message(message),
        _ => return Err(Invalid::at("/call", "must be given, or `message`, and not both").into()),
    };
    let new =
        NewCallBack { group: group.clone(), of, agent: new.agent, phone: new.phone, key: claim.map(|claim| claim.key) };
    let PlacedBack { origin, agent, answers, repeated } = app.exchange.call_back(&actor, &new).await?;
    let id = id_of(&origin);
    let location = format!("/api/v1/group-calls/{id}");
    let document = CallBackDocument { id, group, agent, answers: id_of(&answers) };
    let answer = if repeated { Answer::ok(document) } else { Answer::created(location, document) };
    let text = answer.text()?;
    Ok(answer.replayed(repeated).written(text))
}

impl CalledBackDocument {
    pub(super) fn of(back: CalledBack) -> Self {
        CalledBackDocument {
            call: id_of(&back.origin),
            at: back.called_at.to_string(),
            agent: back.agent,
            result: back.result.name(),
        }
    }
}
