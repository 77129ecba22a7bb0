//! Payouts: what agents have earned is paid out, with a numbered statement.
//!
//! What is charged can be paid out when its hold days are over; what is taken from an agent counts at once, so that it comes from the next
//! payout. On each payout day the account is settled: what can be paid out is, if it reaches the minimum; else it stays. A payout
//! that the bank returned is on the account again.

mod earnings;
pub mod files;
mod pay;
mod scheduled;
mod settle;
mod statement;

use domain::invalid::Invalid;
use domain::money::{Amount, Currency, Overflow, UnknownCurrency};
use domain::paper::{Paper, PaperKind};
use domain::period::PeriodError;
use domain::time::Instant;
use storage::payouts::PayoutRecord;

pub use earnings::{Earnings, OnHold, Standing, of_agent};
pub use pay::{bounce, pay};
pub use scheduled::DailyPayouts;
pub use settle::{Settled, settle_all};

use crate::accounts::AccountError;
use crate::agents::AgentError;
use crate::billing::{self, BillingError};
use crate::ledger::LedgerError;
use crate::tenants::TenantError;
use crate::{Reach, Scope};

/// What was paid out to an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payout {
    /// Its id, which is also that of its statement among the documents.
    pub id: String,
    /// Who was paid.
    pub agent: String,
    /// How much.
    pub amount: Amount,
    /// Of what.
    pub currency: Currency,
    /// When.
    pub made_at: Instant,
    /// Whether the bank returned it, and when.
    pub bounced_at: Option<Instant>,
    /// Why it was returned.
    pub reason: Option<String>,
    /// The file for the bank that it is in.
    pub file: Option<String>,
    /// Its statement.
    pub paper: Paper,
}

/// Why nothing is paid out, or a payout is not shown or changed.
#[derive(Debug, thiserror::Error)]
pub enum PayoutError {
    /// There is no such payout.
    #[error("there is no document {0}")]
    NotFound(String),
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Nothing can be paid out now.
    #[error("nothing can be paid out: the account has {balance} {currency}, of which {on_hold} is on hold")]
    NothingPayable {
        /// What the account has.
        balance: Amount,
        /// What of it is on hold.
        on_hold: Amount,
        /// Of what.
        currency: Currency,
    },
    /// It is too little.
    #[error("{payable} {currency} can be paid out, the least payout is {minimum}: it stays on the account")]
    BelowMinimum {
        /// What could be paid out.
        payable: Amount,
        /// The tenant's minimum.
        minimum: Amount,
        /// Of what.
        currency: Currency,
    },
    /// The bank has returned it before.
    #[error("the payout {number} is returned already: its amount is on the agent's account again")]
    Bounced {
        /// Its number.
        number: String,
    },
    /// A stored record cannot be read: the database was edited by hand.
    #[error("the payout {0} cannot be read")]
    Unreadable(String),
    /// An amount is beyond its range.
    #[error(transparent)]
    Overflow(#[from] Overflow),
    /// An account has an unknown currency: the database was edited by hand.
    #[error(transparent)]
    Currency(#[from] UnknownCurrency),
    /// A day is out of range.
    #[error(transparent)]
    Period(#[from] PeriodError),
    /// The agent cannot be had.
    #[error(transparent)]
    Agent(#[from] AgentError),
    /// The account could not be read.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The statement was not issued.
    #[error(transparent)]
    Billing(#[from] BillingError),
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

crate::work::carries_storage!(PayoutError: Account, Agent, Billing, Ledger, Tenant);

/// The payout with this id, or whose statement has this number.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn find(scope: &mut impl Scope, id_or_number: &str) -> Result<Payout, PayoutError> {
    let statement = billing::find(scope, id_or_number).await?;
    if statement.paper.kind != PaperKind::Payout {
        return Err(PayoutError::NotFound(id_or_number.to_owned()));
    }
    let tenant = scope.tenant();
    let record = storage::payouts::get(scope.tx(), tenant, &statement.id).await?;
    Payout::of(record.ok_or_else(|| PayoutError::NotFound(id_or_number.to_owned()))?)
}

/// A page of payouts, of one agent or of all, the newest first, those before `before`.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    scope: &mut impl Scope,
    agent: Option<&str>,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<Payout>, PayoutError> {
    let own = match scope.reach().clone() {
        Reach::Tenant => agent.map(str::to_owned),
        Reach::Own { agent: Some(own), .. } if agent.is_none_or(|asked| asked == own) => Some(own),
        Reach::Own { .. } => return Ok(Vec::new()),
    };
    let tenant = scope.tenant();
    let records = storage::payouts::page(scope.tx(), tenant, own.as_deref(), before, limit).await?;
    records.into_iter().map(Payout::of).collect()
}

impl Payout {
    /// The number of its statement.
    #[must_use]
    pub fn number(&self) -> &str {
        self.paper.number.as_deref().unwrap_or_default()
    }

    fn of(record: PayoutRecord) -> Result<Payout, PayoutError> {
        let paper = serde_json::from_str(&record.paper).map_err(|_| PayoutError::Unreadable(record.id.clone()))?;
        Ok(Payout {
            currency: Currency::parse(&record.currency)?,
            amount: Amount::from_micros(record.amount),
            made_at: Instant::clamped(record.made_at),
            bounced_at: record.bounced_at.map(Instant::clamped),
            reason: record.reason,
            file: record.file.filter(|file| !file.is_empty()),
            agent: record.agent,
            paper,
            id: record.id,
        })
    }
}
