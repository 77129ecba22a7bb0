//! `tollgate doctor`.

use std::process::ExitCode;

use engine::tenants;
use engine::{Actor, Clock, Engine, Role, SystemClock};
use serde::Serialize;
use std::sync::Arc;

use super::{open, say, say_json};
use crate::cli::DoctorArgs;
use crate::config::Config;

/// What was looked at, and how it is.
#[derive(Debug, Serialize)]
struct Finding {
    /// What was looked at.
    about: String,
    /// Whether it is as it should be.
    ok: bool,
    /// What is wrong and what to do, or how it is.
    detail: String,
}

fn finding(about: impl Into<String>, fault: Option<String>, fine: impl Into<String>) -> Finding {
    Finding { about: about.into(), ok: fault.is_none(), detail: fault.unwrap_or_else(|| fine.into()) }
}

pub(crate) async fn run(config: &Config, args: &DoctorArgs) -> anyhow::Result<ExitCode> {
    let findings = match examine(config).await {
        Ok(findings) => findings,
        Err(error) => vec![finding("database", Some(format!("{error:#}")), "")],
    };
    if args.json {
        say_json(&findings)?;
    } else {
        for found in &findings {
            say(&format!("{} {}: {}", if found.ok { "ok   " } else { "FAULT" }, found.about, found.detail));
        }
    }
    Ok(if findings.iter().all(|found| found.ok) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn examine(config: &Config) -> anyhow::Result<Vec<Finding>> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = open(&config.database_url).await?;
    let mut findings = vec![finding("database", None, format!("{:?} answers, its schema is current", store.engine()))];
    let engine = Engine::new(store, clock);
    let all = tenants::all(&engine).await?;
    let none = all.is_empty().then(|| "there is none: make one with tollgate tenant create".to_owned());
    findings.push(finding("tenants", none, format!("{} found", all.len())));
    for tenant in &all {
        findings.extend(examine_tenant(&engine, tenant).await?);
    }
    Ok(findings)
}

async fn examine_tenant(engine: &Engine, tenant: &tenants::Tenant) -> anyhow::Result<Vec<Finding>> {
    let actor = Actor { tenant: tenant.tenant, name: "cli".to_owned(), role: Role::Owner };
    let about = |what: &str| format!("tenant {}, {what}", tenant.tenant);
    let untargeted: Vec<String> =
        tenant.settings.dial_plan.emergency_numbers_without_target().map(ToString::to_string).collect();
    let fault = (!untargeted.is_empty()).then(|| {
        format!("{} lead nowhere: give each a target in the dial plan's emergency_numbers", untargeted.join(", "))
    });
    let mut view = engine.view(&actor).await?;
    let keys = engine::keys::all(&mut view).await?;
    let valid = keys.iter().filter(|key| key.revoked_at.is_none()).count();
    let no_key = (valid == 0).then(|| "nobody can use the API: make one with tollgate key create".to_owned());
    let report = engine::books::check(&mut view).await?;
    let wrong = (!report.faults.is_empty()).then(|| format!("{} faults: see tollgate check", report.faults.len()));
    let waiting = (report.unrated > 0)
        .then(|| format!("{} calls wait for a price: see /api/v1/unrated for the reasons", report.unrated));
    Ok(vec![
        finding(about("emergency numbers"), fault, "each has a target"),
        finding(about("API keys"), no_key, format!("{valid} in use")),
        finding(about("unrated calls"), waiting, "none"),
        finding(about("books"), wrong, format!("right: {} calls, {} entries", report.calls, report.entries)),
    ])
}
