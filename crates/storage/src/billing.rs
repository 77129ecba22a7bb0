//! Running periods: up to where each line is billed.

use serde::Serialize;

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// The running period of a line, or (under the customer's id) of what the customer has beside its lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct BillingRecord {
    /// The line, or the customer.
    pub line: String,
    /// Who pays.
    pub customer: String,
    /// The first day, such as `2026-01-31`; empty where the first period is still to be found.
    pub from_day: String,
    /// The day after the last one.
    pub to_day: String,
    /// What ended before is billed, or waits as unbilled.
    pub starts_at: i64,
    /// When the period has ended.
    pub ends_at: i64,
    /// What a prepaid line has paid for the period in advance, tax included.
    pub fee_taken: i64,
    /// The tax in it.
    pub fee_tax: i64,
    /// How many postings that took.
    pub fee_moves: i64,
    /// Why the last run could not bill it.
    pub failure: Option<String>,
    /// When the next one tries again.
    pub retry_at: Option<i64>,
}

/// When a line's period begins that never runs: the line is closed, and everything of it is billed.
pub const NEVER: i64 = i64::MAX;

/// Adds or replaces running periods.
///
/// # Errors
/// The database does not answer.
pub async fn save(tx: &mut WriteTx, tenant: i64, records: &[BillingRecord]) -> Result<(), Error> {
    // Each mention of json_each's value makes it anew: here it is made once for a row.
    const SQL: &str =
        "INSERT INTO billing (tenant, line, customer, from_day, to_day, starts_at, ends_at, fee_taken, fee_tax,
            fee_moves, failure, retry_at)
        WITH rows AS MATERIALIZED (SELECT value FROM json_each($2))
        SELECT $1, value ->> 'line', value ->> 'customer', value ->> 'from_day', value ->> 'to_day',
            CAST(value ->> 'starts_at' AS BIGINT), CAST(value ->> 'ends_at' AS BIGINT),
            CAST(value ->> 'fee_taken' AS BIGINT), CAST(value ->> 'fee_tax' AS BIGINT),
            CAST(value ->> 'fee_moves' AS BIGINT), value ->> 'failure', CAST(value ->> 'retry_at' AS BIGINT)
        FROM rows WHERE true
        ON CONFLICT (tenant, line) DO UPDATE SET from_day = excluded.from_day, to_day = excluded.to_day,
            starts_at = excluded.starts_at, ends_at = excluded.ends_at, fee_taken = excluded.fee_taken,
            fee_tax = excluded.fee_tax, fee_moves = excluded.fee_moves, failure = excluded.failure,
            retry_at = excluded.retry_at";
    if records.is_empty() {
        return Ok(());
    }
    let batch = tx.json(records)?;
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(&batch)).map(|_| ())
}

/// Ends the running periods of these lines for good: whatever call comes for one of them from now on is late.
///
/// # Errors
/// The database does not answer.
pub async fn end(tx: &mut WriteTx, tenant: i64, lines: &[&str]) -> Result<(), Error> {
    const SQL: &str = "UPDATE billing SET starts_at = $3, ends_at = $3, failure = NULL, retry_at = NULL
        WHERE tenant = $1 AND line IN (SELECT value ->> 0 FROM json_each($2))";
    if lines.is_empty() {
        return Ok(());
    }
    let batch = tx.json(&lines.iter().map(|line| [line]).collect::<Vec<_>>())?;
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(&batch).bind(NEVER)).map(|_| ())
}

/// When the running period of a line begins; [`NEVER`] for one that is closed and billed.
///
/// # Errors
/// The database does not answer.
pub async fn starts_at(tx: &mut Tx, tenant: i64, line: &str) -> Result<Option<i64>, Error> {
    const SQL: &str = "SELECT starts_at FROM billing WHERE tenant = $1 AND line = $2";
    sql!(tx, fetch_optional, sqlx::query_scalar(SQL).bind(tenant).bind(line))
}

/// The customers of whom a period has ended and who are not waiting after a failure, the longest due first.
///
/// # Errors
/// The database does not answer.
pub async fn due_customers(tx: &mut Tx, tenant: i64, now: i64, limit: i64) -> Result<Vec<String>, Error> {
    const SQL: &str = "SELECT customer FROM (
            SELECT customer, ends_at FROM billing
            WHERE tenant = $1 AND ends_at <= $2 AND (retry_at IS NULL OR retry_at <= $2) ORDER BY ends_at LIMIT $3
        ) due GROUP BY customer ORDER BY MIN(ends_at), customer";
    sql!(tx, fetch_all, sqlx::query_scalar(SQL).bind(tenant).bind(now).bind(limit))
}

/// The running periods of these lines.
///
/// # Errors
/// The database does not answer.
pub async fn of_lines(tx: &mut Tx, tenant: i64, lines: &[&str]) -> Result<Vec<BillingRecord>, Error> {
    const SQL: &str = "SELECT b.line, b.customer, b.from_day, b.to_day, b.starts_at, b.ends_at, b.fee_taken, b.fee_tax,
            b.fee_moves, b.failure, b.retry_at
        FROM json_each($2) w CROSS JOIN billing b WHERE b.tenant = $1 AND b.line = w.value ->> 0 AND b.ends_at < $3";
    let batch = tx.json(&lines.iter().map(|line| [line]).collect::<Vec<_>>())?;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(&batch).bind(NEVER))
}

/// The running periods of these customers, by customer, the one that ends first first.
///
/// # Errors
/// The database does not answer.
pub async fn of_customers(tx: &mut Tx, tenant: i64, customers: &[&str]) -> Result<Vec<BillingRecord>, Error> {
    const SQL: &str = "SELECT b.line, b.customer, b.from_day, b.to_day, b.starts_at, b.ends_at, b.fee_taken, b.fee_tax,
            b.fee_moves, b.failure, b.retry_at
        FROM json_each($2) w CROSS JOIN billing b
        WHERE b.tenant = $1 AND b.customer = w.value ->> 0 AND b.ends_at < $3 ORDER BY b.customer, b.ends_at, b.line";
    let batch = tx.json(&customers.iter().map(|customer| [customer]).collect::<Vec<_>>())?;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(&batch).bind(NEVER))
}

/// The latest beginning of any running period ([`NEVER`], once a line was closed and billed): what ended at or after it is late for
/// nobody.
///
/// # Errors
/// The database does not answer.
pub async fn latest_start(tx: &mut Tx, tenant: i64) -> Result<Option<i64>, Error> {
    const SQL: &str = "SELECT starts_at FROM billing WHERE tenant = $1 ORDER BY starts_at DESC LIMIT 1";
    sql!(tx, fetch_optional, sqlx::query_scalar(SQL).bind(tenant))
}

/// The running periods that the last run could not bill.
///
/// # Errors
/// The database does not answer.
pub async fn failures(tx: &mut Tx, tenant: i64) -> Result<Vec<BillingRecord>, Error> {
    const SQL: &str =
        "SELECT line, customer, from_day, to_day, starts_at, ends_at, fee_taken, fee_tax, fee_moves, failure,
            retry_at FROM billing WHERE tenant = $1 AND failure IS NOT NULL ORDER BY customer, line LIMIT 1000";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant))
}

/// Writes down why these customers could not be billed, and when to try again.
///
/// # Errors
/// The database does not answer.
pub async fn fail(
    tx: &mut WriteTx,
    tenant: i64,
    customer: &str,
    failure: &str,
    (now, retry_at): (i64, i64),
) -> Result<(), Error> {
    const SQL: &str =
        "UPDATE billing SET failure = $3, retry_at = $5 WHERE tenant = $1 AND customer = $2 AND ends_at <= $4";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(customer).bind(failure).bind(now).bind(retry_at)).map(|_| ())
}
