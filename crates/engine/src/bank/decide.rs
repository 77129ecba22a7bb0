//! What becomes of a row: a payment, or nothing.

use domain::time::Date;
use storage::bank::RowRecord;

use super::{BankError, BankRow, RowDoubt, RowState, row};
use crate::ledger::Party;
use crate::payments::{self, Method, NewPayment, Source};
use crate::tenants;
use crate::{Scope, Work, fields};

/// How many characters of what the payer wrote the payment's reference has.
const LONGEST_REFERENCE: usize = 200;

/// Takes a row as a customer's payment, for one of its invoices first where that is named. What was set aside can be taken, too; and what was
/// taken for somebody else, when that payment has gone back.
///
/// # Errors
/// There is no such row, it is a payment that has not gone back, or the customer cannot pay it: its currency is another, it is closed
/// and owes less, or has no such invoice to pay.
pub async fn take(work: &mut Work, id: &str, customer: String, invoice: Option<String>) -> Result<BankRow, BankError> {
    let (record, before) = locked(work, id).await?;
    must_be_free(work, &before).await?;
    let (currency, amount) = (Some(before.currency), before.amount);
    let payer = payments::payer(work, &customer, currency).await?;
    payments::may_pay(work, &payer, amount).await?;
    let zone = tenants::get(work).await?.settings.time_zone;
    let booked_on: Date = before.booked_on.parse().map_err(|_| BankError::Unreadable(id.to_owned()))?;
    let reference: String = before.text.chars().take(LONGEST_REFERENCE).collect();
    let new = NewPayment {
        customer,
        amount,
        currency,
        method: Method::Transfer,
        reference: Some(reference),
        received_at: Some(zone.start_of_day(booked_on).min(work.now())),
        invoice,
    };
    // Each decision is another payment, of the same money.
    let origin = Some(format!("{}{id}/{}", payments::OF_BANK, before.version));
    let payment = payments::take(work, new, Source { from: Party::Cash, origin }).await?;
    let taken = RowRecord {
        state: RowState::Taken.name().to_owned(),
        customer: Some(payment.customer),
        payment: Some(payment.id),
        note: None,
        ..record
    };
    decided(work, &before, taken).await
}

/// Sets a row aside: it is no payment of a customer's.
///
/// # Errors
/// There is no such row, it is a payment that has not gone back, or there is no reason.
pub async fn set_aside(work: &mut Work, id: &str, reason: String) -> Result<BankRow, BankError> {
    let note = fields::required_remark("/reason", reason, 500)?;
    let (record, before) = locked(work, id).await?;
    must_be_free(work, &before).await?;
    let state = RowState::SetAside.name().to_owned();
    let set_aside = RowRecord { state, customer: None, payment: None, note: Some(note), ..record };
    decided(work, &before, set_aside).await
}

/// Refuses what is a payment, unless that has gone back whole.
async fn must_be_free(work: &mut Work, row: &BankRow) -> Result<(), BankError> {
    let Some(payment) = &row.payment else { return Ok(()) };
    let tenant = work.tenant();
    let taken = storage::payments::get(&mut work.tx, tenant, payment).await?;
    match taken {
        Some(taken) if taken.returned < taken.amount => Err(BankError::Taken { payment: payment.clone() }),
        _ => Ok(()),
    }
}

/// Takes a row as [`take`] does, unless somebody was faster.
pub(super) async fn take_if_waiting(
    work: &mut Work,
    id: &str,
    customer: String,
    invoice: Option<String>,
) -> Result<(), BankError> {
    match locked(work, id).await? {
        (_, before) if before.state == RowState::Waiting => take(work, id, customer, invoice).await.map(drop),
        _ => Ok(()),
    }
}

/// Notes why a row waits.
pub(super) async fn doubt(work: &mut Work, id: &str, doubt: RowDoubt) -> Result<(), BankError> {
    let (record, before) = locked(work, id).await?;
    if before.state != RowState::Waiting {
        return Ok(());
    }
    let tenant = work.tenant();
    let doubtful = RowRecord { doubt: Some(doubt.name().to_owned()), ..record };
    Ok(storage::bank::decide(&mut work.tx, tenant, &doubtful).await?)
}

async fn locked(work: &mut Work, id: &str) -> Result<(RowRecord, BankRow), BankError> {
    let tenant = work.tenant();
    let record = storage::bank::lock_row(&mut work.tx, tenant, id).await?;
    let own = record.filter(|_| work.finds("bank_row", id, crate::Reach::is_whole));
    let record = own.ok_or_else(|| BankError::NoRow(id.to_owned()))?;
    Ok((record.clone(), BankRow::of(record)?))
}

async fn decided(work: &mut Work, before: &BankRow, record: RowRecord) -> Result<BankRow, BankError> {
    let record =
        RowRecord { decided_at: Some(work.now().millis()), decided_by: Some(work.actor.name.clone()), ..record };
    let tenant = work.tenant();
    storage::bank::decide(&mut work.tx, tenant, &record).await?;
    let after = row(work, &record.id).await?;
    work.audit("bank_row.decide", &after.id, Some(before), Some(&after)).await?;
    Ok(after)
}
