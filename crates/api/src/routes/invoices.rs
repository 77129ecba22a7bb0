//! Invoices: issued, previewed, shown.

use axum::extract::State;
use axum::response::Response;
use domain::money::Amount;
use domain::paper::{PaperKind, Standing};
use domain::time::Instant;
use engine::billing::{self, BillingError, DocumentFilter, DocumentState};
use engine::{Scope, customers, tenants};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::issued;
use super::paper_lines::{AllocationDocument, PaperCallDocument};
use super::papers::PaperDocument;
use crate::App;
use crate::answer::Answer;
use crate::body::{Nothing, Posted};
use crate::guard::{CLERKS, CUSTOMER, CUSTOMERS, Caller, TENANT};
use crate::paging::{Page, Wanted};
use crate::params::{self, Id, Params};
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(issue_invoices))
        .routes(routes!(preview_invoices))
        .routes(routes!(preview_invoice_page))
        .routes(routes!(list_invoices))
        .routes(routes!(get_invoice))
        .routes(routes!(get_invoice_ubl))
        .routes(routes!(list_invoiced_calls))
        .routes(routes!(list_settlements))
}

/// What a customer was billed, or would be.
#[derive(Debug, Serialize, ToSchema)]
struct BilledDocument {
    /// Whether something was due, and is issued now.
    issued: bool,
    /// The invoices, the oldest period first; where nothing was due, what the next ones would be.
    invoices: Vec<PaperDocument>,
}

/// Which invoices are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct InvoiceList {
    /// Only this customer's.
    customer: Option<String>,
    /// Only those in this state: `issued`, `part_paid`, `paid`, `credited` or `written_off`.
    state: Option<String>,
    /// `true`: only those of which something is still to be paid.
    #[param(value_type = Option<bool>)]
    unpaid: Option<String>,
    /// `true`: only those that should have been paid before today.
    #[param(value_type = Option<bool>)]
    overdue: Option<String>,
    /// 1 to 500, 50 where it is not given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PreviewPage {
    /// The bill of this line, where each line has its own; the first one, where it is not given.
    line: Option<String>,
}

/// Issue the invoices that are due to a customer
///
/// Every period of the customer that has ended is closed. Where none has, nothing is issued, and the answer has the preview.
#[utoipa::path(post, path = "/customers/{id}/invoices",
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "They are issued.", body = BilledDocument),
        (status = 200, description = "Nothing is due.", body = BilledDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn issue_invoices(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Posted { claim, body: Nothing {} }: Posted<Nothing>,
) -> Result<Response, Problem> {
    app.once(&caller, claim, move |work| {
        let id = id.clone();
        Box::pin(async move {
            customers::get(work, &id).await?;
            let issued = billing::run_customer(work, &id).await?;
            if issued.is_empty() {
                return Ok(Answer::ok(BilledDocument { issued: false, invoices: previews(work, &id).await? }));
            }
            let now = work.now();
            let mut invoices = Vec::with_capacity(issued.len());
            for invoice in &issued {
                invoices.push(PaperDocument::of(billing::get(work, invoice).await?, now));
            }
            let location = match &issued[..] {
                [one] => format!("/api/v1/invoices/{one}"),
                _ => format!("/api/v1/invoices?customer={id}"),
            };
            Ok(Answer::created(location, BilledDocument { issued: true, invoices }))
        })
    })
    .await
}

async fn previews(scope: &mut impl Scope, customer: &str) -> Result<Vec<PaperDocument>, BillingError> {
    let previews = billing::preview(scope, customer).await?;
    Ok(previews.into_iter().map(|preview| PaperDocument::preview(customer, preview)).collect())
}

/// Show what a customer's next invoices would be
///
/// Fees to the end of the running periods, calls up to now, and what waits for an invoice.
#[utoipa::path(get, path = "/customers/{id}/invoices/preview", params(("id" = String, Path)),
    responses((status = 200, description = "The preview.", body = Page<PaperDocument>), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn preview_invoices(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<Page<PaperDocument>>, Problem> {
    let items = previews(&mut app.engine.view(&actor).await?, &id).await?;
    Ok(Answer::ok(Page { items, next_cursor: None }))
}

/// Show what a customer's next invoice would be, as a page
#[utoipa::path(get, path = "/customers/{id}/invoices/preview.html", params(("id" = String, Path), PreviewPage),
    responses((status = 200, description = "The page.", body = String, content_type = "text/html"), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn preview_invoice_page(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
    Params(wanted): Params<PreviewPage>,
) -> Result<Response, Problem> {
    let previews = billing::preview(&mut app.engine.view(&actor).await?, &id).await?;
    let mut previews = previews.into_iter();
    let preview = previews.find(|preview| wanted.line.is_none() || preview.line == wanted.line);
    let preview = preview.ok_or_else(|| BillingError::NotFound(format!("to come of {id}")))?;
    let standing = Standing { preview: true, open: Amount::ZERO, overdue: false, closed: false };
    issued::html(&app, preview.paper, preview.calls, standing).await
}

/// List invoices
///
/// The newest first.
#[utoipa::path(get, path = "/invoices", params(InvoiceList),
    responses((status = 200, description = "A page.", body = Page<PaperDocument>), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn list_invoices(
    State(app): State<App>,
    caller: Caller,
    Params(list): Params<InvoiceList>,
) -> Result<Answer<Page<PaperDocument>>, Problem> {
    let wanted = Wanted::read(list.limit.as_ref(), list.cursor.as_ref())?;
    let state: Option<DocumentState> = params::word("state", list.state.as_ref())?;
    let overdue_at = match params::flag("overdue", list.overdue.as_ref())? {
        true => Some(today(&app, &caller).await?.millis()),
        false => None,
    };
    let filter = DocumentFilter {
        kind: "invoice",
        customer: list.customer.as_deref(),
        state: state.map(DocumentState::name),
        unpaid: params::flag("unpaid", list.unpaid.as_ref())?,
        overdue_at,
        ..DocumentFilter::default()
    };
    issued::page(&app, &caller, filter, &wanted).await
}

/// The beginning of the tenant's present day: what was due on a day before it is late.
async fn today(app: &App, Caller(actor): &Caller) -> Result<Instant, Problem> {
    let mut view = app.engine.view(actor).await?;
    let zone = tenants::get(&mut view).await?.settings.time_zone;
    Ok(zone.start_of_day(zone.date(view.now())))
}

/// Show an invoice
///
/// With `.pdf` or `.html` behind the id it is a file or a page. The file is drawn once, and stays as it is.
#[utoipa::path(get, path = "/invoices/{id}", params(("id" = String, Path, description = "Its id or number.")),
    responses((status = 200, description = "The invoice.", content((PaperDocument = "application/json"),
        (String = "application/pdf"), (String = "text/html"))), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn get_invoice(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<Response, Problem> {
    issued::show(&app, &actor, PaperKind::Invoice, &id).await
}

/// Show an invoice as an electronic invoice
///
/// UBL 2.1 under EN 16931, whatever the settings say of files. Where the invoice lacks what that needs, the answer says what, and where it is set.
#[utoipa::path(get, path = "/invoices/{id}/ubl", params(("id" = String, Path, description = "Its id or number.")),
    responses((status = 200, description = "The file.", body = String, content_type = "application/xml"), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn get_invoice_ubl(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<Response, Problem> {
    issued::ubl(&app, &actor, PaperKind::Invoice, &id).await
}

/// List the calls on an invoice
///
/// All of them, by line and name, the first answered first.
#[utoipa::path(get, path = "/invoices/{id}/calls", params(("id" = String, Path)),
    responses((status = 200, description = "The calls.", body = Page<PaperCallDocument>), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn list_invoiced_calls(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<Page<PaperCallDocument>>, Problem> {
    let mut view = app.engine.view(&actor).await?;
    let invoice = issued::of_kind(&mut view, PaperKind::Invoice, &id).await?;
    let currency = invoice.currency();
    let calls = billing::calls(&mut view, &invoice).await?.into_iter();
    let items = calls.map(|call| PaperCallDocument::of(call, |amount| amount.to_text(currency))).collect();
    Ok(Answer::ok(Page { items, next_cursor: None }))
}

/// List what settles an invoice
///
/// Payments, credits and credit notes, the first first.
#[utoipa::path(get, path = "/invoices/{id}/settlements", params(("id" = String, Path)),
    responses((status = 200, description = "What settles it.", body = Page<AllocationDocument>), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn list_settlements(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<Page<AllocationDocument>>, Problem> {
    let mut view = app.engine.view(&actor).await?;
    let invoice = issued::of_kind(&mut view, PaperKind::Invoice, &id).await?;
    let currency = invoice.currency();
    let rows = billing::settlements(&mut view, &invoice).await?.into_iter();
    let items = rows.map(|row| AllocationDocument::of(row, |amount| amount.to_text(currency))).collect();
    Ok(Answer::ok(Page { items, next_cursor: None }))
}
