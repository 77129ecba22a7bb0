//! Corrections: an issued invoice is never changed; it is taken back by credit notes, or given up.

use domain::invalid::Invalid;
use domain::money::{Amount, Overflow};
use domain::paper::{Paper, PaperKind, PaperLine, TaxRow};
use domain::tax::TaxShare;
use storage::allocations::Fund;
use storage::documents::{DocumentFilter, DocumentRecord, StandingRecord};

use super::BillingError;
use super::documents::{self, Document, DocumentState, number_text};
use super::issue::composed_currency;
use super::paper::heading;
use super::prepaid::{record, save};
use super::settle::{owed, settle_by};
use crate::ledger::{self, Kind, Party, Posting};
use crate::{Scope, Work, accounts, customers, fields, tenants};

/// The most credit notes that an invoice may have: all are read to tell what is left of it.
const MOST_NOTES: i64 = 1000;

/// What is to be taken back of an invoice.
#[derive(Debug, Clone)]
pub struct NewCreditNote {
    /// The invoice's id.
    pub invoice: String,
    /// Which lines, by their place from 0, and how much of each (as it stands on the invoice; all that is left, where none is
    /// given); everything that is left, where no line is named.
    pub lines: Vec<(usize, Option<Amount>)>,
    /// Why.
    pub reason: String,
}

/// Takes back an invoice, as a whole or by line. What is unpaid of it is settled by that; the rest settles other invoices, the oldest
/// first, or waits for the next one.
///
/// # Errors
/// There is no such invoice or line of it, more is asked for than is left of it or of a line, an amount has a fraction of the
/// currency's minor unit, it would come to less than nothing, the invoice has too many credit notes, or the reason is missing.
pub async fn credit_note(work: &mut Work, new: NewCreditNote) -> Result<Document, BillingError> {
    let reason = fields::required_remark("/reason", new.reason.clone(), 500)?;
    let (invoice, notes) = invoice_and_notes(work, &new.invoice).await?;
    if i64::try_from(notes.len()).unwrap_or(MOST_NOTES) >= MOST_NOTES {
        let detail = format!("has {MOST_NOTES} credit notes, and can have no more: give the customer a credit instead");
        return Err(Invalid::at("/invoice", detail).into());
    }
    let lines = taken_back(&invoice, &notes, &new.lines)?;
    let tenant = tenants::get(work).await?;
    let customer = customers::get(work, &invoice.customer).await?;
    let (taxes, beside) = tax_taken_back(&invoice, &notes, &lines)?;
    let tax = taxes.iter().try_fold(Amount::ZERO, |sum, row| sum.plus(row.tax))?;
    let total = lines.iter().try_fold(beside, |sum, (_, line)| sum.plus(line.amount))?;
    let credited = within_invoice(&invoice, credited(&notes)?, total)?;
    let next = storage::documents::take_numbers(&mut work.tx, tenant.tenant, "credit_note", 1).await?;
    let mut paper = Paper {
        number: Some(number_text(&tenant.settings.billing.prefixes.credit_note, next)),
        period: invoice.paper.period,
        corrects: invoice.paper.number.clone(),
        takes_back: lines.iter().map(|(place, _)| *place).collect(),
        lines: lines.into_iter().map(|(_, line)| line).collect(),
        taxes,
        net: total.minus(tax)?,
        tax,
        total,
        ..heading(&tenant, &customer, PaperKind::CreditNote, work.now())
    };
    paper.notes.insert(0, reason);
    let document = DocumentRecord {
        corrects: Some(invoice.id.clone()),
        line: invoice.line.clone().unwrap_or_default(),
        ..record(work, &paper, &invoice.customer)
    };
    post(work, &document, &paper).await?;
    save(work, document.clone()).await?;
    settle_note(work, &document, &invoice, credited).await?;
    work.audit("invoice.credit", &invoice.id, None, Some(&(paper.number, total))).await?;
    documents::get(work, &document.id).await
}

/// The invoice, with its customer's account locked, and the credit notes that it has.
async fn invoice_and_notes(work: &mut Work, id: &str) -> Result<(Document, Vec<Document>), BillingError> {
    let found = documents::get(work, id).await?;
    if found.paper.kind != PaperKind::Invoice {
        return Err(BillingError::NotFound(id.to_owned()));
    }
    accounts::lock(work, &found.customer, found.currency()).await?;
    // As it stands now that nobody else can change it.
    let invoice = documents::get(work, id).await?;
    if invoice.state == DocumentState::WrittenOff || invoice.state == DocumentState::Credited {
        let number = invoice.paper.number.unwrap_or_default();
        return Err(BillingError::NotOpen { number, state: invoice.state.name().replace('_', " ") });
    }
    let filter = DocumentFilter { kind: "credit_note", corrects: Some(id), ..DocumentFilter::default() };
    let notes = documents::page(work, &filter, MOST_NOTES).await?;
    Ok((invoice, notes))
}

/// What is left of each line of the invoice.
fn left(invoice: &Document, notes: &[Document]) -> Result<Vec<Amount>, BillingError> {
    let mut left: Vec<Amount> = invoice.paper.lines.iter().map(|line| line.amount).collect();
    for note in notes {
        for (place, line) in note.paper.takes_back.iter().zip(&note.paper.lines) {
            let of = left.get_mut(*place).ok_or_else(|| BillingError::Unreadable(note.id.clone()))?;
            *of = of.minus(line.amount)?;
        }
    }
    Ok(left)
}

fn credited(notes: &[Document]) -> Result<Amount, BillingError> {
    notes.iter().try_fold(Amount::ZERO, |sum, note| Ok(sum.plus(note.paper.total)?))
}

/// What is credited of the invoice with another note of this total, which neither charges nor takes back more than is left.
fn within_invoice(invoice: &Document, credited: Amount, total: Amount) -> Result<Amount, BillingError> {
    if total.is_negative() {
        let detail = format!("would come to {total}: it takes back, and never charges. Charge it as an item");
        return Err(Invalid::at("/lines", detail).into());
    }
    let left = invoice.paper.total.minus(credited)?.max(Amount::ZERO);
    if total > left {
        let what = format!("invoice {}", invoice.paper.number.as_deref().unwrap_or_default());
        return Err(BillingError::CreditedAlready { what, left, asked: total });
    }
    Ok(credited.plus(total)?)
}

/// The lines of the credit note, each with the place of the line that it takes back.
fn taken_back(
    invoice: &Document,
    notes: &[Document],
    asked: &[(usize, Option<Amount>)],
) -> Result<Vec<(usize, PaperLine)>, BillingError> {
    let left = left(invoice, notes)?;
    let all: Vec<(usize, Option<Amount>)> = (0..left.len()).map(|place| (place, None)).collect();
    let chosen = if asked.is_empty() { &all[..] } else { asked };
    let mut lines = Vec::with_capacity(chosen.len());
    for (position, (place, amount)) in chosen.iter().enumerate() {
        let pointer = format!("/lines/{position}");
        let Some(rest) = left.get(*place).copied() else {
            return Err(Invalid::at(pointer, format!("the invoice has {} lines, counted from 0", left.len())).into());
        };
        if lines.iter().any(|(known, _)| known == place) {
            return Err(Invalid::at(pointer, "names a line twice").into());
        }
        let currency = invoice.currency();
        if let Some(amount) = amount.filter(|amount| !amount.is_payable(currency)) {
            let unit = currency.minor_unit();
            return Err(Invalid::at(pointer, format!("{amount} is not a multiple of {unit}")).into());
        }
        let amount = amount.unwrap_or(rest);
        let within = if rest.is_negative() {
            amount >= rest && amount <= Amount::ZERO
        } else {
            amount <= rest && !amount.is_negative()
        };
        if !within {
            let line = &invoice.paper.lines[*place];
            return Err(BillingError::CreditedAlready {
                what: format!("\"{}\"", line.name),
                left: rest,
                asked: amount,
            });
        }
        if !amount.is_zero() {
            lines.push((
                *place,
                PaperLine { amount, usage: None, included: None, ..invoice.paper.lines[*place].clone() },
            ));
        }
    }
    if lines.is_empty() {
        let what = format!("invoice {}", invoice.paper.number.as_deref().unwrap_or_default());
        return Err(BillingError::CreditedAlready { what, left: Amount::ZERO, asked: Amount::ZERO });
    }
    Ok(lines)
}

/// The tax that goes with the lines, a row a rate, and how much of it is not in the lines. What takes back the last of a rate's net
/// lines, or of those with the tax in them, takes back all that is left of the tax on them: all notes together are the invoice.
fn tax_taken_back(
    invoice: &Document,
    notes: &[Document],
    lines: &[(usize, PaperLine)],
) -> Result<(Vec<TaxRow>, Amount), BillingError> {
    let mut left = left(invoice, notes)?;
    for (place, line) in lines {
        left[*place] = left[*place].minus(line.amount)?;
    }
    let currency = invoice.currency();
    let mut rows: Vec<TaxRow> = Vec::new();
    let mut sum_beside = Amount::ZERO;
    for TaxRow { name, rate, .. } in &invoice.paper.taxes {
        let of_rate = |line: &PaperLine| line.tax_rate.as_ref() == Some(name);
        let is_done = rows.iter().any(|row| row.name == *name);
        if is_done || !lines.iter().any(|(_, line)| of_rate(line)) {
            continue;
        }
        let (mut net, mut gross) = (Amount::ZERO, Amount::ZERO);
        for (_, line) in lines.iter().filter(|(_, line)| of_rate(line)) {
            let sum = if line.tax_included { &mut gross } else { &mut net };
            *sum = sum.plus(line.amount)?;
        }
        let (mut beside, mut included) = tax_at(&invoice.paper, name)?;
        for note in notes {
            let (earlier_beside, earlier_included) = tax_at(&note.paper, name)?;
            beside = beside.minus(earlier_beside)?;
            included = included.minus(earlier_included)?;
        }
        let is_last = |in_lines: bool| {
            let rest = invoice.paper.lines.iter().zip(&left).filter(|(line, _)| of_rate(line));
            rest.filter(|(line, _)| line.tax_included == in_lines).all(|(_, left)| left.is_zero())
        };
        let share = TaxShare::parse(rate).map_err(|_| BillingError::Unreadable(invoice.id.clone()))?;
        if !is_last(false) {
            beside = at_most(share.on_net(net, currency)?, beside);
        }
        if !is_last(true) {
            included = at_most(share.within_gross(gross, currency.minor_digits())?, included);
        }
        sum_beside = sum_beside.plus(beside)?;
        rows.push(TaxRow {
            name: name.clone(),
            rate: rate.clone(),
            net: net.plus(gross)?.minus(included)?,
            tax: beside.plus(included)?,
        });
    }
    Ok((rows, sum_beside))
}

/// A tax, but not beyond what is left of it, which is below zero where discounts outweigh.
fn at_most(tax: Amount, left: Amount) -> Amount {
    if left.is_negative() { tax.max(left) } else { tax.min(left) }
}

/// The tax on a paper at the rate of this name: beside its lines, and in them.
fn tax_at(paper: &Paper, name: &str) -> Result<(Amount, Amount), Overflow> {
    let (mut beside, mut tax) = (Amount::ZERO, Amount::ZERO);
    for row in paper.taxes.iter().filter(|row| row.name == name) {
        // A row's net and tax make up its lines and the tax beside them.
        beside = beside.plus(row.net)?.plus(row.tax)?;
        tax = tax.plus(row.tax)?;
    }
    for line in paper.lines.iter().filter(|line| line.tax_rate.as_deref() == Some(name)) {
        beside = beside.minus(line.amount)?;
    }
    Ok((beside, tax.minus(beside)?))
}

async fn post(work: &mut Work, document: &DocumentRecord, paper: &Paper) -> Result<(), BillingError> {
    let currency = composed_currency(document)?;
    let customer = || Party::Customer(document.customer.clone());
    let of = |what: &str| (format!("{}/{what}", document.id), Kind::CreditNote, document.id.as_str());
    let facts = [
        Posting::fact(of("net"), Party::Income, customer(), paper.net, currency)?,
        Posting::fact(of("tax"), Party::Tax, customer(), paper.tax, currency)?,
    ];
    ledger::post(work, &facts.into_iter().flatten().collect::<Vec<_>>()).await?;
    Ok(())
}

/// Settles by a credit note the invoice that it corrects, and others by what is left of it.
async fn settle_note(
    work: &mut Work,
    note: &DocumentRecord,
    invoice: &Document,
    credited: Amount,
) -> Result<(), BillingError> {
    let fund = Fund {
        source: note.id.clone(),
        kind: "credit_note".to_owned(),
        customer: note.customer.clone(),
        unspent: note.total,
        came_at: work.now().millis(),
        name: note.number.clone(),
    };
    let left = settle_by(work, &fund, Some(&invoice.id)).await?;
    if left > Amount::ZERO {
        let reason = format!("Rest of credit note {}", note.number.as_deref().unwrap_or_default());
        let credit = owed(work, note, left, reason);
        storage::payments::insert_credit(&mut work.tx, &credit).await?;
    }
    if credited == invoice.paper.total {
        let settled = documents::get(work, &invoice.id).await?.settled.micros();
        let state = DocumentState::Credited.name().to_owned();
        let standing = StandingRecord { id: invoice.id.clone(), state, settled, remind_at: None };
        let tenant = work.tenant();
        storage::documents::stand(&mut work.tx, tenant, &[standing]).await?;
    }
    Ok(())
}

/// Gives up what is unpaid of an invoice: the customer owes it no more, and the loss is booked.
///
/// # Errors
/// There is no such invoice, nothing is to be paid of it, or the reason is missing.
pub async fn write_off(work: &mut Work, id: &str, reason: String) -> Result<Document, BillingError> {
    let reason = fields::required_remark("/reason", reason, 500)?;
    let (invoice, _) = invoice_and_notes(work, id).await?;
    let open = invoice.open();
    if open <= Amount::ZERO {
        let number = invoice.paper.number.unwrap_or_default();
        return Err(BillingError::NotOpen { number, state: invoice.state.name().replace('_', " ") });
    }
    let of = (format!("{id}/write_off"), Kind::WriteOff, id);
    let customer = Party::Customer(invoice.customer.clone());
    let loss = Posting::fact(of, Party::WriteOffs, customer, open, invoice.currency())?;
    ledger::post(work, &loss.into_iter().collect::<Vec<_>>()).await?;
    let standing = StandingRecord {
        id: id.to_owned(),
        state: DocumentState::WrittenOff.name().to_owned(),
        settled: invoice.settled.micros(),
        remind_at: None,
    };
    let tenant = work.tenant();
    storage::documents::stand(&mut work.tx, tenant, &[standing]).await?;
    work.audit("invoice.write_off", id, None, Some(&(reason, open))).await?;
    documents::get(work, id).await
}
