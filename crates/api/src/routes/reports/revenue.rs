//! Revenue and tax by month.

use axum::extract::State;
use axum::response::Response;
use domain::period::Period;
use engine::reports::{self, Revenue};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::file;
use crate::App;
use crate::answer::Answer;
use crate::guard::{Caller, READERS, TENANT};
use crate::params::{self, Params};
use crate::problem::{Problem, Refusals};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show_revenue)).routes(routes!(export_revenue))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Months {
    /// The first month, such as `2025-10`: the one twelve months before `to`, where it is not given.
    from: Option<String>,
    /// The last month, such as `2026-10`: this one, where it is not given.
    to: Option<String>,
}

/// Revenue and tax of some months. Its sums are what moved on `income` and `tax` of the trial balance.
#[derive(Debug, Serialize, ToSchema)]
struct RevenueDocument {
    /// By month, currency and kind.
    items: Vec<RevenueRow>,
}

/// What was earned in a month by a kind of service.
#[derive(Debug, Serialize, ToSchema)]
struct RevenueRow {
    /// Such as `2026-10`, in the tenant's zone.
    month: String,
    currency: String,
    /// `calls`, `messages`, `fees` (and items), `services`, `tax` (on invoices, and in fees), `corrections` (credit notes and refunds), `rounding` or
    /// `other`.
    kind: &'static str,
    /// Without tax and without the agents' part; below zero, where more was given back than earned.
    net: String,
    tax: String,
}

/// Show revenue and tax by month
#[utoipa::path(get, path = "/reports/revenue", params(Months),
    responses((status = 200, description = "The months.", body = RevenueDocument), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn show_revenue(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(months): Params<Months>,
) -> Result<Answer<RevenueDocument>, Problem> {
    let (first, last) = months.read()?;
    let rows = reports::revenue(&mut app.engine.view(&actor).await?, first, last).await?;
    Ok(Answer::ok(RevenueDocument { items: rows.into_iter().map(RevenueRow::of).collect() }))
}

/// Export revenue and tax by month as CSV
#[utoipa::path(get, path = "/reports/revenue.csv", params(Months),
    responses((status = 200, description = "The file.", body = String, content_type = "text/csv"), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn export_revenue(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(months): Params<Months>,
) -> Result<Response, Problem> {
    let (first, last) = months.read()?;
    let rows = reports::revenue(&mut app.engine.view(&actor).await?, first, last).await?;
    file("revenue", documents::revenue_csv(&rows))
}

impl Months {
    fn read(&self) -> Result<(Option<Period>, Option<Period>), Problem> {
        Ok((params::month("from", self.from.as_ref())?, params::month("to", self.to.as_ref())?))
    }
}

impl RevenueRow {
    fn of(row: Revenue) -> Self {
        RevenueRow {
            net: row.net.to_text(row.currency),
            tax: row.tax.to_text(row.currency),
            currency: row.currency.to_string(),
            month: row.month,
            kind: row.kind,
        }
    }
}
