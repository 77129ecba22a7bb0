//! Many rows in one statement: as one JSON document on SQLite, as one array a column on PostgreSQL, which takes arrays in twice
//! as fast as it reads JSON.

use serde::Serialize;

use crate::{Engine, Error, Tx};

impl Tx {
    /// The rows as one JSON array, for a statement of this transaction.
    pub(crate) fn json<T: Serialize>(&mut self, rows: &[T]) -> Result<String, Error> {
        json(rows).inspect_err(|_| self.fail())
    }

    /// Some customers as a batch for [`owned`].
    pub(crate) fn customers(&mut self, ids: &[String]) -> Result<String, Error> {
        self.json(&ids.iter().map(|id| [id]).collect::<Vec<_>>())
    }
}

/// Limits a table to the records of some customers, whose ids are the batch in a parameter: what a statement whose first parameter is
/// the tenant has in place of the table, and the condition that it needs then. The customers come first, and each once, however often
/// it is named: an index of the table is searched for each of them, whatever the engine believes of the table. `only` is a further
/// condition (` AND ...`), for an index of a part of the table.
pub(crate) fn owned(engine: Engine, table: &str, column: &str, parameter: usize, only: &str) -> (String, String) {
    let owners = format!("(SELECT DISTINCT value ->> 0 AS own FROM json_each(${parameter})) w");
    match engine {
        Engine::Sqlite => (format!("{owners} CROSS JOIN {table}"), format!(" AND {column} = w.own{only}")),
        // PostgreSQL joins in the order that it likes, but for what it has to read by itself.
        Engine::Postgres => {
            let each = format!("SELECT * FROM {table} WHERE tenant = $1 AND {column} = w.own{only} OFFSET 0");
            (format!("{owners} CROSS JOIN LATERAL ({each}) {table}"), String::new())
        }
    }
}

/// The rows of a statement with two parameters, the tenant and some texts: `text` for SQLite has them as one JSON array, `for_postgres`
/// as an array, which it takes in twice as fast.
macro_rules! among {
    ($tx:expr, $fetch:ident, $tenant:expr, $values:expr, $text:expr, $for_postgres:expr) => {{
        use $crate::transaction::{Connection, within};
        let (tx, tenant, values) = ($crate::Tx::of($tx), $tenant, $values);
        if let Connection::Postgres(on) = &mut tx.connection {
            tx.failed += 1;
            let query = sqlx::$fetch(sqlx::AssertSqlSafe($for_postgres)).bind(tenant).bind(values);
            let outcome = within(tx.patience, query.fetch_all(&mut **on)).await;
            tx.noted(outcome)
        } else {
            let batch = tx.json(&values.iter().map(|value| [value]).collect::<Vec<_>>())?;
            $crate::transaction::sql!(tx, fetch_all, sqlx::$fetch(sqlx::AssertSqlSafe($text)).bind(tenant).bind(&batch))
        }
    }};
}
pub(crate) use among;

fn json<T: Serialize>(rows: &[T]) -> Result<String, Error> {
    let text = serde_json::to_string(rows).map_err(|fault| sqlx::Error::Encode(Box::new(fault)))?;
    if text.contains(r"\u0000") && holds_nul(&text) { Err(Error::NulCharacter) } else { Ok(text) }
}

/// Whether the JSON text holds an escaped U+0000, and not an escaped backslash before `u0000`.
fn holds_nul(json: &str) -> bool {
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        rest = &rest[at + 1..];
        if rest.starts_with("u0000") {
            return true;
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    false
}

/// A field that is kept as text, or as NULL.
pub(crate) trait Text {
    fn text(&self) -> Option<&str>;
}

impl Text for String {
    fn text(&self) -> Option<&str> {
        Some(self)
    }
}

impl Text for Option<String> {
    fn text(&self) -> Option<&str> {
        self.as_deref()
    }
}

impl Text for &str {
    fn text(&self) -> Option<&str> {
        Some(self)
    }
}

impl Text for Option<&str> {
    fn text(&self) -> Option<&str> {
        *self
    }
}

/// A field that is kept as a whole number, or as NULL.
pub(crate) trait Number {
    fn number(&self) -> Option<i64>;
}

impl Number for i64 {
    fn number(&self) -> Option<i64> {
        Some(*self)
    }
}

impl Number for Option<i64> {
    fn number(&self) -> Option<i64> {
        *self
    }
}

/// Inserts the rows whose key is new in the tenant, and answers those keys:
/// `insert_new!(tx, tenant, rows, into "calls", key "origin", text: id origin ..., number: started_at ...)`. The columns have the
/// names of the record's fields.
macro_rules! insert_new {
    ($tx:expr, $tenant:expr, $rows:expr, into $table:literal, key $key:literal,
     text: $($text:ident)+, number: $($number:ident)+) => {
        $crate::batch::insert!(
            $tx, $tenant, $rows, into $table,
            conflict concat!("(tenant, ", $key, ") DO NOTHING RETURNING ", $key),
            text: $($text)+, number: $($number)+
        )
    };
}
pub(crate) use insert_new;

/// Inserts the rows and does what `conflict` says with those that are there, in the order of the rows; answers the texts that it
/// returns.
macro_rules! insert {
    ($tx:expr, $tenant:expr, $rows:expr, into $table:literal, conflict $conflict:expr,
     text: $($text:ident)+, number: $($number:ident)+) => {{
        use $crate::batch::{Number as _, Text as _};
        use $crate::transaction::{Connection, within};
        const SQLITE: &str = concat!(
            "INSERT INTO ", $table, " (tenant", $(", ", stringify!($text),)+ $(", ", stringify!($number),)+
            // Each mention of json_each's value makes it anew: here it is made once for a row.
            ") WITH rows AS MATERIALIZED (SELECT value FROM json_each($2)) SELECT $1",
            $(", value ->> '", stringify!($text), "'",)+ $(", value ->> '", stringify!($number), "'",)+
            " FROM rows WHERE true ON CONFLICT ", $conflict
        );
        let (tx, tenant, rows) = ($crate::Tx::of($tx), $tenant, $rows);
        if let Connection::Postgres(_) = tx.connection {
            tx.begin_statement().await?;
        }
        if let Connection::Postgres(on) = &mut tx.connection {
            let text = $crate::batch::unnest($table, $conflict, &[$(stringify!($text)),+], &[$(stringify!($number)),+]);
            let query = sqlx::query_scalar(sqlx::AssertSqlSafe(text.as_str())).bind(tenant)
                $(.bind(rows.iter().map(|row| row.$text.text()).collect::<Vec<_>>()))+
                $(.bind(rows.iter().map(|row| row.$number.number()).collect::<Vec<_>>()))+;
            let outcome = within(tx.patience, query.fetch_all(&mut **on)).await;
            tx.noted(outcome)
        } else {
            let batch = tx.json(rows)?;
            $crate::transaction::sql!(tx, fetch_all, sqlx::query_scalar(SQLITE).bind(tenant).bind(&batch))
        }
    }};
}
pub(crate) use insert;

/// PostgreSQL's statement of [`insert`].
pub(crate) fn unnest(table: &str, conflict: &str, texts: &[&str], numbers: &[&str]) -> String {
    let columns = [texts, numbers].concat().join(", ");
    let texts = (0..texts.len()).map(|_| "text[]");
    let types = texts.chain(numbers.iter().map(|_| "bigint[]"));
    let arrays: Vec<String> = types.enumerate().map(|(n, of)| format!("${}::{of}", n + 2)).collect();
    format!(
        "INSERT INTO {table} (tenant, {columns}) SELECT $1, rows.* FROM UNNEST({}) AS rows ON CONFLICT {conflict}",
        arrays.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nul_character_is_told_from_its_spelling() {
        for (text, refused) in
            [("a\0b", true), (r"a\u0000b", false), ("\\\0", true), (r#""\\u0000""#, false), ("", false)]
        {
            assert_eq!(json(&[text]).is_err(), refused, "{text:?}");
        }
    }
}
