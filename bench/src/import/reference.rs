//! The reference: the bulk insert of the rows that an import has left in a database.

use std::path::Path;
use std::time::Duration;

use crate::bulk::{self, Rows};
use crate::databases::{self, Database};
use crate::figures::Result;

/// The tables that an import writes, and the column by which their rows are in the order of writing. The accounts are changed
/// and have no such column: all of them are inserted.
const TABLES: [(&str, Option<&str>); 5] = [
    ("calls", Some("id")),
    ("entries", Some("key")),
    ("accounts", None),
    ("imports", Some("id")),
    ("audit", Some("id")),
];

/// How far each table was filled before the import.
pub(super) struct Marks(Vec<(&'static str, String)>);

impl Marks {
    /// The last row of each table.
    pub(super) async fn of(database: &Database) -> Result<Marks> {
        let mut marks = Vec::new();
        for (table, key) in TABLES {
            let Some(key) = key else { continue };
            let last: String = database.value(&format!("SELECT COALESCE(MAX({key}), '') FROM {table}")).await?;
            marks.push((table, last));
        }
        Ok(Marks(marks))
    }

    /// The rows from before the import.
    fn before(&self) -> Vec<Rows> {
        TABLES.into_iter().filter_map(|(table, key)| Some(self.rows(table, "<=", key?))).collect()
    }

    /// The rows of the import, and the accounts.
    fn after(&self) -> Vec<Rows> {
        let all = |table| Rows { table, condition: "true".to_owned() };
        TABLES
            .into_iter()
            .map(|(table, key)| key.map_or_else(|| all(table), |key| self.rows(table, ">", key)))
            .collect()
    }

    fn rows(&self, table: &'static str, sign: &str, key: &str) -> Rows {
        let mark = self.0.iter().find(|(known, _)| *known == table).map_or("", |(_, mark)| mark);
        Rows { table, condition: format!("{key} {sign} '{mark}'") }
    }
}

/// How long it takes to insert the import's rows into a fresh database that has the rows from before.
pub(super) async fn insert(source: &Database, marks: &Marks, scratch: &Path) -> Result<Duration> {
    let engine = source.store.engine();
    let target = Database::fresh(engine, scratch).await?;
    println!("{}: the bulk insert ...", databases::name(engine));
    bulk::insert(source, &target, &marks.before(), scratch).await?;
    target.store.analyze().await?;
    let time = bulk::insert(source, &target, &marks.after(), scratch).await?;
    target.remove().await?;
    Ok(time)
}
