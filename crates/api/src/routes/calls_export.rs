//! Calls as a CSV file, of any length.

use std::collections::HashMap;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use documents::CallRow;
use domain::money::Money;
use domain::time::Instant;
use engine::audit::{self, Seen};
use engine::calls::{self, Call, Filter};
use engine::customers::{self, CustomerError};
use engine::{Actor, Engine, Reach, View};
use futures::stream;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::calls::CallFilter;
use crate::App;
use crate::guard::{CUSTOMER, CUSTOMERS, Caller};
use crate::params::Params;
use crate::problem::{Problem, Refusals};

const ROWS: i64 = 1000;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(export_calls))
}

/// How far an export has come.
struct Export {
    engine: Engine,
    actor: Actor,
    filter: Filter,
    /// The end and the id of the last call written.
    last: Option<(Instant, String)>,
    names: HashMap<String, String>,
}

/// Export finished calls as CSV
///
/// The newest first, all that the filter lets through. Who of the staff exports them is written in the audit trail. To customers `origin` and `unrated_reason` are empty. Cells that a spreadsheet would take for a formula begin with an apostrophe.
#[utoipa::path(get, path = "/calls.csv", params(CallFilter),
    responses((status = 200, description = "The file.", body = String, content_type = "text/csv"), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn export_calls(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(filter): Params<CallFilter>,
) -> Result<Response, Problem> {
    let filter = filter.read()?;
    if actor.reach.is_whole() {
        let (subject, person) = (filter.customer.as_deref().unwrap_or("calls"), filter.customer.as_deref());
        let seen = Seen { action: "calls.export", subject, person, about: None::<&()> };
        audit::note_seen(&app.engine, &actor, seen).await?;
    }
    let export = Export { engine: app.engine.clone(), actor, filter, last: None, names: HashMap::new() };
    let header = documents::calls_csv_header().map_err(|error| Problem::internal(error.to_string()))?;
    // The first page is read before the answer begins, so that a database that does not answer is told by a status.
    let first = export.page().await?;
    let start = first.map(|(rows, export)| ([header.clone(), rows].concat(), export));
    let (first, rest) = match start {
        Some((first, export)) => (first, Some(export)),
        None => (header, None),
    };
    let rest = stream::try_unfold(rest, async |export| {
        let Some(export) = export else { return Ok(None) };
        let page = export.page().await.map_err(|problem| format!("{problem:?}"))?;
        Ok::<_, String>(page.map(|(rows, export)| (Bytes::from(rows), Some(export))))
    });
    let first = stream::once(async { Ok(Bytes::from(first)) });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"calls.csv\""),
    ];
    Ok((headers, Body::from_stream(futures::StreamExt::chain(first, rest))).into_response())
}

impl Export {
    /// The next lines; `None` when all calls are written.
    async fn page(mut self) -> Result<Option<(Vec<u8>, Self)>, Problem> {
        let mut view = self.engine.view(&self.actor).await?;
        let before = self.last.as_ref().map(|(at, id)| (*at, id.as_str()));
        let calls = calls::history(&mut view, &self.filter, before, ROWS).await?;
        let Some(last) = calls.last() else { return Ok(None) };
        self.last = Some((last.ended_at.unwrap_or(last.recorded_at), last.id.clone()));
        let mut rows = Vec::with_capacity(calls.len());
        for call in calls {
            let name = self.name(&mut view, call.customer.as_deref()).await?;
            rows.push(row(call, name, &self.actor.reach));
        }
        let lines = documents::calls_csv(&rows).map_err(|error| Problem::internal(error.to_string()))?;
        Ok(Some((lines, self)))
    }

    async fn name(&mut self, view: &mut View, customer: Option<&str>) -> Result<String, Problem> {
        let Some(id) = customer else { return Ok(String::new()) };
        if let Some(name) = self.names.get(id) {
            return Ok(name.clone());
        }
        let name = match customers::get(view, id).await {
            Ok(customer) => customer.details.name(),
            Err(CustomerError::NotFound(_)) => String::new(),
            Err(error) => return Err(error.into()),
        };
        self.names.insert(id.to_owned(), name.clone());
        Ok(name)
    }
}

/// A line of the file; to customers without what is between the tenant and its switches.
pub(super) fn row(call: Call, customer_name: String, reach: &Reach) -> CallRow {
    let whole = reach.is_whole();
    let price = call.price.as_ref();
    CallRow {
        price: price.map(|price| Money { amount: price.total, currency: price.currency }),
        price_source: price.map(|price| price.source.clone()).unwrap_or_default(),
        id: call.id,
        origin: Some(call.origin).filter(|_| whole).unwrap_or_default(),
        direction: call.direction.name().to_owned(),
        from: call.from,
        to: call.to,
        customer: call.customer.unwrap_or_default(),
        customer_name,
        line: call.line.unwrap_or_default(),
        agent: call.agent.unwrap_or_default(),
        answered_at: call.answered_at,
        ended_at: call.ended_at,
        duration_ms: call.duration_ms,
        disposition: call.disposition.map(|disposition| disposition.name().to_owned()).unwrap_or_default(),
        unrated_reason: call.unrated_reason.filter(|_| whole).unwrap_or_default(),
    }
}
