//! Ending calls that run.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::guard::{CLERKS, Caller, PARTY, PHONES, TENANT};
use crate::params::Id;
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(hang_up)).routes(routes!(hang_up_all))
}

/// How many calls are ended.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"calls": 3}))]
struct HungUp {
    calls: usize,
}

/// Hang up a call
///
/// Ends a call that the built-in softswitch or an Asterisk of Tollgate's carries: both are told, and it is charged until now. Its payer and its agent
/// may do it, and the tenant. Calls to emergency and service numbers go on. Calls of other switches, by the charging API, are ended there.
#[utoipa::path(post, path = "/calls/{id}/hang-up", params(("id" = String, Path)),
    responses((status = 204, description = "It is ended."), Refusals),
    extensions(("x-roles" = json!(PHONES)), ("x-owner" = json!(PARTY))))]
async fn hang_up(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<StatusCode, Problem> {
    app.exchange.hang_up(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Hang up all calls
///
/// Ends every call that the built-in softswitch or an Asterisk of Tollgate's carries, but those to emergency and service numbers.
#[utoipa::path(post, path = "/calls/hang-up",
    responses((status = 200, description = "They are ended.", body = HungUp), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn hang_up_all(State(app): State<App>, Caller(actor): Caller) -> Result<Answer<HungUp>, Problem> {
    Ok(Answer::ok(HungUp { calls: app.exchange.hang_up_all(&actor).await? }))
}
