//! Calls that come when their period is billed: they wait for the next invoice, at the prices of their own time.

use storage::calls::CallRecord;
use storage::unbilled::{RatedCall, UnbilledRecord};

use super::directory::Directory;
use super::price::{Parts, SAME_CONVERSATION};
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

/// Puts what a re-rating changed of a call on the next invoice, if the call is on one already. The change is posted.
pub(super) async fn bill_difference(
    work: &mut Work,
    record: &CallRecord,
    parts: &Parts<'_>,
) -> Result<(), storage::Error> {
    let (Some(line), Some(ended_at)) = (&record.line, record.ended_at) else { return Ok(()) };
    let tenant = work.tenant();
    let billed = match storage::unbilled::get(&mut work.tx, tenant, &record.id).await? {
        Some(late) => late.document.is_some(),
        None => {
            let starts_at = storage::billing::starts_at(&mut work.tx, tenant, line).await?;
            starts_at.is_some_and(|starts_at| ended_at < starts_at)
        }
    };
    if !billed || record.answered_at.is_none() {
        return Ok(());
    }
    let difference = UnbilledRecord {
        id: parts.cause.to_owned(),
        kind: "rerated".to_owned(),
        customer: parts.customer.to_owned(),
        line: Some(line.clone()),
        call: Some(record.id.clone()),
        amount: Some(parts.total.micros()),
        tax: Some(parts.tax.micros()),
        name: None,
        created_at: work.now().millis(),
        document: None,
    };
    storage::unbilled::insert(&mut work.tx, tenant, &[difference]).await.map(|_| ())
}
