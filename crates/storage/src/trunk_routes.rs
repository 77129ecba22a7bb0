//! Routes: which numbers go out on which trunk.

use crate::batch::among;
use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A route.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TrunkRouteRecord {
    /// The tenant.
    pub tenant: i64,
    /// Its id.
    pub id: String,
    /// The digits that numbers begin with; empty for every number.
    pub prefix: String,
    /// The trunk.
    pub trunk: String,
    /// Its place among those of its prefix.
    pub position: i64,
    /// How many leading digits are cut off.
    pub strip: i64,
    /// What is put before the rest.
    pub added: String,
    /// What calls on it cost the tenant, as JSON.
    pub buying_rate: Option<String>,
    /// When it was made.
    pub created_at: i64,
    /// Counts the changes.
    pub version: i64,
}

/// Adds a route; `false` if the trunk has one for the prefix.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, record: &TrunkRouteRecord) -> Result<bool, Error> {
    const SQL: &str = "INSERT INTO trunk_routes
            (tenant, id, prefix, trunk, position, strip, added, buying_rate, created_at, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING";
    let inserted = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.prefix)
            .bind(&record.trunk)
            .bind(record.position)
            .bind(record.strip)
            .bind(&record.added)
            .bind(&record.buying_rate)
            .bind(record.created_at)
            .bind(record.version)
    )?;
    Ok(inserted == 1)
}

/// Replaces a route, if it is still at the version before; says whether it was.
///
/// # Errors
/// The database does not answer, or the trunk has another route for the prefix ([`Error::Taken`]).
pub async fn update(tx: &mut WriteTx, record: &TrunkRouteRecord) -> Result<bool, Error> {
    const SQL: &str = "UPDATE trunk_routes SET prefix = $3, trunk = $4, position = $5, strip = $6, added = $7,
            buying_rate = $8, version = $9
        WHERE tenant = $1 AND id = $2 AND version = $9 - 1";
    let updated = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.prefix)
            .bind(&record.trunk)
            .bind(record.position)
            .bind(record.strip)
            .bind(&record.added)
            .bind(&record.buying_rate)
            .bind(record.version)
    )?;
    Ok(updated == 1)
}

/// Removes a route; says whether it was there.
///
/// # Errors
/// The database does not answer.
pub async fn delete(tx: &mut WriteTx, tenant: i64, id: &str) -> Result<bool, Error> {
    const SQL: &str = "DELETE FROM trunk_routes WHERE tenant = $1 AND id = $2";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(id))? == 1)
}

/// One route.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<TrunkRouteRecord>, Error> {
    const SQL: &str = "SELECT * FROM trunk_routes WHERE tenant = $1 AND id = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// The route that a trunk has for a prefix.
///
/// # Errors
/// The database does not answer.
pub async fn on_trunk(tx: &mut Tx, tenant: i64, prefix: &str, trunk: &str) -> Result<Option<TrunkRouteRecord>, Error> {
    const SQL: &str = "SELECT * FROM trunk_routes WHERE tenant = $1 AND prefix = $2 AND trunk = $3";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(prefix).bind(trunk))
}

/// How many routes a trunk has.
///
/// # Errors
/// The database does not answer.
pub async fn count_of(tx: &mut Tx, tenant: i64, trunk: &str) -> Result<i64, Error> {
    const SQL: &str = "SELECT COUNT(*) FROM trunk_routes WHERE tenant = $1 AND trunk = $2";
    sql!(tx, fetch_one, sqlx::query_scalar(SQL).bind(tenant).bind(trunk))
}

/// The routes of these prefixes, in no order.
///
/// # Errors
/// The database does not answer.
pub async fn of_prefixes(tx: &mut Tx, tenant: i64, prefixes: &[&str]) -> Result<Vec<TrunkRouteRecord>, Error> {
    let text = |some: &str| format!("SELECT * FROM trunk_routes WHERE tenant = $1 AND prefix {some}");
    among!(tx, query_as, tenant, prefixes, text("IN (SELECT value ->> 0 FROM json_each($2))"), text("= ANY ($2)"))
}

/// A page of routes in the order of their ids, those after `after`.
///
/// # Errors
/// The database does not answer.
pub async fn page(tx: &mut Tx, tenant: i64, after: Option<&str>, limit: i64) -> Result<Vec<TrunkRouteRecord>, Error> {
    const SQL: &str = "SELECT * FROM trunk_routes WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(after.unwrap_or_default()).bind(limit))
}
