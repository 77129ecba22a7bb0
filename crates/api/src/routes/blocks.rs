//! Customers who do not want to hear from agents, and agents from customers.

use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use domain::message::Side;
use engine::blocks::{self, Block};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{Body, OrNothing};
use crate::guard::{AGENT, AGENTS, CUSTOMER, CUSTOMERS, Caller, DESK, PAYERS};
use crate::paging::{Page, PageParams};
use crate::params::{Id, Params};
use crate::problem::{NOT_FOUND, Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(block_agent, unblock_agent))
        .routes(routes!(block_customer, unblock_customer))
        .routes(routes!(list_blocked_agents))
        .routes(routes!(list_blocked_customers))
}

/// The id of who blocks, and of who is blocked.
struct Two(String, String);

impl<S: Send + Sync> FromRequestParts<S> for Two {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let two = Path::<(String, String)>::from_request_parts(parts, state).await;
        two.map(|Path((id, other))| Two(id, other))
            .map_err(|_| Problem::new(NOT_FOUND, "the address has no readable ids"))
    }
}

/// Why somebody is blocked.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "calls at night"}))]
struct BlockReason {
    /// For who blocks and for the staff, up to 500 characters.
    reason: Option<String>,
}

/// A customer and an agent of whom one does not want to hear from the other.
#[derive(Debug, Serialize, ToSchema)]
struct BlockDocument {
    customer: String,
    agent: String,
    /// `customer` or `agent`.
    #[schema(value_type = String)]
    blocked_by: Side,
    reason: Option<String>,
    created_at: String,
}

/// Block an agent
///
/// The customer's messages to the agent, the agent's to the customer, and calls between them are refused from now on; a call that runs
/// goes on. Neither is told which of them wants it so. One who is blocked already stays so.
#[utoipa::path(put, path = "/customers/{id}/blocks/{agent}", request_body = Option<BlockReason>,
    params(("id" = String, Path), ("agent" = String, Path)),
    responses((status = 200, description = "The agent is blocked.", body = BlockDocument), Refusals),
    extensions(("x-roles" = json!(PAYERS)), ("x-owner" = json!(CUSTOMER))))]
async fn block_agent(
    State(app): State<App>,
    caller: Caller,
    Two(customer, agent): Two,
    OrNothing(body): OrNothing<Body<BlockReason>>,
) -> Result<Response, Problem> {
    block(&app, &caller, Side::Customer, (customer, agent), body).await
}

/// Take the block of an agent away
#[utoipa::path(delete, path = "/customers/{id}/blocks/{agent}", params(("id" = String, Path), ("agent" = String, Path)),
    responses((status = 204, description = "The agent is not blocked any more."), Refusals),
    extensions(("x-roles" = json!(PAYERS)), ("x-owner" = json!(CUSTOMER))))]
async fn unblock_agent(
    State(app): State<App>,
    caller: Caller,
    Two(customer, agent): Two,
) -> Result<StatusCode, Problem> {
    unblock(&app, &caller, Side::Customer, (customer, agent)).await
}

/// Block a customer
///
/// As `PUT /customers/{id}/blocks/{agent}`, for the agent.
#[utoipa::path(put, path = "/agents/{id}/blocks/{customer}", request_body = Option<BlockReason>,
    params(("id" = String, Path), ("customer" = String, Path)),
    responses((status = 200, description = "The customer is blocked.", body = BlockDocument), Refusals),
    extensions(("x-roles" = json!(DESK)), ("x-owner" = json!(AGENT))))]
async fn block_customer(
    State(app): State<App>,
    caller: Caller,
    Two(agent, customer): Two,
    OrNothing(body): OrNothing<Body<BlockReason>>,
) -> Result<Response, Problem> {
    block(&app, &caller, Side::Agent, (customer, agent), body).await
}

/// Take the block of a customer away
#[utoipa::path(delete, path = "/agents/{id}/blocks/{customer}", params(("id" = String, Path), ("customer" = String, Path)),
    responses((status = 204, description = "The customer is not blocked any more."), Refusals),
    extensions(("x-roles" = json!(DESK)), ("x-owner" = json!(AGENT))))]
async fn unblock_customer(
    State(app): State<App>,
    caller: Caller,
    Two(agent, customer): Two,
) -> Result<StatusCode, Problem> {
    unblock(&app, &caller, Side::Agent, (customer, agent)).await
}

/// List the agents whom a customer has blocked
///
/// In the order of their ids.
#[utoipa::path(get, path = "/customers/{id}/blocks", params(("id" = String, Path), PageParams),
    responses((status = 200, description = "A page.", body = Page<BlockDocument>), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn list_blocked_agents(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Params(list): Params<PageParams>,
) -> Result<Answer<Page<BlockDocument>>, Problem> {
    page(&app, &caller, (Side::Customer, &id), &list).await
}

/// List the customers whom an agent has blocked
///
/// In the order of their ids.
#[utoipa::path(get, path = "/agents/{id}/blocks", params(("id" = String, Path), PageParams),
    responses((status = 200, description = "A page.", body = Page<BlockDocument>), Refusals),
    extensions(("x-roles" = json!(AGENTS)), ("x-owner" = json!(AGENT))))]
async fn list_blocked_customers(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Params(list): Params<PageParams>,
) -> Result<Answer<Page<BlockDocument>>, Problem> {
    page(&app, &caller, (Side::Agent, &id), &list).await
}

async fn block(
    app: &App,
    caller: &Caller,
    by: Side,
    (customer, agent): (String, String),
    body: Option<Body<BlockReason>>,
) -> Result<Response, Problem> {
    let reason = body.and_then(|Body(BlockReason { reason })| reason);
    app.once(caller, None, move |work| {
        let (customer, agent, reason) = (customer.clone(), agent.clone(), reason.clone());
        Box::pin(async move {
            let block = blocks::block(work, by, (&customer, &agent), reason).await?;
            Ok(Answer::ok(BlockDocument::of(block)))
        })
    })
    .await
}

async fn unblock(
    app: &App,
    Caller(actor): &Caller,
    by: Side,
    (customer, agent): (String, String),
) -> Result<StatusCode, Problem> {
    app.engine
        .run(actor, |work| {
            let (customer, agent) = (customer.clone(), agent.clone());
            Box::pin(async move { blocks::unblock(work, by, (&customer, &agent)).await })
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn page(
    app: &App,
    Caller(actor): &Caller,
    (by, id): (Side, &str),
    list: &PageParams,
) -> Result<Answer<Page<BlockDocument>>, Problem> {
    let wanted = list.wanted()?;
    let rows = blocks::page(&mut app.engine.view(actor).await?, by, id, wanted.key(), wanted.rows()).await?;
    let key = |row: &Block| if by == Side::Customer { row.agent.clone() } else { row.customer.clone() };
    Ok(Answer::ok(wanted.page(rows, key, BlockDocument::of)))
}

impl BlockDocument {
    fn of(block: Block) -> Self {
        BlockDocument {
            customer: block.customer,
            agent: block.agent,
            blocked_by: block.blocked_by,
            reason: block.reason,
            created_at: block.created_at.to_string(),
        }
    }
}
