//! Short messages that are sent.

use std::fmt;

use crate::batch::among;
use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A short message that is sent.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SmsRecord {
    /// Its id.
    pub id: String,
    /// What caused it: no cause makes two of a tenant.
    pub cause: String,
    /// The number that it is from.
    pub own_number: String,
    /// The number that it is to.
    pub other_number: String,
    /// What it says.
    pub body: String,
    /// What it is about: JSON.
    pub about: String,
    /// How far it is, by the name of the state.
    pub state: String,
    /// What the carrier calls it.
    pub carrier_id: Option<String>,
    /// Why it was not sent or did not arrive, by the carrier's list of errors.
    pub code: Option<i64>,
    /// The same in words.
    pub reason: Option<String>,
    /// When it was written.
    pub created_at: i64,
    /// When its state changed last.
    pub changed_at: i64,
}

/// What is written is between two people: no log prints it.
impl fmt::Debug for SmsRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, cause, state, code, .. } = self;
        write!(f, "SmsRecord({id} by {cause}, {state}, {code:?})")
    }
}

macro_rules! columns {
    () => {
        "id, cause, own_number, other_number, body, about, state, carrier_id, code, reason, created_at, changed_at"
    };
}

/// Adds a short message; `false` if there is one of its cause.
///
/// # Errors
/// The database does not answer.
pub async fn insert_new(tx: &mut WriteTx, tenant: i64, record: &SmsRecord) -> Result<bool, Error> {
    const SQL: &str = concat!(
        "INSERT INTO sms (tenant, ",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (tenant, cause) DO NOTHING"
    );
    let inserted = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&record.id)
            .bind(&record.cause)
            .bind(&record.own_number)
            .bind(&record.other_number)
            .bind(&record.body)
            .bind(&record.about)
            .bind(&record.state)
            .bind(&record.carrier_id)
            .bind(record.code)
            .bind(&record.reason)
            .bind(record.created_at)
            .bind(record.changed_at)
    )?;
    Ok(inserted == 1)
}

/// One short message.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<SmsRecord>, Error> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM sms WHERE tenant = $1 AND id = $2");
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// The same, locked until the transaction ends.
///
/// # Errors
/// The database does not answer.
pub async fn lock(tx: &mut WriteTx, tenant: i64, id: &str) -> Result<Option<SmsRecord>, Error> {
    // SQLite's one writer needs no lock of rows.
    const SQLITE: &str = concat!("SELECT ", columns!(), " FROM sms WHERE tenant = $1 AND id = $2");
    const POSTGRES: &str = concat!("SELECT ", columns!(), " FROM sms WHERE tenant = $1 AND id = $2 FOR UPDATE");
    let text = if tx.engine() == crate::Engine::Postgres { POSTGRES } else { SQLITE };
    sql!(tx, fetch_optional, sqlx::query_as(text).bind(tenant).bind(id))
}

/// Writes how far a short message is, which is locked.
///
/// # Errors
/// The database does not answer.
pub async fn stand(tx: &mut WriteTx, tenant: i64, record: &SmsRecord) -> Result<(), Error> {
    const SQL: &str = "UPDATE sms SET state = $3, carrier_id = $4, code = $5, reason = $6, changed_at = $7
        WHERE tenant = $1 AND id = $2";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(&record.id)
            .bind(&record.state)
            .bind(&record.carrier_id)
            .bind(record.code)
            .bind(&record.reason)
            .bind(record.changed_at)
    )
    .map(|_| ())
}

/// Those of some causes that there are, in no order.
///
/// # Errors
/// The database does not answer.
pub async fn of_causes(tx: &mut Tx, tenant: i64, causes: &[&str]) -> Result<Vec<SmsRecord>, Error> {
    let text = |some: &str| format!(concat!("SELECT ", columns!(), " FROM sms WHERE tenant = $1 AND cause {}"), some);
    among!(tx, query_as, tenant, causes, text("IN (SELECT value ->> 0 FROM json_each($2))"), text("= ANY ($2)"))
}

/// A page of short messages, of one state or of all, the newest first, those before `before`.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    tx: &mut Tx,
    tenant: i64,
    state: Option<&str>,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<SmsRecord>, Error> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM sms WHERE tenant = $1 AND id < $2 AND ($3 = '' OR state = $3) ORDER BY id DESC LIMIT $4"
    );
    // "~" sorts after every id.
    let (before, state) = (before.unwrap_or("~"), state.unwrap_or_default());
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(before).bind(state).bind(limit))
}

/// Forgets those that were written before an instant, so many at most; answers how many.
///
/// # Errors
/// The database does not answer.
pub async fn forget(tx: &mut WriteTx, tenant: i64, before: i64, limit: i64) -> Result<u64, Error> {
    const SQL: &str = "DELETE FROM sms WHERE tenant = $1 AND id IN (SELECT id FROM sms
        WHERE tenant = $1 AND created_at < $2 ORDER BY id LIMIT $3)";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(before).bind(limit))
}
