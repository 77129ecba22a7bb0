//! What lines have used of their included minutes.

use serde::Serialize;

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// Seconds of a line's included minutes that calls of a period have used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct IncludedRecord {
    /// The line.
    pub line: String,
    /// The first instant of the period.
    pub period_from: i64,
    /// How many seconds.
    pub used: i64,
}

/// A change of what is set aside and used of a line's included minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IncludedChange {
    /// The line.
    pub line: String,
    /// The first instant of the period.
    pub period_from: i64,
    /// How many seconds more are set aside.
    pub held: i64,
    /// How many seconds more are used.
    pub used: i64,
}

/// Adds to what lines have used, and answers what they have used or set aside then, in the order of lines and periods: none twice in a batch.
/// Nobody else can change these before the transaction ends, also where 0 is added. The rows are taken in the order of their keys,
/// so that two transactions that take the same ones never wait for each other in a circle.
///
/// # Errors
/// The database does not answer.
pub async fn add(tx: &mut WriteTx, tenant: i64, used: &[IncludedRecord]) -> Result<Vec<IncludedRecord>, Error> {
    const SQL: &str = "INSERT INTO included_seconds (tenant, line, period_from, used)
        SELECT $1, value ->> 'line', CAST(value ->> 'period_from' AS BIGINT), CAST(value ->> 'used' AS BIGINT)
        FROM json_each($2) WHERE true ORDER BY 2, 3
        ON CONFLICT (tenant, line, period_from) DO UPDATE SET used = included_seconds.used + excluded.used
        RETURNING line, period_from, used + held AS used";
    let batch = tx.json(used)?;
    let mut records: Vec<IncludedRecord> = sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(&batch))?;
    records.sort_by(|a, b| (&a.line, a.period_from).cmp(&(&b.line, b.period_from)));
    Ok(records)
}

/// How many seconds a line has used or set aside in a period, as it is at the moment: others may use more meanwhile.
///
/// # Errors
/// The database does not answer.
pub async fn taken(tx: &mut Tx, tenant: i64, line: &str, period_from: i64) -> Result<i64, Error> {
    const SQL: &str = "SELECT used + held FROM included_seconds WHERE tenant = $1 AND line = $2 AND period_from = $3";
    let taken: Option<i64> =
        sql!(tx, fetch_optional, sqlx::query_scalar(SQL).bind(tenant).bind(line).bind(period_from))?;
    Ok(taken.unwrap_or(0))
}

/// Changes what is set aside and used, of lines and periods that were locked by [`add`]; each once.
///
/// # Errors
/// The database does not answer.
pub async fn change(tx: &mut WriteTx, tenant: i64, changes: &[IncludedChange]) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO included_seconds (tenant, line, period_from, held, used)
        SELECT $1, value ->> 'line', CAST(value ->> 'period_from' AS BIGINT), CAST(value ->> 'held' AS BIGINT),
            CAST(value ->> 'used' AS BIGINT)
        FROM json_each($2) WHERE true ORDER BY 2, 3
        ON CONFLICT (tenant, line, period_from) DO UPDATE SET held = included_seconds.held + excluded.held,
            used = included_seconds.used + excluded.used";
    let batch = tx.json(changes)?;
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(&batch)).map(|_| ())
}
