//! The calls to groups that an agent has taken: what it notes of them, and how it passes one on.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::invalid::Invalid;
use domain::time::Instant;
use engine::groups::{self, CallNote, GroupCall, TransferTargets};
use engine::swaps::Named;
use engine::switching::TransferTo;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::group_calls::{CallNoteBody, id_of, origin};
use crate::App;
use crate::answer::Answer;
use crate::body::Body;
use crate::guard::{AGENT, AGENTS, Caller, DESK};
use crate::params::{Id, Ids};
use crate::problem::{Problem, Refusals};
use crate::version::IfMatch;

/// How many of an agent's calls are listed.
const LATEST: i64 = 20;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_own_group_calls))
        .routes(routes!(note_own_group_call))
        .routes(routes!(transfer_group_call))
        .routes(routes!(list_transfer_targets))
}

/// A call to a group that an agent has taken. Who called is not told here: agents do not see the numbers of callers.
#[derive(Debug, Serialize, ToSchema)]
struct OwnGroupCallDocument {
    id: String,
    group: String,
    group_name: String,
    called_at: String,
    answered_at: Option<String>,
    /// Null, as long as it runs.
    ended_at: Option<String>,
    /// The language that the caller chose.
    language: Option<String>,
    /// The id of the call that it answers, where by it the agent has called somebody back.
    answers: Option<String>,
    note: Option<String>,
    outcome: Option<String>,
    /// Counts how often something was noted: what `If-Match` is to say when something is noted.
    version: i64,
}

/// The calls to groups that an agent has taken.
#[derive(Debug, Serialize, ToSchema)]
struct OwnGroupCallsDocument {
    /// The latest first.
    items: Vec<OwnGroupCallDocument>,
}

/// To whom a call is passed on: `group` or `agent`, one of both.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"agent": "agt_0"}))]
struct TransferBody {
    /// The id of a group: whoever of it is on duty is rung, but who passes the call on.
    group: Option<String>,
    /// The id of an agent, whose phones ring.
    agent: Option<String>,
}

/// Somebody, or a group, to whom a call can be passed on.
#[derive(Debug, Serialize, ToSchema)]
struct TransferTargetDocument {
    id: String,
    name: String,
}

/// To whom an agent can pass a call on just now.
#[derive(Debug, Serialize, ToSchema)]
struct TransferTargetsDocument {
    /// The groups of which somebody else is on duty and free.
    groups: Vec<TransferTargetDocument>,
    /// These people.
    agents: Vec<TransferTargetDocument>,
}

/// List the calls to groups that an agent has taken
///
/// The latest 20, one that runs among them.
#[utoipa::path(get, path = "/agents/{id}/group-calls", params(("id" = String, Path)),
    responses((status = 200, description = "The calls.", body = OwnGroupCallsDocument), Refusals),
    extensions(("x-roles" = json!(AGENTS)), ("x-owner" = json!(AGENT))))]
async fn list_own_group_calls(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(agent): Id,
) -> Result<Answer<OwnGroupCallsDocument>, Problem> {
    let mut view = app.engine.view(&actor).await?;
    let mut items = Vec::new();
    for call in groups::calls_of_agent(&mut view, &agent, LATEST).await? {
        let name = groups::name_of(&mut view, &call.group).await?;
        items.push(OwnGroupCallDocument::of(call, name));
    }
    Ok(Answer::ok(OwnGroupCallsDocument { items }))
}

/// Note something of a call that an agent has taken
///
/// In the place of what was noted before.
#[utoipa::path(put, path = "/agents/{id}/group-calls/{call}/note", request_body = CallNoteBody,
    params(("id" = String, Path), ("call" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, description = "It is noted.", body = OwnGroupCallDocument), Refusals),
    extensions(("x-roles" = json!(DESK)), ("x-owner" = json!(AGENT))))]
async fn note_own_group_call(
    State(app): State<App>,
    caller: Caller,
    Ids(agent, call): Ids,
    IfMatch(version): IfMatch,
    Body(CallNoteBody { note, outcome }): Body<CallNoteBody>,
) -> Result<Response, Problem> {
    app.once(&caller, None, move |work| {
        let (agent, call) = (agent.clone(), origin(&call));
        let note = CallNote { note: note.clone(), outcome: outcome.clone() };
        Box::pin(async move {
            groups::call_of_agent(work, &agent, &call).await?;
            let call = groups::note_call(work, &call, note, version).await?;
            let (name, version) = (groups::name_of(work, &call.group).await?, call.notes);
            Ok(Answer::ok(OwnGroupCallDocument::of(call, name)).version(version))
        })
    })
    .await
}

/// Pass a group's call on
///
/// The caller hears that it is put through, and somebody else is rung; the agent who had it is free. Where nobody takes it, what the group has for
/// unanswered calls follows. It stays one call.
#[utoipa::path(post, path = "/agents/{id}/group-calls/{call}/transfer", request_body = TransferBody,
    params(("id" = String, Path), ("call" = String, Path)),
    responses((status = 204, description = "It is passed on."), Refusals),
    extensions(("x-roles" = json!(DESK)), ("x-owner" = json!(AGENT))))]
async fn transfer_group_call(
    State(app): State<App>,
    Caller(actor): Caller,
    Ids(agent, call): Ids,
    Body(body): Body<TransferBody>,
) -> Result<StatusCode, Problem> {
    let to = match (body.group, body.agent) {
        (Some(group), None) => TransferTo::Group(group),
        (None, Some(agent)) => TransferTo::Agent(agent),
        _ => {
            let detail = "say to whom the call is passed on: either `group` or `agent`";
            return Err(Invalid::at("", detail).into());
        }
    };
    app.exchange.transfer(&actor, &agent, &origin(&call), &to).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List to whom an agent can pass a call on
///
/// Just now: those of all groups who are on duty and free.
#[utoipa::path(get, path = "/agents/{id}/transfer-targets", params(("id" = String, Path)),
    responses((status = 200, description = "The groups and the people.", body = TransferTargetsDocument), Refusals),
    extensions(("x-roles" = json!(AGENTS)), ("x-owner" = json!(AGENT))))]
async fn list_transfer_targets(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(agent): Id,
) -> Result<Answer<TransferTargetsDocument>, Problem> {
    let TransferTargets { groups, agents } =
        groups::transfer_targets(&mut app.engine.view(&actor).await?, &agent).await?;
    let named =
        |some: Vec<Named>| some.into_iter().map(|Named { id, name }| TransferTargetDocument { id, name }).collect();
    Ok(Answer::ok(TransferTargetsDocument { groups: named(groups), agents: named(agents) }))
}

impl OwnGroupCallDocument {
    fn of(call: GroupCall, group_name: String) -> Self {
        let told = |at: Option<Instant>| at.map(|at| at.to_string());
        OwnGroupCallDocument {
            id: call.id(),
            group: call.group,
            group_name,
            called_at: call.called_at.to_string(),
            answered_at: told(call.answered_at),
            ended_at: told(call.ended_at),
            language: call.language,
            answers: call.answers.as_deref().map(id_of),
            note: call.note,
            outcome: call.outcome,
            version: call.notes,
        }
    }
}
