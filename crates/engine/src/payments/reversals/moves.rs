//! What a reversal moves: the account, what the payment had settled, and back again.

use std::collections::BTreeMap;

use domain::ledger::Refused;
use domain::money::{Amount, Overflow};
use storage::payments::PaymentRecord;
use storage::unbilled::UnbilledRecord;

use super::{Reversal, ReversalError, ReversalKind, ReversalState};
use crate::customers::{self, Customer, Mode};
use crate::ledger::{self, Party, Verdict};
use crate::payments::use_again;
use crate::{Scope, Work, accounts, billing};

/// The payment and who made it, whose account is locked until the work ends.
pub(super) async fn locked(work: &mut Work, payment: &str) -> Result<(PaymentRecord, Customer), ReversalError> {
    let tenant = work.tenant();
    let missing = || ReversalError::NoPayment(payment.to_owned());
    let found = storage::payments::get(&mut work.tx, tenant, payment).await?.ok_or_else(missing)?;
    if !work.finds("payment", payment, |reach| reach.customer(&found.customer)) {
        return Err(missing());
    }
    let customer = customers::get(work, &found.customer).await?;
    accounts::lock(work, &customer.id, customer.currency).await?;
    let found = storage::payments::get(&mut work.tx, tenant, payment).await?.ok_or_else(missing)?;
    Ok((found, customer))
}

/// Takes what went back from the account, and from what the payment had settled.
pub(super) async fn send_back(
    work: &mut Work,
    reversal: &Reversal,
    (payment, customer): (&PaymentRecord, &Customer),
    guarded: bool,
) -> Result<(), ReversalError> {
    let to = if reversal.kind == ReversalKind::Dispute { Party::Disputed } else { Party::Cash };
    let mut posting = reversal.posting("back", Party::Customer(customer.id.clone()), to);
    posting.guarded = guarded && customer.mode == Mode::Prepaid;
    if let [Verdict::Refused(refused)] = ledger::post(work, &[posting]).await?[..] {
        return Err(match refused {
            Refused::InsufficientBalance { available, required } => ReversalError::Spent { available, asked: required },
            _ => Overflow.into(),
        });
    }
    let tenant = work.tenant();
    if customer.mode == Mode::Prepaid {
        return Ok(
            storage::payments::send_back(&mut work.tx, tenant, &payment.id, (0, reversal.amount.micros())).await?
        );
    }
    let unspent = reversal.amount.min(Amount::from_micros(payment.unspent));
    let settled = settled(work, &payment.id).await?;
    let taken = billing::unsettle(work, (&payment.id, "payment"), &settled, reversal.amount.minus(unspent)?).await?;
    let returned = unspent.plus(taken.in_all)?;
    let change = (unspent.negated()?.micros(), returned.micros());
    storage::payments::send_back(&mut work.tx, tenant, &payment.id, change).await?;
    // What no open invoice asks for any more is owed all the same.
    let owed = reversal.amount.minus(unspent)?.minus(taken.reopened)?;
    if owed > Amount::ZERO { bill(work, reversal, (customer, owed)).await } else { Ok(()) }
}

/// What the payment settles now, by invoice, the last that it settled first.
async fn settled(work: &mut Work, payment: &str) -> Result<Vec<(String, Amount)>, ReversalError> {
    let tenant = work.tenant();
    let rows = storage::allocations::of_sources(&mut work.tx, tenant, &[payment]).await?;
    let mut sums: BTreeMap<String, (usize, Amount)> = BTreeMap::new();
    for (place, row) in rows.into_iter().enumerate() {
        let sum = sums.entry(row.document).or_insert((place, Amount::ZERO));
        *sum = (place, sum.1.plus(Amount::from_micros(row.amount))?);
    }
    let mut sums: Vec<_> = sums.into_iter().filter(|(_, (_, amount))| *amount > Amount::ZERO).collect();
    sums.sort_by_key(|(_, (place, _))| std::cmp::Reverse(*place));
    Ok(sums.into_iter().map(|(document, (_, amount))| (document, amount)).collect())
}

/// Puts what is owed again on the next invoice.
async fn bill(
    work: &mut Work,
    reversal: &Reversal,
    (customer, owed): (&Customer, Amount),
) -> Result<(), ReversalError> {
    let debit = UnbilledRecord {
        id: reversal.id.clone(),
        kind: "debit".to_owned(),
        customer: customer.id.clone(),
        line: None,
        call: None,
        amount: Some(owed.micros()),
        tax: None,
        name: reversal.reason.clone(),
        created_at: work.now().millis(),
        document: None,
    };
    let tenant = work.tenant();
    storage::unbilled::insert(&mut work.tx, tenant, &[debit]).await?;
    Ok(())
}

/// A reversal becomes this: what came back is on the account again, and settles what is unpaid.
pub(super) async fn stand(
    work: &mut Work,
    before: Reversal,
    state: ReversalState,
    (payment, customer): (&PaymentRecord, &Customer),
) -> Result<Reversal, ReversalError> {
    let is_withheld = before.kind == ReversalKind::Dispute && before.state == ReversalState::Open;
    let own = if is_withheld { Party::Disputed } else { Party::Cash };
    let posting = match state {
        ReversalState::Undone => before.posting("undone", own, Party::Customer(customer.id.clone())),
        _ => before.posting("lost", own, Party::Cash),
    };
    let after = Reversal { state, decided_at: Some(work.now()), version: before.version + 1, ..before.clone() };
    let tenant = work.tenant();
    storage::reversals::update(&mut work.tx, tenant, &after.record(None, None)).await?;
    if posting.from != posting.to {
        ledger::post(work, &[posting]).await?;
    }
    if state == ReversalState::Undone {
        use_again(work, customer, payment, after.amount).await?;
    }
    work.audit("payment.reversal_decide", &after.id, Some(&before), Some(&after)).await?;
    Ok(after)
}
