//! Who has seen what is held of a person.

use axum::extract::State;
use engine::Actor;
use engine::persons::{self, Person};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::audit::ChangeDocument;
use crate::App;
use crate::answer::Answer;
use crate::body::Body;
use crate::guard::{ADMINS, CHECKERS, Caller, TENANT};
use crate::paging::{Page, PageParams, Wanted};
use crate::params::{Id, Params};
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_customer_accesses))
        .routes(routes!(list_agent_accesses))
        .routes(routes!(list_member_accesses))
        .routes(routes!(list_caller_accesses))
}

/// Whoever calls groups with a number.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"number": "+441632960555"}))]
struct AccessedCaller {
    /// As it is dialled, or with its plus.
    number: String,
    /// 1 to 500, 50 where it is not given.
    limit: Option<u16>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List who has seen what is held of a customer
///
/// Who heard a recording, read a conversation, or exported its calls or all that is held; the newest first. Who does one thing again and again is
/// listed once an hour.
#[utoipa::path(get, path = "/customers/{id}/accesses", params(("id" = String, Path), PageParams),
    responses((status = 200, description = "A page.", body = Page<ChangeDocument>), Refusals),
    extensions(("x-roles" = json!(CHECKERS)), ("x-owner" = json!(TENANT))))]
async fn list_customer_accesses(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
    Params(list): Params<PageParams>,
) -> Result<Answer<Page<ChangeDocument>>, Problem> {
    listed(&app, &actor, &Person::Customer(id), list.wanted()?).await
}

/// List who has seen what is held of an agent
///
/// Who exported it; the newest first.
#[utoipa::path(get, path = "/agents/{id}/accesses", params(("id" = String, Path), PageParams),
    responses((status = 200, description = "A page.", body = Page<ChangeDocument>), Refusals),
    extensions(("x-roles" = json!(CHECKERS)), ("x-owner" = json!(TENANT))))]
async fn list_agent_accesses(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
    Params(list): Params<PageParams>,
) -> Result<Answer<Page<ChangeDocument>>, Problem> {
    listed(&app, &actor, &Person::Agent(id), list.wanted()?).await
}

/// List who has seen what is held of a member
///
/// Who exported it; the newest first.
#[utoipa::path(get, path = "/members/{id}/accesses", params(("id" = String, Path), PageParams),
    responses((status = 200, description = "A page.", body = Page<ChangeDocument>), Refusals),
    extensions(("x-roles" = json!(CHECKERS)), ("x-owner" = json!(TENANT))))]
async fn list_member_accesses(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
    Params(list): Params<PageParams>,
) -> Result<Answer<Page<ChangeDocument>>, Problem> {
    listed(&app, &actor, &Person::Member(id), list.wanted()?).await
}

/// List who has seen what is held of a caller of groups
///
/// Who heard or read a message, saw a call, exported what is held, or listed the calls of a group in which the caller's stand; the newest first.
#[utoipa::path(post, path = "/callers/accesses", request_body = AccessedCaller,
    responses((status = 200, description = "A page.", body = Page<ChangeDocument>), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn list_caller_accesses(
    State(app): State<App>,
    Caller(actor): Caller,
    Body(AccessedCaller { number, limit, cursor }): Body<AccessedCaller>,
) -> Result<Answer<Page<ChangeDocument>>, Problem> {
    let limit = limit.map(|limit| limit.to_string());
    listed(&app, &actor, &Person::Caller(number), Wanted::read(limit.as_ref(), cursor.as_ref())?).await
}

async fn listed(
    app: &App,
    actor: &Actor,
    person: &Person,
    wanted: Wanted,
) -> Result<Answer<Page<ChangeDocument>>, Problem> {
    let mut view = app.engine.view(actor).await?;
    let rows = persons::accesses(&mut view, person, wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), ChangeDocument::of)))
}
