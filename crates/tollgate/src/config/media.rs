//! How the voices of calls travel.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use serde::Deserialize;
use softswitch::MediaPolicy;
use softswitch::relay::{Admin, RelaySettings};

use super::{given, read_secret};
use crate::cli::{MediaArgs, PolicyName};

/// How the voices of calls travel, and the relay, if there is one.
#[derive(Clone)]
pub(crate) struct Media {
    pub(crate) policy: MediaPolicy,
    pub(crate) relay: Option<RelaySettings>,
}

/// `[media]` in the configuration file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MediaFile {
    #[serde(default)]
    policy: MediaPolicy,
    #[serde(default)]
    turn_urls: Vec<String>,
    turn_secret_file: Option<PathBuf>,
    turn_admin: Option<SocketAddr>,
    turn_admin_password_file: Option<PathBuf>,
}

impl Media {
    pub(super) fn load(args: &MediaArgs, file: &MediaFile) -> anyhow::Result<Media> {
        let policy = match args.media_policy {
            Some(PolicyName::Direct) => MediaPolicy::Direct,
            Some(PolicyName::Relay) => MediaPolicy::Relay,
            Some(PolicyName::Text) => MediaPolicy::Text,
            None => file.policy,
        };
        let urls = given(&args.turn_urls, &file.turn_urls).to_vec();
        let password = args.turn_admin_password_file.as_ref().or(file.turn_admin_password_file.as_ref());
        let admin = match (args.turn_admin.or(file.turn_admin), password) {
            (Some(address), Some(path)) => Some(Admin { address, password: read_secret(path)? }),
            (None, None) => None,
            _ => bail!("the relay's command line takes two settings: --turn-admin and --turn-admin-password-file"),
        };
        if urls.is_empty() {
            ensure!(admin.is_none(), "name where browsers reach the relay: --turn-url turn:turn.example.com:3478");
            return Ok(Media { policy, relay: None });
        }
        if let Some(wrong) = urls.iter().find(|url| !url.starts_with("turn:") && !url.starts_with("turns:")) {
            bail!("\"{wrong}\" is no relay: write turn:HOST:PORT?transport=udp, or turns:HOST:PORT");
        }
        let secret = args.turn_secret_file.as_ref().or(file.turn_secret_file.as_ref());
        let secret = secret.context("name the file with the relay's secret: --turn-secret-file")?;
        Ok(Media { policy, relay: Some(RelaySettings { urls, secret: read_secret(secret)?, admin }) })
    }
}
