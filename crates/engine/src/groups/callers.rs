use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

use super::{Callers, Group};

/// What callers are called who hide their numbers.
pub(crate) const HIDDEN: &str = "anonymous";
/// How many bytes of a hash stand for a number: enough to tell the callers of a line apart, few enough to be read out.
const TOLD_BYTES: usize = 6;

impl Group {
    /// What stands in the place of a caller's number from here on.
    pub(crate) fn name_of(&self, number: &str) -> String {
        match self.details.answering.callers {
            _ if number.is_empty() => HIDDEN.to_owned(),
            Callers::Shown => number.to_owned(),
            Callers::Nothing => HIDDEN.to_owned(),
            Callers::Pseudonym => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, self.callers_key.as_bytes());
                let tag = hmac::sign(&key, number.as_bytes());
                let told = tag.as_ref().get(..TOLD_BYTES).unwrap_or_default();
                format!("caller-{}", URL_SAFE_NO_PAD.encode(told))
            }
        }
    }
}
