//! Corrections: an issued invoice is never changed; it is taken back by credit notes, or given up.

use domain::invalid::Invalid;
use domain::money::Amount;
use domain::paper::{Paper, PaperKind, PaperLine, TaxRow};
use domain::tax::TaxShare;
use storage::allocations::Fund;
use storage::documents::{DocumentFilter, DocumentRecord, StandingRecord};

use super::BillingError;
use super::documents::{self, Document, DocumentState, number_text};
use super::issue::composed_currency;
use super::paper::heading;
use super::prepaid::{record, save};
use super::settle::{keep_owed, settle_by};
use crate::ledger::{self, Kind, Party, Posting};
use crate::{Scope, Work, accounts, customers, fields, tenants};

/// The most credit notes that an invoice may have.
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
/// There is no such invoice or line of it, more is asked for than is left, it would come to less than nothing, or the reason is
/// missing.
pub async fn credit_note(work: &mut Work, new: NewCreditNote) -> Result<Document, BillingError> {
    let reason = fields::required("/reason", new.reason.clone(), 500)?;
    let (invoice, notes) = invoice_and_notes(work, &new.invoice).await?;
    let lines = taken_back(&invoice, &notes, &new.lines)?;
    let tenant = tenants::get(work).await?;
    let customer = customers::get(work, &invoice.customer).await?;
    let taxes = tax_taken_back(&invoice, &notes, &lines)?;
    let (mut net, mut tax) = (Amount::ZERO, Amount::ZERO);
    for row in &taxes {
        tax = tax.plus(row.tax)?;
    }
    for (_, line) in &lines {
        net = net.plus(line.amount)?;
    }
    let total = net.plus(tax_beside(&lines, &taxes)?)?;
    if total.is_negative() {
        let detail = format!("would come to {total}: it takes back, and never charges. Charge it as an item");
        return Err(Invalid::at("/lines", detail).into());
    }
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
    settle_note(work, &document, &invoice, credited(&notes)?.plus(total)?).await?;
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
            lines.push((*place, PaperLine { amount, usage: None, ..invoice.paper.lines[*place].clone() }));
        }
    }
    if lines.is_empty() {
        let what = format!("invoice {}", invoice.paper.number.as_deref().unwrap_or_default());
        return Err(BillingError::CreditedAlready { what, left: Amount::ZERO, asked: Amount::ZERO });
    }
    Ok(lines)
}

/// The tax that goes with the lines, a row a rate. What takes back the last of a rate takes back all that is left of its tax.
fn tax_taken_back(
    invoice: &Document,
    notes: &[Document],
    lines: &[(usize, PaperLine)],
) -> Result<Vec<TaxRow>, BillingError> {
    let mut left = left(invoice, notes)?;
    for (place, line) in lines {
        left[*place] = left[*place].minus(line.amount)?;
    }
    let currency = invoice.currency();
    let mut rows = Vec::new();
    for row in &invoice.paper.taxes {
        let of_rate = |line: &PaperLine| line.tax_rate.as_deref() == Some(row.name.as_str());
        let (mut net, mut gross) = (Amount::ZERO, Amount::ZERO);
        for (_, line) in lines.iter().filter(|(_, line)| of_rate(line)) {
            let sum = if line.tax_included { &mut gross } else { &mut net };
            *sum = sum.plus(line.amount)?;
        }
        if net.is_zero() && gross.is_zero() {
            continue;
        }
        let earlier = notes.iter().flat_map(|note| &note.paper.taxes).filter(|known| known.name == row.name);
        let rest = earlier.map(|known| known.tax).try_fold(row.tax, Amount::minus)?;
        let rate = TaxShare::parse(&row.rate).map_err(|_| BillingError::Unreadable(invoice.id.clone()))?;
        let included = rate.within_gross(gross, currency.minor_digits())?;
        let last = invoice.paper.lines.iter().zip(&left).all(|(line, left)| !of_rate(line) || left.is_zero());
        let tax = if last { rest } else { rate.on_net(net, currency)?.plus(included)?.min(rest) };
        rows.push(TaxRow {
            name: row.name.clone(),
            rate: row.rate.clone(),
            net: net.plus(gross)?.minus(included)?,
            tax,
        });
    }
    Ok(rows)
}

/// The part of the tax that is not in the lines.
fn tax_beside(lines: &[(usize, PaperLine)], taxes: &[TaxRow]) -> Result<Amount, BillingError> {
    let mut sum = Amount::ZERO;
    for row in taxes {
        let mut gross_and_net = Amount::ZERO;
        for (_, line) in lines.iter().filter(|(_, line)| line.tax_rate.as_deref() == Some(row.name.as_str())) {
            gross_and_net = gross_and_net.plus(line.amount)?;
        }
        // A row's net and tax make up its lines and the tax beside them.
        sum = sum.plus(row.net.plus(row.tax)?.minus(gross_and_net)?)?;
    }
    Ok(sum)
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
        keep_owed(work, note, left, reason).await?;
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
    let reason = fields::required("/reason", reason, 500)?;
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
