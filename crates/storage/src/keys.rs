//! API keys, by the hash of their secret.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// An API key of one tenant.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct KeyRecord {
    /// The tenant whose key it is.
    pub tenant: i64,
    /// Its id.
    pub id: String,
    /// What its maker calls it.
    pub name: String,
    /// The secret's hash; the secret itself is nowhere.
    pub secret_hash: String,
    /// The roles that it acts in, as a JSON array of names.
    pub scopes: String,
    /// Who made it, as the audit trail names them; `None` for one from before that was written down.
    pub made_by: Option<String>,
    /// When it was made.
    pub created_at: i64,
    /// From when on it opens nothing.
    pub expires_at: Option<i64>,
    /// When it was taken back.
    pub revoked_at: Option<i64>,
}

/// Adds a key.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, key: &KeyRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO api_keys (tenant, id, name, secret_hash, scopes, made_by, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(key.tenant)
            .bind(&key.id)
            .bind(&key.name)
            .bind(&key.secret_hash)
            .bind(&key.scopes)
            .bind(&key.made_by)
            .bind(key.created_at)
            .bind(key.expires_at)
    )
    .map(|_| ())
}

/// The key with this secret.
///
/// # Errors
/// The database does not answer.
pub async fn by_hash(tx: &mut Tx, secret_hash: &str) -> Result<Option<KeyRecord>, Error> {
    sql!(tx, fetch_optional, sqlx::query_as("SELECT * FROM api_keys WHERE secret_hash = $1").bind(secret_hash))
}

/// A tenant's keys, oldest first.
///
/// # Errors
/// The database does not answer.
pub async fn all(tx: &mut Tx, tenant: i64) -> Result<Vec<KeyRecord>, Error> {
    sql!(tx, fetch_all, sqlx::query_as("SELECT * FROM api_keys WHERE tenant = $1 ORDER BY id").bind(tenant))
}

/// Takes a key back; `false` if there is none, or it was taken back before.
///
/// # Errors
/// The database does not answer.
pub async fn revoke(tx: &mut WriteTx, tenant: i64, id: &str, at: i64) -> Result<bool, Error> {
    const SQL: &str = "UPDATE api_keys SET revoked_at = $3 WHERE tenant = $1 AND id = $2 AND revoked_at IS NULL";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(id).bind(at))? == 1)
}
