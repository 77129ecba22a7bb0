//! What is charged to kept cards, below which balance.

use serde::Serialize;

use crate::transaction::sql;
use crate::{Engine, Error, Tx, WriteTx};

/// What is charged to a customer's kept card, below which balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct AutomaticTopUpRecord {
    /// Whose balance it is.
    pub customer: String,
    /// ISO 4217.
    pub currency: String,
    /// Below which balance.
    pub below: i64,
    /// How much.
    pub amount: i64,
    /// `on`, `off` or `failed`.
    pub state: String,
    /// Why the last charge failed.
    pub failure: Option<String>,
    /// Counts the changes.
    pub version: i64,
}

/// How often a customer may be charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Often {
    /// Since when charges count, in milliseconds since 1970.
    pub since: i64,
    /// How many there may be since then.
    pub most: i64,
}

/// A checkout without a page, as far as the next one depends on it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Tried {
    /// `begun` while the provider is being asked.
    pub state: String,
    /// When it was begun.
    pub created_at: i64,
}

/// The columns in the order of the record, without the tenant.
macro_rules! columns {
    () => {
        "customer, currency, below, amount, state, failure, version"
    };
}

/// Writes a customer's first one; whether there was none.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, tenant: i64, record: &AutomaticTopUpRecord) -> Result<bool, Error> {
    const SQL: &str =
        "INSERT INTO automatic_top_ups (tenant, customer, currency, below, amount, state, failure, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (tenant, customer) DO NOTHING";
    let written = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&record.customer)
            .bind(&record.currency)
            .bind(record.below)
            .bind(record.amount)
            .bind(&record.state)
            .bind(&record.failure)
            .bind(record.version)
    )?;
    Ok(written > 0)
}

/// Writes one that is [locked](lock).
///
/// # Errors
/// The database does not answer.
pub async fn update(tx: &mut WriteTx, tenant: i64, record: &AutomaticTopUpRecord) -> Result<(), Error> {
    const SQL: &str = "UPDATE automatic_top_ups
        SET currency = $3, below = $4, amount = $5, state = $6, failure = $7, version = $8
        WHERE tenant = $1 AND customer = $2";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&record.customer)
            .bind(&record.currency)
            .bind(record.below)
            .bind(record.amount)
            .bind(&record.state)
            .bind(&record.failure)
            .bind(record.version)
    )
    .map(|_| ())
}

/// A customer's.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, customer: &str) -> Result<Option<AutomaticTopUpRecord>, Error> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM automatic_top_ups WHERE tenant = $1 AND customer = $2");
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(customer))
}

/// The same, locked until the transaction ends.
///
/// # Errors
/// The database does not answer.
pub async fn lock(tx: &mut WriteTx, tenant: i64, customer: &str) -> Result<Option<AutomaticTopUpRecord>, Error> {
    const SQLITE: &str = concat!("SELECT ", columns!(), " FROM automatic_top_ups WHERE tenant = $1 AND customer = $2");
    const POSTGRES: &str =
        concat!("SELECT ", columns!(), " FROM automatic_top_ups WHERE tenant = $1 AND customer = $2 FOR UPDATE");
    let text = if tx.engine() == Engine::Postgres { POSTGRES } else { SQLITE };
    sql!(tx, fetch_optional, sqlx::query_as(text).bind(tenant).bind(customer))
}

/// The customers who have it on and whose balances, without what is held, are below what they have set; without those for whom a provider
/// is being asked, and those who were charged as often as they may be.
///
/// # Errors
/// The database does not answer.
pub async fn due(tx: &mut Tx, tenant: i64, often: Often, limit: i64) -> Result<Vec<String>, Error> {
    // The currency has the charges of those counted alone whose balances are low.
    const SQL: &str = "SELECT t.customer FROM automatic_top_ups t
        JOIN accounts a ON a.tenant = t.tenant AND a.account = t.customer AND a.currency = t.currency
        WHERE t.tenant = $1 AND t.state = 'on' AND a.balance - a.held < t.below
        AND NOT EXISTS (SELECT c.id FROM checkouts c
            WHERE c.tenant = $1 AND c.customer = t.customer AND c.automatic = 1 AND c.state = 'begun')
        AND (SELECT COUNT(*) FROM checkouts c
            WHERE c.tenant = $1 AND c.customer = t.customer AND c.currency = a.currency AND c.automatic = 1
            AND c.created_at >= $2) < $3
        ORDER BY t.customer LIMIT $4";
    sql!(tx, fetch_all, sqlx::query_scalar(SQL).bind(tenant).bind(often.since).bind(often.most).bind(limit))
}

/// What was tried for a customer since then, and what is being tried since longer.
///
/// # Errors
/// The database does not answer.
pub async fn tried(tx: &mut Tx, tenant: i64, customer: &str, since: i64) -> Result<Vec<Tried>, Error> {
    const SQL: &str = "SELECT state, created_at FROM checkouts
        WHERE tenant = $1 AND customer = $2 AND automatic = 1 AND (created_at >= $3 OR state = 'begun')";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(customer).bind(since))
}
