//! What seals a month: a SHA-256 over its entries, together with the hash of the month before.
//!
//! What is hashed is text, so that others can do it too: a line for the month and one for each entry in the order of instant and key, each an array of
//! JSON without blanks, ended by a line feed. Amounts are in millionths, instants in milliseconds since 1970.

use std::collections::BTreeMap;

use domain::money::{Amount, Overflow};
use sha2::{Digest, Sha256};
use storage::ledger::EntryRecord;
use storage::months::MonthRecord;

use super::{MonthError, Sum};
use crate::{Actor, Engine, Scope};

/// How many entries are read at once.
pub(super) const CHUNK: i64 = 5_000;
/// Before what any entry may have been posted.
pub(super) const BEGINNING: i64 = i64::MIN;

/// A month whose entries are read one by one.
pub(super) struct Sealing {
    hash: Sha256,
    entries: i64,
    sums: BTreeMap<String, Sum>,
}

impl Sealing {
    /// Before the first entry.
    pub(super) fn begun(month: &MonthRecord, previous: Option<&str>) -> Sealing {
        let mut sealing = Sealing { hash: Sha256::new(), entries: 0, sums: BTreeMap::new() };
        sealing.line(&("tollgate month 1", &month.month, month.from_at, month.to_at, previous));
        sealing
    }

    /// The next entry, in the order of instant and key.
    pub(super) fn take(&mut self, entry: &EntryRecord) -> Result<(), Overflow> {
        self.line(&(
            (&entry.key, entry.posted_at, &entry.kind, &entry.from_account, &entry.to_account),
            (&entry.currency, entry.amount, entry.promotional, &entry.reference, &entry.customer, &entry.agent),
        ));
        self.entries += 1;
        let sum = self.sums.entry(entry.currency.clone()).or_default();
        sum.entries += 1;
        sum.amount = sum.amount.plus(Amount::from_micros(entry.amount))?;
        Ok(())
    }

    fn line(&mut self, values: &impl serde::Serialize) {
        // Texts and numbers always become JSON.
        let text = serde_json::to_string(values).unwrap_or_default();
        self.hash.update(text.as_bytes());
        self.hash.update(b"\n");
    }

    /// The month with what it is sealed with.
    pub(super) fn sealed(self, month: &MonthRecord, previous: Option<String>) -> MonthRecord {
        let hash = self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        MonthRecord {
            entries: Some(self.entries),
            sums: serde_json::to_string(&self.sums).ok(),
            previous,
            hash: Some(hash),
            ..month.clone()
        }
    }
}

/// Seals every month that is closed and not sealed, the first first. Doing it twice, or twice at once, comes to the same: their entries are final.
pub(super) async fn seal_all(engine: &Engine, actor: &Actor) -> Result<(), MonthError> {
    let months = storage::months::all(engine.view(actor).await?.tx(), actor.tenant).await?;
    let mut previous: Option<String> = None;
    for month in months {
        if month.hash.is_some() {
            previous = month.hash;
            continue;
        }
        let sealed = read(engine, actor, &month, previous.take()).await?;
        previous.clone_from(&sealed.hash);
        let sealed = &sealed;
        engine
            .run(actor, |work| {
                let sealed = sealed.clone();
                Box::pin(async move {
                    let tenant = work.tenant();
                    if storage::months::seal(&mut work.tx, tenant, &sealed).await? {
                        work.audit("month.seal", &sealed.month, None, Some(&(sealed.entries, &sealed.hash))).await?;
                    }
                    Ok::<_, MonthError>(())
                })
            })
            .await?;
    }
    Ok(())
}

async fn read(
    engine: &Engine,
    actor: &Actor,
    month: &MonthRecord,
    previous: Option<String>,
) -> Result<MonthRecord, MonthError> {
    let mut view = engine.view(actor).await?;
    let mut sealing = Sealing::begun(month, previous.as_deref());
    let time = (month.from_at.unwrap_or(BEGINNING), month.to_at);
    let mut last: Option<EntryRecord> = None;
    loop {
        let after = last.as_ref().map(|entry| (entry.posted_at, entry.key.as_str()));
        let entries = storage::ledger::journal(view.tx(), actor.tenant, time, after, CHUNK).await?;
        entries.iter().try_for_each(|entry| sealing.take(entry))?;
        match entries.into_iter().last() {
            Some(entry) => last = Some(entry),
            None => return Ok(sealing.sealed(month, previous)),
        }
    }
}
