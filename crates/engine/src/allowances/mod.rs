//! Allowances: free seconds for calls to paid agents.

mod many;

use std::collections::HashMap;

use domain::allowance::{Grant, UsedGrant};
use domain::invalid::Invalid;
use domain::time::Instant;
use serde::Serialize;
use storage::allowances::AllowanceRecord;

pub(crate) use many::welcome;
pub use many::{BulkGrant, GRANTS, Grants, grant_to_many};

use crate::customers::{self, CustomerError};
use crate::{Scope, Work, fields};

/// A grant of free seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Allowance {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub customer: String,
    /// The agent whom it is for; any, where there is none.
    pub agent: Option<String>,
    /// How many seconds were granted.
    pub granted_seconds: i64,
    /// How many of them calls have used.
    pub used_seconds: i64,
    /// How many of them are set aside for calls in progress.
    pub held_seconds: i64,
    /// When it was granted.
    pub granted_at: Instant,
    /// From when on it serves no new call.
    pub expires_at: Option<Instant>,
    /// When it was taken back.
    pub revoked_at: Option<Instant>,
    /// Why it was granted.
    pub reason: String,
    /// Who granted it.
    pub granted_by: String,
}

/// An allowance to be granted.
#[derive(Debug, Clone)]
pub struct NewAllowance {
    /// Whose it is.
    pub customer: String,
    /// The agent whom it is for; any, where there is none.
    pub agent: Option<String>,
    /// How many seconds, 1 to 1,000,000,000.
    pub seconds: i64,
    /// From when on it serves no new call; never, where none is given.
    pub expires_at: Option<Instant>,
    /// Why it is granted.
    pub reason: String,
}

/// Why an allowance is not granted, used or revoked.
#[derive(Debug, thiserror::Error)]
pub enum AllowanceError {
    /// There is no such allowance.
    #[error("there is no allowance {0}")]
    NotFound(String),
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// It was taken back before.
    #[error("the allowance {0} was revoked before")]
    Revoked(String),
    /// It has fewer seconds left than a call should use of it, or used fewer than are given back.
    #[error("{seconds} seconds cannot be taken from the allowance {id}")]
    NotLeft {
        /// The allowance.
        id: String,
        /// How many seconds; below zero to give them back.
        seconds: i64,
    },
    /// The customer cannot have it.
    #[error(transparent)]
    Customer(#[from] CustomerError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

impl storage::FromStorage for AllowanceError {
    fn storage_error(&self) -> Option<&storage::Error> {
        match self {
            Self::Storage(error) => Some(error),
            Self::Customer(error) => error.storage_error(),
            _ => None,
        }
    }
}

const MOST_SECONDS: i64 = 1_000_000_000;

/// Grants free seconds to a customer, in the name of who asks for it.
///
/// # Errors
/// There is no such customer or agent, or a field makes no sense.
pub async fn grant(work: &mut Work, new: NewAllowance) -> Result<Allowance, AllowanceError> {
    let customer = customers::get(work, &new.customer).await?;
    let tenant = work.tenant();
    check_agent(work, new.agent.as_deref()).await?;
    check_seconds(new.seconds)?;
    if new.expires_at.is_some_and(|expires_at| expires_at <= work.now()) {
        return Err(Invalid::at("/expires_at", "must be in the future").into());
    }
    let allowance = Allowance {
        id: work.id("alw"),
        customer: customer.id,
        agent: new.agent,
        granted_seconds: new.seconds,
        used_seconds: 0,
        held_seconds: 0,
        granted_at: work.now(),
        expires_at: new.expires_at,
        revoked_at: None,
        reason: fields::required_remark("/reason", new.reason, 500)?,
        granted_by: work.actor.name.clone(),
    };
    storage::allowances::insert(&mut work.tx, &allowance.record(tenant)).await?;
    work.audit("allowance.grant", &allowance.id, None, Some(&allowance)).await?;
    Ok(allowance)
}

async fn check_agent(work: &mut Work, agent: Option<&str>) -> Result<(), AllowanceError> {
    let tenant = work.tenant();
    match agent {
        Some(agent) if storage::agents::get(&mut work.tx, tenant, agent).await?.is_none() => {
            Err(Invalid::at("/agent", format!("there is no agent {agent}")).into())
        }
        _ => Ok(()),
    }
}

fn check_seconds(seconds: i64) -> Result<(), Invalid> {
    if (1..=MOST_SECONDS).contains(&seconds) {
        return Ok(());
    }
    Err(Invalid::at("/seconds", format!("must be 1 to {MOST_SECONDS} seconds, not {seconds}")))
}

/// Takes an allowance back: what is left of it serves no new call.
///
/// # Errors
/// There is none, or it was revoked before.
pub async fn revoke(work: &mut Work, id: &str) -> Result<Allowance, AllowanceError> {
    let before = get(work, id).await?;
    let (tenant, now) = (work.tenant(), work.now());
    if !storage::allowances::revoke(&mut work.tx, tenant, id, now.millis()).await? {
        return Err(AllowanceError::Revoked(id.to_owned()));
    }
    let after = Allowance { revoked_at: Some(now), ..before.clone() };
    work.audit("allowance.revoke", id, Some(&before), Some(&after)).await?;
    Ok(after)
}

/// The allowance.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn get(scope: &mut impl Scope, id: &str) -> Result<Allowance, AllowanceError> {
    let tenant = scope.tenant();
    let record = storage::allowances::get(scope.tx(), tenant, id).await?;
    let own = record.filter(|record| scope.finds("allowance", id, |reach| reach.customer(&record.customer)));
    own.map(Allowance::of).ok_or_else(|| AllowanceError::NotFound(id.to_owned()))
}

/// A customer's allowances, also those that serve no more calls, in the order of granting.
///
/// # Errors
/// The database does not answer.
pub async fn of_customer(scope: &mut impl Scope, customer: &str) -> Result<Vec<Allowance>, AllowanceError> {
    if !scope.reach().customer(customer) {
        return Ok(Vec::new());
    }
    let tenant = scope.tenant();
    let records = storage::allowances::of_customer(scope.tx(), tenant, customer).await?;
    Ok(records.into_iter().map(Allowance::of).collect())
}

/// A customer's grants in the order of granting, with the seconds that are left of each. Nobody else can use them before the
/// work ends.
///
/// # Errors
/// The database does not answer.
pub async fn lock_grants(work: &mut Work, customer: &str) -> Result<Vec<Grant>, storage::Error> {
    Ok(lock_grants_of(work, &[customer]).await?.remove(customer).unwrap_or_default())
}

/// The same for some customers, by customer.
pub(crate) async fn lock_grants_of(
    work: &mut Work,
    customers: &[&str],
) -> Result<HashMap<String, Vec<Grant>>, storage::Error> {
    let tenant = work.tenant();
    let mut records = storage::allowances::lock_of_customers(&mut work.tx, tenant, customers).await?;
    // They are locked in the order of their ids, as everything is, so that two works never wait for each other.
    records.sort_by_key(|record| record.granted_at);
    let mut grants: HashMap<String, Vec<Grant>> = HashMap::new();
    for record in records {
        grants.entry(record.customer.clone()).or_default().push(grant_of(record));
    }
    Ok(grants)
}

/// The same of one customer, as they are at the moment: others may use them meanwhile.
pub(crate) async fn grants(scope: &mut impl Scope, customer: &str) -> Result<Vec<Grant>, storage::Error> {
    let tenant = scope.tenant();
    let records = storage::allowances::of_customer(scope.tx(), tenant, customer).await?;
    Ok(records.into_iter().map(grant_of).collect())
}

/// The free seconds that a customer has for calls that begin now, to whichever agents they are; those that calls in progress hold
/// are not among them.
///
/// # Errors
/// The database does not answer.
pub async fn free_seconds(scope: &mut impl Scope, customer: &str) -> Result<i64, AllowanceError> {
    if !scope.reach().customer(customer) {
        return Ok(0);
    }
    let now = scope.now();
    let grants = grants(scope, customer).await?;
    let valid = grants.iter().filter(|grant| grant.is_valid(now));
    Ok(valid.fold(0, |sum, grant| sum.saturating_add(grant.seconds)))
}

/// A grant with the seconds that are left of it.
fn grant_of(record: AllowanceRecord) -> Grant {
    Grant {
        seconds: record.granted_seconds - record.used_seconds - record.held_seconds,
        id: record.id,
        agent: record.agent,
        granted_at: Instant::clamped(record.granted_at),
        expires_at: record.expires_at.map(Instant::clamped),
        revoked: record.revoked_at.is_some(),
    }
}

/// Notes what a call used of grants (gives seconds back, where they are below zero).
///
/// # Errors
/// A grant has not so many seconds left: it was not locked by [`lock_grants`], or was used twice.
pub async fn use_up(work: &mut Work, used: &[UsedGrant]) -> Result<(), AllowanceError> {
    let tenant = work.tenant();
    for UsedGrant { id, seconds } in used {
        if !storage::allowances::take(&mut work.tx, tenant, id, 0, *seconds).await? {
            return Err(AllowanceError::NotLeft { id: id.clone(), seconds: *seconds });
        }
    }
    Ok(())
}

impl Allowance {
    fn of(record: AllowanceRecord) -> Self {
        Allowance {
            id: record.id,
            customer: record.customer,
            agent: record.agent,
            granted_seconds: record.granted_seconds,
            used_seconds: record.used_seconds,
            held_seconds: record.held_seconds,
            granted_at: Instant::clamped(record.granted_at),
            expires_at: record.expires_at.map(Instant::clamped),
            revoked_at: record.revoked_at.map(Instant::clamped),
            reason: record.reason,
            granted_by: record.granted_by,
        }
    }

    fn record(&self, tenant: i64) -> AllowanceRecord {
        AllowanceRecord {
            tenant,
            id: self.id.clone(),
            customer: self.customer.clone(),
            agent: self.agent.clone(),
            granted_seconds: self.granted_seconds,
            used_seconds: self.used_seconds,
            held_seconds: self.held_seconds,
            granted_at: self.granted_at.millis(),
            expires_at: self.expires_at.map(Instant::millis),
            revoked_at: self.revoked_at.map(Instant::millis),
            reason: self.reason.clone(),
            granted_by: self.granted_by.clone(),
        }
    }
}
