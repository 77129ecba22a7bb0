use sqlx::{PgPool, SqlitePool};

use crate::faults::{Faults, Point};
use crate::transaction::Connection;
use crate::{Error, ReadTx, WriteTx, migrate, postgres, sqlite};

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
    faults: Option<Faults>,
}

#[derive(Clone, Debug)]
enum Pools {
    /// One connection writes, behind a fair queue; others read.
    Sqlite {
        write: SqlitePool,
        read: SqlitePool,
    },
    Postgres(PgPool),
}

impl Store {
    fn on(pools: Pools) -> Store {
        Store { pools, faults: None }
    }

    pub(crate) fn faulty(self, faults: Faults) -> Store {
        Store { faults: Some(faults), ..self }
    }

    /// Opens the database at `sqlite://FILE` (made if it is not there) or `postgres://...`. A SQLite database in memory is
    /// refused: it would be another one for each connection.
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
                Ok(Store::on(Pools::Sqlite { write, read }))
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
        self.reach_begin()?;
        let connection = match &self.pools {
            Pools::Sqlite { write, .. } => Connection::Sqlite(write.begin_with(sqlite::BEGIN_WRITING).await?),
            Pools::Postgres(pool) => Connection::Postgres(postgres::begin(pool, postgres::BEGIN_WRITING).await?),
        };
        Ok(WriteTx::on(connection, self.faults.clone()))
    }

    /// Begins a transaction that only reads.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn read(&self) -> Result<ReadTx, Error> {
        self.reach_begin()?;
        let connection = match &self.pools {
            Pools::Sqlite { read, .. } => Connection::Sqlite(read.begin().await?),
            Pools::Postgres(pool) => Connection::Postgres(postgres::begin(pool, postgres::BEGIN_READING).await?),
        };
        Ok(ReadTx::on(connection, self.faults.clone()))
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
            Pools::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}
