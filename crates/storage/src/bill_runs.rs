//! Bill runs.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A bill run.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct BillRunRecord {
    /// Its id.
    pub id: String,
    /// When it began.
    pub started_at: i64,
    /// When it ended; `None` while it runs, and for one that was broken off.
    pub finished_at: Option<i64>,
    /// How many invoices and statements it issued.
    pub issued: i64,
    /// How many customers it could not bill.
    pub failed: i64,
    /// What it issued by currency, and why customers could not be billed, as JSON.
    pub summary: String,
}

/// Adds or replaces a run.
///
/// # Errors
/// The database does not answer.
pub async fn save(tx: &mut WriteTx, tenant: i64, record: &BillRunRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO bill_runs (tenant, id, started_at, finished_at, issued, failed, summary)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant, id) DO UPDATE SET finished_at = excluded.finished_at,
            issued = excluded.issued, failed = excluded.failed, summary = excluded.summary";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&record.id)
            .bind(record.started_at)
            .bind(record.finished_at)
            .bind(record.issued)
            .bind(record.failed)
            .bind(&record.summary)
    )
    .map(|_| ())
}

/// One run.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<BillRunRecord>, Error> {
    const SQL: &str = "SELECT id, started_at, finished_at, issued, failed, summary FROM bill_runs
        WHERE tenant = $1 AND id = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// A page of runs, the newest first, those before `before`; but not those that had nothing to do: there is one each day.
///
/// # Errors
/// The database does not answer.
pub async fn page(tx: &mut Tx, tenant: i64, before: Option<&str>, limit: i64) -> Result<Vec<BillRunRecord>, Error> {
    const SQL: &str = "SELECT id, started_at, finished_at, issued, failed, summary FROM bill_runs
        WHERE tenant = $1 AND id < $2 AND NOT (finished_at IS NOT NULL AND issued = 0 AND failed = 0) ORDER BY id DESC LIMIT $3";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(before.unwrap_or("~")).bind(limit))
}
