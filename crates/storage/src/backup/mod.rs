//! Everything that a database holds, row by row, to be written elsewhere and put into another database, of either engine.
//!
//! Which tables and columns there are is asked of the database itself, so that none can be forgotten.

mod line;
mod restoring;
mod schema;

use futures::TryStreamExt;
use serde::{Deserialize, Serialize};
use sqlx::AssertSqlSafe;

use crate::transaction::{Connection, sql};
use crate::{Engine, Error, Tx};

pub use line::{Kind, Misshapen};
pub use restoring::{LoadError, Restoring};
pub use schema::{Table, known, number, tables};

/// Tables that are never in a backup. A session that was ended after the backup must not come back to life with it, and which program is
/// a switch is nothing that another server could go on with.
pub const LEFT_OUT: [&str; 2] = ["sessions", "switch_roles"];

/// Something that is counted and added up, so that whoever restores it can compare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Total {
    /// `accounts`, `calls` or `entries`.
    pub of: String,
    /// Whose they are.
    pub tenant: i64,
    /// ISO 4217; of calls that have no price it may be empty.
    pub currency: String,
    /// How many.
    pub rows: i64,
    /// What they add up to: whole units, and beside them millionths (more than a million, maybe), so that no sum is too large.
    pub units: i64,
    /// See `units`.
    pub millionths: i64,
}

/// Number and name of every tenant, by any schema that there has been.
///
/// # Errors
/// The database does not answer.
pub async fn tenants(tx: &mut Tx) -> Result<Vec<(i64, String)>, Error> {
    sql!(tx, fetch_all, sqlx::query_as("SELECT tenant, name FROM tenants ORDER BY tenant"))
}

/// The totals of all tenants. The statement is of all schemas that there have been.
///
/// # Errors
/// The database does not answer.
pub async fn totals(tx: &mut Tx) -> Result<Vec<Total>, Error> {
    const SQL: &str = "SELECT 'accounts' AS of, tenant, currency, COUNT(*) AS rows,
            CAST(SUM(balance / 1000000) AS BIGINT) AS units, CAST(SUM(balance % 1000000) AS BIGINT) AS millionths
            FROM accounts GROUP BY tenant, currency
        UNION ALL SELECT 'calls', tenant, COALESCE(currency, ''), COUNT(*),
            CAST(COALESCE(SUM(total / 1000000), 0) AS BIGINT), CAST(COALESCE(SUM(total % 1000000), 0) AS BIGINT)
            FROM calls GROUP BY tenant, COALESCE(currency, '')
        UNION ALL SELECT 'entries', tenant, currency, COUNT(*),
            CAST(SUM(amount / 1000000) AS BIGINT), CAST(SUM(amount % 1000000) AS BIGINT)
            FROM entries GROUP BY tenant, currency
        ORDER BY 1, 2, 3";
    tx.without_haste().await?;
    sql!(tx, fetch_all, sqlx::query_as(SQL))
}

/// Lets the statements that follow take as long as they need, and whoever reads their answers, too.
///
/// # Errors
/// The database does not answer.
pub async fn take_time(tx: &mut Tx) -> Result<(), Error> {
    tx.without_haste().await?;
    if tx.engine() == Engine::Postgres {
        // What is read may have to wait for a slow disk or network behind this program: the server takes that for a silence.
        for limit in ["SET LOCAL tcp_user_timeout = 0", "SET LOCAL idle_in_transaction_session_timeout = 0"] {
            sql!(tx, execute, sqlx::query(limit))?;
        }
        // In the order of the key by its index: to sort a large table first would need as much room on the disk again.
        sql!(tx, execute, sqlx::query("SET LOCAL enable_sort = off"))?;
    }
    Ok(())
}

/// Hands over all rows of a table in the order of its key, each as a JSON array and a line feed: whole numbers, texts, and bytes as Base64
/// in the order of the table's columns. Answers how many there are. Only one row is in memory at a time, and what the driver reads ahead.
///
/// # Errors
/// The database does not answer, or `each` has failed.
pub async fn rows<E: From<Error>>(
    tx: &mut Tx,
    table: &Table,
    mut each: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<u64, E> {
    let text = table.select();
    let (mut line, mut count) = (Vec::new(), 0);
    macro_rules! hand_over {
        ($on:expr) => {{
            let mut rows = sqlx::query(AssertSqlSafe(text)).fetch(&mut **$on);
            while let Some(row) = rows.try_next().await.map_err(Error::from)? {
                line.clear();
                line::write(&row, &table.kinds, &mut line).map_err(Error::from)?;
                each(&line)?;
                count += 1;
            }
        }};
    }
    match &mut tx.connection {
        Connection::Sqlite(on) => hand_over!(on),
        Connection::Postgres(on) => hand_over!(on),
    }
    Ok(count)
}

/// Whether lines are rows of a table, as [`rows`] writes them.
///
/// # Errors
/// One is not.
pub fn check(table: &Table, lines: &[u8]) -> Result<(), Misshapen> {
    read(table, lines).try_for_each(|row| row.map(|_| ()))
}

fn read<'a>(table: &'a Table, lines: &'a [u8]) -> impl Iterator<Item = Result<Vec<line::Cell<'a>>, Misshapen>> {
    let misshapen = |fault| Misshapen { table: table.name.clone(), fault };
    lines.split_inclusive(|byte| *byte == b'\n').map(move |line| line::read(line, &table.kinds).map_err(misshapen))
}
