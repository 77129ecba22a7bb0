//! Money that a bank's file tells of: from which customer it is, and for which invoice.
//!
//! A file tells an amount, who paid, from which account, and what they wrote. Each of these can point to a customer, and none of them alone is
//! enough: **two must point to the same customer, and no two to another**, unless all that points to the other points to the first, too, and more.
//! Anything else is for somebody to look at.

mod texts;

use crate::money::{Amount, Currency};
pub use texts::{same_name, words};

/// Money that came in, as a bank's file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// How much, above zero.
    pub amount: Amount,
    /// Of what.
    pub currency: Currency,
    /// Who paid, as their bank calls them.
    pub payer: Option<String>,
    /// What the payer wrote.
    pub text: String,
}

/// A customer who may have paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payer {
    /// Its id.
    pub customer: String,
    /// Its name.
    pub name: String,
    /// Its reference in another system.
    pub reference: Option<String>,
    /// What its account is in.
    pub currency: Currency,
    /// Whether money from the same bank account was its before.
    pub knows_account: bool,
    /// What it has to pay, the oldest first.
    pub invoices: Vec<OpenInvoice>,
}

/// An invoice that has to be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenInvoice {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// What is left to pay of it.
    pub left: Amount,
}

/// What points to a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// The payer wrote the number of one of its invoices, or its reference.
    Reference,
    /// The amount is what is left of one of its invoices.
    Amount,
    /// The payer has its name.
    Name,
    /// Money from the same bank account was its before.
    Account,
}

/// A customer to whom something points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The customer.
    pub customer: String,
    /// The invoice that it would settle first, where one is meant.
    pub invoice: Option<OpenInvoice>,
    /// What points to it.
    pub signs: Vec<Sign>,
}

/// Why somebody has to look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Nothing points to anybody.
    Nobody,
    /// No more than one thing points to anybody.
    OneSign,
    /// Two customers are pointed to.
    SeveralCustomers,
    /// The amount is what is left of two invoices of the customer, and the payer named neither.
    SeveralInvoices,
    /// The customer's account is in another currency.
    Currency,
}

/// Whose the money is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assignment {
    /// This one's.
    Sure(Candidate),
    /// It has to be looked at: why, and to whom something points, the most likely first.
    Doubtful(Doubt, Vec<Candidate>),
}

impl Received {
    /// Whether the payer wrote this number of an invoice, or reference of a customer: the same letters and digits, whatever stands between.
    #[must_use]
    pub fn names(&self, number: &str) -> bool {
        texts::names(&self.text, number)
    }
}

/// Whose the money is, of those who may have paid.
#[must_use]
pub fn assign(received: &Received, payers: &[Payer]) -> Assignment {
    let (own, foreign): (Vec<_>, Vec<_>) = payers.iter().partition(|payer| payer.currency == received.currency);
    let mut found: Vec<Found> = own.into_iter().filter_map(|payer| found(received, payer)).collect();
    found.sort_by_key(|found| std::cmp::Reverse(found.candidate.signs.len()));
    let doubt = match found.as_slice() {
        [] if foreign.into_iter().any(|payer| points_to(received, payer)) => Doubt::Currency,
        [] => Doubt::Nobody,
        [first, ..] if first.candidate.signs.len() < 2 => Doubt::OneSign,
        [first, others @ ..] if others.iter().any(|other| other.rivals(first)) => Doubt::SeveralCustomers,
        [first, ..] if first.is_ambiguous => Doubt::SeveralInvoices,
        [first, ..] => return Assignment::Sure(first.candidate.clone()),
    };
    Assignment::Doubtful(doubt, found.into_iter().map(|found| found.candidate).collect())
}

struct Found {
    candidate: Candidate,
    /// Whether two invoices are meant equally.
    is_ambiguous: bool,
}

impl Found {
    /// Whether enough points to this customer, and not all of that to the first, too, to which even more points.
    fn rivals(&self, first: &Found) -> bool {
        let (own, more) = (&self.candidate.signs, &first.candidate.signs);
        own.len() > 1 && (own.len() == more.len() || own.iter().any(|sign| !more.contains(sign)))
    }
}

/// What points to a customer in its currency; none, if nothing does.
fn found(received: &Received, payer: &Payer) -> Option<Found> {
    let mut signs = Vec::new();
    let named: Vec<&OpenInvoice> = payer.invoices.iter().filter(|invoice| received.names(&invoice.number)).collect();
    let fitting: Vec<&OpenInvoice> = payer.invoices.iter().filter(|invoice| invoice.left == received.amount).collect();
    if !named.is_empty() || names_customer(received, payer) {
        signs.push(Sign::Reference);
    }
    if !fitting.is_empty() {
        signs.push(Sign::Amount);
    }
    if received.payer.as_deref().is_some_and(|name| same_name(&payer.name, name)) {
        signs.push(Sign::Name);
    }
    if payer.knows_account {
        signs.push(Sign::Account);
    }
    if signs.is_empty() {
        return None;
    }
    let invoice = named.first().or(fitting.first()).map(|invoice| (*invoice).clone());
    let candidate = Candidate { customer: payer.customer.clone(), invoice, signs };
    Some(Found { candidate, is_ambiguous: named.is_empty() && fitting.len() > 1 })
}

/// Whether something but the amount points to a customer, whatever its currency.
fn points_to(received: &Received, payer: &Payer) -> bool {
    payer.knows_account
        || names_customer(received, payer)
        || payer.invoices.iter().any(|invoice| received.names(&invoice.number))
}

fn names_customer(received: &Received, payer: &Payer) -> bool {
    payer.reference.as_deref().is_some_and(|reference| received.names(reference))
}

#[cfg(test)]
mod tests;
