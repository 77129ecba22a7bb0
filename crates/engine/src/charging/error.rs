use domain::charging::{AnswerRefused, CloseRefused, ExtendRefused, SettleRefused};
use domain::invalid::Invalid;
use domain::limits::LimitReached;
use domain::money::{Amount, Currency, Overflow};

use crate::calls::{CallError, Unrated};
use crate::customers::CustomerError;
use crate::ledger::LedgerError;
use crate::prices::PriceError;
use crate::tenants::TenantError;

/// Why what was asked is not done. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is no such session, or it is another's.
    #[error("there is no session {0}")]
    NotFound(String),
    /// The key was used for another request.
    #[error("the key was used for another request")]
    KeyReused,
    /// The origin is another call's: another switch's, or one that is on record.
    #[error("there is a call with the origin {0} already")]
    OriginTaken(String),
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// There is no such line, or nobody has it.
    #[error("there is no such line")]
    UnknownLine,
    /// The line was given up.
    #[error("the line {0} is closed")]
    LineClosed(String),
    /// The line reaches emergency and service numbers only.
    #[error("the line {0} is suspended: it reaches emergency and service numbers only")]
    LineSuspended(String),
    /// The agent and the customer do not talk to each other; which of them wants it so is not told.
    #[error("this customer and the agent {agent} do not talk to each other")]
    Blocked {
        /// The agent.
        agent: String,
    },
    /// Nothing prices the call.
    #[error("the call has no price: {reason}")]
    Unrated {
        /// Why.
        reason: Unrated,
        /// The number called.
        number: String,
    },
    /// There is too little.
    #[error("{available} is available, {required} is needed")]
    InsufficientBalance {
        /// What the payer could hold.
        available: Amount,
        /// What must be there.
        required: Amount,
        /// Of what.
        currency: Currency,
    },
    /// A limit beside the money is reached.
    #[error(transparent)]
    Limit(LimitReached),
    /// The amount is in another currency than the customer's account.
    #[error("the amount is in {given}, the customer's account in {currency}")]
    WrongCurrency {
        /// The currency of the amount.
        given: Currency,
        /// The customer's.
        currency: Currency,
    },
    /// The answer is not taken.
    #[error(transparent)]
    Answer(AnswerRefused),
    /// The session is not extended.
    #[error(transparent)]
    Extend(ExtendRefused),
    /// The end is not taken.
    #[error(transparent)]
    Settle(SettleRefused),
    /// The session is not given up.
    #[error(transparent)]
    Close(CloseRefused),
    /// An amount is beyond its range.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

/// Why a request has no answer.
#[derive(Debug, thiserror::Error)]
pub enum ChargingError {
    /// It is refused.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// There is too much to do to let new calls through.
    #[error("too many calls wait to be let through: try again")]
    Busy,
    /// The engine was closed before it answered.
    #[error("the engine is being closed: whether the request was done is not known; send it again with the same key")]
    Closed,
    /// The database does not answer; a request that shared its transaction was told why.
    #[error("the database does not answer: try again")]
    Unavailable,
    /// Others changed the same sessions and accounts again and again.
    #[error("others change the same session or account: try again")]
    Contended,
    /// What is stored of the session cannot be read: the database was edited by hand, or a later program wrote it.
    #[error("the session {0} cannot be read: {1}")]
    Unreadable(String, String),
    /// The payer could not be looked up.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The customer could not be read.
    #[error(transparent)]
    Customer(#[from] CustomerError),
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The prices could not be read.
    #[error(transparent)]
    Price(#[from] PriceError),
    /// The ledger did not take it.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(ChargingError: Call, Customer, Ledger, Price, Tenant);

impl ChargingError {
    /// Whether another transaction was in the way: the same again may do.
    pub(super) fn is_conflict(&self) -> bool {
        use storage::FromStorage;
        matches!(self, ChargingError::Contended | ChargingError::Ledger(LedgerError::Outrun))
            || matches!(self.storage_error(), Some(storage::Error::TryAgain(_)))
    }

    /// Whether the database is not there: it may be back soon.
    pub(crate) fn is_outage(&self) -> bool {
        use storage::FromStorage;
        matches!(self, ChargingError::Unavailable)
            || matches!(self.storage_error(), Some(storage::Error::Unavailable(_) | storage::Error::TryAgain(_)))
    }
}

impl From<CloseRefused> for Refused {
    fn from(refused: CloseRefused) -> Self {
        match refused {
            CloseRefused::Overflow(overflow) => Refused::Overflow(overflow),
            other => Refused::Close(other),
        }
    }
}

impl From<AnswerRefused> for Refused {
    fn from(refused: AnswerRefused) -> Self {
        match refused {
            AnswerRefused::Overflow(overflow) => Refused::Overflow(overflow),
            other => Refused::Answer(other),
        }
    }
}

impl From<ExtendRefused> for Refused {
    fn from(refused: ExtendRefused) -> Self {
        match refused {
            ExtendRefused::Overflow(overflow) => Refused::Overflow(overflow),
            other => Refused::Extend(other),
        }
    }
}

impl From<SettleRefused> for Refused {
    fn from(refused: SettleRefused) -> Self {
        match refused {
            SettleRefused::Overflow(overflow) => Refused::Overflow(overflow),
            other => Refused::Settle(other),
        }
    }
}
