//! Calendars: the addresses under which rosters are fetched, and the events that came into them.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// An address under which a roster is fetched.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CalendarRecord {
    /// The tenant.
    pub tenant: i64,
    /// The group or the agent.
    pub owner: String,
    /// The hash of its secret.
    pub secret_hash: String,
    /// When it was made.
    pub created_at: i64,
}

/// Gives a group or an agent an address; the one before opens nothing any more.
///
/// # Errors
/// The database does not answer.
pub async fn set(tx: &mut WriteTx, calendar: &CalendarRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO calendars (tenant, owner, secret_hash, created_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant, owner) DO UPDATE SET secret_hash = excluded.secret_hash, created_at = excluded.created_at";
    let CalendarRecord { tenant, owner, secret_hash, created_at } = calendar;
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(owner).bind(secret_hash).bind(created_at)).map(|_| ())
}

/// Takes the address of a group or an agent away; says whether there was one.
///
/// # Errors
/// The database does not answer.
pub async fn remove(tx: &mut WriteTx, tenant: i64, owner: &str) -> Result<bool, Error> {
    const SQL: &str = "DELETE FROM calendars WHERE tenant = $1 AND owner = $2";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(owner))? == 1)
}

/// The address with this secret, of whatever tenant.
///
/// # Errors
/// The database does not answer.
pub async fn with_secret(tx: &mut Tx, secret_hash: &str) -> Result<Option<CalendarRecord>, Error> {
    const SQL: &str = "SELECT * FROM calendars WHERE secret_hash = $1";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(secret_hash))
}

/// Writes down that an event came into a group's roster; `false` if it had before.
///
/// # Errors
/// The database does not answer.
pub async fn imported(tx: &mut WriteTx, tenant: i64, group: &str, uid_hash: &str, now: i64) -> Result<bool, Error> {
    const SQL: &str = "INSERT INTO imported_events (tenant, agent_group, uid_hash, imported_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(group).bind(uid_hash).bind(now))? == 1)
}
