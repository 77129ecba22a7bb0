//! Calls that come when their period is billed: they wait for the next invoice, at the prices of their own time.

use domain::money::Amount;
use storage::calls::CallRecord;
use storage::unbilled::{RatedCall, UnbilledRecord};

use super::directory::Directory;
use super::price::SAME_CONVERSATION;
use crate::{Scope, Work};

/// Of calls that were rated and posted just now, puts aside those whose period is billed. Their customers' accounts are locked by
/// their postings, so that no bill run is between; a call that costs nothing may slip through, and is missing in a list only.
pub(super) async fn put_aside<'a>(
    work: &mut Work,
    directory: &Directory,
    calls: impl Iterator<Item = &'a CallRecord>,
) -> Result<(), storage::Error> {
    let billed = |record: &&'a CallRecord| {
        let line = record.line.as_deref().and_then(|line| directory.line(line));
        let postpaid = line.and_then(|line| directory.payee(line)).is_some_and(|payee| !payee.prepaid);
        let charged = record.price_source.as_deref() != Some(SAME_CONVERSATION) && record.answered_at.is_some();
        postpaid && record.state == "rated" && charged
    };
    let rated = |record: &'a CallRecord| {
        Some(RatedCall {
            call: &record.id,
            customer: record.customer.as_deref()?,
            line: record.line.as_deref()?,
            ended_at: record.ended_at?,
        })
    };
    let calls: Vec<RatedCall<'a>> = calls.filter(billed).filter_map(rated).collect();
    note(work, &calls).await
}

/// Puts those of some postpaid calls aside whose period is billed.
pub(crate) async fn note(work: &mut Work, calls: &[RatedCall<'_>]) -> Result<(), storage::Error> {
    let Some(first) = calls.iter().map(|call| call.ended_at).min() else { return Ok(()) };
    let (tenant, now) = (work.tenant(), work.now().millis());
    // Most calls are of running periods: as long as no line was closed and billed, one look tells that none of these is late.
    match storage::billing::latest_start(&mut work.tx, tenant).await? {
        Some(latest) if first < latest => storage::unbilled::note_late(&mut work.tx, tenant, calls, now).await,
        _ => Ok(()),
    }
}

/// What changes of a rated call's charge.
pub(crate) struct Difference<'a> {
    /// What causes it: the key of its entries.
    pub(crate) cause: &'a str,
    pub(crate) call: &'a str,
    pub(crate) customer: &'a str,
    pub(crate) line: &'a str,
    /// When the call ended, as it was known so far.
    pub(crate) ended_at: i64,
    pub(crate) total: Amount,
    pub(crate) tax: Amount,
}

/// Puts a difference, which is posted, on the next invoice, if the call is on one already. Answers when the running period of its line
/// begins, if the call is of an earlier one: on an invoice, or waiting for one.
pub(crate) async fn bill_difference(
    work: &mut Work,
    difference: &Difference<'_>,
) -> Result<Option<i64>, storage::Error> {
    let tenant = work.tenant();
    let starts_at = storage::billing::starts_at(&mut work.tx, tenant, difference.line).await?;
    let of_earlier = starts_at.filter(|starts_at| difference.ended_at < *starts_at);
    let late = storage::unbilled::get(&mut work.tx, tenant, difference.call).await?;
    let billed = late.as_ref().map_or(of_earlier.is_some(), |late| late.document.is_some());
    if billed && !difference.total.is_zero() {
        let record = UnbilledRecord {
            id: difference.cause.to_owned(),
            kind: "rerated".to_owned(),
            customer: difference.customer.to_owned(),
            line: Some(difference.line.to_owned()),
            call: Some(difference.call.to_owned()),
            amount: Some(difference.total.micros()),
            tax: Some(difference.tax.micros()),
            name: None,
            created_at: work.now().millis(),
            document: None,
        };
        storage::unbilled::insert(&mut work.tx, tenant, &[record]).await?;
    }
    Ok(if late.is_some() { starts_at } else { of_earlier })
}
