use domain::time::Instant;
use serde_json::Value;
use storage::imports::ImportRecord;

use super::ImportError;
use crate::Scope;

/// An import that was begun, and what has come of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRun {
    /// Its id.
    pub id: String,
    /// What was imported: `asterisk_csv`, `csv`, `jsonl` or `customers_csv`.
    pub kind: String,
    /// The file's name.
    pub name: String,
    /// The figures so far: of calls a [`super::Summary`], of customers a [`super::customers::Summary`]; empty at first.
    pub summary: Value,
    /// When it began.
    pub started_at: Instant,
    /// When it ended. One that has not was broken off, or goes on.
    pub finished_at: Option<Instant>,
}

/// An import.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn get(scope: &mut impl Scope, id: &str) -> Result<ImportRun, ImportError> {
    let tenant = scope.tenant();
    let record = storage::imports::get(scope.tx(), tenant, id).await?;
    record.map(ImportRun::of).ok_or_else(|| ImportError::NotFound(id.to_owned()))
}

/// A page of imports, the newest first, those before `before`.
///
/// # Errors
/// The database does not answer.
pub async fn page(scope: &mut impl Scope, before: Option<&str>, limit: i64) -> Result<Vec<ImportRun>, storage::Error> {
    let tenant = scope.tenant();
    let records = storage::imports::page(scope.tx(), tenant, before, limit).await?;
    Ok(records.into_iter().map(ImportRun::of).collect())
}

impl ImportRun {
    fn of(record: ImportRecord) -> Self {
        ImportRun {
            id: record.id,
            kind: record.kind,
            name: record.name,
            summary: serde_json::from_str(&record.summary).unwrap_or_default(),
            started_at: Instant::clamped(record.started_at),
            finished_at: record.finished_at.map(Instant::clamped),
        }
    }
}
