//! Which tenants let no call begin.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A tenant's maintenance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct MaintenanceRecord {
    /// Since when no call begins.
    pub begun_at: i64,
    /// When those that run are ended.
    pub calls_end_at: i64,
}

/// The tenant's maintenance, if it has any.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64) -> Result<Option<MaintenanceRecord>, Error> {
    const SQL: &str = "SELECT begun_at, calls_end_at FROM maintenance WHERE tenant = $1";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant))
}

/// Tenants that are being maintained, and when the calls that run there are ended.
///
/// # Errors
/// The database does not answer.
pub async fn all(tx: &mut Tx) -> Result<Vec<(i64, i64)>, Error> {
    sql!(tx, fetch_all, sqlx::query_as("SELECT tenant, calls_end_at FROM maintenance"))
}

/// Begins a maintenance, or sets another end of the calls of one that has begun.
///
/// # Errors
/// The database does not answer.
pub async fn begin(tx: &mut WriteTx, tenant: i64, record: &MaintenanceRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO maintenance (tenant, begun_at, calls_end_at) VALUES ($1, $2, $3)
        ON CONFLICT (tenant) DO UPDATE SET calls_end_at = excluded.calls_end_at";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(record.begun_at).bind(record.calls_end_at)).map(|_| ())
}

/// Ends a maintenance; says whether there was one.
///
/// # Errors
/// The database does not answer.
pub async fn end(tx: &mut WriteTx, tenant: i64) -> Result<bool, Error> {
    Ok(sql!(tx, execute, sqlx::query("DELETE FROM maintenance WHERE tenant = $1").bind(tenant))? == 1)
}
