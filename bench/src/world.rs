//! The world of a benchmark: an engine on a fresh database, with a tenant.

use std::sync::Arc;

use domain::money::Currency;
use domain::time::Zone;
use engine::tenants::{self, Amounts, Fraud, Settings};
use engine::{Actor, Engine, SystemClock};
use storage::Store;

use crate::figures::Result;

/// Another engine on the database; it has no prices in memory yet.
pub(crate) fn engine(store: &Store) -> Engine {
    Engine::new(store.clone(), Arc::new(SystemClock))
}

/// Settings of US dollars, without tax.
pub(crate) fn settings() -> Result<Settings> {
    let mut settings = Settings::new(Currency::parse("USD")?, Zone::named("America/Toronto")?);
    // Who has one account call as often as all the others together reaches every limit against fraud.
    let none = Amounts::from([(settings.currency, None)]);
    settings.fraud = Fraud {
        calls_at_once: 10_000,
        tenant_calls_at_once: None,
        set_ups_per_minute: 1000,
        spend_per_day: none.clone(),
        cost_per_call: none,
        risky_prefixes: Vec::new(),
        ..Fraud::default()
    };
    Ok(settings)
}

/// An engine with a tenant, and who does what is done in it.
pub(crate) async fn found(store: &Store, settings: Settings) -> Result<(Engine, Actor)> {
    let engine = engine(store);
    let actor = Actor::program(1, "bench");
    let mut work = engine.begin(&actor).await?;
    tenants::found(&mut work, "Bench Telephone Company", settings, false).await?;
    work.commit().await?;
    Ok((engine, actor))
}
