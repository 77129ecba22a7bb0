use std::borrow::Cow;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection as _, PgPool, SqlSafeStr, SqlitePool};

use crate::transaction::Connection;
use crate::{Engine, Error, WriteTx};

/// Number, name and text of every migration; the texts serve both engines.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "foundation", include_str!("../migrations/0001_foundation.sql")),
    (2, "jobs", include_str!("../migrations/0002_jobs.sql")),
    (3, "included", include_str!("../migrations/0003_included.sql")),
    (4, "billing", include_str!("../migrations/0004_billing.sql")),
    (6, "job_outcome", include_str!("../migrations/0006_job_outcome.sql")),
    (7, "people", include_str!("../migrations/0007_people.sql")),
    (8, "charging", include_str!("../migrations/0008_charging.sql")),
    (9, "pots", include_str!("../migrations/0009_pots.sql")),
    (10, "events", include_str!("../migrations/0010_events.sql")),
    (11, "hot_path", include_str!("../migrations/0011_hot_path.sql")),
    (13, "limits", include_str!("../migrations/0013_limits.sql")),
    (14, "messages", include_str!("../migrations/0014_messages.sql")),
    (15, "earnings", include_str!("../migrations/0015_earnings.sql")),
    (16, "webhooks", include_str!("../migrations/0016_webhooks.sql")),
    (17, "flows", include_str!("../migrations/0017_flows.sql")),
    (18, "phones", include_str!("../migrations/0018_phones.sql")),
    (19, "portal", include_str!("../migrations/0019_portal.sql")),
    (20, "search", include_str!("../migrations/0020_search.sql")),
    (21, "telephony", include_str!("../migrations/0021_telephony.sql")),
    (22, "recordings", include_str!("../migrations/0022_recordings.sql")),
    (23, "numbers shown outside", include_str!("../migrations/0023_numbers_shown_outside.sql")),
    (24, "carried", include_str!("../migrations/0024_carried.sql")),
    (25, "groups", include_str!("../migrations/0025_groups.sql")),
    (26, "group_calls", include_str!("../migrations/0026_group_calls.sql")),
    (27, "reminders", include_str!("../migrations/0027_reminders.sql")),
    (28, "swaps", include_str!("../migrations/0028_swaps.sql")),
    (29, "calendars", include_str!("../migrations/0029_calendars.sql")),
    (30, "sms", include_str!("../migrations/0030_sms.sql")),
    (31, "privacy", include_str!("../migrations/0031_privacy.sql")),
    (32, "sounds", include_str!("../migrations/0032_sounds.sql")),
    (33, "conversation_numbers", include_str!("../migrations/0033_conversation_numbers.sql")),
    (34, "call_backs", include_str!("../migrations/0034_call_backs.sql")),
    (35, "phone_checks", include_str!("../migrations/0035_phone_checks.sql")),
    (36, "payment_origins", include_str!("../migrations/0036_payment_origins.sql")),
    (37, "vouchers", include_str!("../migrations/0037_vouchers.sql")),
    (38, "checkouts", include_str!("../migrations/0038_checkouts.sql")),
    (39, "payout_files", include_str!("../migrations/0039_payout_files.sql")),
    (40, "bank_files", include_str!("../migrations/0040_bank_files.sql")),
    (41, "months", include_str!("../migrations/0041_months.sql")),
    (42, "automatic_top_ups", include_str!("../migrations/0042_automatic_top_ups.sql")),
    (43, "forgotten_calls", include_str!("../migrations/0043_forgotten_calls.sql")),
    (44, "stretches", include_str!("../migrations/0044_stretches.sql")),
];

/// What only triggers can do, which each engine writes in its own way.
const GUARDS: (i64, &str) = (5, "guards");
const SQLITE_GUARDS: &str = include_str!("../migrations/0005_guards_sqlite.sql");
const POSTGRES_GUARDS: &str = include_str!("../migrations/0005_guards_postgres.sql");

/// What is for PostgreSQL alone. The first is what it lacks of what the common texts use: `json_each` over a text, as SQLite has it.
const POSTGRES: [(i64, &str, &str); 2] = [
    (0, "postgres", include_str!("../migrations/postgres.sql")),
    (12, "hot_path_postgres", include_str!("../migrations/0012_hot_path_postgres.sql")),
];

/// Migrates a SQLite database: all steps in one transaction, which another process waits for.
pub(crate) async fn sqlite(write: &SqlitePool) -> Result<(), Error> {
    let mut tx = write.begin_with(crate::sqlite::BEGIN_WRITING).await?;
    migrator(Engine::Sqlite).run_direct(None, &mut *tx, false).await.map_err(fault)?;
    Ok(tx.commit().await?)
}

/// Migrates a PostgreSQL database, under a lock that the migrator takes. A step may last, and the lock of another program's
/// migration too, so that it has a connection of its own without limits of time.
pub(crate) async fn postgres(pool: &PgPool) -> Result<(), Error> {
    let limits = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"];
    let options = pool.connect_options().as_ref().clone().options(limits.map(|limit| (limit, "0")));
    let mut connection = options.connect().await?;
    let encoding: String = sqlx::query_scalar("SHOW server_encoding").fetch_one(&mut connection).await?;
    if encoding != "UTF8" {
        return Err(Error::Encoding(encoding));
    }
    migrator(Engine::Postgres).run_direct(None, &mut connection, false).await.map_err(fault)?;
    Ok(connection.close().await?)
}

/// Brings the schema up to this number at most, within a transaction: all of it or nothing.
pub(crate) async fn within(tx: &mut WriteTx, number: i64) -> Result<(), Error> {
    let steps = migrator(tx.engine());
    tx.begin_statement().await?;
    match &mut tx.connection {
        Connection::Sqlite(on) => steps.run_direct(Some(number), &mut **on, false).await.map_err(fault)?,
        Connection::Postgres(on) => steps.run_direct(Some(number), &mut **on, false).await.map_err(fault)?,
    }
    tx.noted(Ok(()))
}

/// The number of the last migration that this program has, on either engine.
pub(crate) fn known() -> i64 {
    let all = MIGRATIONS.iter().chain(&POSTGRES).map(|(number, ..)| *number);
    all.chain([GUARDS.0]).max().unwrap_or(0)
}

/// The migrations for an engine.
fn migrator(engine: Engine) -> Migrator {
    let common = MIGRATIONS.iter().map(|(number, name, text)| migration(*number, name, rendered(text, engine)));
    let own = if engine == Engine::Postgres { &POSTGRES[..] } else { &[] };
    let own = own.iter().map(|(number, name, text)| migration(*number, name, (*text).to_owned()));
    let guards = if engine == Engine::Postgres { POSTGRES_GUARDS } else { SQLITE_GUARDS };
    let guards = migration(GUARDS.0, GUARDS.1, guards.to_owned());
    let mut all: Vec<Migration> = own.chain(common).chain([guards]).collect();
    all.sort_by_key(|migration| migration.version);
    Migrator::with_migrations(all)
}

fn migration(number: i64, name: &'static str, text: String) -> Migration {
    let text = AssertSqlSafe(text).into_sql_str();
    Migration::new(number, Cow::Borrowed(name), MigrationType::Simple, text, false)
}

/// The text for an engine. SQLite's strict tables refuse a value of another type: a sum that overflows would else become a
/// floating-point number without a word.
fn rendered(text: &str, engine: Engine) -> String {
    match engine {
        Engine::Sqlite => text
            .replace("{id}", "TEXT")
            .replace("BIGINT", "INTEGER")
            .replace("{bytes}", "BLOB")
            .replace("{by_key}", "STRICT, WITHOUT ROWID")
            .replace("{by_row}", "STRICT"),
        Engine::Postgres => text
            .replace("{id}", "TEXT COLLATE \"C\"")
            .replace("{bytes}", "BYTEA")
            .replace(" {by_key}", "")
            .replace(" {by_row}", ""),
    }
}

fn fault(error: MigrateError) -> Error {
    let known = known();
    match error {
        MigrateError::VersionMissing(found) if found > known => Error::LaterSchema { found, known },
        MigrateError::Execute(error) => Error::from(error),
        other => Error::Migration(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_of_migrations_is_forgotten() {
        let texts: Vec<&str> = MIGRATIONS.iter().chain(&POSTGRES).map(|(.., text)| *text).collect();
        for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap() {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let known = texts.iter().chain(&[SQLITE_GUARDS, POSTGRES_GUARDS]).any(|known| *known == text);
            assert!(known, "{} is not among the steps", path.display());
        }
    }
}
