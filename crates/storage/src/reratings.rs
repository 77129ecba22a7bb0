//! Re-ratings: what finished calls would cost, or cost now, at other prices.

use serde::Serialize;

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A re-rating.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ReratingRecord {
    /// The tenant.
    pub tenant: i64,
    /// Its id.
    pub id: String,
    /// `proposed` or `confirmed`.
    pub state: String,
    /// Which calls, and at which prices, as JSON.
    pub request: String,
    /// The sums of the differences, as JSON.
    pub summary: String,
    /// When it was proposed.
    pub created_at: i64,
    /// When it was confirmed.
    pub confirmed_at: Option<i64>,
}

/// What a re-rating makes of one call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct ReratedCallRecord {
    /// The call.
    pub call: String,
    /// Its price before, as JSON.
    pub before: String,
    /// Its price after, as JSON.
    pub after: String,
}

/// Adds a re-rating that is proposed, or writes down how far its proposal has come.
///
/// # Errors
/// The database does not answer.
pub async fn save(tx: &mut WriteTx, record: &ReratingRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO reratings (tenant, id, state, request, summary, created_at, confirmed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant, id) DO UPDATE SET summary = excluded.summary";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.state)
            .bind(&record.request)
            .bind(&record.summary)
            .bind(record.created_at)
            .bind(record.confirmed_at)
    )
    .map(|_| ())
}

/// Marks a proposed re-rating as confirmed; `false` if it was confirmed before.
///
/// # Errors
/// The database does not answer.
pub async fn confirm(tx: &mut WriteTx, tenant: i64, id: &str, at: i64) -> Result<bool, Error> {
    const SQL: &str = "UPDATE reratings SET state = 'confirmed', confirmed_at = $3
        WHERE tenant = $1 AND id = $2 AND state = 'proposed'";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(id).bind(at))? == 1)
}

/// One re-rating.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<ReratingRecord>, Error> {
    const SQL: &str = "SELECT * FROM reratings WHERE tenant = $1 AND id = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// Writes down what a re-rating makes of calls.
///
/// # Errors
/// The database does not answer.
pub async fn insert_calls(
    tx: &mut WriteTx,
    tenant: i64,
    rerating: &str,
    calls: &[ReratedCallRecord],
) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO rerated_calls (tenant, rerating, call, before, after)
        SELECT $1, $2, value ->> 'call', value ->> 'before', value ->> 'after' FROM json_each($3)";
    let batch = tx.json(calls)?;
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(rerating).bind(&batch)).map(|_| ())
}

/// A page of the calls of a re-rating, those after `after`, by id.
///
/// # Errors
/// The database does not answer.
pub async fn calls(
    tx: &mut Tx,
    tenant: i64,
    rerating: &str,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<ReratedCallRecord>, Error> {
    const SQL: &str = "SELECT call, before, after FROM rerated_calls
        WHERE tenant = $1 AND rerating = $2 AND call > $3 ORDER BY call LIMIT $4";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(rerating).bind(after.unwrap_or_default()).bind(limit))
}
