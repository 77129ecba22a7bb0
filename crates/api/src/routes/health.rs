use std::time::Duration;

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::guard::{ANYONE, NOBODY};
use crate::problem::{Problem, Refusals, UNAVAILABLE};

const PATIENCE: Duration = Duration::from_secs(3);

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(health))
        .routes(routes!(lives))
        .routes(routes!(is_ready))
        .routes(routes!(takes_phones))
}

/// Whether the service can do its work.
#[derive(Serialize, ToSchema)]
struct Health {
    /// `ok`.
    status: &'static str,
}

const OK: Health = Health { status: "ok" };

/// Tell whether the service and its database answer
#[utoipa::path(get, path = "/health",
    responses((status = 200, description = "They do.", body = Health), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(NOBODY))))]
async fn health(State(app): State<App>) -> Result<Answer<Health>, Problem> {
    match tokio::time::timeout(PATIENCE, app.engine.store().read()).await {
        Ok(begun) => begun.map(|_| Answer::ok(OK)).map_err(Problem::from),
        Err(_) => Err(Problem::new(UNAVAILABLE, "the database does not answer").retry_after(5)),
    }
}

/// Tell whether the program lives
///
/// The database is not asked: a program that waits for it need not be started again.
#[utoipa::path(get, path = "/livez",
    responses((status = 200, description = "It does.", body = Health), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(NOBODY))))]
async fn lives() -> Answer<Health> {
    Answer::ok(OK)
}

/// Tell whether requests may be sent here
///
/// They may, while the database answers (its schema was brought up to date before the program listened) and the program is not about to end.
#[utoipa::path(get, path = "/readyz",
    responses((status = 200, description = "They may.", body = Health), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(NOBODY))))]
async fn is_ready(State(app): State<App>) -> Result<Answer<Health>, Problem> {
    answered(app.readiness.goes_on() && reads(&app).await)
}

/// Tell whether phones may connect here
///
/// Of several programs on one database one carries the calls of the built-in exchange: phones (`/socket.io`) are to be sent to it.
#[utoipa::path(get, path = "/readyz/phones",
    responses((status = 200, description = "They may.", body = Health), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(NOBODY))))]
async fn takes_phones(State(app): State<App>) -> Result<Answer<Health>, Problem> {
    let is_switch = app.phones.is_some_and(|switch| app.exchange.holds(switch));
    answered(app.readiness.goes_on() && is_switch && reads(&app).await)
}

async fn reads(app: &App) -> bool {
    matches!(tokio::time::timeout(PATIENCE, app.engine.store().read()).await, Ok(Ok(_)))
}

/// Strangers are told no more than yes or no.
fn answered(ready: bool) -> Result<Answer<Health>, Problem> {
    if ready { Ok(Answer::ok(OK)) } else { Err(Problem::new(UNAVAILABLE, "not ready").retry_after(5)) }
}
