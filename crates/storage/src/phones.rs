//! What lines have for their phones: secrets, tokens, and whose calls do not get through.

use crate::batch::among;
use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// What is shown of a line's phone.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PhoneRecord {
    /// The line.
    pub line: String,
    /// 1, if it registers without a secret.
    pub open: i64,
    /// When its secret was made; `None`, if it has none.
    pub secret_made_at: Option<i64>,
    /// How many numbers it has blocked.
    pub blocked: i64,
}

/// A secret, or its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretRecord {
    /// The line.
    pub line: String,
    /// The secret's hash; the secret itself is nowhere.
    pub secret_hash: Option<String>,
    /// When it was made.
    pub secret_made_at: Option<i64>,
}

/// A token with which a phone registers for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRecord {
    /// The line.
    pub line: String,
    /// The token's hash; the token itself is nowhere.
    pub token_hash: String,
    /// From when on it opens nothing.
    pub expires_at: i64,
}

/// What is shown of the phones of these lines, in no order.
///
/// # Errors
/// The database does not answer.
pub async fn of_lines(tx: &mut Tx, tenant: i64, lines: &[&str]) -> Result<Vec<PhoneRecord>, Error> {
    let text = |some: &str| {
        format!(
            "SELECT l.id AS line, COALESCE(p.open, 0) AS open, p.secret_made_at,
                (SELECT COUNT(*) FROM blocked_numbers b WHERE b.tenant = l.tenant AND b.line = l.id) AS blocked
            FROM lines l LEFT JOIN phones p ON p.tenant = l.tenant AND p.line = l.id
            WHERE l.tenant = $1 AND l.id {some}"
        )
    };
    among!(tx, query_as, tenant, lines, text("IN (SELECT value ->> 0 FROM json_each($2))"), text("= ANY ($2)"))
}

/// Gives a line's phone another secret, or takes it away.
///
/// # Errors
/// The database does not answer.
pub async fn set_secret(tx: &mut WriteTx, tenant: i64, record: &SecretRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO phones (tenant, line, open, secret_hash, secret_made_at) VALUES ($1, $2, 0, $3, $4)
        ON CONFLICT (tenant, line) DO UPDATE
        SET secret_hash = excluded.secret_hash, secret_made_at = excluded.secret_made_at";
    sql!(
        tx,
        execute,
        sqlx::query(SQL).bind(tenant).bind(&record.line).bind(&record.secret_hash).bind(record.secret_made_at)
    )
    .map(|_| ())
}

/// Has a line's phone register without a secret.
///
/// # Errors
/// The database does not answer.
pub async fn open(tx: &mut WriteTx, tenant: i64, line: &str) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO phones (tenant, line, open) VALUES ($1, $2, 1)
        ON CONFLICT (tenant, line) DO UPDATE SET open = 1";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(line)).map(|_| ())
}

/// Adds a token.
///
/// # Errors
/// The database does not answer.
pub async fn insert_token(tx: &mut WriteTx, tenant: i64, record: &TokenRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO phone_tokens (tenant, token_hash, line, expires_at) VALUES ($1, $2, $3, $4)";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(&record.token_hash).bind(&record.line).bind(record.expires_at))
        .map(|_| ())
}

/// Forgets the tenant's tokens that open nothing any more.
///
/// # Errors
/// The database does not answer.
pub async fn forget_tokens(tx: &mut WriteTx, tenant: i64, now: i64) -> Result<(), Error> {
    const SQL: &str = "DELETE FROM phone_tokens WHERE tenant = $1 AND expires_at <= $2";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(now)).map(|_| ())
}

/// Forgets all that the phone of a line could register with.
///
/// # Errors
/// The database does not answer.
pub async fn forget(tx: &mut WriteTx, tenant: i64, line: &str) -> Result<(), Error> {
    for table in ["phones", "phone_tokens"] {
        let text = format!("DELETE FROM {table} WHERE tenant = $1 AND line = $2");
        sql!(tx, execute, sqlx::query(sqlx::AssertSqlSafe(text.as_str())).bind(tenant).bind(line))?;
    }
    Ok(())
}

/// The tenant and the line whose secret, or whose token that holds, has this hash.
///
/// # Errors
/// The database does not answer.
pub async fn by_hash(tx: &mut Tx, hash: &str, now: i64) -> Result<Option<(i64, String)>, Error> {
    const SQL: &str = "SELECT tenant, line FROM phones WHERE secret_hash = $1
        UNION ALL SELECT tenant, line FROM phone_tokens WHERE token_hash = $1 AND expires_at > $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(hash).bind(now))
}

/// The lines of all tenants that are not closed and have this number, each with its tenant.
///
/// # Errors
/// The database does not answer.
pub async fn lines_with(tx: &mut Tx, number: &str) -> Result<Vec<crate::lines::LineRecord>, Error> {
    const SQL: &str = "SELECT * FROM lines WHERE number = $1 AND closed_at IS NULL ORDER BY tenant";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(number))
}

/// Has calls of a number not get through to a line; says whether they did until now.
///
/// # Errors
/// The database does not answer.
pub async fn block(tx: &mut WriteTx, tenant: i64, line: &str, number: &str) -> Result<bool, Error> {
    const SQL: &str = "INSERT INTO blocked_numbers (tenant, line, number) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(line).bind(number))? == 1)
}

/// Has calls of a number get through to a line again; says whether they did not until now.
///
/// # Errors
/// The database does not answer.
pub async fn unblock(tx: &mut WriteTx, tenant: i64, line: &str, number: &str) -> Result<bool, Error> {
    const SQL: &str = "DELETE FROM blocked_numbers WHERE tenant = $1 AND line = $2 AND number = $3";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(line).bind(number))? == 1)
}

/// The numbers whose calls do not get through to a line, in the order of their texts.
///
/// # Errors
/// The database does not answer.
pub async fn blocked(tx: &mut Tx, tenant: i64, line: &str) -> Result<Vec<String>, Error> {
    const SQL: &str = "SELECT number FROM blocked_numbers WHERE tenant = $1 AND line = $2 ORDER BY number";
    sql!(tx, fetch_all, sqlx::query_scalar(SQL).bind(tenant).bind(line))
}
