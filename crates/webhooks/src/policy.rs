//! Which addresses may be sent to.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::lookup_host;
use tokio::time::timeout;
use url::{Host, Url};

use crate::address::is_public;

/// The port that everybody may name.
const HTTPS: u16 = 443;
/// How long a name may take to be resolved where an address is only checked.
const PATIENCE: Duration = Duration::from_secs(5);

/// Which addresses may be sent to: any public host by HTTPS on port 443, or those alone that an operator names.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// Where some are named, these alone.
    allowed: Vec<Allowed>,
    /// Hosts with their ports that may be on this machine or its network, by HTTP too.
    private: Vec<(String, u16)>,
}

/// Hosts that are allowed.
#[derive(Debug, Clone)]
struct Allowed {
    /// A host, or what its name ends with.
    name: Name,
    port: u16,
}

#[derive(Debug, Clone)]
enum Name {
    /// This one.
    Is(String),
    /// Any whose name ends so, with the dot.
    EndsWith(String),
}

/// What an operator has named that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// An allowed host.
    #[error("\"{0}\" is no host such as hooks.example.org, *.example.org or hooks.example.org:8443")]
    NotAHost(String),
    /// A private receiver.
    #[error("\"{0}\" is no host with its port such as 127.0.0.1:8080")]
    NotAReceiver(String),
}

/// Why nothing is sent to an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    #[error("is no address such as https://example.org/hooks")]
    NotAnAddress,
    #[error("must begin with https://")]
    NotHttps,
    #[error("must have no user and no password: what is sent is signed instead")]
    Credentials,
    #[error("must not name the port {0}: only 443 is allowed, unless the operator allows the host with its port")]
    Port(u16),
    #[error("names the host {0}, which the operator does not allow")]
    NotAllowed(String),
    #[error("leads to {0}, which is no public address")]
    NotPublic(IpAddr),
    #[error("names the host {0}, which cannot be found: {1}")]
    NotFound(String, String),
}

/// Where something is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) url: Url,
    /// Without the brackets of an IPv6 address.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Whether it may be on this machine or its network.
    private: bool,
}

impl Policy {
    /// Hosts that are allowed, such as `hooks.example.org`, `*.example.org` or `hooks.example.org:8443`: any public one, if none is
    /// named; and hosts with their ports on this machine or its network that are allowed all the same, by HTTP too.
    ///
    /// # Errors
    /// One of them is none.
    pub fn new(allowed: &[String], private: &[String]) -> Result<Self, PolicyError> {
        Ok(Policy {
            allowed: allowed.iter().map(|text| Allowed::parse(text)).collect::<Result<_, _>>()?,
            private: private.iter().map(|text| receiver(text)).collect::<Result<_, _>>()?,
        })
    }

    /// Where an address leads, as far as its text tells.
    pub(crate) fn target(&self, url: &str) -> Result<Target, Refused> {
        let url = Url::parse(url).map_err(|_| Refused::NotAnAddress)?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(Refused::NotHttps);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refused::Credentials);
        }
        let host = url.host().ok_or(Refused::NotAnAddress)?;
        let name = plain(&host);
        let port = url.port_or_known_default().unwrap_or(HTTPS);
        let private = self.private.iter().any(|known| *known == (name.clone(), port));
        if !private {
            if url.scheme() != "https" {
                return Err(Refused::NotHttps);
            }
            self.allows(&name, port)?;
            if let Some(address) = literal(&host).filter(|address| !is_public(*address)) {
                return Err(Refused::NotPublic(address));
            }
        }
        Ok(Target { host: name, port, private, url })
    }

    fn allows(&self, host: &str, port: u16) -> Result<(), Refused> {
        let mut of_host = self.allowed.iter().filter(|allowed| allowed.name.fits(host)).peekable();
        if of_host.peek().is_none() && !self.allowed.is_empty() {
            return Err(Refused::NotAllowed(host.to_owned()));
        }
        if port != HTTPS && !of_host.any(|allowed| allowed.port == port) {
            return Err(Refused::Port(port));
        }
        Ok(())
    }

    /// Whether something may be sent there now.
    pub(crate) async fn check(&self, url: &str) -> Result<(), Refused> {
        let target = self.target(url)?;
        match timeout(PATIENCE, target.addresses()).await {
            Ok(addresses) => addresses.map(|_| ()),
            Err(_) => Err(Refused::NotFound(target.host, "nobody answers for its name".to_owned())),
        }
    }
}

impl Target {
    /// Whether it is asked by HTTPS.
    pub(crate) fn is_secure(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Where its host is, resolved now: nothing else may be connected to. A name that leads to a public address and to another one
    /// leads nowhere.
    pub(crate) async fn addresses(&self) -> Result<Vec<SocketAddr>, Refused> {
        let not_found = |why: String| Refused::NotFound(self.host.clone(), why);
        let found = lookup_host((self.host.as_str(), self.port)).await.map_err(|error| not_found(error.to_string()))?;
        let found: Vec<SocketAddr> = found.collect();
        if found.is_empty() {
            return Err(not_found("it has no address".to_owned()));
        }
        match found.iter().find(|address| !self.private && !is_public(address.ip())) {
            Some(address) => Err(Refused::NotPublic(address.ip())),
            None => Ok(found),
        }
    }
}

impl Name {
    fn fits(&self, host: &str) -> bool {
        match self {
            Name::Is(name) => name == host,
            Name::EndsWith(end) => host.ends_with(end),
        }
    }
}

impl Allowed {
    fn parse(text: &str) -> Result<Self, PolicyError> {
        let none = || PolicyError::NotAHost(text.to_owned());
        let (below, rest) = text.strip_prefix("*.").map_or((false, text), |rest| (true, rest));
        let (host, port) = host_and_port(rest).ok_or_else(none)?;
        let name = if below { Name::EndsWith(format!(".{host}")) } else { Name::Is(host) };
        Ok(Allowed { name, port: port.unwrap_or(HTTPS) })
    }
}

fn receiver(text: &str) -> Result<(String, u16), PolicyError> {
    let (host, port) = host_and_port(text).ok_or_else(|| PolicyError::NotAReceiver(text.to_owned()))?;
    Ok((host, port.ok_or_else(|| PolicyError::NotAReceiver(text.to_owned()))?))
}

/// A host, in the form that addresses have it in, and its port.
fn host_and_port(text: &str) -> Option<(String, Option<u16>)> {
    // A scheme without a port of its own: every port that stands there is read.
    let url = Url::parse(&format!("ws://{text}")).ok()?;
    let plain_text =
        url.path() == "/" && url.query().is_none() && url.username().is_empty() && !text.contains(['/', '*']);
    let host = plain(&url.host()?);
    let port = text.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
    plain_text.then_some((host, port))
}

/// A host as it is compared and resolved: without brackets, and without the dot that a full name may end with.
fn plain(host: &Host<&str>) -> String {
    match host {
        Host::Domain(name) => name.trim_end_matches('.').to_owned(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    }
}

fn literal(host: &Host<&str>) -> Option<IpAddr> {
    match host {
        Host::Domain(_) => None,
        Host::Ipv4(address) => Some((*address).into()),
        Host::Ipv6(address) => Some((*address).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(allowed: &str, private: &str) -> Policy {
        let list = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        Policy::new(&list(allowed), &list(private)).unwrap()
    }

    /// What is said of an address: `ok`, or the first words of why not.
    fn said(policy: &Policy, url: &str) -> String {
        policy.target(url).map_or_else(|refused| refused.to_string(), |_| "ok".to_owned())
    }

    #[test]
    fn addresses_by_table() {
        for (allowed, private, url, expected) in [
            ("", "", "https://example.org/hooks?x=1", "ok"),
            ("", "", "https://example.org:443/", "ok"),
            ("", "", "https://1.1.1.1/", "ok"),
            ("", "", "https://[2606:4700::1111]/", "ok"),
            ("", "", "example.org/hooks", "is no address"),
            ("", "", "https://", "is no address"),
            ("", "", "http://example.org/", "must begin with https"),
            ("", "", "ftp://example.org/", "must begin with https"),
            ("", "", "https://user@example.org/", "must have no user"),
            ("", "", "https://:secret@example.org/", "must have no user"),
            ("", "", "https://example.org:8443/", "must not name the port 8443"),
            ("", "", "https://example.org:80/", "must not name the port 80"),
            // Every spelling of an address of this machine or its network.
            ("", "", "https://127.0.0.1/", "leads to 127.0.0.1"),
            ("", "", "https://0x7f000001/", "leads to 127.0.0.1"),
            ("", "", "https://2130706433/", "leads to 127.0.0.1"),
            ("", "", "https://0177.0.0.1/", "leads to 127.0.0.1"),
            ("", "", "https://127.1/", "leads to 127.0.0.1"),
            ("", "", "https://%31%32%37.0.0.1/", "leads to 127.0.0.1"),
            ("", "", "https://①②⑦.0.0.1/", "leads to 127.0.0.1"),
            ("", "", "https://0/", "leads to 0.0.0.0"),
            ("", "", "https://[::ffff:10.0.0.1]/", "leads to ::ffff:10.0.0.1"),
            ("", "", "https://[::1]/", "leads to ::1"),
            // What an operator allows.
            ("example.org", "", "https://example.org/", "ok"),
            ("example.org", "", "https://EXAMPLE.org./", "ok"),
            ("example.org", "", "https://hooks.example.org/", "names the host hooks.example.org"),
            ("*.example.org", "", "https://a.hooks.example.org/", "ok"),
            ("*.example.org", "", "https://example.org/", "names the host example.org"),
            ("*.example.org", "", "https://badexample.org/", "names the host badexample.org"),
            ("example.org:8443", "", "https://example.org:8443/", "ok"),
            ("example.org:8443", "", "https://example.org:9443/", "must not name the port 9443"),
            ("127.0.0.1", "", "https://127.0.0.1/", "leads to 127.0.0.1"),
            // What may be near.
            ("", "127.0.0.1:8080", "http://127.0.0.1:8080/", "ok"),
            ("example.org", "127.0.0.1:8080", "https://127.0.0.1:8080/", "ok"),
            ("", "127.0.0.1:8080", "http://127.0.0.1:8081/", "must begin with https"),
            ("", "127.0.0.1:8080", "http://localhost:8080/", "must begin with https"),
            ("", "[::1]:80", "http://[::1]/", "ok"),
        ] {
            let said = said(&policy(allowed, private), url);
            assert!(said.starts_with(expected), "{url}: {said}");
        }
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for text in ["", "https://example.org", "example.org/hooks", "a b", "*.", "user@example.org", "*"] {
            assert!(Policy::new(&[text.to_owned()], &[]).is_err(), "{text}");
        }
        for text in ["", "127.0.0.1", "[::1]", "localhost", "localhost:x"] {
            assert!(Policy::new(&[], &[text.to_owned()]).is_err(), "{text}");
        }
    }

    #[tokio::test]
    async fn a_name_is_judged_by_where_it_leads() {
        let refused = Policy::default().check("https://localhost/").await;
        assert!(matches!(refused, Err(Refused::NotPublic(address)) if address.is_loopback()), "{refused:?}");
        let unknown = Policy::default().check("https://nobody.invalid/").await;
        assert!(matches!(unknown, Err(Refused::NotFound(..))), "{unknown:?}");
        assert_eq!(policy("", "localhost:8080").check("http://localhost:8080/").await, Ok(()));
    }
}
