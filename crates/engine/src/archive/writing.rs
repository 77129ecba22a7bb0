//! A database into an archive.

use std::collections::BTreeMap;
use std::io::Write;

use domain::time::Instant;
use storage::{Store, backup};

use super::packing::Packer;
use super::{ArchiveError, End, FORMAT, Head, Mark, Named, Progress, Summary};

/// Rows between two words on how far it is.
const STEP: u64 = 10_000;

/// Writes all that the database holds, as it was at one instant: it is read in one transaction, while others write. Answers what was written,
/// and where to. Nothing is changed, not even a schema of an earlier program.
///
/// # Errors
/// The database does not answer or was never set up, or the archive cannot be written; what was written then is no whole archive.
pub async fn write<W: Write + Send + 'static>(
    store: &Store,
    now: Instant,
    out: W,
    mut progress: impl FnMut(Progress),
) -> Result<(Summary, W), ArchiveError> {
    let mut tx = store.read().await?;
    backup::take_time(&mut tx).await?;
    let schema = backup::number(&mut tx).await?.ok_or(ArchiveError::NothingThere)?;
    let head = head(&mut tx, schema, now).await?;
    let mut packer = Packer::onto(out);
    packer.mark(&head)?;
    let mut rows = BTreeMap::new();
    let mut all = 0;
    for table in backup::tables(&mut tx).await? {
        packer.mark(&Mark::Table(table.clone()))?;
        let each = |line: &[u8]| -> Result<(), ArchiveError> {
            all += 1;
            if all % STEP == 0 {
                progress(Progress { table: &table.name, rows: all });
            }
            Ok(packer.line(line)?)
        };
        let count = backup::rows(&mut tx, &table, each).await?;
        rows.insert(table.name, count);
    }
    let sha256 = packer.hash();
    packer.mark(&Mark::End(End { rows: rows.clone(), sha256: sha256.clone() }))?;
    Ok((Summary { head, rows, sha256 }, packer.finish()?))
}

async fn head(tx: &mut storage::Tx, schema: i64, now: Instant) -> Result<Head, ArchiveError> {
    let engine = match tx.engine() {
        storage::Engine::Sqlite => "SQLite",
        storage::Engine::Postgres => "PostgreSQL",
    };
    let tenants = backup::tenants(tx).await?.into_iter().map(|(tenant, name)| Named { tenant, name }).collect();
    Ok(Head {
        tollgate_archive: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        schema,
        engine: engine.to_owned(),
        made_at: now.to_string(),
        left_out: backup::LEFT_OUT.map(str::to_owned).to_vec(),
        tenants,
        totals: backup::totals(tx).await?,
    })
}
