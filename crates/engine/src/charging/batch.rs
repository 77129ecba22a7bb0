use std::collections::{HashMap, HashSet};

use domain::dial_plan::DialPlan;
use domain::time::Instant;

use super::entry::Entry;
use super::load::{self, Candidates};
use super::purse::Purses;
use super::{ChargingError, Refused, Reply, Request};
use crate::alerts::NewAlert;
use crate::changes::Change;
use crate::ledger::Posting;
use crate::tenants::Tenant;
use crate::{Actor, Engine};

/// How often a batch is begun again when others are in its way.
const ATTEMPTS: u32 = 5;

/// A request, and when it was asked: what it says of now is of then, however late it is decided.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) request: Request,
    pub(super) at: Instant,
}

impl std::ops::Deref for Asked {
    type Target = Request;
    fn deref(&self) -> &Request {
        &self.request
    }
}

/// Requests that are decided together, with what they need.
pub(super) struct Batch<'a> {
    pub(super) tenant: Tenant,
    pub(super) now: Instant,
    pub(super) requests: &'a [Asked],
    /// Sessions by id.
    pub(super) entries: HashMap<String, Entry>,
    /// From origin to id.
    by_origin: HashMap<String, String>,
    /// Origins of calls that were recorded, and never charged while they ran.
    pub(super) recorded: HashSet<String>,
    pub(super) candidates: Candidates<'a>,
    /// Lines that are suspended, of the sessions that ask for more.
    pub(super) stopped: HashSet<String>,
    pub(super) purses: Purses,
    /// How many calls the tenant has at once, where that has a limit.
    pub(super) live_calls: i64,
    /// The limits that were reached, to be told of.
    pub(super) alerts: Vec<NewAlert>,
    /// What is charged.
    pub(super) postings: Vec<Posting>,
    /// Whose live view is stale after the commit.
    pub(super) changes: Vec<Change>,
}

impl<'a> Batch<'a> {
    pub(super) fn new(tenant: Tenant, now: Instant, requests: &'a [Asked], entries: Vec<Entry>) -> Batch<'a> {
        let origin = |entry: &Entry| (entry.record.origin.clone(), entry.record.id.clone());
        Batch {
            by_origin: entries.iter().map(origin).collect(),
            entries: entries.into_iter().map(|entry| (entry.record.id.clone(), entry)).collect(),
            tenant,
            now,
            requests,
            recorded: HashSet::new(),
            candidates: HashMap::new(),
            stopped: HashSet::new(),
            purses: Purses::default(),
            live_calls: 0,
            alerts: Vec::new(),
            postings: Vec::new(),
            changes: Vec::new(),
        }
    }

    pub(super) fn knows_origin(&self, origin: &str) -> bool {
        self.by_origin.contains_key(origin) || self.recorded.contains(origin)
    }

    /// The session of this origin.
    pub(super) fn of_origin(&self, origin: &str) -> Option<&Entry> {
        self.entries.get(self.by_origin.get(origin)?)
    }

    /// Adds a session that is opened.
    pub(super) fn add(&mut self, entry: Entry) {
        self.by_origin.insert(entry.record.origin.clone(), entry.record.id.clone());
        self.entries.insert(entry.record.id.clone(), entry);
    }
}

/// What a batch came to.
pub(super) struct Outcome {
    /// What becomes of each request.
    pub(super) verdicts: Vec<Result<Reply, Refused>>,
    /// The tenant's, as it stood.
    pub(super) dial_plan: DialPlan,
}

/// Loads, decides and saves: one transaction. Where others are in its way it is begun again.
pub(super) async fn run(engine: &Engine, tenant: i64, requests: &[Asked]) -> Result<Outcome, ChargingError> {
    let mut attempt = 1;
    loop {
        match once(engine, tenant, requests).await {
            Err(error) if error.is_conflict() && attempt < ATTEMPTS => {
                tokio::time::sleep(std::time::Duration::from_millis(1 << attempt)).await;
                attempt += 1;
            }
            outcome => return outcome,
        }
    }
}

async fn once(engine: &Engine, tenant: i64, requests: &[Asked]) -> Result<Outcome, ChargingError> {
    let mut work = engine.begin(&Actor::program(tenant, "charging")).await?;
    let mut batch = load::load(&mut work, requests).await?;
    let mut verdicts = Vec::with_capacity(requests.len());
    for request in requests {
        verdicts.push(batch.decide(request)?);
    }
    batch.save(&mut work).await?;
    batch.tell(&mut work).await?;
    work.commit().await?;
    for change in batch.changes {
        engine.tell(change);
    }
    Ok(Outcome { verdicts, dial_plan: batch.tenant.settings.dial_plan })
}
