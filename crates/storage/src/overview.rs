//! How a tenant stands: what its calls and messages came to day by day, and how much waits for somebody.

use crate::transaction::sql;
use crate::{Error, Tx};

/// What waits for somebody, and how much is unpaid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct WaitingRecord {
    /// Invoices in the currency that are not paid, or not wholly.
    pub unpaid: i64,
    /// What is still to be paid of them.
    pub unpaid_total: i64,
    /// Jobs that were given up.
    pub failed_jobs: i64,
    /// Open lines that are suspended for whatever reason.
    pub suspended_lines: i64,
    /// Calls without a price.
    pub unrated_calls: i64,
    /// Alerts that nobody has looked at.
    pub open_alerts: i64,
    /// Requests for a top-up that nobody has answered.
    pub top_up_requests: i64,
}

/// What calls that ended in each of some spans `[from, to)`, and messages sent in them, came to in a currency: pairs of a span's beginning
/// and the sum.
///
/// # Errors
/// A sum is beyond its range, or the database does not answer.
pub async fn revenue(tx: &mut Tx, tenant: i64, currency: &str, spans: &[(i64, i64)]) -> Result<Vec<(i64, i64)>, Error> {
    const SQL: &str = "SELECT CAST(w.value ->> 0 AS BIGINT) AS from_at,
            CAST(COALESCE((SELECT SUM(c.total) FROM calls c WHERE c.tenant = $1 AND c.currency = $3
                AND c.ended_at >= CAST(w.value ->> 0 AS BIGINT) AND c.ended_at < CAST(w.value ->> 1 AS BIGINT)), 0)
            + COALESCE((SELECT SUM(m.price) FROM messages m WHERE m.tenant = $1 AND m.currency = $3
                AND m.created_at >= CAST(w.value ->> 0 AS BIGINT) AND m.created_at < CAST(w.value ->> 1 AS BIGINT)
                AND m.price > 0 AND m.state <> 'refused'), 0) AS BIGINT) AS amount
        FROM json_each($2) w ORDER BY 1";
    let spans = tx.json(spans)?;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(&spans).bind(currency))
}

/// What waits for somebody, and how much is unpaid in a currency.
///
/// # Errors
/// A sum is beyond its range, or the database does not answer.
pub async fn waiting(tx: &mut Tx, tenant: i64, currency: &str) -> Result<WaitingRecord, Error> {
    const SQL: &str = "SELECT d.unpaid, d.unpaid_total,
            (SELECT COUNT(*) FROM jobs WHERE tenant = $1 AND state = 'failed') AS failed_jobs,
            (SELECT COUNT(DISTINCT s.line) FROM suspensions s JOIN lines l ON l.tenant = s.tenant AND l.id = s.line
                WHERE s.tenant = $1 AND s.to_at IS NULL AND l.closed_at IS NULL) AS suspended_lines,
            (SELECT COUNT(*) FROM calls WHERE tenant = $1 AND state = 'unrated') AS unrated_calls,
            (SELECT COUNT(*) FROM fraud_alerts WHERE tenant = $1 AND reviewed_at IS NULL) AS open_alerts,
            (SELECT COUNT(*) FROM top_up_requests WHERE tenant = $1 AND state = 'open') AS top_up_requests
        FROM (SELECT COUNT(*) AS unpaid, CAST(COALESCE(SUM(total - settled), 0) AS BIGINT) AS unpaid_total
            FROM documents WHERE tenant = $1 AND currency = $2 AND kind = 'invoice' AND state IN ('issued', 'part_paid')) d";
    sql!(tx, fetch_one, sqlx::query_as(SQL).bind(tenant).bind(currency))
}
