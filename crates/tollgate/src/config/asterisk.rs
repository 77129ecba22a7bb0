//! The Asterisks that carry calls.

use std::path::PathBuf;

use asterisk::Settings;
use serde::Deserialize;

use super::read_secret;

/// An `[[asterisk]]` in the configuration file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AsteriskFile {
    name: String,
    url: String,
    #[serde(default = "usual_name")]
    user: String,
    password_file: PathBuf,
    #[serde(default = "usual_name")]
    application: String,
    accounts: Option<PathBuf>,
    #[serde(default = "usual_name")]
    context: String,
}

/// User, application and context are called alike, where nothing else is said.
fn usual_name() -> String {
    "tollgate".to_owned()
}

pub(super) fn load(all: Vec<AsteriskFile>) -> anyhow::Result<Vec<Settings>> {
    let settings = all.into_iter().map(|file| {
        Ok(Settings {
            url: Settings::address(&file.url)?,
            password: read_secret(&file.password_file)?,
            name: file.name,
            user: file.user,
            application: file.application,
            accounts: file.accounts,
            context: file.context,
        })
    });
    let settings = settings.collect::<anyhow::Result<Vec<_>>>()?;
    Settings::check(&settings)?;
    Ok(settings)
}
