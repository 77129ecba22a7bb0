//! Transfers: paid money that goes from one prepaid customer to another.

use domain::invalid::Invalid;
use domain::ledger::Refused;
use domain::money::{Amount, Currency};
use domain::time::Instant;
use serde::Serialize;

use crate::billing::{self, BillingError};
use crate::customers::{self, Customer, CustomerError, Mode};
use crate::ledger::{self, Kind, LedgerError, Party, Posting, Verdict};
use crate::{Scope, Work, fields};

/// Money that went from one prepaid customer to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Transfer {
    /// Its id.
    pub id: String,
    /// Who gave it.
    pub customer: String,
    /// Who has it now.
    pub to: String,
    /// How much.
    pub amount: Amount,
    /// Of what.
    pub currency: Currency,
    /// Why.
    pub reason: String,
    /// When it was made.
    pub created_at: Instant,
}

/// A transfer to be made.
#[derive(Debug, Clone)]
pub struct NewTransfer {
    /// Who gives it.
    pub customer: String,
    /// Who gets it.
    pub to: String,
    /// How much, above zero.
    pub amount: Amount,
    /// Of what; the customer's currency where none is given.
    pub currency: Option<Currency>,
    /// Why.
    pub reason: String,
}

/// Why a transfer is not made. Nothing was moved.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// There is nobody who could give it.
    #[error(transparent)]
    Customer(CustomerError),
    /// There is nobody who could get it.
    #[error(transparent)]
    Receiver(CustomerError),
    /// One of them has no balance that money could be taken from or put on.
    #[error("a transfer is between prepaid customers, and {0} is postpaid")]
    NotPrepaid(String),
    /// The amount is in another currency than the giver's account.
    #[error("the amount is in {given}, the customer's account in {currency}")]
    WrongCurrency {
        /// The currency of the amount.
        given: Currency,
        /// The giver's.
        currency: Currency,
    },
    /// The two accounts are in different currencies.
    #[error("the account of {to} is in {theirs}, the customer's in {currency}")]
    OtherCurrency {
        /// Who should get it.
        to: String,
        /// Its currency.
        theirs: Currency,
        /// The giver's.
        currency: Currency,
    },
    /// There is too little paid money: promotional credit is never paid out, and what is held is for calls in progress.
    #[error(
        "{available} of paid money can be transferred, without promotional credit and what is held: {required} is asked for"
    )]
    InsufficientBalance {
        /// What the giver could give.
        available: Amount,
        /// What was asked for.
        required: Amount,
    },
    /// What waited for the money could not be settled.
    #[error(transparent)]
    Billing(#[from] BillingError),
    /// The ledger did not take it.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(TransferError: Billing, Customer, Ledger, Receiver);

/// Moves paid money from a prepaid customer to another one of the same currency. It is on both accounts at once.
///
/// # Errors
/// The amount is not above zero or in another currency, there is no such customer, both are the same, one is postpaid, or there is too
/// little paid money.
pub async fn make(work: &mut Work, new: NewTransfer) -> Result<Transfer, TransferError> {
    let from = customers::get(work, &new.customer).await.map_err(TransferError::Customer)?;
    let to = customers::get(work, &new.to).await.map_err(TransferError::Receiver)?;
    check(&new, &from, &to)?;
    let transfer = Transfer {
        id: work.id("trf"),
        customer: from.id,
        to: to.id,
        amount: new.amount,
        currency: from.currency,
        reason: fields::required_remark("/reason", new.reason, 500)?,
        created_at: work.now(),
    };
    post(work, &transfer).await?;
    billing::settle_fees(work, &transfer.to).await?;
    work.audit("transfer.make", &transfer.id, None, Some(&transfer)).await?;
    Ok(transfer)
}

fn check(new: &NewTransfer, from: &Customer, to: &Customer) -> Result<(), TransferError> {
    if new.amount <= Amount::ZERO {
        return Err(Invalid::at("/amount", "must be above zero").into());
    }
    if from.id == to.id {
        return Err(Invalid::at("/to", "must be another customer").into());
    }
    if let Some(postpaid) = [from, to].into_iter().find(|customer| customer.mode == Mode::Postpaid) {
        return Err(TransferError::NotPrepaid(postpaid.id.clone()));
    }
    let currency = from.currency;
    if let Some(given) = new.currency.filter(|given| *given != currency) {
        return Err(TransferError::WrongCurrency { given, currency });
    }
    if to.currency != currency {
        return Err(TransferError::OtherCurrency { to: to.id.clone(), theirs: to.currency, currency });
    }
    Ok(())
}

/// Takes the money from the one, if it is there, and gives it to the other: two entries, so that each has its own.
async fn post(work: &mut Work, transfer: &Transfer) -> Result<(), TransferError> {
    let (from, to) = (Party::Customer(transfer.customer.clone()), Party::Customer(transfer.to.clone()));
    let posting = |what: &str, from, to| Posting {
        key: format!("{}/{what}", transfer.id),
        kind: Kind::Transfer,
        from,
        to,
        amount: transfer.amount,
        currency: transfer.currency,
        reference: transfer.id.clone(),
        guarded: what == "from",
        promotional: Amount::ZERO,
    };
    // Both are locked in the order of their ids before either is changed: two transfers that cross do not wait for each other.
    let accounts = [&transfer.customer, &transfer.to].map(|id| (id.as_str(), transfer.currency.code()));
    let tenant = work.tenant();
    storage::ledger::lock_accounts(&mut work.tx, tenant, &accounts).await?;
    let taken = ledger::post(work, &[posting("from", from, Party::Transfers)]).await?;
    if let [Verdict::Refused(refused)] = taken[..] {
        return Err(match refused {
            Refused::InsufficientBalance { available, required } => {
                TransferError::InsufficientBalance { available, required }
            }
            _ => LedgerError::from(domain::money::Overflow).into(),
        });
    }
    ledger::post(work, &[posting("to", Party::Transfers, to)]).await?;
    Ok(())
}
