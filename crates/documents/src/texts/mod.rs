//! Every English word that stands on a document or in a mail. Another language is another [`Labels`] and another set of sentences.

pub(crate) mod letters;
pub(crate) mod notices;
pub(crate) mod payouts;
pub(crate) mod people;

use domain::paper::PaperKind;
use serde::Serialize;

/// The words of a document that are the same on each one.
#[derive(Debug, Serialize)]
pub(crate) struct Labels {
    pub(crate) number: &'static str,
    pub(crate) date: &'static str,
    pub(crate) period: &'static str,
    pub(crate) due_on: &'static str,
    pub(crate) reference: &'static str,
    pub(crate) corrects: &'static str,
    pub(crate) tax_id: &'static str,
    pub(crate) registration: &'static str,
    pub(crate) email: &'static str,
    pub(crate) phone: &'static str,
    pub(crate) description: &'static str,
    pub(crate) calls: &'static str,
    pub(crate) duration: &'static str,
    pub(crate) tax: &'static str,
    pub(crate) tax_included: &'static str,
    pub(crate) amount: &'static str,
    pub(crate) line: &'static str,
    pub(crate) account: &'static str,
    pub(crate) earlier: &'static str,
    pub(crate) subtotal: &'static str,
    pub(crate) net: &'static str,
    pub(crate) total: &'static str,
    pub(crate) total_credited: &'static str,
    pub(crate) due: &'static str,
    pub(crate) due_at_issue: &'static str,
    pub(crate) open: &'static str,
    pub(crate) paid: &'static str,
    pub(crate) preview: &'static str,
    pub(crate) preview_note: &'static str,
    pub(crate) overdue: &'static str,
    pub(crate) closed: &'static str,
    pub(crate) opening: &'static str,
    pub(crate) credited: &'static str,
    pub(crate) charged: &'static str,
    pub(crate) closing: &'static str,
    pub(crate) how_to_pay: &'static str,
    pub(crate) holder: &'static str,
    pub(crate) bank: &'static str,
    pub(crate) iban: &'static str,
    pub(crate) bic: &'static str,
    pub(crate) payment_reference: &'static str,
    pub(crate) notes: &'static str,
    pub(crate) call_list: &'static str,
    pub(crate) answered_at: &'static str,
    pub(crate) to: &'static str,
    pub(crate) price: &'static str,
    pub(crate) page: &'static str,
    pub(crate) page_of: &'static str,
}

/// The language of [`ENGLISH`], for readers that speak it aloud and for hyphens.
pub(crate) const LANGUAGE: &str = "en";

/// The words in English.
pub(crate) static ENGLISH: Labels = Labels {
    number: "Number",
    date: "Date",
    period: "Period",
    due_on: "Due on",
    reference: "Your reference",
    corrects: "Corrects invoice",
    tax_id: "Tax number",
    registration: "Registered",
    email: "E-mail",
    phone: "Telephone",
    description: "Description",
    calls: "Calls",
    duration: "Duration",
    tax: "Tax",
    tax_included: "incl. tax",
    amount: "Amount",
    line: "Line",
    account: "Account",
    earlier: "calls of earlier periods",
    subtotal: "Subtotal",
    net: "Net",
    total: "Total",
    total_credited: "Total credited",
    due: "Amount due",
    due_at_issue: "Amount due when it was issued",
    open: "Still to be paid",
    paid: "Paid",
    preview: "Preview",
    preview_note: "This is a preview of the running period, not an invoice: nothing is to be paid yet.",
    overdue: "Overdue",
    closed: "Nothing is to be paid any more",
    opening: "Opening balance",
    credited: "Paid in and credited",
    charged: "Charged",
    closing: "Closing balance",
    how_to_pay: "How to pay",
    holder: "Account holder",
    bank: "Bank",
    iban: "IBAN",
    bic: "BIC",
    payment_reference: "Reference",
    notes: "Notes",
    call_list: "Calls",
    answered_at: "Answered",
    to: "Number called",
    price: "Price",
    page: "Page",
    page_of: "of",
};

/// What a document is called.
pub(crate) fn title(kind: PaperKind, preview: bool) -> &'static str {
    match kind {
        PaperKind::Invoice if preview => ENGLISH.preview,
        PaperKind::Invoice => "Invoice",
        PaperKind::CreditNote => "Credit note",
        PaperKind::Receipt => "Receipt",
        PaperKind::Statement => "Statement",
        PaperKind::Payout => "Payout",
    }
}

/// What a payment or credit that settled something is called.
pub(crate) fn settled_by(kind: &str) -> &str {
    match kind {
        "payment" => "Payment",
        "credit" => "Credit",
        "credit_note" => "Credit note",
        other => other,
    }
}

/// The name of a month, 1 to 12.
pub(crate) fn month(month: i8) -> &'static str {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    usize::try_from(month - 1).ok().and_then(|index| MONTHS.get(index)).copied().unwrap_or_default()
}

/// So many of all days.
pub(crate) fn part_of_days(part: &str, of: &str) -> String {
    format!("{part} of {of} days")
}

/// So many of all seconds.
pub(crate) fn part_of_seconds(part: &str, of: &str) -> String {
    format!("{part} of {of} seconds")
}

/// How many of the included minutes were used.
pub(crate) fn included(used: &str, of: &str) -> String {
    format!("included minutes: {used} of {of} used")
}

/// The name of a tax rate: English writes no space before the per cent sign.
pub(crate) fn tax_rate(name: &str) -> String {
    name.replace(" %", "%")
}

/// So many calls.
pub(crate) fn counted_calls(count: &str) -> String {
    format!("{count} {}", if count == "1" { "call" } else { "calls" })
}

/// A tax rate and what is taxed at it.
pub(crate) fn tax_on(rate: &str, net: &str) -> String {
    format!("{rate} on {net}")
}

/// A plan's fee on an invoice.
pub(crate) fn fee(plan: &str) -> String {
    format!("{plan}, monthly fee")
}

/// Calls on an invoice, by what prices them.
pub(crate) fn calls(name: &str) -> String {
    format!("Calls: {name}")
}
