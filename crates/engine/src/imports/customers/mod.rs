//! Customers, lines and opening balances from a CSV file of another system.
//!
//! One row is one line; rows with the same external reference are one customer with several lines. All or nothing: with a single
//! reject nothing is written. A dry run does everything and then undoes it, so that it finds what the real run would. Run again,
//! the file adds what is not there yet: customers are known by their external reference, lines by their number.

mod apply;
mod table;

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;

use serde::Serialize;

use self::apply::Done;
use self::table::Row;
pub use self::table::TableError;
use super::row::Reject;
use super::run::{begin, finish};
use super::{ImportError, Source};
use crate::{Actor, Engine, Work, tenants};

/// What an import of customers came to, or would come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The rows of the file.
    pub rows: u64,
    /// How many customers are new.
    pub customers_created: u64,
    /// How many lines are new.
    pub lines_created: u64,
    /// How many opening balances were posted.
    pub opening_balances: u64,
    /// Rows whose customer and line were on record before.
    pub duplicates: u64,
    /// Rows that cannot be used.
    pub rejected: u64,
    /// These rows.
    pub rejects: Vec<Reject>,
    /// Whether it was written. If not, the figures tell what would be.
    pub written: bool,
    /// The id of the import, if it was written.
    pub import: Option<String>,
}

/// Why the work is undone.
#[derive(Debug)]
enum Undone {
    /// It is a dry run, or a row is rejected.
    Wanted(Box<Summary>),
    Failed(ImportError),
}

/// Imports a file of customers, in one transaction; a dry run only tells what it would come to.
///
/// # Errors
/// The file cannot be read or has too many rows, its header does not fit, or the database did not do it.
pub async fn run(engine: &Engine, actor: &Actor, source: &Source<'_>, dry_run: bool) -> Result<Summary, ImportError> {
    let settings = tenants::get(&mut engine.view(actor).await?).await?.settings;
    let file: Box<dyn Read + Send> = (source.open)()?;
    let rows = Arc::new(table::read(file, &settings)?);
    let name = source.name.to_owned();
    let work = engine.run(actor, move |work| {
        let (rows, name) = (rows.clone(), name.clone());
        Box::pin(async move { apply_all(work, &rows, name, dry_run).await })
    });
    match work.await {
        Ok(summary) => Ok(summary),
        Err(Undone::Wanted(summary)) => Ok(*summary),
        Err(Undone::Failed(error)) => Err(error),
    }
}

async fn apply_all(
    work: &mut Work,
    rows: &[Result<Row, Reject>],
    name: String,
    dry_run: bool,
) -> Result<Summary, Undone> {
    let record = begin(work, "customers_csv", name).await?;
    let mut done = Done::default();
    for customer in by_customer(rows) {
        done.add(work, &customer).await?;
    }
    let unreadable = rows.iter().filter_map(|row| row.as_ref().err());
    done.rejects.extend(unreadable.cloned());
    done.rejects.sort_by_key(|reject| reject.line);
    let written = !dry_run && done.rejects.is_empty();
    let summary = Summary {
        rows: rows.len() as u64,
        customers_created: done.customers,
        lines_created: done.lines,
        opening_balances: done.opening_balances,
        duplicates: done.duplicates,
        rejected: done.rejects.len() as u64,
        rejects: done.rejects,
        written,
        import: written.then(|| record.id.clone()),
    };
    if !written {
        return Err(Undone::Wanted(Box::new(summary)));
    }
    finish(work, record, &summary).await?;
    Ok(summary)
}

/// The readable rows of each customer, in the order of their first rows.
fn by_customer(rows: &[Result<Row, Reject>]) -> Vec<Vec<&Row>> {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut customers: Vec<Vec<&Row>> = Vec::new();
    for row in rows.iter().flatten() {
        let place = *places.entry(&row.external_reference).or_insert(customers.len());
        if place == customers.len() {
            customers.push(Vec::new());
        }
        customers[place].push(row);
    }
    customers
}

impl From<storage::Error> for Undone {
    fn from(error: storage::Error) -> Self {
        Undone::Failed(error.into())
    }
}

impl From<ImportError> for Undone {
    fn from(error: ImportError) -> Self {
        Undone::Failed(error)
    }
}

impl storage::FromStorage for Undone {
    fn storage_error(&self) -> Option<&storage::Error> {
        match self {
            Undone::Wanted(_) => None,
            Undone::Failed(error) => error.storage_error(),
        }
    }
}
