//! Grants of free seconds.

use serde::Serialize;

use crate::batch::insert_new;
use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A grant of free seconds to a customer, for calls to one agent or to any.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AllowanceRecord {
    /// The tenant.
    pub tenant: i64,
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub customer: String,
    /// The agent that it is for, or any.
    pub agent: Option<String>,
    /// How much was given.
    pub granted_seconds: i64,
    /// How much of it has been used.
    pub used_seconds: i64,
    /// How much of it is set aside for calls in progress.
    pub held_seconds: i64,
    /// When it was given.
    pub granted_at: i64,
    /// From when on it no longer counts.
    pub expires_at: Option<i64>,
    /// When it was taken back.
    pub revoked_at: Option<i64>,
    /// Why it was given.
    pub reason: String,
    /// Who gave it.
    pub granted_by: String,
}

/// Adds a grant.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, record: &AllowanceRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO allowances
        (tenant, id, key, customer, agent, granted_seconds, granted_at, expires_at, reason, granted_by)
        VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $8, $9)";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.customer)
            .bind(&record.agent)
            .bind(record.granted_seconds)
            .bind(record.granted_at)
            .bind(record.expires_at)
            .bind(&record.reason)
            .bind(&record.granted_by)
    )
    .map(|_| ())
}

/// A grant as it is added.
#[derive(Serialize)]
struct Row {
    key: String,
    id: String,
    customer: String,
    agent: Option<String>,
    reason: String,
    granted_by: String,
    granted_seconds: i64,
    granted_at: i64,
    expires_at: Option<i64>,
}

/// Adds the grants whose keys are new; the others are there already and stay as they are.
///
/// # Errors
/// The database does not answer.
pub async fn insert_new(tx: &mut WriteTx, tenant: i64, grants: &[(String, AllowanceRecord)]) -> Result<(), Error> {
    let row = |(key, record): &'_ (String, AllowanceRecord)| Row {
        key: key.clone(),
        id: record.id.clone(),
        customer: record.customer.clone(),
        agent: record.agent.clone(),
        reason: record.reason.clone(),
        granted_by: record.granted_by.clone(),
        granted_seconds: record.granted_seconds,
        granted_at: record.granted_at,
        expires_at: record.expires_at,
    };
    let rows: Vec<Row> = grants.iter().map(row).collect();
    let _: Vec<String> = insert_new!(
        tx, tenant, &rows, into "allowances", key "key",
        text: id key customer agent reason granted_by, number: granted_seconds granted_at expires_at
    )?;
    Ok(())
}

/// A customer's grants, the oldest first.
///
/// # Errors
/// The database does not answer.
pub async fn of_customer(tx: &mut Tx, tenant: i64, customer: &str) -> Result<Vec<AllowanceRecord>, Error> {
    const SQL: &str = "SELECT * FROM allowances WHERE tenant = $1 AND customer = $2 ORDER BY granted_at, id";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(customer))
}

/// The grants of some customers, locked until the transaction ends, in the order of their ids.
///
/// # Errors
/// The database does not answer.
pub async fn lock_of_customers(
    tx: &mut WriteTx,
    tenant: i64,
    customers: &[&str],
) -> Result<Vec<AllowanceRecord>, Error> {
    // SQLite's one writer needs no lock of rows.
    const SQLITE: &str =
        "SELECT * FROM allowances WHERE tenant = $1 AND customer IN (SELECT value ->> 0 FROM json_each($2))
        ORDER BY id";
    const POSTGRES: &str = "SELECT * FROM allowances WHERE tenant = $1
        AND customer = ANY (ARRAY(SELECT value ->> 0 FROM json_each($2))) ORDER BY id FOR UPDATE";
    let text = if tx.engine() == crate::Engine::Postgres { POSTGRES } else { SQLITE };
    let wanted = tx.json(&customers.iter().map(|customer| [customer]).collect::<Vec<_>>())?;
    sql!(tx, fetch_all, sqlx::query_as(text).bind(tenant).bind(&wanted))
}

/// Sets seconds of a grant aside and uses some (gives them back, if negative); `false` if it has not so many left.
///
/// # Errors
/// The database does not answer.
pub async fn take(tx: &mut WriteTx, tenant: i64, id: &str, held: i64, used: i64) -> Result<bool, Error> {
    const SQL: &str = "UPDATE allowances SET held_seconds = held_seconds + $3, used_seconds = used_seconds + $4
        WHERE tenant = $1 AND id = $2 AND held_seconds + $3 >= 0 AND used_seconds + $4 >= 0
        AND used_seconds + held_seconds + $3 + $4 <= granted_seconds";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(id).bind(held).bind(used))? == 1)
}

/// Takes a grant back; `false` if there is none, or it was taken back before.
///
/// # Errors
/// The database does not answer.
pub async fn revoke(tx: &mut WriteTx, tenant: i64, id: &str, at: i64) -> Result<bool, Error> {
    const SQL: &str = "UPDATE allowances SET revoked_at = $3 WHERE tenant = $1 AND id = $2 AND revoked_at IS NULL";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(id).bind(at))? == 1)
}

/// One grant.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<AllowanceRecord>, Error> {
    const SQL: &str = "SELECT * FROM allowances WHERE tenant = $1 AND id = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}
