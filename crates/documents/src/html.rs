//! A document as a page of HTML that needs nothing else.

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::money::Amount;
use domain::paper::{Paper, PaperKind, Standing};

use crate::figures::Figures;
use crate::render_error::RenderError;
use crate::sheet::{Payment, Sheet, is_preview};

/// An owner's logo.
pub(crate) struct Logo {
    /// The name of its file.
    pub(crate) name: &'static str,
    /// The picture as an address that holds all of it.
    address: String,
}

impl Logo {
    pub(crate) fn new(name: &'static str, mime: &str, bytes: &[u8]) -> Self {
        Logo { name, address: format!("data:{mime};base64,{}", STANDARD.encode(bytes)) }
    }
}

/// The page.
#[derive(Template)]
#[template(path = "paper.html")]
struct Page<'a> {
    sheet: &'a Sheet,
    logo: Option<&'a str>,
    mark: Option<Mark>,
    /// What is still to be paid, where that is not what was due when it was issued.
    open: Option<String>,
    /// How to pay what is still to be paid.
    payment: Option<Payment>,
}

impl Page<'_> {
    /// How many columns the table of lines has.
    fn columns(&self) -> usize {
        2 + if self.sheet.has_usage { 2 } else { 0 } + usize::from(self.sheet.has_tax)
    }
}

/// How the document stands, at the top of the page.
struct Mark {
    /// The class of its colours: `good`, `late` or `plain`.
    class: &'static str,
    text: String,
}

/// Writes the page.
pub(crate) fn page(
    paper: &Paper,
    sheet: &Sheet,
    standing: &Standing,
    logo: Option<&Logo>,
) -> Result<String, RenderError> {
    let logo = logo.map(|logo| logo.address.as_str());
    let issued = paper.kind == PaperKind::Invoice && !standing.preview && !is_preview(paper);
    let open = (issued && standing.open != paper.due).then(|| Figures::of(paper).amount(standing.open));
    let payment = Some(standing.open).filter(|open| issued && *open > Amount::ZERO);
    let payment = payment.and_then(|open| Payment::of(paper, open));
    Ok(Page { sheet, logo, mark: mark(paper, sheet, standing), open, payment }.render()?)
}

fn mark(paper: &Paper, sheet: &Sheet, standing: &Standing) -> Option<Mark> {
    let labels = sheet.labels;
    let open = || format!("{}: {}", labels.open, Figures::of(paper).money(standing.open));
    let (class, text) = match paper.kind {
        PaperKind::CreditNote | PaperKind::Statement | PaperKind::Payout => return None,
        PaperKind::Receipt => ("good", labels.paid.to_owned()),
        PaperKind::Invoice if standing.preview || is_preview(paper) => ("plain", labels.preview_note.to_owned()),
        PaperKind::Invoice if standing.closed => ("plain", labels.closed.to_owned()),
        PaperKind::Invoice if standing.overdue => ("late", format!("{}. {}", labels.overdue, open())),
        PaperKind::Invoice if standing.open.is_zero() => ("good", labels.paid.to_owned()),
        PaperKind::Invoice => ("plain", open()),
    };
    Some(Mark { class, text })
}
