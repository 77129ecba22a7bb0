//! What is said of Asterisks.

use asterisk::{Closed, Fact, Holder, Wanted};
use engine::tenants::Tenant;
use engine::{Actor, Engine, SystemClock, sip_accounts, trunks};

use super::{Finding, finding, note};
use crate::commands::with_causes;
use crate::config::Config;

/// How many trunks are read at once.
const PAGE: i64 = 1000;
/// How far a clock may be off before it is said, in milliseconds.
const CLOCKS_APART_MILLIS: i64 = 2000;
/// How many names are told of a long list.
const NAMED: usize = 5;

pub(super) async fn examine(config: &Config, engine: &Engine, tenants: &[Tenant]) -> anyhow::Result<Vec<Finding>> {
    if config.asterisks.is_empty() {
        let wanting = "the configuration names none: write an [[asterisk]] into tollgate.toml".to_owned();
        return Ok(vec![note("Asterisk".to_owned(), Some(wanting), "")]);
    }
    let mut view = engine.view(&Actor::program(0, "cli")).await?;
    let mut wanted = Wanted { accounts: sip_accounts::all(&mut view).await?, trunks: Vec::new() };
    drop(view);
    for tenant in tenants {
        let mut view = engine.view(&Actor::program(tenant.tenant, "cli")).await?;
        let mut after: Option<String> = None;
        loop {
            let page = trunks::page(&mut view, after.as_deref(), PAGE).await?;
            after = page.last().map(|trunk| trunk.id.clone());
            wanted.trunks.extend(page.into_iter().filter(|trunk| trunk.details.enabled));
            if after.is_none() {
                break;
            }
        }
    }
    let found = asterisk::examine(&SystemClock, &config.asterisks, &wanted).await?;
    let told = found.into_iter().map(|asterisk::Finding { asterisk: name, fact }| {
        let settings = config.asterisks.iter().find(|settings| settings.name == name);
        tell(&name, settings, fact)
    });
    Ok(told.collect())
}

/// What somebody has to know of a fact, and do.
fn tell(name: &str, settings: Option<&asterisk::Settings>, fact: Fact) -> Finding {
    let about = |what: &str| format!("Asterisk {name}, {what}");
    let (user, application) =
        settings.map_or(("", ""), |settings| (settings.user.as_str(), settings.application.as_str()));
    match fact {
        Fact::Closed(closed) => {
            let url = settings.map_or("", |settings| settings.url.as_str());
            finding(about("REST interface"), Some(shut(closed, url, user)), "")
        }
        Fact::Answers { version, tested } => {
            let wanting = (!tested).then(|| format!("it is Asterisk {version}; Tollgate is tested with 22"));
            note(about("REST interface"), wanting, &format!("Asterisk {version} answers, and takes the password"))
        }
        Fact::Clock { ahead_millis } => clock(about("clock"), ahead_millis),
        Fact::Modules { missing } => {
            let fault = wanting(&missing, |names| {
                format!("not running: {names}; write `load = ` with each into modules.conf, and start Asterisk again")
            });
            finding(about("modules"), fault, "all that is needed run")
        }
        Fact::Application(Holder::Another) => {
            let fault = format!(
                "another program is connected as \"{application}\" and would lose its calls: give [[asterisk]] another \
                 `application`, and extensions.conf the same in Stasis(...)"
            );
            finding(about("application"), Some(fault), "")
        }
        Fact::Application(Holder::Tollgate) => {
            note(about("application"), None, &format!("a Tollgate is connected as \"{application}\""))
        }
        Fact::Application(Holder::Nobody) => {
            note(about("application"), None, &format!("\"{application}\" is free for tollgate serve"))
        }
        Fact::AccountsFile { path, fault } => accounts_file(about("accounts file"), &path.display().to_string(), fault),
        Fact::Accounts { wanted, unwritten, unknown } => accounts(about("accounts"), wanted, &unwritten, &unknown),
        Fact::Trunks { wanted, unknown, offline } => trunks(about("trunks"), wanted, &unknown, &offline),
        Fact::Transfers { allowed } => {
            let open = wanting(&allowed, |names| {
                format!(
                    "calls may be sent on, and then end, at {names}: write `allow_transfer = no` there into pjsip.conf"
                )
            });
            note(about("transfers"), open, "no line's phone and no trunk may send a call on")
        }
        Fact::Sounds { missing } => {
            let unheard = wanting(&missing, |names| {
                format!("not there: {names}, which warns payers; install the core sounds (asterisk-core-sounds-en)")
            });
            note(about("sounds"), unheard, "those that are played are there")
        }
        Fact::Unseen(error) => finding(about("answers"), Some(error), ""),
        Fact::Unconfigured => {
            let fault = "accounts or trunks name it, and the configuration has no such [[asterisk]]".to_owned();
            finding(format!("Asterisk {name}"), Some(fault), "")
        }
    }
}

/// Why nothing else is known, and what to do.
fn shut(closed: Closed, url: &str, user: &str) -> String {
    match closed {
        Closed::Silent(error) => format!(
            "nobody answers at {url} ({}): is Asterisk running, and has http.conf `enabled = yes` with this address?",
            with_causes(&error.into())
        ),
        Closed::NoInterface => {
            format!(
                "there is none at {url}: it ends in /ari; ari.conf needs `enabled = yes`, and res_ari_asterisk.so has to run"
            )
        }
        Closed::SignIn => format!(
            "it does not know the user \"{user}\" with this password: write both into ari.conf, [{user}] with `type = user` and \
             `password = ...`, and the password into the `password_file` of [[asterisk]]"
        ),
        Closed::ReadOnly => {
            format!("the user \"{user}\" may only look: write `read_only = no` into its section of ari.conf")
        }
        Closed::Other(error) => error,
    }
}

fn clock(about: String, ahead_millis: i64) -> Finding {
    let far = ahead_millis.abs() > CLOCKS_APART_MILLIS;
    let wanting = far.then(|| {
        let (way, seconds) = (if ahead_millis > 0 { "ahead of" } else { "behind" }, ahead_millis.abs() / 1000);
        format!("it is {seconds} s {way} ours, so that its records show other times: let both keep time by NTP")
    });
    note(about, wanting, "it shows our time")
}

fn accounts_file(about: String, path: &str, fault: Option<std::io::Error>) -> Finding {
    let fault = fault.map(|error| {
        format!("{path} cannot be written ({error}): install -m 640 -o tollgate -g asterisk /dev/null {path}, with the user that runs Tollgate")
    });
    finding(about, fault, format!("{path} can be written by whoever runs this"))
}

fn accounts(about: String, wanted: usize, unwritten: &[String], unknown: &[String]) -> Finding {
    let unread = wanting(unknown, |names| {
        format!(
            "Asterisk does not know {names}: write `#tryinclude` with the accounts file into pjsip_wizard.conf, let Asterisk read \
             the file, and have it `module reload res_pjsip_config_wizard.so`"
        )
    });
    let fault = unread.or_else(|| {
        wanting(unwritten, |names| format!("not in the file yet: {names}; start tollgate serve, which writes it"))
    });
    let fine = match wanted {
        0 => "no line has one yet: whether Asterisk reads the file shows with the first".to_owned(),
        _ => format!("Asterisk knows all {wanted}"),
    };
    finding(about, fault, fine)
}

fn trunks(about: String, wanted: usize, unknown: &[String], offline: &[String]) -> Finding {
    let strange = wanting(unknown, |names| {
        format!("Asterisk has no endpoint {names}: write it into pjsip.conf, or correct the trunk's `endpoint`")
    });
    if strange.is_some() {
        return finding(about, strange, "");
    }
    let away = wanting(offline, |names| format!("Asterisk does not reach {names}: see `pjsip show endpoint` there"));
    note(about, away, &format!("{wanted} wanted, each an endpoint there"))
}

/// What is to be said where names are wanting.
fn wanting(names: &[impl AsRef<str>], say: impl FnOnce(&str) -> String) -> Option<String> {
    let told: Vec<&str> = names.iter().take(NAMED).map(AsRef::as_ref).collect();
    let more = names.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!names.is_empty()).then(|| say(&format!("{}{more}", told.join(", "))))
}
