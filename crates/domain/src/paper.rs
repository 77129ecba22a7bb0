//! What stands on a document that a customer gets (invoice, credit note, receipt, statement) or an agent: the statement of a payout.
//!
//! A [`Paper`] is made once, when the document is issued, and holds everything that is printed on it, the names and addresses of
//! that day included: it is kept as it is, and whatever is drawn from it later shows the same. The calls beneath an invoice are
//! kept as calls, and come beside it.

use serde::{Deserialize, Serialize};

use crate::country::Country;
use crate::money::{Amount, Currency};
use crate::period::Period;
use crate::tax::TaxRule;
use crate::time::{Date, Instant, Zone};

/// Everything that is printed on a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// What it is.
    pub kind: PaperKind,
    /// Its number; `None` for a preview and for a statement.
    pub number: Option<String>,
    /// The local date of its issue.
    pub issued_on: Date,
    /// The zone of all its dates and times.
    pub time_zone: Zone,
    /// The customer's language (BCP 47), where one is known.
    pub language: Option<String>,
    /// The currency of its amounts.
    pub currency: Currency,
    /// Who issues it.
    pub seller: Side,
    /// Where to pay to.
    pub bank: Bank,
    /// What else is to be said about paying.
    pub payment_note: Option<String>,
    /// Who gets it.
    pub buyer: Side,
    /// What the customer is called in another system.
    pub buyer_reference: Option<String>,
    /// The days that it is for; `None` for a receipt, and for a credit note that has none.
    pub period: Option<Period>,
    /// The local date until which it is to be paid; invoices only.
    pub due_on: Option<Date>,
    /// The number of the invoice that it corrects; credit notes only.
    pub corrects: Option<String>,
    /// What it is for, in the order in which it is shown.
    pub lines: Vec<PaperLine>,
    /// The places of the corrected invoice's lines that the lines take back; credit notes only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub takes_back: Vec<usize>,
    /// How its customer is taxed.
    #[serde(default, skip_serializing_if = "TaxRule::is_standard")]
    pub tax_rule: TaxRule,
    /// The tax, a row a rate.
    pub taxes: Vec<TaxRow>,
    /// The sum of the lines without tax.
    pub net: Amount,
    /// The tax.
    pub tax: Amount,
    /// Net and tax.
    pub total: Amount,
    /// Payments and credits that settled something of it when it was issued.
    pub settled: Vec<SettledRow>,
    /// What was to be paid when it was issued: the total less what was settled.
    pub due: Amount,
    /// Balances; statements only.
    pub statement: Option<StatementSums>,
    /// How what is paid out came about; statements of payouts only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payout: Option<PayoutSums>,
    /// Sentences that have to stand on it: why there is no tax, what threatens.
    pub notes: Vec<String>,
}

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperKind {
    /// What a customer owes for a period.
    Invoice,
    /// What is taken back of an invoice.
    CreditNote,
    /// That a top-up was paid.
    Receipt,
    /// What moved on an account in a period.
    Statement,
    /// What was paid out to an agent, and for what.
    Payout,
}

/// The seller or the buyer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Side {
    /// The name.
    pub name: String,
    /// The postal address, line by line.
    pub address: Vec<String>,
    /// The number at the tax office.
    pub tax_id: Option<String>,
    /// Where it is registered.
    pub registration: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// The postal address by its parts, where its country is known as one of ISO 3166-1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post: Option<PostalAddress>,
}

/// A postal address by its parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostalAddress {
    /// Street and house.
    pub street: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// Country.
    pub country: Country,
}

/// A bank account that customers pay to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bank {
    /// Whose account it is, where it is not the seller's name.
    pub holder: Option<String>,
    /// The bank's name.
    pub name: Option<String>,
    /// The account's number, an IBAN where there are such.
    pub iban: Option<String>,
    /// The bank's code (ISO 9362).
    pub bic: Option<String>,
}

/// One line of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperLine {
    /// What kind of line it is.
    pub kind: PaperLineKind,
    /// The customer's line that it is for, by its id.
    pub line: Option<String>,
    /// The number of that line.
    pub number: Option<String>,
    /// What is charged: the plan's or item's name, the destination, the reason of a credit.
    pub name: String,
    /// The days that it is for, where they matter.
    pub period: Option<Period>,
    /// What part of a full period is charged, where it is not the whole.
    pub share: Option<Share>,
    /// How many calls, and how long; usage only.
    pub usage: Option<Usage>,
    /// The included minutes of the customer's line, on the first of the period's lines for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub included: Option<IncludedMinutes>,
    /// The amount, in whole minor units: net, or (with [`tax_included`](Self::tax_included)) with the tax in it. Below zero for
    /// what is given back.
    pub amount: Amount,
    /// Whether the tax is in the amount.
    pub tax_included: bool,
    /// The name of the tax rate that it is taxed at.
    pub tax_rate: Option<String>,
}

/// What kind of line it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperLineKind {
    /// A plan's fee.
    Fee,
    /// A one-off or recurring item.
    Item,
    /// Calls of the period.
    Usage,
    /// Calls of earlier periods, and what re-rating changed of them.
    EarlierUsage,
    /// A credit, adjustment or opening balance.
    Credit,
    /// A payment or top-up.
    Payment,
}

/// A part of a full period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// The part, in the unit.
    pub part: i64,
    /// The whole.
    pub of: i64,
    /// What is counted.
    pub unit: ShareUnit,
}

/// What parts of a period are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShareUnit {
    /// Local days.
    Days,
    /// Seconds of real time.
    Seconds,
}

/// The included minutes of a line in a period, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncludedMinutes {
    /// What the period's calls used.
    pub used: i64,
    /// What there was.
    pub of: i64,
}

/// How much was called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Answered calls.
    pub calls: i64,
    /// How long they lasted, each rounded up to a second.
    pub seconds: i64,
    /// The sum of the calls' prices, not rounded to the minor unit.
    pub exact: Amount,
}

/// The tax at one rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxRow {
    /// The rate's name, such as `VAT 20 %`.
    pub name: String,
    /// The share of the net, as a decimal such as `0.20`.
    pub rate: String,
    /// What is taxed.
    pub net: Amount,
    /// The tax.
    pub tax: Amount,
}

/// A payment or credit that settled something when the document was issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettledRow {
    /// Its local date.
    pub on: Date,
    /// What it is: `payment`, `credit`, `credit_note`.
    pub kind: String,
    /// What it is called: the reference of a payment, the reason of a credit.
    pub name: Option<String>,
    /// How much of it.
    pub amount: Amount,
}

/// The sums of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementSums {
    /// What was there when the period began.
    pub opening: Amount,
    /// What came in.
    pub credited: Amount,
    /// What was charged.
    pub charged: Amount,
    /// What was left when it ended.
    pub closing: Amount,
}

/// How what is paid out to an agent came about, since the payout before. What was carried over, the agent's part, what was corrected and
/// what was returned make up what is paid out and what remains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutSums {
    /// How many calls were charged.
    pub calls: i64,
    /// How many messages were charged.
    pub messages: i64,
    /// What customers paid for them.
    pub charged: Amount,
    /// The tax in it.
    pub tax: Amount,
    /// The tenant's part of the rest.
    pub tenant_part: Amount,
    /// The agent's part.
    pub agent_part: Amount,
    /// Refunds and corrections: below zero, where they take from the agent.
    pub corrected: Amount,
    /// Payouts that the bank returned.
    pub returned: Amount,
    /// What was on the account after the payout before.
    pub carried_over: Amount,
    /// What stays on the account: what is on hold, and what is less than a minor unit.
    pub remaining: Amount,
}

/// A call beneath an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperCall {
    /// The number of the customer's line.
    pub number: String,
    /// The name of the invoice line that it is part of.
    pub name: String,
    /// Whether it is of an earlier period.
    pub earlier: bool,
    /// When it was answered.
    pub answered_at: Instant,
    /// Whom it went to.
    pub to: String,
    /// How long it lasted, rounded up to a second.
    pub seconds: i64,
    /// Its price, not rounded to the minor unit.
    pub amount: Amount,
}

/// How a document stands now: what changes after it is issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Whether it is only a preview.
    pub preview: bool,
    /// What is still to be paid.
    pub open: Amount,
    /// Whether that is late.
    pub overdue: bool,
    /// Whether it was written off or taken back as a whole.
    pub closed: bool,
}
