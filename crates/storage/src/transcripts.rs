//! What was understood of messages.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// Keeps a transcript, unless there is one of the same message; whether there was none.
///
/// # Errors
/// The database does not answer.
pub async fn insert(
    tx: &mut WriteTx,
    tenant: i64,
    (origin, leg): (&str, &str),
    transcript: &str,
    received_at: i64,
) -> Result<bool, Error> {
    const SQL: &str =
        "INSERT INTO transcripts (tenant, origin, leg, transcript, received_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING";
    let inserted =
        sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(origin).bind(leg).bind(transcript).bind(received_at))?;
    Ok(inserted == 1)
}

/// What was understood of a message.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, (origin, leg): (&str, &str)) -> Result<Option<String>, Error> {
    const SQL: &str = "SELECT transcript FROM transcripts WHERE tenant = $1 AND origin = $2 AND leg = $3";
    sql!(tx, fetch_optional, sqlx::query_scalar(SQL).bind(tenant).bind(origin).bind(leg))
}

/// Forgets what was understood of a message, by the id of its recording.
///
/// # Errors
/// The database does not answer.
pub async fn forget(tx: &mut WriteTx, tenant: i64, recording: &str) -> Result<(), Error> {
    const SQL: &str = "DELETE FROM transcripts WHERE tenant = $1
        AND (origin, leg) IN (SELECT origin, leg FROM recordings WHERE tenant = $1 AND id = $2)";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(recording)).map(|_| ())
}

/// Forgets, so many at most, what was understood before an instant of messages that there are not; answers how much.
///
/// # Errors
/// The database does not answer.
pub async fn forget_left(tx: &mut WriteTx, tenant: i64, before: i64, limit: i64) -> Result<u64, Error> {
    const SQL: &str = "DELETE FROM transcripts WHERE tenant = $1 AND (origin, leg) IN (
        SELECT t.origin, t.leg FROM transcripts t WHERE t.tenant = $1 AND t.received_at < $2
            AND NOT EXISTS (SELECT 1 FROM recordings r WHERE r.tenant = $1 AND r.origin = t.origin AND r.leg = t.leg)
        LIMIT $3)";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(before).bind(limit))
}
