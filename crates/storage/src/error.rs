/// Why the database did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database could not be reached, or did not answer in time. Nothing is known to have been written.
    #[error("the database does not answer: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// Another transaction was in the way; the same one may succeed if it is begun again.
    #[error("the database asks to try again: {0}")]
    TryAgain(#[source] sqlx::Error),
    /// The address is not one of a database that Tollgate knows.
    #[error("\"{0}\" is not a database address: write sqlite://FILE or postgres://USER:PASSWORD@HOST/DATABASE")]
    UnknownAddress(String),
    /// The database has migrations that this program does not know, or other ones than it knows.
    #[error("the database does not fit this version of Tollgate: {0}")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// Anything else: a fault of ours, or of the disk.
    #[error("the database refused: {0}")]
    Refused(#[source] sqlx::Error),
}

/// Result codes of SQLite (primary code in the low byte) for a lock held by another connection.
const SQLITE_BUSY: u32 = 5;
const SQLITE_LOCKED: u32 = 6;

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Tls(_) => {
                Error::Unavailable(error)
            }
            sqlx::Error::Database(database) => match database.code().as_deref() {
                // PostgreSQL's SQLSTATE: serialization failure, deadlock, lock not available.
                Some("40001" | "40P01" | "55P03") => Error::TryAgain(error),
                // Connection exceptions, shutdowns, too many connections, starting up.
                Some(code)
                    if code.len() == 5 && (code.starts_with("08") || code.starts_with("57P") || code == "53300") =>
                {
                    Error::Unavailable(error)
                }
                Some(code) if code.len() < 5 => match code.parse::<u32>().map(|code| code & 0xff) {
                    Ok(SQLITE_BUSY | SQLITE_LOCKED) => Error::TryAgain(error),
                    _ => Error::Refused(error),
                },
                _ => Error::Refused(error),
            },
            _ => Error::Refused(error),
        }
    }
}
