use super::charge::{Talk, due, free_seconds, total};
use super::course::{Course, Tally, rate_at_answer};
use super::{PriceSource, Terms};
use crate::allowance::Allowances;
use crate::money::{Amount, Overflow, Rounding, RoundingMode};
use crate::rate::{OnMaximum, Rate};
use crate::time::Instant;

/// A call that is not over: what it would cost if it were answered at an instant, with the free seconds that it would have then.
#[derive(Debug, Clone)]
pub(crate) struct Prospect<'a> {
    terms: Terms<'a>,
    answered_at: Instant,
    allowances: Allowances<'a>,
}

impl<'a> Prospect<'a> {
    pub(crate) fn new(terms: &Terms<'a>, answered_at: Instant, allowances: Allowances<'a>) -> Self {
        Prospect { terms: *terms, answered_at, allowances }
    }

    /// What settling charges for so many real seconds.
    pub(crate) fn total_at(&self, seconds: i64) -> Result<Amount, Overflow> {
        let millis = seconds.checked_mul(1000).ok_or(Overflow)?;
        total(&self.terms, Talk { answered_at: self.answered_at, millis }, &self.allowances)
    }

    /// What the start of a call is charged, `free_below_seconds` aside: with free seconds left it is inside them.
    pub(crate) fn required(&self) -> Result<Amount, Overflow> {
        let Some((rate, mut course)) = self.course(1) else { return Ok(Amount::ZERO) };
        let mut sum = Tally::new(rate.connect_fee());
        if let Some(first) = course.next() {
            let each = sum.numerator_of(&first.pricing)?;
            sum.add_times(each, 1)?;
        }
        Ok(due(rate, sum.exact()?)?.total)
    }

    /// The seconds that the start of a call pays for: the free ones, else the first increment. 0 where nothing is charged.
    pub(crate) fn first_seconds(&self) -> i64 {
        let Some((_, mut course)) = self.course(1) else { return 0 };
        course.next().map_or_else(|| self.free_seconds(), |first| first.pricing.increment_seconds)
    }

    /// How long the call may last, in whole seconds, until its total is beyond the money or reaches a maximum charge that ends
    /// it; none, if that is not before the horizon (in seconds too). No money: it does not limit.
    pub(crate) fn longest(&self, money: Option<Amount>, horizon: i64) -> Result<Option<i64>, Overflow> {
        let Some((rate, course)) = self.course(horizon) else { return Ok(None) };
        let maximum = rate.maximum_charge().filter(|_| rate.on_maximum() == OnMaximum::Disconnect);
        let by_money = match money {
            Some(money) => covered(rate, course.clone(), money)?,
            None => None,
        };
        let by_maximum = match maximum {
            // What the start costs is allowed even where it is more than the maximum.
            Some(maximum) => covered(rate, course, maximum)?.map(|second| second.max(self.first_seconds())),
            None => None,
        };
        let limit = by_money.into_iter().chain(by_maximum).min();
        // Below this the call costs nothing.
        let limit = limit.map(|second| second.max(rate.free_below_seconds() - 1));
        Ok(limit.filter(|second| *second < horizon))
    }

    /// How many of the call's first seconds are free; 0 where nothing is charged anyway.
    pub(crate) fn free_seconds(&self) -> i64 {
        if self.terms.charging_rate().is_some() { free_seconds(&self.terms, &self.allowances) } else { 0 }
    }

    /// The free seconds that serve the call.
    pub(crate) fn allowances(&self) -> &Allowances<'a> {
        &self.allowances
    }

    /// Whether its free seconds are a plan's included minutes, and not grants.
    pub(crate) fn uses_included_minutes(&self) -> bool {
        self.terms.source() != PriceSource::Agent
    }

    /// The rate at the answer, and the increments after the free seconds that begin before the horizon.
    fn course(&self, horizon: i64) -> Option<(&'a Rate, Course<'a>)> {
        let rate = self.terms.charging_rate()?;
        let span = (self.free_seconds(), horizon);
        let schedule = self.terms.schedule;
        let course = Course::new(rate, schedule, self.answered_at, span);
        Some((rate_at_answer(rate, schedule, self.answered_at), course))
    }
}

/// The last second whose total stays within the limit, `free_below_seconds` aside; none, if all do.
fn covered(rate: &Rate, course: Course<'_>, limit: Amount) -> Result<Option<i64>, Overflow> {
    if rate.ceiling().is_some_and(|ceiling| ceiling <= limit) {
        return Ok(None);
    }
    if rate.minimum_charge().is_some_and(|minimum| minimum > limit) {
        return Ok(Some(0));
    }
    let cap = Cap::new(rate.rounding(), limit);
    let mut sum = Tally::new(rate.connect_fee());
    if cap.room(&sum)? < 0 {
        return Ok(Some(0));
    }
    for run in course {
        let each = sum.numerator_of(&run.pricing)?;
        let room = cap.room(&sum)?;
        if each > 0 && room / each < i128::from(run.increments) {
            let fitting = i64::try_from(room / each).map_err(|_| Overflow)?;
            return Ok(Some(run.offset + fitting * run.pricing.increment_seconds));
        }
        sum.add_times(each, run.increments)?;
    }
    Ok(None)
}

/// The largest exact sum that is not rounded beyond a limit.
struct Cap {
    /// Its double, in millionths: a tie lies in the middle of two.
    twice: i128,
    /// Whether that sum itself still fits.
    inclusive: bool,
}

impl Cap {
    fn new(rounding: Rounding, limit: Amount) -> Self {
        let step = 10_i128.pow(6 - u32::from(rounding.decimals.min(6)));
        let steps = i128::from(limit.micros()).div_euclid(step);
        let twice = 2 * steps * step;
        let (above, inclusive) = match rounding.mode {
            RoundingMode::HalfUp => (step, false),
            RoundingMode::HalfEven => (step, steps % 2 == 0),
            RoundingMode::Up => (0, true),
            RoundingMode::Down => (2 * step, false),
        };
        Cap { twice: twice + above, inclusive }
    }

    /// How much may be added to the sum, over its denominator; negative, if it is beyond the cap.
    fn room(&self, sum: &Tally) -> Result<i128, Overflow> {
        let twice = self.twice.checked_mul(i128::from(sum.denominator())).ok_or(Overflow)?;
        let largest = (twice - i128::from(!self.inclusive)).div_euclid(2);
        Ok(largest - sum.numerator())
    }
}
