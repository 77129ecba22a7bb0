//! Who wants no short messages from one of our numbers.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// Somebody who wants no short messages.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StopRecord {
    /// From this number of ours.
    pub own_number: String,
    /// At this number.
    pub other_number: String,
    /// Since when.
    pub stopped_at: i64,
}

/// Notes that a number wants nothing more from one of ours; whether that is new.
///
/// # Errors
/// The database does not answer.
pub async fn stop(tx: &mut WriteTx, tenant: i64, (own, other): (&str, &str), at: i64) -> Result<bool, Error> {
    const SQL: &str = "INSERT INTO sms_stops (tenant, own_number, other_number, stopped_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(own).bind(other).bind(at))? == 1)
}

/// Notes that a number takes something from one of ours again; whether that is new.
///
/// # Errors
/// The database does not answer.
pub async fn start(tx: &mut WriteTx, tenant: i64, (own, other): (&str, &str)) -> Result<bool, Error> {
    const SQL: &str = "DELETE FROM sms_stops WHERE tenant = $1 AND own_number = $2 AND other_number = $3";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(own).bind(other))? == 1)
}

/// Whether a number wants nothing from one of ours.
///
/// # Errors
/// The database does not answer.
pub async fn is_stopped(tx: &mut Tx, tenant: i64, (own, other): (&str, &str)) -> Result<bool, Error> {
    const SQL: &str = "SELECT stopped_at FROM sms_stops WHERE tenant = $1 AND own_number = $2 AND other_number = $3";
    let found: Option<i64> = sql!(tx, fetch_optional, sqlx::query_scalar(SQL).bind(tenant).bind(own).bind(other))?;
    Ok(found.is_some())
}

/// From which numbers of ours a number wants nothing.
///
/// # Errors
/// The database does not answer.
pub async fn of(tx: &mut Tx, tenant: i64, other: &str) -> Result<Vec<String>, Error> {
    const SQL: &str = "SELECT own_number FROM sms_stops WHERE tenant = $1 AND other_number = $2 ORDER BY own_number";
    sql!(tx, fetch_all, sqlx::query_scalar(SQL).bind(tenant).bind(other))
}

/// A page of those who want nothing, by our numbers and theirs, those after two.
///
/// # Errors
/// The database does not answer.
pub async fn page(tx: &mut Tx, tenant: i64, after: Option<(&str, &str)>, limit: i64) -> Result<Vec<StopRecord>, Error> {
    const SQL: &str = "SELECT own_number, other_number, stopped_at FROM sms_stops
        WHERE tenant = $1 AND (own_number, other_number) > ($2, $3) ORDER BY own_number, other_number LIMIT $4";
    let (own, other) = after.unwrap_or_default();
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(own).bind(other).bind(limit))
}
