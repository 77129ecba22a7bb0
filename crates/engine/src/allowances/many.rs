//! Allowances for many customers: by hand to all or some of them, and by rule to each that is new.

use std::collections::HashSet;

use domain::invalid::Invalid;
use domain::time::Instant;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use storage::allowances::AllowanceRecord;
use storage::customers::CustomerFilter;

use super::{Allowance, AllowanceError, check_agent, check_seconds};
use crate::jobs::{self, Handler, Job, JobFailure, NewJob, actor};
use crate::tenants::Welcome;
use crate::{Engine, Scope, Work, fields};

/// The jobs that grant allowances to many.
pub const GRANTS: &str = "grant_allowances";

/// Most customers that one request names.
const MOST_CUSTOMERS: usize = 10_000;
/// How many customers get theirs in one transaction.
const CHUNK: usize = 500;

/// An allowance that many customers are to have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkGrant {
    /// Who is to have it, 1 to 10,000; every active customer, where nobody is named.
    pub customers: Option<Vec<String>>,
    /// The agent whom it is for; any, where there is none.
    pub agent: Option<String>,
    /// How many seconds each, 1 to 1,000,000,000.
    pub seconds: i64,
    /// From when on it serves no new call; never, where none is given.
    pub expires_at: Option<Instant>,
    /// Why it is granted.
    pub reason: String,
}

/// What a job is to do.
#[derive(Serialize, Deserialize)]
struct Payload {
    grant: BulkGrant,
    granted_by: String,
    granted_at: Instant,
}

/// Has an allowance granted to many customers, by a job; answers the job's id. All who are named must be active customers.
///
/// # Errors
/// Somebody is none, there is no such agent, or a field makes no sense.
pub async fn grant_to_many(work: &mut Work, grant: BulkGrant) -> Result<String, AllowanceError> {
    check_agent(work, grant.agent.as_deref()).await?;
    check_seconds(grant.seconds)?;
    if grant.expires_at.is_some_and(|expires_at| expires_at <= work.now()) {
        return Err(Invalid::at("/expires_at", "must be in the future").into());
    }
    if let Some(customers) = &grant.customers {
        check_customers(work, customers).await?;
    }
    let grant = BulkGrant { reason: fields::required_remark("/reason", grant.reason, 500)?, ..grant };
    let (granted_by, granted_at) = (work.actor().name.clone(), work.now());
    let key = format!("{GRANTS}/{}", work.id("try"));
    let payload = serde_json::to_string(&Payload { grant: grant.clone(), granted_by, granted_at }).unwrap_or_default();
    jobs::enqueue(work, &[NewJob { kind: GRANTS, key: key.clone(), payload, run_at: granted_at }]).await?;
    let tenant = work.tenant();
    let job = storage::jobs::id_of(&mut work.tx, tenant, &key).await?.unwrap_or_default();
    work.audit("allowance.grant_to_many", &job, None, Some(&grant)).await?;
    Ok(job)
}

async fn check_customers(work: &mut Work, customers: &[String]) -> Result<(), AllowanceError> {
    if !(1..=MOST_CUSTOMERS).contains(&customers.len()) {
        let detail = format!("must be 1 to {MOST_CUSTOMERS} customers, not {}", customers.len());
        return Err(Invalid::at("/customers", detail).into());
    }
    let (tenant, ids) = (work.tenant(), customers.iter().map(String::as_str).collect::<Vec<_>>());
    let known = storage::customers::some(&mut work.tx, tenant, &ids).await?;
    let active = known.iter().filter(|customer| customer.state == "active");
    let known: HashSet<&str> = active.map(|customer| customer.id.as_str()).collect();
    match customers.iter().position(|id| !known.contains(id.as_str())) {
        Some(position) => {
            let detail = format!("there is no active customer {}", customers[position]);
            Err(Invalid::at(format!("/customers/{position}"), detail).into())
        }
        None => Ok(()),
    }
}

/// Gives a new customer the tenant's welcome minutes, if it has any for new customers.
pub(crate) async fn welcome(work: &mut Work, customer: &str, rule: &Welcome) -> Result<(), storage::Error> {
    if rule.seconds == 0 {
        return Ok(());
    }
    let now = work.now();
    let allowance = Allowance {
        id: work.id("alw"),
        customer: customer.to_owned(),
        agent: None,
        granted_seconds: rule.seconds.into(),
        used_seconds: 0,
        held_seconds: 0,
        granted_at: now,
        expires_at: rule.expires_after(now),
        revoked_at: None,
        reason: "welcome".to_owned(),
        granted_by: "rule:welcome".to_owned(),
    };
    let tenant = work.tenant();
    storage::allowances::insert(&mut work.tx, &allowance.record(tenant)).await?;
    work.audit("allowance.grant", &allowance.id, None, Some(&allowance)).await
}

/// Grants allowances to many customers, some hundred in each transaction. Whoever has it from the same job already does not get it
/// again, so that a job that was broken off goes on where it was.
#[derive(Debug, Clone, Copy)]
pub struct Grants;

impl Handler for Grants {
    fn run<'a>(&'a self, engine: &'a Engine, job: &'a Job) -> BoxFuture<'a, Result<Option<String>, JobFailure>> {
        Box::pin(async move {
            let payload: Payload =
                serde_json::from_str(&job.payload).map_err(|error| JobFailure::GiveUp(error.to_string()))?;
            let granted = grant_all(engine, job, &payload).await;
            let granted = granted.map_err(|error| JobFailure::Retry(error.to_string()))?;
            Ok(Some(format!("granted to {granted} customers")))
        })
    }
}

async fn grant_all(engine: &Engine, job: &Job, payload: &Payload) -> Result<usize, storage::Error> {
    let mut granted = 0;
    if let Some(named) = &payload.grant.customers {
        for chunk in named.chunks(CHUNK) {
            granted += grant_chunk(engine, job, payload, chunk.to_vec()).await?;
        }
        return Ok(granted);
    }
    let mut after: Option<String> = None;
    loop {
        let page = {
            let program = actor(job.tenant);
            let mut view = engine.view(&program).await?;
            let filter = CustomerFilter { after: after.as_deref(), ..CustomerFilter::default() };
            let limit = i64::try_from(CHUNK).unwrap_or(i64::MAX);
            storage::customers::page(view.tx(), job.tenant, &filter, limit).await?
        };
        let Some(last) = page.last() else { return Ok(granted) };
        after = Some(last.id.clone());
        // Who came after the grant was made was not meant.
        let meant = page
            .iter()
            .filter(|customer| customer.state == "active" && customer.created_at <= payload.granted_at.millis());
        granted += grant_chunk(engine, job, payload, meant.map(|customer| customer.id.clone()).collect()).await?;
    }
}

async fn grant_chunk(
    engine: &Engine,
    job: &Job,
    payload: &Payload,
    customers: Vec<String>,
) -> Result<usize, storage::Error> {
    let customers: Vec<String> = customers.into_iter().collect::<HashSet<_>>().into_iter().collect();
    let (tenant, program) = (job.tenant, actor(job.tenant));
    let written = engine.run(&program, |work| {
        let record = |customer: &String| AllowanceRecord {
            tenant,
            id: work.id("alw"),
            customer: customer.clone(),
            agent: payload.grant.agent.clone(),
            granted_seconds: payload.grant.seconds,
            used_seconds: 0,
            held_seconds: 0,
            granted_at: payload.granted_at.millis(),
            expires_at: payload.grant.expires_at.map(Instant::millis),
            revoked_at: None,
            reason: payload.grant.reason.clone(),
            granted_by: payload.granted_by.clone(),
        };
        let keyed = customers.iter().map(|customer| (format!("{}/{customer}", job.id), record(customer)));
        let keyed: Vec<(String, AllowanceRecord)> = keyed.collect();
        Box::pin(async move { storage::allowances::insert_new(&mut work.tx, tenant, &keyed).await })
    });
    written.await?;
    Ok(customers.len())
}
