//! Routes that show and move a test clock.

use axum::extract::State;
use domain::time::Instant;
use engine::Clock;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::Body;
use crate::fields;
use crate::guard::{Caller, TENANT};
use crate::problem::{NOT_FOUND, Problem, Refusals};

/// Declares an operation for the owner alone.
const OWNERS: &[&str] = &["owner"];

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show_clock, move_clock))
}

/// What the clock shows.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClockDocument {
    now: String,
}

/// Show the test clock
#[utoipa::path(get, path = "/test/clock",
    responses((status = 200, description = "What it shows.", body = ClockDocument), Refusals),
    extensions(("x-roles" = json!(OWNERS)), ("x-owner" = json!(TENANT))))]
async fn show_clock(State(app): State<App>, _: Caller) -> Answer<ClockDocument> {
    Answer::ok(ClockDocument { now: app.engine.clock().now().to_string() })
}

/// Move the test clock
///
/// It never goes back: an earlier instant changes nothing.
#[utoipa::path(post, path = "/test/clock", request_body = ClockDocument,
    responses((status = 200, description = "What it shows now.", body = ClockDocument), Refusals),
    extensions(("x-roles" = json!(OWNERS)), ("x-owner" = json!(TENANT))))]
async fn move_clock(
    State(app): State<App>,
    _: Caller,
    Body(to): Body<ClockDocument>,
) -> Result<Answer<ClockDocument>, Problem> {
    let clock = app.test_clock.as_ref().ok_or_else(|| Problem::new(NOT_FOUND, "there is no test clock"))?;
    let now: Option<Instant> = fields::instant("/now", Some(&to.now))?;
    clock.move_to(fields::required("/now", now)?);
    Ok(Answer::ok(ClockDocument { now: clock.now().to_string() }))
}
