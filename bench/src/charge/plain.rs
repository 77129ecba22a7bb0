//! The reference on SQLite: the rows of the same operations, each made durable by itself, by prepared statements of plain SQL. It decides
//! nothing but whether the account has enough.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, ensure};
use sqlx::sqlite::{SqliteConnection, SqliteQueryResult};
use sqlx::{AssertSqlSafe, Connection};
use tokio::sync::Mutex;

use super::workload::Charging;
use crate::crowd;
use crate::databases::{self, Database};
use crate::figures::Result;

/// Plain SQL on a SQLite file with the crowd's accounts. Its rows are those of a call that Tollgate has charged, for other calls.
pub(crate) struct Plain {
    connection: Mutex<SqliteConnection>,
    /// What is set aside for a call.
    held: i64,
    /// What a call costs.
    total: i64,
}

/// A call that was authorized.
pub(crate) struct Opened {
    call: String,
    customer: String,
}

/// The sample is in memory: to read it costs less than to hand over its values again.
const SAMPLE: &str = "CREATE TEMP TABLE sample AS SELECT * FROM source.calls WHERE id = $1";
const SAMPLE_ENTRIES: &str = "CREATE TEMP TABLE sample_entries AS SELECT * FROM source.entries WHERE reference = $1";

const OPEN: &str =
    "INSERT INTO calls (tenant, id, origin, state, direction, from_number, to_number, customer, line, session, owner,
        plan_version, deck_version, currency, started_at, recorded_at, held, granted_until, seen_at, wakes_at, version)
    SELECT tenant, $1, $2, 'live', direction, from_number, to_number, $3, $4, session, owner,
        plan_version, deck_version, currency, $5, $5, $6, $5 + 60000, $5, $5 + 60000, 1 FROM sample";
const HOLD: &str = "UPDATE accounts SET held = held + $2
    WHERE tenant = 1 AND account = $1 AND currency = 'USD' AND balance + credit_limit - held >= $2";
const CLOSE: &str =
    "UPDATE calls SET (state, session, answered_at, ended_at, duration_ms, disposition, cause, price_source, total,
        tax, agent_part, allowance_seconds, charge, held, granted_until, seen_at, wakes_at, version)
    = (SELECT state, session, $2, $2, duration_ms, disposition, cause, price_source, total,
        tax, agent_part, allowance_seconds, charge, 0, NULL, $2, NULL, 2 FROM sample)
    WHERE tenant = 1 AND id = $1 AND version = 1";
const POST: &str = "INSERT INTO entries
        (tenant, key, posted_at, kind, from_account, to_account, currency, amount, reference, customer, promotional)
    SELECT tenant, $1 || substr(key, length(reference) + 1), $3, kind, $2, to_account, currency, amount, $1, $2, promotional
    FROM sample_entries";
const CHARGE: &str = "UPDATE accounts SET balance = balance - $2, held = held - $3
    WHERE tenant = 1 AND account = $1 AND currency = 'USD'";

impl Plain {
    /// Plain SQL on the target, by the example of a call that the source has: the last one that cost something.
    pub(crate) async fn open(source: &Database, target: &Database) -> Result<Plain> {
        let files = source.file().zip(target.file());
        let (source, target) = files.context("plain SQLite needs files")?;
        let mut connection = databases::open(target).await?;
        let attach = AssertSqlSafe(format!("ATTACH '{}' AS source", source.display()));
        sqlx::raw_sql(attach).execute(&mut connection).await?;
        let last = "SELECT id, total FROM source.calls WHERE total > 0 ORDER BY id DESC LIMIT 1";
        let (call, total): (String, i64) = sqlx::query_as(last).fetch_one(&mut connection).await?;
        for sample in [SAMPLE, SAMPLE_ENTRIES] {
            sqlx::query(sample).bind(&call).execute(&mut connection).await?;
        }
        sqlx::raw_sql("DETACH source").execute(&mut connection).await?;
        Ok(Plain { connection: Mutex::new(connection), held: total, total })
    }
}

impl Charging for Plain {
    type Session = Opened;

    async fn authorize(&self, account: usize, number: u64) -> Result<Opened> {
        let opened = Opened { call: format!("call_{number:026}"), customer: crowd::customer(account) };
        let (origin, line, now) = (format!("bench:{number}"), crowd::line(account), now()?);
        let mut connection = self.connection.lock().await;
        let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
        let open = sqlx::query(OPEN).bind(&opened.call).bind(&origin).bind(&opened.customer).bind(&line);
        one(open.bind(now).bind(self.held).execute(&mut *tx).await?)?;
        one(sqlx::query(HOLD).bind(&opened.customer).bind(self.held).execute(&mut *tx).await?)?;
        tx.commit().await?;
        Ok(opened)
    }

    async fn settle(&self, Opened { call, customer }: Opened) -> Result<()> {
        let now = now()?;
        let mut connection = self.connection.lock().await;
        let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
        one(sqlx::query(CLOSE).bind(&call).bind(now).execute(&mut *tx).await?)?;
        sqlx::query(POST).bind(&call).bind(&customer).bind(now).execute(&mut *tx).await?;
        let charge = sqlx::query(CHARGE).bind(&customer).bind(self.total).bind(self.held);
        one(charge.execute(&mut *tx).await?)?;
        Ok(tx.commit().await?)
    }
}

/// Exactly one row was written.
fn one(done: SqliteQueryResult) -> Result<()> {
    ensure!(done.rows_affected() == 1, "{} rows were written, not one", done.rows_affected());
    Ok(())
}

fn now() -> Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?)
}
