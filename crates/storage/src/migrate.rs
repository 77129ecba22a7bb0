use std::borrow::Cow;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr};

use crate::Engine;

/// Number, name and text of every migration; the texts serve both engines.
const MIGRATIONS: &[(i64, &str, &str)] = &[(1, "foundation", include_str!("../migrations/0001_foundation.sql"))];

/// What PostgreSQL lacks of what the common texts use: `json_each` over a text, as SQLite has it.
const POSTGRES: &str = include_str!("../migrations/postgres.sql");

/// The migrations for an engine.
pub(crate) fn migrator(engine: Engine) -> Migrator {
    let common = MIGRATIONS.iter().map(|(number, name, text)| migration(*number, name, rendered(text, engine)));
    let own = (engine == Engine::Postgres).then(|| migration(0, "postgres", POSTGRES.to_owned()));
    Migrator::with_migrations(own.into_iter().chain(common).collect())
}

fn migration(number: i64, name: &'static str, text: String) -> Migration {
    let text = AssertSqlSafe(text).into_sql_str();
    Migration::new(number, Cow::Borrowed(name), MigrationType::Simple, text, false)
}

fn rendered(text: &str, engine: Engine) -> String {
    let (id, by_key) = match engine {
        Engine::Sqlite => ("TEXT", "WITHOUT ROWID"),
        Engine::Postgres => ("TEXT COLLATE \"C\"", ""),
    };
    text.replace("{id}", id).replace("{by_key}", by_key)
}
