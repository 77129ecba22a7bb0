//! A paper in the terms of EN 16931. Nothing is computed here: the amounts are the paper's and those of [`Einvoice`].

use domain::country::vat_number;
use domain::einvoice::{Category, CategoryRow, Einvoice, Lack, NetLine, Taxed};
use domain::money::Amount;
use domain::paper::{Bank, Paper, PaperKind, PaperLine, Side};
use domain::period::Period as Days;
use domain::time;
use en16931::invoice::{
    Code, Contact, CreditTransfer, DocumentTotals, Item, LineVat, Party, PaymentInstructions, PaymentMeans, Period,
    PostalAddress, PrecedingInvoice, VatBreakdown,
};
use en16931::{
    Date, DocumentKind, DocumentReference, Identifier, Invoice, InvoiceAmount, InvoiceLine, InvoiceNote, Percentage,
    Quantity,
};
use rust_decimal::Decimal;

use crate::figures::{Figures, plain};
use crate::texts::Language;

/// The specification that is kept (BT-24).
const SPECIFICATION: &str = "urn:cen.eu:en16931:2017";
/// The scheme of e-mail addresses (CEF EAS).
const EMAIL: &str = "EM";
/// What is counted where nothing is: one (UN/ECE Recommendation 20).
const ONE: &str = "C62";
/// Credit transfer, and credit transfer under the rules of SEPA (UNTDID 4461).
const TRANSFER: &str = "30";
const SEPA_TRANSFER: &str = "58";
/// The reason of reverse charge (VATEX).
const REVERSE_CHARGE: &str = "VATEX-EU-AE";
const NOT_SUBJECT: &str = "VATEX-EU-O";

/// The paper as the model of the standard has it.
pub(super) fn invoice(paper: &Paper, einvoice: &Einvoice) -> Result<Invoice, Vec<Lack>> {
    built(paper, einvoice).map_err(|lack| vec![lack])
}

fn built(paper: &Paper, einvoice: &Einvoice) -> Result<Invoice, Lack> {
    let language = Language::of(paper.language.as_deref());
    let is_credit_note = paper.kind == PaperKind::CreditNote;
    let type_code = if is_credit_note { "381" } else { "380" };
    let is_subject = einvoice.taxes.iter().all(|row| row.taxed.category != Category::NotSubject);
    let mut invoice = Invoice::default();
    invoice.kind = if is_credit_note { DocumentKind::CreditNote } else { DocumentKind::Invoice };
    invoice.specification_id = Some(SPECIFICATION.to_owned());
    invoice.number.clone_from(&paper.number);
    invoice.issue_date = Some(date(paper.issued_on)?);
    invoice.type_code = Some(Code::new(type_code));
    invoice.currency = Some(Code::new(paper.currency.code()));
    invoice.due_date = paper.due_on.map(date).transpose()?;
    invoice.buyer_reference = text(paper.buyer_reference.as_deref());
    // What is given back has no day on which it is due, and needs a word about it instead (BR-CO-25).
    invoice.payment_terms = match (&paper.payment_note, &paper.corrects) {
        (_, Some(corrected)) if is_credit_note => Some(language.credited(&plain(corrected))),
        (note, _) => text(note.as_deref()),
    };
    invoice.notes = paper.notes.iter().map(|note| InvoiceNote::new(plain(note))).collect();
    invoice.preceding_invoices = paper.corrects.iter().map(|number| corrected(number)).collect();
    invoice.seller = Party { tax_registration: tax_registration(&paper.seller), ..party(&paper.seller, is_subject) };
    invoice.buyer = party(&paper.buyer, is_subject);
    invoice.invoicing_period = paper.period.map(period).transpose()?;
    invoice.payment = payment(paper, is_credit_note);
    invoice.vat_breakdown = einvoice.taxes.iter().map(|row| breakdown(row, language)).collect::<Result<_, _>>()?;
    let lines = paper.lines.iter().zip(&einvoice.lines).enumerate();
    let lines = lines.map(|(place, (line, net))| invoice_line(paper, place + 1, (line, net)));
    invoice.lines = lines.collect::<Result<_, _>>()?;
    invoice.totals = totals(paper, einvoice)?;
    Ok(invoice)
}

fn totals(paper: &Paper, einvoice: &Einvoice) -> Result<DocumentTotals, Lack> {
    Ok(DocumentTotals {
        line_total: amount(paper.net)?,
        taxable_total: amount(paper.net)?,
        vat_total: Some(amount(paper.tax)?),
        gross_total: amount(paper.total)?,
        paid: Some(einvoice.paid).filter(|paid| !paid.is_zero()).map(amount).transpose()?,
        due: amount(einvoice.due)?,
        ..DocumentTotals::default()
    })
}

/// A line: one of what it is for, at its amount; below zero it is minus one, because no price is below zero (BR-27).
fn invoice_line(paper: &Paper, place: usize, (line, net): (&PaperLine, &NetLine)) -> Result<InvoiceLine, Lack> {
    let quantity = if net.net.is_negative() { Decimal::NEGATIVE_ONE } else { Decimal::ONE };
    let LineVat { category, rate } = vat(net.taxed)?;
    let name = Some(plain(&line.name)).filter(|name| !name.is_empty()).unwrap_or_else(|| "-".to_owned());
    let of = InvoiceLine::new(place.to_string(), name, Quantity::new(quantity), ONE, amount(net.net)?, category, rate);
    let figures = Figures::of(paper);
    let described = line.usage.map(|usage| figures.language.called(&figures, usage));
    Ok(InvoiceLine {
        object_identifier: line.number.as_deref().map(|number| Identifier::new(plain(number))),
        period: line.period.map(period).transpose()?,
        item: Item { description: described, ..of.item },
        ..of
    })
}

fn breakdown(row: &CategoryRow, language: Language) -> Result<VatBreakdown, Lack> {
    let LineVat { category, rate } = vat(row.taxed)?;
    let code = match row.taxed.category {
        Category::ReverseCharge => Some(REVERSE_CHARGE),
        Category::NotSubject => Some(NOT_SUBJECT),
        Category::Standard | Category::Zero | Category::Exempt => None,
    };
    let reason = match row.taxed.category {
        Category::Standard | Category::Zero => None,
        _ => Some(row.reason.as_deref().map_or_else(|| language.untaxed().to_owned(), plain)),
    };
    Ok(VatBreakdown {
        taxable_amount: amount(row.net)?,
        tax_amount: amount(row.tax)?,
        category,
        rate,
        exemption_reason: reason,
        exemption_reason_code: code.map(Code::new),
    })
}

/// What is not subject to tax has no rate, not even none (BR-O-05).
fn vat(taxed: Taxed) -> Result<LineVat, Lack> {
    let share: Decimal = taxed.share.to_string().parse().map_err(|_| Lack::Sums)?;
    let rate = Percentage::from_fraction(share).ok_or(Lack::Sums)?;
    let rate = Some(rate.normalized()).filter(|_| taxed.category != Category::NotSubject);
    Ok(LineVat { category: Code::new(taxed.category.code()), rate })
}

/// A side. Where nothing is subject to tax, no number for it may be told (BR-O-02).
fn party(side: &Side, is_subject: bool) -> Party {
    let post = side.post.as_ref();
    let part = |part: fn(&domain::paper::PostalAddress) -> Option<&str>| post.and_then(part).map(plain);
    let email = text(side.email.as_deref());
    Party {
        name: Some(plain(&side.name)),
        legal_registration: text(side.registration.as_deref()).map(Identifier::new),
        vat_identifier: side.tax_id.as_deref().and_then(vat_number).filter(|_| is_subject),
        electronic_address: email.clone().map(|email| Identifier::schemed(email, EMAIL)),
        address: PostalAddress {
            line1: part(|post| post.street.as_deref()),
            city: part(|post| post.city.as_deref()),
            post_code: part(|post| post.postal_code.as_deref()),
            country: post.map(|post| Code::new(post.country.code())),
            ..PostalAddress::default()
        },
        contact: Contact { name: None, phone: text(side.phone.as_deref()), email },
        ..Party::default()
    }
}

/// The seller's number at the tax office, where it is none for value added tax.
fn tax_registration(seller: &Side) -> Option<String> {
    let number = text(seller.tax_id.as_deref())?;
    if vat_number(&number).is_some() { None } else { Some(number) }
}

fn payment(paper: &Paper, is_credit_note: bool) -> Option<PaymentInstructions> {
    let Bank { holder, iban, bic, .. } = &paper.bank;
    let account: String = iban.as_deref()?.chars().filter(|c| !c.is_whitespace()).collect();
    if is_credit_note {
        return None;
    }
    let is_sepa = paper.currency.code() == "EUR" && account.bytes().take(2).all(|byte| byte.is_ascii_alphabetic());
    Some(PaymentInstructions {
        means_code: Some(Code::new(if is_sepa { SEPA_TRANSFER } else { TRANSFER })),
        remittance_information: paper.number.clone(),
        means: Some(PaymentMeans::CreditTransfer(vec![CreditTransfer {
            account_identifier: Some(plain(&account)),
            account_name: Some(plain(holder.as_deref().unwrap_or(&paper.seller.name))),
            provider_identifier: text(bic.as_deref()),
        }])),
        ..PaymentInstructions::default()
    })
}

fn corrected(number: &str) -> PrecedingInvoice {
    PrecedingInvoice { reference: DocumentReference::new(number), issue_date: None }
}

fn text(of: Option<&str>) -> Option<String> {
    of.map(plain).filter(|text| !text.is_empty())
}

/// The days of a period, the last one included.
fn period(days: Days) -> Result<Period, Lack> {
    let last = days.to().yesterday().unwrap_or(days.to());
    Ok(Period { start: Some(date(days.from())?), end: Some(date(last)?) })
}

fn date(of: time::Date) -> Result<Date, Lack> {
    Date::parse(&of.to_string()).map_err(|error| Lack::Rule(error.to_string()))
}

/// An amount, whole in the hundredths that the standard knows.
fn amount(of: Amount) -> Result<InvoiceAmount, Lack> {
    InvoiceAmount::parse(&of.to_string()).map_err(|_| Lack::Decimals)
}
