//! Payouts to agents, and the settlements that make them.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// What was paid out to an agent, with its statement.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PayoutRecord {
    /// Its id, which is also that of its statement.
    pub id: String,
    /// Who was paid.
    pub agent: String,
    /// ISO 4217.
    pub currency: String,
    /// How much.
    pub amount: i64,
    /// When.
    pub made_at: i64,
    /// When the bank returned it.
    pub bounced_at: Option<i64>,
    /// Why it was returned.
    pub reason: Option<String>,
    /// The file for the bank that it is in; empty, where it was made before there were any.
    pub file: Option<String>,
    /// What is printed on its statement, as JSON.
    pub paper: String,
}

/// What was settled with an agent on a payout day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettlementRecord<'a> {
    /// With whom.
    pub agent: &'a str,
    /// ISO 4217.
    pub currency: &'a str,
    /// The day, such as `2026-03-01`.
    pub due_on: &'a str,
    /// What could be paid out.
    pub payable: i64,
    /// The payout, if one was made.
    pub payout: Option<&'a str>,
    /// When.
    pub settled_at: i64,
}

/// Adds a payout; its statement is kept by [`crate::documents::insert`].
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, tenant: i64, record: &PayoutRecord) -> Result<(), Error> {
    const SQL: &str =
        "INSERT INTO payouts (tenant, id, agent, currency, amount, made_at) VALUES ($1, $2, $3, $4, $5, $6)";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&record.id)
            .bind(&record.agent)
            .bind(&record.currency)
            .bind(record.amount)
            .bind(record.made_at)
    )
    .map(|_| ())
}

/// Writes down that the bank returned a payout; says whether that is new.
///
/// # Errors
/// The database does not answer.
pub async fn bounce(tx: &mut WriteTx, tenant: i64, id: &str, at: i64, reason: Option<&str>) -> Result<bool, Error> {
    const SQL: &str = "UPDATE payouts SET bounced_at = $3, reason = $4
        WHERE tenant = $1 AND id = $2 AND bounced_at IS NULL";
    let bounced = sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(id).bind(at).bind(reason))?;
    Ok(bounced == 1)
}

macro_rules! selected {
    ($rest:literal) => {
        concat!(
            "SELECT p.id, p.agent, p.currency, p.amount, p.made_at, p.bounced_at, p.reason, p.file, d.paper
            FROM payouts p JOIN documents d ON d.tenant = p.tenant AND d.id = p.id WHERE p.tenant = $1",
            $rest
        )
    };
}

/// One payout.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<PayoutRecord>, Error> {
    const SQL: &str = selected!(" AND p.id = $2");
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// A page of payouts, of one agent or of all, the newest first, those before `before`.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    tx: &mut Tx,
    tenant: i64,
    agent: Option<&str>,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<PayoutRecord>, Error> {
    const ALL: &str = selected!(" AND p.id < $2 ORDER BY p.id DESC LIMIT $3");
    const OF_AGENT: &str = selected!(" AND p.id < $2 AND p.agent = $4 ORDER BY p.id DESC LIMIT $3");
    let before = before.unwrap_or("~");
    let text = if agent.is_some() { OF_AGENT } else { ALL };
    sql!(tx, fetch_all, {
        let query = sqlx::query_as(text).bind(tenant).bind(before).bind(limit);
        match agent {
            Some(agent) => query.bind(agent),
            None => query,
        }
    })
}

/// All payouts to an agent in a currency.
///
/// # Errors
/// The database does not answer.
pub async fn of_account(tx: &mut Tx, tenant: i64, account: (&str, &str)) -> Result<Vec<PayoutRecord>, Error> {
    const SQL: &str = selected!(" AND p.agent = $2 AND p.currency = $3");
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(account.0).bind(account.1))
}

/// Writes a settlement down, unless the day is settled; says whether it was not.
///
/// # Errors
/// The database does not answer.
pub async fn settle(tx: &mut WriteTx, tenant: i64, record: &SettlementRecord<'_>) -> Result<bool, Error> {
    const SQL: &str = "INSERT INTO settlements (tenant, agent, currency, due_on, payable, payout, settled_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    let settled = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(record.agent)
            .bind(record.currency)
            .bind(record.due_on)
            .bind(record.payable)
            .bind(record.payout)
            .bind(record.settled_at)
    )?;
    Ok(settled == 1)
}

/// Whether an agent's account in a currency is settled for a payout day.
///
/// # Errors
/// The database does not answer.
pub async fn is_settled(tx: &mut Tx, tenant: i64, account: (&str, &str), due_on: &str) -> Result<bool, Error> {
    const SQL: &str = "SELECT COUNT(*) FROM settlements
        WHERE tenant = $1 AND agent = $2 AND currency = $3 AND due_on = $4";
    let count: i64 =
        sql!(tx, fetch_one, sqlx::query_scalar(SQL).bind(tenant).bind(account.0).bind(account.1).bind(due_on))?;
    Ok(count > 0)
}

/// The accounts of agents (pairs of agent and currency) that are not settled for a payout day.
///
/// # Errors
/// The database does not answer.
pub async fn unsettled(tx: &mut Tx, tenant: i64, due_on: &str) -> Result<Vec<(String, String)>, Error> {
    const SQL: &str = "SELECT a.account, a.currency FROM agents g CROSS JOIN accounts a
        WHERE g.tenant = $1 AND a.tenant = $1 AND a.account = g.id AND NOT EXISTS (SELECT 1 FROM settlements s
            WHERE s.tenant = $1 AND s.agent = a.account AND s.currency = a.currency AND s.due_on = $2)
        ORDER BY a.account, a.currency";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(due_on))
}
