//! How the tenant stands: what the first page of the staff shows.

use axum::extract::State;
use engine::overview::{self, Overview};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::guard::{Caller, READERS, TENANT};
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_overview))
}

/// How the tenant stands at the moment of asking.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"calls_now": 3, "currency": "USD", "revenue_days": [{"date": "2026-10-15", "amount": "181.40"}],
    "unpaid": {"count": 4, "total": "96.20"}, "failed_jobs": 0, "suspended_lines": 1, "unrated_calls": 0, "open_alerts": 0,
    "top_up_requests": 2}))]
struct OverviewDocument {
    /// Calls that are charged just now.
    calls_now: i64,
    /// The tenant's currency. Amounts in others are not in these.
    currency: String,
    /// The last 30 days in the tenant's zone, the last one being today.
    revenue_days: Vec<RevenueDay>,
    /// Invoices that are not paid, or not wholly.
    unpaid: UnpaidDocument,
    /// Jobs that were given up.
    failed_jobs: i64,
    /// Open lines that are suspended, for whatever reason.
    suspended_lines: i64,
    /// Calls without a price.
    unrated_calls: i64,
    /// Alerts that nobody has looked at.
    open_alerts: i64,
    /// Requests for a top-up that nobody has answered.
    top_up_requests: i64,
}

/// What calls and messages of a day came to.
#[derive(Debug, Serialize, ToSchema)]
struct RevenueDay {
    date: String,
    /// Charges of the calls that ended on it and of the messages sent on it, agents' parts and prepaid customers' tax included.
    amount: String,
}

/// Invoices that are not paid.
#[derive(Debug, Serialize, ToSchema)]
struct UnpaidDocument {
    count: i64,
    /// What is still to be paid of them.
    total: String,
}

/// Show how the tenant stands
///
/// Counted at the moment of asking; `GET /api/v1/live` tells when to ask again.
#[utoipa::path(get, path = "/overview",
    responses((status = 200, description = "How it stands.", body = OverviewDocument), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn get_overview(State(app): State<App>, Caller(actor): Caller) -> Result<Answer<OverviewDocument>, Problem> {
    let overview = overview::of_tenant(&mut app.engine.view(&actor).await?).await?;
    Ok(Answer::ok(OverviewDocument::of(overview)))
}

impl OverviewDocument {
    fn of(Overview { calls_now, currency, revenue, waiting }: Overview) -> Self {
        let day = |(date, amount): (domain::time::Date, domain::money::Amount)| RevenueDay {
            date: date.to_string(),
            amount: amount.to_text(currency),
        };
        OverviewDocument {
            calls_now,
            currency: currency.to_string(),
            revenue_days: revenue.into_iter().map(day).collect(),
            unpaid: UnpaidDocument { count: waiting.unpaid, total: waiting.unpaid_total.to_text(currency) },
            failed_jobs: waiting.failed_jobs,
            suspended_lines: waiting.suspended_lines,
            unrated_calls: waiting.unrated_calls,
            open_alerts: waiting.open_alerts,
            top_up_requests: waiting.top_up_requests,
        }
    }
}
