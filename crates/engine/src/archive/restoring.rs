//! An archive into a database.

use std::collections::BTreeMap;
use std::io::Read;

use storage::backup::{self, Restoring, Table};

use super::reading::{Archive, Part};
use super::{ArchiveError, Progress, Restored, Summary};
use crate::{Actor, Engine};

/// Fills an empty database with what an archive holds, brings it up to this program's schema and checks everybody's books. The archive is
/// read once, and all of it is written in one transaction, which is committed when its end was found to be right: what goes wrong before
/// leaves the database as it was.
///
/// # Errors
/// The archive is not whole or of a later program, the database is not empty, or does not answer. Books that are wrong are no error: they
/// stand in the answer.
pub async fn restore(
    engine: &Engine,
    packed: impl Read,
    mut progress: impl FnMut(Progress),
) -> Result<Restored, ArchiveError> {
    let mut archive = Archive::open(packed)?;
    let begun = Restoring::begin(engine.store(), archive.head.schema).await?;
    let mut database = begun.ok_or(ArchiveError::NotEmpty)?;
    let summary = load(&mut archive, &mut database, &mut progress).await?;
    compare(&summary, &mut database).await?;
    database.complete().await?;
    engine.store().migrate().await?;
    engine.store().analyze().await?;
    let mut books = BTreeMap::new();
    for tenant in &summary.head.tenants {
        let mut view = engine.view(&Actor::program(tenant.tenant, "restore")).await?;
        books.insert(tenant.tenant, crate::books::check(&mut view).await?);
    }
    Ok(Restored { archive: summary, schema: backup::known(), books })
}

async fn load<R: Read>(
    archive: &mut Archive<R>,
    database: &mut Restoring,
    progress: &mut impl FnMut(Progress),
) -> Result<Summary, ArchiveError> {
    let mut missing: BTreeMap<String, Table> =
        database.tables().map(|table| (table.name.clone(), table.clone())).collect();
    let (mut table, mut rows): (Option<Table>, _) = (None, Vec::new());
    loop {
        let part = archive.next(table.as_ref().map(|table| table.name.as_str()), &mut rows)?;
        if let Some(table) = &table
            && !rows.is_empty()
        {
            database.load(table, &rows).await?;
            progress(archive.progress(&table.name));
        }
        rows.clear();
        match part {
            Part::Rows => {}
            Part::Table(next) if missing.remove(&next.name).as_ref() == Some(&next) => table = Some(next),
            Part::Table(next) => {
                return Err(differs(format!("schema {} has no such table {}", archive.head.schema, next.name)));
            }
            Part::End(_) if !missing.is_empty() => {
                return Err(differs(format!("the tables {} are not in it", names(&missing))));
            }
            Part::End(summary) => return Ok(summary),
        }
    }
}

/// Whether the database holds as many rows as the archive, and its money adds up to the same.
async fn compare(summary: &Summary, database: &mut Restoring) -> Result<(), ArchiveError> {
    let (rows, totals) = database.held().await?;
    if let Some((table, held)) = rows.iter().find(|(table, held)| summary.rows.get(*table) != Some(held)) {
        return Err(differs(format!("the table {table} has {held} rows")));
    }
    if totals != summary.head.totals {
        return Err(differs("accounts, calls or entries add up to something else".to_owned()));
    }
    Ok(())
}

fn differs(what: String) -> ArchiveError {
    ArchiveError::Differs(what)
}

fn names(tables: &BTreeMap<String, Table>) -> String {
    tables.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
}
