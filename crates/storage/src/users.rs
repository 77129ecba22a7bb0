//! Users: the people who sign in. They belong to no tenant.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A user.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct UserRecord {
    /// Its id.
    pub id: String,
    /// The name to sign in with, in lower case.
    pub sign_in: String,
    /// Where mail goes.
    pub email: Option<String>,
    /// What the user is called.
    pub name: String,
    /// BCP 47.
    pub language: Option<String>,
    /// The password's hash, a PHC string.
    pub password_hash: Option<String>,
    /// The second factor's secret, in base 32.
    pub totp_secret: Option<String>,
    /// The last time step whose code was taken.
    pub totp_step: Option<i64>,
    /// A second factor's secret that no code has confirmed yet.
    pub totp_pending: Option<String>,
    /// Hashes of the recovery codes, a JSON array.
    pub recovery_codes: String,
    /// `active` or `disabled`.
    pub state: String,
    /// The tenant worked in last.
    pub last_tenant: Option<i64>,
    /// When it was made.
    pub created_at: i64,
    /// Counts the changes of the profile.
    pub version: i64,
}

/// Adds a user; `false` if the name to sign in with is taken.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, user: &UserRecord) -> Result<bool, Error> {
    const SQL: &str = "INSERT INTO users
        (id, sign_in, email, name, language, password_hash, recovery_codes, state, created_at, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING";
    let inserted = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(&user.id)
            .bind(&user.sign_in)
            .bind(&user.email)
            .bind(&user.name)
            .bind(&user.language)
            .bind(&user.password_hash)
            .bind(&user.recovery_codes)
            .bind(&user.state)
            .bind(user.created_at)
            .bind(user.version)
    )?;
    Ok(inserted == 1)
}

/// One user.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, id: &str) -> Result<Option<UserRecord>, Error> {
    sql!(tx, fetch_optional, sqlx::query_as("SELECT * FROM users WHERE id = $1").bind(id))
}

/// The user who signs in with this name.
///
/// # Errors
/// The database does not answer.
pub async fn by_sign_in(tx: &mut Tx, sign_in: &str) -> Result<Option<UserRecord>, Error> {
    sql!(tx, fetch_optional, sqlx::query_as("SELECT * FROM users WHERE sign_in = $1").bind(sign_in))
}

/// Users with this address, the oldest first; `email` in lower case.
///
/// # Errors
/// The database does not answer.
pub async fn by_email(tx: &mut Tx, email: &str, limit: i64) -> Result<Vec<UserRecord>, Error> {
    const SQL: &str = "SELECT * FROM users WHERE LOWER(email) = $1 ORDER BY id LIMIT $2";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(email).bind(limit))
}

/// One user, whom no other transaction changes before this one ends.
///
/// # Errors
/// The database does not answer.
pub async fn lock(tx: &mut WriteTx, id: &str) -> Result<Option<UserRecord>, Error> {
    const SQL: &str = "UPDATE users SET id = id WHERE id = $1 RETURNING *";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(id))
}

/// Replaces everything but name to sign in with, id and making. Who calls it has [locked](lock) the user.
///
/// # Errors
/// The database does not answer.
pub async fn update(tx: &mut WriteTx, user: &UserRecord) -> Result<(), Error> {
    const SQL: &str = "UPDATE users SET email = $2, name = $3, language = $4, password_hash = $5, totp_secret = $6,
        totp_step = $7, totp_pending = $8, recovery_codes = $9, state = $10, last_tenant = $11, version = $12
        WHERE id = $1";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(&user.id)
            .bind(&user.email)
            .bind(&user.name)
            .bind(&user.language)
            .bind(&user.password_hash)
            .bind(&user.totp_secret)
            .bind(user.totp_step)
            .bind(&user.totp_pending)
            .bind(&user.recovery_codes)
            .bind(&user.state)
            .bind(user.last_tenant)
            .bind(user.version)
    )
    .map(|_| ())
}
