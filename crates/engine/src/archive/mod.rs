//! Backups: everything that a database holds in one file that is the same for both engines, and back.
//!
//! An archive is a text, packed by gzip: a line that says what it is ([`Head`]), then a line for each table and one for each of its rows,
//! and at the end how many rows there are of each table and the SHA-256 of all lines before. So that an archive that was cut off or changed
//! is known before anything of it counts.

mod packing;
mod reading;
mod restoring;
mod writing;

use std::collections::BTreeMap;
use std::io;

use serde::{Deserialize, Serialize};
use storage::backup::{LoadError, Misshapen, Table, Total};

use crate::books::Report;

pub use reading::verify;
pub use restoring::restore;
pub use writing::write;

/// The number of the format, which changes when programs that know this one could not read it.
pub const FORMAT: u32 = 1;

/// What an archive says of itself first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The number of the format.
    pub tollgate_archive: u32,
    /// The version of the program that made it.
    pub program: String,
    /// The number of the schema that its rows are of.
    pub schema: i64,
    /// The engine that it was read from: it can be restored into either.
    pub engine: String,
    /// When it was begun: it holds what was committed before, and nothing of what came after.
    pub made_at: String,
    /// Tables that are not in it.
    pub left_out: Vec<String>,
    /// Whose records it holds.
    pub tenants: Vec<Named>,
    /// What its accounts, calls and entries add up to.
    pub totals: Vec<Total>,
}

/// A tenant in an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Its number.
    pub tenant: i64,
    /// Its name.
    pub name: String,
}

/// A line of an archive that is no row.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mark {
    /// The rows of a table follow.
    Table(Table),
    End(End),
}

/// What stands at the end.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct End {
    /// How many rows there are of each table.
    rows: BTreeMap<String, u64>,
    /// The SHA-256 of all lines before this one, in hexadecimal digits.
    sha256: String,
}

/// What was written, or read back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// What the archive says of itself.
    pub head: Head,
    /// How many rows there are of each table.
    pub rows: BTreeMap<String, u64>,
    /// The SHA-256 of its text.
    pub sha256: String,
}

impl Summary {
    /// How many rows there are of all tables.
    #[must_use]
    pub fn all_rows(&self) -> u64 {
        self.rows.values().sum()
    }
}

/// A database that was filled from an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// What was in the archive.
    pub archive: Summary,
    /// The number of the schema that the database has now.
    pub schema: i64,
    /// The books of each tenant.
    pub books: BTreeMap<i64, Report>,
}

/// How far it is.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// The table.
    pub table: &'a str,
    /// Rows of all tables so far.
    pub rows: u64,
}

/// Why no archive was made, or an archive not taken.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The database.
    #[error(transparent)]
    Storage(#[from] storage::Error),
    /// The file, or whatever the archive is written to or read from.
    #[error("the archive cannot be written or read: {0}")]
    Io(#[from] io::Error),
    /// There is nothing to put into an archive.
    #[error("the database has not been set up by Tollgate: there is nothing to back up")]
    NothingThere,
    /// It is something else.
    #[error("this is no archive of Tollgate: {0}")]
    NotAnArchive(String),
    /// It is of a later program.
    #[error(
        "the archive was made by a later version of Tollgate, {program} (its {what} is number {found}, this program knows up to {known}): \
         restore it by that version"
    )]
    Later {
        /// The program that made it.
        program: String,
        /// Its format or its schema.
        what: &'static str,
        /// The number that it has.
        found: i64,
        /// The last one that this program knows.
        known: i64,
    },
    /// It ends before its end.
    #[error("the archive is not whole: it ends before its end; it was cut off, or never completed")]
    CutOff,
    /// It is not what was written.
    #[error("the archive was changed or damaged after it was made: {0}")]
    Damaged(String),
    /// The database holds something.
    #[error(
        "the database is not empty, or its schema is later than the archive's: an archive is restored only into a database that nothing has \
         been written to, such as a new file or a new PostgreSQL database; a server that was started on it has written already"
    )]
    NotEmpty,
    /// What is in the database is not what was in the one that the archive is of.
    #[error("the restored database is not what the archive says: {0}; nothing was written")]
    Differs(String),
}

impl From<Misshapen> for ArchiveError {
    fn from(fault: Misshapen) -> Self {
        ArchiveError::Damaged(fault.to_string())
    }
}

impl From<LoadError> for ArchiveError {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Misshapen(fault) => fault.into(),
            LoadError::Storage(error) => error.into(),
        }
    }
}
