//! What a document comes to, and how to pay it.

use domain::money::{Amount, Overflow};
use domain::paper::{Paper, PaperKind, SettledRow};
use domain::time::Date;
use serde::Serialize;

use super::{Fact, is_preview};
use crate::figures::{Figures, account, plain};
use crate::texts::Language;

/// The sums beneath the lines: label and amount, without the currency's code.
#[derive(Debug, Serialize)]
pub(crate) struct Sums {
    /// Net and tax by rate, where there is tax; the opening balance and what moved, on a statement.
    pub(crate) parts: Vec<Fact>,
    /// The total; the closing balance on a statement.
    pub(crate) total: Fact,
    /// Payments and credits that settled something.
    pub(crate) settled: Vec<Fact>,
    /// What is left to be paid; issued invoices only.
    pub(crate) due: Option<Fact>,
}

/// How to pay what is due.
#[derive(Debug, Serialize)]
pub(crate) struct Payment {
    /// Amount, account and reference.
    pub(crate) facts: Vec<Fact>,
    /// What else is to be said about paying.
    pub(crate) note: Option<String>,
}

impl Sums {
    pub(super) fn new(paper: &Paper) -> Result<Self, Overflow> {
        let figures = Figures::of(paper);
        let (language, labels) = (figures.language, figures.language.labels());
        let amount = |of| figures.amount(of);
        if let (PaperKind::Statement, Some(sums)) = (paper.kind, paper.statement) {
            let (opening, closing) = balances(paper);
            return Ok(Sums {
                parts: vec![
                    Fact::new(&opening, amount(sums.opening)),
                    Fact::new(labels.credited, amount(sums.credited)),
                    Fact::new(labels.charged, amount(sums.charged)),
                ],
                total: Fact::new(&closing, amount(sums.closing)),
                settled: Vec::new(),
                due: None,
            });
        }
        let mut parts = Vec::new();
        if !paper.taxes.is_empty() {
            parts.push(Fact::new(labels.net, amount(paper.net)));
        }
        for row in &paper.taxes {
            let rate = language.tax_rate(&plain(&row.name));
            parts.push(Fact::new(&language.tax_on(&rate, &amount(row.net)), amount(row.tax)));
        }
        if paper.taxes.len() > 1 {
            parts.push(Fact::new(labels.tax, amount(paper.tax)));
        }
        let settled = |row: &SettledRow| {
            let what = [language.settled_by(&row.kind).to_owned(), figures.date(row.on)];
            let what = what.into_iter().chain(row.name.as_deref().map(plain)).collect::<Vec<_>>().join(", ");
            Ok(Fact::new(&what, amount(row.amount.negated()?)))
        };
        Ok(Sums {
            parts,
            total: Fact::new(total_label(paper), amount(paper.total)),
            settled: paper.settled.iter().map(settled).collect::<Result<_, Overflow>>()?,
            due: (paper.kind == PaperKind::Invoice && !is_preview(paper))
                .then(|| Fact::new(labels.due, amount(paper.due))),
        })
    }
}

/// What the balances of a statement are called, each with its day.
pub(crate) fn balances(paper: &Paper) -> (String, String) {
    let figures = Figures::of(paper);
    let labels = figures.language.labels();
    let on = |label: &str, day: Option<Date>| match day {
        Some(day) => format!("{label}, {}", figures.date(day)),
        None => label.to_owned(),
    };
    let first = paper.period.map(|period| period.from());
    let last = paper.period.and_then(|period| period.to().yesterday().ok());
    (on(labels.opening, first), on(labels.closing, last))
}

/// What the total of a document is called.
pub(crate) fn total_label(paper: &Paper) -> &'static str {
    let language = Language::of(paper.language.as_deref());
    match paper.kind {
        PaperKind::CreditNote => language.labels().total_credited,
        PaperKind::Payout => language.payout().paid_out,
        _ => language.labels().total,
    }
}

impl Payment {
    /// How to pay so much of an invoice, where the seller says how.
    pub(crate) fn of(paper: &Paper, amount: Amount) -> Option<Self> {
        let number = paper.number.as_ref().filter(|_| paper.kind == PaperKind::Invoice)?;
        let figures = Figures::of(paper);
        let labels = figures.language.labels();
        let facts = match &paper.bank.iban {
            None => Vec::new(),
            Some(number_of_account) => [
                Some(Fact::new(labels.amount, figures.money(amount))),
                Fact::of(labels.holder, Some(paper.bank.holder.as_ref().unwrap_or(&paper.seller.name))),
                Some(Fact::new(labels.iban, account(number_of_account))),
                Fact::of(labels.bic, paper.bank.bic.as_ref()),
                Fact::of(labels.bank, paper.bank.name.as_ref()),
                Fact::of(labels.payment_reference, Some(number)),
            ]
            .into_iter()
            .flatten()
            .collect(),
        };
        let note = paper.payment_note.as_deref().map(plain).filter(|note| !note.is_empty());
        (!facts.is_empty() || note.is_some()).then_some(Payment { facts, note })
    }
}
