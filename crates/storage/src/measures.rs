//! What is counted of a database, for whoever watches over it.

use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use sqlx::{Database, Pool};

use crate::Error;

/// Waits for the beginning of a transaction, in seconds: to the patience of a queue of writers.
const WAITS: [f64; 9] = [0.001, 0.005, 0.02, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0];

/// What is counted of a database.
#[derive(Debug, Clone)]
pub struct Measures {
    reading: Histogram,
    writing: Histogram,
    waits: Family<[(&'static str, &'static str); 1], Histogram>,
    errors: Family<[(&'static str, &'static str); 1], Counter>,
    unavailable: Counter,
    try_again: Counter,
    refused: Counter,
}

/// Connections to a database that are kept open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// What for: `read`, `write`, or `all` that there is.
    pub name: &'static str,
    /// How many there may be.
    pub most: u32,
    /// How many there are.
    pub open: u32,
    /// How many of them nobody uses.
    pub idle: u32,
}

impl Default for Measures {
    fn default() -> Self {
        let waits = Family::<_, Histogram>::new_with_constructor(|| Histogram::new(WAITS));
        let errors = Family::<_, Counter<u64, AtomicU64>>::default();
        Measures {
            reading: waits.get_or_create_owned(&[("transaction", "read")]),
            writing: waits.get_or_create_owned(&[("transaction", "write")]),
            unavailable: errors.get_or_create_owned(&[("kind", "unavailable")]),
            try_again: errors.get_or_create_owned(&[("kind", "try_again")]),
            refused: errors.get_or_create_owned(&[("kind", "refused")]),
            waits,
            errors,
        }
    }
}

impl Measures {
    /// Has a registry show them.
    pub fn register(&self, registry: &mut Registry) {
        let help = "How long it took until a transaction had begun, with the wait for a connection";
        registry.register("database_wait_seconds", help, self.waits.clone());
        let help =
            "Errors of the database: it was unavailable, asked to try again, or refused what is no use trying again";
        registry.register("database_errors", help, self.errors.clone());
    }

    pub(crate) fn read_began(&self, waited: Duration) {
        self.reading.observe(waited.as_secs_f64());
    }

    pub(crate) fn write_began(&self, waited: Duration) {
        self.writing.observe(waited.as_secs_f64());
    }

    /// Counts an error, and hands it on. A key that is taken is an answer, not an error.
    pub(crate) fn counted(&self, error: Error) -> Error {
        match &error {
            Error::Unavailable(_) => self.unavailable.inc(),
            Error::TryAgain(_) => self.try_again.inc(),
            Error::Refused(_) => self.refused.inc(),
            _ => 0,
        };
        error
    }
}

impl Connections {
    pub(crate) fn of<D: Database>(name: &'static str, pool: &Pool<D>) -> Connections {
        let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
        Connections { name, most: pool.options().get_max_connections(), open: pool.size(), idle }
    }
}

/// The sizes of a database's file and of the journal beside it, in bytes.
pub(crate) fn sizes(file: &Path) -> Vec<(&'static str, u64)> {
    let mut journal = file.as_os_str().to_owned();
    journal.push("-wal");
    let size = |path: &Path| std::fs::metadata(path).map_or(0, |file| file.len());
    vec![("main", size(file)), ("wal", size(Path::new(&journal)))]
}
