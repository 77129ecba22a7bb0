//! An agent's figures: sums over its calls, messages, entries and ratings since some instants.

use crate::transaction::sql;
use crate::{Error, Tx};

/// The calls of an agent that were answered and have ended since an instant.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CallsRecord {
    /// Since when.
    pub from_at: i64,
    /// How many.
    pub calls: i64,
    /// How long they lasted, each rounded up to a second.
    pub seconds: i64,
}

/// What has moved on an agent's account since an instant.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct EarnedRecord {
    /// Since when.
    pub from_at: i64,
    /// ISO 4217.
    pub currency: String,
    /// What the agent has earned: charges, refunds and corrections, without payouts.
    pub amount: i64,
}

/// The ratings of an agent since an instant.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RatedRecord {
    /// Since when.
    pub from_at: i64,
    /// How many.
    pub ratings: i64,
    /// The sum of their stars.
    pub stars: i64,
}

/// The agent's answered calls that ended at or after each of the instants; none for an instant without any.
///
/// # Errors
/// The database does not answer.
pub async fn calls(tx: &mut Tx, tenant: i64, agent: &str, since: &[i64]) -> Result<Vec<CallsRecord>, Error> {
    const SQL: &str = "SELECT CAST(w.value ->> 0 AS BIGINT) AS from_at, COUNT(*) AS calls,
            CAST(SUM((COALESCE(c.duration_ms, 0) + 999) / 1000) AS BIGINT) AS seconds
        FROM json_each($3) w CROSS JOIN calls c WHERE c.tenant = $1 AND c.agent = $2
            AND c.ended_at >= CAST(w.value ->> 0 AS BIGINT) AND c.disposition = 'answered' GROUP BY 1";
    let since = instants(tx, since)?;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(agent).bind(&since))
}

/// How many customers came back since each of the instants: of those with two answered calls to the agent or more, in all, those
/// whose last one ended at or after the instant.
///
/// # Errors
/// The database does not answer.
pub async fn returning(tx: &mut Tx, tenant: i64, agent: &str, since: &[i64]) -> Result<Vec<(i64, i64)>, Error> {
    // By the customer as it stands, SQLite would walk through the calls of all customers to have them in order.
    const SQL: &str = "WITH regular AS (
            SELECT MAX(ended_at) AS last_at FROM calls WHERE tenant = $1 AND agent = $2
                AND ended_at IS NOT NULL AND disposition = 'answered' AND customer IS NOT NULL
            GROUP BY customer || '' HAVING COUNT(*) >= 2
        )
        SELECT CAST(w.value ->> 0 AS BIGINT) AS from_at, COUNT(*) AS customers
        FROM json_each($3) w CROSS JOIN regular r WHERE r.last_at >= CAST(w.value ->> 0 AS BIGINT) GROUP BY 1";
    let since = instants(tx, since)?;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(agent).bind(&since))
}

/// What has moved on the agent's account at or after each of the instants, by currency.
///
/// # Errors
/// The database does not answer.
pub async fn earned(tx: &mut Tx, tenant: i64, agent: &str, since: &[i64]) -> Result<Vec<EarnedRecord>, Error> {
    const SQL: &str = "SELECT CAST(w.value ->> 0 AS BIGINT) AS from_at, e.currency,
            CAST(SUM(CASE WHEN e.to_account = $2 THEN e.amount ELSE -e.amount END) AS BIGINT) AS amount
        FROM json_each($3) w CROSS JOIN entries e WHERE e.tenant = $1 AND e.agent = $2
            AND e.posted_at >= CAST(w.value ->> 0 AS BIGINT) AND e.kind <> 'payout' GROUP BY 1, e.currency ORDER BY 1, e.currency";
    let since = instants(tx, since)?;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(agent).bind(&since))
}

/// How many messages to the agent were charged at or after each of the instants.
///
/// # Errors
/// The database does not answer.
pub async fn messages(tx: &mut Tx, tenant: i64, agent: &str, since: &[i64]) -> Result<Vec<(i64, i64)>, Error> {
    const SQL: &str = "SELECT CAST(w.value ->> 0 AS BIGINT) AS from_at, COUNT(*) AS messages
        FROM json_each($3) w CROSS JOIN messages m WHERE m.tenant = $1 AND m.agent = $2
            AND m.created_at >= CAST(w.value ->> 0 AS BIGINT) AND m.price > 0 AND m.state <> 'refused' GROUP BY 1";
    let since = instants(tx, since)?;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(agent).bind(&since))
}

/// The ratings that were given to the agent at or after each of the instants.
///
/// # Errors
/// The database does not answer.
pub async fn rated(tx: &mut Tx, tenant: i64, agent: &str, since: &[i64]) -> Result<Vec<RatedRecord>, Error> {
    const SQL: &str =
        "SELECT CAST(w.value ->> 0 AS BIGINT) AS from_at, COUNT(*) AS ratings, CAST(SUM(r.stars) AS BIGINT) AS stars
        FROM json_each($3) w CROSS JOIN ratings r WHERE r.tenant = $1 AND r.agent = $2
            AND r.rated_at >= CAST(w.value ->> 0 AS BIGINT) GROUP BY 1";
    let since = instants(tx, since)?;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(agent).bind(&since))
}

fn instants(tx: &mut Tx, since: &[i64]) -> Result<String, Error> {
    tx.json(&since.iter().map(|at| [at]).collect::<Vec<_>>())
}
