//! Looks at Asterisks as they are: what calls need of them, and what of it holds. Nothing is changed there.

mod requests;

use std::collections::BTreeMap;
use std::path::PathBuf;

use domain::time::Instant;
use engine::Clock;
use engine::sip_accounts::Provisioned;
use engine::trunks::Trunk;
use futures::{StreamExt, TryStreamExt, stream};
use tokio::fs;

use crate::ari::{Ari, AriError};
use crate::hands::WARNING;
use crate::{AsteriskError, Settings, provision};

/// What calls need; whoever has these has those that they need in turn.
const MODULES: [&str; 11] = [
    "app_stasis.so",
    "chan_pjsip.so",
    "func_callerid.so",
    "func_timeout.so",
    "res_ari_applications.so",
    "res_ari_asterisk.so",
    "res_ari_bridges.so",
    "res_ari_channels.so",
    "res_ari_events.so",
    "res_ari_playbacks.so",
    "res_ari_recordings.so",
];
/// What shows the sounds; calls do without it.
const SOUNDS: &str = "res_ari_sounds.so";
/// What reads the file with the accounts.
const WIZARD: &str = "res_pjsip_config_wizard.so";
/// The release that all is tested with.
const TESTED: &str = "22.";
/// How many endpoints are asked after at once.
const AT_ONCE: usize = 8;

/// What the database says that Asterisks have to know.
#[derive(Debug, Default)]
pub struct Wanted {
    /// The accounts of all lines.
    pub accounts: Vec<Provisioned>,
    /// The trunks on which calls go.
    pub trunks: Vec<Trunk>,
}

/// Something that was looked at.
#[derive(Debug)]
pub struct Finding {
    /// The name of the Asterisk.
    pub asterisk: String,
    /// How it is.
    pub fact: Fact,
}

/// What was looked at, and how it is.
#[derive(Debug)]
pub enum Fact {
    /// Its REST interface can be used.
    Answers {
        /// What it is.
        version: String,
        /// Whether Tollgate is tested with that release.
        tested: bool,
    },
    /// Its REST interface cannot be used: nothing else is known of it.
    Closed(Closed),
    /// Its clock, in milliseconds before ours; what the way there may have taken is left out.
    Clock {
        /// Negative, where it is behind.
        ahead_millis: i64,
    },
    /// The modules that it needs.
    Modules {
        /// Those that do not run.
        missing: Vec<&'static str>,
    },
    /// Who has our application's name.
    Application(Holder),
    /// The file with the accounts of lines, as this program may use it.
    AccountsFile {
        /// The file.
        path: PathBuf,
        /// What keeps it from being written.
        fault: Option<std::io::Error>,
    },
    /// The accounts of lines, by their endpoints.
    Accounts {
        /// How many it has to know.
        wanted: usize,
        /// Those that are not in the file yet.
        unwritten: Vec<String>,
        /// Those that it does not know, though they are written.
        unknown: Vec<String>,
    },
    /// The trunks, by their endpoints.
    Trunks {
        /// How many it has to know.
        wanted: usize,
        /// Those that it does not know.
        unknown: Vec<String>,
        /// Those that it does not reach.
        offline: Vec<String>,
    },
    /// Whether somebody can send a call on by `REFER`.
    Transfers {
        /// The endpoints that may.
        allowed: Vec<String>,
    },
    /// The sounds that are played.
    Sounds {
        /// Those that it has not got.
        missing: Vec<&'static str>,
    },
    /// Something could not be looked at.
    Unseen(String),
    /// Accounts or trunks name an Asterisk that is not among the settings.
    Unconfigured,
}

/// Why a REST interface cannot be used.
#[derive(Debug)]
pub enum Closed {
    /// Nothing comes back.
    Silent(reqwest::Error),
    /// Somebody answers, and knows nothing of such an interface.
    NoInterface,
    /// The user is not known, or the password is another one.
    SignIn,
    /// The user may look, and do nothing.
    ReadOnly,
    /// It answers something else.
    Other(String),
}

/// Who has an application's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// Nobody.
    Nobody,
    /// A Tollgate, which hears what calls need.
    Tollgate,
    /// Some other program.
    Another,
}

/// Looks at each Asterisk, one after the other.
///
/// # Errors
/// The settings are of no use, or the machine has no means to ask anybody.
pub async fn examine(clock: &dyn Clock, all: &[Settings], wanted: &Wanted) -> Result<Vec<Finding>, AsteriskError> {
    Settings::check(all)?;
    let mut findings = Vec::new();
    for (place, settings) in all.iter().enumerate() {
        let look = Look { ari: Ari::new(settings.clone())?, clock };
        let accounts = wanted.accounts.iter().filter(|account| provision::is_of(account, place, &settings.name));
        let trunks = wanted
            .trunks
            .iter()
            .filter(|trunk| trunk.details.asterisk.as_ref().is_none_or(|name| *name == settings.name));
        let accounts: Vec<&str> = accounts.map(|account| account.username.as_str()).collect();
        let trunks: Vec<&str> = trunks.map(|trunk| trunk.details.endpoint.as_str()).collect();
        let facts = look.at_all(&accounts, &trunks).await;
        findings.extend(facts.into_iter().map(|fact| Finding { asterisk: settings.name.clone(), fact }));
    }
    let named = wanted.accounts.iter().map(|account| &account.asterisk);
    let named = named.chain(wanted.trunks.iter().map(|trunk| &trunk.details.asterisk)).flatten();
    let mut strange: Vec<&String> = named.filter(|name| all.iter().all(|settings| settings.name != **name)).collect();
    strange.sort_unstable();
    strange.dedup();
    findings.extend(strange.into_iter().map(|name| Finding { asterisk: name.clone(), fact: Fact::Unconfigured }));
    Ok(findings)
}

/// One Asterisk that is looked at.
struct Look<'a> {
    ari: Ari,
    clock: &'a dyn Clock,
}

impl Look<'_> {
    async fn at_all(&self, accounts: &[&str], trunks: &[&str]) -> Vec<Fact> {
        let mut facts = Vec::new();
        match self.interface().await {
            Ok(fact) => facts.push(fact),
            Err(closed) => facts.push(Fact::Closed(closed)),
        }
        let is_open = matches!(facts.as_slice(), [Fact::Answers { .. }]);
        if is_open && let Err(error) = self.within(&mut facts).await {
            facts.push(Fact::Unseen(error.to_string()));
        }
        if let Some(path) = &self.ari.settings().accounts {
            let fault = fs::OpenOptions::new().write(true).open(path).await.err();
            facts.push(Fact::AccountsFile { path: path.clone(), fault });
        }
        if is_open && let Err(error) = self.at_endpoints(&mut facts, accounts, trunks).await {
            facts.push(Fact::Unseen(error.to_string()));
        }
        facts
    }

    async fn interface(&self) -> Result<Fact, Closed> {
        let version = self.ari.version().await?;
        // What is to be done cannot be, for there is no such channel: but who may do nothing is told so first.
        match self.ari.hang_up("tollgate-doctor", 16).await {
            Err(AriError::Refused { status: 403, .. }) => return Err(Closed::ReadOnly),
            Err(error) if !error.is_refusal() => return Err(error.into()),
            _ => {}
        }
        Ok(Fact::Answers { tested: version.starts_with(TESTED), version })
    }

    /// What it needs apart from endpoints.
    async fn within(&self, facts: &mut Vec<Fact>) -> Result<(), AriError> {
        let before = self.clock.now();
        let there = self.ari.now().await?;
        facts.push(Fact::Clock { ahead_millis: ahead(there, before, self.clock.now()) });
        let running = self.ari.running_modules().await?;
        let settings = self.ari.settings();
        let needed = MODULES.into_iter().chain(settings.accounts.as_ref().map(|_| WIZARD));
        facts.push(Fact::Modules { missing: needed.filter(|module| !running.contains(*module)).collect() });
        facts.push(Fact::Application(self.ari.holder().await?));
        if running.contains(SOUNDS) {
            let sound = WARNING.trim_start_matches("sound:");
            let missing = if self.ari.has_sound(sound).await? { Vec::new() } else { vec![sound] };
            facts.push(Fact::Sounds { missing });
        }
        Ok(())
    }

    /// Endpoints are known, and send no call on.
    async fn at_endpoints(&self, facts: &mut Vec<Fact>, accounts: &[&str], trunks: &[&str]) -> Result<(), AriError> {
        let all = accounts.iter().chain(trunks);
        let asked = all.map(|name| async move { Ok::<_, AriError>((*name, self.ari.may_transfer(name).await?)) });
        let known: BTreeMap<&str, Option<bool>> = stream::iter(asked).buffer_unordered(AT_ONCE).try_collect().await?;
        let unknown = |names: &[&str]| -> Vec<String> {
            let unknown = names.iter().filter(|name| known.get(**name).is_some_and(Option::is_none));
            unknown.map(ToString::to_string).collect()
        };
        let text = match &self.ari.settings().accounts {
            Some(path) => fs::read_to_string(path).await.ok(),
            None => None,
        };
        let is_written = |name: &String| text.as_ref().is_none_or(|text| text.contains(&format!("[{name}]")));
        let (of_file, unwritten) = unknown(accounts).into_iter().partition(is_written);
        facts.push(Fact::Accounts { wanted: accounts.len(), unwritten, unknown: of_file });
        let out_of_reach = self.ari.offline().await?;
        let offline = trunks.iter().filter(|name| out_of_reach.contains(**name)).map(ToString::to_string).collect();
        facts.push(Fact::Trunks { wanted: trunks.len(), unknown: unknown(trunks), offline });
        let allowed = known.iter().filter(|(_, may)| **may == Some(true));
        facts.push(Fact::Transfers { allowed: allowed.map(|(name, _)| (*name).to_owned()).collect() });
        Ok(())
    }
}

/// How far a clock that was asked between two instants is ahead of ours at the least.
fn ahead(there: Instant, before: Instant, after: Instant) -> i64 {
    there.millis_since(after).max(0) + there.millis_since(before).min(0)
}

impl From<AriError> for Closed {
    fn from(error: AriError) -> Self {
        match error {
            AriError::Silent(error) => Closed::Silent(error),
            AriError::Refused { status: 401, .. } => Closed::SignIn,
            AriError::Refused { status: 404, .. } | AriError::Unreadable(_) => Closed::NoInterface,
            error @ AriError::Refused { .. } => Closed::Other(error.to_string()),
        }
    }
}
