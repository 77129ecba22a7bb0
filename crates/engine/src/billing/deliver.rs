//! Delivery: a document is drawn once, kept, and mailed.

use std::sync::Arc;

use domain::einvoice::Lack;
use domain::paper::{Paper, PaperCall, PaperKind, Standing};
use domain::time::Instant;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::documents::{self, Document};
use super::{BillingError, listing};
use crate::jobs::{self, Handler, Job, JobFailure, NewJob, actor};
use crate::mailer::{Attachment, Mail, Mailbox, Mailer};
use crate::tenants::EinvoiceFormat;
use crate::{Actor, Engine, Scope, Work, agents, customers, tenants};

/// The jobs that deliver documents, and remind of them.
pub const DELIVER: &str = "deliver";

/// What a mail about a document is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letter {
    /// It brings the document.
    Document,
    /// It reminds of it.
    Reminder {
        /// So many days after the due date; below zero before it.
        days: i32,
    },
}

/// What a mail says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterText {
    /// What it is about.
    pub subject: String,
    /// What it says, in plain text.
    pub text: String,
    /// The same in HTML.
    pub html: String,
}

/// Turns documents into what people look at. What it answers to the same question is always the same.
pub trait Renderer: Send + Sync {
    /// The document as PDF.
    ///
    /// # Errors
    /// Why it cannot be drawn.
    fn pdf(&self, paper: &Paper, calls: &[PaperCall]) -> Result<Vec<u8>, String>;
    /// The document as PDF with its electronic invoice in it, if it has what that needs: as [`pdf`](Self::pdf), if not.
    ///
    /// # Errors
    /// Why it cannot be drawn.
    fn factur_x(&self, paper: &Paper, calls: &[PaperCall]) -> Result<Vec<u8>, String>;
    /// The document's electronic invoice as UBL 2.1.
    ///
    /// # Errors
    /// What the document lacks for one.
    fn ubl(&self, paper: &Paper) -> Result<Vec<u8>, Vec<Lack>>;
    /// The document as a page, as it stands now.
    ///
    /// # Errors
    /// Why it cannot be drawn.
    fn html(&self, paper: &Paper, calls: &[PaperCall], standing: &Standing) -> Result<String, String>;
    /// A mail about the document.
    ///
    /// # Errors
    /// Why it cannot be written.
    fn letter(&self, letter: Letter, paper: &Paper, standing: &Standing) -> Result<LetterText, String>;
}

#[derive(Serialize, Deserialize)]
struct Payload {
    document: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reminder: Option<i32>,
}

/// The job that draws a document and mails it.
pub(super) fn job(document: &str, run_at: Instant) -> NewJob {
    of(format!("{DELIVER}/{document}"), Payload { document: document.to_owned(), reminder: None }, run_at)
}

/// The job that reminds of an invoice, so many days after its due date.
pub(super) fn reminder_job(document: &str, days: i32, run_at: Instant) -> NewJob {
    of(format!("{DELIVER}/{document}/{days}"), Payload { document: document.to_owned(), reminder: Some(days) }, run_at)
}

fn of(key: String, payload: Payload, run_at: Instant) -> NewJob {
    NewJob { kind: DELIVER, key, payload: serde_json::to_string(&payload).unwrap_or_default(), run_at }
}

/// Has a document mailed to its customer once more.
///
/// # Errors
/// There is no such document, or its customer has no e-mail address.
pub async fn send_again(work: &mut Work, id: &str) -> Result<Document, BillingError> {
    let document = documents::get(work, id).await?;
    let customer = customers::get(work, &document.customer).await?;
    if customer.details.email.is_none() {
        return Err(BillingError::NoAddress { customer: customer.details.name() });
    }
    let now = work.now();
    let payload = Payload { document: id.to_owned(), reminder: None };
    jobs::enqueue(work, &[of(format!("{DELIVER}/{id}/again/{now}"), payload, now)]).await?;
    work.audit("document.send", id, None, customer.details.email.as_ref()).await?;
    Ok(document)
}

/// The document as PDF: as it was drawn first. If it was not yet, it is drawn now.
///
/// # Errors
/// There is no such document, or it cannot be drawn.
pub async fn pdf(
    engine: &Engine,
    actor: &Actor,
    renderer: &Arc<dyn Renderer>,
    id: &str,
) -> Result<Result<Vec<u8>, String>, BillingError> {
    let (document, calls, format) = {
        let mut view = engine.view(actor).await?;
        let document = documents::get(&mut view, id).await?;
        if let Some(pdf) = documents::drawing(&mut view, id).await? {
            return Ok(Ok(pdf));
        }
        let calls = listing::calls(&mut view, &document).await?;
        let format = match document.paper.kind {
            PaperKind::Invoice | PaperKind::CreditNote => tenants::get(&mut view).await?.settings.billing.einvoice,
            PaperKind::Receipt | PaperKind::Statement | PaperKind::Payout => EinvoiceFormat::Off,
        };
        (document, calls, format)
    };
    let renderer = Arc::clone(renderer);
    let draw = move || match format {
        EinvoiceFormat::Off => renderer.pdf(&document.paper, &calls),
        EinvoiceFormat::FacturX => renderer.factur_x(&document.paper, &calls),
    };
    let drawn = tokio::task::spawn_blocking(draw).await;
    let pdf = match drawn {
        Ok(Ok(pdf)) => pdf,
        Ok(Err(reason)) => return Ok(Err(reason)),
        Err(error) => return Ok(Err(error.to_string())),
    };
    let kept = engine.run(actor, |work| {
        let (pdf, id) = (pdf.clone(), id.to_owned());
        Box::pin(async move { documents::keep_drawing(work, &id, &pdf).await })
    });
    Ok(Ok(kept.await?))
}

/// The electronic invoice of an invoice or credit note as UBL 2.1, whatever the settings say of files.
///
/// # Errors
/// The document lacks something that it needs.
pub fn ubl(renderer: &Arc<dyn Renderer>, document: &Document) -> Result<Vec<u8>, BillingError> {
    renderer
        .ubl(&document.paper)
        .map_err(|lacks| BillingError::NoEinvoice { number: document.paper.number.clone().unwrap_or_default(), lacks })
}

/// Draws and mails documents.
pub struct Delivery {
    renderer: Arc<dyn Renderer>,
    /// Where none is, nothing is mailed.
    mailer: Option<Arc<dyn Mailer>>,
}

impl Delivery {
    /// A delivery that draws with this renderer; it mails if there is a mailer.
    #[must_use]
    pub fn new(renderer: Arc<dyn Renderer>, mailer: Option<Arc<dyn Mailer>>) -> Self {
        Delivery { renderer, mailer }
    }

    /// Answers to whom the document was mailed, or why it was not.
    async fn deliver(&self, engine: &Engine, job: &Job) -> Result<String, JobFailure> {
        let payload: Payload =
            serde_json::from_str(&job.payload).map_err(|error| JobFailure::GiveUp(error.to_string()))?;
        let actor = actor(job.tenant);
        let later = |error: BillingError| JobFailure::Retry(error.to_string());
        let pdf = pdf(engine, &actor, &self.renderer, &payload.document).await.map_err(later)?;
        let pdf = pdf.map_err(JobFailure::Retry)?;
        let Some(mailer) = &self.mailer else { return Ok("not sent: no mail server is named".to_owned()) };
        let (document, to, sender) = match addressed(engine, &actor, &payload, mailer.sender()).await.map_err(later)? {
            Ok(addressed) => addressed,
            Err(reason) => return Ok(format!("not sent: {reason}")),
        };
        let sent = format!("sent to {}", to.address);
        let letter = payload.reminder.map_or(Letter::Document, |days| Letter::Reminder { days });
        let written = self.renderer.letter(letter, &document.paper, &document.standing(engine.clock().now()));
        let LetterText { subject, text, html } = written.map_err(JobFailure::Retry)?;
        let mail = Mail {
            from: sender,
            to,
            reply_to: document.paper.seller.email.clone().map(|address| Mailbox { name: None, address }),
            subject,
            text,
            html,
            attachments: vec![Attachment {
                name: document.file_name("pdf"),
                media_type: "application/pdf".to_owned(),
                bytes: pdf,
            }],
            message_id: job.id.clone(),
            date: engine.clock().now(),
        };
        mailer.send(&mail).await?;
        Ok(sent)
    }
}

/// The document, whom it goes to and whom it is from; or why it goes to nobody.
async fn addressed(
    engine: &Engine,
    actor: &Actor,
    payload: &Payload,
    sender: &Mailbox,
) -> Result<Result<(Document, Mailbox, Mailbox), &'static str>, BillingError> {
    let mut view = engine.view(actor).await?;
    let document = documents::get(&mut view, &payload.document).await?;
    if payload.reminder.is_some() && !document.is_open() {
        return Ok(Err("nothing is to be paid any more"));
    }
    let tenant = tenants::get(&mut view).await?;
    let (name, address) = if document.paper.kind == PaperKind::Payout {
        let agent = agents::get(&mut view, &document.customer).await?;
        (agent.name, agent.details.email.ok_or("the agent has no e-mail address"))
    } else {
        let details = customers::get(&mut view, &document.customer).await?.details;
        (details.name(), details.email.ok_or("the customer has no e-mail address"))
    };
    let address = match address {
        Ok(address) => address,
        Err(reason) => return Ok(Err(reason)),
    };
    let to = Mailbox { name: Some(name), address };
    let from = Mailbox { name: Some(tenant.name), address: sender.address.clone() };
    Ok(Ok((document, to, from)))
}

impl Handler for Delivery {
    fn run<'a>(&'a self, engine: &'a Engine, job: &'a Job) -> BoxFuture<'a, Result<Option<String>, JobFailure>> {
        Box::pin(async move { self.deliver(engine, job).await.map(Some) })
    }
}
