//! Sums over payouts, by which they are checked against the ledger.

use crate::transaction::sql;
use crate::{Error, Tx};

/// The payouts of which something else was paid out or returned than their entries moved, or which have no statement of their amount;
/// and those of which there are entries alone.
///
/// # Errors
/// The database does not answer.
pub async fn wrong_payouts(tx: &mut Tx, tenant: i64) -> Result<Vec<String>, Error> {
    const SQL: &str = "WITH moved AS (
            SELECT reference, SUM(CASE agent WHEN from_account THEN amount ELSE 0 END) AS paid,
                SUM(CASE agent WHEN to_account THEN amount ELSE 0 END) AS returned
            FROM entries WHERE tenant = $1 AND kind = 'payout' GROUP BY reference
        )
        SELECT p.id FROM payouts p LEFT JOIN moved m ON m.reference = p.id
        LEFT JOIN documents d ON d.tenant = $1 AND d.id = p.id AND d.kind = 'payout'
        WHERE p.tenant = $1 AND (p.amount <= 0 OR p.amount <> COALESCE(m.paid, 0) OR p.amount <> COALESCE(d.total, 0)
            OR CASE WHEN p.bounced_at IS NULL THEN 0 ELSE p.amount END <> COALESCE(m.returned, 0))
        UNION ALL
        SELECT reference FROM moved m WHERE NOT EXISTS (SELECT 1 FROM payouts p WHERE p.tenant = $1 AND p.id = m.reference)
        ORDER BY 1 LIMIT 100";
    tx.without_haste().await?;
    sql!(tx, fetch_all, sqlx::query_scalar(SQL).bind(tenant))
}

/// The agents whose accounts are not what they have earned less what was paid out to them.
///
/// # Errors
/// The database does not answer.
pub async fn wrong_earnings(tx: &mut Tx, tenant: i64) -> Result<Vec<String>, Error> {
    const SQL: &str = "WITH earned AS (
            SELECT agent, currency, SUM(CASE agent WHEN to_account THEN amount ELSE -amount END) AS amount
            FROM entries WHERE tenant = $1 AND agent IS NOT NULL AND kind <> 'payout' GROUP BY agent, currency
        ), paid AS (
            SELECT agent, currency, SUM(amount) AS amount FROM payouts
            WHERE tenant = $1 AND bounced_at IS NULL GROUP BY agent, currency
        )
        SELECT a.account FROM accounts a JOIN agents g ON g.tenant = $1 AND g.id = a.account
        LEFT JOIN earned e ON e.agent = a.account AND e.currency = a.currency
        LEFT JOIN paid p ON p.agent = a.account AND p.currency = a.currency
        WHERE a.tenant = $1 AND a.balance <> COALESCE(e.amount, 0) - COALESCE(p.amount, 0) ORDER BY 1 LIMIT 100";
    tx.without_haste().await?;
    sql!(tx, fetch_all, sqlx::query_scalar(SQL).bind(tenant))
}
