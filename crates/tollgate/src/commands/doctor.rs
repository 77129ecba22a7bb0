//! `tollgate doctor`.

mod asterisks;
mod twilios;

use std::process::ExitCode;

use engine::books::Report;
use engine::jobs::{self, JobState};
use engine::people::invitations;
use engine::people::memberships::Membership;
use engine::tenants;
use engine::{Actor, Clock, Engine, Role, SystemClock, View, lines};
use serde::Serialize;
use softswitch::MediaPolicy;
use softswitch::relay::RelaySettings;
use std::sync::Arc;

use super::{expect_database, open, say, say_json, with_causes};
use crate::cli::DoctorArgs;
use crate::config::{Config, Media};

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
    let findings = match examine(config, args).await {
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

async fn examine(config: &Config, args: &DoctorArgs) -> anyhow::Result<Vec<Finding>> {
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
    findings.push(way_in(config)?);
    findings.push(voices(&config.media).await);
    for tenant in &all {
        findings.extend(examine_tenant(&engine, tenant).await?);
        findings.push(voices_of_agents(&engine, tenant, &config.media).await?);
        findings.extend(examine_people(config, &engine, tenant).await?);
    }
    if args.asterisk {
        findings.extend(asterisks::examine(config, &engine, &all).await?);
    }
    if args.twilio {
        findings.extend(twilios::examine(config, &engine).await?);
    }
    Ok(findings)
}

/// Whether passwords can be read on their way to the server.
fn way_in(config: &Config) -> anyhow::Result<Finding> {
    let url = config.public_url(config.listen)?;
    let exposed = !config.listen.ip().is_loopback() && !url.as_str().starts_with("https://");
    let wanting = exposed.then(|| {
        format!(
            "people reach {} without HTTPS, and anybody between can read their passwords: name a certificate \
             (--tls-certificate, --tls-key), or the https:// address of the proxy in front (--public-url)",
            config.listen
        )
    });
    Ok(note("way in".to_owned(), wanting, url.as_str()))
}

/// Whether calls have audio, and whether it ends with them.
async fn voices(media: &Media) -> Finding {
    let about = "voices".to_owned();
    let open_ended = "what a relay carries goes on after the end of a call where a browser does not stop: say where its sessions are \
                      ended with --turn-admin and --turn-admin-password-file";
    match (media.policy, &media.relay) {
        (MediaPolicy::Text, _) => note(about, None, "calls are text only, as configured"),
        (MediaPolicy::Relay, None) => {
            let wanting = "calls are text only, for voices may go through a relay alone and none is configured: name one with \
                           --turn-url and --turn-secret-file";
            note(about, Some(wanting.to_owned()), "")
        }
        (MediaPolicy::Relay, Some(RelaySettings { admin: None, .. })) => note(about, Some(open_ended.to_owned()), ""),
        (MediaPolicy::Direct, None | Some(RelaySettings { admin: None, .. })) => {
            note(about, None, "they go from browser to browser, and nobody can end them")
        }
        (_, Some(RelaySettings { admin: Some(admin), .. })) => {
            let fault = admin.check().await.err().map(|error| error.to_string());
            finding(about, fault, "there is a relay, whose sessions can be ended")
        }
    }
}

/// Whether one can speak with agents who are called under a number: nobody could end voices that go from browser to browser.
async fn voices_of_agents(engine: &Engine, tenant: &tenants::Tenant, media: &Media) -> anyhow::Result<Finding> {
    let mut view = engine.view(&Actor::program(tenant.tenant, "cli")).await?;
    let agents = engine::agents::numbered(&mut view).await?.len();
    let mute = agents > 0 && media.relay.is_none() && media.policy != MediaPolicy::Text;
    let wanting = mute.then(|| {
        format!(
            "{agents} agents are called under a number, and such calls are text only, for their voices may go through a relay alone and \
             none is configured: name one with --turn-url and --turn-secret-file"
        )
    });
    let about = format!("tenant {}, calls to agents", tenant.tenant);
    Ok(note(about, wanting, &format!("{agents} agents are called under a number")))
}

async fn examine_people(config: &Config, engine: &Engine, tenant: &tenants::Tenant) -> anyhow::Result<Vec<Finding>> {
    let number = tenant.tenant;
    let actor = Actor::program(number, "cli");
    let members = super::user::all(engine, &actor).await?;
    let is_owner = |member: &&Membership| member.user.active && member.grants.roles.has(Role::Owner);
    let owners = members.iter().filter(is_owner).count();
    let mut view = engine.view(&actor).await?;
    let now = SystemClock.now();
    let keys = engine::keys::all(&mut view).await?;
    let valid = keys.iter().filter(|key| super::key::state(key, now) == "valid").count();
    let shut = (valid == 0 && owners == 0)
        .then(|| "nobody can use the API: make one with tollgate key create, or an owner".to_owned());
    let unowned = (owners == 0).then(|| {
        let command = format!("tollgate user create SIGN-IN --name NAME --role owner --tenant {number}");
        format!("nobody owns it: {command}; the only tenant also by the link that tollgate serve prints")
    });
    let waiting = invitations::open(&mut view).await?.len();
    let unsent = (waiting > 0 && !config.mails()).then(|| {
        format!("{waiting} invitations wait, and no mail server is named: name one with --smtp-url and --mail-from")
    });
    let about = |what: &str| format!("tenant {number}, {what}");
    Ok(vec![
        finding(about("API keys"), shut, format!("{valid} in use")),
        note(about("people"), unowned, &format!("{} sign in, owners among them: {owners}", members.len())),
        note(about("invitations"), unsent, &format!("{waiting} wait to be accepted")),
    ])
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
    let unheard = unheard(&mut view, tenant).await?;
    let unbilled = engine::billing::failures(&mut view).await?.len();
    let unbilled = (unbilled > 0).then(|| format!("{unbilled} periods could not be billed: see tollgate bill run"));
    let given_up = jobs::page(&mut view, Some(JobState::Failed), None, MOST_JOBS).await?.len();
    let given_up =
        (given_up > 0).then(|| format!("{given_up} were given up: see /api/v1/jobs?state=failed for the reasons"));
    let report = engine::books::check(&mut view).await?;
    let wrong = (!report.faults.is_empty()).then(|| format!("{} faults: see tollgate check", report.faults.len()));
    Ok(vec![
        finding(about("emergency numbers"), fault, "each has a target"),
        note(about("emergency calls of phones"), unheard, "they lead to lines"),
        unrated(about("unrated calls"), &report),
        note(about("bills"), unbilled, "whatever was due is billed"),
        note(about("jobs"), given_up, "none was given up"),
        finding(about("books"), wrong, format!("right: {} calls, {} entries", report.calls, report.entries)),
    ])
}

/// Emergency numbers whose targets the built-in exchange's phones do not reach.
async fn unheard(view: &mut View, tenant: &tenants::Tenant) -> anyhow::Result<Option<String>> {
    let mut unheard = Vec::new();
    for (number, target) in tenant.settings.dial_plan.emergency_targets() {
        if lines::phones::of_number(view, target).await?.is_none() {
            unheard.push(format!("{number} leads to {target}"));
        }
    }
    Ok((!unheard.is_empty()).then(|| {
        format!(
            "{}, no line of this exchange: its own phones do not get through to it; let a line answer such calls",
            unheard.join(", ")
        )
    }))
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
