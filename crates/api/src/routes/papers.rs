//! Invoices, credit notes, receipts and statements as JSON.

use domain::money::Amount;
use domain::paper::{Paper, PaperKind, SettledRow, Standing, StatementSums, TaxRow};
use domain::time::Instant;
use engine::Reach;
use engine::billing::{Document, Preview};
use serde::Serialize;
use utoipa::ToSchema;

use super::paper_lines::{PaperLineDocument, PeriodDocument};

/// An invoice, a credit note, a receipt or a statement. What stands on it never changes; `state`, `overdue`, `settled`, `written_off`,
/// `open` and `version` follow what is paid.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaperDocument {
    /// Null for a preview.
    id: Option<String>,
    #[schema(value_type = String, pattern = "^(invoice|credit_note|receipt|statement|payout)$")]
    kind: PaperKind,
    /// Null for a preview and for a statement.
    number: Option<String>,
    customer: String,
    /// The line that it is for; null for all.
    line: Option<String>,
    /// The days that it is for; null for a receipt.
    period: Option<PeriodDocument>,
    issued_at: Option<String>,
    /// The local date until which it is to be paid; invoices only.
    due_on: Option<String>,
    currency: String,
    /// `issued`, `part_paid`, `paid`, `credited` or `written_off`; `final` for what is no invoice, `preview` for one to come.
    state: &'static str,
    /// Whether something of it should have been paid before today.
    overdue: bool,
    net: String,
    tax: String,
    total: String,
    /// What of it is settled by now.
    settled: String,
    /// What of it was given up.
    written_off: String,
    /// What is still to be paid.
    open: String,
    lines: Vec<PaperLineDocument>,
    /// The tax, a row a rate.
    taxes: Vec<TaxRowDocument>,
    /// What had settled something of it when it was issued.
    settlements: Vec<SettledDocument>,
    /// The invoice that a credit note corrects.
    corrects: Option<CorrectedDocument>,
    /// The balances of a statement.
    statement: Option<StatementDocument>,
    /// Sentences that stand on it.
    notes: Vec<String>,
    /// What issued it: one bill run gives one name to all its invoices. Not for customers.
    run: Option<String>,
    version: Option<i64>,
}

/// The tax at one rate.
#[derive(Debug, Serialize, ToSchema)]
struct TaxRowDocument {
    name: String,
    /// The share of the net, such as `0.20`.
    rate: String,
    net: String,
    tax: String,
}

/// What had settled something when the document was issued.
#[derive(Debug, Serialize, ToSchema)]
struct SettledDocument {
    /// Its local date.
    on: String,
    /// `payment`, `credit` or `credit_note`.
    kind: String,
    /// The reference of a payment, the reason of a credit.
    name: Option<String>,
    amount: String,
}

/// The invoice that a credit note corrects.
#[derive(Debug, Serialize, ToSchema)]
struct CorrectedDocument {
    invoice: String,
    number: Option<String>,
    /// The places of the invoice's lines, from 0, that the lines take back.
    lines: Vec<usize>,
}

/// The balances of a statement.
#[derive(Debug, Serialize, ToSchema)]
struct StatementDocument {
    opening: String,
    /// What came in.
    credited: String,
    /// What was charged.
    charged: String,
    closing: String,
}

impl PaperDocument {
    /// A document as it stands now, as it is told to whoever has this reach: to customers without the bill run.
    pub(crate) fn seen(document: Document, now: Instant, reach: &Reach) -> Self {
        let document = PaperDocument::of(document, now);
        PaperDocument { run: document.run.filter(|_| reach.is_whole()), ..document }
    }

    /// A document that was issued, as it stands now.
    pub(crate) fn of(document: Document, now: Instant) -> Self {
        let Standing { open, overdue, .. } = document.standing(now);
        let (currency, written_off) = (document.currency(), document.written_off());
        let paper = document.paper;
        let corrected = document.corrects.map(|invoice| CorrectedDocument {
            invoice,
            number: paper.corrects.clone(),
            lines: paper.takes_back.clone(),
        });
        PaperDocument {
            id: Some(document.id),
            line: document.line,
            issued_at: Some(document.issued_at.to_string()),
            state: document.state.name(),
            overdue,
            settled: document.settled.to_text(currency),
            written_off: written_off.to_text(currency),
            open: open.to_text(currency),
            corrects: corrected,
            run: document.run,
            version: Some(document.version),
            ..PaperDocument::drawn(document.customer, paper)
        }
    }

    /// What a customer would be billed.
    pub(crate) fn preview(customer: &str, preview: Preview) -> Self {
        PaperDocument { line: preview.line, ..PaperDocument::drawn(customer.to_owned(), preview.paper) }
    }

    fn drawn(customer: String, paper: Paper) -> Self {
        let currency = paper.currency;
        let text = |amount: Amount| amount.to_text(currency);
        PaperDocument {
            id: None,
            kind: paper.kind,
            number: paper.number,
            customer,
            line: None,
            period: paper.period.map(PeriodDocument::of),
            issued_at: None,
            due_on: paper.due_on.map(|due_on| due_on.to_string()),
            currency: currency.to_string(),
            state: "preview",
            overdue: false,
            net: text(paper.net),
            tax: text(paper.tax),
            total: text(paper.total),
            settled: text(Amount::ZERO),
            written_off: text(Amount::ZERO),
            open: text(Amount::ZERO),
            lines: paper.lines.into_iter().map(|line| PaperLineDocument::of(line, text)).collect(),
            taxes: paper.taxes.into_iter().map(|row| TaxRowDocument::of(row, text)).collect(),
            settlements: paper.settled.into_iter().map(|row| SettledDocument::of(row, text)).collect(),
            corrects: None,
            statement: paper.statement.map(|sums| StatementDocument::of(sums, text)),
            notes: paper.notes,
            run: None,
            version: None,
        }
    }
}

impl TaxRowDocument {
    fn of(row: TaxRow, text: impl Fn(Amount) -> String) -> Self {
        TaxRowDocument { name: row.name, rate: row.rate, net: text(row.net), tax: text(row.tax) }
    }
}

impl SettledDocument {
    fn of(row: SettledRow, text: impl Fn(Amount) -> String) -> Self {
        SettledDocument { on: row.on.to_string(), kind: row.kind, name: row.name, amount: text(row.amount) }
    }
}

impl StatementDocument {
    fn of(sums: StatementSums, text: impl Fn(Amount) -> String) -> Self {
        StatementDocument {
            opening: text(sums.opening),
            credited: text(sums.credited),
            charged: text(sums.charged),
            closing: text(sums.closing),
        }
    }
}
