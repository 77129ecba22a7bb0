//! Rows into an empty database.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, QueryBuilder, Sqlite};

use super::line::{self, Cell};
use super::{Misshapen, Table, Total, schema};
use crate::transaction::{Connection, sql};
use crate::{Engine, Error, Store, WriteTx, migrate};

/// Parameters of a statement that SQLite takes.
const PARAMETERS: usize = 32_000;
/// Rows of a statement: more would not make it faster.
const ROWS: usize = 500;

/// A database that is being filled, in one transaction: nothing is written before [`Restoring::complete`].
#[derive(Debug)]
pub struct Restoring {
    tx: WriteTx,
    tables: BTreeMap<String, Table>,
}

impl Restoring {
    /// Brings an empty database up to the schema of this number. `None`, if it is not empty, or its schema is beyond that already.
    ///
    /// # Errors
    /// The database does not answer, or holds tables that are not Tollgate's.
    pub async fn begin(store: &Store, number: i64) -> Result<Option<Restoring>, Error> {
        let mut tx = store.write().await?;
        super::take_time(&mut tx).await?;
        if tx.engine() == Engine::Postgres {
            // Another program may be about to set the same database up.
            sql!(&mut tx, execute, sqlx::query("SET LOCAL lock_timeout = 0"))?;
        }
        if schema::number(&mut tx).await?.is_some_and(|found| found > number) || !is_empty(&mut tx).await? {
            return Ok(None);
        }
        migrate::within(&mut tx, number).await?;
        let tables = schema::tables(&mut tx).await?.into_iter().map(|table| (table.name.clone(), table)).collect();
        Ok(Some(Restoring { tx, tables }))
    }

    /// The tables that have to be filled.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.tables.values()
    }

    /// Writes some rows of a table, each a line as [`super::rows`] writes them: best a megabyte at once.
    ///
    /// # Errors
    /// A line is no row of that table, or the database refuses it.
    pub async fn load(&mut self, table: &Table, lines: &[u8]) -> Result<(), LoadError> {
        let rows = super::read(table, lines);
        self.tx.begin_statement().await?;
        match &mut self.tx.connection {
            Connection::Postgres(on) => {
                let mut copied = Vec::with_capacity(lines.len());
                for row in rows {
                    line::copy(&row?, &mut copied).map_err(sqlx::Error::Io).map_err(Error::from)?;
                }
                let mut copy =
                    on.copy_in_raw(&format!("COPY {} FROM STDIN", table.target())).await.map_err(Error::from)?;
                copy.send(copied).await.map_err(Error::from)?;
                copy.finish().await.map_err(Error::from)?;
            }
            Connection::Sqlite(on) => {
                let most = PARAMETERS / table.columns.len();
                let rows = rows.collect::<Result<Vec<_>, _>>()?;
                for rows in rows.chunks(most.min(ROWS)) {
                    insert(table, rows).build().execute(&mut **on).await.map_err(Error::from)?;
                }
            }
        }
        self.tx.noted(Ok(()))?;
        Ok(())
    }

    /// What the database holds now, by table, and its totals.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn held(&mut self) -> Result<(BTreeMap<String, u64>, Vec<Total>), Error> {
        let mut rows = BTreeMap::new();
        for table in self.tables.values() {
            rows.insert(table.name.clone(), count(&mut self.tx, &table.name).await?);
        }
        Ok((rows, super::totals(&mut self.tx).await?))
    }

    /// Makes what was written last.
    ///
    /// # Errors
    /// The database did not say that it has: then it may have or not.
    pub async fn complete(self) -> Result<(), Error> {
        self.tx.commit().await
    }
}

/// Why rows were not written.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A line is no row.
    #[error(transparent)]
    Misshapen(#[from] Misshapen),
    /// The database refused.
    #[error(transparent)]
    Storage(#[from] Error),
}

fn insert<'a>(table: &Table, rows: &'a [Vec<Cell<'a>>]) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(format!("INSERT INTO {} ", table.target()));
    query.push_values(rows, |mut fields, row| {
        for cell in row {
            match cell {
                Cell::Null => fields.push_bind(None::<i64>),
                Cell::Number(number) => fields.push_bind(*number),
                Cell::Text(text) => fields.push_bind(text.to_string()),
                Cell::Bytes(bytes) => fields.push_bind(bytes.clone()),
            };
        }
    });
    query
}

/// Whether no table holds a row.
async fn is_empty(tx: &mut WriteTx) -> Result<bool, Error> {
    for table in schema::all(tx).await? {
        let text = format!("SELECT COUNT(*) FROM (SELECT 1 FROM \"{}\" LIMIT 1) some_row", table.name);
        let some: i64 = sql!(tx, fetch_one, sqlx::query_scalar(AssertSqlSafe(text)))?;
        if some > 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn count(tx: &mut WriteTx, table: &str) -> Result<u64, Error> {
    let text = format!("SELECT COUNT(*) FROM \"{table}\"");
    let rows: i64 = sql!(tx, fetch_one, sqlx::query_scalar(AssertSqlSafe(text)))?;
    Ok(rows.unsigned_abs())
}
