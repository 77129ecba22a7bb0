use std::collections::hash_map::Entry as Place;
use std::collections::{BTreeSet, HashMap, HashSet};

use domain::charging::{End, EndCause, Stage};
use domain::money::Currency;
use storage::charging::SessionRecord;
use storage::included::IncludedRecord;

use super::authorize::{self, Candidate};
use super::batch::{Asked, Batch};
use super::entry::Entry;
use super::purse::Purses;
use super::stored::{Frozen, Priced, Stored};
use super::{ChargingError, NewSession, Refused, Step, What};
use crate::calls::Directory;
use crate::tenants::{self, Tenant};
use crate::{Scope, Work, allowances, prices, refunds};

/// Loads what a batch of requests needs, a statement for each kind of row however many there are, and locks it: included minutes
/// by lines, then grants and accounts by their ids, as every work does, so that no two wait for each other in a circle. The calls
/// themselves are not locked: the one that is written has to be at the version that was read.
pub(super) async fn load<'a>(work: &mut Work, requests: &'a [Asked]) -> Result<Batch<'a>, ChargingError> {
    let tenant = tenants::get(work).await?;
    let (sessions, recorded) = sessions(work, requests).await?;
    let mut entries = Vec::with_capacity(sessions.len());
    for record in sessions {
        let stored = Stored::read(&record.id, &record.standing.session)?;
        let priced = priced(work, &tenant, &stored.frozen).await?;
        let charged = record.standing.total.is_some().then(|| record.standing.clone());
        entries.push(Entry {
            record,
            stored,
            priced,
            opened: None,
            charged,
            closed: false,
            changed: false,
            carried: Vec::new(),
        });
    }
    let mut batch = Batch::new(tenant, work.now(), requests, entries);
    batch.recorded.extend(recorded.into_iter().map(|record| record.origin));
    // Of several with one origin the first is looked at; the others are the same, or refused.
    let new: Vec<&'a NewSession> = requests
        .iter()
        .filter_map(|request| match &request.what {
            What::Authorize(new) if !batch.knows_origin(&new.origin) => Some(new),
            _ => None,
        })
        .collect();
    if !new.is_empty() {
        let payers = new.iter().map(|new| &new.payer).collect();
        let directory = Directory::for_payers(work, batch.tenant.clone(), payers).await?;
        for new in new {
            if let Place::Vacant(place) = batch.candidates.entry(new.origin.as_str()) {
                place.insert((new, authorize::candidate(work, &directory, new).await?));
            }
        }
    }
    batch.stopped = stopped(work, &batch).await?;
    batch.purses = lock(work, &batch).await?;
    if batch.tenant.settings.fraud.tenant_calls_at_once.is_some() && !batch.candidates.is_empty() {
        let tenant = work.tenant();
        batch.live_calls = storage::charging::count_all_live(&mut work.tx, tenant).await?;
    }
    // Whoever gives a charge back or changes it has the account locked: now nobody does.
    for entry in batch.entries.values_mut() {
        entry.closed = is_closed(work, &entry.record, &entry.stored).await?;
    }
    Ok(batch)
}

/// Whether a session that ended without its true end takes none any more, since its call was re-rated or refunded meanwhile.
async fn is_closed(work: &mut Work, record: &SessionRecord, stored: &Stored) -> Result<bool, ChargingError> {
    let Stage::Ended(End { cause: EndCause::Lost | EndCause::Lapsed, charged, .. }) = &stored.session.stage else {
        return Ok(false);
    };
    let charged = charged.total().map_err(Refused::from)?;
    let rerated = record.standing.total.is_some_and(|total| total != charged.micros());
    Ok(rerated || refunds::any(work, &record.id).await?)
}

/// The lines, of sessions that ask for more, that were suspended since: their calls end with what is granted.
async fn stopped(work: &mut Work, batch: &Batch<'_>) -> Result<HashSet<String>, ChargingError> {
    let asks_more = |request: &'_ Asked| match &request.what {
        What::Step { session, step: Step::Extend | Step::Lengthen } => batch.entries.get(session)?.record.line.clone(),
        _ => None,
    };
    let lines: BTreeSet<String> = batch.requests.iter().filter_map(asks_more).collect();
    if lines.is_empty() {
        return Ok(HashSet::new());
    }
    let (tenant, lines) = (work.tenant(), lines.iter().map(String::as_str).collect::<Vec<_>>());
    Ok(storage::suspensions::suspended_among(&mut work.tx, tenant, &lines).await?.into_iter().collect())
}

/// The sessions that the requests are about, by id, and those with the origins of new ones; then the calls with such origins that
/// were recorded, and never charged while they ran.
async fn sessions(
    work: &mut Work,
    requests: &[Asked],
) -> Result<(Vec<SessionRecord>, Vec<SessionRecord>), ChargingError> {
    let (mut ids, mut origins) = (BTreeSet::new(), BTreeSet::new());
    for request in requests {
        match &request.what {
            What::Authorize(new) => origins.insert(new.origin.as_str()),
            What::Step { session, .. } => ids.insert(session.as_str()),
        };
    }
    let tenant = work.tenant();
    let mut records: Vec<SessionRecord> = Vec::new();
    if !ids.is_empty() {
        let ids: Vec<&str> = ids.into_iter().collect();
        records.extend(storage::charging::by_ids(&mut work.tx, tenant, &ids).await?);
    }
    if !origins.is_empty() {
        let origins: Vec<&str> = origins.into_iter().collect();
        records.extend(storage::charging::by_origins(&mut work.tx, tenant, &origins).await?);
    }
    let mut seen = HashSet::new();
    records.retain(|record| seen.insert(record.id.clone()));
    Ok(records.into_iter().partition(|record| !record.standing.session.is_empty()))
}

/// What prices the call of a session.
pub(super) async fn priced(scope: &mut impl Scope, tenant: &Tenant, frozen: &Frozen) -> Result<Priced, ChargingError> {
    let plan = match &frozen.plan_version {
        Some(version) => Some(prices::plan(scope, tenant, version).await?),
        None => None,
    };
    let deck = match &frozen.deck_version {
        Some(version) => Some(prices::deck(scope, version).await?),
        None => None,
    };
    Priced::new(frozen, plan, deck)
}

/// Locks what the payers have.
async fn lock(work: &mut Work, batch: &Batch<'_>) -> Result<Purses, ChargingError> {
    let (mut accounts, mut grants, mut included) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    // A sign of life moves no money, and what a trunk carries is not the payer's.
    let moving: HashSet<&str> = batch.requests.iter().filter_map(moved_session).collect();
    let stored = batch.entries.values().filter(|entry| moving.contains(entry.record.id.as_str()));
    let stored = stored.map(Entry::payer_and_frozen);
    let candidates =
        batch.candidates.values().filter_map(|(_, candidate)| Some(candidate.as_ref().ok()?.payer_and_frozen()));
    for (payer, frozen) in stored.chain(candidates) {
        // A call to an emergency or service number moves no money, and waits for nobody's.
        if payer.customer.is_empty() || frozen.free {
            continue;
        }
        accounts.insert((payer.customer, frozen.currency.code()));
        if let Some(agent) = &frozen.agent {
            grants.insert(payer.customer);
            accounts.insert((agent.id.as_str(), frozen.currency.code()));
        }
        if let Some(of) = payer.included {
            included.insert((payer.line, of.period_from));
        }
    }
    let mut purses = Purses::default();
    let tenant = work.tenant();
    if !included.is_empty() {
        let none = |(line, period_from): (&str, i64)| IncludedRecord { line: line.to_owned(), period_from, used: 0 };
        let wanted: Vec<IncludedRecord> = included.into_iter().map(none).collect();
        for row in storage::included::add(&mut work.tx, tenant, &wanted).await? {
            purses.add_included(&row.line, row.period_from, row.used);
        }
    }
    if !grants.is_empty() {
        let customers: Vec<&str> = grants.into_iter().collect();
        purses.add_grants(allowances::lock_grants_of(work, &customers).await?);
    }
    if !accounts.is_empty() {
        let accounts: Vec<(&str, &str)> = accounts.into_iter().collect();
        for record in storage::ledger::lock_accounts(&mut work.tx, tenant, &accounts).await? {
            if let Ok(currency) = Currency::parse(&record.currency) {
                purses.add_account(&record, currency);
            }
        }
    }
    Ok(purses)
}

fn moved_session(request: &Asked) -> Option<&str> {
    match &request.what {
        What::Step { session, step } if !matches!(step, Step::Beat | Step::Carry(_)) => Some(session),
        _ => None,
    }
}

/// Candidates by origin.
pub(super) type Candidates<'a> = HashMap<&'a str, (&'a NewSession, Result<Candidate, Refused>)>;
