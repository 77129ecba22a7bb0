//! Calendars: rosters as calendar programs fetch them from secret addresses, and as they come from files of such programs.

mod events;
mod feed;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzed;
mod import;
mod lines;

use domain::invalid::Invalid;

pub use events::NotTaken;
pub use feed::{Feed, FeedEvent, close, feed, of_agent, of_group};
pub use import::{Imported, Outcome, import};

use crate::agents::AgentError;
use crate::groups::GroupError;
use crate::secrets::MachineError;

/// Why a calendar is not made, fetched or taken in.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    /// Nothing is fetched under this address.
    #[error("there is no calendar at this address")]
    NotFound,
    /// The group or agent has no address.
    #[error("{0} has no calendar")]
    None(String),
    /// The file is no calendar.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The machine gave no random numbers.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// A group or its roster could not be read or changed.
    #[error(transparent)]
    Group(#[from] GroupError),
    /// An agent could not be read.
    #[error(transparent)]
    Agent(#[from] AgentError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(CalendarError: Group, Agent);
