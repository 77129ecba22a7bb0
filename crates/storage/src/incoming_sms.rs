//! Short messages that came.

use std::fmt;

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A short message that came.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct IncomingRecord {
    /// Its id.
    pub id: String,
    /// The carrier, and what the message is to it.
    pub origin: String,
    /// The number that it came to.
    pub own_number: String,
    /// The number that it came from, or what stands in its place.
    pub sender: String,
    /// The agent whose number that is.
    pub agent: Option<String>,
    /// What it says.
    pub body: String,
    /// What came of it; nothing, until that is known.
    pub outcome: Option<String>,
    /// What was answered.
    pub reply: Option<String>,
    /// When it came.
    pub received_at: i64,
    /// When somebody took it to see to it.
    pub claimed_at: i64,
}

/// What is written is between two people: no log prints it.
impl fmt::Debug for IncomingRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, origin, outcome, .. } = self;
        write!(f, "IncomingRecord({id} of {origin}, {outcome:?})")
    }
}

macro_rules! columns {
    () => {
        "id, origin, own_number, sender, agent, body, outcome, reply, received_at, claimed_at"
    };
}

/// Takes a short message to see to it: one that is new, or one that somebody took before `stale_before` and never saw to. Whether it is taken.
///
/// # Errors
/// The database does not answer.
pub async fn claim(tx: &mut WriteTx, tenant: i64, record: &IncomingRecord, stale_before: i64) -> Result<bool, Error> {
    const SQL: &str = concat!(
        "INSERT INTO incoming_sms (tenant, ",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (tenant, origin) DO UPDATE SET claimed_at = excluded.claimed_at
        WHERE incoming_sms.outcome IS NULL AND incoming_sms.claimed_at < $12"
    );
    let claimed = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&record.id)
            .bind(&record.origin)
            .bind(&record.own_number)
            .bind(&record.sender)
            .bind(&record.agent)
            .bind(&record.body)
            .bind(&record.outcome)
            .bind(&record.reply)
            .bind(record.received_at)
            .bind(record.claimed_at)
            .bind(stale_before)
    )?;
    Ok(claimed == 1)
}

/// Writes what came of one, and what is answered.
///
/// # Errors
/// The database does not answer.
pub async fn settle(
    tx: &mut WriteTx,
    tenant: i64,
    origin: &str,
    outcome: &str,
    reply: Option<&str>,
) -> Result<(), Error> {
    const SQL: &str = "UPDATE incoming_sms SET outcome = $3, reply = $4 WHERE tenant = $1 AND origin = $2";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(origin).bind(outcome).bind(reply)).map(|_| ())
}

/// The one of this origin.
///
/// # Errors
/// The database does not answer.
pub async fn by_origin(tx: &mut Tx, tenant: i64, origin: &str) -> Result<Option<IncomingRecord>, Error> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM incoming_sms WHERE tenant = $1 AND origin = $2");
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(origin))
}

/// How many of those of a sender that came from an instant on were answered.
///
/// # Errors
/// The database does not answer.
pub async fn replies(tx: &mut Tx, tenant: i64, sender: &str, since: i64) -> Result<i64, Error> {
    const SQL: &str = "SELECT COUNT(*) FROM incoming_sms
        WHERE tenant = $1 AND sender = $2 AND received_at >= $3 AND reply IS NOT NULL";
    sql!(tx, fetch_one, sqlx::query_scalar(SQL).bind(tenant).bind(sender).bind(since))
}

/// A page of them, the newest first, those before `before`.
///
/// # Errors
/// The database does not answer.
pub async fn page(tx: &mut Tx, tenant: i64, before: Option<&str>, limit: i64) -> Result<Vec<IncomingRecord>, Error> {
    const SQL: &str =
        concat!("SELECT ", columns!(), " FROM incoming_sms WHERE tenant = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
    // "~" sorts after every id.
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(before.unwrap_or("~")).bind(limit))
}

/// Forgets those that came before an instant, so many at most; answers how many.
///
/// # Errors
/// The database does not answer.
pub async fn forget(tx: &mut WriteTx, tenant: i64, before: i64, limit: i64) -> Result<u64, Error> {
    const SQL: &str = "DELETE FROM incoming_sms WHERE tenant = $1 AND id IN (SELECT id FROM incoming_sms
        WHERE tenant = $1 AND received_at < $2 ORDER BY id LIMIT $3)";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(before).bind(limit))
}
