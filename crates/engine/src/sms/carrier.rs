//! The port to whatever carries short messages.

use domain::sms::SmsState;
use futures::future::BoxFuture;

/// A short message, as a carrier is to send it.
#[derive(Clone, PartialEq, Eq)]
pub struct OutgoingSms {
    /// Its id: what the carrier tells of it comes under this id.
    pub id: String,
    /// The number that it is from (E.164 with its plus).
    pub from: String,
    /// The number that it is to (E.164 with its plus).
    pub to: String,
    /// What it says: 1,600 characters at most.
    pub text: String,
}

/// What is written is between two people: no log prints it.
impl std::fmt::Debug for OutgoingSms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OutgoingSms({})", self.id)
    }
}

/// A carrier has taken a short message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmsTaken {
    /// What the carrier calls it.
    pub carrier_id: String,
    /// How far it is.
    pub state: SmsState,
}

/// Why a carrier has not taken a short message. No reason has a whole number of somebody in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SmsFailure {
    /// It was not sent, and may be later.
    #[error("{reason}")]
    Later {
        /// Why.
        reason: String,
        /// When it may be asked again, in milliseconds from now, where the carrier has said so.
        millis: Option<i64>,
    },
    /// The carrier does not send it.
    #[error("{reason}")]
    Refused {
        /// Why, by the carrier's list of errors.
        code: Option<u32>,
        /// The same in words.
        reason: String,
        /// Whether it is for the addressee, who has told the carrier that it wants nothing.
        is_stopped: bool,
    },
    /// Whether it was sent is not known: asking again might send it twice.
    #[error("it is not known whether it was sent: {0}")]
    Unknown(String),
}

/// Sends short messages.
pub trait SmsCarrier: Send + Sync {
    /// Whether it sends those of a tenant.
    fn carries(&self, tenant: i64) -> bool;

    /// Has one sent, and waits until the carrier has taken it: half a minute at most. It is asked once, and again only where the carrier has said that
    /// it has not done it.
    fn send<'a>(&'a self, sms: &'a OutgoingSms) -> BoxFuture<'a, Result<SmsTaken, SmsFailure>>;
}
