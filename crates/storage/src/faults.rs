//! Faults on purpose: for tests that show what a crash leaves behind, and that a guard is needed. A program has none.

use std::sync::Arc;

use tokio::sync::watch;

use crate::{Error, Store, Tx, WriteTx};

/// A guard that a test takes out, to see what it guards against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Calls are known by their origins. Without it each is another, whatever its origin; on SQLite only.
    UniqueKey,
    /// What a transaction had written when the process died is undone. Without it that stays.
    Rollback,
    /// Accounts are locked before it is decided what they can give; on PostgreSQL only, since SQLite has one writer.
    Lock,
    /// A call is written at the version that was read.
    Version,
    /// An account does not hold more than there is.
    Available,
}

/// A call of the store, at which the process may die.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Point {
    /// Before a transaction.
    Begin,
    /// Before a statement: after the one before it.
    Statement,
    /// Before a commit.
    Commit,
    /// After a commit: it stands, and nobody was told.
    Committed,
}

/// What goes wrong in one life of a process.
#[derive(Debug, Clone)]
pub struct Faults(Arc<Plan>);

#[derive(Debug)]
struct Plan {
    missing: Vec<Guard>,
    life: watch::Sender<Life>,
}

#[derive(Debug, Default)]
struct Life {
    calls: u64,
    last_call: Option<u64>,
    died_at: Option<Point>,
}

impl Faults {
    /// A life without these guards, and without a crash.
    #[must_use]
    pub fn new(missing: &[Guard]) -> Faults {
        Faults(Arc::new(Plan { missing: missing.to_vec(), life: watch::Sender::new(Life::default()) }))
    }

    /// Has the process die at a call of the store from now on, of which the next is number 1: it and all later ones fail.
    pub fn die_at(&self, call: u64) {
        self.0.life.send_modify(|life| life.last_call = Some(life.calls + call));
    }

    /// How many calls of the store there were.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.0.life.borrow().calls
    }

    /// Where the process died.
    #[must_use]
    pub fn died_at(&self) -> Option<Point> {
        self.0.life.borrow().died_at
    }

    /// Ready when the process has died.
    pub async fn death(&self) {
        // The plan keeps the sender as long as this waits.
        let _ = self.0.life.subscribe().wait_for(|life| life.died_at.is_some()).await;
    }

    pub(crate) fn lacks(&self, guard: Guard) -> bool {
        self.0.missing.contains(&guard)
    }

    /// Says whether the process is still alive at this call.
    pub(crate) fn reach(&self, point: Point) -> Result<(), sqlx::Error> {
        self.0.life.send_if_modified(|life| {
            life.calls += 1;
            let dies = life.died_at.is_none() && life.last_call.is_some_and(|last| life.calls >= last);
            if dies {
                life.died_at = Some(point);
            }
            dies
        });
        if self.died_at().is_some() { Err(sqlx::Error::WorkerCrashed) } else { Ok(()) }
    }
}

impl Store {
    /// The same database with faults.
    ///
    /// # Errors
    /// The database does not answer.
    #[doc(hidden)]
    pub async fn with_faults(&self, faults: Faults) -> Result<Store, Error> {
        if faults.lacks(Guard::UniqueKey) {
            forget_origins(self.write().await?).await?;
        }
        Ok(self.clone().faulty(faults))
    }
}

/// Has SQLite give each new call an origin that nobody asks for.
async fn forget_origins(mut tx: WriteTx) -> Result<(), Error> {
    const SQL: &str = "CREATE TRIGGER IF NOT EXISTS forget_origins AFTER INSERT ON calls BEGIN
        UPDATE calls SET origin = NEW.origin || '#' || NEW.id WHERE tenant = NEW.tenant AND id = NEW.id; END";
    crate::transaction::sql!(&mut tx, execute, sqlx::query(SQL))?;
    tx.commit().await
}

impl Tx {
    /// Whether a test has taken this guard out.
    pub(crate) fn lacks(&self, guard: Guard) -> bool {
        self.faults.as_ref().is_some_and(|faults| faults.lacks(guard))
    }

    /// A statement that ends with a guard, from these words on; without the guard, where a test has taken it out.
    pub(crate) fn guarded(&self, guard: Guard, text: &'static str, words: &str) -> &'static str {
        if self.lacks(guard) { text.split(words).next().unwrap_or(text) } else { text }
    }

    /// Says whether the process is still alive at this call; what it had written when it died is undone, but for a test without
    /// that guard.
    pub(crate) async fn reach(&mut self, point: Point) -> Result<(), sqlx::Error> {
        let Some(faults) = &self.faults else { return Ok(()) };
        let was_alive = faults.died_at().is_none();
        let reached = faults.reach(point);
        if reached.is_err() && was_alive && point != Point::Committed && faults.lacks(Guard::Rollback) {
            self.connection.keep_written().await?;
        }
        reached
    }
}
