//! What is held of a person, as the law lets it ask (GDPR, articles 15 and 20).

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use engine::Actor;
use engine::persons::{self, Person};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::body::Body;
use crate::guard::{ADMINS, Caller, TENANT};
use crate::params::Id;
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(export_customer))
        .routes(routes!(export_agent))
        .routes(routes!(export_member))
        .routes(routes!(export_caller))
}

/// Whoever calls groups with a number.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"number": "+441632960555"}))]
struct CallerNumber {
    /// As it is dialled, or with its plus.
    number: String,
}

/// Export what is held of a customer
///
/// All of it, as one document: `held` has the rows of each kind of record, by name. Who exports it is written in the audit trail.
#[utoipa::path(get, path = "/customers/{id}/personal-data", params(("id" = String, Path)),
    responses((status = 200, description = "What is held.", body = Object), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn export_customer(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<Response, Problem> {
    exported(&app, &actor, &Person::Customer(id)).await
}

/// Export what is held of an agent
///
/// All of it, as one document: `held` has the rows of each kind of record, by name. Who exports it is written in the audit trail.
#[utoipa::path(get, path = "/agents/{id}/personal-data", params(("id" = String, Path)),
    responses((status = 200, description = "What is held.", body = Object), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn export_agent(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<Response, Problem> {
    exported(&app, &actor, &Person::Agent(id)).await
}

/// Export what is held of a member
///
/// Of somebody who signs in, and what it has done in this tenant; the customer or agent that it may be is exported by itself. Who exports it is
/// written in the audit trail.
#[utoipa::path(get, path = "/members/{id}/personal-data", params(("id" = String, Path)),
    responses((status = 200, description = "What is held.", body = Object), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn export_member(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<Response, Problem> {
    exported(&app, &actor, &Person::Member(id)).await
}

/// Export what is held of a caller of groups
///
/// By its number, under which nothing need be held: it is looked for under the name that each group makes of it, too. Calls of groups that were
/// deleted are not found by a name. Who exports it is written in the audit trail, under those names.
#[utoipa::path(post, path = "/callers/personal-data", request_body = CallerNumber,
    responses((status = 200, description = "What is held.", body = Object), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn export_caller(
    State(app): State<App>,
    Caller(actor): Caller,
    Body(CallerNumber { number }): Body<CallerNumber>,
) -> Result<Response, Problem> {
    exported(&app, &actor, &Person::Caller(number)).await
}

async fn exported(app: &App, actor: &Actor, person: &Person) -> Result<Response, Problem> {
    let document = persons::export(&app.engine, actor, person).await?;
    let name = format!("attachment; filename=\"{}.json\"", person.kind());
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CONTENT_DISPOSITION, name.as_str()),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, document).into_response())
}
