//! Whether agents take calls.

use axum::extract::State;
use axum::response::Response;
use engine::presence::{self, Presence};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::Body;
use crate::guard::{AGENT, Caller, DESK};
use crate::params::Id;
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(set_presence))
}

/// Whether an agent takes calls, as it says.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"presence": "online"}))]
struct PresenceBody {
    /// `online`, `away` or `offline`.
    #[schema(value_type = String)]
    presence: Presence,
}

/// Whether an agent takes calls just now.
#[derive(Debug, Serialize, ToSchema)]
struct PresenceDocument {
    agent: String,
    /// `online`, `away` or `offline`; `busy` while the agent has an answered call, whatever it says.
    #[schema(value_type = String)]
    presence: Presence,
}

/// Say whether an agent takes calls
///
/// Calls are offered by it; a call that a switch brings for the agent is charged all the same. Who has an answered call is shown as
/// `busy` meanwhile.
#[utoipa::path(put, path = "/agents/{id}/presence", request_body = PresenceBody, params(("id" = String, Path)),
    responses((status = 200, description = "It is set.", body = PresenceDocument), Refusals),
    extensions(("x-roles" = json!(DESK)), ("x-owner" = json!(AGENT))))]
async fn set_presence(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Body(body): Body<PresenceBody>,
) -> Result<Response, Problem> {
    app.once(&caller, None, move |work| {
        let id = id.clone();
        Box::pin(async move {
            presence::set(work, &id, body.presence).await?;
            let shown = presence::of(work, &[&id]).await?.remove(&id).unwrap_or(body.presence);
            Ok(Answer::ok(PresenceDocument { agent: id, presence: shown }))
        })
    })
    .await
}
