//! Alerts: limits against fraud that customers have reached.

use axum::extract::State;
use axum::response::Response;
use engine::alerts::{self, Alert};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{Body, OrNothing};
use crate::guard::{ADMINS, Caller, READERS, TENANT};
use crate::paging::{Page, Wanted};
use crate::params::{self, Id, Params};
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_alerts)).routes(routes!(review_alert))
}

/// A limit against fraud that a customer has reached; of each limit the first time in a day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "alt_0", "customer": "cus_0", "line": "lin_0", "limit": "spend_per_day",
    "detail": "calls would cost more than 250.00 today: 249.60 is spent or held for calls in progress", "to": "+14165550100",
    "suspended": true, "raised_at": "2026-03-02T09:00:00Z", "reviewed_at": null, "reviewed_by": null, "note": null}))]
struct AlertDocument {
    id: String,
    customer: String,
    /// The line whose call was refused.
    line: String,
    /// `set_ups_per_minute`, `high_cost_calls`, `spend_per_day`, `cost_per_call` or `risky_prefix`.
    limit: String,
    detail: String,
    /// The number called.
    to: String,
    /// Whether the customer's lines were suspended for it.
    suspended: bool,
    raised_at: String,
    reviewed_at: Option<String>,
    reviewed_by: Option<String>,
    note: Option<String>,
}

/// What was found.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"note": "a new call centre: limit raised"}))]
struct ReviewDocument {
    note: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AlertList {
    /// `true` for those alone that nobody has looked at.
    #[param(value_type = Option<bool>)]
    open: Option<String>,
    /// 1 to 500, 50 where it is not given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List alerts
///
/// The newest first.
#[utoipa::path(get, path = "/alerts", params(AlertList),
    responses((status = 200, description = "A page.", body = Page<AlertDocument>), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn list_alerts(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<AlertList>,
) -> Result<Answer<Page<AlertDocument>>, Problem> {
    let wanted = Wanted::read(list.limit.as_ref(), list.cursor.as_ref())?;
    let open = params::flag("open", list.open.as_ref())?;
    let mut view = app.engine.view(&actor).await?;
    let rows = alerts::page(&mut view, open, wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), AlertDocument::of)))
}

/// Say that an alert was looked at
///
/// Where lines were suspended for it, the reason `fraud` is lifted from each of them by an owner or admin.
#[utoipa::path(put, path = "/alerts/{id}/review", request_body = Option<ReviewDocument>,
    params(("id" = String, Path)),
    responses((status = 200, description = "It is reviewed.", body = AlertDocument), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn review_alert(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    OrNothing(review): OrNothing<Body<ReviewDocument>>,
) -> Result<Response, Problem> {
    let note = review.and_then(|Body(ReviewDocument { note })| note);
    app.once(&caller, None, move |work| {
        let (id, note) = (id.clone(), note.clone());
        Box::pin(async move { Ok(Answer::ok(AlertDocument::of(alerts::review(work, &id, note).await?))) })
    })
    .await
}

impl AlertDocument {
    fn of(alert: Alert) -> Self {
        let (reviewed_at, reviewed_by, note) = match alert.review {
            Some(review) => (Some(review.at.to_string()), Some(review.by), review.note),
            None => (None, None, None),
        };
        AlertDocument {
            id: alert.id,
            customer: alert.customer,
            line: alert.line,
            limit: alert.reached,
            detail: alert.detail,
            to: alert.to,
            suspended: alert.suspended,
            raised_at: alert.raised_at.to_string(),
            reviewed_at,
            reviewed_by,
            note,
        }
    }
}
