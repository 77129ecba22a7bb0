//! Usage by destination.

use axum::extract::State;
use axum::response::Response;
use domain::money::Amount;
use engine::reports::{self, Destination};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Days, file};
use crate::App;
use crate::answer::Answer;
use crate::guard::{Caller, READERS, TENANT};
use crate::params::Params;
use crate::problem::{Problem, Refusals};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show_destinations)).routes(routes!(export_destinations))
}

/// The answered calls that ended in some days, by destination.
#[derive(Debug, Serialize, ToSchema)]
struct DestinationsDocument {
    /// The first instant.
    from: String,
    /// The first instant after it.
    to: String,
    /// By price source, destination and currency.
    items: Vec<DestinationRow>,
}

/// The calls to a destination, as invoices name it.
#[derive(Debug, Serialize, ToSchema)]
struct DestinationRow {
    /// The deck's destination, else its prefix; the plan, where it priced the calls itself; the agent; or free numbers.
    destination: String,
    /// `agent`, `deck`, `plan` or `free`.
    price_source: String,
    currency: String,
    calls: i64,
    /// Each call rounded up to a second.
    seconds: i64,
    /// What customers were charged.
    charged: String,
    /// The tax in it, of prices that have tax in them.
    tax: String,
    /// The agents' part of it.
    agents: String,
    /// Of how many calls it is not known what carrying them cost: no trunk carried them, or the route had no buying rate in their currency.
    unknown_cost_calls: i64,
    /// What carrying the others cost.
    cost: String,
    /// What is left of the others, without tax and the agents' part, when that is paid.
    margin: String,
}

/// Show usage by destination
#[utoipa::path(get, path = "/reports/destinations", params(Days),
    responses((status = 200, description = "The destinations.", body = DestinationsDocument), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn show_destinations(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(days): Params<Days>,
) -> Result<Answer<DestinationsDocument>, Problem> {
    let (from, to) = days.read()?;
    let (from, to, rows) = reports::destinations(&mut app.engine.view(&actor).await?, from, to).await?;
    let items = rows.into_iter().map(DestinationRow::of).collect();
    Ok(Answer::ok(DestinationsDocument { from: from.to_string(), to: to.to_string(), items }))
}

/// Export usage by destination as CSV
#[utoipa::path(get, path = "/reports/destinations.csv", params(Days),
    responses((status = 200, description = "The file.", body = String, content_type = "text/csv"), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn export_destinations(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(days): Params<Days>,
) -> Result<Response, Problem> {
    let (from, to) = days.read()?;
    let (_, _, rows) = reports::destinations(&mut app.engine.view(&actor).await?, from, to).await?;
    file("destinations", documents::destinations_csv(&rows))
}

impl DestinationRow {
    fn of(row: Destination) -> Self {
        let text = |amount: Amount| amount.to_text(row.currency);
        DestinationRow {
            calls: row.sums.calls,
            seconds: row.sums.seconds,
            charged: text(row.sums.charged),
            tax: text(row.sums.tax),
            agents: text(row.sums.agents),
            unknown_cost_calls: row.sums.unknown,
            cost: text(row.sums.cost),
            margin: text(row.sums.margin),
            currency: row.currency.to_string(),
            destination: row.destination,
            price_source: row.price_source,
        }
    }
}
