//! Groups: people who answer one number together.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct GroupRecord {
    /// The tenant.
    pub tenant: i64,
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The name of its time zone.
    pub zone: String,
    /// What else is set of it: JSON.
    pub settings: String,
    /// When it was made.
    pub created_at: i64,
    /// Counts the changes.
    pub version: i64,
}

/// Adds a group.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, record: &GroupRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO agent_groups (tenant, id, name, zone, settings, created_at, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.name)
            .bind(&record.zone)
            .bind(&record.settings)
            .bind(record.created_at)
            .bind(record.version)
    )
    .map(|_| ())
}

/// Replaces a group, if it is still at the version before; says whether it was.
///
/// # Errors
/// The database does not answer.
pub async fn update(tx: &mut WriteTx, record: &GroupRecord) -> Result<bool, Error> {
    const SQL: &str = "UPDATE agent_groups SET name = $3, zone = $4, settings = $5, version = $6
        WHERE tenant = $1 AND id = $2 AND version = $6 - 1";
    let updated = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.name)
            .bind(&record.zone)
            .bind(&record.settings)
            .bind(record.version)
    )?;
    Ok(updated == 1)
}

/// Removes a group with its roster and its numbers; says whether it was there.
///
/// # Errors
/// The database does not answer.
pub async fn delete(tx: &mut WriteTx, tenant: i64, id: &str) -> Result<bool, Error> {
    for of_group in [
        "DELETE FROM shifts WHERE tenant = $1 AND agent_group = $2",
        "DELETE FROM overrides WHERE tenant = $1 AND agent_group = $2",
        "DELETE FROM swaps WHERE tenant = $1 AND agent_group = $2",
        "DELETE FROM calendars WHERE tenant = $1 AND owner = $2",
        "DELETE FROM imported_events WHERE tenant = $1 AND agent_group = $2",
        "DELETE FROM group_numbers WHERE tenant = $1 AND agent_group = $2",
    ] {
        sql!(tx, execute, sqlx::query(of_group).bind(tenant).bind(id))?;
    }
    const SQL: &str = "DELETE FROM agent_groups WHERE tenant = $1 AND id = $2";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(id))? == 1)
}

/// One group.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<GroupRecord>, Error> {
    const SQL: &str = "SELECT * FROM agent_groups WHERE tenant = $1 AND id = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// A page of groups in the order of their ids, those after `after`.
///
/// # Errors
/// The database does not answer.
pub async fn page(tx: &mut Tx, tenant: i64, after: Option<&str>, limit: i64) -> Result<Vec<GroupRecord>, Error> {
    const SQL: &str = "SELECT * FROM agent_groups WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(after.unwrap_or_default()).bind(limit))
}

/// Gives a group these numbers, and no others.
///
/// # Errors
/// The database does not answer, or another group of the tenant has one ([`Error::Taken`]).
pub async fn set_numbers(tx: &mut WriteTx, tenant: i64, group: &str, numbers: &[String]) -> Result<(), Error> {
    const FORGET: &str = "DELETE FROM group_numbers WHERE tenant = $1 AND agent_group = $2";
    const SQL: &str = "INSERT INTO group_numbers (tenant, number, agent_group) VALUES ($1, $2, $3)";
    sql!(tx, execute, sqlx::query(FORGET).bind(tenant).bind(group))?;
    for number in numbers {
        sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(number).bind(group))?;
    }
    Ok(())
}

/// The id of the group with a number.
///
/// # Errors
/// The database does not answer.
pub async fn with_number(tx: &mut Tx, tenant: i64, number: &str) -> Result<Option<String>, Error> {
    const SQL: &str = "SELECT agent_group FROM group_numbers WHERE tenant = $1 AND number = $2";
    sql!(tx, fetch_optional, sqlx::query_scalar(SQL).bind(tenant).bind(number))
}

/// The numbers of all groups.
///
/// # Errors
/// The database does not answer.
pub async fn all_numbers(tx: &mut Tx, tenant: i64) -> Result<Vec<String>, Error> {
    const SQL: &str = "SELECT number FROM group_numbers WHERE tenant = $1 ORDER BY number";
    sql!(tx, fetch_all, sqlx::query_scalar(SQL).bind(tenant))
}
