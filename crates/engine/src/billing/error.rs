use domain::einvoice::Lack;
use domain::fees::FeesError;
use domain::invalid::Invalid;
use domain::money::{Amount, Overflow};
use domain::period::PeriodError;

use crate::accounts::AccountError;
use crate::agents::AgentError;
use crate::calls::CallError;
use crate::customers::CustomerError;
use crate::ledger::LedgerError;
use crate::prices::PriceError;
use crate::tenants::TenantError;

/// Why something is not billed, or a document not shown or changed.
#[derive(Debug, thiserror::Error)]
pub enum BillingError {
    /// There is no such document.
    #[error("there is no document {0}")]
    NotFound(String),
    /// There is no such line of the customer.
    #[error("there is no line {0}")]
    NoSuchLine(String),
    /// There is no such item.
    #[error("there is no item {0}")]
    NoSuchItem(String),
    /// There is no such bill run.
    #[error("there is no bill run {0}")]
    NoSuchRun(String),
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The invoice is not to be paid any more.
    #[error("the invoice {number} is {state}")]
    NotOpen {
        /// Its number.
        number: String,
        /// How it stands.
        state: String,
    },
    /// More would be taken back than is left of the invoice or its line.
    #[error("only {left} is left to be credited of {what}, not {asked}")]
    CreditedAlready {
        /// The invoice, or its line.
        what: String,
        /// What can still be taken back.
        left: Amount,
        /// What was asked for.
        asked: Amount,
    },
    /// Somebody else changed it meanwhile.
    #[error("it was changed meanwhile: it is at version {current}")]
    Changed {
        /// The version now.
        current: i64,
    },
    /// The item is on an invoice already.
    #[error("the item is on an invoice already: credit it there")]
    ItemBilled,
    /// A document has nowhere to go.
    #[error("{customer} has no e-mail address: give the customer one")]
    NoAddress {
        /// The customer's name.
        customer: String,
    },
    /// A document lacks something that an electronic invoice needs.
    #[error("there is no electronic invoice of {number}: {}", said(lacks))]
    NoEinvoice {
        /// Its number.
        number: String,
        /// What lacks.
        lacks: Vec<Lack>,
    },
    /// The customer cannot be billed.
    #[error("the customer cannot be billed: {reason}")]
    NotBilled {
        /// Why.
        reason: String,
    },
    /// A period is out of range.
    #[error(transparent)]
    Period(#[from] PeriodError),
    /// The fees cannot be computed.
    #[error("the fees of the line {number} cannot be computed: {error}")]
    Fees {
        /// The line.
        number: String,
        /// Why.
        error: FeesError,
    },
    /// An amount is beyond its range.
    #[error(transparent)]
    Overflow(#[from] Overflow),
    /// A stored record cannot be read: the database was edited by hand.
    #[error("the record {0} cannot be read")]
    Unreadable(String),
    /// There is no such customer, or it cannot be read.
    #[error(transparent)]
    Customer(#[from] CustomerError),
    /// There is no such agent, or it cannot be read.
    #[error(transparent)]
    Agent(#[from] AgentError),
    /// The prices could not be read.
    #[error(transparent)]
    Price(#[from] PriceError),
    /// The calls could not be read.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The account could not be read.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The ledger did not take it.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

/// All that lacks. What stands on a document stays as it is: what is set now is on those that come.
fn said(lacks: &[Lack]) -> String {
    let said: Vec<String> = lacks.iter().map(Lack::to_string).collect();
    format!("{} (documents keep what was known when they were issued)", said.join("; "))
}

crate::work::carries_storage!(BillingError: Account, Agent, Call, Customer, Ledger, Price, Tenant);
