//! How SQLite is opened.

use std::time::{Duration, Instant};

use sqlx::Connection;
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::Error;
use crate::error::is_contention;

/// Longest wait for another process' write on the same file.
const BUSY_PATIENCE: Duration = Duration::from_secs(5);
/// Longest wait in the queue of writers. Each takes some milliseconds, so that one that waited as long has some thousand
/// before it: the disk does not keep up, and waiting longer would help nobody.
const QUEUE_PATIENCE: Duration = Duration::from_secs(30);
/// Longest wait for a connection to read with.
const READ_PATIENCE: Duration = Duration::from_secs(5);
const READERS: u32 = 8;
/// Rows that the connection's thread may be ahead of who asked: each time that it has to wait costs two changes of threads.
const ROWS_AHEAD: usize = 1024;
/// Rows of an index that ANALYZE looks at: it holds the write lock, and must not hold it for long.
const ANALYSED_ROWS: u32 = 1000;

/// A transaction takes the lock for writing at once: one that began to read could not be sure to get it later.
pub(crate) const BEGIN_WRITING: &str = "BEGIN IMMEDIATE";

/// The pool of the one writer and the pool of readers. The queue for the one connection is fair: first come, first served.
pub(crate) async fn open(file: &str) -> Result<(SqlitePool, SqlitePool), Error> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_PATIENCE)
        .row_buffer_size(ROWS_AHEAD)
        .statement_cache_capacity(300);
    // A connection lives in this process and cannot be lost, so that neither pool has to test or renew one.
    let pool = || SqlitePoolOptions::new().test_before_acquire(false).idle_timeout(None).max_lifetime(None);
    make_private(file).map_err(|error| Error::File { file: file.to_owned(), source: sqlx::Error::Io(error) })?;
    // The writer makes the journal; readers open the file afterwards.
    let writer = options
        .clone()
        .analysis_limit(ANALYSED_ROWS)
        .pragma("cache_size", "-65536")
        .pragma("temp_store", "memory")
        .pragma("wal_autocheckpoint", "4000")
        .pragma("journal_size_limit", "67108864");
    let not_opened = |source| Error::File { file: file.to_owned(), source };
    let one = pool().max_connections(1).min_connections(1).acquire_timeout(QUEUE_PATIENCE);
    // Where the disk is full, SQLite undoes by itself what is to be committed, and the library goes on believing that a transaction is under
    // way: on such a connection no other can begin.
    let one = one.after_release(|connection, _| {
        Box::pin(async move {
            connection.ping().await?;
            Ok(!connection.is_in_transaction())
        })
    });
    let write = connect(&one, &writer).await.map_err(not_opened)?;
    if let Err(source) = try_to_write(&write).await
        && !is_contention(&source)
    {
        return Err(not_opened(source));
    }
    let reader = options.read_only(true).pragma("cache_size", "-16384");
    Ok((write, pool().max_connections(READERS).acquire_timeout(READ_PATIENCE).connect_lazy_with(reader)))
}

/// Makes a new file for its owner's eyes alone: customers' data and people's sign-ins are in it. The journal beside it is made alike by
/// SQLite. A file that is there keeps what its owner has set.
fn make_private(file: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Of several processes that open a new file at once one makes its journal. SQLite does not wait for that, whatever its patience,
/// but tells the others that the file is locked: they try again.
async fn connect(pool: &SqlitePoolOptions, options: &SqliteConnectOptions) -> Result<SqlitePool, sqlx::Error> {
    let began = Instant::now();
    loop {
        match pool.clone().connect_with(options.clone()).await {
            Err(error) if is_contention(&error) && began.elapsed() < BUSY_PATIENCE => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            outcome => return outcome,
        }
    }
}

/// A file that may only be read opens all the same, and even begins a transaction: the first write is refused. This one is
/// undone.
async fn try_to_write(write: &SqlitePool) -> Result<(), sqlx::Error> {
    let mut tx = write.begin_with(BEGIN_WRITING).await?;
    sqlx::query("PRAGMA user_version = 0").execute(&mut *tx).await?;
    tx.rollback().await
}
