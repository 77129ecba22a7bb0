//! Why lines are suspended, from when, until when.

use serde::Serialize;

use crate::batch::{among, insert};
use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A reason for which a line is or was suspended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct SuspensionRecord {
    /// Its id.
    pub id: String,
    /// The line.
    pub line: String,
    /// `dunning`, `funds`, `fraud` or `manual`.
    pub reason: String,
    /// What else is to be said.
    pub note: Option<String>,
    /// From when on.
    pub from_at: i64,
    /// Until when; `None` while it lasts.
    pub to_at: Option<i64>,
}

/// Suspends lines. A reason that a line is suspended for already stays as it is.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, tenant: i64, records: &[SuspensionRecord]) -> Result<(), Error> {
    if records.is_empty() {
        return Ok(());
    }
    let _: Vec<String> = insert!(
        tx, tenant, records, into "suspensions", conflict "DO NOTHING RETURNING id",
        text: id line reason note, number: from_at to_at
    )?;
    Ok(())
}

/// Takes a reason from a line; says whether it was there.
///
/// # Errors
/// The database does not answer.
pub async fn lift(tx: &mut WriteTx, tenant: i64, line: &str, reason: &str, now: i64) -> Result<bool, Error> {
    const SQL: &str =
        "UPDATE suspensions SET to_at = $4 WHERE tenant = $1 AND line = $2 AND reason = $3 AND to_at IS NULL";
    let lifted = sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(line).bind(reason).bind(now))?;
    Ok(lifted > 0)
}

/// All suspensions of these lines, past ones too, by line, the first first.
///
/// # Errors
/// The database does not answer.
pub async fn of_lines(tx: &mut Tx, tenant: i64, lines: &[&str]) -> Result<Vec<SuspensionRecord>, Error> {
    const SQL: &str =
        "SELECT s.id, s.line, s.reason, s.note, s.from_at, s.to_at FROM json_each($2) w CROSS JOIN suspensions s
        WHERE s.tenant = $1 AND s.line = w.value ->> 0 ORDER BY s.line, s.from_at, s.id";
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let batch = tx.json(&lines.iter().map(|line| [line]).collect::<Vec<_>>())?;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(&batch))
}

/// Those of some lines that are suspended.
///
/// # Errors
/// The database does not answer.
pub async fn suspended_among(tx: &mut Tx, tenant: i64, lines: &[&str]) -> Result<Vec<String>, Error> {
    let text = |some: &str| {
        format!("SELECT DISTINCT line FROM suspensions WHERE tenant = $1 AND line {some} AND to_at IS NULL")
    };
    among!(tx, query_scalar, tenant, lines, text("IN (SELECT value ->> 0 FROM json_each($2))"), text("= ANY ($2)"))
}
