//! The account at Stripe by which customers pay.

use std::path::PathBuf;
use std::sync::Arc;

use ::stripe::Stripe as Provider;
use ::stripe::rest::{Client, Settings};
use ::stripe::signature::Secrets;
use anyhow::{Context, bail};
use engine::payments::checkouts::Checkouts;
use engine::people::PublicUrl;
use serde::Deserialize;

use super::read_secret;

/// `[stripe]` in the configuration file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StripeFile {
    secret_key_file: PathBuf,
    webhook_secret_file: PathBuf,
    /// The secret that is to follow, or that went before: while secrets are changed webhooks may be signed with either.
    other_webhook_secret_file: Option<PathBuf>,
    /// The tenant whose customers pay; the only one, or the first.
    tenant: Option<i64>,
    /// Where its REST interface is; for trying it out.
    rest_url: Option<String>,
}

/// An account at Stripe.
#[derive(Clone)]
pub(crate) struct Stripe {
    pub(crate) tenant: i64,
    webhook_secrets: Vec<String>,
    rest: Settings,
}

pub(super) fn load(file: StripeFile) -> anyhow::Result<Stripe> {
    let secret = |path: &PathBuf| {
        let secret = read_secret(path)?;
        if secret.is_empty() {
            bail!("stripe: {} is empty", path.display());
        }
        Ok(secret)
    };
    let rest = Settings::new(&secret(&file.secret_key_file)?)?;
    let rest = match &file.rest_url {
        Some(url) => rest.at(url)?,
        None => rest,
    };
    let webhook = secret(&file.webhook_secret_file)?;
    let other = file.other_webhook_secret_file.as_ref().map(secret).transpose()?;
    let webhook_secrets = std::iter::once(webhook).chain(other).collect();
    Ok(Stripe { tenant: file.tenant.unwrap_or(1), webhook_secrets, rest })
}

impl Stripe {
    /// Pages on which customers pay, and from which they come back to this address.
    pub(crate) fn checkouts(&self, url: &PublicUrl) -> anyhow::Result<Checkouts> {
        let client = Client::new(self.rest.clone()).context("Stripe cannot be asked")?;
        Ok(Checkouts::new(Arc::new(Provider::new(client, self.tenant)), url.clone()))
    }

    /// With what webhooks are signed.
    pub(crate) fn secrets(&self) -> Secrets {
        Secrets::new(self.webhook_secrets.iter().map(String::as_str))
    }
}
