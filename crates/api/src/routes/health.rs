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
    OpenApiRouter::new().routes(routes!(health))
}

/// Whether the service can do its work.
#[derive(Serialize, ToSchema)]
struct Health {
    /// `ok`.
    status: &'static str,
}

/// Tell whether the service and its database answer
#[utoipa::path(get, path = "/health",
    responses((status = 200, description = "They do.", body = Health), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(NOBODY))))]
async fn health(State(app): State<App>) -> Result<Answer<Health>, Problem> {
    match tokio::time::timeout(PATIENCE, app.engine.store().read()).await {
        Ok(begun) => begun.map(|_| Answer::ok(Health { status: "ok" })).map_err(Problem::from),
        Err(_) => Err(Problem::new(UNAVAILABLE, "the database does not answer").retry_after(5)),
    }
}
