//! Alerts: limits against fraud that somebody has reached.

use serde::Serialize;

use crate::batch::insert_new;
use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A limit that somebody has reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct AlertRecord {
    /// Its id.
    pub id: String,
    /// What is told once: the customer, the limit and the day.
    pub key: String,
    /// Whose call it was.
    pub customer: String,
    /// From which line.
    pub line: String,
    /// The limit's name.
    pub reached: String,
    /// What was reached, in words.
    pub detail: String,
    /// The number called.
    pub to_number: String,
    /// 1 if the customer's lines were suspended for it.
    pub suspended: i64,
    /// When.
    pub raised_at: i64,
    /// When somebody had looked at it.
    pub reviewed_at: Option<i64>,
    /// Who.
    pub reviewed_by: Option<String>,
    /// What was found.
    pub note: Option<String>,
}

const COLUMNS: &str =
    "id, key, customer, line, reached, detail, to_number, suspended, raised_at, reviewed_at, reviewed_by, note";

/// Writes the alerts whose keys are new, and answers those keys.
///
/// # Errors
/// The database does not answer.
pub async fn insert_new(tx: &mut WriteTx, tenant: i64, alerts: &[AlertRecord]) -> Result<Vec<String>, Error> {
    insert_new!(
        tx, tenant, alerts, into "fraud_alerts", key "key",
        text: id key customer line reached detail to_number, number: suspended raised_at
    )
}

/// A page of alerts, the newest first, those before `before`; `open` for those alone that nobody has looked at.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    tx: &mut Tx,
    tenant: i64,
    open: bool,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<AlertRecord>, Error> {
    let only = if open { "AND reviewed_at IS NULL" } else { "" };
    let text = format!(
        "SELECT {COLUMNS} FROM fraud_alerts WHERE tenant = $1 AND ($2 IS NULL OR id < $2) {only} ORDER BY id DESC LIMIT $3"
    );
    sql!(tx, fetch_all, sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(tenant).bind(before).bind(limit))
}

/// One alert.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<AlertRecord>, Error> {
    let text = format!("SELECT {COLUMNS} FROM fraud_alerts WHERE tenant = $1 AND id = $2");
    sql!(tx, fetch_optional, sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(tenant).bind(id))
}

/// Notes that somebody has looked at an alert; `false` if somebody has before, or there is none.
///
/// # Errors
/// The database does not answer.
pub async fn review(tx: &mut WriteTx, tenant: i64, alert: &AlertRecord) -> Result<bool, Error> {
    const SQL: &str = "UPDATE fraud_alerts SET reviewed_at = $3, reviewed_by = $4, note = $5
        WHERE tenant = $1 AND id = $2 AND reviewed_at IS NULL";
    let reviewed = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&alert.id)
            .bind(alert.reviewed_at)
            .bind(&alert.reviewed_by)
            .bind(&alert.note)
    )?;
    Ok(reviewed == 1)
}
