//! Which phones of agents were asked whether they are theirs, and which have answered.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A phone of an agent that was asked.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PhoneCheckRecord {
    /// Its number.
    pub number: String,
    /// When it was asked last.
    pub asked_at: i64,
    /// When it has answered.
    pub confirmed_at: Option<i64>,
}

/// Notes that a phone is asked, unless it was after an instant, or has answered; whether it was not.
///
/// # Errors
/// The database does not answer.
pub async fn ask(
    tx: &mut WriteTx,
    tenant: i64,
    (agent, number): (&str, &str),
    (at, not_after): (i64, i64),
) -> Result<bool, Error> {
    const SQL: &str = "INSERT INTO phone_checks (tenant, agent, number, asked_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant, agent, number) DO UPDATE SET asked_at = excluded.asked_at
        WHERE phone_checks.confirmed_at IS NULL AND phone_checks.asked_at <= $5";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(agent).bind(number).bind(at).bind(not_after))? == 1)
}

/// Notes that a phone has answered that was asked since an instant and had not; whether that is so.
///
/// # Errors
/// The database does not answer.
pub async fn confirm(
    tx: &mut WriteTx,
    tenant: i64,
    (agent, number): (&str, &str),
    (at, asked_since): (i64, i64),
) -> Result<bool, Error> {
    const SQL: &str = "UPDATE phone_checks SET confirmed_at = $4
        WHERE tenant = $1 AND agent = $2 AND number = $3 AND confirmed_at IS NULL AND asked_at >= $5";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(agent).bind(number).bind(at).bind(asked_since))? == 1)
}

/// The phones of an agent that were asked, by their numbers.
///
/// # Errors
/// The database does not answer.
pub async fn of_agent(tx: &mut Tx, tenant: i64, agent: &str) -> Result<Vec<PhoneCheckRecord>, Error> {
    const SQL: &str = "SELECT number, asked_at, confirmed_at FROM phone_checks
        WHERE tenant = $1 AND agent = $2 ORDER BY number";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(agent))
}
