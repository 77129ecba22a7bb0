//! Calls to groups: who was rung, who has taken them, and what was noted of them.

use serde::Serialize;

use crate::batch::{among, insert};
use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A call to a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct GroupCallRecord {
    /// The origin of the call.
    pub origin: String,
    /// The group that was called.
    pub agent_group: String,
    /// The caller's number, or what stands in its place; empty once it is forgotten.
    pub caller: String,
    /// When it came.
    pub called_at: i64,
    /// When somebody answered.
    pub answered_at: Option<i64>,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// What became of it.
    pub result: String,
    /// Who has taken it.
    pub agent: Option<String>,
    /// Who was rung: JSON.
    pub attempts: String,
    /// The language that the caller chose.
    pub language: Option<String>,
    /// The origin of the call that it answers, where it calls somebody back.
    pub answers: Option<String>,
    /// Who had it placed, where it does.
    pub placed_by: Option<String>,
    /// Counts the changes of its way.
    pub version: i64,
}

/// A call to a group, with what was noted of it afterwards.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct NotedCallRecord {
    /// The call.
    #[sqlx(flatten)]
    pub call: GroupCallRecord,
    /// What was noted.
    pub note: Option<String>,
    /// What came of it, in a word.
    pub outcome: Option<String>,
    /// Who noted it.
    pub noted_by: Option<String>,
    /// Counts how often something was noted.
    pub notes: i64,
}

macro_rules! columns {
    () => {
        "origin, agent_group, caller, called_at, answered_at, ended_at, result, agent, attempts, language, answers, placed_by, version, note, \
         outcome, noted_by, notes"
    };
}

/// Writes down where calls to groups stand, but for those of which something later is written. What was noted of them stays.
///
/// # Errors
/// The database does not answer.
pub async fn save(tx: &mut WriteTx, tenant: i64, calls: &[GroupCallRecord]) -> Result<(), Error> {
    let _: Vec<String> = insert!(
        tx, tenant, calls, into "group_calls",
        conflict "(tenant, origin) DO UPDATE SET answered_at = excluded.answered_at, ended_at = excluded.ended_at,
            result = excluded.result, agent = excluded.agent, attempts = excluded.attempts, language = excluded.language,
            version = excluded.version
            WHERE group_calls.version < excluded.version RETURNING origin",
        text: origin agent_group caller result agent attempts language answers placed_by, number: called_at answered_at ended_at version
    )?;
    Ok(())
}

/// One call.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, origin: &str) -> Result<Option<NotedCallRecord>, Error> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM group_calls WHERE tenant = $1 AND origin = $2");
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(origin))
}

/// The calls to a group that came within a time, the newest first; of those that came at one instant the later origin first.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    tx: &mut Tx,
    (tenant, group): (i64, &str),
    (from, until): (i64, i64),
    before: Option<(i64, &str)>,
    limit: i64,
) -> Result<Vec<NotedCallRecord>, Error> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM group_calls WHERE tenant = $1 AND agent_group = $2 AND called_at >= $3 AND called_at < $4
            AND (called_at < $5 OR called_at = $5 AND origin < $6)
        ORDER BY called_at DESC, origin DESC LIMIT $7"
    );
    let (at, origin) = before.unwrap_or((i64::MAX, ""));
    sql!(
        tx,
        fetch_all,
        sqlx::query_as(SQL).bind(tenant).bind(group).bind(from).bind(until).bind(at).bind(origin).bind(limit)
    )
}

/// The latest calls that an agent has taken, the one that it took last first.
///
/// # Errors
/// The database does not answer.
pub async fn of_agent(tx: &mut Tx, (tenant, agent): (i64, &str), limit: i64) -> Result<Vec<NotedCallRecord>, Error> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM group_calls WHERE tenant = $1 AND agent = $2 AND answered_at IS NOT NULL
        ORDER BY answered_at DESC, origin DESC LIMIT $3"
    );
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(agent).bind(limit))
}

/// Notes something of a call of which so many notes were made; whether there is one.
///
/// # Errors
/// The database does not answer.
pub async fn note(
    tx: &mut WriteTx,
    (tenant, origin): (i64, &str),
    (note, outcome): (Option<&str>, Option<&str>),
    by: &str,
    notes: i64,
) -> Result<bool, Error> {
    const SQL: &str = "UPDATE group_calls SET note = $3, outcome = $4, noted_by = $5, notes = notes + 1
        WHERE tenant = $1 AND origin = $2 AND notes = $6";
    let noted =
        sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(origin).bind(note).bind(outcome).bind(by).bind(notes))?;
    Ok(noted == 1)
}

/// Which of these agents are in a call to a group.
///
/// # Errors
/// The database does not answer.
pub async fn busy_among(tx: &mut Tx, tenant: i64, agents: &[&str]) -> Result<Vec<String>, Error> {
    let text = |some: &str| {
        format!("SELECT DISTINCT agent FROM group_calls WHERE tenant = $1 AND ended_at IS NULL AND agent {some}")
    };
    among!(tx, query_scalar, tenant, agents, text("IN (SELECT value ->> 0 FROM json_each($2))"), text("= ANY ($2)"))
}

/// When these agents last answered a call to a group; nothing of those who never did.
///
/// # Errors
/// The database does not answer.
pub async fn last_answered(tx: &mut Tx, tenant: i64, agents: &[&str]) -> Result<Vec<(String, i64)>, Error> {
    let text = |some: &str| {
        format!(
            "SELECT agent, MAX(answered_at) FROM group_calls
            WHERE tenant = $1 AND answered_at IS NOT NULL AND agent {some} GROUP BY agent"
        )
    };
    among!(tx, query_as, tenant, agents, text("IN (SELECT value ->> 0 FROM json_each($2))"), text("= ANY ($2)"))
}

/// How many calls of a caller came to a group since an instant; those by which it was called back are none.
///
/// # Errors
/// The database does not answer.
pub async fn count_of_caller(
    tx: &mut Tx,
    (tenant, group): (i64, &str),
    caller: &str,
    since: i64,
) -> Result<i64, Error> {
    const SQL: &str = "SELECT COUNT(*) FROM group_calls
        WHERE tenant = $1 AND agent_group = $2 AND called_at >= $4 AND caller = $3 AND answers IS NULL";
    sql!(tx, fetch_one, sqlx::query_scalar(SQL).bind(tenant).bind(group).bind(caller).bind(since))
}

/// The calls by which these were answered, that is, by which who had called was called back: the newest first.
///
/// # Errors
/// The database does not answer.
pub async fn that_answer(tx: &mut Tx, tenant: i64, origins: &[&str]) -> Result<Vec<NotedCallRecord>, Error> {
    let columns = columns!();
    let text = |some: &str| {
        format!(
            "SELECT {columns} FROM group_calls WHERE tenant = $1 AND answers IS NOT NULL AND answers {some}
            ORDER BY called_at DESC, origin DESC"
        )
    };
    among!(tx, query_as, tenant, origins, text("IN (SELECT value ->> 0 FROM json_each($2))"), text("= ANY ($2)"))
}

/// How many calls by which somebody is called back are not over.
///
/// # Errors
/// The database does not answer.
pub async fn count_calling_back(tx: &mut Tx, tenant: i64) -> Result<i64, Error> {
    const SQL: &str = "SELECT COUNT(*) FROM group_calls WHERE tenant = $1 AND ended_at IS NULL AND answers IS NOT NULL";
    sql!(tx, fetch_one, sqlx::query_scalar(SQL).bind(tenant))
}

/// The condition of the index of what can be forgotten of calls to groups.
macro_rules! known {
    () => {
        "(caller <> '' OR note IS NOT NULL OR outcome IS NOT NULL)"
    };
}

/// The groups, whether they are there still or not, of whose calls more is known than is counted.
///
/// # Errors
/// The database does not answer.
pub async fn known_groups(tx: &mut Tx, tenant: i64) -> Result<Vec<String>, Error> {
    const SQL: &str = concat!("SELECT DISTINCT agent_group FROM group_calls WHERE tenant = $1 AND ", known!());
    sql!(tx, fetch_all, sqlx::query_scalar(SQL).bind(tenant))
}

/// Forgets of calls to a group, so many at most, who called, who was rung and has answered, and what was noted; what is counted stays. They
/// came before the first instant and are over, or came before the second and were never said to be; answers how many there were.
///
/// # Errors
/// The database does not answer.
pub async fn forget(
    tx: &mut WriteTx,
    (tenant, group): (i64, &str),
    (over, never_over): (i64, i64),
    limit: i64,
) -> Result<u64, Error> {
    const SQL: &str = concat!(
        "UPDATE group_calls SET caller = '', attempts = '[]', agent = NULL, language = NULL, note = NULL, outcome = NULL,
            noted_by = NULL, placed_by = NULL
        WHERE tenant = $1 AND origin IN (SELECT origin FROM group_calls WHERE tenant = $1 AND agent_group = $2 AND ",
        known!(),
        " AND called_at < $3 AND (ended_at IS NOT NULL OR called_at < $4) ORDER BY called_at LIMIT $5)"
    );
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(group).bind(over).bind(never_over).bind(limit))
}

/// Calls to a group that came within a quarter of an hour, with one result.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct QuarterRecord {
    /// Which quarter: how many of them began before it since 1970, in UTC. The hours of all clocks are made of whole ones.
    pub quarter: i64,
    /// What became of the calls.
    pub result: String,
    /// How many there are.
    pub calls: i64,
}

/// How many calls to a group came in each quarter of an hour within a time, by what became of them; the first quarter first.
///
/// # Errors
/// The database does not answer.
pub async fn quarters(
    tx: &mut Tx,
    (tenant, group): (i64, &str),
    (from, until): (i64, i64),
) -> Result<Vec<QuarterRecord>, Error> {
    const SQL: &str = "SELECT called_at / 900000 AS quarter, result, COUNT(*) AS calls FROM group_calls
        WHERE tenant = $1 AND agent_group = $2 AND called_at >= $3 AND called_at < $4 AND answers IS NULL
        GROUP BY 1, 2 ORDER BY 1, 2";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(group).bind(from).bind(until))
}

/// After how many seconds the calls to a group that came within a time were answered, each begun second counted, and how many calls were; the
/// shortest first.
///
/// # Errors
/// The database does not answer.
pub async fn times_to_answer(
    tx: &mut Tx,
    (tenant, group): (i64, &str),
    (from, until): (i64, i64),
) -> Result<Vec<(i64, i64)>, Error> {
    const SQL: &str = "SELECT (answered_at - called_at + 999) / 1000 AS seconds, COUNT(*) AS calls FROM group_calls
        WHERE tenant = $1 AND agent_group = $2 AND called_at >= $3 AND called_at < $4 AND answered_at IS NOT NULL AND answers IS NULL
        GROUP BY 1 ORDER BY 1";
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(group).bind(from).bind(until))
}
