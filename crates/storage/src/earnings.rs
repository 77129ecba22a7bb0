//! What of an agent's earnings is on hold, and what has moved on its account.

use crate::transaction::sql;
use crate::{Engine, Error, Tx};

/// What was earned in a time and is on hold.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct HeldRecord {
    /// ISO 4217.
    pub currency: String,
    /// The first instant of the time.
    pub from_at: i64,
    /// How much.
    pub amount: i64,
}

/// What has moved on an agent's account in a currency.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MovedRecord {
    /// When the first of it moved.
    pub first_at: Option<i64>,
    /// How many calls were charged.
    pub calls: i64,
    /// How many messages.
    pub messages: i64,
    /// The agent's part of them.
    pub earned: i64,
    /// Refunds and corrections, below zero where they took from the agent.
    pub corrected: i64,
    /// Payouts that were returned.
    pub returned: i64,
}

/// What customers paid for some calls and messages.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct GrossRecord {
    /// In all.
    pub charged: i64,
    /// The tax in it.
    pub tax: i64,
}

/// What the agent earned in each of the times `[from, to)`, the first of which begins at `since`: of each call and message what is
/// left after what was taken of it since then.
///
/// # Errors
/// The database does not answer.
pub async fn on_hold(
    tx: &mut Tx,
    tenant: i64,
    agent: &str,
    since: i64,
    times: &[(i64, i64)],
) -> Result<Vec<HeldRecord>, Error> {
    const SQL: &str = "WITH left_of AS (
            SELECT reference, currency, SUM(CASE WHEN to_account = $2 THEN amount ELSE -amount END) AS amount,
                MAX(CASE WHEN to_account = $2 THEN posted_at END) AS last_at
            FROM entries WHERE tenant = $1 AND agent = $2 AND posted_at >= $3 AND kind <> 'payout'
            GROUP BY reference, currency HAVING SUM(CASE WHEN to_account = $2 THEN amount ELSE -amount END) > 0
        )
        SELECT l.currency, CAST(w.value ->> 0 AS BIGINT) AS from_at, CAST(SUM(l.amount) AS BIGINT) AS amount
        FROM json_each($4) w CROSS JOIN left_of l
        WHERE l.last_at >= CAST(w.value ->> 0 AS BIGINT) AND l.last_at < CAST(w.value ->> 1 AS BIGINT)
        GROUP BY 1, 2 ORDER BY 1, 2";
    let times = tx.json(times)?;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(agent).bind(since).bind(&times))
}

/// A payment that is disputed.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DisputeRecord {
    /// Who had paid.
    pub customer: String,
    /// How much is disputed.
    pub amount: i64,
    /// When the payment was recorded.
    pub paid_at: i64,
    /// When the dispute was.
    pub made_at: i64,
}

/// The payments in a currency that are disputed now.
///
/// # Errors
/// The database does not answer.
pub async fn open_disputes(tx: &mut Tx, tenant: i64, currency: &str) -> Result<Vec<DisputeRecord>, Error> {
    const SQL: &str = "SELECT r.customer, r.amount, p.created_at AS paid_at, r.made_at
        FROM reversals r CROSS JOIN payments p
        WHERE r.tenant = $1 AND r.state = 'open' AND r.currency = $2 AND p.tenant = $1 AND p.id = r.payment ORDER BY r.id";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(currency))
}

/// What an agent earned of a customer in a currency in the time `[from, to)`, less what was taken of it then.
///
/// # Errors
/// The database does not answer.
pub async fn earned_of(
    tx: &mut Tx,
    tenant: i64,
    (agent, currency): (&str, &str),
    customer: &str,
    (from, to): (i64, i64),
) -> Result<i64, Error> {
    const SQL: &str = "SELECT CAST(COALESCE(SUM(CASE WHEN to_account = $2 THEN amount ELSE -amount END), 0) AS BIGINT)
        FROM entries WHERE tenant = $1 AND agent = $2 AND posted_at >= $5 AND posted_at < $6 AND currency = $3 AND customer = $4";
    sql!(
        tx,
        fetch_one,
        sqlx::query_scalar(SQL).bind(tenant).bind(agent).bind(currency).bind(customer).bind(from).bind(to)
    )
}

/// No entry is older. SQLite, where it knows nothing of the table, would walk through everybody's entries but for this bound.
const EVER: i64 = i64::MIN;

/// What has moved on the agent's account in a currency.
///
/// # Errors
/// The database does not answer.
pub async fn moved(tx: &mut Tx, tenant: i64, account: (&str, &str)) -> Result<MovedRecord, Error> {
    const SQL: &str = "SELECT MIN(posted_at) AS first_at,
            COUNT(DISTINCT CASE WHEN kind = 'call' THEN reference END) AS calls,
            COUNT(DISTINCT CASE WHEN kind = 'message' THEN reference END) AS messages,
            CAST(COALESCE(SUM(CASE WHEN kind IN ('call', 'message') THEN signed END), 0) AS BIGINT) AS earned,
            CAST(COALESCE(SUM(CASE WHEN kind NOT IN ('call', 'message', 'payout') THEN signed END), 0) AS BIGINT) AS corrected,
            CAST(COALESCE(SUM(CASE WHEN kind = 'payout' AND signed > 0 THEN signed END), 0) AS BIGINT) AS returned
        FROM (SELECT kind, reference, posted_at, CASE WHEN to_account = $2 THEN amount ELSE -amount END AS signed
            FROM entries WHERE tenant = $1 AND agent = $2 AND currency = $3 AND posted_at >= $4) AS moves";
    sql!(tx, fetch_one, sqlx::query_as(SQL).bind(tenant).bind(account.0).bind(account.1).bind(EVER))
}

/// What customers paid for the calls and messages of which the agent got its part in a currency.
///
/// # Errors
/// The database does not answer.
pub async fn gross(tx: &mut Tx, tenant: i64, account: (&str, &str)) -> Result<GrossRecord, Error> {
    // A key begins with the id of the record that caused it, and '0' is the byte after '/'.
    macro_rules! text {
        ($entries:literal) => {
            concat!(
                "WITH own AS (SELECT DISTINCT reference FROM entries WHERE tenant = $1 AND agent = $2 AND currency = $3
                    AND posted_at >= $4 AND kind IN ('call', 'message'))
                SELECT CAST(COALESCE(SUM(CASE customer WHEN from_account THEN amount ELSE -amount END), 0) AS BIGINT) AS charged,
                    CAST(COALESCE(SUM(CASE 'tax' WHEN to_account THEN amount WHEN from_account THEN -amount END), 0) AS BIGINT) AS tax
                FROM own CROSS JOIN ",
                $entries
            )
        };
    }
    const SQLITE: &str = text!(
        "entries WHERE entries.tenant = $1 AND key >= own.reference || '/' AND key < own.reference || '0'
            AND kind IN ('call', 'message')"
    );
    // PostgreSQL joins in the order that it likes, but for what it has to read by itself.
    const POSTGRES: &str = text!(
        "LATERAL (SELECT * FROM entries WHERE tenant = $1 AND key >= own.reference || '/' AND key < own.reference || '0'
            AND kind IN ('call', 'message') OFFSET 0) charges"
    );
    let text = if tx.engine() == Engine::Postgres { POSTGRES } else { SQLITE };
    sql!(tx, fetch_one, sqlx::query_as(text).bind(tenant).bind(account.0).bind(account.1).bind(EVER))
}
