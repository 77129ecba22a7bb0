//! The months of the books: which are open, and closing one.

use axum::extract::State;
use axum::response::Response;
use domain::money::Currency;
use domain::time::Instant;
use engine::months::{self, Month, Seal, Sum};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Posted};
use crate::guard::{CLERKS, Caller, READERS, TENANT};
use crate::paging::Page;
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_months))
}

/// The route that reads all entries of a month.
pub(crate) fn bulk_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(close_month))
}

/// The month that is to be closed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"month": "2026-10"}))]
struct MonthToClose {
    /// Such as `2026-10`.
    month: String,
}

/// A month of the books.
#[derive(Debug, Serialize, ToSchema)]
struct MonthDocument {
    /// Such as `2026-10`.
    month: String,
    /// `open`; `closing`, while it is closed and its entries are still being read; or `closed`.
    state: &'static str,
    /// Its first instant; null of the first that was closed: what lies before is closed with it.
    from: Option<String>,
    /// The first instant after it.
    to: String,
    /// Null of one that is open.
    closed_at: Option<String>,
    /// Null until it is closed.
    seal: Option<SealDocument>,
}

/// What a closed month is sealed with.
#[derive(Debug, Serialize, ToSchema)]
struct SealDocument {
    /// How many entries it has.
    entries: i64,
    /// By currency.
    sums: Vec<MonthSum>,
    /// The hash of the month before; null of the first.
    previous_hash: Option<String>,
    /// The SHA-256 of its entries and of the hash before.
    hash: String,
}

/// What the entries of a currency come to.
#[derive(Debug, Serialize, ToSchema)]
struct MonthSum {
    currency: String,
    /// How many there are.
    entries: i64,
    /// What they have moved in all.
    amount: String,
}

/// List the months of the books
///
/// The newest first: those that are closed, and the open ones up to this month.
#[utoipa::path(get, path = "/months",
    responses((status = 200, description = "The months.", body = Page<MonthDocument>), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn list_months(State(app): State<App>, Caller(actor): Caller) -> Result<Answer<Page<MonthDocument>>, Problem> {
    let months = months::list(&mut app.engine.view(&actor).await?).await?;
    Ok(Answer::ok(Page { items: months.into_iter().map(MonthDocument::of).collect(), next_cursor: None }))
}

/// Close a month
///
/// It must have ended and be billed, and follow the last one that is closed; the first may be any, and what lies before is closed with it. From then
/// on nothing is posted in it: what comes later is posted in the open month, and keeps its own times. Its entries are sealed by a hash.
/// It is not opened again. Broken off, it goes on when it is sent again.
#[utoipa::path(post, path = "/months", request_body = MonthToClose, params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "It is closed.", body = MonthDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn close_month(
    State(app): State<App>,
    caller: Caller,
    Posted { claim, body: Body(MonthToClose { month }) }: Posted<Body<MonthToClose>>,
) -> Result<Response, Problem> {
    let done = async {
        let month = months::close(&app.engine, &caller.0, &month).await?;
        Ok(Answer::created("/api/v1/months".to_owned(), MonthDocument::of(month)))
    };
    app.once_in_steps(&caller, claim, done).await
}

impl MonthDocument {
    fn of(month: Month) -> Self {
        let text = |at: Instant| at.to_string();
        MonthDocument {
            state: match (&month.closed_at, &month.seal) {
                (None, _) => "open",
                (Some(_), None) => "closing",
                (Some(_), Some(_)) => "closed",
            },
            month: month.month,
            from: month.from.map(text),
            to: text(month.to),
            closed_at: month.closed_at.map(text),
            seal: month.seal.map(SealDocument::of),
        }
    }
}

impl SealDocument {
    fn of(seal: Seal) -> Self {
        let sum = |(currency, sum): (Currency, Sum)| MonthSum {
            currency: currency.to_string(),
            entries: sum.entries,
            amount: sum.amount.to_text(currency),
        };
        SealDocument {
            entries: seal.entries,
            sums: seal.sums.into_iter().map(sum).collect(),
            previous_hash: seal.previous,
            hash: seal.hash,
        }
    }
}
