//! Calls of which it is forgotten, in time, who called whom. What they cost, when they were and how long they lasted stays.

use crate::batch::among;
use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A call on record.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RecordedCall {
    /// Its id.
    pub id: String,
    /// Its state; one that is not `rated` still needs its numbers.
    pub state: String,
    /// When it came on record.
    pub recorded_at: i64,
}

/// Up to which call of the tenant this was done; empty before the first.
///
/// # Errors
/// The database does not answer, or there is no such tenant.
pub async fn until(tx: &mut Tx, tenant: i64) -> Result<String, Error> {
    const SQL: &str = "SELECT calls_forgotten FROM tenants WHERE tenant = $1";
    sql!(tx, fetch_one, sqlx::query_scalar(SQL).bind(tenant))
}

/// Notes up to which call it was done. Whoever has come further meanwhile stays there.
///
/// # Errors
/// The database does not answer.
pub async fn note(tx: &mut WriteTx, tenant: i64, id: &str) -> Result<(), Error> {
    const SQL: &str = "UPDATE tenants SET calls_forgotten = $2 WHERE tenant = $1 AND calls_forgotten < $2";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(id)).map(|_| ())
}

/// The next calls behind one, in the order in which they came on record, so many at most.
///
/// # Errors
/// The database does not answer.
pub async fn next(tx: &mut Tx, tenant: i64, behind: &str, most: i64) -> Result<Vec<RecordedCall>, Error> {
    const SQL: &str =
        "SELECT id, state, recorded_at FROM calls WHERE tenant = $1 AND id > $2 ORDER BY tenant, id LIMIT $3";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(behind).bind(most))
}

/// What of a call tells who called whom: `without` is how it is forgotten, `named` whether it is known. Whoever erases a customer does the same.
macro_rules! numbers {
    (without) => {
        "from_number = '', to_number = '', account_code = NULL, payer = NULL, session = NULL"
    };
    (named) => {
        "(from_number <> '' OR to_number <> '' OR account_code IS NOT NULL OR payer IS NOT NULL OR session IS NOT NULL)"
    };
}
pub(crate) use numbers;

/// The statement that forgets the numbers of some calls.
macro_rules! forget {
    ($some:literal) => {
        concat!(
            "UPDATE calls SET ",
            numbers!(without),
            " WHERE tenant = $1 AND id ",
            $some,
            " AND ",
            numbers!(named),
            " RETURNING id"
        )
    };
}

/// Forgets of these calls who called whom: of how many that was known.
///
/// # Errors
/// The database does not answer.
pub async fn forget(tx: &mut WriteTx, tenant: i64, ids: &[&str]) -> Result<usize, Error> {
    let forgotten: Vec<String> = among!(
        tx,
        query_scalar,
        tenant,
        ids,
        forget!("IN (SELECT value ->> 0 FROM json_each($2))"),
        forget!("= ANY ($2)")
    )?;
    Ok(forgotten.len())
}
