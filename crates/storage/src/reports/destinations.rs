//! What calls to each destination were charged, and what carrying them cost.

use crate::transaction::sql;
use crate::usage::{LISTED, prefix};
use crate::{Error, Tx};

/// The sum of the answered calls with one price source.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DestinationRecord {
    /// What priced the calls: `agent`, `deck`, `plan` or `free`.
    pub price_source: String,
    /// The plan version that did.
    pub plan_version: Option<String>,
    /// The deck version that did.
    pub deck_version: Option<String>,
    /// The deck's prefix.
    pub prefix: Option<String>,
    /// The agent who was called.
    pub agent: Option<String>,
    /// ISO 4217.
    pub currency: String,
    /// How many calls.
    pub calls: i64,
    /// How long they lasted, each rounded up to a second.
    pub seconds: i64,
    /// What they cost.
    pub charged: i64,
    /// The tax in it.
    pub tax: i64,
    /// The agents' part of it.
    pub agent_part: i64,
    /// Of how many calls it is not known what carrying them cost.
    pub unknown: i64,
    /// What carrying the others cost.
    pub cost: i64,
    /// What is left to the tenant of the others when that is paid.
    pub margin: i64,
}

/// The sums of the calls that ended in the time `[from, to)`. What carrying a call cost is known where a trunk carried it, and each of its legs
/// has a cost in the currency of the call.
///
/// # Errors
/// The database does not answer.
pub async fn destinations(tx: &mut Tx, tenant: i64, (from, to): (i64, i64)) -> Result<Vec<DestinationRecord>, Error> {
    let text = format!(
        "SELECT price_source, plan_version, deck_version, prefix, agent, currency, COUNT(*) AS calls,
            CAST(SUM(seconds) AS BIGINT) AS seconds, CAST(SUM(total) AS BIGINT) AS charged, CAST(SUM(tax) AS BIGINT) AS tax,
            CAST(SUM(agent_part) AS BIGINT) AS agent_part, COUNT(*) - COUNT(cost) AS unknown,
            CAST(COALESCE(SUM(cost), 0) AS BIGINT) AS cost,
            CAST(COALESCE(SUM(CASE WHEN cost IS NOT NULL THEN total - tax - agent_part - cost END), 0) AS BIGINT) AS margin
        FROM (SELECT c.price_source, c.plan_version, c.deck_version, {} AS prefix, c.agent, COALESCE(c.currency, '') AS currency,
                (c.duration_ms + 999) / 1000 AS seconds, COALESCE(c.total, 0) AS total, COALESCE(c.tax, 0) AS tax,
                COALESCE(c.agent_part, 0) AS agent_part,
                (SELECT CAST(SUM(l.cost) AS BIGINT) FROM carried_legs l WHERE l.tenant = $1 AND l.call = c.id
                    HAVING COUNT(*) = COUNT(CASE WHEN l.currency = c.currency THEN l.cost END)) AS cost
            FROM calls c WHERE c.tenant = $1 AND c.ended_at IS NOT NULL AND c.ended_at >= $2 AND c.ended_at < $3 AND {LISTED}) AS listed
        GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 4, 5, 2, 3, 6",
        prefix(tx.engine())
    );
    tx.without_haste().await?;
    sql!(tx, fetch_all, sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(tenant).bind(from).bind(to))
}
