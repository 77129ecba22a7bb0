//! The account at Twilio that carries calls.

use std::path::PathBuf;

use ::twilio::rest;
use ::twilio::sms::Texts;
use anyhow::{Context, bail};
use engine::people::PublicUrl;
use serde::Deserialize;
use url::Url;

use super::read_secret;

/// `[twilio]` in the configuration file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TwilioFile {
    account: String,
    auth_token_file: PathBuf,
    /// The token that is to follow, or that went before: while tokens are changed webhooks may be signed with either.
    other_auth_token_file: Option<PathBuf>,
    /// The tenant whose calls it carries; the only one, or the first.
    tenant: Option<i64>,
    /// Where its REST interface is; for another region, or for trying it out.
    rest_url: Option<String>,
}

/// An account at Twilio.
#[derive(Debug, Clone)]
pub(crate) struct Twilio {
    pub(crate) account: String,
    pub(crate) tokens: Vec<String>,
    pub(crate) tenant: i64,
    pub(crate) rest: rest::Settings,
}

pub(super) fn load(file: TwilioFile) -> anyhow::Result<Twilio> {
    let is_id = file.account.len() == 34 && file.account.starts_with("AC");
    if !is_id {
        bail!("twilio: account \"{}\" is no account's id, such as AC followed by 32 letters and digits", file.account);
    }
    let token = read_secret(&file.auth_token_file)?;
    if token.is_empty() {
        bail!("twilio: {} is empty: it is to hold the account's auth token", file.auth_token_file.display());
    }
    let other = file.other_auth_token_file.map(|path| read_secret(&path)).transpose()?;
    let rest = rest::Settings::new(&file.account, &token)?;
    let rest = match &file.rest_url {
        Some(url) => rest.at(url)?,
        None => rest,
    };
    let tokens = std::iter::once(token).chain(other).collect();
    Ok(Twilio { account: file.account, tokens, tenant: file.tenant.unwrap_or(1), rest })
}

impl Twilio {
    /// Whom to ask at Twilio.
    pub(crate) fn client(&self) -> anyhow::Result<rest::Client> {
        rest::Client::new(self.rest.clone()).context("Twilio cannot be asked")
    }

    /// Who sends the tenant's short messages; what becomes of them is told under the public address.
    pub(crate) fn texts(&self, url: &PublicUrl) -> anyhow::Result<Texts> {
        Ok(Texts::new(self.tenant, self.client()?, public(url)?))
    }
}

/// The public address, as webhooks come under it.
pub(crate) fn public(url: &PublicUrl) -> anyhow::Result<Url> {
    url.as_str().parse().context("the public URL is none")
}
