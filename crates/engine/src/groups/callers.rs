use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

use super::{Callers, Group, GroupError, get};
use crate::Scope;

/// What callers are called who hide their numbers.
pub(crate) const HIDDEN: &str = "anonymous";
/// How many bytes of a hash stand for a number: enough to tell the callers of a line apart, few enough to be read out.
const TOLD_BYTES: usize = 6;
/// How many characters that makes.
const TOLD_LENGTH: usize = 8;
/// What a name that stands for a number begins with.
const PREFIX: &str = "caller-";

/// Whether this is the form of a name that stands for a number.
pub(super) fn is_pseudonym(text: &str) -> bool {
    text.strip_prefix(PREFIX).is_some_and(|told| {
        told.len() == TOLD_LENGTH
            && told.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    })
}

/// Why it is not known who called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotKnown {
    /// The number was withheld, or the group keeps nothing of who calls.
    #[error("it is not known who called: the number was withheld, or the group keeps none")]
    Hidden,
    /// A name stands in its place.
    #[error(
        "the number that called is not kept, but a name in its place: a group that is to call back shows its callers, in its settings"
    )]
    Named,
    /// It was kept for its time.
    #[error("it is not known any more who called: the time is over for which the group keeps that, or it was erased")]
    Forgotten,
}

/// The number of who called, of which that or what stands in its place is on record.
pub(crate) fn number_of(caller: &str) -> Result<&str, NotKnown> {
    match caller {
        "" => Err(NotKnown::Forgotten),
        HIDDEN => Err(NotKnown::Hidden),
        name if is_pseudonym(name) => Err(NotKnown::Named),
        number => Ok(number),
    }
}

impl Group {
    /// What stands in the place of a caller's number from here on.
    pub(crate) fn name_of(&self, number: &str) -> String {
        match self.details.answering.callers {
            _ if number.is_empty() => HIDDEN.to_owned(),
            Callers::Shown => number.to_owned(),
            Callers::Nothing => HIDDEN.to_owned(),
            Callers::Pseudonym => self.pseudonym_of(number),
        }
    }

    /// The name that stands for a number, whether the group keeps such names now or not.
    pub(crate) fn pseudonym_of(&self, number: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.callers_key.as_bytes());
        let tag = hmac::sign(&key, number.as_bytes());
        let told = tag.as_ref().get(..TOLD_BYTES).unwrap_or_default();
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(told))
    }
}

/// The name that a group has for a caller, of which its number or what stands in its place is known; none, where it is not known who it is.
///
/// # Errors
/// The database does not answer.
pub async fn person_of(scope: &mut impl Scope, group: &str, caller: &str) -> Result<Option<String>, GroupError> {
    if caller.is_empty() || caller == HIDDEN {
        return Ok(None);
    }
    if is_pseudonym(caller) {
        return Ok(Some(caller.to_owned()));
    }
    match get(scope, group).await {
        Ok(group) => Ok(Some(group.pseudonym_of(caller))),
        // With the group its names are gone.
        Err(GroupError::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
