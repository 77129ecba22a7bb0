use super::directory::Directory;
use super::events::settle;
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
    let directory = Directory::whole(work).await?;
    let records = storage::calls::unrated(&mut work.tx, tenant, after, limit).await?;
    let mut retried = Retried::default();
    for mut record in records {
        retried.last = Some(record.id.clone());
        let call = FinishedCall::of(&record);
        settle(work, &directory, &call, &mut record).await?;
        if record.state == "unrated" {
            retried.unrated += 1;
            continue;
        }
        record.version += 1;
        // Somebody else may have rated it meanwhile; then its charge is posted under the same keys, and this one is undone.
        if !storage::calls::replace(&mut work.tx, tenant, &record).await? {
            return Err(CallError::Contended(record.origin));
        }
        retried.rated += 1;
    }
    Ok(retried)
}
