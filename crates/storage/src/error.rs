/// Why the database did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database could not be reached, did not answer in time, or has no room to write. Nothing is known to have been
    /// written.
    #[error("the database does not answer: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// Another transaction was in the way, or the connection was lost before the commit: nothing was written, and the same
    /// transaction may succeed if it is begun again.
    #[error("the database asks to try again: {0}")]
    TryAgain(#[source] sqlx::Error),
    /// Another record has the key (the name, the number) that must be this one's alone.
    #[error("another record has the same key: {0}")]
    Taken(#[source] sqlx::Error),
    /// A number would leave the range of whole numbers of 64 bits.
    #[error("a number is too large to be kept: {0}")]
    OutOfRange(#[source] sqlx::Error),
    /// A text holds the character U+0000, which a database cannot keep.
    #[error("a text holds the character U+0000, which cannot be stored: take it out")]
    NulCharacter,
    /// The transaction was to be committed although one of its statements had failed.
    #[error("nothing was written: a statement of the transaction had failed before its commit")]
    StatementFailed,
    /// The address is not one of a database that Tollgate knows.
    #[error("\"{0}\" is not a database address: write sqlite://FILE or postgres://USER:PASSWORD@HOST/DATABASE")]
    UnknownAddress(String),
    /// SQLite could not open its file, or may not write to it.
    #[error(
        "cannot use the database file {file}: {source}; it must be a database of Tollgate (or not be there yet), and both it \
         and its folder must be writable"
    )]
    File {
        /// The file, as it was given.
        file: String,
        /// What SQLite says.
        source: sqlx::Error,
    },
    /// The database on PostgreSQL keeps texts in another encoding, in which letters are lost or cannot be read from JSON.
    #[error(
        "the database keeps its texts as {0}, and Tollgate needs UTF8: make another one with \
         createdb --encoding UTF8 --template template0"
    )]
    Encoding(String),
    /// A later program has changed the database's schema.
    #[error(
        "the database was set up by a later version of Tollgate (its schema is number {found}, this program knows up to \
         {known}): start that version"
    )]
    LaterSchema {
        /// The last migration in the database.
        found: i64,
        /// The last one that this program has.
        known: i64,
    },
    /// A table is none that Tollgate could have made.
    #[error("the table {table} is not Tollgate's: it has {what}")]
    ForeignTable {
        /// Its name.
        table: String,
        /// What it has, or lacks.
        what: String,
    },
    /// A migration failed and was undone, or is not the one that was made here before.
    #[error("the database's schema could not be brought up to date: {0}")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// Anything else: a fault of ours, or of the disk.
    #[error("the database refused: {0}")]
    Refused(#[source] sqlx::Error),
}

/// Primary result codes of SQLite (the low byte of the code): a lock held by another connection.
const SQLITE_CONTENTION: [u32; 2] = [5, 6];
/// May only be read, disk error, disk full, cannot be opened.
const SQLITE_NO_DISK: [u32; 4] = [8, 10, 13, 14];

impl Error {
    /// A sum that no column takes.
    pub(crate) fn out_of_range() -> Self {
        Error::OutOfRange(sqlx::Error::Protocol("the sum is beyond the range of a BIGINT".to_owned()))
    }

    /// Whether two transactions have waited for each other. PostgreSQL looks for that after a second, gives up one of them, and the other
    /// goes on.
    pub(crate) fn is_deadlock(&self) -> bool {
        matches!(self, Error::TryAgain(error) if code(error).as_deref() == Some("40P01"))
    }

    pub(crate) fn unknown_address(address: &str) -> Self {
        Error::UnknownAddress(without_password(address))
    }

    /// An error of a statement. Where the connection was lost, what the transaction had written is undone.
    pub(crate) fn before_commit(error: sqlx::Error) -> Self {
        match Error::from(error) {
            Error::Unavailable(error) if is_connection_lost(&error) => Error::TryAgain(error),
            other => other,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match &error {
            E::Io(_) | E::Tls(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed => Error::Unavailable(error),
            E::Database(_) if is_contention(&error) => Error::TryAgain(error),
            E::Database(database) if database.is_unique_violation() => Error::Taken(error),
            E::Database(_) => match code(&error).as_deref() {
                Some("22021" | "22P05") => Error::NulCharacter,
                // SQLite makes a floating-point number of such a sum, and then does not take it into the column.
                Some("22003" | "3091") => Error::OutOfRange(error),
                Some(code) if is_unavailable(code) => Error::Unavailable(error),
                _ => Error::Refused(error),
            },
            _ => Error::Refused(error),
        }
    }
}

/// The database's own code of an error: PostgreSQL's SQLSTATE (five characters) or SQLite's result code.
fn code(error: &sqlx::Error) -> Option<String> {
    error.as_database_error().and_then(|database| database.code()).map(|code| code.into_owned())
}

fn sqlite_primary(code: &str) -> Option<u32> {
    (code.len() < 5).then(|| code.parse::<u32>().ok()).flatten().map(|code| code & 0xff)
}

/// Whether another transaction was in the way: serialization failure, deadlock, lock not available.
pub(crate) fn is_contention(error: &sqlx::Error) -> bool {
    let Some(code) = code(error) else { return false };
    matches!(code.as_str(), "40001" | "40P01" | "55P03")
        || sqlite_primary(&code).is_some_and(|code| SQLITE_CONTENTION.contains(&code))
}

/// Whether the database cannot do any work now: lost connections, resources used up (disk, memory, connections), a statement
/// that took too long, shutdown and start, a standby that only reads, the server's own input and output.
fn is_unavailable(code: &str) -> bool {
    if let Some(code) = sqlite_primary(code) {
        return SQLITE_NO_DISK.contains(&code);
    }
    ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class)) || matches!(code, "25006" | "25P03")
}

fn is_connection_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => error.kind() != std::io::ErrorKind::TimedOut,
        _ => matches!(code(error).as_deref(), Some("57P01" | "57P02" | "25P03")),
    }
}

/// The address without what stands between the scheme and the last `@`.
fn without_password(address: &str) -> String {
    match (address.split_once("://"), address.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://...@{host}"),
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use sqlx::error::{DatabaseError, ErrorKind};

    use super::*;

    /// An error of a database, known by its code.
    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Coded(&'static str);

    impl DatabaseError for Coded {
        fn message(&self) -> &str {
            self.0
        }
        fn code(&self) -> Option<Cow<'_, str>> {
            Some(self.0.into())
        }
        fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
            self
        }
        fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
            self
        }
        fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
            self
        }
        fn kind(&self) -> ErrorKind {
            if ["23505", "2067", "1555"].contains(&self.0) { ErrorKind::UniqueViolation } else { ErrorKind::Other }
        }
    }

    fn name(error: &Error) -> &'static str {
        match error {
            Error::Unavailable(_) => "unavailable",
            Error::TryAgain(_) => "try again",
            Error::Taken(_) => "taken",
            Error::OutOfRange(_) => "range",
            Error::NulCharacter => "nul",
            Error::Refused(_) => "refused",
            _ => "another",
        }
    }

    #[test]
    fn errors_are_told_apart_by_their_codes() {
        // The code; what it is at the commit; what it is before.
        let table = "
            40001 | try again   | try again   serialization failure
            40P01 | try again   | try again   deadlock
            55P03 | try again   | try again   lock not available
            57P01 | unavailable | try again   the session was ended
            57P02 | unavailable | try again   the server crashed
            25P03 | unavailable | try again   idle for too long
            57P03 | unavailable | unavailable starting up
            57014 | unavailable | unavailable took too long
            08006 | unavailable | unavailable connection failure
            53100 | unavailable | unavailable disk full
            53300 | unavailable | unavailable too many connections
            58030 | unavailable | unavailable the server's disk
            25006 | unavailable | unavailable a standby
            22021 | nul         | nul
            22P05 | nul         | nul
            23505 | taken       | taken
            22003 | range       | range       out of range
            25P02 | refused     | refused     the transaction is broken off
            42P01 | refused     | refused     no such table
            5     | try again   | try again   SQLITE_BUSY
            6     | try again   | try again   SQLITE_LOCKED
            517   | try again   | try again   SQLITE_BUSY_SNAPSHOT
            8     | unavailable | unavailable SQLITE_READONLY
            13    | unavailable | unavailable SQLITE_FULL
            778   | unavailable | unavailable SQLITE_IOERR_WRITE
            14    | unavailable | unavailable SQLITE_CANTOPEN
            2067  | taken       | taken       SQLITE_CONSTRAINT_UNIQUE
            1555  | taken       | taken       SQLITE_CONSTRAINT_PRIMARYKEY
            11    | refused     | refused     SQLITE_CORRUPT
            3091  | range       | range       SQLITE_CONSTRAINT_DATATYPE
            1     | refused     | refused     SQLITE_ERROR";
        for line in table.trim().lines() {
            let [code, at_commit, before] = line.split('|').map(str::trim).collect::<Vec<_>>()[..] else {
                panic!("a line has three columns: {line}");
            };
            let error = || sqlx::Error::Database(Box::new(Coded(code)));
            assert_eq!(name(&Error::from(error())), at_commit, "{line}");
            assert!(before.starts_with(name(&Error::before_commit(error()))), "{line}");
        }
    }

    #[test]
    fn a_lost_connection_is_told_from_a_silent_one() {
        for (kind, before) in [
            (std::io::ErrorKind::ConnectionReset, "try again"),
            (std::io::ErrorKind::UnexpectedEof, "try again"),
            (std::io::ErrorKind::TimedOut, "unavailable"),
        ] {
            let error = || sqlx::Error::Io(kind.into());
            assert_eq!(name(&Error::from(error())), "unavailable", "at the commit: {kind}");
            assert_eq!(name(&Error::before_commit(error())), before, "before: {kind}");
        }
    }
}
