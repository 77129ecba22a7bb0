//! Imports of files, and what became of them.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// An import.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ImportRecord {
    /// The tenant.
    pub tenant: i64,
    /// Its id.
    pub id: String,
    /// What is imported: `asterisk_csv`, `csv`, `jsonl`, `customers_csv`.
    pub kind: String,
    /// The file's name.
    pub name: String,
    /// `running` or `finished`; one that stays `running` was broken off, and may be run again.
    pub state: String,
    /// What has been done so far, as JSON.
    pub summary: String,
    /// When it began.
    pub started_at: i64,
    /// When it ended.
    pub finished_at: Option<i64>,
}

/// Writes an import down, or what it has come to.
///
/// # Errors
/// The database does not answer.
pub async fn save(tx: &mut WriteTx, record: &ImportRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO imports (tenant, id, kind, name, state, summary, started_at, finished_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (tenant, id) DO UPDATE
        SET state = excluded.state, summary = excluded.summary, finished_at = excluded.finished_at";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.kind)
            .bind(&record.name)
            .bind(&record.state)
            .bind(&record.summary)
            .bind(record.started_at)
            .bind(record.finished_at)
    )
    .map(|_| ())
}

/// One import.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<ImportRecord>, Error> {
    const SQL: &str = "SELECT * FROM imports WHERE tenant = $1 AND id = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// A page of imports, the newest first, those before `before`.
///
/// # Errors
/// The database does not answer.
pub async fn page(tx: &mut Tx, tenant: i64, before: Option<&str>, limit: i64) -> Result<Vec<ImportRecord>, Error> {
    const SQL: &str = "SELECT * FROM imports WHERE tenant = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(before.unwrap_or("~")).bind(limit))
}
