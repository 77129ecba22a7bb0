//! Blocks: a customer who does not want to hear from an agent, or an agent from a customer. While there is one, messages either way
//! and calls are refused, and nobody is told which of the two wants it so.

use domain::invalid::Invalid;
use domain::message::Side;
use domain::time::Instant;
use serde::Serialize;
use storage::blocks::BlockRecord;

use crate::agents::{self, AgentError};
use crate::customers::{self, CustomerError};
use crate::{Scope, Work, fields};

/// A customer and an agent of whom one does not want to hear from the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Block {
    /// The customer.
    pub customer: String,
    /// The agent.
    pub agent: String,
    /// Which of the two wants it so.
    pub blocked_by: Side,
    /// Why, for who wants it so.
    pub reason: Option<String>,
    /// Since when.
    pub created_at: Instant,
}

/// Why somebody is not blocked, or a block is not taken away.
#[derive(Debug, thiserror::Error)]
pub enum BlockError {
    /// There is no such block.
    #[error("there is no block between {customer} and {agent}")]
    NotFound {
        /// The customer.
        customer: String,
        /// The agent.
        agent: String,
    },
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// There is no such customer.
    #[error(transparent)]
    Customer(#[from] CustomerError),
    /// There is no such agent.
    #[error(transparent)]
    Agent(#[from] AgentError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(BlockError: Customer, Agent);

/// Blocks the other one, in the name of this side. A block that is there stays as it is.
///
/// # Errors
/// There is no such customer or agent, or the reason is no line of text.
pub async fn block(
    work: &mut Work,
    by: Side,
    (customer, agent): (&str, &str),
    reason: Option<String>,
) -> Result<Block, BlockError> {
    check(work, by, (customer, agent)).await?;
    let block = Block {
        customer: customer.to_owned(),
        agent: agent.to_owned(),
        blocked_by: by,
        reason: fields::remark("/reason", reason, 500)?,
        created_at: work.now(),
    };
    let tenant = work.tenant();
    if storage::blocks::insert_new(&mut work.tx, tenant, &block.record()).await? {
        work.audit(&format!("{}.block", by.name()), block.blocker(), None, Some(&block)).await?;
        return Ok(block);
    }
    let known = storage::blocks::between(&mut work.tx, tenant, customer, agent).await?;
    let known = known.into_iter().map(Block::of).find(|known| known.blocked_by == by);
    Ok(known.unwrap_or(block))
}

/// Takes this side's block away.
///
/// # Errors
/// There is no such customer, agent or block.
pub async fn unblock(work: &mut Work, by: Side, (customer, agent): (&str, &str)) -> Result<(), BlockError> {
    check(work, by, (customer, agent)).await?;
    let tenant = work.tenant();
    let removed = storage::blocks::remove(&mut work.tx, tenant, (customer, agent), by.name()).await?;
    let (customer, agent) = (customer.to_owned(), agent.to_owned());
    let block = Block::of(removed.ok_or(BlockError::NotFound { customer, agent })?);
    work.audit(&format!("{}.unblock", by.name()), block.blocker(), Some(&block), None).await?;
    Ok(())
}

/// A page of those whom a customer or an agent has blocked, in the order of their ids, those after `after`.
///
/// # Errors
/// There is no such customer or agent, or the database does not answer.
pub async fn page(
    scope: &mut impl Scope,
    by: Side,
    id: &str,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Block>, BlockError> {
    let tenant = scope.tenant();
    let records = match by {
        Side::Customer => {
            customers::get(scope, id).await?;
            storage::blocks::by_customer(scope.tx(), tenant, id, after, limit).await?
        }
        Side::Agent => {
            agents::get(scope, id).await?;
            storage::blocks::by_agent(scope.tx(), tenant, id, after, limit).await?
        }
    };
    Ok(records.into_iter().map(Block::of).collect())
}

/// Whether one of the two does not want to hear from the other.
///
/// # Errors
/// The database does not answer.
pub async fn any(scope: &mut impl Scope, customer: &str, agent: &str) -> Result<bool, storage::Error> {
    let tenant = scope.tenant();
    Ok(!storage::blocks::between(scope.tx(), tenant, customer, agent).await?.is_empty())
}

/// Whether the one who blocks is reached, and the other one is there.
async fn check(work: &mut Work, by: Side, (customer, agent): (&str, &str)) -> Result<(), BlockError> {
    let tenant = work.tenant();
    match by {
        Side::Customer => {
            customers::get(work, customer).await?;
            agents::known(work, agent).await?.ok_or_else(|| AgentError::NotFound(agent.to_owned()))?;
        }
        Side::Agent => {
            agents::get(work, agent).await?;
            let known = storage::customers::get(&mut work.tx, tenant, customer).await?;
            known.ok_or_else(|| CustomerError::NotFound(customer.to_owned()))?;
        }
    }
    Ok(())
}

impl Block {
    /// The id of the one who wants it so.
    fn blocker(&self) -> &str {
        match self.blocked_by {
            Side::Customer => &self.customer,
            Side::Agent => &self.agent,
        }
    }

    fn of(record: BlockRecord) -> Block {
        Block {
            blocked_by: if record.blocked_by == Side::Agent.name() { Side::Agent } else { Side::Customer },
            customer: record.customer,
            agent: record.agent,
            reason: record.reason,
            created_at: Instant::clamped(record.created_at),
        }
    }

    fn record(&self) -> BlockRecord {
        BlockRecord {
            customer: self.customer.clone(),
            agent: self.agent.clone(),
            blocked_by: self.blocked_by.name().to_owned(),
            reason: self.reason.clone(),
            created_at: self.created_at.millis(),
        }
    }
}
