use std::time::{Duration, Instant};

use crate::Error;

const ATTEMPTS: u32 = 5;
/// After so long nothing is tried again: who asked is to be answered within five seconds, and the last attempt may wait, too.
const TRYING: Duration = Duration::from_secs(2);

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

/// Runs a whole transaction, and again where another one was in its way or its connection was lost: five times at most, and as long as two seconds
/// have not passed. The closure begins, works and commits; its keys make a second run harmless.
///
/// # Errors
/// What the closure says: at once for everything but [`Error::TryAgain`], at the last attempt for that.
pub async fn retry<T, E, F>(mut transaction: impl FnMut() -> F) -> Result<T, E>
where
    F: Future<Output = Result<T, E>>,
    E: FromStorage,
{
    let began = Instant::now();
    let mut attempt = 1;
    loop {
        let outcome = transaction().await;
        let may_go_on = attempt < ATTEMPTS && began.elapsed() < TRYING;
        match outcome {
            Err(error) if may_go_on && matches!(error.storage_error(), Some(Error::TryAgain(_))) => {
                tokio::time::sleep(Duration::from_millis(5 << attempt)).await;
                attempt += 1;
            }
            outcome => return outcome,
        }
    }
}
