use std::fmt;
use std::path::PathBuf;

use url::Url;

/// One Asterisk: where its REST interface is, and who Tollgate is there.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// What it is called in Tollgate: a part of the origins of its calls, and what `import asterisk-csv --system` is told.
    pub name: String,
    /// Its REST interface: `http://127.0.0.1:8088/ari`.
    pub url: Url,
    /// A user of its `ari.conf`.
    pub user: String,
    /// The user's password.
    pub password: String,
    /// The application that its dialplan hands calls to: `Stasis(tollgate,...)`.
    pub application: String,
    /// The file that the SIP accounts of lines are written to, for `pjsip_wizard.conf` to include; none, where somebody else makes them.
    pub accounts: Option<PathBuf>,
    /// The dialplan's context in which phones with these accounts dial.
    pub context: String,
}

/// Why something is not the settings of an Asterisk.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Its name is in the way of the origins of calls.
    #[error("\"{0}\" cannot be the name of an Asterisk: write 1 to 20 of a-z, 0-9 and -")]
    Name(String),
    /// Two have one name.
    #[error("two Asterisks are called \"{0}\": give each a name of its own")]
    Twice(String),
    /// Its address is none.
    #[error("\"{0}\" is not the address of a REST interface: write http://HOST:8088/ari")]
    Address(String),
}

impl Settings {
    /// The address of a REST interface.
    ///
    /// # Errors
    /// It is none.
    pub fn address(text: &str) -> Result<Url, SettingsError> {
        let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        url.ok_or_else(|| SettingsError::Address(text.to_owned()))
    }

    /// Checks what somebody has written.
    ///
    /// # Errors
    /// A name or an address is of no use, or two Asterisks have one name.
    pub fn check(all: &[Settings]) -> Result<(), SettingsError> {
        for (place, settings) in all.iter().enumerate() {
            let Settings { name, url, .. } = settings;
            let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            if !(1..=20).contains(&name.len()) || !name.bytes().all(plain) {
                return Err(SettingsError::Name(name.clone()));
            }
            if all.iter().take(place).any(|other| other.name == *name) {
                return Err(SettingsError::Twice(name.clone()));
            }
            Settings::address(url.as_str())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settings { name, url, user, application, accounts, context, .. } = self;
        let mut shown = f.debug_struct("Settings");
        shown.field("name", name).field("url", &url.as_str()).field("user", user).field("application", application);
        shown.field("accounts", accounts).field("context", context);
        shown.finish_non_exhaustive()
    }
}
