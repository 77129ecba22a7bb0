//! Maintenance: no call begins, and those that run are ended.

use axum::extract::State;
use axum::response::Response;
use engine::maintenance::{self, Maintenance};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::Body;
use crate::guard::{ADMINS, Caller, READERS, TENANT};
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_maintenance, begin_maintenance, end_maintenance))
}

/// How a maintenance begins.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"minutes": 10}))]
struct MaintenanceBody {
    /// How long the calls that run may go on, 0 to 60 minutes.
    #[schema(maximum = 60)]
    minutes: u32,
}

/// Whether calls begin.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"active": true, "calls_end_at": "2026-11-21T03:00:00Z"}))]
struct MaintenanceDocument {
    /// No call begins while it is true.
    active: bool,
    /// When the calls that run are ended, or were.
    calls_end_at: Option<String>,
}

/// Show whether calls begin
#[utoipa::path(get, path = "/maintenance",
    responses((status = 200, description = "Whether they do.", body = MaintenanceDocument), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn get_maintenance(
    State(app): State<App>,
    Caller(actor): Caller,
) -> Result<Answer<MaintenanceDocument>, Problem> {
    let maintenance = maintenance::get(&mut app.engine.view(&actor).await?).await?;
    Ok(Answer::ok(MaintenanceDocument::of(maintenance)))
}

/// Begin a maintenance
///
/// No call of the built-in softswitch begins any more, but those to emergency numbers; those that run are ended, and charged, after so many
/// minutes. It goes on until it is ended, a restart of Tollgate included. Once more it sets the end of the calls anew.
#[utoipa::path(put, path = "/maintenance", request_body = MaintenanceBody,
    responses((status = 200, description = "It has begun.", body = MaintenanceDocument), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn begin_maintenance(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<MaintenanceBody>,
) -> Result<Response, Problem> {
    app.once(&caller, None, move |work| {
        Box::pin(async move {
            let begun = maintenance::begin(work, body.minutes).await?;
            Ok(Answer::ok(MaintenanceDocument::of(Some(begun))))
        })
    })
    .await
}

/// End a maintenance
///
/// Calls begin again. Where there is none, nothing changes.
#[utoipa::path(delete, path = "/maintenance",
    responses((status = 200, description = "Calls begin.", body = MaintenanceDocument), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn end_maintenance(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    app.once(&caller, None, move |work| {
        Box::pin(async move {
            maintenance::end(work).await?;
            Ok(Answer::ok(MaintenanceDocument::of(None)))
        })
    })
    .await
}

impl MaintenanceDocument {
    fn of(maintenance: Option<Maintenance>) -> Self {
        MaintenanceDocument {
            active: maintenance.is_some(),
            calls_end_at: maintenance.map(|maintenance| maintenance.calls_end_at.to_string()),
        }
    }
}
