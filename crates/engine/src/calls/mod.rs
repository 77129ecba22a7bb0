//! Calls: recorded, rated, charged; their history and their sums.

mod caller;
mod carried;
pub(crate) mod directory;
mod events;
mod forget;
mod history;
mod included;
pub(crate) mod late;
pub(crate) mod price;
pub(crate) mod record;
pub mod rerate;
mod stored;
pub(crate) mod told;
mod unrated;

use domain::invalid::Invalid;
use domain::money::{Amount, Currency};
use domain::time::Instant;
use serde::{Deserialize, Serialize};

pub(crate) use caller::ends;
pub use carried::{CarriedBy, CarriedLeg, carried_by};
pub use directory::Directory;
pub use events::{CallEvent, EventKind, report};
pub(crate) use forget::forget;
pub(crate) use history::of_party;
pub use history::{Filter, Span, Totals, get, history, months, of_agent, totals};
pub use price::Unrated;
pub use record::{Outcome, record, record_batch};
pub use unrated::{Retried, retry_unrated, unrated};

use crate::allowances::AllowanceError;
use crate::ledger::LedgerError;
use crate::prices::PriceError;
use crate::tenants::TenantError;

/// A call that has ended, as a switch or a file tells it: a fact. It is recorded whole, whatever the payer's balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishedCall {
    /// The switch and what the call is to it, such as `asterisk:pbx1-1795166377.45:7`. What has the same origin is the same call.
    pub origin: String,
    /// Who pays.
    pub payer: Payer,
    /// Which way it went.
    pub direction: Direction,
    /// The caller's number as the switch has it; may be empty.
    pub from: String,
    /// The number called, as it was dialled.
    pub to: String,
    /// The id of the paid agent who was called.
    pub agent: Option<String>,
    /// What the switch calls the payer.
    pub account_code: Option<String>,
    /// What the switch's records of one conversation have in common: only one of them is charged to a payer.
    pub link: Option<String>,
    /// When it was made, where that is known.
    pub started_at: Option<Instant>,
    /// When it was answered; `None` if it was not.
    pub answered_at: Option<Instant>,
    /// When it ended.
    pub ended_at: Instant,
    /// How it went.
    pub disposition: Disposition,
    /// The cause of its end by ITU-T Q.850, where that is known.
    pub cause: Option<u16>,
}

/// How the payer of a call is known.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub enum Payer {
    /// By the id of the line.
    Line(String),
    /// By the number of the line, in any form that the dial plan reads.
    Number(String),
    /// By the switch's account code: a customer's external reference, else the number of a line. The customer's line with the
    /// caller's number is charged, else its oldest.
    Account(String),
}

/// What is said to whoever does not tell who pays.
pub const MISSING_PAYER: &str = "is missing: who pays is told by line, account_code or from";

impl Payer {
    /// Whether nothing is told of the payer.
    #[must_use]
    pub fn is_untold(&self) -> bool {
        matches!(self, Payer::Number(number) if number.is_empty())
    }
}

/// Which way a call went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Hash)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From a line of the tenant to the world.
    #[default]
    Outbound,
    /// From the world to the tenant.
    Inbound,
    /// From one line of the tenant to another.
    Internal,
}

/// How a call went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Hash)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// Somebody answered.
    Answered,
    /// The number was busy.
    Busy,
    /// Nobody answered.
    NoAnswer,
    /// The called party refused.
    Refused,
    /// The caller gave up.
    Cancelled,
    /// It could not be put through.
    Failed,
}

/// A call on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Its id.
    pub id: String,
    /// The switch and what the call is to it.
    pub origin: String,
    /// How far it has come.
    pub state: CallState,
    /// Which way it went.
    pub direction: Direction,
    /// The caller's number, canonical where it could be read.
    pub from: String,
    /// The number called, canonical where it could be read.
    pub to: String,
    /// Who pays.
    pub customer: Option<String>,
    /// The payer's line.
    pub line: Option<String>,
    /// The agent who was called.
    pub agent: Option<String>,
    /// What the switch calls the payer.
    pub account_code: Option<String>,
    /// When it was made.
    pub started_at: Option<Instant>,
    /// When it was answered.
    pub answered_at: Option<Instant>,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// From answer to end, in milliseconds.
    pub duration_ms: Option<i64>,
    /// How it went.
    pub disposition: Option<Disposition>,
    /// The cause of its end by ITU-T Q.850.
    pub cause: Option<i64>,
    /// What it costs, once it is rated.
    pub price: Option<Price>,
    /// Why it has no price yet, if it has ended without one.
    pub unrated_reason: Option<String>,
    /// The import that brought it.
    pub import: Option<String>,
    /// When it was written down.
    pub recorded_at: Instant,
    /// Counts the changes.
    pub version: i64,
}

/// How far a call's record has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// It has not ended yet, or its end was not reported.
    Open,
    /// It is charged while it runs.
    Live,
    /// It has ended and has its price.
    Rated,
    /// It has ended and waits in the queue for a price.
    Unrated,
}

/// What a call costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Of what.
    pub currency: Currency,
    /// How much.
    pub total: Amount,
    /// The tax in it.
    pub tax: Amount,
    /// The agent's part of it.
    pub agent_part: Amount,
    /// Seconds that allowances paid for: an agent's call, or the plan's included minutes, another one.
    pub allowance_seconds: i64,
    /// What priced it: `agent`, `deck`, `plan` or `free`; or why nothing had to: `same_conversation` where another record of it is
    /// charged, `unanswered` where no price was to be had either.
    pub source: String,
    /// The plan version that it was priced by.
    pub plan_version: Option<String>,
    /// The deck version that it was priced by.
    pub deck_version: Option<String>,
    /// How it came about, segment by segment (JSON).
    pub charge: String,
}

/// Why a call is not recorded, shown or changed.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// There is no such call.
    #[error("there is no call {0}")]
    NotFound(String),
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Another report of the same call was in the way again and again.
    #[error("the call {0} is being changed by others: try again")]
    Contended(String),
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The prices could not be read.
    #[error(transparent)]
    Price(#[from] PriceError),
    /// The allowances did not have what was to be used.
    #[error(transparent)]
    Allowance(#[from] AllowanceError),
    /// The ledger did not take it.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(CallError: Allowance, Ledger, Price, Tenant);
