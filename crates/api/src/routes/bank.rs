//! Files of a bank, and the money that they tell of.

use axum::extract::State;
use axum::response::Response;
use domain::bank::{Candidate, Sign};
use engine::bank::{self, BankFile, BankRow, RowReject, RowState};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{Body, File, Posted};
use crate::guard::{CLERKS, Caller, READERS, TENANT};
use crate::paging::{Page, PageParams, Wanted};
use crate::params::{self, Id, Params};
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(import_bank_file, list_bank_files))
        .routes(routes!(get_bank_file))
        .routes(routes!(list_bank_rows))
        .routes(routes!(take_bank_row))
        .routes(routes!(set_bank_row_aside))
}

/// What a file is called.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BankFileQuery {
    /// The file's name, as it is listed.
    name: Option<String>,
}

/// A file of a bank that was imported.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "bnf_0", "name": "october.xml", "format": "camt.053", "received": 12, "known": 2, "taken": 9, "waiting": 1,
    "set_aside": 0, "outgoing": 3, "unbooked": 0, "rejects": [], "imported_at": "2026-11-02T08:00:00Z", "imported_by": "user:usr_0"}))]
struct BankFileDocument {
    id: String,
    name: String,
    /// `camt.053` or `csv`.
    format: String,
    /// How many rows of money that came in it has.
    received: i64,
    /// How many of them were on record before.
    known: i64,
    /// How many are payments.
    taken: i64,
    /// How many wait for somebody to look at them.
    waiting: i64,
    /// How many somebody has set aside.
    set_aside: i64,
    /// How many rows of money that went out were passed over.
    outgoing: i64,
    /// How many rows were passed over that are not booked yet: they come again when they are.
    unbooked: i64,
    /// Rows that cannot be read, the first 100.
    rejects: Vec<BankRejectDocument>,
    imported_at: String,
    imported_by: String,
}

/// A row of a bank's file that cannot be read.
#[derive(Debug, Serialize, ToSchema)]
struct BankRejectDocument {
    /// The line of a CSV file, the entry of a statement; the first is 1.
    position: i64,
    reason: String,
}

/// Money that came in, as a bank's file tells.
#[derive(Debug, Serialize, ToSchema)]
struct BankRowDocument {
    id: String,
    /// The file with which it came first.
    file: String,
    /// Where it stands there: the line of a CSV file, the entry of a statement; the first is 1.
    position: i64,
    /// The local day on which it was booked.
    booked_on: String,
    amount: String,
    currency: String,
    /// Who paid, as their bank calls them.
    payer: Option<String>,
    /// The account that it came from.
    account: Option<String>,
    /// What the payer wrote.
    text: String,
    #[schema(value_type = String, pattern = "^(waiting|taken|set_aside)$")]
    state: RowState,
    /// Why it had to be looked at: `nobody` (nothing points to anybody), `one_sign` (one thing alone), `several_customers`, `several_invoices`
    /// (its amount is what is left of two, and the payer named neither), `currency` (the customer's is another), or `refused` (the customer is closed,
    /// or the invoice was paid meanwhile).
    #[schema(value_type = Option<String>, pattern = "^(nobody|one_sign|several_customers|several_invoices|currency|refused)$")]
    doubt: Option<&'static str>,
    /// To whom something points now, while it waits: the most likely first.
    candidates: Vec<BankCandidateDocument>,
    customer: Option<String>,
    payment: Option<String>,
    /// Why it is set aside.
    note: Option<String>,
    decided_at: Option<String>,
    decided_by: Option<String>,
}

/// A customer whose the money may be.
#[derive(Debug, Serialize, ToSchema)]
struct BankCandidateDocument {
    customer: String,
    /// The invoice that it would settle first, where one is meant.
    invoice: Option<String>,
    invoice_number: Option<String>,
    /// What is left to pay of it.
    left: Option<String>,
    /// What points to the customer: `reference`, `amount`, `name`, `account`.
    signs: Vec<&'static str>,
}

/// Which rows are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BankRowList {
    /// Only those that came with this file.
    file: Option<String>,
    /// `waiting`, `taken` or `set_aside`; all, where it is not given.
    state: Option<String>,
    /// 1 to 500, 50 where it is not given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Whose a row is.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"customer": "cus_0", "invoice": "000017"}))]
struct BankRowPayment {
    customer: String,
    /// The id or number of the invoice that it settles first; the oldest, where none is given.
    invoice: Option<String>,
}

/// Why a row is none.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "interest of the bank's"}))]
struct BankRowReason {
    reason: String,
}

/// Import a file of a bank
///
/// A statement (camt.053), or a CSV file whose columns the setting `bank_csv` names. Money that came in becomes payments where two things
/// point to the same customer and nothing else to another: the number of an invoice or the customer's reference, the amount, the name, the
/// account. The rest waits. What is on record already is passed over, so that the same file may come again.
#[utoipa::path(post, path = "/bank-files", params(BankFileQuery),
    request_body(content((String = "application/xml"), (String = "text/csv"))),
    responses((status = 201, description = "It is imported.", body = BankFileDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn import_bank_file(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(query): Params<BankFileQuery>,
    File(bytes): File,
) -> Result<Answer<BankFileDocument>, Problem> {
    let name = query.name.unwrap_or_else(|| "upload".to_owned());
    let imported = bank::import(&app.engine, &actor, name, &bytes).await?;
    let location = format!("/api/v1/bank-files/{}", imported.id);
    Ok(Answer::created(location, BankFileDocument::of(imported)))
}

/// List the files of banks
///
/// The newest first.
#[utoipa::path(get, path = "/bank-files", params(PageParams),
    responses((status = 200, description = "A page.", body = Page<BankFileDocument>), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn list_bank_files(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<PageParams>,
) -> Result<Answer<Page<BankFileDocument>>, Problem> {
    let wanted = list.wanted()?;
    let rows = bank::files(&mut app.engine.view(&actor).await?, wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), BankFileDocument::of)))
}

/// Show a file of a bank
#[utoipa::path(get, path = "/bank-files/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The file.", body = BankFileDocument), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn get_bank_file(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<BankFileDocument>, Problem> {
    Ok(Answer::ok(BankFileDocument::of(bank::file(&mut app.engine.view(&actor).await?, &id).await?)))
}

/// List the money that files of banks tell of
///
/// The oldest first.
#[utoipa::path(get, path = "/bank-rows", params(BankRowList),
    responses((status = 200, description = "A page.", body = Page<BankRowDocument>), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn list_bank_rows(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<BankRowList>,
) -> Result<Answer<Page<BankRowDocument>>, Problem> {
    let wanted = Wanted::read(list.limit.as_ref(), list.cursor.as_ref())?;
    let state: Option<RowState> = params::word("state", list.state.as_ref())?;
    let mut view = app.engine.view(&actor).await?;
    let rows = bank::rows(&mut view, (list.file.as_deref(), state), wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |(row, _)| row.id.clone(), |(row, found)| BankRowDocument::of(row, found))))
}

/// Take a row of a bank's file as a customer's payment
///
/// One that waits or was set aside; or one that was taken for somebody else, when that payment has gone back.
#[utoipa::path(post, path = "/bank-rows/{id}/payments", request_body = BankRowPayment,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "It is a payment.", body = BankRowDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn take_bank_row(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Posted { claim, body: Body(new) }: Posted<Body<BankRowPayment>>,
) -> Result<Response, Problem> {
    app.once(&caller, claim, move |work| {
        let (id, new) = (id.clone(), new.clone());
        Box::pin(async move {
            let row = bank::take(work, &id, new.customer, new.invoice).await?;
            let location = format!("/api/v1/bank-rows?file={}", row.file);
            Ok(Answer::created(location, BankRowDocument::of(row, Vec::new())))
        })
    })
    .await
}

/// Set a row of a bank's file aside
///
/// It is no payment of a customer's.
#[utoipa::path(post, path = "/bank-rows/{id}/set-aside", request_body = BankRowReason,
    params(("id" = String, Path)),
    responses((status = 200, description = "It is set aside.", body = BankRowDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn set_bank_row_aside(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Body(new): Body<BankRowReason>,
) -> Result<Response, Problem> {
    app.once(&caller, None, move |work| {
        let (id, reason) = (id.clone(), new.reason.clone());
        Box::pin(
            async move { Ok(Answer::ok(BankRowDocument::of(bank::set_aside(work, &id, reason).await?, Vec::new()))) },
        )
    })
    .await
}

impl BankFileDocument {
    fn of(file: BankFile) -> Self {
        let reject = |RowReject { position, reason }| BankRejectDocument { position, reason };
        BankFileDocument {
            imported_at: file.imported_at.to_string(),
            rejects: file.rejects.into_iter().map(reject).collect(),
            id: file.id,
            name: file.name,
            format: file.format,
            received: file.received,
            known: file.known,
            taken: file.taken,
            waiting: file.waiting,
            set_aside: file.set_aside,
            outgoing: file.outgoing,
            unbooked: file.unbooked,
            imported_by: file.imported_by,
        }
    }
}

impl BankRowDocument {
    fn of(row: BankRow, candidates: Vec<Candidate>) -> Self {
        let candidate = |Candidate { customer, invoice, signs }| BankCandidateDocument {
            left: invoice.as_ref().map(|invoice| invoice.left.to_text(row.currency)),
            invoice_number: invoice.as_ref().map(|invoice| invoice.number.clone()),
            invoice: invoice.map(|invoice| invoice.id),
            signs: signs.into_iter().map(sign).collect(),
            customer,
        };
        BankRowDocument {
            candidates: candidates.into_iter().map(candidate).collect(),
            amount: row.amount.to_text(row.currency),
            currency: row.currency.to_string(),
            doubt: row.doubt.map(bank::RowDoubt::name),
            decided_at: row.decided_at.map(|at| at.to_string()),
            id: row.id,
            file: row.file,
            position: row.position,
            booked_on: row.booked_on,
            payer: row.payer,
            account: row.account,
            text: row.text,
            state: row.state,
            customer: row.customer,
            payment: row.payment,
            note: row.note,
            decided_by: row.decided_by,
        }
    }
}

fn sign(sign: Sign) -> &'static str {
    match sign {
        Sign::Reference => "reference",
        Sign::Amount => "amount",
        Sign::Name => "name",
        Sign::Account => "account",
    }
}
