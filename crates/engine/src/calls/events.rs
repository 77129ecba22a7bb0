use domain::invalid::Invalid;
use domain::time::Instant;
use storage::calls::CallRecord;

use super::directory::Directory;
use super::included::{self, IncludedMinutes};
use super::late;
use super::price::{Unrated, terms};
use super::record::{charge, check_texts};
use super::stored::Priced;
use super::{Call, CallError, Direction, Disposition, FinishedCall, Price, told};
use crate::{Scope, Work, allowances, ledger};

/// What a switch reports of a call while it happens. The events of a call may come in any order, and more than once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallEvent {
    /// The switch and what the call is to it.
    pub origin: String,
    /// When it happened.
    pub at: Instant,
    /// What happened.
    pub kind: EventKind,
}

/// What happened to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// It was made.
    Start {
        /// Which way it goes.
        direction: Direction,
        /// The caller's number.
        from: String,
        /// The number called.
        to: String,
        /// The id of the payer's line; without it (and without an account code) the caller's line pays.
        line: Option<String>,
        /// What the switch calls the payer.
        account_code: Option<String>,
        /// The id of the paid agent who is called.
        agent: Option<String>,
    },
    /// It was answered.
    Answer,
    /// It ended.
    End {
        /// How it went. Where it is missing, the call was answered: its answer has been reported, or will be.
        disposition: Option<Disposition>,
        /// The real time from answer to end in milliseconds, where the switch measured it; it then counts back from the end.
        duration_ms: Option<i64>,
        /// The cause by ITU-T Q.850.
        cause: Option<u16>,
    },
}

/// Writes an event down. When a call's start and end (and, of an answered call, its answer) are known, it is rated and charged,
/// once; the result is the same in whatever order they came. An event that is known already changes nothing.
///
/// # Errors
/// The event contradicts what is known or makes no sense, or the database did not do it.
pub async fn report(work: &mut Work, event: &CallEvent) -> Result<Call, CallError> {
    event.check()?;
    let tenant = work.tenant();
    let known = storage::calls::lock_by_origin(&mut work.tx, tenant, &event.origin).await?;
    let mut record = match known {
        Some(record) => record,
        None => open(work, &event.origin).await?,
    };
    if record.state != "open" {
        return Call::of(record);
    }
    event.merge_into(&mut record)?;
    record.version += 1;
    let mut tenant_of_ended = None;
    if let Some(call) = finished(&record) {
        let directory = Directory::for_calls(work, std::slice::from_ref(&call)).await?;
        call.check(directory.tenant.settings.longest_call_seconds)?;
        let mut minutes = IncludedMinutes::lock(work, &directory, std::slice::from_ref(&call)).await?;
        // Without a price it waits for one, which its record says.
        let _ = settle(work, &directory, &mut minutes, &call, &mut record).await?;
        tenant_of_ended = Some(directory.tenant);
    }
    if !storage::calls::replace(&mut work.tx, tenant, &record).await? {
        return Err(CallError::Contended(record.origin));
    }
    let call = Call::of(record)?;
    if let Some(tenant) = tenant_of_ended {
        told::tell_of(work, &tenant, &call).await?;
    }
    Ok(call)
}

/// A new record of which nothing is known but its origin; the one that there is, where another report of the call came first.
async fn open(work: &mut Work, origin: &str) -> Result<CallRecord, CallError> {
    let record = CallRecord {
        id: work.id("call"),
        origin: origin.to_owned(),
        state: "open".to_owned(),
        direction: Direction::default().name().to_owned(),
        recorded_at: work.now().millis(),
        version: 1,
        ..CallRecord::default()
    };
    let tenant = work.tenant();
    let new = storage::calls::insert_new(&mut work.tx, tenant, std::slice::from_ref(&record)).await?;
    if new.is_empty() {
        let known = storage::calls::lock_by_origin(&mut work.tx, tenant, origin).await?;
        return known.ok_or_else(|| CallError::Contended(origin.to_owned()));
    }
    Ok(record)
}

impl CallEvent {
    fn check(&self) -> Result<(), Invalid> {
        let mut texts = Vec::new();
        if let EventKind::Start { from, to, account_code, .. } = &self.kind {
            if to.trim().is_empty() {
                return Err(Invalid::at("/to", "must not be empty"));
            }
            texts.extend([("/from", from.as_str()), ("/to", to.as_str())]);
            texts.extend(account_code.as_deref().map(|code| ("/account_code", code)));
        }
        check_texts(&self.origin, texts)
    }

    /// What was reported first stays.
    fn merge_into(&self, record: &mut CallRecord) -> Result<(), Invalid> {
        match &self.kind {
            EventKind::Start { .. } if record.started_at.is_some() => {}
            EventKind::Start { direction, from, to, line, account_code, agent } => {
                record.started_at = Some(self.at.millis());
                direction.name().clone_into(&mut record.direction);
                record.from_number.clone_from(from);
                record.to_number.clone_from(to);
                record.line.clone_from(line);
                record.account_code.clone_from(account_code);
                record.agent.clone_from(agent);
            }
            EventKind::Answer => {
                record.answered_at = record.answered_at.or(Some(self.at.millis()));
            }
            EventKind::End { .. } if record.ended_at.is_some() => {}
            EventKind::End { disposition, duration_ms, cause } => {
                if duration_ms.is_some_and(|duration| duration < 0) {
                    return Err(Invalid::at("/duration_seconds", "must not be below zero"));
                }
                if duration_ms.is_some() && disposition.is_some_and(|disposition| disposition != Disposition::Answered)
                {
                    return Err(Invalid::at("/duration_seconds", "only an answered call has a duration"));
                }
                record.ended_at = Some(self.at.millis());
                record.duration_ms = *duration_ms;
                record.disposition = disposition.map(|disposition| disposition.name().to_owned());
                record.cause = cause.map(i64::from);
            }
        }
        Ok(())
    }
}

/// The call, once all of it is known.
fn finished(record: &CallRecord) -> Option<FinishedCall> {
    let (started_at, ended_at) = (Instant::clamped(record.started_at?), Instant::clamped(record.ended_at?));
    let reported = record.disposition.as_deref().and_then(Disposition::named);
    let (disposition, answered_at) = match (reported, record.duration_ms) {
        (Some(disposition), _) if disposition != Disposition::Answered => (disposition, None),
        (_, Some(duration)) => {
            (Disposition::Answered, Some(Instant::clamped(ended_at.millis().saturating_sub(duration))))
        }
        (_, None) => (Disposition::Answered, Some(Instant::clamped(record.answered_at?))),
    };
    Some(FinishedCall {
        // A measured time that counts back from the end may reach a little before the start; an end before the start is a fault.
        started_at: Some(answered_at.filter(|_| started_at <= ended_at).map_or(started_at, |at| at.min(started_at))),
        answered_at,
        ended_at,
        disposition,
        ..FinishedCall::of(record)
    })
}

/// Rates a call that is on record without a price, writes into its record what it costs, or why that is not known yet, and charges
/// it; its included minutes are locked. Whoever calls this saves the record.
pub(super) async fn settle(
    work: &mut Work,
    directory: &Directory,
    minutes: &mut IncludedMinutes<'_>,
    call: &FinishedCall,
    record: &mut CallRecord,
) -> Result<Result<Price, Unrated>, CallError> {
    *record = CallRecord {
        id: std::mem::take(&mut record.id),
        import: record.import.take(),
        recorded_at: record.recorded_at,
        version: record.version,
        ..call.record(directory, String::new(), work.now())
    };
    let terms = match terms(work, directory, call).await? {
        Ok(terms) => terms,
        Err(reason) => {
            record.payer = Some(call.payer.to_json());
            record.set_result(&Err(reason));
            return Ok(Err(reason));
        }
    };
    record.customer = Some(terms.customer.clone());
    record.line = Some(terms.line.clone());
    let result = if terms.is_charged_elsewhere(work, call).await? {
        Ok(terms.same_conversation())
    } else {
        minutes.rate(&terms, call)
    };
    record.set_result(&result);
    if let Ok(rated) = &result {
        included::use_up(work, &rated.included).await?;
        allowances::use_up(work, &rated.used).await?;
        ledger::post(work, &charge(record, &rated.price)?).await?;
        late::put_aside(work, directory, std::iter::once(&*record)).await?;
    }
    Ok(result.map(|rated| rated.price))
}
