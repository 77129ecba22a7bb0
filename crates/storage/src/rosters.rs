//! Rosters of groups: weekly shifts, and changes for single dates.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A shift.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ShiftRecord {
    /// The tenant.
    pub tenant: i64,
    /// Its id.
    pub id: String,
    /// The group.
    pub agent_group: String,
    /// The agent.
    pub agent: String,
    /// The days of the week as bits, Monday the lowest.
    pub days: i64,
    /// From when to when.
    pub hours: String,
    /// The name of its own time zone.
    pub zone: Option<String>,
    /// Every how many weeks.
    pub every_weeks: i64,
    /// The first date on which it may begin, in days since 1970.
    pub first_date: Option<i64>,
    /// The last one.
    pub last_date: Option<i64>,
    /// The lowest is rung first.
    pub priority: i64,
    /// When it was made.
    pub created_at: i64,
    /// Counts the changes.
    pub version: i64,
}

/// A change of a roster.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OverrideRecord {
    /// The tenant.
    pub tenant: i64,
    /// Its id.
    pub id: String,
    /// The group.
    pub agent_group: String,
    /// The date on which it begins, in days since 1970.
    pub date: i64,
    /// From when to when.
    pub hours: String,
    /// What it changes: JSON.
    pub change: String,
    /// When it was made.
    pub created_at: i64,
    /// Counts the changes.
    pub version: i64,
}

/// Adds a shift.
///
/// # Errors
/// The database does not answer.
pub async fn insert_shift(tx: &mut WriteTx, record: &ShiftRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO shifts
            (tenant, id, agent_group, agent, days, hours, zone, every_weeks, first_date, last_date, priority, created_at, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.agent_group)
            .bind(&record.agent)
            .bind(record.days)
            .bind(&record.hours)
            .bind(&record.zone)
            .bind(record.every_weeks)
            .bind(record.first_date)
            .bind(record.last_date)
            .bind(record.priority)
            .bind(record.created_at)
            .bind(record.version)
    )
    .map(|_| ())
}

/// Replaces a shift, if it is still at the version before; says whether it was. Its group stays.
///
/// # Errors
/// The database does not answer.
pub async fn update_shift(tx: &mut WriteTx, record: &ShiftRecord) -> Result<bool, Error> {
    const SQL: &str =
        "UPDATE shifts SET agent = $3, days = $4, hours = $5, zone = $6, every_weeks = $7, first_date = $8,
            last_date = $9, priority = $10, version = $11
        WHERE tenant = $1 AND id = $2 AND version = $11 - 1";
    let updated = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.agent)
            .bind(record.days)
            .bind(&record.hours)
            .bind(&record.zone)
            .bind(record.every_weeks)
            .bind(record.first_date)
            .bind(record.last_date)
            .bind(record.priority)
            .bind(record.version)
    )?;
    Ok(updated == 1)
}

/// Removes a shift; says whether it was there.
///
/// # Errors
/// The database does not answer.
pub async fn delete_shift(tx: &mut WriteTx, tenant: i64, id: &str) -> Result<bool, Error> {
    const SQL: &str = "DELETE FROM shifts WHERE tenant = $1 AND id = $2";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(id))? == 1)
}

/// One shift.
///
/// # Errors
/// The database does not answer.
pub async fn shift(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<ShiftRecord>, Error> {
    const SQL: &str = "SELECT * FROM shifts WHERE tenant = $1 AND id = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// The shifts of a group, in the order of their making.
///
/// # Errors
/// The database does not answer.
pub async fn shifts(tx: &mut Tx, tenant: i64, group: &str) -> Result<Vec<ShiftRecord>, Error> {
    const SQL: &str = "SELECT * FROM shifts WHERE tenant = $1 AND agent_group = $2 ORDER BY id";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(group))
}

/// Adds a change.
///
/// # Errors
/// The database does not answer.
pub async fn insert_override(tx: &mut WriteTx, record: &OverrideRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO overrides (tenant, id, agent_group, date, hours, change, created_at, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.agent_group)
            .bind(record.date)
            .bind(&record.hours)
            .bind(&record.change)
            .bind(record.created_at)
            .bind(record.version)
    )
    .map(|_| ())
}

/// Removes a change; says whether it was there.
///
/// # Errors
/// The database does not answer.
pub async fn delete_override(tx: &mut WriteTx, tenant: i64, id: &str) -> Result<bool, Error> {
    const SQL: &str = "DELETE FROM overrides WHERE tenant = $1 AND id = $2";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(id))? == 1)
}

/// One change.
///
/// # Errors
/// The database does not answer.
pub async fn get_override(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<OverrideRecord>, Error> {
    const SQL: &str = "SELECT * FROM overrides WHERE tenant = $1 AND id = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// The changes of a group for dates between two, both included, in the order of their making.
///
/// # Errors
/// The database does not answer.
pub async fn overrides(
    tx: &mut Tx,
    tenant: i64,
    group: &str,
    (first, last): (i64, i64),
) -> Result<Vec<OverrideRecord>, Error> {
    const SQL: &str =
        "SELECT * FROM overrides WHERE tenant = $1 AND agent_group = $2 AND date BETWEEN $3 AND $4 ORDER BY id";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(group).bind(first).bind(last))
}
