use axum::extract::State;
use domain::time::Instant;
use engine::audit::{self, ChangeRecord};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::guard::{CHECKERS, Caller, TENANT};
use crate::paging::{Page, Wanted};
use crate::params::Params;
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_changes))
}

/// A change: who did what, from what to what.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ChangeDocument {
    id: String,
    at: String,
    /// `key:` and the id of a key, `cli`, `demo`.
    actor: String,
    /// Such as `customer.update`.
    action: String,
    /// The id of what was changed.
    subject: String,
    /// What it was before.
    before: Option<Value>,
    /// What it is after.
    after: Option<Value>,
    /// Of whom something was seen, where nothing was changed: the id of a customer, an agent or a user, or the name that a group has for a caller.
    person: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ChangeList {
    /// Only changes of the record with this id.
    subject: Option<String>,
    /// 1 to 500, 50 where it is not given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List changes
///
/// The newest first.
#[utoipa::path(get, path = "/audit", params(ChangeList),
    responses((status = 200, description = "A page.", body = Page<ChangeDocument>), Refusals),
    extensions(("x-roles" = json!(CHECKERS)), ("x-owner" = json!(TENANT))))]
async fn list_changes(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<ChangeList>,
) -> Result<Answer<Page<ChangeDocument>>, Problem> {
    let wanted = Wanted::read(list.limit.as_ref(), list.cursor.as_ref())?;
    let mut view = app.engine.view(&actor).await?;
    let rows = audit::page(&mut view, list.subject.as_deref(), wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), ChangeDocument::of)))
}

impl ChangeDocument {
    pub(super) fn of(change: ChangeRecord) -> Self {
        let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
        ChangeDocument {
            id: change.id,
            at: Instant::clamped(change.at).to_string(),
            actor: change.actor,
            action: change.action,
            subject: change.subject,
            before: json(change.before),
            after: json(change.after),
            person: change.person,
        }
    }
}
