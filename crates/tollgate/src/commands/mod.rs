//! The commands.

pub(crate) mod backup;
pub(crate) mod bill;
pub(crate) mod check;
pub(crate) mod doctor;
pub(crate) mod import;
pub(crate) mod key;
pub(crate) mod migrate;
pub(crate) mod phone;
pub(crate) mod quote;
pub(crate) mod reminders;
pub(crate) mod rerate;
pub(crate) mod serve;
pub(crate) mod simulate;
pub(crate) mod templates;
pub(crate) mod tenant;
pub(crate) mod user;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use engine::{Actor, Clock, Engine, SystemClock};
use storage::Store;

use crate::config::Config;

/// Writes to standard output. A reader that has gone away (`tollgate ... | head`) is not an error.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// Writes to standard error.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "tollgate: {text}");
}

/// Writes a value as JSON to standard output.
pub(crate) fn say_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    say(&serde_json::to_string_pretty(value)?);
    Ok(())
}

/// Opens the database and brings its schema up to this version.
pub(crate) async fn open(address: &str) -> anyhow::Result<Store> {
    let store = Store::open(address).await.context("cannot open the database")?;
    store.migrate().await.context("cannot bring the database up to this version")?;
    Ok(store)
}

/// An error with its causes on one line: "what: why: why". A cause that only says again what stands there already is left out.
pub(crate) fn with_causes(error: &anyhow::Error) -> String {
    error.chain().fold(String::new(), |told, cause| match cause.to_string() {
        cause if told.is_empty() => cause,
        cause if told.contains(&cause) => told,
        cause => format!("{told}: {cause}"),
    })
}

/// Refuses a SQLite database that is not there: opening it would make an empty one.
pub(crate) fn expect_database(config: &Config) -> anyhow::Result<()> {
    if let Some(file) = config.database_url.strip_prefix("sqlite://")
        && !Path::new(file).exists()
    {
        bail!("there is no database at {file}: name it with --database-url, or make one with tollgate tenant create");
    }
    Ok(())
}

/// The engine on the configured database, and the program itself as the actor in the tenant that it works on.
pub(crate) async fn engine_and_actor(config: &Config) -> anyhow::Result<(Engine, Actor)> {
    expect_database(config)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let engine = Engine::new(open(&config.database_url).await?, clock);
    let actor = actor(&engine, config.tenant).await?;
    Ok((engine, actor))
}

async fn actor(engine: &Engine, named: Option<i64>) -> anyhow::Result<Actor> {
    let tenants = engine::tenants::all(engine).await?;
    let tenant = match (named, tenants.as_slice()) {
        (Some(number), _) => match tenants.iter().find(|tenant| tenant.tenant == number) {
            Some(tenant) => tenant.tenant,
            None => bail!("there is no tenant {number}; see tollgate tenant list"),
        },
        (None, [only]) => only.tenant,
        (None, []) => bail!("the database has no tenant yet: make one with tollgate tenant create"),
        (None, _) => bail!("the database has several tenants: name one with --tenant; see tollgate tenant list"),
    };
    Ok(Actor::program(tenant, "cli"))
}

/// `tollgate openapi`.
pub(crate) fn openapi() -> anyhow::Result<ExitCode> {
    say_json(&api::openapi())?;
    Ok(ExitCode::SUCCESS)
}
