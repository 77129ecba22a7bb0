//! Swaps: shifts that agents offered to others.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A shift that an agent offered.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SwapRecord {
    /// Its id.
    pub id: String,
    /// The group.
    pub agent_group: String,
    /// Who offered it.
    pub agent: String,
    /// To whom alone.
    pub only_for: Option<String>,
    /// The date on which it begins, in days since 1970.
    pub date: i64,
    /// From when to when.
    pub hours: String,
    /// When that begins.
    pub starts_at: i64,
    /// When it is over.
    pub ends_at: i64,
    /// `offered`, `taken`, `approved`, `refused` or `withdrawn`.
    pub state: String,
    /// Who took it.
    pub taken_by: Option<String>,
    /// The override that came of it.
    pub change: Option<String>,
    /// Who did what: JSON.
    pub acts: String,
    /// When it was offered.
    pub created_at: i64,
}

const COLUMNS: &str =
    "id, agent_group, agent, only_for, date, hours, starts_at, ends_at, state, taken_by, change, acts, created_at";

/// Has other transactions that would change swaps of this tenant, or tell its agents of their shifts, wait until this one ends.
///
/// # Errors
/// The database does not answer.
pub async fn lock(tx: &mut WriteTx, tenant: i64) -> Result<(), Error> {
    crate::reminders::lock(tx, tenant).await
}

/// Adds a swap.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, tenant: i64, swap: &SwapRecord) -> Result<(), Error> {
    let text = format!(
        "INSERT INTO swaps (tenant, {COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
    );
    sql!(
        tx,
        execute,
        sqlx::query(sqlx::AssertSqlSafe(text.as_str()))
            .bind(tenant)
            .bind(&swap.id)
            .bind(&swap.agent_group)
            .bind(&swap.agent)
            .bind(&swap.only_for)
            .bind(swap.date)
            .bind(&swap.hours)
            .bind(swap.starts_at)
            .bind(swap.ends_at)
            .bind(&swap.state)
            .bind(&swap.taken_by)
            .bind(&swap.change)
            .bind(&swap.acts)
            .bind(swap.created_at)
    )
    .map(|_| ())
}

/// Writes how far it is with a swap, if it was in this state; says whether it was.
///
/// # Errors
/// The database does not answer.
pub async fn advance(tx: &mut WriteTx, tenant: i64, before: &str, swap: &SwapRecord) -> Result<bool, Error> {
    const SQL: &str = "UPDATE swaps SET state = $4, taken_by = $5, change = $6, acts = $7
        WHERE tenant = $1 AND id = $2 AND state = $3";
    let advanced = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&swap.id)
            .bind(before)
            .bind(&swap.state)
            .bind(&swap.taken_by)
            .bind(&swap.change)
            .bind(&swap.acts)
    )?;
    Ok(advanced == 1)
}

/// One swap.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<SwapRecord>, Error> {
    let text = format!("SELECT {COLUMNS} FROM swaps WHERE tenant = $1 AND id = $2");
    sql!(tx, fetch_optional, sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(tenant).bind(id))
}

/// The swaps of a group that begin at an instant or later, in that order.
///
/// # Errors
/// The database does not answer.
pub async fn of_group(tx: &mut Tx, tenant: i64, group: &str, from: i64) -> Result<Vec<SwapRecord>, Error> {
    let text = format!(
        "SELECT {COLUMNS} FROM swaps WHERE tenant = $1 AND agent_group = $2 AND starts_at >= $3 ORDER BY starts_at, id"
    );
    sql!(tx, fetch_all, sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(tenant).bind(group).bind(from))
}

/// Forgets swaps that were over before an instant, so many at most; answers how many.
///
/// # Errors
/// The database does not answer.
pub async fn forget(tx: &mut WriteTx, tenant: i64, before: i64, limit: i64) -> Result<u64, Error> {
    const SQL: &str = "DELETE FROM swaps WHERE tenant = $1
        AND id IN (SELECT id FROM swaps WHERE tenant = $1 AND ends_at < $2 ORDER BY id LIMIT $3)";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(before).bind(limit))
}
