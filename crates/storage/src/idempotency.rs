//! Answers kept under idempotency keys.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// An answer that was given.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AnswerRecord {
    /// The hash of the request that it answers.
    pub fingerprint: String,
    /// Its HTTP status.
    pub status: i64,
    /// Its body.
    pub body: String,
}

/// The answer given under a key.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, actor: &str, key: &str) -> Result<Option<AnswerRecord>, Error> {
    const SQL: &str = "SELECT fingerprint, status, body FROM idempotency WHERE tenant = $1 AND actor = $2 AND key = $3";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(actor).bind(key))
}

/// Claims a key for a request, before it is done; `false` if the key has an answer. A second transaction that claims the same
/// key waits for the first to end.
///
/// # Errors
/// The database does not answer.
pub async fn claim(tx: &mut WriteTx, tenant: i64, actor: &str, key: &str, fingerprint: &str) -> Result<bool, Error> {
    const SQL: &str = "INSERT INTO idempotency (tenant, actor, key, fingerprint, status, body, created_at)
        VALUES ($1, $2, $3, $4, 0, '', 0) ON CONFLICT (tenant, actor, key) DO NOTHING";
    let claimed = sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(actor).bind(key).bind(fingerprint))?;
    Ok(claimed == 1)
}

/// Keeps the answer under a key claimed in this transaction.
///
/// # Errors
/// The database does not answer.
pub async fn keep(
    tx: &mut WriteTx,
    tenant: i64,
    claim: (&str, &str),
    answer: &AnswerRecord,
    at: i64,
) -> Result<(), Error> {
    const SQL: &str = "UPDATE idempotency SET fingerprint = $4, status = $5, body = $6, created_at = $7
        WHERE tenant = $1 AND actor = $2 AND key = $3";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(claim.0)
            .bind(claim.1)
            .bind(&answer.fingerprint)
            .bind(answer.status)
            .bind(&answer.body)
            .bind(at)
    )
    .map(|_| ())
}

/// Gives a key back that was claimed in this transaction, and under which no answer is kept.
///
/// # Errors
/// The database does not answer.
pub async fn release(tx: &mut WriteTx, tenant: i64, actor: &str, key: &str) -> Result<(), Error> {
    const SQL: &str = "DELETE FROM idempotency WHERE tenant = $1 AND actor = $2 AND key = $3 AND status = 0";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(actor).bind(key)).map(|_| ())
}

/// Forgets a tenant's answers that were given before an instant, so many at most; answers how many.
///
/// # Errors
/// The database does not answer.
pub async fn forget(tx: &mut WriteTx, tenant: i64, before: i64, limit: i64) -> Result<u64, Error> {
    const SQL: &str = "DELETE FROM idempotency WHERE tenant = $1 AND (actor, key) IN (SELECT old.actor, old.key
        FROM idempotency old WHERE old.tenant = $1 AND old.created_at < $2 ORDER BY old.created_at LIMIT $3)";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(before).bind(limit))
}
