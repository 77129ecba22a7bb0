use serde::{Deserialize, Serialize};
use storage::tickets::TicketRecord;

use super::{Swap, SwapError, get, take};
use crate::people::Secret;
use crate::people::tickets::{self, Kind};
use crate::{Actor, Engine, Reach, Role, Roles, agents, tenants};

/// What a link shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// What the tenant is called.
    pub tenant: String,
    /// The id of the agent to whom the link was mailed.
    pub agent: String,
    /// What the agent is called.
    pub agent_name: String,
    /// The swap, as it is now.
    pub swap: Swap,
}

/// What a link is for.
pub(super) struct Target {
    pub(super) tenant: i64,
    pub(super) swap: String,
    pub(super) agent: String,
}

/// What the ticket of a link keeps.
#[derive(Serialize, Deserialize)]
struct Document {
    swap: String,
    agent: String,
}

pub(super) fn document(swap: &str, agent: &str) -> String {
    let document = Document { swap: swap.to_owned(), agent: agent.to_owned() };
    serde_json::to_string(&document).unwrap_or_default()
}

/// Shows what a link is about; nothing changes by that.
///
/// # Errors
/// The link opens nothing.
pub async fn show(engine: &Engine, secret: &Secret) -> Result<Linked, SwapError> {
    let target = Target::look(engine, secret).await?;
    let mut view = engine.view(&target.actor()).await?;
    let (swap, _) = get(&mut view, &target.swap).await.map_err(gone)?;
    let agent = agents::known(&mut view, &target.agent).await?.ok_or(SwapError::NotValid)?;
    let tenant = tenants::get(&mut view).await.map_err(|error| SwapError::Group(error.into()))?;
    Ok(Linked { tenant: tenant.name, agent: agent.id, agent_name: agent.name, swap })
}

/// Has the agent to whom a link was mailed take the shift.
///
/// # Errors
/// The link opens nothing, or see [`take()`].
pub async fn take_by_link(engine: &Engine, secret: &Secret) -> Result<Swap, SwapError> {
    let target = Target::look(engine, secret).await?;
    let actor = target.actor();
    let taken = engine.run(&actor, |work| {
        let (swap, agent) = (target.swap.clone(), target.agent.clone());
        Box::pin(async move { take(work, &swap, &agent).await })
    });
    taken.await.map_err(gone)
}

/// What is not there any more, a link does not open.
fn gone(error: SwapError) -> SwapError {
    match error {
        SwapError::NotFound(_) => SwapError::NotValid,
        other => other,
    }
}

impl Target {
    pub(super) fn of(ticket: &TicketRecord) -> Option<Target> {
        let Document { swap, agent } = serde_json::from_str(&ticket.document).ok()?;
        Some(Target { tenant: ticket.tenant?, swap, agent })
    }

    async fn look(engine: &Engine, secret: &Secret) -> Result<Target, SwapError> {
        let ticket = tickets::look(engine, Kind::Swap, secret).await?.ok_or(SwapError::NotValid)?;
        Target::of(&ticket).ok_or(SwapError::NotValid)
    }

    /// The agent, who has nothing but the link.
    fn actor(&self) -> Actor {
        let reach = Reach::Own { customers: Vec::new(), agent: Some(self.agent.clone()) };
        Actor { tenant: self.tenant, name: self.agent.clone(), roles: Roles::from(Role::Agent), reach }
    }
}
