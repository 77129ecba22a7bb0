use super::course::{Course, Pricing, Run, Tally, rate_at_answer, seconds_begun};
use super::{LONGEST_CALL_SECONDS, PriceSource, Terms};
use crate::allowance::{Allowances, UsedGrant};
use crate::money::{Amount, Exact, Overflow, Rounding, RoundingMode};
use crate::rate::Rate;
use crate::time::Instant;

/// The answered part of a call. An unanswered call is one of 0 ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Talk {
    /// When it was answered.
    pub answered_at: Instant,
    /// Real time from answer to hang-up, in milliseconds.
    pub millis: i64,
}

/// What a call costs, with its explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// What priced the call.
    pub source: PriceSource,
    /// Whether the plan's fee covers the call, so that it is listed at 0.
    pub covered: bool,
    /// The connect fee in it.
    pub connect_fee: Amount,
    /// The runs of increments, in order.
    pub segments: Vec<Segment>,
    /// The seconds of all increments begun, without allowance seconds.
    pub billed_seconds: i64,
    /// The free seconds used.
    pub allowance_seconds: i64,
    /// Those of them that were the plan's included minutes; the others came from grants.
    pub included_seconds: i64,
    /// The grants that they came from, in the order of use.
    pub allowances_used: Vec<UsedGrant>,
    /// Connect fee and segments, before rounding.
    pub sum: Exact,
    /// How the sum is rounded.
    pub rounding: Rounding,
    /// Whether the minimum charge raised it.
    pub minimum_applied: bool,
    /// Whether the maximum charge lowered it.
    pub maximum_applied: bool,
    /// What is charged.
    pub total: Amount,
}

/// Increments that follow each other at one price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// When the first one begins.
    pub starts_at: Instant,
    /// The seconds of all of them.
    pub seconds: i64,
    /// How many there are.
    pub increments: i64,
    /// The length of each.
    pub increment_seconds: i64,
    /// What `per_seconds` seconds cost.
    pub price: Amount,
    /// How many seconds the price is for.
    pub per_seconds: i64,
    /// The exact cost to 6 decimals, half up.
    pub amount: Amount,
    /// The position of the discount period in the plan, if one is in force.
    pub period: Option<usize>,
    /// The position of the step in its rate.
    pub step: usize,
}

/// A sum as it is charged.
pub(super) struct Due {
    pub(super) total: Amount,
    minimum_applied: bool,
    maximum_applied: bool,
}

const MILLIONTHS: Rounding = Rounding { decimals: 6, mode: RoundingMode::HalfUp };

/// Rates a call: the one rating function. Grants serve calls to paid agents only, included minutes those that the plan prices.
///
/// # Errors
/// An amount is beyond its range, or the call longer than [`LONGEST_CALL_SECONDS`].
pub fn rate_call(terms: &Terms<'_>, talk: Talk, allowances: &Allowances<'_>) -> Result<Charge, Overflow> {
    let mut segments: Vec<Segment> = Vec::new();
    let mut last: Option<Run> = None;
    let rated = rate_runs(terms, talk, allowances, |run| {
        match (&mut last, segments.last_mut()) {
            // Nothing changed where it could have, at a midnight for one.
            (Some(before), Some(segment)) if before.pricing == run.pricing => {
                before.increments += run.increments;
                *segment = Segment::of(before, talk.answered_at)?;
            }
            _ => {
                segments.push(Segment::of(&run, talk.answered_at)?);
                last = Some(run);
            }
        }
        Ok(())
    })?;
    let none = || Charge::none(terms);
    let Some(rated) = rated else { return Ok(none()) };
    let sum = rated.sum.exact()?;
    let due = due(rated.rate, sum)?;
    Ok(Charge {
        connect_fee: rated.rate.connect_fee(),
        billed_seconds: segments.iter().map(|segment| segment.seconds).sum(),
        segments,
        allowance_seconds: rated.free_seconds,
        included_seconds: if terms.is_of_plan() { rated.free_seconds } else { 0 },
        allowances_used: allowances.used(rated.free_seconds),
        sum,
        rounding: rated.rate.rounding(),
        minimum_applied: due.minimum_applied,
        maximum_applied: due.maximum_applied,
        total: due.total,
        ..none()
    })
}

/// The total of [`rate_call`] without its explanation, for bulk work.
///
/// # Errors
/// As [`rate_call`].
pub fn total(terms: &Terms<'_>, talk: Talk, allowances: &Allowances<'_>) -> Result<Amount, Overflow> {
    match rate_runs(terms, talk, allowances, |_| Ok(()))? {
        Some(rated) => Ok(due(rated.rate, rated.sum.exact()?)?.total),
        None => Ok(Amount::ZERO),
    }
}

/// A call that costs something, before rounding.
struct Rated<'a> {
    /// The rate in force at the answer.
    rate: &'a Rate,
    free_seconds: i64,
    sum: Tally,
}

/// Walks the increments of a call. None: the call is not charged.
fn rate_runs<'a>(
    terms: &Terms<'a>,
    talk: Talk,
    allowances: &Allowances<'_>,
    mut visit: impl FnMut(Run) -> Result<(), Overflow>,
) -> Result<Option<Rated<'a>>, Overflow> {
    let Some(rate) = terms.charging_rate().filter(|_| talk.millis > 0) else { return Ok(None) };
    let answer_rate = rate_at_answer(rate, terms.schedule, talk.answered_at);
    if talk.millis < answer_rate.free_below_seconds() * 1000 {
        return Ok(None);
    }
    let billable = seconds_begun(talk.millis);
    if billable > LONGEST_CALL_SECONDS {
        return Err(Overflow);
    }
    let free_seconds = free_seconds(terms, allowances).min(billable);
    let mut sum = Tally::new(answer_rate.connect_fee());
    for run in Course::new(rate, terms.schedule, talk.answered_at, (free_seconds, billable)) {
        sum.add(&run)?;
        visit(run)?;
    }
    Ok(Some(Rated { rate: answer_rate, free_seconds, sum }))
}

/// The free seconds that a call may use.
pub(super) fn free_seconds(terms: &Terms<'_>, allowances: &Allowances<'_>) -> i64 {
    match terms.source {
        PriceSource::Agent => allowances.seconds(),
        _ if terms.is_of_plan() => allowances.included_seconds(),
        _ => 0,
    }
}

/// What is charged for a sum: rounded once, then not below the minimum, then not above a maximum that makes the rest free.
pub(super) fn due(rate: &Rate, sum: Exact) -> Result<Due, Overflow> {
    let rounded = sum.rounded(rate.rounding())?;
    let raised = rate.minimum_charge().map_or(rounded, |minimum| rounded.max(minimum));
    let total = rate.ceiling().map_or(raised, |ceiling| raised.min(ceiling));
    Ok(Due { total, minimum_applied: raised > rounded, maximum_applied: total < raised })
}

impl Charge {
    /// The charge of a call that costs nothing.
    fn none(terms: &Terms<'_>) -> Charge {
        Charge {
            source: terms.source,
            covered: terms.covered,
            connect_fee: Amount::ZERO,
            segments: Vec::new(),
            billed_seconds: 0,
            allowance_seconds: 0,
            included_seconds: 0,
            allowances_used: Vec::new(),
            sum: Exact::ZERO,
            rounding: terms.rate.map_or_else(Rounding::default, Rate::rounding),
            minimum_applied: false,
            maximum_applied: false,
            total: Amount::ZERO,
        }
    }
}

impl Segment {
    fn of(run: &Run, answered_at: Instant) -> Result<Segment, Overflow> {
        let Pricing { price, per_seconds, increment_seconds, period, step } = run.pricing;
        let seconds = run.increments * increment_seconds;
        let cost = i128::from(price.micros()).checked_mul(i128::from(seconds)).ok_or(Overflow)?;
        let amount = Exact::new(cost, i128::from(per_seconds))?;
        Ok(Segment {
            starts_at: Instant::clamped(answered_at.millis() + run.offset * 1000),
            seconds,
            increments: run.increments,
            increment_seconds,
            price,
            per_seconds,
            amount: amount.rounded(MILLIONTHS)?,
            period,
            step,
        })
    }
}
