use std::net::IpAddr;

use engine::mailer::Mailbox;
use lettre::message::Mailbox as Written;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::TlsParameters;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

/// Why mail cannot be set up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The server's address is none. It may hold a password, so that it is not told.
    #[error(
        "the mail server's address is none: write smtp://USER:PASSWORD@HOST:PORT, or smtps:// where it is encrypted throughout"
    )]
    NoServer,
    /// The sender is none.
    #[error("\"{0}\" is not the sender of a mail: write billing@example.com, or \"Example Ltd <billing@example.com>\"")]
    NoSender(String),
    /// The certificates by which a server is known cannot be read.
    #[error("the certificates of this machine, by which the mail server is known, cannot be used: {0}")]
    Certificates(String),
}

/// Where mails are given.
pub(crate) struct Server {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) security: Security,
    pub(crate) credentials: Option<Credentials>,
}

/// How what is said to the server is kept from others.
pub(crate) enum Security {
    /// Not: it does not leave the machine.
    Plain,
    /// By TLS after a greeting in plain.
    StartTls(TlsParameters),
    /// By TLS from the beginning.
    Tls(TlsParameters),
}

pub(crate) fn server(url: &str) -> Result<Server, SettingsError> {
    let url = Url::parse(url).map_err(|_| SettingsError::NoServer)?;
    let (host, on_loopback) = host(&url).ok_or(SettingsError::NoServer)?;
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return Err(SettingsError::NoServer);
    }
    let tls = || TlsParameters::new(host.clone()).map_err(|fault| SettingsError::Certificates(fault.to_string()));
    let (security, usual_port) = match url.scheme() {
        "smtp" if on_loopback => (Security::Plain, 25),
        "smtp" => (Security::StartTls(tls()?), 587),
        "smtps" => (Security::Tls(tls()?), 465),
        _ => return Err(SettingsError::NoServer),
    };
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let credentials = url.password().map(|password| Credentials::new(decoded(url.username()), decoded(password)));
    Ok(Server { port: url.port().unwrap_or(usual_port), host, security, credentials })
}

/// The host, and whether it is this machine.
fn host(url: &Url) -> Option<(String, bool)> {
    // In an address of a scheme that it does not know the library leaves hosts as they are written.
    let host = Host::parse(url.host_str()?).ok()?;
    Some(match host {
        Host::Domain(name) => (name.clone(), name == "localhost"),
        Host::Ipv4(address) => (address.to_string(), IpAddr::V4(address).is_loopback()),
        Host::Ipv6(address) => (address.to_string(), IpAddr::V6(address).is_loopback()),
    })
}

pub(crate) fn sender(text: &str) -> Result<Mailbox, SettingsError> {
    let written: Written = text.parse().map_err(|_| SettingsError::NoSender(text.to_owned()))?;
    Ok(Mailbox { name: written.name, address: written.email.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_by_table() {
        for (url, expected) in [
            ("smtp://mail.example.com", "mail.example.com:587 STARTTLS"),
            ("smtp://mail.example.com:25/", "mail.example.com:25 STARTTLS"),
            ("smtp://127.0.0.1:2525", "127.0.0.1:2525 plain"),
            ("smtp://localhost", "localhost:25 plain"),
            ("smtp://[::1]", "::1:25 plain"),
            ("smtp://127.0.0.1.example.com", "127.0.0.1.example.com:587 STARTTLS"),
            ("smtps://ann%40example.com:p%3Aw@mail.example.com", "mail.example.com:465 TLS ann@example.com p:w"),
            ("smtps://localhost:4650", "localhost:4650 TLS"),
            ("smtp://ann@mail.example.com", "mail.example.com:587 STARTTLS"),
        ] {
            let Server { host, port, security, credentials } = server(url).unwrap();
            let security = match security {
                Security::Plain => "plain",
                Security::StartTls(_) => "STARTTLS",
                Security::Tls(_) => "TLS",
            };
            let expected_credentials = expected.splitn(3, ' ').nth(2).map(|text| {
                let (user, password) = text.split_once(' ').unwrap();
                Credentials::new(user.to_owned(), password.to_owned())
            });
            assert!(expected.starts_with(&format!("{host}:{port} {security}")), "{url}: {host}:{port} {security}");
            assert_eq!(credentials, expected_credentials, "{url}");
        }
        for url in [
            "",
            "mail.example.com:25",
            "http://mail.example.com",
            "smtp://",
            "smtp:///x",
            "smtp://h/path",
            "smtp://h?tls=none",
            "smtp://h:99999",
        ] {
            assert_eq!(server(url).err(), Some(SettingsError::NoServer), "{url}");
        }
    }

    #[test]
    fn senders_by_table() {
        for (text, name, address) in [
            ("billing@example.com", None, "billing@example.com"),
            ("Example Ltd <billing@example.com>", Some("Example Ltd"), "billing@example.com"),
            ("\"Example, Ltd\" <billing@example.com>", Some("Example, Ltd"), "billing@example.com"),
        ] {
            let expected = Mailbox { name: name.map(str::to_owned), address: address.to_owned() };
            assert_eq!(sender(text), Ok(expected));
        }
        for text in ["", "billing", "a@b.com, c@d.com", "a@b.com\nX: y"] {
            assert_eq!(sender(text), Err(SettingsError::NoSender(text.to_owned())));
        }
    }
}
