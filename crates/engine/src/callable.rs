//! The agents who can be called under a number: as a customer sees them with what it has, and as everybody may.

use domain::money::Amount;

use crate::agents::{self, Agent, AgentError};
use crate::charging::{self, ChargingError, TalkTime};
use crate::customers::{self, CustomerError};
use crate::messages::{self, MessageError};
use crate::presence::{self, Presence};
use crate::tenants::{self, Tenant, TenantError};
use crate::{Actor, Engine, Scope, StorageError};

/// An agent, as a customer sees it.
#[derive(Debug, Clone)]
pub struct Callable {
    /// Who.
    pub agent: Agent,
    /// Whether it takes calls just now.
    pub presence: Presence,
    /// How long the customer's balance talks to it, from whichever line.
    pub talk: TalkTime,
    /// What a message to it costs; none, where it takes none from the customer's account.
    pub price_per_message: Option<Amount>,
}

/// An agent, as everybody may see it.
#[derive(Debug, Clone)]
pub struct Public {
    /// Who.
    pub agent: Agent,
    /// Whether it takes calls just now.
    pub presence: Presence,
    /// Whose agent it is.
    pub tenant: Tenant,
}

/// Why it is not told who can be called.
#[derive(Debug, thiserror::Error)]
pub enum CallableError {
    /// There is no such customer.
    #[error(transparent)]
    Customer(#[from] CustomerError),
    /// There is no such agent, or it is not for everybody to see.
    #[error(transparent)]
    Agent(#[from] AgentError),
    /// Its price could not be computed.
    #[error(transparent)]
    Charging(#[from] ChargingError),
    /// The price of a message could not be read.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The database did not answer.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The agents who have a number, as a customer sees them: those who take calls just now first, each sort by their names.
///
/// # Errors
/// There is no such customer, or the database does not answer.
pub async fn agents(scope: &mut impl Scope, customer: &str) -> Result<Vec<Callable>, CallableError> {
    let customer = customers::get(scope, customer).await?;
    let numbered = agents::numbered(scope).await?;
    let ids: Vec<&str> = numbered.iter().map(|agent| agent.id.as_str()).collect();
    let presences = presence::of(scope, &ids).await?;
    let mut callable = Vec::new();
    for agent in numbered {
        callable.push(Callable {
            presence: presences.get(&agent.id).copied().unwrap_or(Presence::Offline),
            talk: charging::talk_time_to(scope, &agent.id, &customer).await?,
            price_per_message: messages::price_of(scope, &agent.id, customer.currency).await?,
            agent,
        });
    }
    callable.sort_by(|a, b| (rank(a.presence), &a.agent.name).cmp(&(rank(b.presence), &b.agent.name)));
    Ok(callable)
}

/// An agent that is for everybody to see, whoever asks; the tenant is found by it.
///
/// # Errors
/// There is no such agent, or it is not for everybody to see.
pub async fn public(engine: &Engine, agent: &str) -> Result<Public, CallableError> {
    let none = || AgentError::NotFound(agent.to_owned());
    let tenant = {
        let mut view = engine.view(&Actor::program(0, "public")).await?;
        storage::agents::of_any_tenant(view.tx(), agent).await?.ok_or_else(none)?.tenant
    };
    let mut view = engine.view(&Actor::program(tenant, "public")).await?;
    let known = agents::known(&mut view, agent).await?.filter(|agent| agent.details.public).ok_or_else(none)?;
    let presence = presence::of(&mut view, &[agent]).await?.remove(agent).unwrap_or(Presence::Offline);
    Ok(Public { agent: known, presence, tenant: tenants::get(&mut view).await? })
}

/// Who is shown first.
fn rank(presence: Presence) -> u8 {
    match presence {
        Presence::Online => 0,
        Presence::Busy => 1,
        Presence::Away => 2,
        Presence::Offline => 3,
    }
}
