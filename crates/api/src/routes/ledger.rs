use axum::extract::State;
use domain::money::{Amount, Currency};
use domain::time::Instant;
use engine::Reach;
use engine::ledger::{self, EntryFilter, EntryRecord};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::guard::{CUSTOMER, CUSTOMERS, Caller, READERS, TENANT};
use crate::paging::{Page, Wanted, key_in_time};
use crate::params::{self, Id, Params};
use crate::problem::{INVALID, Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_entries)).routes(routes!(list_customer_entries))
}

/// An entry: an amount that moved from one account to another. It never changes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EntryDocument {
    /// What caused it; no cause posts twice. Customers see what a cause moved as one entry.
    key: String,
    posted_at: String,
    /// `call`, `rerating`, `payment`, `credit`, `adjustment`, `opening_balance`, `fee`, `tax`, `rounding`, `credit_note`,
    /// `write_off`, `bounce`, `repayment` or `dispute`.
    kind: String,
    /// The id of a customer or agent, or `income`, `tax`, `cash`, `credits`, `opening`, `rounding`, `write_offs`, `transfers`, `disputed`, `vouchers`; to a
    /// customer `tenant`, where it is not the customer.
    from: String,
    /// As `from`.
    to: String,
    amount: String,
    /// How much of the amount is promotional credit of the customer.
    promotional: String,
    currency: String,
    /// The id of the call, payment, credit or transfer that it is about.
    reference: String,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EntryList {
    /// The entries of this customer; this or `agent` is needed.
    customer: Option<String>,
    /// The entries of this agent.
    agent: Option<String>,
    /// Posted at or after.
    from: Option<String>,
    /// Posted before.
    to: Option<String>,
    /// 1 to 500, 50 where it is not given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CustomerEntryList {
    /// Posted at or after.
    from: Option<String>,
    /// Posted before.
    to: Option<String>,
    /// 1 to 500, 50 where it is not given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the entries of a customer or an agent
///
/// The newest first.
#[utoipa::path(get, path = "/ledger", params(EntryList),
    responses((status = 200, description = "A page.", body = Page<EntryDocument>), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn list_entries(
    State(app): State<App>,
    caller: Caller,
    Params(list): Params<EntryList>,
) -> Result<Answer<Page<EntryDocument>>, Problem> {
    if list.customer.is_some() == list.agent.is_some() {
        return Err(Problem::new(INVALID, "name either a customer or an agent, as customer=... or agent=..."));
    }
    page(&app, &caller, &list).await
}

/// List a customer's entries
///
/// The newest first.
#[utoipa::path(get, path = "/customers/{id}/ledger", params(("id" = String, Path), CustomerEntryList),
    responses((status = 200, description = "A page.", body = Page<EntryDocument>), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn list_customer_entries(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Params(list): Params<CustomerEntryList>,
) -> Result<Answer<Page<EntryDocument>>, Problem> {
    engine::customers::get(&mut app.engine.view(&caller.0).await?, &id).await?;
    let CustomerEntryList { from, to, limit, cursor } = list;
    page(&app, &caller, &EntryList { customer: Some(id), agent: None, from, to, limit, cursor }).await
}

async fn page(app: &App, caller: &Caller, list: &EntryList) -> Result<Answer<Page<EntryDocument>>, Problem> {
    let wanted = Wanted::read(list.limit.as_ref(), list.cursor.as_ref())?;
    let filter = EntryFilter {
        customer: list.customer.as_deref(),
        agent: list.agent.as_deref(),
        from: params::instant("from", list.from.as_ref())?.map(Instant::millis),
        to: params::instant("to", list.to.as_ref())?.map(Instant::millis),
        before: wanted.key_in_time()?,
    };
    let rows = ledger::entries(&mut app.engine.view(&caller.0).await?, &filter, wanted.rows()).await?;
    let show = |row| EntryDocument::seen(row, &caller.0.reach);
    Ok(Answer::ok(wanted.page(rows, |row| key_in_time(row.posted_at, &row.key), show)))
}

impl EntryDocument {
    /// The entry as it is told to whoever has this reach: to customers without the last part of its key, which is of the tenant's books.
    pub(crate) fn seen(entry: EntryRecord, reach: &Reach) -> Self {
        let document = EntryDocument::of(entry);
        match document.key.rsplit_once('/') {
            Some((cause, _)) if !reach.is_whole() => EntryDocument { key: cause.to_owned(), ..document },
            _ => document,
        }
    }

    fn of(entry: EntryRecord) -> Self {
        let text = |micros: i64| {
            let amount = Amount::from_micros(micros);
            Currency::parse(&entry.currency).map_or_else(|_| amount.to_string(), |currency| amount.to_text(currency))
        };
        EntryDocument {
            key: entry.key,
            posted_at: Instant::clamped(entry.posted_at).to_string(),
            kind: entry.kind,
            from: entry.from_account,
            to: entry.to_account,
            amount: text(entry.amount),
            promotional: text(entry.promotional),
            currency: entry.currency,
            reference: entry.reference,
        }
    }
}
