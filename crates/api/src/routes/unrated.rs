use axum::extract::State;
use axum::response::Response;
use engine::calls;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::calls::CallDocument;
use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Posted};
use crate::guard::{CLERKS, Caller, READERS, TENANT};
use crate::paging::{Page, PageParams, Wanted};
use crate::params::Params;
use crate::problem::{Problem, Refusals};

/// How many calls are tried in one request: their transaction is not to keep others waiting for long.
const TRIED: i64 = 500;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_unrated)).routes(routes!(retry_unrated))
}

/// Where to go on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Retry {
    /// The `next_cursor` of the answer before; the beginning, where it is not given.
    cursor: Option<String>,
}

/// What became of the calls that were tried.
#[derive(Debug, Serialize, ToSchema)]
struct RetriedDocument {
    /// How many have a price now.
    rated: i64,
    /// How many still have none.
    unrated: i64,
    /// Where to go on; null when all were tried.
    next_cursor: Option<String>,
}

/// List the calls that wait for a price
///
/// The oldest first; `unrated_reason` says why.
#[utoipa::path(get, path = "/unrated", params(PageParams),
    responses((status = 200, description = "A page.", body = Page<CallDocument>), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn list_unrated(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<PageParams>,
) -> Result<Answer<Page<CallDocument>>, Problem> {
    let wanted = list.wanted()?;
    let rows = calls::unrated(&mut app.engine.view(&actor).await?, wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), CallDocument::of)))
}

/// Try to rate the calls that wait for a price
///
/// Up to 500 of them, the oldest first, each at the prices of its own time. Send `next_cursor` back to go on.
#[utoipa::path(post, path = "/unrated/retry", request_body = Retry,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, description = "What became of them.", body = RetriedDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn retry_unrated(
    State(app): State<App>,
    caller: Caller,
    Posted { claim, body: Body(retry) }: Posted<Body<Retry>>,
) -> Result<Response, Problem> {
    let wanted = Wanted::read(None, retry.cursor.as_ref())?;
    app.once(&caller, claim, move |work| {
        let wanted = wanted.clone();
        Box::pin(async move {
            let retried = calls::retry_unrated(work, wanted.key(), TRIED).await?;
            Ok(Answer::ok(RetriedDocument {
                rated: retried.rated,
                unrated: retried.unrated,
                next_cursor: retried.last.map(|last| crate::paging::cursor(&last)),
            }))
        })
    })
    .await
}
