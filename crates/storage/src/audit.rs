//! Who changed what, from what to what.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A change.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ChangeRecord {
    /// The tenant.
    pub tenant: i64,
    /// Its id.
    pub id: String,
    /// When.
    pub at: i64,
    /// Who.
    pub actor: String,
    /// What was done, such as `customer.update`.
    pub action: String,
    /// The id of what was changed.
    pub subject: String,
    /// What it was before, as JSON.
    pub before: Option<String>,
    /// What it is after, as JSON.
    pub after: Option<String>,
}

/// Writes a change down.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, record: &ChangeRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO audit (tenant, id, at, actor, action, subject, before, after)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(record.at)
            .bind(&record.actor)
            .bind(&record.action)
            .bind(&record.subject)
            .bind(&record.before)
            .bind(&record.after)
    )
    .map(|_| ())
}

/// A page of changes, of one subject or of all, the newest first, those before `before`.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    tx: &mut Tx,
    tenant: i64,
    subject: Option<&str>,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<ChangeRecord>, Error> {
    const ALL: &str = "SELECT * FROM audit WHERE tenant = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    const ONE: &str = "SELECT * FROM audit WHERE tenant = $1 AND id < $2 AND subject = $4 ORDER BY id DESC LIMIT $3";
    let before = before.unwrap_or("~");
    match subject {
        None => sql!(tx, fetch_all, sqlx::query_as(ALL).bind(tenant).bind(before).bind(limit)),
        Some(subject) => sql!(tx, fetch_all, sqlx::query_as(ONE).bind(tenant).bind(before).bind(limit).bind(subject)),
    }
}
