//! The head of a document: who sends it, who gets it.

use domain::money::{Amount, Currency};
use domain::paper::{Paper, PaperKind, PostalAddress, Side};
use domain::tax::TaxRule;
use domain::time::Instant;

use crate::customers::{Address, Customer};
use crate::tenants::Tenant;

/// Who gets a document, and in which currency its amounts are.
pub(super) struct Addressee {
    pub(super) side: Side,
    pub(super) language: Option<String>,
    pub(super) reference: Option<String>,
    pub(super) currency: Currency,
}

/// A document for a customer without anything on it.
pub(super) fn heading(tenant: &Tenant, customer: &Customer, kind: PaperKind, now: Instant) -> Paper {
    let details = &customer.details;
    let addressee = Addressee {
        side: Side {
            name: details.name(),
            address: address_lines(&details.address),
            tax_id: details.tax_id.clone(),
            registration: None,
            email: details.email.clone(),
            phone: details.phone.clone(),
            post: post(&details.address),
        },
        language: details.language.clone(),
        reference: customer.external_reference.clone(),
        currency: customer.currency,
    };
    Paper {
        notes: details.tax_rule.text().map(str::to_owned).into_iter().collect(),
        tax_rule: details.tax_rule.clone(),
        ..addressed_to(tenant, addressee, kind, now)
    }
}

/// A document without anything on it.
pub(super) fn addressed_to(tenant: &Tenant, addressee: Addressee, kind: PaperKind, now: Instant) -> Paper {
    let seller = &tenant.settings.seller;
    Paper {
        kind,
        number: None,
        issued_on: tenant.settings.time_zone.date(now),
        time_zone: tenant.settings.time_zone.clone(),
        language: addressee.language.or_else(|| Some(tenant.settings.locale.clone())),
        currency: addressee.currency,
        seller: Side {
            name: seller.legal_name.clone().unwrap_or_else(|| tenant.name.clone()),
            address: address_lines(&seller.address),
            tax_id: seller.tax_id.clone(),
            registration: seller.registration.clone(),
            email: seller.email.clone(),
            phone: seller.phone.clone(),
            post: post(&seller.address),
        },
        bank: seller.bank.clone(),
        payment_note: seller.payment_note.clone(),
        buyer: addressee.side,
        buyer_reference: addressee.reference,
        period: None,
        due_on: None,
        corrects: None,
        lines: Vec::new(),
        takes_back: Vec::new(),
        tax_rule: TaxRule::Standard,
        taxes: Vec::new(),
        net: Amount::ZERO,
        tax: Amount::ZERO,
        total: Amount::ZERO,
        settled: Vec::new(),
        due: Amount::ZERO,
        statement: None,
        payout: None,
        notes: Vec::new(),
    }
}

fn address_lines(address: &Address) -> Vec<String> {
    let town = [address.postal_code.as_deref(), address.city.as_deref()];
    let town = town.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let lines = [address.street.clone(), Some(town), address.country.clone()];
    lines.into_iter().flatten().filter(|line| !line.is_empty()).collect()
}

fn post(address: &Address) -> Option<PostalAddress> {
    let Address { street, postal_code, city, country: _, country_code } = address.clone();
    Some(PostalAddress { street, postal_code, city, country: country_code? })
}
