//! Documents that were issued, of any kind: as JSON, as a file, as a page. They are read, and never changed or deleted.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::paper::{Paper, PaperCall, PaperKind, Standing};
use engine::billing::{self, BillingError, Document, DocumentFilter};
use engine::{Actor, Scope};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::papers::PaperDocument;
use crate::App;
use crate::answer::Answer;
use crate::guard::{CUSTOMER, CUSTOMERS, Caller};
use crate::paging::{Page, Wanted};
use crate::params::{Id, Params};
use crate::problem::{NOT_FOUND, Problem, Refusals};

/// Styles stand in the page and pictures in their addresses; there is nothing else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'; \
                      form-action 'none'";

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_credit_notes))
        .routes(routes!(get_credit_note))
        .routes(routes!(get_credit_note_ubl))
        .routes(routes!(list_receipts))
        .routes(routes!(get_receipt))
        .routes(routes!(list_statements))
        .routes(routes!(get_statement))
}

/// Which documents are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct IssuedList {
    /// Only this customer's.
    customer: Option<String>,
    /// 1 to 500, 50 where it is not given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// In which form a document is asked for: what its address ends with says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Pdf,
    Html,
}

/// List credit notes
///
/// The newest first.
#[utoipa::path(get, path = "/credit-notes", params(IssuedList),
    responses((status = 200, description = "A page.", body = Page<PaperDocument>), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn list_credit_notes(
    State(app): State<App>,
    caller: Caller,
    Params(list): Params<IssuedList>,
) -> Result<Answer<Page<PaperDocument>>, Problem> {
    list.page(&app, &caller, "credit_note").await
}

/// Show a credit note
///
/// With `.pdf` or `.html` behind the id it is a file or a page.
#[utoipa::path(get, path = "/credit-notes/{id}", params(("id" = String, Path, description = "Its id or number.")),
    responses((status = 200, description = "The credit note.", content((PaperDocument = "application/json"),
        (String = "application/pdf"), (String = "text/html"))), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn get_credit_note(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<Response, Problem> {
    show(&app, &actor, PaperKind::CreditNote, &id).await
}

/// Show a credit note as an electronic invoice
///
/// UBL 2.1 under EN 16931, whatever the settings say of files. Where the credit note lacks what that needs, the answer says what, and where it is set.
#[utoipa::path(get, path = "/credit-notes/{id}/ubl", params(("id" = String, Path, description = "Its id or number.")),
    responses((status = 200, description = "The file.", body = String, content_type = "application/xml"), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn get_credit_note_ubl(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<Response, Problem> {
    ubl(&app, &actor, PaperKind::CreditNote, &id).await
}

/// List receipts for top-ups
///
/// The newest first.
#[utoipa::path(get, path = "/receipts", params(IssuedList),
    responses((status = 200, description = "A page.", body = Page<PaperDocument>), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn list_receipts(
    State(app): State<App>,
    caller: Caller,
    Params(list): Params<IssuedList>,
) -> Result<Answer<Page<PaperDocument>>, Problem> {
    list.page(&app, &caller, "receipt").await
}

/// Show a receipt
///
/// With `.pdf` or `.html` behind the id it is a file or a page.
#[utoipa::path(get, path = "/receipts/{id}", params(("id" = String, Path, description = "Its id or number.")),
    responses((status = 200, description = "The receipt.", content((PaperDocument = "application/json"),
        (String = "application/pdf"), (String = "text/html"))), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn get_receipt(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<Response, Problem> {
    show(&app, &actor, PaperKind::Receipt, &id).await
}

/// List statements of prepaid customers
///
/// The newest first.
#[utoipa::path(get, path = "/statements", params(IssuedList),
    responses((status = 200, description = "A page.", body = Page<PaperDocument>), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn list_statements(
    State(app): State<App>,
    caller: Caller,
    Params(list): Params<IssuedList>,
) -> Result<Answer<Page<PaperDocument>>, Problem> {
    list.page(&app, &caller, "statement").await
}

/// Show a statement
///
/// With `.pdf` or `.html` behind the id it is a file or a page.
#[utoipa::path(get, path = "/statements/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The statement.", content((PaperDocument = "application/json"),
        (String = "application/pdf"), (String = "text/html"))), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn get_statement(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<Response, Problem> {
    show(&app, &actor, PaperKind::Statement, &id).await
}

impl IssuedList {
    async fn page(&self, app: &App, caller: &Caller, kind: &str) -> Result<Answer<Page<PaperDocument>>, Problem> {
        let wanted = Wanted::read(self.limit.as_ref(), self.cursor.as_ref())?;
        let filter = DocumentFilter { kind, customer: self.customer.as_deref(), ..DocumentFilter::default() };
        page(app, caller, filter, &wanted).await
    }
}

/// A page of documents, the newest first.
pub(super) async fn page(
    app: &App,
    Caller(actor): &Caller,
    filter: DocumentFilter<'_>,
    wanted: &Wanted,
) -> Result<Answer<Page<PaperDocument>>, Problem> {
    let mut view = app.engine.view(actor).await?;
    let filter = DocumentFilter { before: wanted.key(), ..filter };
    let (rows, now) = (billing::page(&mut view, &filter, wanted.rows()).await?, view.now());
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), |row| PaperDocument::seen(row, now, &actor.reach))))
}

/// The document of a kind with this id or number.
pub(super) async fn of_kind(scope: &mut impl Scope, kind: PaperKind, id: &str) -> Result<Document, BillingError> {
    let document = billing::find(scope, id).await?;
    if document.paper.kind == kind { Ok(document) } else { Err(BillingError::NotFound(id.to_owned())) }
}

/// A document in the form that its address ends with.
pub(super) async fn show(app: &App, actor: &Actor, kind: PaperKind, address: &str) -> Result<Response, Problem> {
    let (id, form) = Form::of(address)?;
    let mut view = app.engine.view(actor).await?;
    let document = of_kind(&mut view, kind, id).await?;
    let now = view.now();
    match form {
        Form::Json => {
            let version = document.version;
            Ok(Answer::ok(PaperDocument::seen(document, now, &actor.reach)).version(version).into_response())
        }
        Form::Html => {
            let calls = billing::calls(&mut view, &document).await?;
            drop(view);
            let standing = document.standing(now);
            html(app, document.paper, calls, standing).await
        }
        Form::Pdf => {
            drop(view);
            let drawn = billing::pdf(&app.engine, actor, &app.renderer, &document.id).await?;
            let bytes = drawn.map_err(Problem::internal)?;
            let disposition = format!("inline; filename=\"{}\"", document.file_name("pdf"));
            let headers =
                [(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
            Ok((headers, bytes).into_response())
        }
    }
}

/// A document as an electronic invoice, UBL 2.1.
pub(super) async fn ubl(app: &App, actor: &Actor, kind: PaperKind, id: &str) -> Result<Response, Problem> {
    let document = of_kind(&mut app.engine.view(actor).await?, kind, id).await?;
    let disposition = format!("attachment; filename=\"{}\"", document.file_name("xml"));
    let renderer = Arc::clone(&app.renderer);
    let written = tokio::task::spawn_blocking(move || billing::ubl(&renderer, &document)).await;
    let bytes = written.map_err(|error| Problem::internal(error.to_string()))??;
    let headers = [(header::CONTENT_TYPE, "application/xml".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, bytes).into_response())
}

/// A document as a page.
pub(super) async fn html(
    app: &App,
    paper: Paper,
    calls: Vec<PaperCall>,
    standing: Standing,
) -> Result<Response, Problem> {
    let renderer = Arc::clone(&app.renderer);
    let drawn = tokio::task::spawn_blocking(move || renderer.html(&paper, &calls, &standing)).await;
    let page = drawn.map_err(|error| Problem::internal(error.to_string()))?.map_err(Problem::internal)?;
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, POLICY)];
    Ok((headers, page).into_response())
}

impl Form {
    /// Id and form of an address. No id ends with a dot and letters, and every number with digits.
    pub(super) fn of(address: &str) -> Result<(&str, Form), Problem> {
        match address.rsplit_once('.') {
            Some((id, "pdf")) => Ok((id, Form::Pdf)),
            Some((id, "html")) => Ok((id, Form::Html)),
            Some((id, other)) if !other.is_empty() && other.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                let forms = format!("ask for {id}.pdf, {id}.html, or {id} alone, which is JSON");
                Err(Problem::new(NOT_FOUND, format!("a document has no form .{other}: {forms}")))
            }
            _ => Ok((address, Form::Json)),
        }
    }
}
