//! Numbers that the world calls, and where they lead.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A number from outside.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct InboundNumberRecord {
    /// The tenant.
    pub tenant: i64,
    /// Its id.
    pub id: String,
    /// The number in canonical form.
    pub number: String,
    /// The line that it leads to.
    pub line: String,
    /// When it was made.
    pub created_at: i64,
    /// Counts the changes.
    pub version: i64,
}

/// Adds a number.
///
/// # Errors
/// The database does not answer, or the tenant has the number already ([`Error::Taken`]).
pub async fn insert(tx: &mut WriteTx, record: &InboundNumberRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO inbound_numbers (tenant, id, number, line, created_at, version)
        VALUES ($1, $2, $3, $4, $5, $6)";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.number)
            .bind(&record.line)
            .bind(record.created_at)
            .bind(record.version)
    )
    .map(|_| ())
}

/// Replaces a number, if it is still at the version before; says whether it was.
///
/// # Errors
/// The database does not answer, or the tenant has the number already ([`Error::Taken`]).
pub async fn update(tx: &mut WriteTx, record: &InboundNumberRecord) -> Result<bool, Error> {
    const SQL: &str = "UPDATE inbound_numbers SET number = $3, line = $4, version = $5
        WHERE tenant = $1 AND id = $2 AND version = $5 - 1";
    let updated = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.number)
            .bind(&record.line)
            .bind(record.version)
    )?;
    Ok(updated == 1)
}

/// Removes a number; says whether it was there.
///
/// # Errors
/// The database does not answer.
pub async fn delete(tx: &mut WriteTx, tenant: i64, id: &str) -> Result<bool, Error> {
    const SQL: &str = "DELETE FROM inbound_numbers WHERE tenant = $1 AND id = $2";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(id))? == 1)
}

/// One number, by its id.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<InboundNumberRecord>, Error> {
    const SQL: &str = "SELECT * FROM inbound_numbers WHERE tenant = $1 AND id = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// One number, by its canonical form.
///
/// # Errors
/// The database does not answer.
pub async fn by_number(tx: &mut Tx, tenant: i64, number: &str) -> Result<Option<InboundNumberRecord>, Error> {
    const SQL: &str = "SELECT * FROM inbound_numbers WHERE tenant = $1 AND number = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(number))
}

/// The number that has led to a line for the longest time.
///
/// # Errors
/// The database does not answer.
pub async fn oldest_of_line(tx: &mut Tx, tenant: i64, line: &str) -> Result<Option<InboundNumberRecord>, Error> {
    const SQL: &str = "SELECT * FROM inbound_numbers WHERE tenant = $1 AND line = $2 ORDER BY id LIMIT 1";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(line))
}

/// A page of numbers in the order of their ids, those after `after`.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    tx: &mut Tx,
    tenant: i64,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<InboundNumberRecord>, Error> {
    const SQL: &str = "SELECT * FROM inbound_numbers WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(after.unwrap_or_default()).bind(limit))
}
