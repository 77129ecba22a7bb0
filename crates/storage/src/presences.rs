//! Whether agents take calls, as they say, and which of them have one.

use crate::batch::among;
use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// What an agent says of itself.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PresenceRecord {
    /// The agent.
    pub agent: String,
    /// `online`, `away` or `offline`.
    pub presence: String,
    /// Since when.
    pub set_at: i64,
}

/// Writes what an agent says of itself.
///
/// # Errors
/// The database does not answer.
pub async fn set(tx: &mut WriteTx, tenant: i64, record: &PresenceRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO presences (tenant, agent, presence, set_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (tenant, agent) DO UPDATE SET presence = excluded.presence, set_at = excluded.set_at";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(&record.agent).bind(&record.presence).bind(record.set_at))
        .map(|_| ())
}

/// What some agents say of themselves; nothing of those who never said anything.
///
/// # Errors
/// The database does not answer.
pub async fn some(tx: &mut Tx, tenant: i64, agents: &[&str]) -> Result<Vec<PresenceRecord>, Error> {
    let text = |some: &str| format!("SELECT agent, presence, set_at FROM presences WHERE tenant = $1 AND agent {some}");
    among!(tx, query_as, tenant, agents, text("IN (SELECT value ->> 0 FROM json_each($2))"), text("= ANY ($2)"))
}

/// Those of some agents who have an answered call just now.
///
/// # Errors
/// The database does not answer.
pub async fn busy_among(tx: &mut Tx, tenant: i64, agents: &[&str]) -> Result<Vec<String>, Error> {
    let text = |some: &str| {
        format!(
            "SELECT DISTINCT agent FROM calls WHERE tenant = $1 AND agent {some} AND wakes_at IS NOT NULL
            AND agent IS NOT NULL AND answered_at IS NOT NULL"
        )
    };
    among!(tx, query_scalar, tenant, agents, text("IN (SELECT value ->> 0 FROM json_each($2))"), text("= ANY ($2)"))
}
