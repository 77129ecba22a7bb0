//! What a document comes to, and how to pay it.

use domain::money::{Amount, Overflow};
use domain::paper::{Paper, PaperKind, SettledRow};
use domain::time::Date;
use serde::Serialize;

use super::{Fact, is_preview};
use crate::figures::{self, plain};
use crate::texts::{self, ENGLISH, payouts};

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
        if let (PaperKind::Statement, Some(sums)) = (paper.kind, paper.statement) {
            let amount = |of| figures::amount(of, paper.currency);
            let (opening, closing) = balances(paper);
            return Ok(Sums {
                parts: vec![
                    Fact::new(&opening, amount(sums.opening)),
                    Fact::new(ENGLISH.credited, amount(sums.credited)),
                    Fact::new(ENGLISH.charged, amount(sums.charged)),
                ],
                total: Fact::new(&closing, amount(sums.closing)),
                settled: Vec::new(),
                due: None,
            });
        }
        let amount = |of| figures::amount(of, paper.currency);
        let mut parts = Vec::new();
        if !paper.taxes.is_empty() {
            parts.push(Fact::new(ENGLISH.net, amount(paper.net)));
        }
        for row in &paper.taxes {
            parts.push(Fact::new(
                &texts::tax_on(&texts::tax_rate(&plain(&row.name)), &amount(row.net)),
                amount(row.tax),
            ));
        }
        if paper.taxes.len() > 1 {
            parts.push(Fact::new(ENGLISH.tax, amount(paper.tax)));
        }
        let settled = |row: &SettledRow| {
            let what = [texts::settled_by(&row.kind).to_owned(), figures::date(row.on)];
            let what = what.into_iter().chain(row.name.as_deref().map(plain)).collect::<Vec<_>>().join(", ");
            Ok(Fact::new(&what, amount(row.amount.negated()?)))
        };
        Ok(Sums {
            parts,
            total: Fact::new(total_label(paper), amount(paper.total)),
            settled: paper.settled.iter().map(settled).collect::<Result<_, Overflow>>()?,
            due: (paper.kind == PaperKind::Invoice && !is_preview(paper))
                .then(|| Fact::new(ENGLISH.due, amount(paper.due))),
        })
    }
}

/// What the balances of a statement are called, each with its day.
pub(crate) fn balances(paper: &Paper) -> (String, String) {
    let on = |label: &str, day: Option<Date>| match day {
        Some(day) => format!("{label}, {}", figures::date(day)),
        None => label.to_owned(),
    };
    let first = paper.period.map(|period| period.from());
    let last = paper.period.and_then(|period| period.to().yesterday().ok());
    (on(ENGLISH.opening, first), on(ENGLISH.closing, last))
}

/// What the total of a document is called.
pub(crate) fn total_label(paper: &Paper) -> &'static str {
    match paper.kind {
        PaperKind::CreditNote => ENGLISH.total_credited,
        PaperKind::Payout => payouts::PAID_OUT,
        _ => ENGLISH.total,
    }
}

impl Payment {
    /// How to pay so much of an invoice, where the seller says how.
    pub(crate) fn of(paper: &Paper, amount: Amount) -> Option<Self> {
        let number = paper.number.as_ref().filter(|_| paper.kind == PaperKind::Invoice)?;
        let facts = match &paper.bank.iban {
            None => Vec::new(),
            Some(account) => [
                Some(Fact::new(ENGLISH.amount, figures::money(amount, paper.currency))),
                Fact::of(ENGLISH.holder, Some(paper.bank.holder.as_ref().unwrap_or(&paper.seller.name))),
                Some(Fact::new(ENGLISH.iban, figures::account(account))),
                Fact::of(ENGLISH.bic, paper.bank.bic.as_ref()),
                Fact::of(ENGLISH.bank, paper.bank.name.as_ref()),
                Fact::of(ENGLISH.payment_reference, Some(number)),
            ]
            .into_iter()
            .flatten()
            .collect(),
        };
        let note = paper.payment_note.as_deref().map(plain).filter(|note| !note.is_empty());
        (!facts.is_empty() || note.is_some()).then_some(Payment { facts, note })
    }
}
