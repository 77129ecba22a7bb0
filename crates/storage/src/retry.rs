use std::time::{Duration, Instant};

use crate::Error;

const ATTEMPTS: u32 = 5;
/// After so long nothing is tried again but what a deadlock has ended: who asked is to be answered within five seconds, and the last attempt may
/// wait, too.
const TRYING: Duration = Duration::from_secs(2);
/// The first pause; each is twice as long as the one before. Who was in the way has time to be done.
const PAUSE: Duration = Duration::from_millis(50);

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

/// Runs a whole transaction, and again where another one was in its way or its connection was lost: five times at most, and while two seconds have not
/// passed, or where a deadlock has ended it. The closure begins, works and commits; its keys make a second run harmless.
///
/// # Errors
/// What the closure says: at once for everything but [`Error::TryAgain`], at the last attempt for that.
pub async fn retry<T, E, F>(mut transaction: impl FnMut() -> F) -> Result<T, E>
where
    F: Future<Output = Result<T, E>>,
    E: FromStorage,
{
    let began = Instant::now();
    let may_go_on = |error: &Error| match error {
        Error::TryAgain(_) => began.elapsed() < TRYING || error.is_deadlock(),
        _ => false,
    };
    for attempt in 0..ATTEMPTS - 1 {
        match transaction().await {
            Err(error) if error.storage_error().is_some_and(may_go_on) => {
                tokio::time::sleep(PAUSE * (1 << attempt)).await
            }
            outcome => return outcome,
        }
    }
    transaction().await
}
