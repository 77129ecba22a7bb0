//! Trunks: ways to other networks, and in from there.

use crate::batch::among;
use crate::transaction::sql;
use crate::{Engine, Error, Tx, WriteTx};

/// A trunk.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TrunkRecord {
    /// The tenant.
    pub tenant: i64,
    /// Its id.
    pub id: String,
    /// What the tenant calls it.
    pub name: String,
    /// The Asterisk that it is of; empty for the only one.
    pub asterisk: String,
    /// Its endpoint there.
    pub endpoint: String,
    /// 1, if calls go out on it, and come in.
    pub enabled: i64,
    /// How many calls it takes at once; `None` for any number.
    pub most_calls: Option<i64>,
    /// When it was made.
    pub created_at: i64,
    /// Counts the changes.
    pub version: i64,
}

/// Adds a trunk; `false` if another one, of whatever tenant, has the endpoint.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, record: &TrunkRecord) -> Result<bool, Error> {
    const SQL: &str =
        "INSERT INTO trunks (tenant, id, name, asterisk, endpoint, enabled, most_calls, created_at, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
    let inserted = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.name)
            .bind(&record.asterisk)
            .bind(&record.endpoint)
            .bind(record.enabled)
            .bind(record.most_calls)
            .bind(record.created_at)
            .bind(record.version)
    )?;
    Ok(inserted == 1)
}

/// Replaces a trunk, if it is still at the version before; says whether it was.
///
/// # Errors
/// The database does not answer, or another trunk has the endpoint ([`Error::Taken`]).
pub async fn update(tx: &mut WriteTx, record: &TrunkRecord) -> Result<bool, Error> {
    const SQL: &str =
        "UPDATE trunks SET name = $3, asterisk = $4, endpoint = $5, enabled = $6, most_calls = $7, version = $8
        WHERE tenant = $1 AND id = $2 AND version = $8 - 1";
    let updated = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.name)
            .bind(&record.asterisk)
            .bind(&record.endpoint)
            .bind(record.enabled)
            .bind(record.most_calls)
            .bind(record.version)
    )?;
    Ok(updated == 1)
}

/// Removes a trunk.
///
/// # Errors
/// The database does not answer.
pub async fn delete(tx: &mut WriteTx, tenant: i64, id: &str) -> Result<(), Error> {
    const SQL: &str = "DELETE FROM trunks WHERE tenant = $1 AND id = $2";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(id)).map(|_| ())
}

/// One trunk.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<TrunkRecord>, Error> {
    const SQL: &str = "SELECT * FROM trunks WHERE tenant = $1 AND id = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// The same, locked until the transaction ends: nobody removes it meanwhile, or gives it another route.
///
/// # Errors
/// The database does not answer.
pub async fn lock(tx: &mut WriteTx, tenant: i64, id: &str) -> Result<Option<TrunkRecord>, Error> {
    // SQLite's one writer needs no lock of rows.
    const POSTGRES: &str = "SELECT * FROM trunks WHERE tenant = $1 AND id = $2 FOR UPDATE";
    if tx.engine() == Engine::Sqlite {
        return get(tx, tenant, id).await;
    }
    sql!(tx, fetch_optional, sqlx::query_as(POSTGRES).bind(tenant).bind(id))
}

/// The trunk that has this endpoint of an Asterisk, whatever its tenant.
///
/// # Errors
/// The database does not answer.
pub async fn by_endpoint(tx: &mut Tx, asterisk: &str, endpoint: &str) -> Result<Option<TrunkRecord>, Error> {
    const SQL: &str = "SELECT * FROM trunks WHERE asterisk = $1 AND endpoint = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(asterisk).bind(endpoint))
}

/// A page of trunks in the order of their ids, those after `after`.
///
/// # Errors
/// The database does not answer.
pub async fn page(tx: &mut Tx, tenant: i64, after: Option<&str>, limit: i64) -> Result<Vec<TrunkRecord>, Error> {
    const SQL: &str = "SELECT * FROM trunks WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(after.unwrap_or_default()).bind(limit))
}

/// The trunks of these ids, in no order.
///
/// # Errors
/// The database does not answer.
pub async fn some(tx: &mut Tx, tenant: i64, ids: &[&str]) -> Result<Vec<TrunkRecord>, Error> {
    let text = |some: &str| format!("SELECT * FROM trunks WHERE tenant = $1 AND id {some}");
    among!(tx, query_as, tenant, ids, text("IN (SELECT value ->> 0 FROM json_each($2))"), text("= ANY ($2)"))
}
