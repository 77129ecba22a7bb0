//! Payments that go back: returned by the bank, paid back to the customer, or withdrawn while they are disputed.
//!
//! What is recorded here has happened elsewhere: it is posted whole, even if it takes a balance below zero. It reopens what the payment had
//! settled, the last first. A provider may tell of it any number of times, and before it tells of the payment: then it waits for that.

mod moves;
mod told;

use domain::invalid::Invalid;
use domain::money::{Amount, Currency, Overflow};
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use storage::reversals::{ReversalFilter, ReversalRecord};

use self::moves::{locked, send_back, stand};
pub(super) use self::told::apply_waiting;
pub use self::told::{ToldReversal, told};
use super::{OF_BANK, PaymentError, currency_of, payable};
use crate::accounts::AccountError;
use crate::billing::BillingError;
use crate::customers::{CustomerError, Mode};
use crate::ledger::{Kind, LedgerError, Party, Posting};
use crate::{Scope, Work, fields};

/// A payment, or a part of one, that went back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reversal {
    /// Its id.
    pub id: String,
    /// How it went back.
    pub kind: ReversalKind,
    /// The payment; none while nobody has told of it.
    pub payment: Option<String>,
    /// Who had paid.
    pub customer: Option<String>,
    /// How much.
    pub amount: Amount,
    /// Of what.
    pub currency: Currency,
    /// How it stands.
    pub state: ReversalState,
    /// Why, as the bank, the provider or a clerk says.
    pub reason: Option<String>,
    /// When it was told of.
    pub made_at: Instant,
    /// When it became what it is; none while it is open.
    pub decided_at: Option<Instant>,
    /// Counts the changes.
    pub version: i64,
}

/// How a payment goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReversalKind {
    /// The bank returned it.
    Bounce,
    /// It was paid back to the customer.
    Repayment,
    /// The customer disputes it with its bank, which has withdrawn it until that is decided.
    Dispute,
}

/// How a reversal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReversalState {
    /// It is disputed, and not decided.
    Open,
    /// The money is gone.
    Done,
    /// The money is back: the dispute was won, or what was to be paid back did not go.
    Undone,
}

/// What somebody records by hand.
#[derive(Debug, Clone)]
pub struct NewReversal {
    /// The payment.
    pub payment: String,
    /// How it goes back.
    pub kind: ReversalKind,
    /// How much; all that is left of it, where none is given.
    pub amount: Option<Amount>,
    /// Why.
    pub reason: String,
}

/// Why a reversal is not recorded, shown or decided. Nothing was moved.
#[derive(Debug, thiserror::Error)]
pub enum ReversalError {
    /// There is no such payment.
    #[error("there is no payment {0}")]
    NoPayment(String),
    /// There is no such reversal.
    #[error("there is no reversal {0}")]
    NotFound(String),
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// More is asked for than is left of the payment.
    #[error("{left} is left of the payment {payment}: {asked} is more")]
    Beyond {
        /// The payment.
        payment: String,
        /// What of it did not go back.
        left: Amount,
        /// What was asked for.
        asked: Amount,
    },
    /// Who wants it paid back has spent it.
    #[error(
        "{available} can be paid back, since the rest is spent or held, or is promotional credit: {asked} is asked for"
    )]
    Spent {
        /// What can be paid back.
        available: Amount,
        /// What was asked for.
        asked: Amount,
    },
    /// It came by a provider, who tells of what goes back by itself, or by a voucher, of which nothing does.
    #[error("the payment {0} came by a provider or a voucher: what goes back of it is not recorded by hand")]
    AtProvider(String),
    /// It is decided already.
    #[error("the reversal {0} is decided already")]
    Decided(String),
    /// Somebody else changed it meanwhile.
    #[error("the reversal was changed meanwhile: it is at version {current}")]
    Changed {
        /// The version now.
        current: i64,
    },
    /// The payer cannot be had.
    #[error(transparent)]
    Customer(#[from] CustomerError),
    /// What waited for the money could not be settled.
    #[error(transparent)]
    Payment(#[from] PaymentError),
    /// It could not be taken back from what it had settled.
    #[error(transparent)]
    Billing(#[from] BillingError),
    /// The account could not be read.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The ledger did not take it.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(ReversalError: Account, Billing, Customer, Ledger, Payment);

impl From<Overflow> for ReversalError {
    fn from(overflow: Overflow) -> Self {
        ReversalError::Ledger(overflow.into())
    }
}

/// Records that a payment went back, whole or in part. What is paid back by hand is what the customer has not spent; what the bank returned or
/// withdrew is a fact.
///
/// # Errors
/// There is no such payment, less is left of it, it came by a provider, the customer has spent what is to be paid back, or a field makes
/// no sense.
pub async fn reverse(work: &mut Work, new: NewReversal) -> Result<Reversal, ReversalError> {
    let reason = fields::required_remark("/reason", new.reason, 500)?;
    if new.amount.is_some_and(|amount| amount <= Amount::ZERO) {
        return Err(Invalid::at("/amount", "must be above zero").into());
    }
    let (payment, customer) = locked(work, &new.payment).await?;
    if payment.origin.as_deref().is_some_and(|origin| !origin.starts_with(OF_BANK)) {
        return Err(ReversalError::AtProvider(payment.id));
    }
    let left = Amount::from_micros(payment.amount).minus(Amount::from_micros(payment.returned))?;
    let amount = new.amount.unwrap_or(left);
    payable(amount, customer.currency)?;
    if amount <= Amount::ZERO || amount > left {
        return Err(ReversalError::Beyond { payment: payment.id, left, asked: amount });
    }
    if new.kind == ReversalKind::Repayment && customer.mode == Mode::Postpaid {
        let available = Amount::from_micros(payment.unspent);
        if amount > available {
            return Err(ReversalError::Spent { available, asked: amount });
        }
    }
    let state = if new.kind == ReversalKind::Dispute { ReversalState::Open } else { ReversalState::Done };
    let reversal = Reversal {
        id: work.id("rev"),
        kind: new.kind,
        payment: Some(payment.id.clone()),
        customer: Some(customer.id.clone()),
        amount,
        currency: customer.currency,
        state,
        reason: Some(reason),
        made_at: work.now(),
        decided_at: (state != ReversalState::Open).then(|| work.now()),
        version: 1,
    };
    // What is refused has nothing written before.
    send_back(work, &reversal, (&payment, &customer), new.kind == ReversalKind::Repayment).await?;
    let tenant = work.tenant();
    storage::reversals::insert(&mut work.tx, tenant, &reversal.record(None, payment.origin.clone())).await?;
    work.audit("payment.reverse", &payment.id, None, Some(&reversal)).await?;
    Ok(reversal)
}

/// Decides a dispute: what was withdrawn comes back, or is gone for good.
///
/// # Errors
/// There is no such dispute, it is decided or was changed meanwhile, or it is a provider's, who will tell.
pub async fn decide(work: &mut Work, id: &str, state: ReversalState, version: i64) -> Result<Reversal, ReversalError> {
    let before = get(work, id).await?;
    let payment = before.payment.clone().unwrap_or_default();
    let (payment, customer) = locked(work, &payment).await?;
    // As it stands now that nobody else can decide it.
    let before = get(work, id).await?;
    if before.version != version {
        return Err(ReversalError::Changed { current: before.version });
    }
    if state == ReversalState::Open {
        return Err(Invalid::at("/state", "must be done or undone").into());
    }
    if before.state != ReversalState::Open {
        return Err(ReversalError::Decided(id.to_owned()));
    }
    let tenant = work.tenant();
    let record = storage::reversals::get(&mut work.tx, tenant, id).await?;
    if record.is_some_and(|record| record.origin.is_some()) {
        return Err(ReversalError::AtProvider(payment.id));
    }
    stand(work, before, state, (&payment, &customer)).await
}

/// A reversal.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn get(scope: &mut impl Scope, id: &str) -> Result<Reversal, ReversalError> {
    let tenant = scope.tenant();
    let record = storage::reversals::get(scope.tx(), tenant, id).await?;
    let own = |record: &ReversalRecord| {
        let customer = record.customer.as_deref();
        scope.finds("reversal", id, |reach| reach.is_whole() || customer.is_some_and(|own| reach.customer(own)))
    };
    Reversal::of(record.filter(own).ok_or_else(|| ReversalError::NotFound(id.to_owned()))?)
}

/// A page of reversals, of one customer or of all, in one state or in any; the newest first, those before `before`.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    scope: &mut impl Scope,
    (customer, state): (Option<&str>, Option<ReversalState>),
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<Reversal>, ReversalError> {
    let (tenant, limited) = (scope.tenant(), scope.reach().limited(customer));
    let filter = ReversalFilter {
        customer: limited.customer.as_deref(),
        among: limited.among.as_deref(),
        state: state.map(ReversalState::name),
        before,
    };
    let records = storage::reversals::page(scope.tx(), tenant, &filter, limit).await?;
    records.into_iter().map(Reversal::of).collect()
}

impl Reversal {
    fn posting(&self, what: &str, from: Party, to: Party) -> Posting {
        Posting {
            key: format!("{}/{what}", self.id),
            kind: self.kind.kind(),
            from,
            to,
            amount: self.amount,
            currency: self.currency,
            reference: self.payment.clone().unwrap_or_else(|| self.id.clone()),
            guarded: false,
            promotional: Amount::ZERO,
        }
    }

    fn record(&self, origin: Option<String>, of_origin: Option<String>) -> ReversalRecord {
        ReversalRecord {
            id: self.id.clone(),
            kind: self.kind.name().to_owned(),
            payment: self.payment.clone(),
            customer: self.customer.clone(),
            of_origin,
            origin,
            currency: self.currency.code().to_owned(),
            amount: self.amount.micros(),
            state: self.state.name().to_owned(),
            reason: self.reason.clone(),
            made_at: self.made_at.millis(),
            decided_at: self.decided_at.map(Instant::millis),
            version: self.version,
        }
    }

    fn of(record: ReversalRecord) -> Result<Reversal, ReversalError> {
        Ok(Reversal {
            kind: match record.kind.as_str() {
                "bounce" => ReversalKind::Bounce,
                "dispute" => ReversalKind::Dispute,
                _ => ReversalKind::Repayment,
            },
            amount: Amount::from_micros(record.amount),
            currency: currency_of(&record.currency)?,
            state: match record.state.as_str() {
                "open" => ReversalState::Open,
                "undone" => ReversalState::Undone,
                _ => ReversalState::Done,
            },
            made_at: Instant::clamped(record.made_at),
            decided_at: record.decided_at.map(Instant::clamped),
            id: record.id,
            payment: record.payment,
            customer: record.customer,
            reason: record.reason,
            version: record.version,
        })
    }
}

impl ReversalKind {
    fn name(self) -> &'static str {
        match self {
            ReversalKind::Bounce => "bounce",
            ReversalKind::Repayment => "repayment",
            ReversalKind::Dispute => "dispute",
        }
    }

    fn kind(self) -> Kind {
        match self {
            ReversalKind::Bounce => Kind::Bounce,
            ReversalKind::Repayment => Kind::Repayment,
            ReversalKind::Dispute => Kind::Dispute,
        }
    }
}

impl ReversalState {
    fn name(self) -> &'static str {
        match self {
            ReversalState::Open => "open",
            ReversalState::Done => "done",
            ReversalState::Undone => "undone",
        }
    }
}
