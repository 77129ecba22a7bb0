//! Configuration: flags, then environment, then one TOML file, then defaults.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::Deserialize;

use crate::cli::Global;

/// The file that is read where none is named, if it is there.
const DEFAULT_FILE: &str = "tollgate.toml";
const DEFAULT_DATABASE: &str = "sqlite://tollgate.db";
const DEFAULT_LISTEN: &str = "127.0.0.1:3000";

/// What the program goes by.
pub(crate) struct Config {
    /// Where the database is.
    pub(crate) database_url: String,
    /// Whether somebody named the database, or it is the default.
    pub(crate) database_is_default: bool,
    /// Where the server listens.
    pub(crate) listen: SocketAddr,
    /// The tenant that commands work on; the only one, where none is named.
    pub(crate) tenant: Option<i64>,
    /// What is logged, in the form of `RUST_LOG`.
    log: String,
    log_as_json: bool,
}

/// The configuration file. Each field may be missing.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    database_url: Option<String>,
    database_url_file: Option<PathBuf>,
    listen: Option<SocketAddr>,
    tenant: Option<i64>,
    log: Option<String>,
    log_format: Option<LogFormat>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum LogFormat {
    Text,
    Json,
}

impl Config {
    pub(crate) fn load(global: &Global) -> anyhow::Result<Config> {
        let file = read_file(global.config.as_deref())?;
        let secret_file = global.database_url_file.clone();
        let named = match (&global.database_url, secret_file) {
            (Some(_), Some(_)) => bail!("give the database's address or a file with it, not both"),
            (Some(url), None) => Some(url.clone()),
            (None, Some(path)) => Some(read_secret(&path)?),
            (None, None) => match (file.database_url, file.database_url_file) {
                (Some(_), Some(_)) => bail!("the configuration has database_url and database_url_file: keep one"),
                (Some(url), None) => Some(url),
                (None, Some(path)) => Some(read_secret(&path)?),
                (None, None) => None,
            },
        };
        let listen = match global.listen.or(file.listen) {
            Some(listen) => listen,
            None => DEFAULT_LISTEN.parse()?,
        };
        Ok(Config {
            database_is_default: named.is_none(),
            database_url: named.unwrap_or_else(|| DEFAULT_DATABASE.to_owned()),
            listen,
            tenant: global.tenant.or(file.tenant),
            log: global
                .log
                .clone()
                .or(file.log)
                .unwrap_or_else(|| "warn,tollgate=info,api=info,engine=info".to_owned()),
            log_as_json: file.log_format == Some(LogFormat::Json),
        })
    }

    pub(crate) fn start_logging(&self) -> anyhow::Result<()> {
        let filter = tracing_subscriber::EnvFilter::try_new(&self.log)
            .with_context(|| format!("log: \"{}\" is not a filter such as \"info\" or \"warn,api=debug\"", self.log))?;
        let to_stderr = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .with_ansi(std::io::stderr().is_terminal());
        if self.log_as_json {
            to_stderr.json().init()
        } else {
            to_stderr.init()
        }
        Ok(())
    }
}

fn read_file(named: Option<&Path>) -> anyhow::Result<File> {
    let path = match named {
        Some(path) => path,
        None if Path::new(DEFAULT_FILE).exists() => Path::new(DEFAULT_FILE),
        None => return Ok(File::default()),
    };
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("{} is not a configuration", path.display()))
}

fn read_secret(path: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(text.trim().to_owned())
}
