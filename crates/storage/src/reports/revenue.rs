//! What has moved on `income` and `tax`, month by month.

use crate::transaction::sql;
use crate::{Error, Tx};

/// What the entries of a kind have moved in a currency.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RevenueRecord {
    /// The first instant of the time.
    pub from_at: i64,
    /// ISO 4217.
    pub currency: String,
    /// The kind of entry.
    pub kind: String,
    /// What came to `income`, less what was taken from it.
    pub net: i64,
    /// What came to `tax`, less what was taken from it.
    pub tax: i64,
}

/// What has moved on `income` and `tax` in each of the times `[from, to)`, by currency and kind of entry. What has moved neither is left out.
///
/// # Errors
/// The database does not answer.
pub async fn revenue(tx: &mut Tx, tenant: i64, times: &[(i64, i64)]) -> Result<Vec<RevenueRecord>, Error> {
    const SQL: &str = "SELECT CAST(w.value ->> 0 AS BIGINT) AS from_at, currency, kind,
            CAST(SUM(CASE WHEN to_account = 'income' THEN amount WHEN from_account = 'income' THEN -amount ELSE 0 END) AS BIGINT) AS net,
            CAST(SUM(CASE WHEN to_account = 'tax' THEN amount ELSE 0 END - CASE WHEN from_account = 'tax' THEN amount ELSE 0 END)
                AS BIGINT) AS tax
        FROM json_each($2) w CROSS JOIN entries e WHERE tenant = $1 AND e.key > ''
            AND posted_at >= CAST(w.value ->> 0 AS BIGINT) AND posted_at < CAST(w.value ->> 1 AS BIGINT)
            AND (to_account IN ('income', 'tax') OR from_account IN ('income', 'tax'))
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3";
    tx.without_haste().await?;
    let times = tx.json(times)?;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(&times))
}
