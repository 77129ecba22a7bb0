//! Months whose books are closed.

use crate::transaction::sql;
use crate::{Engine, Error, Tx, WriteTx};

/// A month that is closed.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MonthRecord {
    /// Such as `2026-10`.
    pub month: String,
    /// Its first instant; none of the first month, with which everything before is closed.
    pub from_at: Option<i64>,
    /// The first instant after it.
    pub to_at: i64,
    /// When it was closed.
    pub closed_at: i64,
    /// How many entries it has; this and all that follows is none until the month is sealed.
    pub entries: Option<i64>,
    /// Their sums by currency, as JSON.
    pub sums: Option<String>,
    /// The hash of the month before; none of the first.
    pub previous: Option<String>,
    /// The hash of its entries and of what is before them.
    pub hash: Option<String>,
}

/// Waits until everybody who is posting has come to an end, and keeps whoever wants to post waiting until this work ends: so that no entry comes
/// into a month that is closed in it. It is to be the first thing that the work writes, and to be over soon. Works that do so wait for each
/// other, too. SQLite has one writer anyway.
///
/// # Errors
/// Somebody posts for longer than PostgreSQL waits (try again), or the database does not answer.
pub async fn fence(tx: &mut WriteTx) -> Result<(), Error> {
    // Stronger than what an INSERT takes, and not shared; reading goes on.
    const SQL: &str = "LOCK TABLE entries IN SHARE ROW EXCLUSIVE MODE";
    if tx.engine() == Engine::Sqlite {
        return Ok(());
    }
    sql!(tx, execute, sqlx::query(SQL)).map(|_| ())
}

/// Closes a month that is not closed.
///
/// # Errors
/// It is closed, or the database does not answer.
pub async fn insert(tx: &mut WriteTx, tenant: i64, record: &MonthRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO months (tenant, month, from_at, to_at, closed_at) VALUES ($1, $2, $3, $4, $5)";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&record.month)
            .bind(record.from_at)
            .bind(record.to_at)
            .bind(record.closed_at)
    )
    .map(|_| ())
}

/// Seals a month with what the record says of its entries, and says whether it was not sealed before.
///
/// # Errors
/// The database does not answer.
pub async fn seal(tx: &mut WriteTx, tenant: i64, record: &MonthRecord) -> Result<bool, Error> {
    const SQL: &str = "UPDATE months SET entries = $3, sums = $4, previous = $5, hash = $6
        WHERE tenant = $1 AND month = $2 AND hash IS NULL";
    let sealed = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&record.month)
            .bind(record.entries)
            .bind(&record.sums)
            .bind(&record.previous)
            .bind(&record.hash)
    )?;
    Ok(sealed > 0)
}

/// The closed months, the first first.
///
/// # Errors
/// The database does not answer.
pub async fn all(tx: &mut Tx, tenant: i64) -> Result<Vec<MonthRecord>, Error> {
    const SQL: &str = "SELECT month, from_at, to_at, closed_at, entries, sums, previous, hash FROM months
        WHERE tenant = $1 ORDER BY month";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant))
}

/// The last month that is closed.
///
/// # Errors
/// The database does not answer.
pub async fn last(tx: &mut Tx, tenant: i64) -> Result<Option<MonthRecord>, Error> {
    const SQL: &str = "SELECT month, from_at, to_at, closed_at, entries, sums, previous, hash FROM months
        WHERE tenant = $1 ORDER BY month DESC LIMIT 1";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant))
}

/// A customer of whom a period has ended by an instant that is not billed.
///
/// # Errors
/// The database does not answer.
pub async fn unbilled(tx: &mut Tx, tenant: i64, by: i64) -> Result<Option<String>, Error> {
    const SQL: &str = "SELECT customer FROM billing WHERE tenant = $1 AND ends_at <= $2 ORDER BY ends_at LIMIT 1";
    sql!(tx, fetch_optional, sqlx::query_scalar(SQL).bind(tenant).bind(by))
}
