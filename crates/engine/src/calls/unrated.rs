use super::directory::Directory;
use super::events::settle;
use super::included::IncludedMinutes;
use super::{Call, CallError, FinishedCall};
use crate::{Scope, Work};

/// What became of calls that were tried again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Retried {
    /// How many have a price now.
    pub rated: i64,
    /// How many still have none.
    pub unrated: i64,
    /// The last one that was tried, for the next page; `None` when there are no more.
    pub last: Option<String>,
}

/// A page of the calls that wait for a price, the oldest first, those after `after`.
///
/// # Errors
/// The database does not answer.
pub async fn unrated(scope: &mut impl Scope, after: Option<&str>, limit: i64) -> Result<Vec<Call>, CallError> {
    let tenant = scope.tenant();
    let records = storage::calls::unrated(scope.tx(), tenant, after, limit).await?;
    records.into_iter().map(Call::of).collect()
}

/// Tries to rate a page of the calls that wait for a price, those after `after`: a customer, a plan or a deck may have come since.
/// Each is charged at the prices of its own time.
///
/// # Errors
/// Nothing is changed: the database did not do it.
pub async fn retry_unrated(work: &mut Work, after: Option<&str>, limit: i64) -> Result<Retried, CallError> {
    let tenant = work.tenant();
    let records = storage::calls::unrated(&mut work.tx, tenant, after, limit).await?;
    let calls: Vec<FinishedCall> = records.iter().map(FinishedCall::of).collect();
    let directory = Directory::for_calls(work, &calls).await?;
    let full = i64::try_from(records.len()).is_ok_and(|tried| tried >= limit);
    let last = records.last().filter(|_| full).map(|record| record.id.clone());
    let mut retried = Retried { last, ..Retried::default() };
    let mut minutes = IncludedMinutes::lock(work, &directory, &calls).await?;
    for call in &calls {
        // Somebody else may have rated it meanwhile.
        let known = storage::calls::lock_by_origin(&mut work.tx, tenant, &call.origin).await?;
        let Some(before) = known.filter(|known| known.state == "unrated") else { continue };
        let mut record = before.clone();
        match settle(work, &directory, &mut minutes, call, &mut record).await? {
            Ok(_) => retried.rated += 1,
            Err(_) => retried.unrated += 1,
        }
        if record == before {
            continue;
        }
        record.version += 1;
        if !storage::calls::replace(&mut work.tx, tenant, &record).await? {
            return Err(CallError::Contended(record.origin));
        }
    }
    Ok(retried)
}
