//! The numbers of a tenant: those of lines, agents, groups, those from outside and those that carry conversations are one set, and each leads to one of them.

use std::fmt;

use storage::tenants::Numbers;

use crate::{Scope, Work, tenants};

/// Who has a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// This line.
    Line(String),
    /// This agent.
    Agent(String),
    /// This group.
    Group(String),
    /// It is this number from outside.
    InboundNumber(String),
    /// It is one of the tenant's numbers for conversations.
    Conversations,
}

/// Somebody has a number that another is to have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the number {number} is taken: {holder}")]
pub struct NumberTaken {
    /// The number.
    pub number: String,
    /// Who has it.
    pub holder: Holder,
}

/// Has nobody else give a number until the work ends, and tells who has it.
///
/// # Errors
/// The database does not answer.
pub(crate) async fn holder(work: &mut Work, number: &str) -> Result<Option<Holder>, storage::Error> {
    let tenant = work.tenant();
    storage::tenants::hold_numbers(&mut work.tx, tenant, Numbers::OfAll).await?;
    let lines = storage::lines::by_numbers(&mut work.tx, tenant, &[number]).await?;
    if let Some(line) = lines.into_iter().find(|line| line.closed_at.is_none()) {
        return Ok(Some(Holder::Line(line.id)));
    }
    beside_lines(work, number).await
}

/// Who has a number, of all but the lines.
///
/// # Errors
/// The database does not answer.
pub(crate) async fn beside_lines(scope: &mut impl Scope, number: &str) -> Result<Option<Holder>, storage::Error> {
    let tenant = scope.tenant();
    if let Some(agent) = storage::agents::by_number(scope.tx(), tenant, number).await? {
        return Ok(Some(Holder::Agent(agent.id)));
    }
    if let Some(group) = storage::groups::with_number(scope.tx(), tenant, number).await? {
        return Ok(Some(Holder::Group(group)));
    }
    let inbound = storage::inbound_numbers::by_number(scope.tx(), tenant, number).await?;
    if let Some(inbound) = inbound {
        return Ok(Some(Holder::InboundNumber(inbound.id)));
    }
    Ok(tenants::carries(scope, number).await?.then_some(Holder::Conversations))
}

impl Holder {
    /// The id of who has it; of the tenant's own the name of what it is for.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Holder::Line(id) | Holder::Agent(id) | Holder::Group(id) | Holder::InboundNumber(id) => id,
            Holder::Conversations => "conversations",
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Holder::Line(id) => write!(f, "the line {id} has it"),
            Holder::Agent(id) => write!(f, "the agent {id} is called under it"),
            Holder::Group(id) => write!(f, "the group {id} is called under it"),
            Holder::InboundNumber(id) => write!(f, "it is the number from outside {id}"),
            Holder::Conversations => f.write_str("it is one of the numbers for conversations"),
        }
    }
}
