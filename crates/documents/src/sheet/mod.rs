//! A document as it is drawn: a [`Paper`] in the words and figures of its reader.
//!
//! Typst and HTML templates get the same sheet. All its texts are finished: a template places them and computes nothing.

mod calls;
mod lines;
mod payout;
mod sums;

use domain::money::Amount;
use domain::paper::{Paper, PaperCall, PaperKind, Side};
use serde::Serialize;

use crate::RenderError;
use crate::figures::{Figures, plain};
use crate::texts::{Labels, Language};

pub(crate) use calls::CallGroup;
pub(crate) use lines::Group;
pub(crate) use sums::{Payment, Sums, balances, total_label};

/// Everything that a template needs.
#[derive(Debug, Serialize)]
pub(crate) struct Sheet {
    /// The language of its words.
    pub(crate) language: &'static str,
    /// The words that are the same on each document.
    pub(crate) labels: &'static Labels,
    /// What it is.
    pub(crate) kind: PaperKind,
    /// What it is called: `Invoice`.
    pub(crate) title: &'static str,
    /// Its number, if it has one.
    pub(crate) number: Option<String>,
    /// Title and number.
    pub(crate) name: String,
    /// Whether it is the preview of an invoice.
    pub(crate) preview: bool,
    /// Whether nothing was left to pay when it was issued.
    pub(crate) paid: bool,
    /// The code of its currency.
    pub(crate) currency: String,
    /// The name of the zone of its times.
    pub(crate) time_zone: String,
    /// Who issues it.
    pub(crate) seller: Party,
    /// Who gets it.
    pub(crate) buyer: Party,
    /// Its number, dates and references.
    pub(crate) facts: Vec<Fact>,
    /// Its lines, by the customer's line.
    pub(crate) groups: Vec<Group>,
    /// Whether there are calls among the lines.
    pub(crate) has_usage: bool,
    /// Whether a line names a tax rate.
    pub(crate) has_tax: bool,
    /// What it comes to.
    pub(crate) sums: Sums,
    /// How to pay what is due.
    pub(crate) payment: Option<Payment>,
    /// Sentences that have to stand on it.
    pub(crate) notes: Vec<String>,
    /// The calls beneath it.
    pub(crate) calls: Vec<CallGroup>,
}

/// The seller or the buyer.
#[derive(Debug, Serialize)]
pub(crate) struct Party {
    pub(crate) name: String,
    /// The postal address, line by line.
    pub(crate) address: Vec<String>,
    /// Where it is registered, and at the tax office.
    pub(crate) legal: Vec<Fact>,
    /// How to reach it.
    pub(crate) contact: Vec<Fact>,
}

/// Something with its label.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Fact {
    pub(crate) label: String,
    pub(crate) value: String,
}

impl Fact {
    pub(crate) fn new(label: &str, value: impl Into<String>) -> Self {
        Fact { label: label.to_owned(), value: value.into() }
    }

    /// The fact, where there is a value and it is not blank.
    fn of(label: &str, value: Option<&String>) -> Option<Self> {
        value.map(|value| plain(value)).filter(|value| !value.is_empty()).map(|value| Fact::new(label, value))
    }
}

impl Sheet {
    /// The sheet of a paper and the calls beneath it.
    ///
    /// # Errors
    /// A sum of calls is beyond the range of an amount.
    pub(crate) fn new(paper: &Paper, calls: &[PaperCall]) -> Result<Self, RenderError> {
        let preview = is_preview(paper);
        let language = Language::of(paper.language.as_deref());
        let title = language.title(paper.kind, preview);
        let number = paper.number.as_deref().map(plain);
        let groups = match &paper.payout {
            Some(sums) => payout::groups(paper, sums)?,
            None => lines::groups(paper)?,
        };
        let rows = || groups.iter().flat_map(|group| &group.lines);
        Ok(Sheet {
            language: language.tag(),
            labels: language.labels(),
            kind: paper.kind,
            title,
            name: number.as_ref().map_or_else(|| title.to_owned(), |number| format!("{title} {number}")),
            number,
            preview,
            paid: !preview && is_paid(paper),
            currency: paper.currency.to_string(),
            time_zone: paper.time_zone.to_string(),
            seller: Party::new(&paper.seller, language.labels()),
            buyer: Party::new(&paper.buyer, language.labels()),
            facts: facts(paper),
            has_usage: rows().any(|row| row.calls.is_some()),
            has_tax: rows().any(|row| row.tax.is_some() || row.tax_included),
            groups,
            sums: Sums::new(paper)?,
            payment: Some(paper.due).filter(|due| *due > Amount::ZERO).and_then(|due| Payment::of(paper, due)),
            notes: paper.notes.iter().map(|note| plain(note)).collect(),
            calls: calls::groups(paper, calls)?,
        })
    }
}

/// Whether it is an invoice that was not issued.
pub(crate) fn is_preview(paper: &Paper) -> bool {
    paper.kind == PaperKind::Invoice && paper.number.is_none()
}

/// Whether nothing was left to pay when it was issued.
fn is_paid(paper: &Paper) -> bool {
    match paper.kind {
        PaperKind::Receipt => true,
        PaperKind::Invoice => paper.due.is_zero() || paper.due.is_negative(),
        PaperKind::CreditNote | PaperKind::Statement | PaperKind::Payout => false,
    }
}

impl Party {
    fn new(side: &Side, labels: &Labels) -> Self {
        let some = |facts: [Option<Fact>; 2]| facts.into_iter().flatten().collect();
        Party {
            name: plain(&side.name),
            address: side.address.iter().map(|line| plain(line)).filter(|line| !line.is_empty()).collect(),
            legal: some([
                Fact::of(labels.tax_id, side.tax_id.as_ref()),
                Fact::of(labels.registration, side.registration.as_ref()),
            ]),
            contact: some([Fact::of(labels.email, side.email.as_ref()), Fact::of(labels.phone, side.phone.as_ref())]),
        }
    }
}

/// Number, dates and references, in the order in which they are shown.
pub(crate) fn facts(paper: &Paper) -> Vec<Fact> {
    let figures = Figures::of(paper);
    let labels = figures.language.labels();
    let date = |label, date| Fact::new(label, figures.date(date));
    [
        Fact::of(labels.number, paper.number.as_ref()),
        Some(date(labels.date, paper.issued_on)),
        paper.period.map(|period| Fact::new(labels.period, figures.period(period))),
        paper.due_on.filter(|_| !is_preview(paper)).map(|due| date(labels.due_on, due)),
        Fact::of(labels.corrects, paper.corrects.as_ref()),
        Fact::of(labels.reference, paper.buyer_reference.as_ref()),
    ]
    .into_iter()
    .flatten()
    .collect()
}
