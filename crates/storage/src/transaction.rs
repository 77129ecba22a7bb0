use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::{Postgres, Sqlite, Transaction};

use crate::faults::{Faults, Point};
use crate::measures::Measures;
use crate::postgres::{COMMIT_PATIENCE, PATIENCE};
use crate::{Engine, Error};

/// Longest wait for the answer to one statement on PostgreSQL. The server gives up at the same time; this one is for a server
/// that cannot be heard any more.
pub(crate) const STATEMENT_PATIENCE: Duration = Duration::from_secs(30);
/// The same for what reads everything there is.
const LONG_PATIENCE: Duration = Duration::from_secs(3600);

/// A transaction on either engine.
#[derive(Debug)]
pub struct Tx {
    pub(crate) connection: Connection,
    pub(crate) patience: Duration,
    /// When somebody began to wait for it.
    asked_at: Instant,
    /// Statements that failed, or whose outcome nobody waited for. After a failure PostgreSQL refuses all that follows, and
    /// answers COMMIT as though nothing had happened.
    pub(crate) failed: u32,
    /// Where errors are counted.
    pub(crate) measures: Arc<Measures>,
    /// What a test has go wrong.
    pub(crate) faults: Option<Faults>,
}

#[derive(Debug)]
pub(crate) enum Connection {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// A transaction that reads one state of the database.
#[derive(Debug)]
pub struct ReadTx(pub(crate) Tx);

/// A transaction that may write. It is undone if it is dropped without [`WriteTx::commit`].
#[derive(Debug)]
pub struct WriteTx(pub(crate) Tx);

/// Runs one SQL text on the engine that a transaction is on: `sql!(tx, fetch_all, sqlx::query_as::<_, Row>("...").bind(1))`.
/// `execute` answers the number of rows affected.
macro_rules! sql {
    ($tx:expr, execute, $query:expr) => {{
        let tx = $crate::Tx::of($tx);
        tx.begin_statement().await?;
        let outcome = match &mut tx.connection {
            $crate::transaction::Connection::Sqlite(tx) => {
                $query.execute(&mut **tx).await.map(|done| done.rows_affected())
            }
            $crate::transaction::Connection::Postgres(on) => {
                $crate::transaction::within(tx.patience, $query.execute(&mut **on))
                    .await
                    .map(|done| done.rows_affected())
            }
        };
        tx.noted(outcome)
    }};
    ($tx:expr, $fetch:ident, $query:expr) => {{
        let tx = $crate::Tx::of($tx);
        tx.begin_statement().await?;
        let outcome = match &mut tx.connection {
            $crate::transaction::Connection::Sqlite(tx) => $query.$fetch(&mut **tx).await,
            $crate::transaction::Connection::Postgres(on) => {
                $crate::transaction::within(tx.patience, $query.$fetch(&mut **on)).await
            }
        };
        tx.noted(outcome)
    }};
}
pub(crate) use sql;

/// What the database says, if it says it in time. An answer that comes later finds nobody: the connection is not used again
/// before it has answered a question of the pool's.
pub(crate) async fn within<T>(
    patience: Duration,
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    match tokio::time::timeout(patience, answer).await {
        Ok(answer) => answer,
        Err(_) => Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
    }
}

impl Connection {
    /// Makes what was written so far last, and goes on: what a rollback keeps of it for a test that does without.
    pub(crate) async fn keep_written(&mut self) -> Result<(), sqlx::Error> {
        for step in ["COMMIT", "BEGIN"] {
            match self {
                Connection::Sqlite(tx) => sqlx::query(step).execute(&mut **tx).await.map(|_| ())?,
                Connection::Postgres(tx) => sqlx::query(step).execute(&mut **tx).await.map(|_| ())?,
            }
        }
        Ok(())
    }
}

impl Tx {
    pub(crate) fn on(
        connection: Connection,
        asked_at: Instant,
        measures: Arc<Measures>,
        faults: Option<Faults>,
    ) -> Self {
        Tx { connection, patience: STATEMENT_PATIENCE, asked_at, failed: 0, measures, faults }
    }

    pub(crate) fn of(tx: &mut Tx) -> &mut Tx {
        tx
    }

    /// Which engine the transaction runs on.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.connection {
            Connection::Sqlite(_) => Engine::Sqlite,
            Connection::Postgres(_) => Engine::Postgres,
        }
    }

    /// Lets the statements that follow take as long as they need: for those that read everything.
    pub(crate) async fn without_haste(&mut self) -> Result<(), Error> {
        if let Connection::Postgres(_) = self.connection
            && self.patience != LONG_PATIENCE
        {
            sql!(self, execute, sqlx::query("SET LOCAL statement_timeout = 0"))?;
            self.patience = LONG_PATIENCE;
        }
        Ok(())
    }

    /// Lets the statements that follow read everything there is, once. Of tables that it has no statistics about PostgreSQL expects so few rows that
    /// it would go through the second one again for each row of the first.
    pub(crate) async fn reads_everything(&mut self) -> Result<(), Error> {
        if let Connection::Postgres(_) = self.connection {
            sql!(self, execute, sqlx::query("SET LOCAL enable_nestloop = off"))?;
        }
        self.without_haste().await
    }

    /// What the commit may take: what the transaction has not yet waited for its connection and for others' locks.
    fn commit_patience(&self) -> Duration {
        if self.patience == LONG_PATIENCE {
            // What has taken long to write may take long to reach a standby.
            return LONG_PATIENCE;
        }
        PATIENCE.saturating_sub(self.asked_at.elapsed()).max(COMMIT_PATIENCE)
    }

    /// Counts a statement as failed.
    pub(crate) fn fail(&mut self) {
        self.failed += 1;
    }

    /// Counts a statement as failed, until its outcome is [noted](Self::noted).
    pub(crate) async fn begin_statement(&mut self) -> Result<(), Error> {
        self.fail();
        Ok(self.reach(Point::Statement).await?)
    }

    pub(crate) fn noted<T>(&mut self, outcome: Result<T, sqlx::Error>) -> Result<T, Error> {
        self.failed -= u32::from(outcome.is_ok());
        outcome.map_err(|error| self.measures.counted(Error::before_commit(error)))
    }
}

impl WriteTx {
    /// Makes what was written last.
    ///
    /// # Errors
    /// A statement failed before, or was broken off (nothing was written); or the database did not say that it has: on a lost connection it may
    /// have all the same.
    pub async fn commit(mut self) -> Result<(), Error> {
        if self.0.failed > 0 {
            return Err(Error::StatementFailed);
        }
        self.0.reach(Point::Commit).await?;
        let faults = self.0.faults.take();
        let patience = self.0.commit_patience();
        let committed = match self.0.connection {
            Connection::Sqlite(tx) => tx.commit().await,
            Connection::Postgres(tx) => within(patience, tx.commit()).await,
        };
        committed.map_err(|error| self.0.measures.counted(Error::from(error)))?;
        match faults {
            Some(faults) => Ok(faults.reach(Point::Committed)?),
            None => Ok(()),
        }
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
