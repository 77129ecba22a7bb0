use std::fmt;
use std::time::Duration;

use url::{Host, Url};

/// Where Twilio is.
const TWILIO: &str = "https://api.twilio.com";
/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// How an account is reached.
#[derive(Clone)]
pub struct Settings {
    pub(super) base: Url,
    pub(super) account: String,
    pub(super) user: String,
    pub(super) secret: String,
    pub(super) patience: Duration,
}

/// Settings of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The address is none.
    #[error("\"{0}\" is no address such as {TWILIO}")]
    NotAnAddress(String),
    /// The secret would go over the network for all to read.
    #[error("\"{0}\" is neither HTTPS nor on this machine")]
    NotSecure(String),
}

impl Settings {
    /// An account with its token.
    ///
    /// # Errors
    /// None as long as Twilio's own address is one.
    pub fn new(account: &str, token: &str) -> Result<Settings, SettingsError> {
        let settings = Settings {
            base: address(TWILIO)?,
            account: account.to_owned(),
            user: account.to_owned(),
            secret: token.to_owned(),
            patience: PATIENCE,
        };
        Ok(settings)
    }

    /// The same account with an API key in the place of its token.
    #[must_use]
    pub fn with_key(self, key: &str, secret: &str) -> Settings {
        Settings { user: key.to_owned(), secret: secret.to_owned(), ..self }
    }

    /// The same account elsewhere: in another region, or at a double.
    ///
    /// # Errors
    /// It is no address, or neither HTTPS nor on this machine.
    pub fn at(self, base: &str) -> Result<Settings, SettingsError> {
        Ok(Settings { base: address(base)?, ..self })
    }

    /// Where it is asked.
    #[must_use]
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// The same account, asked with another patience.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Settings {
        Settings { patience, ..self }
    }
}

/// A secret is not shown.
impl fmt::Debug for Settings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Settings").field("base", &self.base.as_str()).field("account", &self.account).finish()
    }
}

fn address(text: &str) -> Result<Url, SettingsError> {
    let not_an_address = || SettingsError::NotAnAddress(text.to_owned());
    let url = Url::parse(text).map_err(|_| not_an_address())?;
    let is_of_this_machine = match url.host().ok_or_else(not_an_address)? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_of_this_machine => Ok(url),
        "http" => Err(SettingsError::NotSecure(text.to_owned())),
        _ => Err(not_an_address()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_by_table() {
        let settings = || Settings::new("AC1", "very-secret").unwrap();
        for good in ["https://api.dublin.ie1.twilio.com", "http://127.0.0.1:1", "http://localhost", "http://[::1]:1"] {
            assert!(settings().at(good).is_ok(), "{good}");
        }
        for open in ["http://api.twilio.com", "http://192.168.0.1", "http://localhost.example"] {
            assert_eq!(settings().at(open).err(), Some(SettingsError::NotSecure(open.to_owned())));
        }
        for none in ["", "api.twilio.com", "ftp://127.0.0.1", "mailto:a@b"] {
            assert_eq!(settings().at(none).err(), Some(SettingsError::NotAnAddress(none.to_owned())));
        }
        let shown = format!("{:?}", settings().with_key("SK1", "more-secret"));
        assert!(shown.contains("AC1") && !shown.contains("secret"), "{shown}");
    }
}
