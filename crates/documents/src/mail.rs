//! Mails that documents come with, and reminders of them.

use askama::Template;
use domain::money::Amount;
use domain::paper::{Paper, PaperKind, Standing};

use crate::figures::{Figures, plain};
use crate::render_error::RenderError;
use crate::sheet::{Fact, Payment, balances, facts, is_preview, total_label};
use crate::texts::{Labels, Language, letters};

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailKind {
    /// The document itself, which is attached.
    Document,
    /// That an invoice is to be paid.
    Reminder {
        /// Days since the due date; below zero before it.
        days: i32,
    },
}

/// A mail: subject, and the same words as plain text and as HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailBody {
    /// The subject: one line.
    pub subject: String,
    /// For readers of plain text; lines end with a line feed.
    pub text: String,
    /// For all others: a page that loads nothing.
    pub html: String,
}

/// What both forms of a mail say.
struct Letter {
    language: &'static str,
    labels: &'static Labels,
    subject: String,
    greeting: String,
    sentences: Vec<String>,
    facts: Vec<Fact>,
    payment: Option<Payment>,
    notes: Vec<String>,
    questions: Option<String>,
    regards: &'static str,
    seller: Vec<String>,
}

#[derive(Template)]
#[template(path = "mail.txt")]
struct Plain<'a> {
    letter: &'a Letter,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Rich<'a> {
    letter: &'a Letter,
}

/// The mail about a document as it stands now.
///
/// # Errors
/// A reminder of a document of which nothing is to be paid.
pub fn mail(kind: MailKind, paper: &Paper, standing: &Standing) -> Result<MailBody, RenderError> {
    let (subject, sentences) = match kind {
        MailKind::Document => (letters::document_subject(paper), letters::document(paper, standing)),
        MailKind::Reminder { .. } if !is_payable(paper, standing) => {
            return Err(RenderError::NothingToPay { number: paper.number.clone().unwrap_or_default() });
        }
        MailKind::Reminder { days } => {
            (letters::reminder_subject(paper, days), letters::reminder(paper, standing, days))
        }
    };
    let letter = Letter::new(paper, standing, subject, sentences);
    let (text, html) = (Plain { letter: &letter }.render()?, Rich { letter: &letter }.render()?);
    Ok(MailBody { subject: letter.subject, text, html })
}

impl Letter {
    fn new(paper: &Paper, standing: &Standing, subject: String, sentences: Vec<String>) -> Self {
        let language = Language::of(paper.language.as_deref());
        Letter {
            language: language.tag(),
            labels: language.labels(),
            subject,
            greeting: letters::greeting(language, &plain(&paper.buyer.name)),
            sentences,
            facts: facts(paper).into_iter().chain(amounts(paper, standing)).collect(),
            payment: Some(standing.open)
                .filter(|_| is_payable(paper, standing))
                .and_then(|open| Payment::of(paper, open)),
            notes: paper.notes.iter().map(|note| plain(note)).collect(),
            questions: letters::questions(paper),
            regards: letters::regards(language),
            seller: std::iter::once(&paper.seller.name)
                .chain(&paper.seller.address)
                .map(|line| plain(line))
                .filter(|line| !line.is_empty())
                .collect(),
        }
    }
}

/// Whether something of it is to be paid.
fn is_payable(paper: &Paper, standing: &Standing) -> bool {
    let issued = paper.kind == PaperKind::Invoice && !is_preview(paper) && !standing.preview;
    issued && !standing.closed && standing.open > Amount::ZERO
}

/// The amounts that a mail names.
fn amounts(paper: &Paper, standing: &Standing) -> Vec<Fact> {
    let figures = Figures::of(paper);
    let labels = figures.language.labels();
    let money = |label: &str, of| Fact::new(label, figures.money(of));
    match (paper.kind, paper.statement) {
        (PaperKind::Statement, Some(sums)) => {
            let (opening, closing) = balances(paper);
            vec![
                money(&opening, sums.opening),
                money(labels.credited, sums.credited),
                money(labels.charged, sums.charged),
                money(&closing, sums.closing),
            ]
        }
        _ if is_payable(paper, standing) => {
            vec![money(labels.total, paper.total), money(labels.open, standing.open)]
        }
        _ => vec![money(total_label(paper), paper.total)],
    }
}
