use std::collections::HashSet;

use domain::fees::Proration;
use domain::invalid::Invalid;
use domain::paper::Bank;
use domain::period::BillingDay;
use serde::{Deserialize, Serialize};

use crate::customers::Address;
use crate::fields;

/// How and when the tenant bills its customers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Billing {
    /// The day of the month on which periods begin, where the customer has none of its own.
    pub billing_day: BillingDay,
    /// What one invoice is for.
    pub invoice_per: InvoicePer,
    /// With one invoice per line: whether a line's periods begin on its opening day instead.
    pub from_opening_day: bool,
    /// What time fees are shared out by.
    pub proration: Proration,
    /// Whether a line's suspended time carries its fee all the same.
    pub fee_while_suspended: bool,
    /// How many days after its issue an invoice is due.
    pub due_days: u16,
    /// How many unpaid invoices suspend.
    pub suspension_threshold: u16,
    /// Whether a period in which nothing was charged has an invoice too.
    pub empty_invoices: bool,
    /// How many days before the due date the customer is reminded; none, if `null`.
    pub remind_before_days: Option<u16>,
    /// How many days after the due date the customer is reminded, in ascending order.
    pub remind_after_days: Vec<u16>,
    /// Whether the files of invoices and credit notes carry them for programs, too.
    pub einvoice: EinvoiceFormat,
    /// What the numbers of each series begin with.
    pub prefixes: Prefixes,
}

/// Whether the files of invoices and credit notes carry them for programs, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EinvoiceFormat {
    /// They are for people alone.
    #[default]
    Off,
    /// An electronic invoice under EN 16931 is in them, where the document has what it needs.
    FacturX,
}

/// What one invoice is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoicePer {
    /// All lines of a customer.
    #[default]
    Customer,
    /// One line.
    Line,
}

/// What the numbers of each series begin with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Prefixes {
    /// Of invoices.
    pub invoice: String,
    /// Of credit notes.
    pub credit_note: String,
    /// Of receipts.
    pub receipt: String,
    /// Of the statements of payouts.
    pub payout: String,
}

/// Who sends the invoices: what the law wants on them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Seller {
    /// The legal name; the tenant's name where there is none.
    pub legal_name: Option<String>,
    /// The postal address.
    pub address: Address,
    /// The number at the tax office.
    pub tax_id: Option<String>,
    /// Where the company is registered, and under which number.
    pub registration: Option<String>,
    /// Where questions go.
    pub email: Option<String>,
    /// Where to call with questions.
    pub phone: Option<String>,
    /// Where customers pay to.
    pub bank: Bank,
    /// What else is to be said about paying.
    pub payment_note: Option<String>,
}

impl Default for Billing {
    fn default() -> Self {
        Billing {
            billing_day: BillingDay::FIRST,
            invoice_per: InvoicePer::Customer,
            from_opening_day: false,
            proration: Proration::Day,
            fee_while_suspended: false,
            due_days: 14,
            suspension_threshold: 3,
            empty_invoices: false,
            remind_before_days: Some(3),
            remind_after_days: vec![7, 14],
            einvoice: EinvoiceFormat::Off,
            prefixes: Prefixes::default(),
        }
    }
}

impl Default for Prefixes {
    fn default() -> Self {
        Prefixes {
            invoice: String::new(),
            credit_note: "C".to_owned(),
            receipt: "R".to_owned(),
            payout: "PO-".to_owned(),
        }
    }
}

impl Billing {
    pub(super) fn check(&self) -> Result<(), Invalid> {
        if self.due_days > 365 {
            return Err(Invalid::at("/billing/due_days", "must be 365 at most"));
        }
        if self.suspension_threshold == 0 {
            return Err(Invalid::at("/billing/suspension_threshold", "must be above 0"));
        }
        if self.remind_before_days.is_some_and(|days| days == 0 || days > self.due_days) {
            return Err(Invalid::at("/billing/remind_before_days", "must be 1 to due_days, or null"));
        }
        let after = &self.remind_after_days;
        if after.len() > 10 || !after.is_sorted_by(|a, b| a < b) || after.iter().any(|days| *days == 0 || *days > 365) {
            return Err(Invalid::at(
                "/billing/remind_after_days",
                "must be up to 10 ascending numbers of days, 1 to 365",
            ));
        }
        let Prefixes { invoice, credit_note, receipt, payout } = &self.prefixes;
        let all = [("invoice", invoice), ("credit_note", credit_note), ("receipt", receipt), ("payout", payout)];
        for (pointer, prefix) in all {
            let fits = prefix.len() <= 12 && prefix.bytes().all(|b| b.is_ascii_alphanumeric() || b"-/.".contains(&b));
            if !fits {
                let detail = "must be up to 12 letters, digits, hyphens, slashes and dots";
                return Err(Invalid::at(format!("/billing/prefixes/{pointer}"), detail));
            }
        }
        if all.iter().map(|(_, prefix)| *prefix).collect::<HashSet<_>>().len() < all.len() {
            return Err(Invalid::at("/billing/prefixes", "must differ, so that no two documents have the same number"));
        }
        Ok(())
    }
}

impl Seller {
    pub(super) fn checked(self) -> Result<Self, Invalid> {
        Ok(Seller {
            legal_name: fields::optional("/seller/legal_name", self.legal_name, 200)?,
            address: self.address.checked("/seller/address")?,
            tax_id: fields::optional("/seller/tax_id", self.tax_id, 50)?,
            registration: fields::optional("/seller/registration", self.registration, 200)?,
            email: fields::email("/seller/email", self.email)?,
            phone: fields::optional("/seller/phone", self.phone, 40)?,
            bank: Bank {
                holder: fields::optional("/seller/bank/holder", self.bank.holder, 100)?,
                name: fields::optional("/seller/bank/name", self.bank.name, 100)?,
                iban: fields::optional("/seller/bank/iban", self.bank.iban, 50)?,
                bic: fields::optional("/seller/bank/bic", self.bank.bic, 20)?,
            },
            payment_note: fields::optional("/seller/payment_note", self.payment_note, 500)?,
        })
    }
}
