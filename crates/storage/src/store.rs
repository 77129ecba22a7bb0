use std::ops::{Deref, DerefMut};
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Postgres, Sqlite, Transaction};

use crate::{Error, migrate};

/// Longest wait for a connection, or for another process' write on the same SQLite file.
const PATIENCE: Duration = Duration::from_secs(5);
const SQLITE_READERS: u32 = 8;
const POSTGRES_CONNECTIONS: u32 = 20;

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// SQLite, built into the program.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

/// A database.
#[derive(Clone, Debug)]
pub struct Store(Pools);

#[derive(Clone, Debug)]
enum Pools {
    /// One connection writes, behind a fair queue; others read.
    Sqlite {
        write: SqlitePool,
        read: SqlitePool,
    },
    Postgres(PgPool),
}

/// A transaction that reads one state of the database.
#[derive(Debug)]
pub struct ReadTx(Tx);

/// A transaction that may write. It is undone if it is dropped without [`WriteTx::commit`].
#[derive(Debug)]
pub struct WriteTx(Tx);

/// A transaction on either engine.
#[derive(Debug)]
pub enum Tx {
    #[doc(hidden)]
    Sqlite(Transaction<'static, Sqlite>),
    #[doc(hidden)]
    Postgres(Transaction<'static, Postgres>),
}

/// Runs one SQL text on the engine that a transaction is on: `sql!(tx, fetch_all, sqlx::query_as::<_, Row>("...").bind(1))`.
/// `execute` answers the number of rows affected.
macro_rules! sql {
    ($tx:expr, execute, $query:expr) => {
        match $crate::Tx::of($tx) {
            $crate::Tx::Sqlite(tx) => $query.execute(&mut **tx).await.map(|done| done.rows_affected()),
            $crate::Tx::Postgres(tx) => $query.execute(&mut **tx).await.map(|done| done.rows_affected()),
        }
        .map_err($crate::Error::from)
    };
    ($tx:expr, $fetch:ident, $query:expr) => {
        match $crate::Tx::of($tx) {
            $crate::Tx::Sqlite(tx) => $query.$fetch(&mut **tx).await,
            $crate::Tx::Postgres(tx) => $query.$fetch(&mut **tx).await,
        }
        .map_err($crate::Error::from)
    };
}
pub(crate) use sql;

impl Store {
    /// Opens the database at `sqlite://FILE` (made if it is not there), `sqlite::memory:` is refused, or `postgres://...`.
    ///
    /// # Errors
    /// The address is of neither kind, or the database cannot be opened.
    pub async fn open(address: &str) -> Result<Self, Error> {
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            Self::open_postgres(address).await
        } else if let Some(file) = address.strip_prefix("sqlite://").filter(|file| !file.is_empty()) {
            Self::open_sqlite(file).await
        } else {
            Err(Error::UnknownAddress(without_password(address)))
        }
    }

    async fn open_sqlite(file: &str) -> Result<Self, Error> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(PATIENCE)
            .statement_cache_capacity(300)
            .pragma("cache_size", "-65536")
            .pragma("temp_store", "memory")
            .pragma("wal_autocheckpoint", "4000");
        // The writer makes the file and its journal; readers open it afterwards.
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .acquire_timeout(PATIENCE)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.clone())
            .await?;
        let read = SqlitePoolOptions::new()
            .max_connections(SQLITE_READERS)
            .acquire_timeout(PATIENCE)
            .connect_lazy_with(options.read_only(true));
        Ok(Store(Pools::Sqlite { write, read }))
    }

    async fn open_postgres(address: &str) -> Result<Self, Error> {
        let options = PgConnectOptions::from_str(address)
            .map_err(|_| Error::UnknownAddress(without_password(address)))?
            .application_name("tollgate")
            .statement_cache_capacity(300);
        let pool = PgPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .connect_with(options)
            .await?;
        Ok(Store(Pools::Postgres(pool)))
    }

    /// Which engine this database runs on.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.0 {
            Pools::Sqlite { .. } => Engine::Sqlite,
            Pools::Postgres(_) => Engine::Postgres,
        }
    }

    /// Brings the schema up to what this program knows.
    ///
    /// # Errors
    /// The database has migrations of a later program, or a step failed (and was undone).
    pub async fn migrate(&self) -> Result<(), Error> {
        let migrator = migrate::migrator(self.engine());
        match &self.0 {
            Pools::Sqlite { write, .. } => migrator.run(write).await,
            Pools::Postgres(pool) => migrator.run(pool).await,
        }
        .map_err(Error::Migration)
    }

    /// Begins a transaction that may write. On SQLite it waits for its turn.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn write(&self) -> Result<WriteTx, Error> {
        let tx = match &self.0 {
            Pools::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        };
        Ok(WriteTx(tx))
    }

    /// Begins a transaction that only reads.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn read(&self) -> Result<ReadTx, Error> {
        let tx = match &self.0 {
            Pools::Sqlite { read, .. } => Tx::Sqlite(read.begin().await?),
            Pools::Postgres(pool) => {
                Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        };
        Ok(ReadTx(tx))
    }

    /// Lets the planner learn what the tables hold. Worth it once after they have filled by some thousand rows.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn analyze(&self) -> Result<(), Error> {
        match &self.0 {
            Pools::Sqlite { write, .. } => sqlx::query("ANALYZE").execute(write).await.map(|_| ())?,
            Pools::Postgres(pool) => sqlx::query("ANALYZE").execute(pool).await.map(|_| ())?,
        }
        Ok(())
    }

    /// Closes all connections; on SQLite this folds the journal into the file.
    pub async fn close(&self) {
        match &self.0 {
            Pools::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    pub(crate) fn of(tx: &mut Tx) -> &mut Tx {
        tx
    }

    /// Which engine the transaction runs on.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self {
            Tx::Sqlite(_) => Engine::Sqlite,
            Tx::Postgres(_) => Engine::Postgres,
        }
    }
}

impl WriteTx {
    /// Makes what was written last.
    ///
    /// # Errors
    /// The database did not say that it has; on a lost connection it may have all the same.
    pub async fn commit(self) -> Result<(), Error> {
        match self.0 {
            Tx::Sqlite(tx) => tx.commit().await?,
            Tx::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

impl Deref for WriteTx {
    type Target = Tx;
    fn deref(&self) -> &Tx {
        &self.0
    }
}

impl DerefMut for WriteTx {
    fn deref_mut(&mut self) -> &mut Tx {
        &mut self.0
    }
}

impl Deref for ReadTx {
    type Target = Tx;
    fn deref(&self) -> &Tx {
        &self.0
    }
}

impl DerefMut for ReadTx {
    fn deref_mut(&mut self) -> &mut Tx {
        &mut self.0
    }
}

/// The address without what stands between the last `:` of the user part and its `@`.
fn without_password(address: &str) -> String {
    match (address.split_once("://"), address.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://...@{host}"),
        _ => address.to_owned(),
    }
}
