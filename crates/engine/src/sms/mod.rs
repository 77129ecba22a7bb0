//! Short messages (SMS) that a carrier sends and brings.
//!
//! One that is to be sent is a row and a job, written in the transaction that causes it. A carrier is asked for each once: a row says that it is being asked
//! before it is, so that a program that ends meanwhile leaves one that nobody sends again by itself. What the carrier tells of it comes under its id.

mod carrier;
mod deliver;
mod incoming;
mod received;
mod send;
mod words;

use domain::message::Side;
use domain::sms::SmsState;
use domain::time::{Date, Instant};
use serde::{Deserialize, Serialize};
use storage::sms::SmsRecord;

pub use carrier::{OutgoingSms, SmsCarrier, SmsFailure, SmsTaken};
pub use deliver::{Delivery, delivered};
pub use incoming::{IncomingError, IncomingSms, Outcome, incoming};
pub use received::{ReceivedSms, Stop, received, stops};
pub(crate) use send::{NewSms, send, withhold};
pub use send::{SMS, Texting};
pub(crate) use words::question;

use crate::Scope;

/// A short message that is, or was, to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sms {
    /// Its id.
    pub id: String,
    /// The number that it is from; empty, where there was none for it.
    pub from: String,
    /// The number that it is to.
    pub to: String,
    /// What it says; empty, where that stands in a conversation.
    pub text: String,
    /// What it is about.
    pub about: SmsAbout,
    /// How far it is.
    pub state: SmsState,
    /// What the carrier calls it.
    pub carrier_id: Option<String>,
    /// Why it was not sent or did not arrive, by the carrier's list of errors.
    pub code: Option<u32>,
    /// The same in words.
    pub reason: Option<String>,
    /// When it was written.
    pub created_at: Instant,
    /// When its state changed last.
    pub changed_at: Instant,
}

/// What a short message is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum SmsAbout {
    /// An agent's shifts of a date; for the agent.
    Shifts {
        /// The agent's id.
        agent: String,
        /// The date on which the shifts begin.
        date: Date,
        /// How often there was something to tell: the first is the reminder.
        times: i64,
        /// When the last of the shifts is over; nothing, where there is none any more.
        ends_at: Option<Instant>,
        /// Whether no mail tells the same.
        is_only_way: bool,
    },
    /// Whether the phone is the agent's who has named it.
    PhoneCheck {
        /// The agent's id.
        agent: String,
    },
    /// What a customer or an agent has written to the other one; what it says stands in the conversation alone.
    Message {
        /// The message's id.
        message: String,
        /// The conversation's.
        conversation: String,
        /// The customer's.
        customer: String,
        /// The agent's.
        agent: String,
        /// Who gets it.
        to: Side,
    },
}

impl SmsAbout {
    /// The agent whom it tells of shifts or asks, or whose conversation it is of.
    #[must_use]
    pub fn agent(&self) -> &str {
        match self {
            SmsAbout::Shifts { agent, .. } | SmsAbout::PhoneCheck { agent } | SmsAbout::Message { agent, .. } => agent,
        }
    }
}

/// Why no short message is shown.
#[derive(Debug, thiserror::Error)]
pub enum SmsError {
    /// There is none.
    #[error("there is no short message {0}")]
    NotFound(String),
    /// What is stored cannot be read: the database was edited by hand, or a later program wrote it.
    #[error("the short message {0} cannot be read")]
    Unreadable(String),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(SmsError);

/// One short message that is sent.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn get(scope: &mut impl Scope, id: &str) -> Result<Sms, SmsError> {
    let tenant = scope.tenant();
    let record = storage::sms::get(scope.tx(), tenant, id).await?;
    Sms::of(record.ok_or_else(|| SmsError::NotFound(id.to_owned()))?)
}

/// A page of short messages that are sent, of one state or of all, the newest first, those before `before`.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    scope: &mut impl Scope,
    state: Option<SmsState>,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<Sms>, SmsError> {
    let tenant = scope.tenant();
    let records = storage::sms::page(scope.tx(), tenant, state.map(SmsState::name), before, limit).await?;
    records.into_iter().map(Sms::of).collect()
}

impl Sms {
    pub(crate) fn of(record: SmsRecord) -> Result<Sms, SmsError> {
        let unreadable = || SmsError::Unreadable(record.id.clone());
        Ok(Sms {
            about: serde_json::from_str(&record.about).map_err(|_| unreadable())?,
            state: SmsState::named(&record.state).ok_or_else(unreadable)?,
            code: record.code.and_then(|code| u32::try_from(code).ok()),
            id: record.id,
            from: record.own_number,
            to: record.other_number,
            text: record.body,
            carrier_id: record.carrier_id,
            reason: record.reason,
            created_at: Instant::clamped(record.created_at),
            changed_at: Instant::clamped(record.changed_at),
        })
    }
}
