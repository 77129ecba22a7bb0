//! Tenants and their settings.

use crate::transaction::sql;
use crate::{Engine, Error, Tx, WriteTx};

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TenantRecord {
    /// Its number: the first part of every key.
    pub tenant: i64,
    /// Its name.
    pub name: String,
    /// Its settings, as JSON.
    pub settings: String,
    /// 1 for a tenant of the demo, 0 otherwise.
    pub demo: i64,
    /// When it was made.
    pub created_at: i64,
    /// Counts the changes.
    pub version: i64,
    /// The kinds of events that its webhooks want, divided by blanks. Changed with them alone.
    pub hooks: String,
}

/// All tenants, by number.
///
/// # Errors
/// The database does not answer.
pub async fn all(tx: &mut Tx) -> Result<Vec<TenantRecord>, Error> {
    sql!(tx, fetch_all, sqlx::query_as("SELECT * FROM tenants ORDER BY tenant"))
}

/// One tenant.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64) -> Result<Option<TenantRecord>, Error> {
    sql!(tx, fetch_optional, sqlx::query_as("SELECT * FROM tenants WHERE tenant = $1").bind(tenant))
}

/// Adds a tenant; `false` if the number is taken.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, record: &TenantRecord) -> Result<bool, Error> {
    const SQL: &str = "INSERT INTO tenants (tenant, name, settings, demo, created_at, version)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let inserted = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.name)
            .bind(&record.settings)
            .bind(record.demo)
            .bind(record.created_at)
            .bind(record.version)
    )?;
    Ok(inserted == 1)
}

/// Replaces name and settings, if the tenant is still at the version before; says whether it was.
///
/// # Errors
/// The database does not answer.
pub async fn update(tx: &mut WriteTx, record: &TenantRecord) -> Result<bool, Error> {
    const SQL: &str =
        "UPDATE tenants SET name = $2, settings = $3, version = $4 WHERE tenant = $1 AND version = $4 - 1";
    let updated = sql!(
        tx,
        execute,
        sqlx::query(SQL).bind(record.tenant).bind(&record.name).bind(&record.settings).bind(record.version)
    )?;
    Ok(updated == 1)
}

/// Until when others may not give numbers to lines and agents: the end of the transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    /// Others may give numbers to lines, whose index keeps them apart.
    OfLines,
    /// Nobody else may give one.
    OfAll,
}

/// Has those wait who would give numbers of the tenant that this transaction does not see, until it ends.
///
/// # Errors
/// The database does not answer.
pub async fn hold_numbers(tx: &mut WriteTx, tenant: i64, numbers: Numbers) -> Result<(), Error> {
    // SQLite's one writer is alone.
    let text = match (tx.engine(), numbers) {
        (Engine::Sqlite, _) => return Ok(()),
        (Engine::Postgres, Numbers::OfLines) => "SELECT tenant FROM tenants WHERE tenant = $1 FOR KEY SHARE",
        (Engine::Postgres, Numbers::OfAll) => "SELECT tenant FROM tenants WHERE tenant = $1 FOR UPDATE",
    };
    sql!(tx, fetch_optional, sqlx::query_scalar::<_, i64>(text).bind(tenant)).map(|_| ())
}
