use std::fmt;
use std::time::Duration;

use url::{Host, Url};

/// Where Stripe is.
const STRIPE: &str = "https://api.stripe.com";
/// How long an answer is waited for: somebody is waiting for the page.
const PATIENCE: Duration = Duration::from_secs(5);

/// How an account is reached.
#[derive(Clone)]
pub struct Settings {
    pub(super) base: Url,
    pub(super) secret: String,
    pub(super) patience: Duration,
}

/// Settings of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The address is none.
    #[error("\"{0}\" is no address such as {STRIPE}")]
    NotAnAddress(String),
    /// The secret would go over the network for all to read.
    #[error("\"{0}\" is neither HTTPS nor on this machine")]
    NotSecure(String),
}

impl Settings {
    /// The account of a secret key.
    ///
    /// # Errors
    /// None as long as Stripe's own address is one.
    pub fn new(secret: &str) -> Result<Settings, SettingsError> {
        Ok(Settings { base: address(STRIPE)?, secret: secret.to_owned(), patience: PATIENCE })
    }

    /// The same account elsewhere: at a double.
    ///
    /// # Errors
    /// It is no address, or neither HTTPS nor on this machine.
    pub fn at(self, base: &str) -> Result<Settings, SettingsError> {
        Ok(Settings { base: address(base)?, ..self })
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
        out.debug_struct("Settings").field("base", &self.base.as_str()).finish()
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
    fn a_secret_goes_nowhere_unprotected() {
        let settings = || Settings::new("sk_very_secret").unwrap();
        for good in ["https://stripe.example", "http://127.0.0.1:1", "http://localhost", "http://[::1]:1"] {
            assert!(settings().at(good).is_ok(), "{good}");
        }
        for open in ["http://api.stripe.com", "http://192.168.0.1", "http://localhost.example"] {
            assert_eq!(settings().at(open).err(), Some(SettingsError::NotSecure(open.to_owned())));
        }
        for none in ["", "api.stripe.com", "ftp://127.0.0.1"] {
            assert_eq!(settings().at(none).err(), Some(SettingsError::NotAnAddress(none.to_owned())));
        }
        assert!(!format!("{:?}", settings()).contains("secret"));
    }
}
