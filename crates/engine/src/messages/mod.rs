//! Messages between customers and agents: what a customer writes costs the agent's price per message, what an agent writes is free.
//!
//! A message is stored and charged in one transaction, or not at all. What happens in a conversation happens one after the other: its
//! row is locked first, then the accounts in the order of their ids, so that no two works wait for each other in a circle. The numbers that carry
//! conversations come last.

mod arrived;
mod carried;
mod reading;
mod refused;
mod send;
mod stored;
mod terms;

use domain::invalid::Invalid;
use domain::message::{Side, Text};
use domain::money::{Amount, Currency, Overflow};
use domain::time::Instant;
use serde::Serialize;

use crate::actor::Reach;
use crate::agents::AgentError;
use crate::customers::CustomerError;
use crate::ledger::LedgerError;
use crate::sms::SmsError;
use crate::tenants::TenantError;
use crate::{Actor, Role};
pub use arrived::{Arrival, Arrived, arrived};
pub(crate) use carried::{Party, Written, party, written};
pub(crate) use reading::delivered_by_sms;
pub use reading::{Whose, conversation, conversations, list, mark_delivered, mark_read};
pub use refused::Refused;
pub use send::send;
pub use terms::{Quote, price_of, quote};

/// A message that somebody wants to send.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// The customer who writes, or is written to.
    pub customer: String,
    /// The agent who is written to, or writes.
    pub agent: String,
    /// What is written.
    pub text: Text,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// The conversation that it is of.
    pub conversation: String,
    /// Which message of the conversation it is, from 1.
    pub number: i64,
    /// Who pays.
    pub customer: String,
    /// Who is paid.
    pub agent: String,
    /// Who wrote it.
    pub sender: Side,
    /// How it came.
    pub channel: Channel,
    /// What is written; `None` for who may see that there is a message, but not what it says.
    pub text: Option<Text>,
    /// How many short messages (SMS) the text takes.
    pub segments: i64,
    /// What became of it.
    pub state: State,
    /// Of what it was charged.
    pub currency: Currency,
    /// What was charged to the customer, tax included.
    pub price: Amount,
    /// The tax in it.
    pub tax: Amount,
    /// The agent's part of it.
    pub agent_part: Amount,
    /// When it came.
    pub created_at: Instant,
    /// When the other one got it.
    pub delivered_at: Option<Instant>,
    /// When the other one read it.
    pub read_at: Option<Instant>,
}

/// How a message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By the API.
    App,
    /// As a short message, by a switch.
    Sms,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It waits for the other one.
    Stored,
    /// The other one got it.
    Delivered,
    /// The other one read it.
    Read,
    /// It arrived, and is kept; the agent does not see it, and nothing was charged.
    Refused,
}

/// What a customer and an agent write to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Its id.
    pub id: String,
    /// Who pays.
    pub customer: String,
    /// Who is paid.
    pub agent: String,
    /// The name that customers know the agent by.
    pub agent_name: String,
    /// When it began.
    pub created_at: Instant,
    /// When the last message came that who asks may see; in a list of an agent's, that the agent may see.
    pub last_at: Instant,
    /// How many messages the customer has not read.
    pub unread_by_customer: i64,
    /// How many messages the agent has not read.
    pub unread_by_agent: i64,
}

/// Why a message is not sent, shown or marked. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    /// There is no such message.
    #[error("there is no message {0}")]
    NotFound(String),
    /// There is no such conversation.
    #[error("there is no conversation {0}")]
    NoSuchConversation(String),
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// It is refused.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// A message is marked by who gets it.
    #[error("the message {0} is marked as delivered by who gets it")]
    NotTheirs(String),
    /// The origin was used for another message.
    #[error("there is another message with the origin {0}")]
    OriginTaken(String),
    /// What is stored cannot be read: the database was edited by hand, or a later program wrote it.
    #[error("the message {0} cannot be read")]
    Unreadable(String),
    /// An amount is beyond its range.
    #[error(transparent)]
    Overflow(#[from] Overflow),
    /// The customer could not be read.
    #[error(transparent)]
    Customer(#[from] CustomerError),
    /// The agent could not be read.
    #[error(transparent)]
    Agent(#[from] AgentError),
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The ledger did not take it.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// It does not go out as a short message.
    #[error(transparent)]
    Sms(#[from] SmsError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(MessageError: Customer, Agent, Tenant, Ledger, Sms);

/// Which of the two who talk to each other somebody with this reach is; `None` for neither, and for those who reach everybody's records.
#[must_use]
pub fn side(reach: &Reach, customer: &str, agent: &str) -> Option<Side> {
    match reach {
        Reach::Tenant => None,
        Reach::Own { .. } if reach.customer(customer) => Some(Side::Customer),
        Reach::Own { .. } => reach.agent(agent).then_some(Side::Agent),
    }
}

/// Whether somebody may read what others write: owners and admins answer for it; to the rest of the staff it is a sealed letter.
fn reads_texts(actor: &Actor) -> bool {
    !actor.reach.is_whole() || actor.roles.has(Role::Owner) || actor.roles.has(Role::Admin)
}
