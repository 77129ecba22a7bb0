use domain::invalid::Invalid;
use serde::{Deserialize, Serialize};

use crate::people::PublicUrl;

/// Where the tenant's pages may stand in others'.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Embed {
    /// The origins of the web sites that may ask for the tenant's public agents, such as `https://www.example.org`.
    pub origins: Vec<String>,
}

const MOST_ORIGINS: usize = 100;

impl Embed {
    pub(super) fn check(&self) -> Result<(), Invalid> {
        if self.origins.len() > MOST_ORIGINS {
            return Err(Invalid::at("/embed/origins", format!("must be {MOST_ORIGINS} at most")));
        }
        // Browsers send an origin in one form; another would never be the same.
        for (position, origin) in self.origins.iter().enumerate() {
            if !PublicUrl::parse(origin).is_ok_and(|url| url.as_str() == origin) {
                let detail = "must be an origin as browsers send it, such as https://www.example.org: no path, no slash at its end";
                return Err(Invalid::at(format!("/embed/origins/{position}"), detail));
            }
        }
        Ok(())
    }

    /// Whether a page of this origin may ask.
    #[must_use]
    pub fn admits(&self, origin: &str) -> bool {
        self.origins.iter().any(|known| known == origin)
    }
}
