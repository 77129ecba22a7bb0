//! Whether the closed months are what they were closed with.

use storage::Tx;
use storage::ledger::EntryRecord;
use storage::months::MonthRecord;

use super::seal::{BEGINNING, CHUNK, Sealing};

/// What is wrong with the closed months, a sentence each. All their entries are read again.
///
/// # Errors
/// The database does not answer.
pub(crate) async fn check(tx: &mut Tx, tenant: i64) -> Result<Vec<String>, storage::Error> {
    let months = storage::months::all(tx, tenant).await?;
    let mut faults = Vec::new();
    let mut before: Option<&MonthRecord> = None;
    for month in &months {
        if month.hash.is_none() {
            faults.push(format!("month {}: it is closed and not sealed: close it again", month.month));
        } else if month.from_at != before.map(|before| before.to_at)
            || month.previous.as_ref() != before.and_then(|before| before.hash.as_ref())
        {
            faults.push(format!("month {}: it does not follow the month that was closed before it", month.month));
        }
        if let Some(fault) = altered(tx, tenant, month).await? {
            faults.push(format!("month {}: {fault}", month.month));
        }
        before = Some(month);
    }
    Ok(faults)
}

/// What of a month is not as it was sealed.
async fn altered(tx: &mut Tx, tenant: i64, month: &MonthRecord) -> Result<Option<String>, storage::Error> {
    if month.hash.is_none() {
        return Ok(None);
    }
    let mut sealing = Sealing::begun(month, month.previous.as_deref());
    let time = (month.from_at.unwrap_or(BEGINNING), month.to_at);
    let mut last: Option<EntryRecord> = None;
    loop {
        let after = last.as_ref().map(|entry| (entry.posted_at, entry.key.as_str()));
        let entries = storage::ledger::journal(tx, tenant, time, after, CHUNK).await?;
        for entry in &entries {
            if sealing.take(entry).is_err() {
                return Ok(Some("its entries sum to more than there can be".to_owned()));
            }
        }
        match entries.into_iter().last() {
            Some(entry) => last = Some(entry),
            None => break,
        }
    }
    let found = sealing.sealed(month, month.previous.clone());
    if found == *month {
        return Ok(None);
    }
    let count = |record: &MonthRecord| record.entries.unwrap_or_default();
    Ok(Some(format!(
        "it was altered after it was closed: it was sealed with {} entries and has {}, and its hash is {}, not {}",
        count(month),
        count(&found),
        found.hash.unwrap_or_default(),
        month.hash.as_deref().unwrap_or_default()
    )))
}
