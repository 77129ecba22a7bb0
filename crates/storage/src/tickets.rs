//! Tickets: what one-time links open.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A ticket.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TicketRecord {
    /// Its id.
    pub id: String,
    /// The hash of its secret, which is in the link alone; `None` before the link is made.
    pub secret_hash: Option<String>,
    /// `setup`, `invitation` or `reset`.
    pub kind: String,
    /// The tenant of an invitation.
    pub tenant: Option<i64>,
    /// The user whose password is to be reset.
    pub member: Option<String>,
    /// Where an invitation goes, in lower case.
    pub address: Option<String>,
    /// What an invitation gives, as JSON.
    pub document: String,
    /// When it was made.
    pub created_at: i64,
    /// From when on it opens nothing.
    pub expires_at: i64,
    /// When it was used, taken back, or replaced.
    pub ended_at: Option<i64>,
}

/// Adds a ticket; one with this id stays as it is.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, ticket: &TicketRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO tickets
        (id, secret_hash, kind, tenant, member, address, document, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(&ticket.id)
            .bind(&ticket.secret_hash)
            .bind(&ticket.kind)
            .bind(ticket.tenant)
            .bind(&ticket.member)
            .bind(&ticket.address)
            .bind(&ticket.document)
            .bind(ticket.created_at)
            .bind(ticket.expires_at)
    )
    .map(|_| ())
}

/// One ticket.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, id: &str) -> Result<Option<TicketRecord>, Error> {
    sql!(tx, fetch_optional, sqlx::query_as("SELECT * FROM tickets WHERE id = $1").bind(id))
}

/// The ticket of a kind with this secret, if it still opens something at `now`.
///
/// # Errors
/// The database does not answer.
pub async fn open(tx: &mut Tx, kind: &str, secret_hash: &str, now: i64) -> Result<Option<TicketRecord>, Error> {
    const SQL: &str = "SELECT * FROM tickets
        WHERE secret_hash = $1 AND kind = $2 AND ended_at IS NULL AND expires_at > $3";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(secret_hash).bind(kind).bind(now))
}

/// Uses the ticket of a kind with this secret: of any number who do, one gets it, and the others `None`.
///
/// # Errors
/// The database does not answer.
pub async fn take(tx: &mut WriteTx, kind: &str, secret_hash: &str, now: i64) -> Result<Option<TicketRecord>, Error> {
    const SQL: &str = "UPDATE tickets SET ended_at = $3
        WHERE secret_hash = $1 AND kind = $2 AND ended_at IS NULL AND expires_at > $3 RETURNING *";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(secret_hash).bind(kind).bind(now))
}

/// Gives an open ticket a new secret: the link before opens nothing any more. `false` if it is not open.
///
/// # Errors
/// The database does not answer.
pub async fn renew_secret(tx: &mut WriteTx, id: &str, secret_hash: &str, now: i64) -> Result<bool, Error> {
    const SQL: &str = "UPDATE tickets SET secret_hash = $2 WHERE id = $1 AND ended_at IS NULL AND expires_at > $3";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(id).bind(secret_hash).bind(now))? == 1)
}

/// The open tickets of a kind in a tenant, the oldest first.
///
/// # Errors
/// The database does not answer.
pub async fn open_of_tenant(tx: &mut Tx, tenant: i64, kind: &str, now: i64) -> Result<Vec<TicketRecord>, Error> {
    const SQL: &str = "SELECT * FROM tickets
        WHERE tenant = $1 AND kind = $2 AND ended_at IS NULL AND expires_at > $3 ORDER BY id";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(kind).bind(now))
}

/// All tickets of a kind in a tenant that go to an address, those that ended included, the oldest first.
///
/// # Errors
/// The database does not answer.
pub async fn of_address(tx: &mut Tx, tenant: i64, kind: &str, address: &str) -> Result<Vec<TicketRecord>, Error> {
    const SQL: &str = "SELECT * FROM tickets WHERE tenant = $1 AND kind = $2 AND address = $3 ORDER BY id";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(kind).bind(address))
}

/// How many tickets of a kind were made for a user since.
///
/// # Errors
/// The database does not answer.
pub async fn made_since(tx: &mut Tx, member: &str, kind: &str, since: i64) -> Result<i64, Error> {
    const SQL: &str = "SELECT COUNT(*) FROM tickets WHERE member = $1 AND kind = $2 AND created_at > $3";
    sql!(tx, fetch_one, sqlx::query_scalar(SQL).bind(member).bind(kind).bind(since))
}

/// Ends an open ticket; `false` if it is not open.
///
/// # Errors
/// The database does not answer.
pub async fn end(tx: &mut WriteTx, id: &str, now: i64) -> Result<bool, Error> {
    const SQL: &str = "UPDATE tickets SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL AND expires_at > $2";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(id).bind(now))? == 1)
}

/// Ends all tickets of a kind that a user has.
///
/// # Errors
/// The database does not answer.
pub async fn end_of_user(tx: &mut WriteTx, member: &str, kind: &str, now: i64) -> Result<(), Error> {
    const SQL: &str = "UPDATE tickets SET ended_at = $3 WHERE member = $1 AND kind = $2 AND ended_at IS NULL";
    sql!(tx, execute, sqlx::query(SQL).bind(member).bind(kind).bind(now)).map(|_| ())
}

/// Ends all tickets of a kind.
///
/// # Errors
/// The database does not answer.
pub async fn end_all(tx: &mut WriteTx, kind: &str, now: i64) -> Result<(), Error> {
    const SQL: &str = "UPDATE tickets SET ended_at = $2 WHERE kind = $1 AND ended_at IS NULL";
    sql!(tx, execute, sqlx::query(SQL).bind(kind).bind(now)).map(|_| ())
}

/// Moves the end of an open ticket, to be sent again with what it says now; `false` if it is not open.
///
/// # Errors
/// The database does not answer.
pub async fn prolong(tx: &mut WriteTx, id: &str, document: &str, expires_at: i64, now: i64) -> Result<bool, Error> {
    const SQL: &str = "UPDATE tickets SET expires_at = $2, document = $4, secret_hash = NULL
        WHERE id = $1 AND ended_at IS NULL AND expires_at > $3";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(id).bind(expires_at).bind(now).bind(document))? == 1)
}

/// Forgets tickets that ended or expired before; answers how many, `limit` at most.
///
/// # Errors
/// The database does not answer.
pub async fn forget(tx: &mut WriteTx, before: i64, limit: i64) -> Result<u64, Error> {
    const SQL: &str = "DELETE FROM tickets WHERE id IN
        (SELECT id FROM tickets WHERE ended_at < $1 OR expires_at < $1 ORDER BY id LIMIT $2)";
    sql!(tx, execute, sqlx::query(SQL).bind(before).bind(limit))
}
