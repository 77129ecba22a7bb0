use domain::call_flow::{Event, Transfer};

use super::exchange::{EventError, Exchange};
use super::group;
use super::port::CallRef;
use super::route::RouteError;
use crate::Actor;
use crate::agents::{self, AgentError};
use crate::groups::{self, GroupError};
use crate::presence::{self, Presence};

/// To whom a call of a group is passed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransferTo {
    /// Whoever of the group with this id is on duty, but who passes it on.
    Group(String),
    /// The agent with this id.
    Agent(String),
}

/// Why a call is not passed on. The two who talk go on.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// There is no such call, or no such group.
    #[error(transparent)]
    Group(#[from] GroupError),
    /// There is no such agent.
    #[error(transparent)]
    Agent(#[from] AgentError),
    /// The caller does not talk with the agent any more.
    #[error("the call {0} is over, or was passed on already")]
    Over(String),
    /// Whoever passes it on would get it.
    #[error("the call is with this agent already: name another one, or a group")]
    SameAgent,
    /// Whoever is named takes no calls just now.
    #[error("{name} is {}: name somebody else, or a group", .presence.name())]
    NotThere {
        /// Whoever is named.
        name: String,
        /// What they are.
        presence: Presence,
    },
    /// What carries the call reaches none of the phones of whoever is named.
    #[error("what carries the call reaches none of the phones of {0}: name somebody else, or a group")]
    NoPhone(String),
    /// Another program carries it.
    #[error("the call {0} is not carried by this program")]
    NotHere(String),
    /// The ways to whoever is named could not be read.
    #[error("it cannot be found out how the phones of whoever is named are reached: {0}")]
    Unreadable(String),
    /// The database does not answer.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

impl From<RouteError> for TransferError {
    fn from(error: RouteError) -> Self {
        match error {
            RouteError::Group(error) => error.into(),
            RouteError::Agent(error) => error.into(),
            RouteError::Storage(error) => error.into(),
            error => TransferError::Unreadable(error.to_string()),
        }
    }
}

impl Exchange {
    /// Passes a group's call on that an agent has taken: the caller stays, hears that it is put through, and somebody else is rung. Where nobody
    /// takes it, what the group has for unanswered calls follows.
    ///
    /// # Errors
    /// The agent does not have this call, or whoever is named cannot be rung: then nothing has changed.
    pub async fn transfer(&self, by: &Actor, agent: &str, origin: &str, to: &TransferTo) -> Result<(), TransferError> {
        let mut view = self.engine().view(by).await?;
        let known = groups::call_of_agent(&mut view, agent, origin).await?;
        let over = || TransferError::Over(known.id());
        if known.ended_at.is_some() {
            return Err(over());
        }
        let call = CallRef { tenant: by.tenant, origin: known.origin.clone() };
        let not_here = || TransferError::NotHere(known.id());
        let switch = self.switch_of(&call).ok_or_else(not_here)?;
        let to = match to {
            TransferTo::Group(id) => Transfer::Group(groups::get(&mut view, id).await?.id),
            TransferTo::Agent(id) if *id == agent => return Err(TransferError::SameAgent),
            TransferTo::Agent(id) => {
                // Whoever passes it on may not see the records of the others, but they can be called.
                let nobody = || AgentError::NotFound(id.clone());
                let named = agents::known(&mut view, id).await?.ok_or_else(nobody)?;
                let presence = presence::known(&mut view, &[id]).await?.remove(id);
                if let Some(presence) = presence.filter(|presence| *presence != Presence::Online) {
                    return Err(TransferError::NotThere { name: named.name, presence });
                }
                let name = named.name.clone();
                let member = group::reached(&mut view, &known.group, named, switch.capabilities()).await?;
                if member.phones.is_empty() {
                    return Err(TransferError::NoPhone(name));
                }
                Transfer::Agent(Box::new(member))
            }
        };
        drop(view);
        match self.event(&call, Event::Transferred { to }).await {
            Ok(()) => {}
            Err(EventError::OutOfOrder(_)) => return Err(over()),
            Err(EventError::NoSuchCall) => return Err(not_here()),
        }
        let mut work = self.engine().begin(by).await?;
        work.audit::<()>("group_call.transfer", origin, None, None).await?;
        Ok(work.commit().await?)
    }
}
