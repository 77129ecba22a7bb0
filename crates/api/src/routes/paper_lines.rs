//! What documents are made of, as JSON: lines, periods, the calls beneath them, what settles them.

use domain::money::Amount;
use domain::paper::{PaperCall, PaperLine, PaperLineKind, Share, ShareUnit};
use domain::period::Period;
use domain::time::Instant;
use engine::billing::AllocationRecord;
use serde::Serialize;
use utoipa::ToSchema;

/// Days from one up to another, which is not part of them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PeriodDocument {
    #[schema(format = Date)]
    from: String,
    #[schema(format = Date)]
    to: String,
}

/// A line of a document.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaperLineDocument {
    #[schema(value_type = String, pattern = "^(fee|item|usage|earlier_usage|credit|payment)$")]
    kind: PaperLineKind,
    /// The id of the customer's line.
    line: Option<String>,
    /// Its number.
    number: Option<String>,
    /// The plan, the item, the destination, the reason of a credit.
    name: String,
    period: Option<PeriodDocument>,
    /// What part of a full period is charged; null for the whole.
    share: Option<ShareDocument>,
    /// How many calls; usage only.
    calls: Option<i64>,
    /// How long they lasted, each rounded up to a second.
    seconds: Option<i64>,
    /// The sum of their prices, not rounded to the minor unit.
    exact: Option<String>,
    /// The included minutes of the customer's line; on the first of the period's lines for it.
    included: Option<IncludedDocument>,
    amount: String,
    /// Whether the tax is in the amount.
    tax_included: bool,
    /// The name of the tax rate.
    tax_rate: Option<String>,
}

/// A part of a full period.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShareDocument {
    part: i64,
    of: i64,
    #[schema(value_type = String, pattern = "^(days|seconds)$")]
    unit: ShareUnit,
}

/// Included minutes, in seconds.
#[derive(Debug, Serialize, ToSchema)]
struct IncludedDocument {
    used: i64,
    of: i64,
}

/// A call beneath an invoice.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaperCallDocument {
    /// The number of the customer's line.
    number: String,
    /// The name of the invoice line that it is part of.
    name: String,
    /// Whether it is of an earlier period.
    earlier: bool,
    answered_at: String,
    to: String,
    seconds: i64,
    /// Its price, not rounded to the minor unit.
    amount: String,
}

/// What settles something of an invoice.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AllocationDocument {
    /// The id of the payment, credit or credit note.
    source: String,
    /// `payment`, `credit` or `credit_note`.
    kind: String,
    /// Below zero where it was taken back.
    amount: String,
    at: String,
}

impl PeriodDocument {
    pub(crate) fn of(period: Period) -> Self {
        PeriodDocument { from: period.from().to_string(), to: period.to().to_string() }
    }
}

impl PaperLineDocument {
    pub(crate) fn of(line: PaperLine, text: impl Fn(Amount) -> String) -> Self {
        PaperLineDocument {
            kind: line.kind,
            line: line.line,
            number: line.number,
            name: line.name,
            period: line.period.map(PeriodDocument::of),
            share: line.share.map(ShareDocument::of),
            calls: line.usage.map(|usage| usage.calls),
            seconds: line.usage.map(|usage| usage.seconds),
            exact: line.usage.map(|usage| text(usage.exact)),
            included: line.included.map(|included| IncludedDocument { used: included.used, of: included.of }),
            amount: text(line.amount),
            tax_included: line.tax_included,
            tax_rate: line.tax_rate,
        }
    }
}

impl ShareDocument {
    pub(crate) fn of(share: Share) -> Self {
        ShareDocument { part: share.part, of: share.of, unit: share.unit }
    }
}

impl PaperCallDocument {
    pub(crate) fn of(call: PaperCall, text: impl Fn(Amount) -> String) -> Self {
        PaperCallDocument {
            number: call.number,
            name: call.name,
            earlier: call.earlier,
            answered_at: call.answered_at.to_string(),
            to: call.to,
            seconds: call.seconds,
            amount: text(call.amount),
        }
    }
}

impl AllocationDocument {
    pub(crate) fn of(allocation: AllocationRecord, text: impl Fn(Amount) -> String) -> Self {
        AllocationDocument {
            source: allocation.source,
            kind: allocation.kind,
            amount: text(Amount::from_micros(allocation.amount)),
            at: Instant::clamped(allocation.created_at).to_string(),
        }
    }
}
