//! The same idempotency key gives the same answer.

use storage::idempotency::AnswerRecord;

use crate::{Scope, Work};

/// A request that names a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The key, as the client chose it.
    pub key: String,
    /// A hash of all that makes the request: method, path, body.
    pub fingerprint: String,
}

/// An answer that is kept under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its HTTP status.
    pub status: u16,
    /// Its body.
    pub body: String,
}

/// Whether a request is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// It is new: do it, and keep the answer in the same transaction.
    New,
    /// It was done before, with this answer.
    Done(Answer),
    /// The key was used for another request.
    Reused,
}

/// Claims a key for a request. A request under way with the same key is waited for.
///
/// # Errors
/// The database does not answer.
pub async fn claim(work: &mut Work, claim: &Claim) -> Result<Claimed, storage::Error> {
    let (tenant, actor) = (work.tenant(), work.actor.name.clone());
    if storage::idempotency::claim(&mut work.tx, tenant, &actor, &claim.key, &claim.fingerprint).await? {
        return Ok(Claimed::New);
    }
    Ok(match storage::idempotency::get(&mut work.tx, tenant, &actor, &claim.key).await? {
        Some(known) if known.fingerprint == claim.fingerprint => {
            Claimed::Done(Answer { status: u16::try_from(known.status).unwrap_or(200), body: known.body })
        }
        _ => Claimed::Reused,
    })
}

/// Keeps the answer to a request whose key was claimed in this transaction.
///
/// # Errors
/// The database does not answer.
pub async fn keep(work: &mut Work, claim: &Claim, answer: &Answer) -> Result<(), storage::Error> {
    let (tenant, actor, now) = (work.tenant(), work.actor.name.clone(), work.now().millis());
    let record = AnswerRecord {
        fingerprint: claim.fingerprint.clone(),
        status: i64::from(answer.status),
        body: answer.body.clone(),
    };
    storage::idempotency::keep(&mut work.tx, tenant, (&actor, &claim.key), &record, now).await
}

/// Gives a key back that was claimed in this transaction: the request is refused, and what it has written nevertheless is to last.
///
/// # Errors
/// The database does not answer.
pub async fn release(work: &mut Work, claim: &Claim) -> Result<(), storage::Error> {
    let (tenant, actor) = (work.tenant(), work.actor.name.clone());
    storage::idempotency::release(&mut work.tx, tenant, &actor, &claim.key).await
}
