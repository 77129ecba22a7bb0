//! Redeeming a voucher: its amount is a payment of the customer's, once.

use domain::money::{Amount, Currency};
use domain::time::Instant;
use storage::vouchers::{BatchRecord, VoucherRecord};

use super::code::Code;
use super::guessing::Tries;
use super::{Voucher, VoucherError, currency_of};
use crate::customers::{self, Customer, CustomerState};
use crate::ledger::Party;
use crate::payments::{self, Method, NewPayment, Payment, Source};
use crate::{Scope, Work};

/// Why a code is not redeemed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A letter is wrong or missing: no code is like this.
    #[error("this is no code of a voucher: a letter of it is wrong or missing")]
    Mistyped,
    /// No voucher has the code, or another customer has redeemed it. Which of both is nobody's business.
    #[error("no voucher that could be redeemed has this code")]
    Unknown,
    /// The customer itself has redeemed it.
    #[error("the voucher is on this account already: it was redeemed at {at}")]
    Used {
        /// When.
        at: Instant,
    },
    /// Its time is over.
    #[error("the voucher was to be redeemed before {at}")]
    Expired {
        /// From when on it is worth nothing.
        at: Instant,
    },
    /// Its batch is revoked.
    #[error("the voucher is worth nothing any more: it was revoked")]
    Revoked,
    /// It is in another currency than the customer's account.
    #[error("the voucher is in {given}, the customer's account in {currency}")]
    WrongCurrency {
        /// The currency of the voucher.
        given: Currency,
        /// The customer's.
        currency: Currency,
    },
    /// The customer is none any more.
    #[error("the customer {0} is closed")]
    Closed(String),
    /// So many wrong codes were tried that no code is looked at, right or wrong.
    #[error("too many wrong codes were tried: try again in {retry_after_seconds} seconds")]
    TooMany {
        /// How long to wait, in seconds.
        retry_after_seconds: u64,
    },
}

impl Refusal {
    /// Whether it may have been a guess, which is counted.
    fn is_wrong_code(&self) -> bool {
        matches!(self, Refusal::Mistyped | Refusal::Unknown)
    }
}

/// Redeems a voucher for a customer, by its code as somebody has typed it. The work is to be committed also where the code is refused: a wrong
/// one is counted by that.
///
/// # Errors
/// There is no such customer, or the amount could not be put on its account: nothing is to be committed.
pub async fn redeem(work: &mut Work, customer: &str, typed: &str) -> Result<Result<Payment, Refusal>, VoucherError> {
    let customer = customers::get(work, customer).await?;
    if customer.state == CustomerState::Closed {
        return Ok(Err(Refusal::Closed(customer.id)));
    }
    let seen = Tries::seen(work, &customer.id).await?;
    if let Some(refusal) = too_many(work, &seen) {
        return Ok(Err(refusal));
    }
    let tries = Tries::locked(work, &customer.id).await?;
    if let Some(refusal) = too_many(work, &tries) {
        return Ok(Err(refusal));
    }
    match checked(work, &customer, typed).await? {
        Ok((voucher, batch)) => Ok(Ok(pay(work, customer, voucher, &batch).await?)),
        Err(refusal) => {
            if refusal.is_wrong_code() {
                tries.note(work).await?;
            }
            Ok(Err(refusal))
        }
    }
}

fn too_many(work: &Work, tries: &Tries) -> Option<Refusal> {
    let retry_after_seconds = tries.wait(work.now())?;
    let (tenant, actor) = (work.tenant(), work.actor.name.as_str());
    tracing::warn!(target: "security", tenant, actor, customer = tries.customer, "too many wrong codes of vouchers");
    Some(Refusal::TooMany { retry_after_seconds })
}

/// The voucher of a code and its batch, which are locked, if the customer can redeem it.
async fn checked(
    work: &mut Work,
    customer: &Customer,
    typed: &str,
) -> Result<Result<(VoucherRecord, BatchRecord), Refusal>, VoucherError> {
    let Some(code) = Code::read(typed) else { return Ok(Err(Refusal::Mistyped)) };
    let tenant = work.tenant();
    let found = storage::vouchers::lock(&mut work.tx, tenant, &code.digest()).await?;
    let Some((voucher, batch)) = found else { return Ok(Err(Refusal::Unknown)) };
    if let Some(redeemed_by) = &voucher.redeemed_by {
        let at = Instant::clamped(voucher.redeemed_at.unwrap_or_default());
        let refusal = if *redeemed_by == customer.id { Refusal::Used { at } } else { Refusal::Unknown };
        return Ok(Err(refusal));
    }
    if batch.revoked_at.is_some() {
        return Ok(Err(Refusal::Revoked));
    }
    if let Some(at) = batch.expires_at.map(Instant::clamped).filter(|at| *at <= work.now()) {
        return Ok(Err(Refusal::Expired { at }));
    }
    let given = currency_of(&batch.currency)?;
    if given != customer.currency {
        return Ok(Err(Refusal::WrongCurrency { given, currency: customer.currency }));
    }
    Ok(Ok((voucher, batch)))
}

/// Puts what a voucher is worth on the account of the customer who redeems it.
async fn pay(
    work: &mut Work,
    customer: Customer,
    voucher: VoucherRecord,
    batch: &BatchRecord,
) -> Result<Payment, VoucherError> {
    let new = NewPayment {
        customer: customer.id,
        amount: Amount::from_micros(batch.amount),
        currency: Some(customer.currency),
        method: Method::Voucher,
        reference: Some(voucher.ending.clone()),
        received_at: None,
        invoice: None,
    };
    let origin = format!("voucher/{}/{}", batch.id, voucher.position);
    let payment = payments::take(work, new, Source { from: Party::Vouchers, origin: Some(origin.clone()) }).await?;
    let (tenant, now) = (work.tenant(), work.now().millis());
    let by = (payment.customer.as_str(), now);
    if !storage::vouchers::redeem(&mut work.tx, tenant, &voucher.digest, by, &payment.id).await? {
        return Err(payments::PaymentError::Taken(origin).into());
    }
    let redeemed = VoucherRecord {
        redeemed_by: Some(payment.customer.clone()),
        redeemed_at: Some(now),
        payment: Some(payment.id.clone()),
        ..voucher.clone()
    };
    let (before, after) = (Voucher::of(voucher), Voucher::of(redeemed));
    work.audit("voucher.redeem", &batch.id, Some(&before), Some(&after)).await?;
    Ok(payment)
}
