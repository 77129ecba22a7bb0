//! The bulk insert that others are compared with: rows of one database, inserted into another one with the same schema, all its
//! indexes included. It does nothing else: no rating, no look for duplicates, no balances to be changed again and again.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use futures::TryStreamExt;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection};

use crate::databases::{self, Database};
use crate::figures::Result;

const PIECE: usize = 1 << 20;

/// Rows of a table.
#[derive(Debug, Clone)]
pub(crate) struct Rows {
    pub(crate) table: &'static str,
    /// What they meet.
    pub(crate) condition: String,
}

/// How long it takes to insert these rows of the source into the target. They are durable then.
pub(crate) async fn insert(source: &Database, target: &Database, rows: &[Rows], scratch: &Path) -> Result<Duration> {
    match (source.file(), target.file()) {
        (Some(from), Some(to)) => in_sqlite(from, (target, to), rows).await,
        _ => in_postgres(source, target, (rows, scratch)).await,
    }
}

/// One prepared statement a table, which reads the rows within SQLite itself: nothing is faster at handing them over. The columns
/// are named, so that SQLite inserts row by row and does not copy whole pages.
async fn in_sqlite(source: &Path, (target, file): (&Database, &Path), rows: &[Rows]) -> Result<Duration> {
    let mut connection = databases::open(file).await?;
    let attach = AssertSqlSafe(format!("ATTACH '{}' AS source", source.display()));
    sqlx::raw_sql(attach).execute(&mut connection).await?;
    target.checkpoint().await?;
    let begun = Instant::now();
    copy_in_sqlite(&mut connection, rows).await?;
    let time = begun.elapsed();
    connection.close().await?;
    Ok(time)
}

async fn copy_in_sqlite(connection: &mut SqliteConnection, rows: &[Rows]) -> Result<()> {
    let mut tx = connection.begin().await?;
    for Rows { table, condition } in rows {
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
async fn in_postgres(source: &Database, target: &Database, (rows, scratch): (&[Rows], &Path)) -> Result<Duration> {
    let folder = tempfile::tempdir_in(scratch)?;
    let mut from = databases::connect(source.address()).await?;
    let mut to = databases::connect(target.address()).await?;
    write_out(&mut from, rows, folder.path()).await?;
    target.checkpoint().await?;
    let begun = Instant::now();
    copy_in(&mut to, rows, folder.path()).await?;
    Ok(begun.elapsed())
}

async fn write_out(from: &mut PgConnection, rows: &[Rows], folder: &Path) -> Result<()> {
    // In the order in which they were written.
    databases::run(from, "SET synchronize_seqscans = off; SET enable_indexscan = off; SET enable_bitmapscan = off")
        .await?;
    for Rows { table, condition } in rows {
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

async fn copy_in(to: &mut PgConnection, rows: &[Rows], folder: &Path) -> Result<()> {
    let mut tx = to.begin().await?;
    for Rows { table, .. } in rows {
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
