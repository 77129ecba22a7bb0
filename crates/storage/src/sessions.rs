//! Sessions: who is signed in.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SessionRecord {
    /// Its id.
    pub id: String,
    /// The hash of its secret, which is nowhere.
    pub secret_hash: String,
    /// The user.
    pub member: String,
    /// The tenant that is worked in.
    pub tenant: Option<i64>,
    /// When it began.
    pub created_at: i64,
    /// When it was last used, to the minute.
    pub seen_at: i64,
    /// From when on it opens nothing, however it is used.
    pub expires_at: i64,
    /// The address that it began from.
    pub address: String,
    /// What the browser calls itself.
    pub browser: String,
}

/// A session with its user, and the user's membership in its tenant.
#[derive(Clone, sqlx::FromRow)]
pub struct Holder {
    /// The session's id.
    pub session: String,
    /// The tenant that is worked in.
    pub tenant: Option<i64>,
    /// When the session was last used, to the minute.
    pub seen_at: i64,
    /// From when on the session opens nothing.
    pub expires_at: i64,
    /// The user.
    #[sqlx(flatten)]
    pub user: crate::users::UserRecord,
    /// The roles in the tenant, a JSON array; `None` where the user has no membership there.
    pub roles: Option<String>,
    /// The own agent record there.
    pub agent: Option<String>,
    /// The own customer records there, divided by commas.
    pub customers: Option<String>,
}

/// Adds a session.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, session: &SessionRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO sessions
        (id, secret_hash, member, tenant, created_at, seen_at, expires_at, address, browser)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(&session.id)
            .bind(&session.secret_hash)
            .bind(&session.member)
            .bind(session.tenant)
            .bind(session.created_at)
            .bind(session.seen_at)
            .bind(session.expires_at)
            .bind(&session.address)
            .bind(&session.browser)
    )
    .map(|_| ())
}

/// The session with this secret, with its user and what the user may do: one query, as each request asks it.
///
/// # Errors
/// The database does not answer.
pub async fn holder(tx: &mut Tx, secret_hash: &str) -> Result<Option<Holder>, Error> {
    const SQL: &str = "SELECT u.*, s.id AS session, s.tenant, s.seen_at, s.expires_at, m.roles, m.agent,
            (SELECT string_agg(c.customer, ',') FROM membership_customers c
             WHERE c.tenant = s.tenant AND c.member = s.member) AS customers
        FROM sessions s JOIN users u ON u.id = s.member
        LEFT JOIN memberships m ON m.tenant = s.tenant AND m.member = s.member
        WHERE s.secret_hash = $1";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(secret_hash))
}

/// A user's sessions, the newest first.
///
/// # Errors
/// The database does not answer.
pub async fn of_user(tx: &mut Tx, member: &str) -> Result<Vec<SessionRecord>, Error> {
    sql!(tx, fetch_all, sqlx::query_as("SELECT * FROM sessions WHERE member = $1 ORDER BY id DESC").bind(member))
}

/// Whether a user has this session.
///
/// # Errors
/// The database does not answer.
pub async fn is_of(tx: &mut Tx, id: &str, member: &str) -> Result<bool, Error> {
    const SQL: &str = "SELECT id FROM sessions WHERE id = $1 AND member = $2";
    let found: Option<String> = sql!(tx, fetch_optional, sqlx::query_scalar(SQL).bind(id).bind(member))?;
    Ok(found.is_some())
}

/// Writes down that a session was used.
///
/// # Errors
/// The database does not answer.
pub async fn touch(tx: &mut WriteTx, id: &str, seen_at: i64) -> Result<(), Error> {
    const SQL: &str = "UPDATE sessions SET seen_at = $2 WHERE id = $1 AND seen_at < $2";
    sql!(tx, execute, sqlx::query(SQL).bind(id).bind(seen_at)).map(|_| ())
}

/// Has a session work in another tenant; `false` if there is no such session any more.
///
/// # Errors
/// The database does not answer.
pub async fn choose(tx: &mut WriteTx, id: &str, tenant: i64) -> Result<bool, Error> {
    const SQL: &str = "UPDATE sessions SET tenant = $2 WHERE id = $1";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(id).bind(tenant))? == 1)
}

/// Ends the session with this secret; answers its user and its id if there was one.
///
/// # Errors
/// The database does not answer.
pub async fn end_by_secret(tx: &mut WriteTx, secret_hash: &str) -> Result<Option<(String, String)>, Error> {
    const SQL: &str = "DELETE FROM sessions WHERE secret_hash = $1 RETURNING member, id";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(secret_hash))
}

/// Ends one session of a user; `false` if there is none.
///
/// # Errors
/// The database does not answer.
pub async fn end(tx: &mut WriteTx, member: &str, id: &str) -> Result<bool, Error> {
    const SQL: &str = "DELETE FROM sessions WHERE member = $1 AND id = $2";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(member).bind(id))? == 1)
}

/// Ends all sessions of a user but one; answers how many.
///
/// # Errors
/// The database does not answer.
pub async fn end_all_but(tx: &mut WriteTx, member: &str, but: &str) -> Result<u64, Error> {
    const SQL: &str = "DELETE FROM sessions WHERE member = $1 AND id <> $2";
    sql!(tx, execute, sqlx::query(SQL).bind(member).bind(but))
}

/// Ends the oldest sessions of a user, so that `kept` are left beside this `one`; answers how many.
///
/// # Errors
/// The database does not answer.
pub async fn end_beyond(tx: &mut WriteTx, member: &str, one: &str, kept: i64) -> Result<u64, Error> {
    const SQL: &str = "DELETE FROM sessions WHERE member = $1 AND id <> $2 AND id NOT IN
        (SELECT id FROM sessions WHERE member = $1 AND id <> $2 ORDER BY created_at DESC, id DESC LIMIT $3)";
    sql!(tx, execute, sqlx::query(SQL).bind(member).bind(one).bind(kept))
}

/// Ends a user's sessions that work in this tenant; answers how many.
///
/// # Errors
/// The database does not answer.
pub async fn end_in(tx: &mut WriteTx, member: &str, tenant: i64) -> Result<u64, Error> {
    const SQL: &str = "DELETE FROM sessions WHERE member = $1 AND tenant = $2";
    sql!(tx, execute, sqlx::query(SQL).bind(member).bind(tenant))
}

/// Forgets sessions that were not used since; answers how many, `limit` at most.
///
/// # Errors
/// The database does not answer.
pub async fn forget(tx: &mut WriteTx, seen_before: i64, limit: i64) -> Result<u64, Error> {
    const SQL: &str =
        "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE seen_at < $1 ORDER BY id LIMIT $2)";
    sql!(tx, execute, sqlx::query(SQL).bind(seen_before).bind(limit))
}
