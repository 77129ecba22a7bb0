//! The password once more, from somebody who is signed in: whoever finds an open browser must not take the user over.

use storage::users::UserRecord;

use super::Password;
use super::hashing::Checked;
use super::sessions::SignedIn;
use crate::secrets::MachineError;
use crate::{Engine, Work};

/// Why somebody who is signed in is not believed.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmError {
    /// The password is wrong.
    #[error("the password is wrong")]
    WrongPassword,
    /// The session has ended meanwhile.
    #[error("you were signed out meanwhile: sign in again")]
    SignedOut,
    /// Too many passwords, or codes, were given.
    #[error("too many tries: try again in {retry_after_seconds} seconds")]
    TooMany {
        /// How long to wait, in seconds.
        retry_after_seconds: u64,
    },
    /// The machine did not do it.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(ConfirmError);

/// Checks the password of who is signed in; answers the user as it was then. Each check counts, that of the right password too: it
/// takes as long.
pub(super) async fn confirm(engine: &Engine, who: &SignedIn, password: Password) -> Result<UserRecord, ConfirmError> {
    let (people, id) = (engine.people(), &who.user.id);
    let taken = people.limits.confirmations.take(id, engine.clock().now());
    taken.map_err(|retry_after_seconds| ConfirmError::TooMany { retry_after_seconds })?;
    let user = {
        let mut tx = engine.store().read().await?;
        storage::users::get(&mut tx, id).await?.ok_or(ConfirmError::WrongPassword)?
    };
    match people.hasher.check(password, user.password_hash.clone()).await? {
        Checked::Wrong => {
            tracing::warn!(target: "security", user = id, "a wrong password was given by who is signed in");
            Err(ConfirmError::WrongPassword)
        }
        Checked::Right | Checked::Outdated => Ok(user),
    }
}

/// Who is signed in, whom nobody else changes before the transaction ends: if the session is there still, and the password is the
/// one that was [`confirm`]ed, where one was.
pub(super) async fn locked(
    work: &mut Work,
    who: &SignedIn,
    confirmed: Option<&UserRecord>,
) -> Result<UserRecord, ConfirmError> {
    let user = storage::users::lock(&mut work.tx, &who.user.id).await?.ok_or(ConfirmError::SignedOut)?;
    if !storage::sessions::is_of(&mut work.tx, &who.session_id, &user.id).await? {
        return Err(ConfirmError::SignedOut);
    }
    // Whoever has replaced the password meanwhile did not mean what was asked for under the one before.
    match confirmed {
        Some(before) if before.password_hash != user.password_hash => Err(ConfirmError::WrongPassword),
        _ => Ok(user),
    }
}
