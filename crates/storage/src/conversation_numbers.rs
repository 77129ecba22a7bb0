//! Which number of the tenant's a conversation is carried by.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A number that a conversation holds.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct HeldNumber {
    /// The number, in canonical form.
    pub number: String,
    /// The conversation.
    pub conversation: String,
    /// Its customer.
    pub customer: String,
    /// Its agent.
    pub agent: String,
    /// When the last message went by it.
    pub used_at: i64,
}

macro_rules! columns {
    () => {
        "number, conversation, customer, agent, used_at"
    };
}

/// Has a conversation hold a number, unless another one does; whether it holds it now. The conversation is locked, and holds none.
///
/// # Errors
/// The database does not answer.
pub async fn hold(tx: &mut WriteTx, tenant: i64, new: &HeldNumber) -> Result<bool, Error> {
    const SQL: &str = concat!(
        "INSERT INTO conversation_numbers (tenant, ",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant, number) DO NOTHING"
    );
    let held = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&new.number)
            .bind(&new.conversation)
            .bind(&new.customer)
            .bind(&new.agent)
            .bind(new.used_at)
    )?;
    Ok(held == 1)
}

/// Notes that a message has gone by a number that is held.
///
/// # Errors
/// The database does not answer.
pub async fn used(tx: &mut WriteTx, tenant: i64, number: &str, at: i64) -> Result<(), Error> {
    const SQL: &str = "UPDATE conversation_numbers SET used_at = $3 WHERE tenant = $1 AND number = $2";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(number).bind(at)).map(|_| ())
}

/// Takes a number away from a conversation, if it stands as it was read; whether it was taken.
///
/// # Errors
/// The database does not answer.
pub async fn release(tx: &mut WriteTx, tenant: i64, held: &HeldNumber) -> Result<bool, Error> {
    const SQL: &str = "DELETE FROM conversation_numbers
        WHERE tenant = $1 AND number = $2 AND conversation = $3 AND used_at = $4";
    let released = sql!(
        tx,
        execute,
        sqlx::query(SQL).bind(tenant).bind(&held.number).bind(&held.conversation).bind(held.used_at)
    )?;
    Ok(released == 1)
}

/// What a conversation holds.
///
/// # Errors
/// The database does not answer.
pub async fn of_conversation(tx: &mut Tx, tenant: i64, conversation: &str) -> Result<Option<HeldNumber>, Error> {
    const SQL: &str =
        concat!("SELECT ", columns!(), " FROM conversation_numbers WHERE tenant = $1 AND conversation = $2");
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(conversation))
}

/// Who holds a number.
///
/// # Errors
/// The database does not answer.
pub async fn by_number(tx: &mut Tx, tenant: i64, number: &str) -> Result<Option<HeldNumber>, Error> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM conversation_numbers WHERE tenant = $1 AND number = $2");
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(number))
}

/// All numbers that are held, by number.
///
/// # Errors
/// The database does not answer.
pub async fn all(tx: &mut Tx, tenant: i64) -> Result<Vec<HeldNumber>, Error> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM conversation_numbers WHERE tenant = $1 ORDER BY number");
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant))
}

/// Takes numbers away by which no message has gone since an instant, so many at most; how many.
///
/// # Errors
/// The database does not answer.
pub async fn forget(tx: &mut WriteTx, tenant: i64, before: i64, limit: i64) -> Result<u64, Error> {
    const SQL: &str = "DELETE FROM conversation_numbers WHERE tenant = $1 AND number IN (SELECT number
        FROM conversation_numbers WHERE tenant = $1 AND used_at < $2 ORDER BY number LIMIT $3)";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(before).bind(limit))
}
