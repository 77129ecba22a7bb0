//! Agents: the people who answer calls.

use crate::batch::among;
use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// An agent; earnings stand on the account of the same id (see [`crate::ledger`]).
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AgentRecord {
    /// The tenant.
    pub tenant: i64,
    /// Its id.
    pub id: String,
    /// The name that callers know.
    pub name: String,
    /// Rates, share, languages and the rest, as JSON.
    pub details: String,
    /// When it was made.
    pub created_at: i64,
    /// Counts the changes.
    pub version: i64,
    /// What callers dial, in canonical form.
    pub number: Option<String>,
}

/// Adds an agent.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, record: &AgentRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO agents (tenant, id, name, details, created_at, version, number) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.name)
            .bind(&record.details)
            .bind(record.created_at)
            .bind(record.version)
            .bind(&record.number)
    )
    .map(|_| ())
}

/// Replaces an agent, if it is still at the version before; says whether it was.
///
/// # Errors
/// The database does not answer.
pub async fn update(tx: &mut WriteTx, record: &AgentRecord) -> Result<bool, Error> {
    const SQL: &str = "UPDATE agents SET name = $3, details = $4, version = $5, number = $6
        WHERE tenant = $1 AND id = $2 AND version = $5 - 1";
    let updated = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.name)
            .bind(&record.details)
            .bind(record.version)
            .bind(&record.number)
    )?;
    Ok(updated == 1)
}

/// The bank account of an agent that there is, as JSON.
///
/// # Errors
/// The database does not answer.
pub async fn bank(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<String>, Error> {
    const SQL: &str = "SELECT bank FROM agents WHERE tenant = $1 AND id = $2";
    let found: Option<Option<String>> = sql!(tx, fetch_optional, sqlx::query_scalar(SQL).bind(tenant).bind(id))?;
    Ok(found.flatten())
}

/// Sets an agent's bank account, if the agent is still at the version before; says whether it was.
///
/// # Errors
/// The database does not answer.
pub async fn set_bank(
    tx: &mut WriteTx,
    tenant: i64,
    (id, version): (&str, i64),
    bank: Option<&str>,
) -> Result<bool, Error> {
    const SQL: &str = "UPDATE agents SET bank = $3, version = $4 WHERE tenant = $1 AND id = $2 AND version = $4 - 1";
    let updated = sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(id).bind(bank).bind(version))?;
    Ok(updated == 1)
}

/// One agent.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<AgentRecord>, Error> {
    const SQL: &str = "SELECT * FROM agents WHERE tenant = $1 AND id = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// The agent of this id, whatever its tenant: no id is made twice.
///
/// # Errors
/// The database does not answer.
pub async fn of_any_tenant(tx: &mut Tx, id: &str) -> Result<Option<AgentRecord>, Error> {
    sql!(tx, fetch_optional, sqlx::query_as("SELECT * FROM agents WHERE id = $1").bind(id))
}

/// The agent whom callers dial under a number in canonical form.
///
/// # Errors
/// The database does not answer.
pub async fn by_number(tx: &mut Tx, tenant: i64, number: &str) -> Result<Option<AgentRecord>, Error> {
    const SQL: &str = "SELECT * FROM agents WHERE tenant = $1 AND number = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(number))
}

/// The agents who have a number, in the order of their ids.
///
/// # Errors
/// The database does not answer.
pub async fn numbered(tx: &mut Tx, tenant: i64) -> Result<Vec<AgentRecord>, Error> {
    const SQL: &str = "SELECT * FROM agents WHERE tenant = $1 AND number IS NOT NULL ORDER BY id";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant))
}

/// A page of agents in the order of their ids, those after `after`.
///
/// # Errors
/// The database does not answer.
pub async fn page(tx: &mut Tx, tenant: i64, after: Option<&str>, limit: i64) -> Result<Vec<AgentRecord>, Error> {
    const SQL: &str = "SELECT * FROM agents WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(after.unwrap_or_default()).bind(limit))
}

/// Some agents, in no order.
///
/// # Errors
/// The database does not answer.
pub async fn some(tx: &mut Tx, tenant: i64, ids: &[&str]) -> Result<Vec<AgentRecord>, Error> {
    let text = |some: &str| format!("SELECT * FROM agents WHERE tenant = $1 AND id {some}");
    among!(tx, query_as, tenant, ids, text("IN (SELECT value ->> 0 FROM json_each($2))"), text("= ANY ($2)"))
}

/// The names of some agents, by id.
///
/// # Errors
/// The database does not answer.
pub async fn names(tx: &mut Tx, tenant: i64, ids: &[&str]) -> Result<Vec<(String, String)>, Error> {
    let text = |some: &str| format!("SELECT id, name FROM agents WHERE tenant = $1 AND id {some}");
    among!(tx, query_as, tenant, ids, text("IN (SELECT value ->> 0 FROM json_each($2))"), text("= ANY ($2)"))
}
