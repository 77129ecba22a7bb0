//! Bill runs: what they did, and whom they could not bill.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use domain::money::{Amount, Currency};
use engine::billing::{self, BillRun, Unbilled, runs};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::paper_lines::PeriodDocument;
use crate::App;
use crate::answer::Answer;
use crate::body::{Nothing, Posted};
use crate::guard::{CLERKS, Caller, READERS, TENANT};
use crate::paging::{Page, PageParams};
use crate::params::{Id, Params};
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_bill_runs))
        .routes(routes!(list_billing_failures))
        .routes(routes!(get_bill_run))
}

/// The route that works through all customers.
pub(crate) fn bulk_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(run_billing))
}

/// A bill run.
#[derive(Debug, Serialize, ToSchema)]
struct BillRunDocument {
    id: String,
    started_at: String,
    /// Null while it runs, and for one that was broken off: the next one goes on.
    finished_at: Option<String>,
    /// How many invoices it issued.
    issued: i64,
    /// How many customers it could not bill.
    failed: i64,
    /// What it issued, by currency.
    totals: BTreeMap<String, String>,
    /// The first customers whom it could not bill.
    failures: Vec<RunFailureDocument>,
}

/// A customer who could not be billed.
#[derive(Debug, Serialize, ToSchema)]
struct RunFailureDocument {
    customer: String,
    reason: String,
}

/// A period that has ended and could not be billed.
#[derive(Debug, Serialize, ToSchema)]
struct UnbilledDocument {
    customer: String,
    /// Null for what the customer has beside its lines.
    line: Option<String>,
    period: PeriodDocument,
    reason: String,
    /// When a run tries again.
    retry_at: Option<String>,
}

/// Close every period that has ended
///
/// Each night does it by itself. Doing it twice, or twice at once, changes nothing; broken off, it goes on when it is sent again.
#[utoipa::path(post, path = "/bill-runs", params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "It is done.", body = BillRunDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn run_billing(
    State(app): State<App>,
    caller: Caller,
    Posted { claim, body: Nothing {} }: Posted<Nothing>,
) -> Result<Response, Problem> {
    let done = async {
        let run = billing::run(&app.engine, &caller.0, |_| {}).await?;
        Ok(Answer::created(format!("/api/v1/bill-runs/{}", run.id), BillRunDocument::of(run)))
    };
    app.once_in_steps(&caller, claim, done).await
}

/// List bill runs
///
/// The newest first. Days on which nothing was due are left out.
#[utoipa::path(get, path = "/bill-runs", params(PageParams),
    responses((status = 200, description = "A page.", body = Page<BillRunDocument>), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn list_bill_runs(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<PageParams>,
) -> Result<Answer<Page<BillRunDocument>>, Problem> {
    let wanted = list.wanted()?;
    let rows = runs::page(&mut app.engine.view(&actor).await?, wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), BillRunDocument::of)))
}

/// List the periods that could not be billed
///
/// By customer, a thousand at most. A period stands here until a run has billed it.
#[utoipa::path(get, path = "/bill-runs/failures",
    responses((status = 200, description = "The periods.", body = Page<UnbilledDocument>), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn list_billing_failures(
    State(app): State<App>,
    Caller(actor): Caller,
) -> Result<Answer<Page<UnbilledDocument>>, Problem> {
    let failures = billing::failures(&mut app.engine.view(&actor).await?).await?;
    Ok(Answer::ok(Page { items: failures.into_iter().map(UnbilledDocument::of).collect(), next_cursor: None }))
}

/// Show a bill run
#[utoipa::path(get, path = "/bill-runs/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The bill run.", body = BillRunDocument), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn get_bill_run(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<BillRunDocument>, Problem> {
    let run = runs::get(&mut app.engine.view(&actor).await?, &id).await?;
    Ok(Answer::ok(BillRunDocument::of(run)))
}

impl BillRunDocument {
    fn of(run: BillRun) -> Self {
        let total = |(code, amount): (String, Amount)| {
            let text = Currency::parse(&code).map_or_else(|_| amount.to_string(), |currency| amount.to_text(currency));
            (code, text)
        };
        let failures = run.summary.failures.into_iter();
        BillRunDocument {
            id: run.id,
            started_at: run.started_at.to_string(),
            finished_at: run.finished_at.map(|at| at.to_string()),
            issued: run.issued,
            failed: run.failed,
            totals: run.summary.totals.into_iter().map(total).collect(),
            failures: failures
                .map(|failure| RunFailureDocument { customer: failure.customer, reason: failure.reason })
                .collect(),
        }
    }
}

impl UnbilledDocument {
    fn of(unbilled: Unbilled) -> Self {
        UnbilledDocument {
            customer: unbilled.customer,
            line: unbilled.line,
            period: PeriodDocument::of(unbilled.period),
            reason: unbilled.reason,
            retry_at: unbilled.retry_at.map(|at| at.to_string()),
        }
    }
}
