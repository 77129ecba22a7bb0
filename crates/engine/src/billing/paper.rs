//! The head of a document: who sends it, who gets it.

use domain::money::Amount;
use domain::paper::{Paper, PaperKind, Side};
use domain::time::Instant;

use crate::customers::{Address, Customer};
use crate::tenants::Tenant;

/// A document without anything on it.
pub(super) fn heading(tenant: &Tenant, customer: &Customer, kind: PaperKind, now: Instant) -> Paper {
    let seller = &tenant.settings.seller;
    let details = &customer.details;
    Paper {
        kind,
        number: None,
        issued_on: tenant.settings.time_zone.date(now),
        time_zone: tenant.settings.time_zone.clone(),
        language: details.language.clone(),
        currency: customer.currency,
        seller: Side {
            name: seller.legal_name.clone().unwrap_or_else(|| tenant.name.clone()),
            address: address_lines(&seller.address),
            tax_id: seller.tax_id.clone(),
            registration: seller.registration.clone(),
            email: seller.email.clone(),
            phone: seller.phone.clone(),
        },
        bank: seller.bank.clone(),
        payment_note: seller.payment_note.clone(),
        buyer: Side {
            name: details.name(),
            address: address_lines(&details.address),
            tax_id: details.tax_id.clone(),
            registration: None,
            email: details.email.clone(),
            phone: details.phone.clone(),
        },
        buyer_reference: customer.external_reference.clone(),
        period: None,
        due_on: None,
        corrects: None,
        lines: Vec::new(),
        takes_back: Vec::new(),
        taxes: Vec::new(),
        net: Amount::ZERO,
        tax: Amount::ZERO,
        total: Amount::ZERO,
        settled: Vec::new(),
        due: Amount::ZERO,
        statement: None,
        notes: details.tax_rule.text().map(str::to_owned).into_iter().collect(),
    }
}

fn address_lines(address: &Address) -> Vec<String> {
    let town = [address.postal_code.as_deref(), address.city.as_deref()];
    let town = town.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let lines = [address.street.clone(), Some(town), address.country.clone()];
    lines.into_iter().flatten().filter(|line| !line.is_empty()).collect()
}
