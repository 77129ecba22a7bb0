//! Suspensions of lines: a set of reasons. A line is active when none is left.

use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::response::Response;
use engine::Role;
use engine::billing::Reason;
use engine::lines;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::lines::LineDocument;
use crate::App;
use crate::answer::Answer;
use crate::body::{Body, OrNothing};
use crate::guard::{CLERKS, Caller, TENANT};
use crate::problem::{FORBIDDEN, INVALID, NOT_FOUND, Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(suspend_line, lift_suspension))
}

/// What else is to be said of a suspension.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"note": "lost handset"}))]
struct SuspensionNote {
    note: Option<String>,
}

/// The line and the reason in the address.
struct LineAndReason(String, Reason);

impl<S: Send + Sync> FromRequestParts<S> for LineAndReason {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let none = || Problem::new(NOT_FOUND, "the address ends with a reason: manual, fraud, dunning or funds");
        let Path((line, reason)) =
            Path::<(String, String)>::from_request_parts(parts, state).await.map_err(|_| none())?;
        Reason::named(&reason).map(|reason| LineAndReason(line, reason)).ok_or_else(none)
    }
}

/// Suspend a line
///
/// From now on it reaches emergency and service numbers only. By hand there are the reasons `manual` and `fraud`; a line that is
/// suspended for the reason already stays as it is.
#[utoipa::path(put, path = "/lines/{id}/suspensions/{reason}", request_body = Option<SuspensionNote>,
    params(("id" = String, Path), ("reason" = String, Path, description = "`manual` or `fraud`.")),
    responses((status = 200, description = "It is suspended.", body = LineDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn suspend_line(
    State(app): State<App>,
    caller: Caller,
    LineAndReason(id, reason): LineAndReason,
    OrNothing(note): OrNothing<Body<SuspensionNote>>,
) -> Result<Response, Problem> {
    if !matches!(reason, Reason::Manual | Reason::Fraud) {
        let detail = format!("{} comes and goes by itself: suspend for manual or fraud", reason.name());
        return Err(Problem::new(INVALID, detail));
    }
    let note = note.and_then(|Body(SuspensionNote { note })| note);
    app.once(&caller, None, move |work| {
        let (id, note) = (id.clone(), note.clone());
        Box::pin(async move {
            let line = lines::suspend(work, &id, reason, note).await?;
            let version = line.version;
            Ok(Answer::ok(LineDocument::of(line)).version(version))
        })
    })
    .await
}

/// Take a reason from a suspended line
///
/// It is active again when that was the last one. A line that is not suspended for the reason stays as it is. The reason `fraud` is
/// lifted by owners and admins alone.
#[utoipa::path(delete, path = "/lines/{id}/suspensions/{reason}",
    params(("id" = String, Path), ("reason" = String, Path, description = "`manual`, `fraud`, `dunning` or `funds`.")),
    responses((status = 200, description = "The reason is gone.", body = LineDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn lift_suspension(
    State(app): State<App>,
    caller: Caller,
    LineAndReason(id, reason): LineAndReason,
) -> Result<Response, Problem> {
    if reason == Reason::Fraud && ![Role::Owner, Role::Admin].iter().any(|role| caller.0.roles.has(*role)) {
        return Err(Problem::new(FORBIDDEN, "the reason fraud is lifted by an owner or admin"));
    }
    app.once(&caller, None, move |work| {
        let id = id.clone();
        Box::pin(async move {
            let line = lines::lift(work, &id, reason).await?;
            let version = line.version;
            Ok(Answer::ok(LineDocument::of(line)).version(version))
        })
    })
    .await
}
