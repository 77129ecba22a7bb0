//! What the phones of lines register at an Asterisk with.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// The SIP account of a line. Who has the digest can register with it: it is not printed.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SipAccountRecord {
    /// The tenant.
    pub tenant: i64,
    /// The line.
    pub line: String,
    /// The name that it registers with, and that of its endpoint.
    pub username: String,
    /// The MD5 of name, realm and password, in hexadecimal digits.
    pub digest: String,
    /// When it was made, or made anew.
    pub made_at: i64,
    /// The Asterisk that it registers at; empty for the only one.
    pub asterisk: String,
}

/// Gives a line its account, in place of the one that it has.
///
/// # Errors
/// The database does not answer, or another line has the name.
pub async fn set(tx: &mut WriteTx, record: &SipAccountRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO sip_accounts (tenant, line, username, digest, made_at, asterisk)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (tenant, line) DO UPDATE SET username = excluded.username, digest = excluded.digest,
            made_at = excluded.made_at, asterisk = excluded.asterisk";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.line)
            .bind(&record.username)
            .bind(&record.digest)
            .bind(record.made_at)
            .bind(&record.asterisk)
    )
    .map(|_| ())
}

/// Takes a line's account away; says whether it had one.
///
/// # Errors
/// The database does not answer.
pub async fn remove(tx: &mut WriteTx, tenant: i64, line: &str) -> Result<bool, Error> {
    const SQL: &str = "DELETE FROM sip_accounts WHERE tenant = $1 AND line = $2";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(line))? == 1)
}

/// The account of a line.
///
/// # Errors
/// The database does not answer.
pub async fn of_line(tx: &mut Tx, tenant: i64, line: &str) -> Result<Option<SipAccountRecord>, Error> {
    const SQL: &str = "SELECT * FROM sip_accounts WHERE tenant = $1 AND line = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(line))
}

/// The account of this name, whatever its tenant: no two have the same.
///
/// # Errors
/// The database does not answer.
pub async fn by_username(tx: &mut Tx, username: &str) -> Result<Option<SipAccountRecord>, Error> {
    sql!(tx, fetch_optional, sqlx::query_as("SELECT * FROM sip_accounts WHERE username = $1").bind(username))
}

/// The accounts of all tenants, in the order of their names.
///
/// # Errors
/// The database does not answer.
pub async fn all(tx: &mut Tx) -> Result<Vec<SipAccountRecord>, Error> {
    sql!(tx, fetch_all, sqlx::query_as("SELECT * FROM sip_accounts ORDER BY username"))
}
