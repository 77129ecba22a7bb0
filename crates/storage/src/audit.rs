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
    /// Of whom something was seen, where nothing was changed.
    pub person: Option<String>,
}

/// Writes a change down.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, record: &ChangeRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO audit (tenant, id, at, actor, action, subject, before, after, person)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
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
            .bind(&record.person)
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

/// What of somebody may have been seen.
#[derive(Debug, Clone, Copy)]
pub struct SeenFilter<'a> {
    /// Whatever was seen of one who has one of these names,
    pub names: &'a [&'a str],
    /// and what was done with this action
    pub action: &'a str,
    /// to one of these subjects.
    pub lists: &'a [&'a str],
}

/// A page of what was seen of somebody, the newest first, those before `before`.
///
/// # Errors
/// The database does not answer.
pub async fn seen(
    tx: &mut Tx,
    tenant: i64,
    SeenFilter { names, action, lists }: SeenFilter<'_>,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<ChangeRecord>, Error> {
    const SQL: &str = "SELECT * FROM audit WHERE tenant = $1 AND id < $2 AND (
            person IN (SELECT value ->> 0 FROM json_each($4))
            OR subject IN (SELECT value ->> 0 FROM json_each($6)) AND action = $5)
        ORDER BY id DESC LIMIT $3";
    let listed = |some: &[&str]| some.iter().map(|name| [(*name).to_owned()]).collect::<Vec<_>>();
    let (names, lists) = (tx.json(&listed(names))?, tx.json(&listed(lists))?);
    let before = before.unwrap_or("~");
    sql!(
        tx,
        fetch_all,
        sqlx::query_as(SQL).bind(tenant).bind(before).bind(limit).bind(&names).bind(action).bind(&lists)
    )
}

/// Forgets changes that were made before an instant, so many at most; answers how many.
///
/// # Errors
/// The database does not answer.
pub async fn forget(tx: &mut WriteTx, tenant: i64, before: i64, limit: i64) -> Result<u64, Error> {
    // Ids sort as the instants of their making do: the oldest come first.
    const SQL: &str = "DELETE FROM audit WHERE tenant = $1 AND id IN (SELECT old.id FROM (
        SELECT id, at FROM audit WHERE tenant = $1 ORDER BY id LIMIT $3) old WHERE old.at < $2)";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(before).bind(limit))
}
