use std::time::Duration;

use crate::Error;

const ATTEMPTS: u32 = 5;

/// An error that may be, or carry, one of the database.
pub trait FromStorage {
    /// The database's error, if it is one.
    fn storage_error(&self) -> Option<&Error>;
}

impl FromStorage for Error {
    fn storage_error(&self) -> Option<&Error> {
        Some(self)
    }
}

/// Runs a whole transaction, and again (five times at most) where another one was in its way or its connection was lost. The closure begins, works and
/// commits; its keys make a second run harmless.
///
/// # Errors
/// What the closure says: at once for everything but [`Error::TryAgain`], at the last attempt for that.
pub async fn retry<T, E, F>(mut transaction: impl FnMut() -> F) -> Result<T, E>
where
    F: Future<Output = Result<T, E>>,
    E: FromStorage,
{
    let mut attempt = 1;
    loop {
        match transaction().await {
            Err(error) if attempt < ATTEMPTS && matches!(error.storage_error(), Some(Error::TryAgain(_))) => {
                tokio::time::sleep(Duration::from_millis(5 << attempt)).await;
                attempt += 1;
            }
            outcome => return outcome,
        }
    }
}
