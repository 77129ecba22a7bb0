//! `tollgate backup` and `tollgate restore` on the command line.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
#[command(
    after_help = "The archive is the same for SQLite and PostgreSQL: what was backed up of one can be restored into the other. It holds everything but
who is signed in, so that it is to be kept as safe as the database: only you can read the file. The server may run meanwhile, and is
not held up; what the archive holds is the database as it was when the backup began.

Examples:
  tollgate backup /var/backups/tollgate/2026-11-22.tollgate.gz
  tollgate backup --database-url postgres://tollgate@db.example.net/tollgate nightly.tollgate.gz
  tollgate backup - | age -r age1... | ssh backup.example.net 'cat > tollgate.age'
  tollgate backup --verify nightly.tollgate.gz        reads an archive back, without a database

Exit codes: 0 the archive is complete (or whole), 1 it is not."
)]
pub(crate) struct BackupArgs {
    /// The archive; - is standard output. It appears when it is complete: until then it is called FILE.part.
    pub(crate) file: PathBuf,
    /// Make no archive, but look whether this one is whole: its hash, the number of rows of each table, and that each can be read.
    #[arg(long)]
    pub(crate) verify: bool,
    /// What was done as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "The database must be empty: a SQLite file that is not there yet, or a PostgreSQL database that was just created. Nothing is written to
it before the whole archive was read and found right. An archive of an earlier version is brought up to this one. Afterwards the books
of every tenant are checked.

Examples:
  tollgate restore nightly.tollgate.gz --database-url sqlite:///var/lib/tollgate/tollgate.db
  createdb --owner tollgate tollgate && tollgate restore nightly.tollgate.gz --database-url postgres://tollgate@localhost/tollgate
  age -d -i key.txt tollgate.age | tollgate restore -

Exit codes: 0 restored and the books are right, 1 nothing was restored, or it was and the books are wrong: it says which."
)]
pub(crate) struct RestoreArgs {
    /// The archive; - is standard input.
    pub(crate) file: PathBuf,
    /// What was done as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
