//! `tollgate tenant`.

use std::process::ExitCode;
use std::sync::Arc;

use domain::money::Currency;
use domain::time::Zone;
use engine::tenants::{self, Settings, TenantError};
use engine::{Actor, Clock, Engine, Role, SystemClock};

use super::{open, say, say_json};
use crate::cli::TenantCommand;
use crate::config::Config;

pub(crate) async fn run(config: &Config, command: &TenantCommand) -> anyhow::Result<ExitCode> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let engine = Engine::new(open(&config.database_url).await?, clock);
    let known = tenants::all(&engine).await?;
    match command {
        TenantCommand::Create { name, currency, time_zone } => {
            let settings = Settings::new(Currency::parse(currency)?, Zone::named(time_zone)?);
            let number = known.iter().map(|tenant| tenant.tenant).max().unwrap_or(0) + 1;
            let actor = Actor { tenant: number, name: "cli".to_owned(), role: Role::Owner };
            let tenant = engine
                .run(&actor, |work| {
                    let (name, settings) = (name.clone(), settings.clone());
                    Box::pin(async move { Ok::<_, TenantError>(tenants::found(work, &name, settings, false).await?) })
                })
                .await?;
            say(&format!("Tenant {}: {}", tenant.tenant, tenant.name));
        }
        TenantCommand::List { json: true } => {
            let row = |tenant: &tenants::Tenant| serde_json::json!({"tenant": tenant.tenant, "name": tenant.name});
            say_json(&known.iter().map(row).collect::<Vec<_>>())?;
        }
        TenantCommand::List { json: false } => {
            known.iter().for_each(|tenant| say(&format!("{:>4}  {}", tenant.tenant, tenant.name)));
        }
    }
    Ok(ExitCode::SUCCESS)
}
