//! What tables a database has.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Kind, LEFT_OUT};
use crate::transaction::sql;
use crate::{Engine, Error, Tx, migrate};

/// Where the migrator notes what it has done: each engine's own.
const MIGRATIONS: &str = "_sqlx_migrations";

/// A table as the database has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// What each of them holds.
    pub kinds: Vec<Kind>,
    /// The columns of its primary key, in their order there.
    key: Vec<String>,
}

impl Table {
    /// The statement that reads all rows in the order of the key.
    pub(super) fn select(&self) -> String {
        format!("SELECT {} FROM {} ORDER BY {}", quoted(&self.columns), quote(&self.name), quoted(&self.key))
    }

    /// Its name and columns, as a statement that writes names them.
    pub(super) fn target(&self) -> String {
        format!("{} ({})", quote(&self.name), quoted(&self.columns))
    }
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| quote(name)).collect::<Vec<_>>().join(", ")
}

#[derive(sqlx::FromRow)]
struct Column {
    of: String,
    name: String,
    kind: String,
    /// Where it stands in the key, from 1; 0 where it does not.
    in_key: i64,
}

/// The tables that a backup holds, by name: all but those that are [`LEFT_OUT`].
///
/// # Errors
/// The database does not answer, or a table has no key or a column of a kind that Tollgate does not use: it is none of its databases.
pub async fn tables(tx: &mut Tx) -> Result<Vec<Table>, Error> {
    Ok(all(tx).await?.into_iter().filter(|table| !LEFT_OUT.contains(&table.name.as_str())).collect())
}

/// All tables of Tollgate's, by name.
pub(super) async fn all(tx: &mut Tx) -> Result<Vec<Table>, Error> {
    const SQLITE: &str = "SELECT t.name AS of, c.name AS name, lower(c.type) AS kind, c.pk AS in_key
        FROM sqlite_schema t CROSS JOIN pragma_table_xinfo(t.name) c
        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND c.hidden = 0 ORDER BY t.name, c.cid";
    const POSTGRES: &str =
        "SELECT t.relname::text COLLATE \"C\" AS of, c.attname::text AS name, k.typname::text AS kind,
            COALESCE(array_position(i.indkey::int2[], c.attnum) + 1, 0)::bigint AS in_key
        FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
            AND c.attgenerated = ''
        JOIN pg_type k ON k.oid = c.atttypid LEFT JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary
        WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind IN ('r', 'p') ORDER BY 1, c.attnum";
    let text = if tx.engine() == Engine::Sqlite { SQLITE } else { POSTGRES };
    let found: Vec<Column> = sql!(tx, fetch_all, sqlx::query_as(text))?;
    let mut tables: BTreeMap<String, Vec<Column>> = BTreeMap::new();
    for column in found.into_iter().filter(|column| column.of != MIGRATIONS) {
        tables.entry(column.of.clone()).or_default().push(column);
    }
    tables.into_iter().map(|(name, columns)| table(name, &columns)).collect()
}

fn table(name: String, columns: &[Column]) -> Result<Table, Error> {
    let kinds = columns.iter().map(|column| match column.kind.as_str() {
        "integer" | "int8" => Ok(Kind::Number),
        "text" => Ok(Kind::Text),
        "blob" | "bytea" => Ok(Kind::Bytes),
        other => Err(Error::ForeignTable { table: name.clone(), what: format!("a column of the type {other}") }),
    });
    let kinds = kinds.collect::<Result<_, _>>()?;
    let mut key: Vec<&Column> = columns.iter().filter(|column| column.in_key > 0).collect();
    key.sort_by_key(|column| column.in_key);
    if key.is_empty() {
        return Err(Error::ForeignTable { table: name, what: "no primary key".to_owned() });
    }
    let names = |of: &[&Column]| of.iter().map(|column| column.name.clone()).collect();
    Ok(Table { columns: names(&columns.iter().collect::<Vec<_>>()), kinds, key: names(&key), name })
}

/// The number of the database's schema: that of its last migration. None, if Tollgate has set nothing up there.
///
/// # Errors
/// The database does not answer, or its schema is a later program's.
pub async fn number(tx: &mut Tx) -> Result<Option<i64>, Error> {
    const SQLITE: &str = "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = '_sqlx_migrations'";
    const POSTGRES: &str = "SELECT COUNT(to_regclass('_sqlx_migrations'))";
    let text = if tx.engine() == Engine::Sqlite { SQLITE } else { POSTGRES };
    let set_up: i64 = sql!(tx, fetch_one, sqlx::query_scalar(text))?;
    if set_up == 0 {
        return Ok(None);
    }
    let found: Option<i64> = sql!(tx, fetch_one, sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations"))?;
    match found {
        Some(found) if found > known() => Err(Error::LaterSchema { found, known: known() }),
        other => Ok(other),
    }
}

/// The number of the schema that this program has.
#[must_use]
pub fn known() -> i64 {
    migrate::known()
}
