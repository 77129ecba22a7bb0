//! What follows an invoice that cannot be changed: credit notes, writing off, mailing it once more.

use axum::extract::State;
use axum::response::Response;
use domain::paper::PaperKind;
use engine::Scope;
use engine::billing::{self, NewCreditNote};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::issued::of_kind;
use super::papers::PaperDocument;
use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Nothing, Posted};
use crate::fields;
use crate::guard::{CLERKS, Caller, TENANT};
use crate::params::Id;
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(credit_invoice))
        .routes(routes!(write_off_invoice))
        .routes(routes!(send_invoice))
}

/// What is taken back of an invoice.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "bad line on 3 October", "lines": [{"line": 0, "amount": "1.00"}]}))]
struct NewCreditNoteDocument {
    /// Why.
    reason: String,
    /// Which lines; all that is left of the invoice, where none is named.
    #[serde(default)]
    lines: Vec<CreditedLine>,
}

/// What is taken back of a line.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreditedLine {
    /// Its place on the invoice, from 0.
    line: usize,
    /// How much, as the invoice has it (its tax goes with it); all that is left, where it is not given.
    amount: Option<String>,
}

/// Why an invoice is given up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "insolvent"}))]
struct WriteOff {
    /// Why.
    reason: String,
}

/// Take back an invoice, as a whole or by line
///
/// What is unpaid of it is settled by that. The rest settles other invoices, the oldest first, or waits for the next one.
#[utoipa::path(post, path = "/invoices/{id}/credit-notes", request_body = NewCreditNoteDocument,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "The credit note.", body = PaperDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn credit_invoice(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Posted { claim, body: Body(new) }: Posted<Body<NewCreditNoteDocument>>,
) -> Result<Response, Problem> {
    let new = new.read(id)?;
    app.once(&caller, claim, move |work| {
        let new = new.clone();
        Box::pin(async move {
            let invoice = of_kind(work, PaperKind::Invoice, &new.invoice).await?.id;
            let note = billing::credit_note(work, NewCreditNote { invoice, ..new }).await?;
            let (location, version) = (format!("/api/v1/credit-notes/{}", note.id), note.version);
            Ok(Answer::created(location, PaperDocument::of(note, work.now())).version(version))
        })
    })
    .await
}

/// Give up what is unpaid of an invoice
///
/// The customer owes it no more, and the loss is booked.
#[utoipa::path(post, path = "/invoices/{id}/write-off", request_body = WriteOff,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, description = "It is written off.", body = PaperDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn write_off_invoice(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Posted { claim, body: Body(WriteOff { reason }) }: Posted<Body<WriteOff>>,
) -> Result<Response, Problem> {
    app.once(&caller, claim, move |work| {
        let (id, reason) = (id.clone(), reason.clone());
        Box::pin(async move {
            let invoice = of_kind(work, PaperKind::Invoice, &id).await?.id;
            let invoice = billing::write_off(work, &invoice, reason).await?;
            let version = invoice.version;
            Ok(Answer::ok(PaperDocument::of(invoice, work.now())).version(version))
        })
    })
    .await
}

/// Mail an invoice once more
///
/// It is mailed as soon as its turn comes: `/jobs` shows what becomes of it.
#[utoipa::path(post, path = "/invoices/{id}/send",
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 202, description = "It will be mailed.", body = PaperDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn send_invoice(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Posted { claim, body: Nothing {} }: Posted<Nothing>,
) -> Result<Response, Problem> {
    app.once(&caller, claim, move |work| {
        let id = id.clone();
        Box::pin(async move {
            let invoice = of_kind(work, PaperKind::Invoice, &id).await?.id;
            let invoice = billing::send_again(work, &invoice).await?;
            let now = work.now();
            Ok(Answer::accepted(PaperDocument::of(invoice, now)))
        })
    })
    .await
}

impl NewCreditNoteDocument {
    fn read(self, invoice: String) -> Result<NewCreditNote, Problem> {
        let read = |(place, credited): (usize, CreditedLine)| {
            let pointer = format!("/lines/{place}/amount");
            let amount = credited.amount.map(|amount| fields::amount(&pointer, &amount)).transpose()?;
            Ok::<_, Problem>((credited.line, amount))
        };
        let lines = self.lines.into_iter().enumerate().map(read).collect::<Result<_, _>>()?;
        Ok(NewCreditNote { invoice, lines, reason: self.reason })
    }
}
