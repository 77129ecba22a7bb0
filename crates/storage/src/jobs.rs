//! Work to be done later: rows that workers take on a lease.

use serde::Serialize;

use crate::batch::insert_new;
use crate::transaction::sql;
use crate::{Engine, Error, Tx, WriteTx};

/// A job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct JobRecord {
    /// The tenant.
    pub tenant: i64,
    /// Its id.
    pub id: String,
    /// Who can do it.
    pub kind: String,
    /// What caused it; no cause makes two.
    pub key: String,
    /// What is to be done, as JSON; empty once it is done.
    pub payload: String,
    /// `pending`, `done` or `failed`.
    pub state: String,
    /// From when on a pending one may be taken; for one that somebody works on, the end of the lease.
    pub due_at: i64,
    /// How often it was taken.
    pub attempts: i64,
    /// Who works on it.
    pub leased_by: Option<String>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// What there is to say of one that is done.
    pub outcome: Option<String>,
    /// When it was written down.
    pub created_at: i64,
    /// When it was done, or given up.
    pub finished_at: Option<i64>,
}

/// The right to work on a job, and to say what has become of it.
#[derive(Debug, Clone, Copy)]
pub struct Lease<'a> {
    /// The tenant.
    pub tenant: i64,
    /// The job.
    pub id: &'a str,
    /// Who took it.
    pub worker: &'a str,
    /// The number of the attempt.
    pub attempt: i64,
}

/// Which jobs somebody wants to work on.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Of this kind, of whichever tenant.
    pub kind: &'a str,
    /// But not these: whoever asks works on them already, even if their leases have ended.
    pub except: &'a [&'a str],
    /// So many at most.
    pub limit: i64,
}

/// The columns in the order of the record.
macro_rules! columns {
    () => {
        "tenant, id, kind, key, payload, state, due_at, attempts, leased_by, last_error, outcome, created_at, finished_at"
    };
}

/// Writes the jobs whose keys are new in the tenant, and answers those keys.
///
/// # Errors
/// The database does not answer.
pub async fn insert_new(tx: &mut WriteTx, tenant: i64, jobs: &[JobRecord]) -> Result<Vec<String>, Error> {
    insert_new!(
        tx, tenant, jobs, into "jobs", key "key",
        text: id kind key payload state leased_by last_error outcome,
        number: due_at attempts created_at finished_at
    )
}

/// When the first of the wanted jobs is due (their limit is not looked at).
///
/// # Errors
/// The database does not answer.
pub async fn next_due(tx: &mut Tx, wanted: Wanted<'_>) -> Result<Option<i64>, Error> {
    const SQL: &str = "SELECT due_at FROM jobs WHERE state = 'pending' AND kind = $1
        AND id NOT IN (SELECT value ->> 0 FROM json_each($2)) ORDER BY due_at LIMIT 1";
    let except = tx.json(&listed(wanted.except))?;
    sql!(tx, fetch_optional, sqlx::query_scalar(SQL).bind(wanted.kind).bind(&except))
}

/// The jobs of a kind that wait for their time, or that somebody works on.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct WaitingJobs {
    /// Who can do them.
    pub kind: String,
    /// How many there are.
    pub count: i64,
    /// When the first of them is due.
    pub first_due_at: i64,
}

/// The jobs of all tenants that wait for their time, or that somebody works on, by kind.
///
/// # Errors
/// The database does not answer.
pub async fn waiting_by_kind(tx: &mut Tx) -> Result<Vec<WaitingJobs>, Error> {
    const SQL: &str = "SELECT kind, COUNT(*) AS count, MIN(due_at) AS first_due_at FROM jobs
        WHERE state = 'pending' GROUP BY kind ORDER BY kind";
    sql!(tx, fetch_all, sqlx::query_as(SQL))
}

/// Which of the wanted jobs are due; on PostgreSQL those that another worker takes at this moment are passed over.
macro_rules! due {
    ($columns:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM jobs WHERE state = 'pending' AND kind = $1 AND due_at <= $2
            AND id NOT IN (SELECT value ->> 0 FROM json_each($3)) ORDER BY due_at LIMIT $4"
        )
    };
}

/// Takes wanted jobs that are due at `now`, the longest due first, on a lease.
///
/// # Errors
/// The database does not answer.
pub async fn claim(
    tx: &mut WriteTx,
    wanted: Wanted<'_>,
    worker: &str,
    now: i64,
    leased_until: i64,
) -> Result<Vec<JobRecord>, Error> {
    const SQLITE: &str = concat!(
        "UPDATE jobs SET due_at = $5, leased_by = $6, attempts = attempts + 1 WHERE rowid IN (",
        due!("rowid"),
        ") RETURNING ",
        columns!()
    );
    // PostgreSQL searches an index for each of an array, whatever it believes about the table.
    const POSTGRES: &str = concat!(
        "WITH due AS MATERIALIZED (",
        due!("tenant, id"),
        " FOR UPDATE SKIP LOCKED) UPDATE jobs SET due_at = $5, leased_by = $6, attempts = attempts + 1
        WHERE tenant = ANY (ARRAY(SELECT tenant FROM due)) AND id = ANY (ARRAY(SELECT id FROM due)) RETURNING ",
        columns!()
    );
    let text = if tx.engine() == Engine::Postgres { POSTGRES } else { SQLITE };
    let except = tx.json(&listed(wanted.except))?;
    sql!(
        tx,
        fetch_all,
        sqlx::query_as(text)
            .bind(wanted.kind)
            .bind(now)
            .bind(&except)
            .bind(wanted.limit)
            .bind(leased_until)
            .bind(worker)
    )
}

fn listed<'a>(ids: &[&'a str]) -> Vec<[&'a str; 1]> {
    ids.iter().map(|id| [*id]).collect()
}

/// A change of a job by who holds its lease: says whether the lease is held still. The values are numbered from $5.
macro_rules! by_holder {
    ($tx:expr, $lease:expr, $change:literal, $($value:expr),+) => {{
        const SQL: &str = concat!(
            "UPDATE jobs SET ", $change,
            " WHERE tenant = $1 AND id = $2 AND leased_by = $3 AND attempts = $4 AND state = 'pending'"
        );
        let Lease { tenant, id, worker, attempt } = $lease;
        let changed = sql!(
            $tx,
            execute,
            sqlx::query(SQL).bind(tenant).bind(id).bind(worker).bind(attempt)$(.bind($value))+
        );
        changed.map(|rows| rows == 1)
    }};
}

/// Makes a lease longer; `false` if it was lost.
///
/// # Errors
/// The database does not answer.
pub async fn renew(tx: &mut WriteTx, lease: Lease<'_>, until: i64) -> Result<bool, Error> {
    by_holder!(tx, lease, "due_at = $5", until)
}

/// The job is done, with what there is to say of it; what was to be done is forgotten. `false` if the lease was lost.
///
/// # Errors
/// The database does not answer.
pub async fn finish(tx: &mut WriteTx, lease: Lease<'_>, at: i64, outcome: Option<&str>) -> Result<bool, Error> {
    by_holder!(
        tx,
        lease,
        "state = 'done', payload = '', leased_by = NULL, last_error = NULL, finished_at = $5, outcome = $6",
        at,
        outcome
    )
}

/// The attempt failed: the job is due again at `due_at`. `false` if the lease was lost.
///
/// # Errors
/// The database does not answer.
pub async fn retry(tx: &mut WriteTx, lease: Lease<'_>, due_at: i64, reason: &str) -> Result<bool, Error> {
    by_holder!(tx, lease, "leased_by = NULL, due_at = $5, last_error = $6", due_at, reason)
}

/// The job is given up; `false` if the lease was lost.
///
/// # Errors
/// The database does not answer.
pub async fn fail(tx: &mut WriteTx, lease: Lease<'_>, at: i64, reason: &str) -> Result<bool, Error> {
    by_holder!(tx, lease, "state = 'failed', leased_by = NULL, finished_at = $5, last_error = $6", at, reason)
}

/// Gives the job back as though it had not been taken; `false` if the lease was lost.
///
/// # Errors
/// The database does not answer.
pub async fn give_back(tx: &mut WriteTx, lease: Lease<'_>, due_at: i64) -> Result<bool, Error> {
    by_holder!(tx, lease, "leased_by = NULL, due_at = $5, attempts = attempts - 1", due_at)
}

/// Whether a job of this kind is due that nobody has taken. It stays so until the transaction ends: what the transaction changes, the job will see.
///
/// # Errors
/// The database does not answer.
pub async fn is_waiting(tx: &mut WriteTx, tenant: i64, kind: &str, now: i64) -> Result<bool, Error> {
    const SQLITE: &str =
        "SELECT id FROM jobs WHERE tenant = $1 AND kind = $2 AND state = 'pending' AND leased_by IS NULL
        AND due_at <= $3 LIMIT 1";
    const POSTGRES: &str =
        "SELECT id FROM jobs WHERE tenant = $1 AND kind = $2 AND state = 'pending' AND leased_by IS NULL
        AND due_at <= $3 LIMIT 1 FOR UPDATE SKIP LOCKED";
    let text = if tx.engine() == Engine::Postgres { POSTGRES } else { SQLITE };
    let found: Option<String> = sql!(tx, fetch_optional, sqlx::query_scalar(text).bind(tenant).bind(kind).bind(now))?;
    Ok(found.is_some())
}

/// The job with this key.
///
/// # Errors
/// The database does not answer.
pub async fn id_of(tx: &mut Tx, tenant: i64, key: &str) -> Result<Option<String>, Error> {
    const SQL: &str = "SELECT id FROM jobs WHERE tenant = $1 AND key = $2";
    sql!(tx, fetch_optional, sqlx::query_scalar(SQL).bind(tenant).bind(key))
}

/// One job.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<JobRecord>, Error> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM jobs WHERE tenant = $1 AND id = $2");
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// A page of jobs, the newest first, those before `before`: all, or those that are `waiting`, `running`, `done` or `failed`.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    tx: &mut Tx,
    tenant: i64,
    state: Option<&str>,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<JobRecord>, Error> {
    const ALL: &str =
        concat!("SELECT ", columns!(), " FROM jobs WHERE tenant = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
    const SOME: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM jobs WHERE tenant = $1 AND state = $4 AND id < $2
            AND CASE WHEN leased_by IS NULL THEN 0 ELSE 1 END = $5 ORDER BY id DESC LIMIT $3"
    );
    // "~" sorts after every id.
    let before = before.unwrap_or("~");
    match state {
        None => sql!(tx, fetch_all, sqlx::query_as(ALL).bind(tenant).bind(before).bind(limit)),
        Some(state) => {
            // Whoever works on a job has leased it.
            let (state, leased): (&str, i32) = match state {
                "waiting" => ("pending", 0),
                "running" => ("pending", 1),
                other => (other, 0),
            };
            sql!(tx, fetch_all, sqlx::query_as(SOME).bind(tenant).bind(before).bind(limit).bind(state).bind(leased))
        }
    }
}

/// Makes a job that was given up, or waits for its next attempt, due at `due_at` with all attempts before it; `false` if it is
/// done, somebody works on it, or there is none.
///
/// # Errors
/// The database does not answer.
pub async fn run_again(tx: &mut WriteTx, tenant: i64, id: &str, due_at: i64) -> Result<bool, Error> {
    const SQL: &str = "UPDATE jobs SET state = 'pending', due_at = $3, attempts = 0, finished_at = NULL
        WHERE tenant = $1 AND id = $2 AND leased_by IS NULL AND state <> 'done'";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(id).bind(due_at))? == 1)
}

/// How many jobs of a kind whose keys begin like this wait.
///
/// # Errors
/// The database does not answer.
pub async fn waiting(tx: &mut Tx, tenant: i64, kind: &str, keys: &str) -> Result<i64, Error> {
    // "~" sorts after all that follows in a key.
    const SQL: &str = "SELECT COUNT(*) FROM jobs
        WHERE tenant = $1 AND kind = $2 AND state = 'pending' AND key > $3 AND key < $4";
    let end = format!("{keys}~");
    sql!(tx, fetch_one, sqlx::query_scalar(SQL).bind(tenant).bind(kind).bind(keys).bind(&end))
}

/// Replaces what a job is to do.
///
/// # Errors
/// The database does not answer.
pub async fn set_payload(tx: &mut WriteTx, tenant: i64, id: &str, payload: &str) -> Result<(), Error> {
    const SQL: &str = "UPDATE jobs SET payload = $3 WHERE tenant = $1 AND id = $2";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(id).bind(payload)).map(|_| ())
}

/// Forgets a tenant's jobs that were given up before an instant, so many at most; answers how many.
///
/// # Errors
/// The database does not answer.
pub async fn forget_failed(tx: &mut WriteTx, tenant: i64, before: i64, limit: i64) -> Result<u64, Error> {
    const SQL: &str = "DELETE FROM jobs WHERE tenant = $1 AND id IN (SELECT old.id FROM jobs old
        WHERE old.tenant = $1 AND old.state = 'failed' AND old.finished_at < $2 ORDER BY old.id LIMIT $3)";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(before).bind(limit))
}

/// Forgets a tenant's jobs that were done before an instant, so many at most; answers how many.
///
/// # Errors
/// The database does not answer.
pub async fn forget_done(tx: &mut WriteTx, tenant: i64, before: i64, limit: i64) -> Result<u64, Error> {
    const SQL: &str = "DELETE FROM jobs WHERE tenant = $1 AND id IN (SELECT old.id FROM jobs old
        WHERE old.tenant = $1 AND old.state = 'done' AND old.finished_at < $2 ORDER BY old.finished_at LIMIT $3)";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(before).bind(limit))
}

/// Forgets a tenant's jobs whose keys begin with this and a slash, but for those that somebody works on.
///
/// # Errors
/// The database does not answer.
pub async fn forget_of(tx: &mut WriteTx, tenant: i64, key: &str) -> Result<u64, Error> {
    // The character after the slash is the zero.
    const SQL: &str = "DELETE FROM jobs WHERE tenant = $1 AND key > $2 AND key < $3 AND leased_by IS NULL";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(format!("{key}/")).bind(format!("{key}0")))
}
