//! Where something is held of a person: every table is listed in one catalogue, with what of it is of whom.

mod catalogue;
mod erasing;
mod open;

use catalogue::{HELD, Held, Rows};
use erasing::ERASING;
pub use open::{OpenRecord, open};

use crate::transaction::sql;
use crate::{Engine, Error, Tx, WriteTx};

/// Somebody of whom something is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject<'a> {
    /// A customer, by its id.
    Customer(&'a str),
    /// An agent, by its id.
    Agent(&'a str),
    /// Somebody who signs in and is a member of the tenant, by the user's id.
    User(&'a str),
    /// A caller of a group.
    Caller {
        /// The group's id.
        group: &'a str,
        /// What the group calls it.
        name: &'a str,
        /// Its number.
        number: &'a str,
    },
}

/// A table in which something may be held of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns that are amounts, in millionths.
    pub amounts: &'static [&'static str],
    /// Its columns that are documents of JSON.
    pub documents: &'static [&'static str],
    /// Its columns that are not shown: secrets, and what is shown elsewhere.
    pub hidden: &'static [&'static str],
}

/// The tables that are looked through for somebody, in the order of the catalogue.
#[must_use]
pub fn tables(of: Subject<'_>) -> Vec<Table> {
    HELD.iter().filter(|held| of.rows(held).is_some()).map(|held| held.table).collect()
}

/// What becomes of what is held of somebody who is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Nothing is held there.
    Nothing,
    /// The rows go.
    Deleted,
    /// What names somebody goes, the rows stay.
    Overwritten {
        /// What is set.
        set: &'static str,
        /// The condition for the rows where there is something to set.
        where_named: &'static str,
    },
    /// It stays, for this reason.
    Kept(&'static str),
}

/// What becomes of what is held of somebody, by table, in the order in which it is to be done.
#[must_use]
pub fn fates(of: Subject<'_>) -> Vec<(&'static str, Fate)> {
    let fate = |erasing: &erasing::Erasing| match of {
        Subject::Customer(_) => erasing.customer,
        Subject::Agent(_) => erasing.agent,
        Subject::User(_) => erasing.user,
        Subject::Caller { .. } => erasing.caller,
    };
    let all = ERASING.iter().map(|erasing| (erasing.table, fate(erasing)));
    all.filter(|(_, fate)| *fate != Fate::Nothing).collect()
}

/// How many rows of a table have this fate.
///
/// # Errors
/// The database does not answer.
pub async fn count(tx: &mut Tx, tenant: i64, of: Subject<'_>, (table, fate): (&str, Fate)) -> Result<i64, Error> {
    let Some((_, rows)) = of.found(table, fate) else { return Ok(0) };
    let text = format!("SELECT COUNT(*) FROM {table} WHERE {rows}");
    tx.without_haste().await?;
    sql!(tx, fetch_one, {
        let query = sqlx::query_scalar(sqlx::AssertSqlSafe(text.as_str())).bind(tenant);
        of.values().into_iter().fold(query, |query, value| query.bind(value))
    })
}

/// Has rows of a table meet their fate, so many at most: how many. What is kept is left alone.
///
/// # Errors
/// The database does not answer.
pub async fn erase(
    tx: &mut WriteTx,
    tenant: i64,
    of: Subject<'_>,
    (table, fate): (&str, Fate),
    limit: i64,
) -> Result<u64, Error> {
    let Some((keys, rows)) = of.found(table, fate) else { return Ok(0) };
    let what = match fate {
        Fate::Nothing | Fate::Kept(_) => return Ok(0),
        Fate::Deleted => format!("DELETE FROM {table}"),
        Fate::Overwritten { set, .. } => format!("UPDATE {table} SET {set}"),
    };
    let text = format!("{what} WHERE {rows} AND ({keys}) IN (SELECT {keys} FROM {table} WHERE {rows} LIMIT {limit})");
    tx.without_haste().await?;
    sql!(tx, execute, {
        let query = sqlx::query(sqlx::AssertSqlSafe(text.as_str())).bind(tenant);
        of.values().into_iter().fold(query, |query, value| query.bind(value))
    })
}

/// Tables in which nothing is held of people, or nothing that lasts, each with the reason.
#[must_use]
pub fn others() -> &'static [(&'static str, &'static str)] {
    catalogue::OTHERS
}

/// A page of what a table holds of somebody, each row as an object of JSON whose fields are the columns; those after `offset` rows, in an
/// order that stays the same within a transaction.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    tx: &mut Tx,
    tenant: i64,
    of: Subject<'_>,
    table: Table,
    (offset, limit): (i64, i64),
) -> Result<Vec<String>, Error> {
    let held = HELD.iter().find(|held| held.table.name == table.name);
    let Some((held, rows)) = held.and_then(|held| Some((held, of.rows(held)?))) else { return Ok(Vec::new()) };
    let columns = shown_columns(tx, table).await?;
    let (name, order) = (table.name, held.order);
    let text = match tx.engine() {
        Engine::Sqlite => {
            let fields: Vec<String> = columns.iter().map(|column| format!("'{column}', \"{column}\"")).collect();
            let fields = fields.join(", ");
            format!(
                "SELECT json_object({fields}) FROM {name} WHERE {rows} ORDER BY {order} LIMIT {limit} OFFSET {offset}"
            )
        }
        Engine::Postgres => {
            let fields: Vec<String> = columns.iter().map(|column| format!("\"{column}\"")).collect();
            let fields = fields.join(", ");
            format!(
                "SELECT row_to_json(one_row)::text FROM (SELECT {fields} FROM {name} WHERE {rows} ORDER BY {order}
                LIMIT {limit} OFFSET {offset}) one_row"
            )
        }
    };
    tx.without_haste().await?;
    sql!(tx, fetch_all, {
        let query = sqlx::query_scalar(sqlx::AssertSqlSafe(text.as_str())).bind(tenant);
        of.values().into_iter().fold(query, |query, value| query.bind(value))
    })
}

/// The columns of a table that are shown: what is no text and no number is not.
async fn shown_columns(tx: &mut Tx, table: Table) -> Result<Vec<String>, Error> {
    const SQLITE: &str = "SELECT name FROM pragma_table_info($1) WHERE type <> 'BLOB' ORDER BY cid";
    const POSTGRES: &str = "SELECT column_name::text FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name = $1 AND data_type <> 'bytea' ORDER BY ordinal_position";
    let text = if tx.engine() == Engine::Postgres { POSTGRES } else { SQLITE };
    let columns: Vec<String> = sql!(tx, fetch_all, sqlx::query_scalar(text).bind(table.name))?;
    let is_shown = |column: &String| column != "tenant" && !table.hidden.contains(&column.as_str());
    Ok(columns.into_iter().filter(is_shown).collect())
}

impl<'a> Subject<'a> {
    /// The condition for the rows of a table that are this one's.
    fn rows(self, held: &Held) -> Option<&'static str> {
        let Rows { customer, agent, user, caller } = held.rows;
        let rows = match self {
            Subject::Customer(_) => customer,
            Subject::Agent(_) => agent,
            Subject::User(_) => user,
            Subject::Caller { .. } => caller,
        };
        Some(rows).filter(|rows| !rows.is_empty())
    }

    /// The key of a table, and the condition for the rows of it that have a fate.
    fn found(self, table: &str, fate: Fate) -> Option<(&'static str, String)> {
        let held = HELD.iter().find(|held| held.table.name == table)?;
        let rows = self.rows(held)?;
        Some((
            held.order,
            match fate {
                Fate::Overwritten { where_named, .. } => format!("({rows}) AND {where_named}"),
                _ => format!("({rows})"),
            },
        ))
    }

    /// The values of the condition, from $2 on.
    fn values(self) -> Vec<&'a str> {
        match self {
            Subject::Customer(id) | Subject::Agent(id) | Subject::User(id) => vec![id],
            Subject::Caller { group, name, number } => vec![group, name, number],
        }
    }
}
