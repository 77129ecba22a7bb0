//! Configuration: flags, then environment, then one TOML file, then defaults.

mod asterisk;
mod log;
mod media;
mod operating;
mod stripe;
mod twilio;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use api::{Entrance, Limits, Tls};
use documents::Templates;
use engine::mailer::Mailer;
use engine::people::PublicUrl;
use ipnet::IpNet;
use mail::SmtpMailer;
use serde::Deserialize;
use webhooks::{HttpCourier, Policy};

use crate::cli::Global;
use asterisk::AsteriskFile;
pub(crate) use media::Media;
use media::MediaFile;
pub(crate) use operating::Operating;
pub(crate) use stripe::Stripe;
use stripe::StripeFile;
use twilio::TwilioFile;
pub(crate) use twilio::{Twilio, public};

/// The file that is read where none is named, if it is there.
const DEFAULT_FILE: &str = "tollgate.toml";
const DEFAULT_DATABASE: &str = "sqlite://tollgate.db";
/// What is logged where nothing is said: who signed in and what was refused them, too.
const DEFAULT_LOG: &str = "warn,tollgate=info,api=info,engine=info,security=info";
/// How long requests under way may take once the program is to end.
const LONGEST_ANSWER: Duration = Duration::from_secs(10);
const DEFAULT_LISTEN: &str = "127.0.0.1:3000";

/// What the program goes by.
pub(crate) struct Config {
    /// Where the database is.
    pub(crate) database_url: String,
    /// Whether somebody named the database, or it is the default.
    pub(crate) database_is_default: bool,
    /// Where the server listens.
    pub(crate) listen: SocketAddr,
    /// The address that people reach the server under, where one is named.
    public_url: Option<PublicUrl>,
    /// The proxies that are believed.
    trusted_proxies: Vec<IpNet>,
    /// The files of the certificate and its key.
    tls: Option<(PathBuf, PathBuf)>,
    /// The mail server, and who mails are from.
    mail: Option<(String, String)>,
    /// Where webhooks may lead.
    webhooks: Policy,
    /// How the voices of calls travel.
    pub(crate) media: Media,
    /// What those who run the server want of it.
    pub(crate) operating: Operating,
    /// The Asterisks that carry calls.
    pub(crate) asterisks: Vec<::asterisk::Settings>,
    /// The account at Twilio that carries calls.
    pub(crate) twilio: Option<Twilio>,
    /// The account at Stripe by which customers pay.
    pub(crate) stripe: Option<Stripe>,
    /// The folder with the owner's templates of documents.
    templates: Option<PathBuf>,
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
    public_url: Option<String>,
    #[serde(default)]
    trusted_proxies: Vec<String>,
    tls_certificate: Option<PathBuf>,
    tls_key: Option<PathBuf>,
    smtp_url: Option<String>,
    smtp_url_file: Option<PathBuf>,
    mail_from: Option<String>,
    templates: Option<PathBuf>,
    #[serde(default)]
    webhooks: Webhooks,
    #[serde(default)]
    media: MediaFile,
    #[serde(default)]
    asterisk: Vec<AsteriskFile>,
    twilio: Option<TwilioFile>,
    stripe: Option<StripeFile>,
    tenant: Option<i64>,
    log: Option<String>,
    log_format: Option<LogFormat>,
    metrics_listen: Option<SocketAddr>,
    shutdown_delay_seconds: Option<u16>,
}

/// Where webhooks may lead.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Webhooks {
    #[serde(default)]
    allowed_hosts: Vec<String>,
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
        let named = address(
            "database_url",
            (global.database_url.clone(), global.database_url_file.clone()),
            (file.database_url, file.database_url_file),
        )?;
        let smtp_url = address(
            "smtp_url",
            (global.smtp_url.clone(), global.smtp_url_file.clone()),
            (file.smtp_url, file.smtp_url_file),
        )?;
        let mail = match (smtp_url, global.mail_from.clone().or(file.mail_from)) {
            (Some(url), Some(from)) => Some((url, from)),
            (Some(_), None) => bail!("name who mails are from: --mail-from billing@example.com"),
            (None, _) => None,
        };
        let listen = match global.listen.or(file.listen) {
            Some(listen) => listen,
            None => DEFAULT_LISTEN.parse()?,
        };
        let public_url = global.public_url.clone().or(file.public_url);
        let public_url = public_url.map(|url| PublicUrl::parse(&url)).transpose();
        let public_url = public_url.map_err(|invalid| anyhow!("the public URL {}", invalid.detail))?;
        let proxies = given(&global.trusted_proxies, &file.trusted_proxies);
        let certificate = global.tls_certificate.clone().or(file.tls_certificate);
        let tls = match (certificate, global.tls_key.clone().or(file.tls_key)) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            _ => bail!("HTTPS takes two files: --tls-certificate and --tls-key"),
        };
        Ok(Config {
            public_url,
            trusted_proxies: proxies.iter().map(|proxy| network(proxy)).collect::<anyhow::Result<_>>()?,
            tls,
            database_is_default: named.is_none(),
            database_url: named.unwrap_or_else(|| DEFAULT_DATABASE.to_owned()),
            listen,
            mail,
            webhooks: Policy::new(
                given(&global.webhooks_allowed_hosts, &file.webhooks.allowed_hosts),
                &global.webhooks_allow_private,
            )?,
            media: Media::load(&global.media, &file.media)?,
            operating: Operating::load(&global.operating, (file.metrics_listen, file.shutdown_delay_seconds))?,
            asterisks: asterisk::load(file.asterisk)?,
            twilio: file.twilio.map(twilio::load).transpose()?,
            stripe: file.stripe.map(stripe::load).transpose()?,
            templates: global.templates.clone().or(file.templates),
            tenant: global.tenant.or(file.tenant),
            log: global.log.clone().or(file.log).unwrap_or_else(|| DEFAULT_LOG.to_owned()),
            log_as_json: file.log_format == Some(LogFormat::Json),
        })
    }

    /// What mails are sent by; nothing, where no server is named.
    pub(crate) fn mailer(&self) -> anyhow::Result<Option<Arc<dyn Mailer>>> {
        let Some((url, from)) = &self.mail else { return Ok(None) };
        Ok(Some(Arc::new(SmtpMailer::new(url, from)?)))
    }

    /// What carries webhooks.
    pub(crate) fn courier(&self) -> anyhow::Result<HttpCourier> {
        HttpCourier::new(self.webhooks.clone()).context("webhooks cannot be sent")
    }

    /// The address that people reach a server at `listening` under.
    pub(crate) fn public_url(&self, listening: SocketAddr) -> anyhow::Result<PublicUrl> {
        self.public_url.clone().map_or_else(|| self.own_url(listening), Ok)
    }

    /// The address that a server at `listening` has on its own machine.
    pub(crate) fn own_url(&self, listening: SocketAddr) -> anyhow::Result<PublicUrl> {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let host = match listening.ip() {
            ip if ip.is_loopback() => "localhost".to_owned(),
            IpAddr::V6(ip) => format!("[{ip}]"),
            IpAddr::V4(ip) => ip.to_string(),
        };
        Ok(PublicUrl::parse(&format!("{scheme}://{host}:{}", listening.port()))?)
    }

    /// How the world reaches a server at `listening`.
    pub(crate) fn entrance(&self, listening: SocketAddr) -> anyhow::Result<Entrance> {
        Ok(Entrance::new(self.public_url(listening)?, self.trusted_proxies.clone()))
    }

    /// Whether a mail server is named.
    pub(crate) fn mails(&self) -> bool {
        self.mail.is_some()
    }

    /// What connections may do: behind a proxy all come from its address.
    pub(crate) fn limits(&self) -> Limits {
        // A program that ends has to within half a minute, and has more to do.
        let usual = Limits { drain: LONGEST_ANSWER, ..Limits::default() };
        if self.trusted_proxies.is_empty() { usual } else { Limits { each_client: None, ..usual } }
    }

    /// The certificate for HTTPS; nothing, where none is named.
    pub(crate) fn tls(&self) -> anyhow::Result<Option<Tls>> {
        let Some((certificate, key)) = &self.tls else { return Ok(None) };
        Ok(Some(Tls::from_files(certificate, key).context("HTTPS is not to be had")?))
    }

    /// What draws documents. An owner's templates are tried first: a wrong one is refused with its file and line.
    pub(crate) fn templates(&self) -> anyhow::Result<Templates> {
        match &self.templates {
            Some(folder) => Templates::from_folder(folder).context("the templates cannot be used"),
            None => Ok(Templates::built_in()),
        }
    }

    /// Has the log say nothing of statements that take long: for commands that read or write everything there is.
    pub(crate) fn expect_slow_statements(&mut self) {
        self.log.push_str(",sqlx=error");
    }

    pub(crate) fn start_logging(&self) -> anyhow::Result<()> {
        let filter = tracing_subscriber::EnvFilter::try_new(&self.log)
            .with_context(|| format!("log: \"{}\" is not a filter such as \"info\" or \"warn,api=debug\"", self.log))?;
        log::start(filter, self.log_as_json);
        Ok(())
    }
}

/// A list from what goes first.
fn given<'a>(flags: &'a [String], file: &'a [String]) -> &'a [String] {
    if flags.is_empty() { file } else { flags }
}

/// A network, or a single address.
fn network(text: &str) -> anyhow::Result<IpNet> {
    let single = || text.parse::<IpAddr>().map(IpNet::from);
    let network = text.parse::<IpNet>().or_else(|_| single());
    network.with_context(|| format!("trusted proxies: \"{text}\" is no address or network such as 10.0.0.0/8"))
}

/// An address that may hold a password, from what goes first: it may stand in a file of its own.
fn address(
    name: &str,
    given: (Option<String>, Option<PathBuf>),
    in_file: (Option<String>, Option<PathBuf>),
) -> anyhow::Result<Option<String>> {
    let one_of = |pair: (Option<String>, Option<PathBuf>), fault: String| match pair {
        (Some(_), Some(_)) => bail!(fault),
        (Some(address), None) => Ok(Some(address)),
        (None, Some(path)) => read_secret(&path).map(Some),
        (None, None) => Ok(None),
    };
    let flag = name.replace('_', "-");
    match one_of(given, format!("give --{flag} or --{flag}-file, not both"))? {
        Some(address) => Ok(Some(address)),
        None => one_of(in_file, format!("the configuration has {name} and {name}_file: keep one")),
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
