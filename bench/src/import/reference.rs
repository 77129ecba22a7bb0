//! The reference: the rows that an import has left in a database, inserted in bulk into another one with the same schema, all its
//! indexes included. It does nothing else: no rating, no look for duplicates, no balances to be changed again and again.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use futures::TryStreamExt;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection};
use storage::Engine;

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
const PIECE: usize = 1 << 20;

/// How far each table was filled before the import.
pub(super) struct Marks(Vec<(&'static str, String)>);

/// Which rows of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rows {
    /// Those from before the import.
    Before,
    /// Those of the import, and the accounts.
    After,
}

impl Marks {
    /// The last row of each table.
    pub(super) async fn of(database: &Database) -> Result<Marks> {
        let mut marks = Vec::new();
        for (table, key) in TABLES {
            let Some(key) = key else { continue };
            let query = AssertSqlSafe(format!("SELECT COALESCE(MAX({key}), '') FROM {table}"));
            let last: String = match database.file() {
                Some(file) => sqlx::query_scalar(query).fetch_one(&mut databases::open(file).await?).await?,
                None => sqlx::query_scalar(query).fetch_one(&mut databases::connect(&database.address).await?).await?,
            };
            marks.push((table, last));
        }
        Ok(Marks(marks))
    }

    /// Each table with the condition that these rows of it meet.
    fn conditions(&self, rows: Rows) -> impl Iterator<Item = (&'static str, String)> {
        TABLES.into_iter().filter_map(move |(table, key)| match (key, rows) {
            (None, Rows::Before) => None,
            (None, Rows::After) => Some((table, "true".to_owned())),
            (Some(key), _) => {
                let mark = self.0.iter().find(|(known, _)| *known == table).map_or("", |(_, mark)| mark);
                let sign = if rows == Rows::After { ">" } else { "<=" };
                Some((table, format!("{key} {sign} '{mark}'")))
            }
        })
    }
}

/// Writes out what the database has put off, so that nothing measured afterwards pays for it.
pub(super) async fn checkpoint(database: &Database) -> Result<()> {
    match database.file() {
        Some(file) => {
            let mut connection = databases::open(file).await?;
            sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await?;
            connection.close().await?;
            Ok(())
        }
        None => databases::run(&mut databases::connect(&database.address).await?, "CHECKPOINT").await,
    }
}

/// How long it takes to insert the import's rows into a fresh database that has the rows from before. They are durable then.
pub(super) async fn insert(source: &Database, marks: &Marks, scratch: &Path) -> Result<Duration> {
    let engine = source.store.engine();
    let target = Database::fresh(engine, scratch).await?;
    println!("{}: the bulk insert ...", databases::name(engine));
    let time = match (engine, source.file(), target.file()) {
        (Engine::Sqlite, Some(source), Some(file)) => in_sqlite(source, (&target, file), marks).await?,
        _ => in_postgres(source, &target, (marks, scratch)).await?,
    };
    target.remove().await?;
    Ok(time)
}

/// One prepared statement a table, which reads the rows within SQLite itself: nothing is faster at handing them over. The columns
/// are named, so that SQLite inserts row by row and does not copy whole pages.
async fn in_sqlite(source: &Path, (target, file): (&Database, &Path), marks: &Marks) -> Result<Duration> {
    let mut connection = databases::open(file).await?;
    let attach = AssertSqlSafe(format!("ATTACH '{}' AS source", source.display()));
    sqlx::raw_sql(attach).execute(&mut connection).await?;
    copy_in_sqlite(&mut connection, marks, Rows::Before).await?;
    target.store.analyze().await?;
    checkpoint(target).await?;
    let begun = Instant::now();
    copy_in_sqlite(&mut connection, marks, Rows::After).await?;
    let time = begun.elapsed();
    connection.close().await?;
    Ok(time)
}

async fn copy_in_sqlite(connection: &mut SqliteConnection, marks: &Marks, rows: Rows) -> Result<()> {
    let mut tx = connection.begin().await?;
    for (table, condition) in marks.conditions(rows) {
        let columns = AssertSqlSafe(format!("SELECT group_concat(name, ', ') FROM pragma_table_info('{table}')"));
        let columns: String = sqlx::query_scalar(columns).fetch_one(&mut *tx).await?;
        let insert = format!(
            "INSERT INTO main.{table} ({columns}) SELECT {columns} FROM source.{table} NOT INDEXED WHERE {condition}"
        );
        sqlx::query(AssertSqlSafe(insert)).execute(&mut *tx).await?;
    }
    Ok(tx.commit().await?)
}

/// One COPY a table, from files that were written before.
async fn in_postgres(source: &Database, target: &Database, (marks, scratch): (&Marks, &Path)) -> Result<Duration> {
    let folder = tempfile::tempdir_in(scratch)?;
    let mut from = databases::connect(&source.address).await?;
    let mut to = databases::connect(&target.address).await?;
    write_out(&mut from, (marks, Rows::Before), folder.path()).await?;
    copy_in(&mut to, (marks, Rows::Before), folder.path()).await?;
    target.store.analyze().await?;
    write_out(&mut from, (marks, Rows::After), folder.path()).await?;
    checkpoint(target).await?;
    let begun = Instant::now();
    copy_in(&mut to, (marks, Rows::After), folder.path()).await?;
    Ok(begun.elapsed())
}

async fn write_out(from: &mut PgConnection, (marks, rows): (&Marks, Rows), folder: &Path) -> Result<()> {
    // In the order in which they were written.
    databases::run(from, "SET synchronize_seqscans = off; SET enable_indexscan = off; SET enable_bitmapscan = off")
        .await?;
    for (table, condition) in marks.conditions(rows) {
        let mut file = BufWriter::new(File::create(folder.join(table))?);
        let statement = format!("COPY (SELECT * FROM {table} WHERE {condition}) TO STDOUT");
        let mut pieces = from.copy_out_raw(&statement).await?;
        while let Some(piece) = pieces.try_next().await? {
            file.write_all(&piece)?;
        }
        file.flush()?;
    }
    Ok(())
}

async fn copy_in(to: &mut PgConnection, (marks, rows): (&Marks, Rows), folder: &Path) -> Result<()> {
    let mut tx = to.begin().await?;
    for (table, _) in marks.conditions(rows) {
        let mut file = BufReader::with_capacity(PIECE, File::open(folder.join(table))?);
        let mut copy = tx.copy_in_raw(&format!("COPY {table} FROM STDIN")).await?;
        let mut piece = vec![0; PIECE];
        loop {
            let length = file.read(&mut piece)?;
            if length == 0 {
                break;
            }
            copy.send(&piece[..length]).await?;
        }
        copy.finish().await?;
    }
    Ok(tx.commit().await?)
}
