//! What a provider tells of payments that went back.

use domain::money::{Amount, Currency};

use super::moves::{locked, send_back, stand};
use super::{Reversal, ReversalError, ReversalKind, ReversalState};
use crate::customers::Customer;
use crate::ledger::{self, Party};
use crate::{Scope, Work, fields};
use storage::payments::PaymentRecord;

/// What a provider tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldReversal {
    /// What tells it apart from all others, such as `stripe/re_1`.
    pub origin: String,
    /// The origin of the payment.
    pub of_origin: String,
    /// How it goes back.
    pub kind: ReversalKind,
    /// How much.
    pub amount: Amount,
    /// Of what.
    pub currency: Currency,
    /// How it stands.
    pub state: ReversalState,
    /// Why.
    pub reason: Option<String>,
}

/// Takes what a provider tells: once, however often it is told, and whenever the payment is.
///
/// # Errors
/// The database does not do it, or a stored record cannot be read.
pub async fn told(work: &mut Work, told: &ToldReversal) -> Result<(), ReversalError> {
    let tenant = work.tenant();
    let payment = storage::payments::of_origin(&mut work.tx, tenant, &told.of_origin).await?;
    let known = match payment {
        // The account is locked first, as everywhere.
        Some(payment) => Some(locked(work, &payment.id).await?),
        None => None,
    };
    if let Some(record) = storage::reversals::lock_of_origin(&mut work.tx, tenant, &told.origin).await? {
        return change(work, Reversal::of(record)?, told.state, known.as_ref()).await;
    }
    let now = work.now();
    let reversal = Reversal {
        id: work.id("rev"),
        kind: told.kind,
        payment: known.as_ref().map(|(payment, _)| payment.id.clone()),
        customer: known.as_ref().map(|(_, customer)| customer.id.clone()),
        amount: told.amount,
        currency: told.currency,
        state: told.state,
        reason: fields::optional("/reason", told.reason.clone(), 500)?,
        made_at: now,
        decided_at: (told.state != ReversalState::Open).then_some(now),
        version: 1,
    };
    let record = reversal.record(Some(told.origin.clone()), Some(told.of_origin.clone()));
    if !storage::reversals::insert(&mut work.tx, tenant, &record).await? {
        // Somebody else was told of it at the same time, and was quicker.
        let record = storage::reversals::lock_of_origin(&mut work.tx, tenant, &told.origin).await?;
        let record = record.ok_or_else(|| ReversalError::NotFound(told.origin.clone()))?;
        return change(work, Reversal::of(record)?, told.state, known.as_ref()).await;
    }
    if let Some((payment, customer)) = &known {
        arrive(work, &reversal, (payment, customer)).await?;
    }
    work.audit("payment.reverse", &reversal.id, None, Some(&reversal)).await?;
    Ok(())
}

/// Takes what is told of a reversal that is on record. What is decided stays; what was paid back may be undone all the same, when it did not
/// arrive.
async fn change(
    work: &mut Work,
    before: Reversal,
    state: ReversalState,
    known: Option<&(PaymentRecord, Customer)>,
) -> Result<(), ReversalError> {
    let changes = before.state != state && before.state != ReversalState::Undone && state != ReversalState::Open;
    match known {
        _ if !changes => Ok(()),
        Some((payment, customer)) if before.payment.is_some() => {
            stand(work, before, state, (payment, customer)).await.map(drop)
        }
        // Nothing was posted of it yet: that comes with the payment, as it stands then.
        _ => {
            let after = Reversal { state, decided_at: Some(work.now()), ..before };
            let tenant = work.tenant();
            Ok(storage::reversals::update(&mut work.tx, tenant, &after.record(None, None)).await?)
        }
    }
}

/// Posts what was told of the payment of this origin before the payment was.
///
/// # Errors
/// The database does not do it, or a stored record cannot be read.
pub(in crate::payments) async fn apply_waiting(work: &mut Work, of_origin: String) -> Result<(), ReversalError> {
    let tenant = work.tenant();
    if storage::reversals::count_waiting(&mut work.tx, tenant, &of_origin).await? == 0 {
        return Ok(());
    }
    let Some(payment) = storage::payments::of_origin(&mut work.tx, tenant, &of_origin).await? else { return Ok(()) };
    let (payment, customer) = locked(work, &payment.id).await?;
    // What still waits now that nobody else can apply it.
    for record in storage::reversals::lock_waiting(&mut work.tx, tenant, &of_origin).await? {
        let reversal = Reversal {
            payment: Some(payment.id.clone()),
            customer: Some(customer.id.clone()),
            ..Reversal::of(record)?
        };
        storage::reversals::update(&mut work.tx, tenant, &reversal.record(None, None)).await?;
        arrive(work, &reversal, (&payment, &customer)).await?;
    }
    Ok(())
}

/// Posts a reversal that was told of, as far as it has gone.
async fn arrive(work: &mut Work, reversal: &Reversal, paid: (&PaymentRecord, &Customer)) -> Result<(), ReversalError> {
    if reversal.state == ReversalState::Undone {
        return Ok(());
    }
    send_back(work, reversal, paid, false).await?;
    if reversal.kind == ReversalKind::Dispute && reversal.state == ReversalState::Done {
        let gone = reversal.posting("lost", Party::Disputed, Party::Cash);
        ledger::post(work, &[gone]).await?;
    }
    Ok(())
}
