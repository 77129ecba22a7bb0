//! `tollgate tenant`.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use domain::money::Currency;
use domain::time::Zone;
use engine::tenants::{self, Settings, Tenant, TenantError};
use engine::{Actor, Clock, Engine, SystemClock};

use super::{engine_and_actor, expect_database, open, say, say_json};
use crate::cli::{NewTenantArgs, TenantCommand};
use crate::config::Config;

pub(crate) async fn run(config: &Config, command: &TenantCommand) -> anyhow::Result<ExitCode> {
    match command {
        TenantCommand::Create(args) => {
            // Read before the database is opened: what makes no sense leaves no empty database behind.
            let settings = settings(args)?;
            let tenant = found(&engine(config).await?, &args.name, settings).await?;
            if args.json {
                say_json(&shown(&tenant))?;
            } else {
                say(&format!("Tenant {}: {}", tenant.tenant, tenant.name));
            }
        }
        TenantCommand::EmergencyTarget { number } => emergency_target(config, number).await?,
        TenantCommand::List { json } => {
            expect_database(config)?;
            let known = tenants::all(&engine(config).await?).await?;
            if *json {
                say_json(&known.iter().map(shown).collect::<Vec<_>>())?;
            } else {
                known.iter().for_each(|tenant| say(&format!("{:>4}  {}", tenant.tenant, tenant.name)));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn engine(config: &Config) -> anyhow::Result<Engine> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    Ok(Engine::new(open(&config.database_url).await?, clock))
}

fn settings(args: &NewTenantArgs) -> anyhow::Result<Settings> {
    let mut settings = Settings::new(Currency::parse(&args.currency)?, Zone::named(&args.time_zone)?);
    if let Some(file) = &args.dial_plan {
        let text = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        settings.dial_plan =
            domain::invalid::parse(&text).with_context(|| format!("{} is not a dial plan", file.display()))?;
    }
    if let Some(target) = &args.emergency_target {
        settings.dial_plan = settings.dial_plan.with_emergency_target(target)?;
    }
    Ok(settings)
}

/// Gives the emergency numbers that lead nowhere a target.
async fn emergency_target(config: &Config, number: &str) -> anyhow::Result<()> {
    let (engine, actor) = engine_and_actor(config).await?;
    let tenant = tenants::get(&mut engine.view(&actor).await?).await?;
    let dial_plan = tenant.settings.dial_plan.clone();
    let changed: Vec<String> = dial_plan.emergency_numbers_without_target().map(ToString::to_string).collect();
    if changed.is_empty() {
        bail!("each emergency number has a target: PUT /api/v1/tenant changes them");
    }
    let settings = Settings { dial_plan: dial_plan.with_emergency_target(number)?, ..tenant.settings };
    let updated = engine.run(&actor, |work| {
        let (name, settings) = (tenant.name.clone(), settings.clone());
        Box::pin(async move { tenants::update(work, &name, settings, tenant.version).await })
    });
    updated.await.map_err(|error: TenantError| error)?;
    say(&format!("Calls to {} go to {number}.", changed.join(", ")));
    Ok(())
}

async fn found(engine: &Engine, name: &str, settings: Settings) -> anyhow::Result<Tenant> {
    let known = tenants::all(engine).await?;
    if let Some(tenant) = known.iter().find(|tenant| tenant.name == name) {
        bail!("there is a tenant \"{name}\" already: it has the number {}", tenant.tenant);
    }
    let number = known.iter().map(|tenant| tenant.tenant).max().unwrap_or(0) + 1;
    let actor = Actor::program(number, "cli");
    let founded = engine.run(&actor, |work| {
        let (name, settings) = (name.to_owned(), settings.clone());
        Box::pin(async move { tenants::found(work, &name, settings, false).await })
    });
    Ok(founded.await?)
}

fn shown(tenant: &Tenant) -> serde_json::Value {
    serde_json::json!({"tenant": tenant.tenant, "name": tenant.name})
}
