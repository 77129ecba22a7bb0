//! Ratings: what customers say of calls to agents, 1 to 5 stars.

use domain::invalid::Invalid;
use domain::stars::Stars;
use domain::time::Instant;
use serde::Serialize;
use storage::ratings::RatingRecord;

use crate::calls::{self, Call, CallError, Disposition};
use crate::{Scope, Work, fields};

/// What a customer says of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rating {
    /// The call.
    pub call: String,
    /// The agent who was called.
    pub agent: String,
    /// How good it was.
    pub stars: Stars,
    /// What else is said, up to 1,000 characters.
    pub comment: Option<String>,
    /// When it was said last.
    pub rated_at: Instant,
}

/// Why a call is not rated.
#[derive(Debug, thiserror::Error)]
pub enum RatingError {
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// It was a call to a number.
    #[error("the call {0} was to no agent: only calls to agents are rated")]
    NoAgent(String),
    /// There was no conversation, or it is not over.
    #[error("the call {0} was not answered, or has not ended: it can be rated when it was answered and is over")]
    NotAnswered(String),
    /// The rating stands.
    #[error("the rating of the call {call} could be changed until {until}")]
    TooLate {
        /// The call.
        call: String,
        /// When it became final.
        until: Instant,
    },
    /// The call cannot be had.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(RatingError: Call);

/// For how many milliseconds after the end of the call its rating may be changed: 30 days.
const CHANGEABLE: i64 = 30 * 24 * 3_600_000;
const LONGEST_COMMENT: usize = 1000;

/// Rates a call, or changes its rating within 30 days of its end.
///
/// # Errors
/// There is no such call, it was not answered or to no agent, its rating is final, or a field makes no sense.
pub async fn rate(work: &mut Work, call: &str, stars: i64, comment: Option<String>) -> Result<Rating, RatingError> {
    let stars = Stars::try_from(stars).map_err(|error| Invalid::at("/stars", error.to_string()))?;
    let comment = fields::remark("/comment", comment, LONGEST_COMMENT)?;
    let call = calls::get(work, call).await?;
    let (agent, customer, ended_at) = rated(&call)?;
    let before = of_calls(work, &[&call.id]).await?.pop();
    let until = Instant::clamped(ended_at.millis().saturating_add(CHANGEABLE));
    if before.is_some() && work.now() >= until {
        return Err(RatingError::TooLate { call: call.id, until });
    }
    let rating = Rating { call: call.id.clone(), agent: agent.to_owned(), stars, comment, rated_at: work.now() };
    let record = RatingRecord {
        call: rating.call.clone(),
        agent: rating.agent.clone(),
        customer: customer.to_owned(),
        stars: stars.number(),
        comment: rating.comment.clone(),
        rated_at: rating.rated_at.millis(),
    };
    let tenant = work.tenant();
    storage::ratings::save(&mut work.tx, tenant, &record).await?;
    work.has_earned(agent);
    work.audit("call.rate", &call.id, before.as_ref(), Some(&rating)).await?;
    Ok(rating)
}

/// Agent, customer and end of a call that can be rated.
fn rated(call: &Call) -> Result<(&str, &str, Instant), RatingError> {
    let agent = call.agent.as_deref().ok_or_else(|| RatingError::NoAgent(call.id.clone()))?;
    match (&call.customer, call.ended_at, call.disposition) {
        (Some(customer), Some(ended_at), Some(Disposition::Answered)) => Ok((agent, customer, ended_at)),
        _ => Err(RatingError::NotAnswered(call.id.clone())),
    }
}

/// The ratings of these calls, in no order. They are told with the calls, to whoever is told of those.
///
/// # Errors
/// The database does not answer.
pub async fn of_calls(scope: &mut impl Scope, calls: &[&str]) -> Result<Vec<Rating>, storage::Error> {
    if calls.is_empty() {
        return Ok(Vec::new());
    }
    let tenant = scope.tenant();
    let records = storage::ratings::of_calls(scope.tx(), tenant, calls).await?;
    Ok(records.into_iter().filter_map(Rating::of).collect())
}

impl Rating {
    /// The rating of a record; `None` for stars that cannot be.
    fn of(record: RatingRecord) -> Option<Rating> {
        Some(Rating {
            stars: Stars::try_from(record.stars).ok()?,
            call: record.call,
            agent: record.agent,
            comment: record.comment,
            rated_at: Instant::clamped(record.rated_at),
        })
    }
}
