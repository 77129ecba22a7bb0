//! Swaps: shifts that agents offer to the others of their group.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::invalid::Invalid;
use domain::roster::SwapState;
use domain::time::Date;
use engine::swaps::{self, Act, Named, NewSwap, Swap};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Posted};
use crate::guard::{AGENT, AGENTS, COORDINATORS, Caller, DESK, ROSTER_READERS, TENANT};
use crate::params::{Id, Ids};
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(offer_swap, list_agent_swaps))
        .routes(routes!(take_swap))
        .routes(routes!(withdraw_swap))
        .routes(routes!(list_group_swaps))
        .routes(routes!(decide_swap))
}

/// A shift of an agent, or a part of one, that it offers to others.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"group": "grp_0", "date": "2026-12-24", "hours": "18:00-22:00"}))]
struct SwapBody {
    /// The id of the group.
    group: String,
    /// The date of the group's zone on which it begins.
    #[schema(value_type = String, format = Date)]
    date: Date,
    /// From when to when on that zone's wall clocks: all of it, as `GET /agents/{id}/shifts` tells it, or a part.
    hours: String,
    /// The id of the agent to whom alone it is offered; to all of the group, where nobody is named.
    only_for: Option<String>,
}

/// What a coordinator decides about a swap.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"approved": true}))]
struct DecisionBody {
    approved: bool,
}

/// A shift that an agent offered.
#[derive(Debug, Serialize, ToSchema)]
struct SwapDocument {
    id: String,
    group: NamedDocument,
    /// The group's zone.
    time_zone: String,
    /// Who offered it.
    agent: NamedDocument,
    /// To whom alone it is offered; to all of the group, where this is missing.
    only_for: Option<NamedDocument>,
    date: String,
    hours: String,
    from: String,
    until: String,
    /// `offered`; `taken`, when somebody has taken it; `approved` or `refused` by a coordinator, where the group wants that; `withdrawn`; `expired`, when
    /// it began before.
    #[schema(value_type = String)]
    state: SwapState,
    /// Whether it is taken and waits for a coordinator: the roster is as before until then.
    awaits_approval: bool,
    taken_by: Option<NamedDocument>,
    /// The override that came of it.
    #[serde(rename = "override")]
    change: Option<String>,
    /// Who did what, the first first.
    acts: Vec<SwapActDocument>,
    created_at: String,
}

/// A record and what it is called.
#[derive(Debug, Serialize, ToSchema)]
struct NamedDocument {
    id: String,
    name: String,
}

/// What somebody did about a swap.
#[derive(Debug, Serialize, ToSchema)]
struct SwapActDocument {
    at: String,
    /// `user:...`, `key:...`, or the id of an agent who used its link.
    by: String,
    /// What came of it.
    #[schema(value_type = String)]
    state: SwapState,
}

/// Some swaps.
#[derive(Debug, Serialize, ToSchema)]
struct SwapsDocument {
    /// In the order in which they begin.
    items: Vec<SwapDocument>,
}

/// Offer a shift of an agent to others
///
/// All of what `GET /agents/{id}/shifts` tells, or a part of it. Those of the group who want mails about shifts get one with a link by which they take it;
/// to take it they need not sign in.
#[utoipa::path(post, path = "/agents/{id}/swaps", request_body = SwapBody,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "It is offered.", body = SwapDocument), Refusals),
    extensions(("x-roles" = json!(DESK)), ("x-owner" = json!(AGENT))))]
async fn offer_swap(
    State(app): State<App>,
    caller: Caller,
    Id(agent): Id,
    Posted { claim, body: Body(body) }: Posted<Body<SwapBody>>,
) -> Result<Response, Problem> {
    let hours = body.hours.parse().map_err(|error| Invalid::at("/hours", format!("{error}")))?;
    let new = NewSwap { group: body.group, date: body.date, hours, only_for: body.only_for };
    app.once(&caller, claim, move |work| {
        let (agent, new) = (agent.clone(), new.clone());
        Box::pin(async move {
            let swap = swaps::offer(work, &agent, new).await?;
            let location = format!("/api/v1/agents/{}/swaps", swap.agent.id);
            Ok(Answer::created(location, SwapDocument::of(swap)))
        })
    })
    .await
}

/// List the swaps that concern an agent
///
/// Those that it offered or took, and those that it could take; those that began more than a month ago are left out.
#[utoipa::path(get, path = "/agents/{id}/swaps", params(("id" = String, Path)),
    responses((status = 200, description = "The swaps.", body = SwapsDocument), Refusals),
    extensions(("x-roles" = json!(AGENTS)), ("x-owner" = json!(AGENT))))]
async fn list_agent_swaps(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(agent): Id,
) -> Result<Answer<SwapsDocument>, Problem> {
    let found = swaps::of_agent(&mut app.engine.view(&actor).await?, &agent).await?;
    Ok(Answer::ok(SwapsDocument::of(found)))
}

/// Take a shift that is offered to an agent
///
/// The agent is on duty instead, by an override; or as soon as a coordinator approves, where the group wants that. Of two who take one has it.
#[utoipa::path(post, path = "/agents/{id}/swaps/{swap}/take", params(("id" = String, Path), ("swap" = String, Path)),
    responses((status = 200, description = "It is taken.", body = SwapDocument), Refusals),
    extensions(("x-roles" = json!(DESK)), ("x-owner" = json!(AGENT))))]
async fn take_swap(State(app): State<App>, caller: Caller, Ids(agent, swap): Ids) -> Result<Response, Problem> {
    app.once(&caller, None, move |work| {
        let (agent, swap) = (agent.clone(), swap.clone());
        Box::pin(async move { Ok(Answer::ok(SwapDocument::of(swaps::take(work, &swap, &agent).await?))) })
    })
    .await
}

/// Take an offer back
#[utoipa::path(delete, path = "/agents/{id}/swaps/{swap}", params(("id" = String, Path), ("swap" = String, Path)),
    responses((status = 204, description = "The agent keeps its shift."), Refusals),
    extensions(("x-roles" = json!(DESK)), ("x-owner" = json!(AGENT))))]
async fn withdraw_swap(
    State(app): State<App>,
    Caller(actor): Caller,
    Ids(agent, swap): Ids,
) -> Result<StatusCode, Problem> {
    app.engine
        .run(&actor, |work| {
            let (agent, swap) = (agent.clone(), swap.clone());
            Box::pin(async move { swaps::withdraw(work, &swap, &agent).await })
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List the swaps of a group
///
/// Those that began more than a month ago are left out.
#[utoipa::path(get, path = "/groups/{id}/swaps", params(("id" = String, Path)),
    responses((status = 200, description = "The swaps.", body = SwapsDocument), Refusals),
    extensions(("x-roles" = json!(ROSTER_READERS)), ("x-owner" = json!(TENANT))))]
async fn list_group_swaps(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(group): Id,
) -> Result<Answer<SwapsDocument>, Problem> {
    let found = swaps::of_group(&mut app.engine.view(&actor).await?, &group).await?;
    Ok(Answer::ok(SwapsDocument::of(found)))
}

/// Approve of a swap that was taken, or refuse it
///
/// Where the group wants it so: `swaps` is `approved`. The roster changes with the approval.
#[utoipa::path(put, path = "/swaps/{id}/decision", request_body = DecisionBody, params(("id" = String, Path)),
    responses((status = 200, description = "It is decided.", body = SwapDocument), Refusals),
    extensions(("x-roles" = json!(COORDINATORS)), ("x-owner" = json!(TENANT))))]
async fn decide_swap(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Body(body): Body<DecisionBody>,
) -> Result<Response, Problem> {
    app.once(&caller, None, move |work| {
        let id = id.clone();
        Box::pin(async move { Ok(Answer::ok(SwapDocument::of(swaps::decide(work, &id, body.approved).await?))) })
    })
    .await
}

impl SwapsDocument {
    fn of(found: Vec<Swap>) -> Self {
        SwapsDocument { items: found.into_iter().map(SwapDocument::of).collect() }
    }
}

impl SwapDocument {
    fn of(swap: Swap) -> Self {
        SwapDocument {
            awaits_approval: swap.awaits_approval(),
            id: swap.id,
            group: NamedDocument::of(swap.group),
            time_zone: swap.zone.name().to_owned(),
            agent: NamedDocument::of(swap.agent),
            only_for: swap.only_for.map(NamedDocument::of),
            date: swap.date.to_string(),
            hours: swap.hours.to_string(),
            from: swap.span.start.to_string(),
            until: swap.span.end.to_string(),
            state: swap.state,
            taken_by: swap.taken_by.map(NamedDocument::of),
            change: swap.change,
            acts: swap.acts.into_iter().map(SwapActDocument::of).collect(),
            created_at: swap.created_at.to_string(),
        }
    }
}

impl NamedDocument {
    fn of(Named { id, name }: Named) -> Self {
        NamedDocument { id, name }
    }
}

impl SwapActDocument {
    fn of(Act { at, by, state }: Act) -> Self {
        SwapActDocument { at: at.to_string(), by, state }
    }
}
