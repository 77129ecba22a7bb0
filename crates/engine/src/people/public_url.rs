//! Where people reach the program.

use domain::invalid::Invalid;
use url::Url;

use crate::secrets::Secret;

/// The address that an operator names as that of the program, such as `https://tollgate.example.org`. Links are made of it, never
/// of what a request says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

/// What a one-time link leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The set-up.
    SetUp,
    /// An invitation.
    Join,
    /// The resetting of a password.
    Reset,
    /// The taking of a shift that somebody offers.
    Swap,
}

impl PublicUrl {
    /// Reads an address: `http` or `https`, a host, perhaps a port; pages and cookies are for a whole host, so that there is no path.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let none = || Invalid::at("", "must be an address such as https://tollgate.example.org");
        let url = Url::parse(text.trim()).map_err(|_| none())?;
        let plain = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() || !plain {
            return Err(none());
        }
        Ok(PublicUrl(url.as_str().trim_end_matches('/').to_owned()))
    }

    /// The address, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A one-time link.
    #[must_use]
    pub fn link(&self, page: Page, secret: &Secret) -> String {
        let path = match page {
            Page::SetUp => "setup",
            Page::Join => "join",
            Page::Reset => "reset",
            Page::Swap => "swap",
        };
        format!("{}/{path}/{}", self.0, secret.reveal())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_made_of_an_address_without_extras() {
        for (text, link) in [
            ("https://tollgate.example.org", Some("https://tollgate.example.org/join/tgt_1")),
            (" http://localhost:3000/ ", Some("http://localhost:3000/join/tgt_1")),
            ("https://example.org/tollgate/", None),
            ("tollgate.example.org", None),
            ("ftp://example.org", None),
            ("https://example.org/?next=", None),
            ("https://somebody:secret@example.org", None),
            ("https://example.org/#top", None),
        ] {
            let made = PublicUrl::parse(text).ok().map(|url| url.link(Page::Join, &Secret::new("tgt_1")));
            assert_eq!(made.as_deref(), link, "{text}");
        }
    }
}
