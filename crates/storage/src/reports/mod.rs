//! Sums for the accountant: what has moved on accounts, what was earned by what, who owes for how long, what is owed to whom.

mod destinations;
mod revenue;

pub use destinations::{DestinationRecord, destinations};
pub use revenue::{RevenueRecord, revenue};

use crate::transaction::sql;
use crate::{Error, Tx};

/// What has moved on an account in a currency.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MovedRecord {
    /// `customers` and `agents`, each all together, or an account of the tenant's own.
    pub account: String,
    /// ISO 4217.
    pub currency: String,
    /// What it had before: what was taken from it less what was given to it.
    pub opening: i64,
    /// What was taken from it.
    pub debit: i64,
    /// What was given to it.
    pub credit: i64,
}

/// What has moved on each account in the time `[from, to)`, and before it, by currency and account.
///
/// # Errors
/// The database does not answer.
pub async fn moved(tx: &mut Tx, tenant: i64, (from, to): (i64, i64)) -> Result<Vec<MovedRecord>, Error> {
    const SQL: &str = "WITH sides AS (
            SELECT currency, posted_at, amount AS debit, 0 AS credit,
                CASE WHEN from_account = customer THEN 'customers' WHEN from_account = agent THEN 'agents' ELSE from_account END AS account
            FROM entries WHERE tenant = $1 AND posted_at < $3
            UNION ALL
            SELECT currency, posted_at, 0, amount,
                CASE WHEN to_account = customer THEN 'customers' WHEN to_account = agent THEN 'agents' ELSE to_account END
            FROM entries WHERE tenant = $1 AND posted_at < $3
        )
        SELECT account, currency,
            CAST(SUM(CASE WHEN posted_at < $2 THEN debit - credit ELSE 0 END) AS BIGINT) AS opening,
            CAST(SUM(CASE WHEN posted_at < $2 THEN 0 ELSE debit END) AS BIGINT) AS debit,
            CAST(SUM(CASE WHEN posted_at < $2 THEN 0 ELSE credit END) AS BIGINT) AS credit
        FROM sides GROUP BY account, currency ORDER BY currency, account";
    tx.without_haste().await?;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(from).bind(to))
}

/// What a customer has to pay in a currency, by how long it has been due.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DebtRecord {
    /// The customer.
    pub customer: String,
    /// ISO 4217.
    pub currency: String,
    /// What is not due yet.
    pub not_due: i64,
    /// What has been due since the first of the instants asked for, the latest, or later.
    pub first: i64,
    /// The same of the second, without the first.
    pub second: i64,
    /// The same of the third.
    pub third: i64,
    /// What has been due for longer.
    pub older: i64,
}

/// What customers have to pay of invoices. It is due from its day on: before `today`, and since each of three instants, the latest first.
///
/// # Errors
/// The database does not answer.
pub async fn debts(tx: &mut Tx, tenant: i64, today: i64, since: [i64; 3]) -> Result<Vec<DebtRecord>, Error> {
    const SQL: &str = "SELECT customer, currency,
            CAST(SUM(CASE WHEN due >= $2 THEN left_of ELSE 0 END) AS BIGINT) AS not_due,
            CAST(SUM(CASE WHEN due < $2 AND due >= $3 THEN left_of ELSE 0 END) AS BIGINT) AS first,
            CAST(SUM(CASE WHEN due < $3 AND due >= $4 THEN left_of ELSE 0 END) AS BIGINT) AS second,
            CAST(SUM(CASE WHEN due < $4 AND due >= $5 THEN left_of ELSE 0 END) AS BIGINT) AS third,
            CAST(SUM(CASE WHEN due < $5 THEN left_of ELSE 0 END) AS BIGINT) AS older
        FROM (SELECT customer, currency, COALESCE(due_at, issued_at) AS due, total - settled AS left_of FROM documents
            WHERE tenant = $1 AND kind = 'invoice' AND state IN ('issued', 'part_paid')) AS open
        GROUP BY customer, currency ORDER BY currency, customer";
    tx.without_haste().await?;
    let [first, second, third] = since;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(today).bind(first).bind(second).bind(third))
}

/// What those of a kind have on their accounts in a currency.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OwedRecord {
    /// `prepaid` or `postpaid` customers, or `agents`.
    pub whose: String,
    /// ISO 4217.
    pub currency: String,
    /// How many of them have something there, or owe it.
    pub accounts: i64,
    /// The sum of the balances above zero.
    pub has: i64,
    /// How much of that is promotional credit.
    pub promotional: i64,
    /// The sum of the balances below zero, as an amount above it.
    pub owes: i64,
}

/// What customers and agents have on their accounts, by currency.
///
/// # Errors
/// The database does not answer.
pub async fn owed(tx: &mut Tx, tenant: i64) -> Result<Vec<OwedRecord>, Error> {
    const SQL: &str = "SELECT whose, currency, COUNT(*) AS accounts,
            CAST(SUM(CASE WHEN balance > 0 THEN balance ELSE 0 END) AS BIGINT) AS has,
            CAST(SUM(promotional) AS BIGINT) AS promotional,
            CAST(SUM(CASE WHEN balance < 0 THEN -balance ELSE 0 END) AS BIGINT) AS owes
        FROM (SELECT c.mode AS whose, a.currency, a.balance, a.promotional FROM customers c CROSS JOIN accounts a
                WHERE c.tenant = $1 AND a.tenant = $1 AND a.account = c.id AND a.balance <> 0
            UNION ALL SELECT 'agents', a.currency, a.balance, 0 FROM agents g CROSS JOIN accounts a
                WHERE g.tenant = $1 AND a.tenant = $1 AND a.account = g.id AND a.balance <> 0) AS held
        GROUP BY whose, currency ORDER BY currency, whose";
    tx.without_haste().await?;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant))
}
