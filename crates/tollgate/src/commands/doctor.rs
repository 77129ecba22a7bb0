//! `tollgate doctor`.

use std::process::ExitCode;

use engine::books::Report;
use engine::jobs::{self, JobState};
use engine::tenants;
use engine::{Actor, Clock, Engine, SystemClock};
use serde::Serialize;
use std::sync::Arc;

use super::{expect_database, open, say, say_json, with_causes};
use crate::cli::DoctorArgs;
use crate::config::Config;

/// How many jobs are counted.
const MOST_JOBS: i64 = 1000;

/// What was looked at, and how it is.
#[derive(Debug, Serialize)]
struct Finding {
    /// What was looked at.
    about: String,
    level: Level,
    /// What is wrong and what to do, or how it is.
    detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Level {
    Ok,
    /// Somebody should see to it; Tollgate works.
    Note,
    /// It keeps Tollgate from working as it should.
    Fault,
}

impl Level {
    /// The word that stands before the finding.
    fn word(self) -> &'static str {
        match self {
            Level::Ok => "ok   ",
            Level::Note => "note ",
            Level::Fault => "FAULT",
        }
    }
}

fn finding(about: impl Into<String>, fault: Option<String>, fine: impl Into<String>) -> Finding {
    let level = if fault.is_some() { Level::Fault } else { Level::Ok };
    Finding { about: about.into(), level, detail: fault.unwrap_or_else(|| fine.into()) }
}

pub(crate) async fn run(config: &Config, args: &DoctorArgs) -> anyhow::Result<ExitCode> {
    let findings = match examine(config).await {
        Ok(findings) => findings,
        Err(error) => vec![finding("database", Some(with_causes(&error)), "")],
    };
    if args.json {
        say_json(&findings)?;
    } else {
        findings.iter().for_each(|found| say(&format!("{} {}: {}", found.level.word(), found.about, found.detail)));
    }
    let faulty = findings.iter().any(|found| found.level == Level::Fault);
    Ok(if faulty { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn examine(config: &Config) -> anyhow::Result<Vec<Finding>> {
    expect_database(config)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = open(&config.database_url).await?;
    let database = match store.engine() {
        storage::Engine::Sqlite => "SQLite",
        storage::Engine::Postgres => "PostgreSQL",
    };
    let mut findings = vec![finding("database", None, format!("{database} answers, its schema is current"))];
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
    let actor = Actor::program(tenant.tenant, "cli");
    let about = |what: &str| format!("tenant {}, {what}", tenant.tenant);
    let untargeted: Vec<String> =
        tenant.settings.dial_plan.emergency_numbers_without_target().map(ToString::to_string).collect();
    let fault = (!untargeted.is_empty()).then(|| {
        format!(
            "{} lead nowhere: say where such calls go with tollgate tenant emergency-target NUMBER --tenant {}",
            untargeted.join(", "),
            tenant.tenant
        )
    });
    let mut view = engine.view(&actor).await?;
    let keys = engine::keys::all(&mut view).await?;
    let now = SystemClock.now();
    let valid = keys.iter().filter(|key| super::key::state(key, now) == "valid").count();
    let no_key = (valid == 0).then(|| "nobody can use the API: make one with tollgate key create".to_owned());
    let unbilled = engine::billing::failures(&mut view).await?.len();
    let unbilled = (unbilled > 0).then(|| format!("{unbilled} periods could not be billed: see tollgate bill run"));
    let given_up = jobs::page(&mut view, Some(JobState::Failed), None, MOST_JOBS).await?.len();
    let given_up =
        (given_up > 0).then(|| format!("{given_up} were given up: see /api/v1/jobs?state=failed for the reasons"));
    let report = engine::books::check(&mut view).await?;
    let wrong = (!report.faults.is_empty()).then(|| format!("{} faults: see tollgate check", report.faults.len()));
    Ok(vec![
        finding(about("emergency numbers"), fault, "each has a target"),
        finding(about("API keys"), no_key, format!("{valid} in use")),
        unrated(about("unrated calls"), &report),
        note(about("bills"), unbilled, "whatever was due is billed"),
        note(about("jobs"), given_up, "none was given up"),
        finding(about("books"), wrong, format!("right: {} calls, {} entries", report.calls, report.entries)),
    ])
}

/// Something to see to that keeps nothing else from working.
fn note(about: String, wanting: Option<String>, fine: &str) -> Finding {
    let level = if wanting.is_some() { Level::Note } else { Level::Ok };
    Finding { about, level, detail: wanting.unwrap_or_else(|| fine.to_owned()) }
}

/// A queue is no fault: calls of strangers may wait for good.
fn unrated(about: String, report: &Report) -> Finding {
    match report.unrated {
        0 => Finding { about, level: Level::Ok, detail: "none".to_owned() },
        waiting => Finding {
            about,
            level: Level::Note,
            detail: format!("{waiting} calls wait for a price: see /api/v1/unrated for the reasons"),
        },
    }
}
