use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use sqlx::{PgPool, SqlitePool};

use crate::faults::{Faults, Point};
use crate::measures::{self, Connections, Measures};
use crate::transaction::Connection;
use crate::{Error, ReadTx, Tx, WriteTx, migrate, postgres, sqlite};

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
pub struct Store {
    pools: Pools,
    /// When the database was last looked for and not there.
    away_at: Arc<Mutex<Option<Instant>>>,
    measures: Arc<Measures>,
    faults: Option<Faults>,
}

#[derive(Clone, Debug)]
enum Pools {
    /// One connection writes, behind a fair queue; others read.
    Sqlite {
        write: SqlitePool,
        read: SqlitePool,
        file: PathBuf,
    },
    Postgres(PgPool),
}

impl Store {
    fn on(pools: Pools) -> Store {
        Store { pools, away_at: Arc::default(), measures: Arc::default(), faults: None }
    }

    pub(crate) fn faulty(self, faults: Faults) -> Store {
        Store { faults: Some(faults), ..self }
    }

    /// Opens the database at `sqlite://FILE` (made if it is not there) or `postgres://...`. A SQLite database in memory is
    /// refused: it would be another one for each connection. Of several PostgreSQL servers (`postgres://USER@HOST,HOST/DATABASE`) the one
    /// that writes is used, and the next one as soon as it is promoted.
    ///
    /// # Errors
    /// The address is of neither kind, or the database cannot be opened.
    pub async fn open(address: &str) -> Result<Self, Error> {
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            return Ok(Store::on(Pools::Postgres(postgres::open(address).await?)));
        }
        match address.strip_prefix("sqlite://") {
            // A "?" begins options elsewhere, and ":" a database in memory; neither is meant to be a file of that name.
            Some(file) if !file.is_empty() && !file.starts_with(':') && !file.contains('?') => {
                let (write, read) = sqlite::open(file).await?;
                Ok(Store::on(Pools::Sqlite { write, read, file: PathBuf::from(file) }))
            }
            _ => Err(Error::unknown_address(address)),
        }
    }

    /// Which engine this database runs on.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.pools {
            Pools::Sqlite { .. } => Engine::Sqlite,
            Pools::Postgres(_) => Engine::Postgres,
        }
    }

    /// The connections to PostgreSQL, if that is what it runs on.
    pub(crate) fn postgres(&self) -> Option<&PgPool> {
        match &self.pools {
            Pools::Sqlite { .. } => None,
            Pools::Postgres(pool) => Some(pool),
        }
    }

    /// Looks whether the database takes another connection, within a second; and says whether it did so each time that somebody has looked since
    /// then. A file does.
    pub async fn is_there_since(&self, since: Instant) -> bool {
        let is_there = match self.postgres() {
            None => true,
            Some(pool) => postgres::answers(pool).await,
        };
        let mut away_at = self.away_at.lock().unwrap_or_else(PoisonError::into_inner);
        if !is_there {
            *away_at = Some(Instant::now());
        }
        away_at.is_none_or(|at| at < since)
    }

    /// Brings the schema up to what this program knows. Another program that does the same at the same time is waited for.
    ///
    /// # Errors
    /// The database has migrations of a later program, or a step failed (and was undone).
    pub async fn migrate(&self) -> Result<(), Error> {
        match &self.pools {
            Pools::Sqlite { write, .. } => migrate::sqlite(write).await,
            Pools::Postgres(pool) => migrate::postgres(pool).await,
        }
    }

    /// Begins a transaction that may write. On SQLite it waits for its turn, half a minute at most.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn write(&self) -> Result<WriteTx, Error> {
        let began = Instant::now();
        let connection = self.begin_writing().await.map_err(|error| self.measures.counted(error))?;
        self.measures.write_began(began.elapsed());
        Ok(WriteTx(Tx::on(connection, began, self.measures.clone(), self.faults.clone())))
    }

    /// Begins a transaction that only reads.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn read(&self) -> Result<ReadTx, Error> {
        let began = Instant::now();
        let connection = self.begin_reading().await.map_err(|error| self.measures.counted(error))?;
        self.measures.read_began(began.elapsed());
        Ok(ReadTx(Tx::on(connection, began, self.measures.clone(), self.faults.clone())))
    }

    async fn begin_writing(&self) -> Result<Connection, Error> {
        self.reach_begin()?;
        Ok(match &self.pools {
            Pools::Sqlite { write, .. } => Connection::Sqlite(write.begin_with(sqlite::BEGIN_WRITING).await?),
            Pools::Postgres(pool) => Connection::Postgres(postgres::begin(pool, postgres::BEGIN_WRITING).await?),
        })
    }

    async fn begin_reading(&self) -> Result<Connection, Error> {
        self.reach_begin()?;
        Ok(match &self.pools {
            Pools::Sqlite { read, .. } => Connection::Sqlite(read.begin().await?),
            Pools::Postgres(pool) => Connection::Postgres(postgres::begin(pool, postgres::BEGIN_READING).await?),
        })
    }

    /// What is counted of it.
    #[must_use]
    pub fn measures(&self) -> &Measures {
        &self.measures
    }

    /// The connections that are kept open to it.
    #[must_use]
    pub fn connections(&self) -> Vec<Connections> {
        match &self.pools {
            Pools::Sqlite { write, read, .. } => vec![Connections::of("write", write), Connections::of("read", read)],
            Pools::Postgres(pool) => vec![Connections::of("all", pool)],
        }
    }

    /// How large its files are, in bytes, by what they are: `main` and `wal` of SQLite, none of a server's.
    #[must_use]
    pub fn file_sizes(&self) -> Vec<(&'static str, u64)> {
        match &self.pools {
            Pools::Sqlite { file, .. } => measures::sizes(file),
            Pools::Postgres(_) => Vec::new(),
        }
    }

    fn reach_begin(&self) -> Result<(), Error> {
        match &self.faults {
            Some(faults) => Ok(faults.reach(Point::Begin)?),
            None => Ok(()),
        }
    }

    /// Lets the planner learn what the tables hold. Worth it once after they have filled by some thousand rows.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn analyze(&self) -> Result<(), Error> {
        let mut tx = self.write().await?;
        tx.without_haste().await?;
        if tx.engine() == Engine::Postgres {
            // The server's own tables are not ours to look at, and it would say so of each.
            crate::transaction::sql!(&mut tx, execute, sqlx::query("SET LOCAL client_min_messages = error"))?;
        }
        crate::transaction::sql!(&mut tx, execute, sqlx::query("ANALYZE"))?;
        tx.commit().await
    }

    /// Closes all connections; on SQLite this folds the journal into the file.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { write, read, .. } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}
