//! The journal: every entry of the ledger, in the order of posting.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::money::{Amount, Currency};
use domain::time::Instant;
use engine::ledger::EntryRecord;
use engine::{Actor, Engine, reports};
use futures::stream;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Days;
use crate::App;
use crate::answer::Answer;
use crate::guard::{Caller, READERS, TENANT};
use crate::paging::{Page, Wanted, key_in_time};
use crate::params::Params;
use crate::problem::{Problem, Refusals};

const ROWS: i64 = 1000;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show_journal)).routes(routes!(export_journal))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct JournalPage {
    /// The first day, such as `2026-10-01`, in the tenant's zone: that of the month before `to`, where it is not given.
    from: Option<String>,
    /// The day after the last one, such as `2026-11-01`: the first of this month, where it is not given.
    to: Option<String>,
    /// 1 to 500, 50 where it is not given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// An entry of the journal.
#[derive(Debug, Serialize, ToSchema)]
struct JournalEntry {
    posted_at: String,
    /// What caused it; no cause posts twice.
    key: String,
    kind: String,
    /// Debited: the id of a customer or agent, or an account of the tenant's own.
    from: String,
    /// Credited.
    to: String,
    amount: String,
    currency: String,
    /// What kind of record it is about: `call`, `message`, `service`, `line`, `invoice`, `credit_note`, `payment`, `reversal`, `credit`, `transfer`,
    /// `payout` or `other`.
    about: &'static str,
    /// The id of that record.
    reference: String,
    customer: Option<String>,
    agent: Option<String>,
}

/// How far an export has come.
struct Export {
    engine: Engine,
    actor: Actor,
    time: (Instant, Instant),
    /// Instant and key of the last entry written.
    last: Option<(i64, String)>,
}

/// Show the journal
///
/// Every entry of the ledger that was posted in some days, the first first.
#[utoipa::path(get, path = "/reports/journal", params(JournalPage),
    responses((status = 200, description = "A page.", body = Page<JournalEntry>), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn show_journal(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<JournalPage>,
) -> Result<Answer<Page<JournalEntry>>, Problem> {
    let wanted = Wanted::read(list.limit.as_ref(), list.cursor.as_ref())?;
    let (from, to) = Days { from: list.from, to: list.to }.read()?;
    let mut view = app.engine.view(&actor).await?;
    let time = reports::days(&mut view, from, to).await?;
    let rows = reports::journal(&mut view, time, wanted.key_in_time()?, wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| key_in_time(row.posted_at, &row.key), JournalEntry::of)))
}

/// Export the journal as CSV
///
/// Every entry of the ledger that was posted in some days, the first first, however many there are.
#[utoipa::path(get, path = "/reports/journal.csv", params(Days),
    responses((status = 200, description = "The file.", body = String, content_type = "text/csv"), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn export_journal(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(days): Params<Days>,
) -> Result<Response, Problem> {
    let (from, to) = days.read()?;
    let time = reports::days(&mut app.engine.view(&actor).await?, from, to).await?;
    let export = Export { engine: app.engine.clone(), actor, time, last: None };
    let header = documents::journal_csv_header().map_err(|error| Problem::internal(error.to_string()))?;
    let first = stream::once(async { Ok(Bytes::from(header)) });
    // The first page is read before the answer begins, so that a database that does not answer is told by a status.
    let begun = export.page().await?;
    let rest = stream::try_unfold(begun, async |page: Option<(Vec<u8>, Export)>| {
        let Some((lines, export)) = page else { return Ok(None) };
        let next = export.page().await.map_err(|problem| format!("{problem:?}"))?;
        Ok::<_, String>(Some((Bytes::from(lines), next)))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"journal.csv\""),
    ];
    Ok((headers, Body::from_stream(futures::StreamExt::chain(first, rest))).into_response())
}

impl Export {
    /// The next lines; `None` when all entries are written.
    async fn page(mut self) -> Result<Option<(Vec<u8>, Self)>, Problem> {
        let mut view = self.engine.view(&self.actor).await?;
        let after = self.last.as_ref().map(|(at, key)| (*at, key.as_str()));
        let entries = reports::journal(&mut view, self.time, after, ROWS).await?;
        let Some(last) = entries.last() else { return Ok(None) };
        self.last = Some((last.posted_at, last.key.clone()));
        let lines = documents::journal_csv(&entries).map_err(|error| Problem::internal(error.to_string()))?;
        Ok(Some((lines, self)))
    }
}

impl JournalEntry {
    fn of(entry: EntryRecord) -> Self {
        let amount = Amount::from_micros(entry.amount);
        JournalEntry {
            posted_at: Instant::clamped(entry.posted_at).to_string(),
            key: entry.key,
            kind: entry.kind,
            from: entry.from_account,
            to: entry.to_account,
            amount: Currency::parse(&entry.currency)
                .map_or_else(|_| amount.to_string(), |currency| amount.to_text(currency)),
            currency: entry.currency,
            about: reports::about(&entry.reference),
            reference: entry.reference,
            customer: entry.customer,
            agent: entry.agent,
        }
    }
}
