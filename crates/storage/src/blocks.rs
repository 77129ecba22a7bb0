//! Who does not want to hear from whom.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A customer and an agent of whom one does not want to hear from the other.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct BlockRecord {
    /// The customer.
    pub customer: String,
    /// The agent.
    pub agent: String,
    /// Which of them wants it so: `customer` or `agent`.
    pub blocked_by: String,
    /// Why.
    pub reason: Option<String>,
    /// Since when.
    pub created_at: i64,
}

/// Adds a block; one that is there stays as it is. Says whether it was added.
///
/// # Errors
/// The database does not answer.
pub async fn insert_new(tx: &mut WriteTx, tenant: i64, record: &BlockRecord) -> Result<bool, Error> {
    const SQL: &str = "INSERT INTO blocks (tenant, customer, agent, blocked_by, reason, created_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant, customer, agent, blocked_by) DO NOTHING";
    let inserted = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&record.customer)
            .bind(&record.agent)
            .bind(&record.blocked_by)
            .bind(&record.reason)
            .bind(record.created_at)
    )?;
    Ok(inserted == 1)
}

/// Takes a block away; the one that was there.
///
/// # Errors
/// The database does not answer.
pub async fn remove(
    tx: &mut WriteTx,
    tenant: i64,
    (customer, agent): (&str, &str),
    blocked_by: &str,
) -> Result<Option<BlockRecord>, Error> {
    const SQL: &str = "DELETE FROM blocks WHERE tenant = $1 AND customer = $2 AND agent = $3 AND blocked_by = $4
        RETURNING customer, agent, blocked_by, reason, created_at";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(customer).bind(agent).bind(blocked_by))
}

/// Those that stand between a customer and an agent.
///
/// # Errors
/// The database does not answer.
pub async fn between(tx: &mut Tx, tenant: i64, customer: &str, agent: &str) -> Result<Vec<BlockRecord>, Error> {
    const SQL: &str = "SELECT customer, agent, blocked_by, reason, created_at FROM blocks
        WHERE tenant = $1 AND customer = $2 AND agent = $3";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(customer).bind(agent))
}

/// A page of the agents whom a customer has blocked, in the order of their ids, those after `after`.
///
/// # Errors
/// The database does not answer.
pub async fn by_customer(
    tx: &mut Tx,
    tenant: i64,
    customer: &str,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<BlockRecord>, Error> {
    const SQL: &str = "SELECT customer, agent, blocked_by, reason, created_at FROM blocks
        WHERE tenant = $1 AND customer = $2 AND agent > $3 AND blocked_by = 'customer' ORDER BY agent LIMIT $4";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(customer).bind(after.unwrap_or_default()).bind(limit))
}

/// A page of the customers whom an agent has blocked, in the order of their ids, those after `after`.
///
/// # Errors
/// The database does not answer.
pub async fn by_agent(
    tx: &mut Tx,
    tenant: i64,
    agent: &str,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<BlockRecord>, Error> {
    const SQL: &str = "SELECT customer, agent, blocked_by, reason, created_at FROM blocks
        WHERE tenant = $1 AND agent = $2 AND customer > $3 AND blocked_by = 'agent' ORDER BY customer LIMIT $4";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(agent).bind(after.unwrap_or_default()).bind(limit))
}
