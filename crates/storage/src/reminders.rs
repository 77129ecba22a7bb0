//! Reminders: what agents were told of their shifts.

use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// What an agent was told of its shifts of a date.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ReminderRecord {
    /// The date, in days since 1970.
    pub date: i64,
    /// The agent.
    pub agent: String,
    /// `waiting`, `sent`, `failed`, `opted_out` or `no_address`.
    pub state: String,
    /// What it was told last: JSON.
    pub told: String,
    /// How often it was to be told of something.
    pub times: i64,
    /// Why the mail failed.
    pub reason: Option<String>,
    /// When it was decided what the agent is told.
    pub told_at: i64,
    /// When the last mail was sent.
    pub sent_at: Option<i64>,
}

/// Which mail of a reminder is meant.
#[derive(Debug, Clone, Copy)]
pub struct Telling<'a> {
    /// The date, in days since 1970.
    pub date: i64,
    /// The agent.
    pub agent: &'a str,
    /// The number of the mail.
    pub times: i64,
}

const COLUMNS: &str = "date, agent, state, told, times, reason, told_at, sent_at";

/// Has other transactions that would tell agents of this tenant wait until this one ends.
///
/// # Errors
/// The database does not answer.
pub async fn lock(tx: &mut WriteTx, tenant: i64) -> Result<(), Error> {
    const SQL: &str = "UPDATE tenants SET tenant = tenant WHERE tenant = $1";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant)).map(|_| ())
}

/// Writes what an agent is told for the first time; `false` if it is there.
///
/// # Errors
/// The database does not answer.
pub async fn insert_new(tx: &mut WriteTx, tenant: i64, record: &ReminderRecord) -> Result<bool, Error> {
    const SQL: &str = "INSERT INTO reminders (tenant, date, agent, state, told, times, told_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    let inserted = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(record.date)
            .bind(&record.agent)
            .bind(&record.state)
            .bind(&record.told)
            .bind(record.times)
            .bind(record.told_at)
    )?;
    Ok(inserted == 1)
}

/// Replaces what an agent was told, if nobody has since the time before; says whether nobody had.
///
/// # Errors
/// The database does not answer.
pub async fn update(tx: &mut WriteTx, tenant: i64, record: &ReminderRecord) -> Result<bool, Error> {
    const SQL: &str =
        "UPDATE reminders SET state = $4, told = $5, times = $6, told_at = $7, reason = NULL, sent_at = NULL
        WHERE tenant = $1 AND date = $2 AND agent = $3 AND times = $6 - 1";
    let updated = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(tenant)
            .bind(record.date)
            .bind(&record.agent)
            .bind(&record.state)
            .bind(&record.told)
            .bind(record.times)
            .bind(record.told_at)
    )?;
    Ok(updated == 1)
}

/// Writes down what became of a mail, unless a later one is under way: that it was sent, or why it never will be.
///
/// # Errors
/// The database does not answer.
pub async fn settle(
    tx: &mut WriteTx,
    tenant: i64,
    telling: Telling<'_>,
    at: i64,
    failure: Option<&str>,
) -> Result<(), Error> {
    const SQL: &str = "UPDATE reminders SET state = CASE WHEN $6 IS NULL THEN 'sent' ELSE 'failed' END, reason = $6,
            sent_at = CASE WHEN $6 IS NULL THEN $5 ELSE NULL END
        WHERE tenant = $1 AND date = $2 AND agent = $3 AND times = $4";
    let Telling { date, agent, times } = telling;
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(date).bind(agent).bind(times).bind(at).bind(failure))
        .map(|_| ())
}

/// Writes down that an agent knows what has changed, since it was told so in another way: what it was told last is this. Nothing of one who was told
/// nothing yet, or whose mail is not sent.
///
/// # Errors
/// The database does not answer.
pub async fn knows(tx: &mut WriteTx, tenant: i64, (date, agent): (i64, &str), told: &str) -> Result<(), Error> {
    const SQL: &str =
        "UPDATE reminders SET told = $4 WHERE tenant = $1 AND date = $2 AND agent = $3 AND state = 'sent'";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(date).bind(agent).bind(told)).map(|_| ())
}

/// What was told of the dates between two, both included: the first date first, and by agent.
///
/// # Errors
/// The database does not answer.
pub async fn of_dates(tx: &mut Tx, tenant: i64, (first, last): (i64, i64)) -> Result<Vec<ReminderRecord>, Error> {
    let text =
        format!("SELECT {COLUMNS} FROM reminders WHERE tenant = $1 AND date BETWEEN $2 AND $3 ORDER BY date, agent");
    sql!(tx, fetch_all, sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(tenant).bind(first).bind(last))
}

/// Forgets what was told of dates before one, so much at most; answers how much.
///
/// # Errors
/// The database does not answer.
pub async fn forget(tx: &mut WriteTx, tenant: i64, before: i64, limit: i64) -> Result<u64, Error> {
    const SQL: &str = "DELETE FROM reminders WHERE tenant = $1 AND (date, agent) IN (SELECT date, agent FROM reminders
        WHERE tenant = $1 AND date < $2 ORDER BY date, agent LIMIT $3)";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(before).bind(limit))
}
