//! Sums over bills, by which they are checked against calls, entries and payments.

use crate::transaction::sql;
use crate::{Error, Tx};

/// The invoices whose total is not the sum of what they cover: the calls, the entries that issuing posted, the debits, the
/// services that were charged once, and the messages.
///
/// # Errors
/// The database does not answer.
pub async fn wrong_invoices(tx: &mut Tx, tenant: i64) -> Result<Vec<String>, Error> {
    const SQL: &str = "WITH posted AS (
            SELECT reference, SUM(CASE customer WHEN from_account THEN amount WHEN to_account THEN -amount ELSE 0 END) AS amount
            FROM entries WHERE tenant = $1 AND kind IN ('fee', 'tax', 'rounding') GROUP BY reference
        ), debits AS (
            SELECT document, SUM(amount) AS amount FROM unbilled
            WHERE tenant = $1 AND kind IN ('debit', 'event', 'message') AND document IS NOT NULL GROUP BY document
        )
        SELECT d.id FROM documents d LEFT JOIN posted p ON p.reference = d.id LEFT JOIN debits b ON b.document = d.id
        WHERE d.tenant = $1 AND d.kind = 'invoice' AND (d.net + d.tax <> d.total
            OR d.usage + COALESCE(p.amount, 0) + COALESCE(b.amount, 0) <> d.total)
        ORDER BY d.id LIMIT 100";
    tx.without_haste().await?;
    sql!(tx, fetch_all, sqlx::query_scalar(SQL).bind(tenant))
}

/// The postpaid customers whose calls are not each on one invoice, or waiting for one.
///
/// # Errors
/// The database does not answer.
pub async fn wrongly_billed_customers(tx: &mut Tx, tenant: i64) -> Result<Vec<String>, Error> {
    const SQL: &str = "WITH called AS (
            SELECT c.customer, SUM(c.total) AS all_calls, SUM(CASE
                WHEN u.id IS NOT NULL AND u.document IS NULL THEN c.total
                WHEN u.id IS NULL AND c.ended_at >= b.starts_at THEN c.total
                ELSE 0 END) AS waiting
            FROM calls c LEFT JOIN unbilled u ON u.tenant = $1 AND u.id = c.id
            LEFT JOIN billing b ON b.tenant = $1 AND b.line = c.line
            WHERE c.tenant = $1 AND c.state = 'rated' GROUP BY c.customer
        ), billed AS (
            SELECT customer, SUM(usage) AS usage FROM documents WHERE tenant = $1 AND kind = 'invoice' GROUP BY customer
        ), changed AS (
            SELECT customer, SUM(amount) AS amount FROM unbilled
            WHERE tenant = $1 AND kind = 'rerated' AND document IS NULL GROUP BY customer
        )
        SELECT p.id FROM customers p LEFT JOIN called c ON c.customer = p.id LEFT JOIN billed b ON b.customer = p.id
        LEFT JOIN changed r ON r.customer = p.id
        WHERE p.tenant = $1 AND p.mode = 'postpaid'
            AND COALESCE(c.all_calls, 0) - COALESCE(c.waiting, 0) <> COALESCE(b.usage, 0) + COALESCE(r.amount, 0)
        ORDER BY p.id LIMIT 100";
    tx.without_haste().await?;
    sql!(tx, fetch_all, sqlx::query_scalar(SQL).bind(tenant))
}

/// The invoices, payments and credits of which something else is settled or spent than their allocations say.
///
/// # Errors
/// The database does not answer.
pub async fn wrong_allocations(tx: &mut Tx, tenant: i64) -> Result<Vec<String>, Error> {
    const SQL: &str = "WITH to_invoices AS (
            SELECT document, SUM(amount) AS amount FROM allocations WHERE tenant = $1 GROUP BY document
        ), from_sources AS (
            SELECT source, SUM(amount) AS amount FROM allocations WHERE tenant = $1 GROUP BY source
        ), postpaid AS (SELECT id FROM customers WHERE tenant = $1 AND mode = 'postpaid')
        SELECT d.id FROM documents d LEFT JOIN to_invoices a ON a.document = d.id
        WHERE d.tenant = $1 AND d.kind = 'invoice' AND d.total >= 0
            AND (d.settled <> COALESCE(a.amount, 0) OR d.settled > d.total)
        UNION ALL
        SELECT p.id FROM payments p LEFT JOIN from_sources a ON a.source = p.id
        WHERE p.tenant = $1 AND p.customer IN (SELECT id FROM postpaid)
            AND (p.unspent < 0 OR p.unspent + p.returned + COALESCE(a.amount, 0) <> p.amount)
        UNION ALL
        SELECT c.id FROM credits c LEFT JOIN from_sources a ON a.source = c.id
        WHERE c.tenant = $1 AND c.amount > 0 AND c.customer IN (SELECT id FROM postpaid)
            AND (c.unspent < 0 OR c.unspent + COALESCE(a.amount, 0) <> c.amount)
        ORDER BY 1 LIMIT 100";
    tx.without_haste().await?;
    sql!(tx, fetch_all, sqlx::query_scalar(SQL).bind(tenant))
}

/// The series of which another number of documents was issued than numbers were taken: there is a gap.
///
/// # Errors
/// The database does not answer.
pub async fn series_with_gaps(tx: &mut Tx, tenant: i64) -> Result<Vec<String>, Error> {
    const SQL: &str = "SELECT s.series FROM series s WHERE s.tenant = $1 AND s.next - 1 <>
        (SELECT COUNT(*) FROM documents d WHERE d.tenant = $1 AND d.kind = s.series AND d.number IS NOT NULL)
        ORDER BY s.series";
    tx.without_haste().await?;
    sql!(tx, fetch_all, sqlx::query_scalar(SQL).bind(tenant))
}
