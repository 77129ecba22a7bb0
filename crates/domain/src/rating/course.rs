use crate::money::{Amount, Exact, Overflow};
use crate::plan::PeriodPrice;
use crate::rate::{Rate, gcd};
use crate::tariff::Schedule;
use crate::time::Instant;

/// The increments of a call from a second after its answer on, as runs of equal ones.
#[derive(Debug, Clone)]
pub(super) struct Course<'a> {
    rate: &'a Rate,
    schedule: Option<&'a Schedule>,
    answered_at: Instant,
    /// Where the next increment begins, in seconds after the answer.
    offset: i64,
    /// No increment begins at this second or later.
    end: i64,
}

/// Increments that follow each other at one price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    /// The second after the answer at which the first one begins.
    pub(super) offset: i64,
    /// How many.
    pub(super) increments: i64,
    /// What prices each of them.
    pub(super) pricing: Pricing,
}

/// What prices an increment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pricing {
    pub(super) price: Amount,
    pub(super) per_seconds: i64,
    pub(super) increment_seconds: i64,
    /// The position of the discount period in the plan, if one is in force.
    pub(super) period: Option<usize>,
    /// The position of the step in its rate.
    pub(super) step: usize,
}

impl<'a> Course<'a> {
    /// The increments that begin from second `from` on and before second `end`.
    pub(super) fn new(
        rate: &'a Rate,
        schedule: Option<&'a Schedule>,
        answered_at: Instant,
        (from, end): (i64, i64),
    ) -> Self {
        Course { rate, schedule, answered_at, offset: from, end }
    }
}

/// The rate in force at the answer: connect fee, rounding and limits are its.
pub(super) fn rate_at_answer<'a>(rate: &'a Rate, schedule: Option<&'a Schedule>, answered_at: Instant) -> &'a Rate {
    match schedule.filter(|schedule| schedule.has_rates()).and_then(|schedule| schedule.at(answered_at).period) {
        Some((_, PeriodPrice::Rate(own))) => own,
        Some((_, PeriodPrice::PerMinute(_))) | None => rate,
    }
}

impl Iterator for Course<'_> {
    type Item = Run;

    fn next(&mut self) -> Option<Run> {
        if self.offset >= self.end {
            return None;
        }
        let (mut rate, mut own_price, mut period, mut until) = (self.rate, None, None, self.end);
        if let Some(schedule) = self.schedule {
            let answered_at = self.answered_at.millis();
            let in_force = schedule.at(Instant::clamped(answered_at + self.offset * 1000));
            // Increments begin at the answer's millisecond: the first one past the change has the other price. At least one is
            // priced here, also past the last instant, where the clock stands still.
            let change = in_force.until.saturating_mul(1000).saturating_sub(answered_at);
            until = until.min(seconds_begun(change).max(self.offset + 1));
            match in_force.period {
                Some((position, PeriodPrice::PerMinute(price))) => (own_price, period) = (Some(*price), Some(position)),
                Some((position, PeriodPrice::Rate(own))) => (rate, period) = (own, Some(position)),
                None => {}
            }
        }
        let (position, step, next_step) = rate.step_at(self.offset);
        let (price, per_seconds) = own_price.map_or((step.price, step.per_seconds), |price| (price, 60));
        let seconds = until.min(next_step) - self.offset;
        let increments = (seconds - 1) / step.increment_seconds + 1;
        let increment_seconds = step.increment_seconds;
        let pricing = Pricing { price, per_seconds, increment_seconds, period, step: position };
        let run = Run { offset: self.offset, increments, pricing };
        self.offset += increments * increment_seconds;
        Some(run)
    }
}

/// Milliseconds as whole seconds, rounded up.
pub(crate) fn seconds_begun(millis: i64) -> i64 {
    millis.div_euclid(1000) + i64::from(millis.rem_euclid(1000) != 0)
}

/// A sum of increments, exact: millionths over a common denominator of the `per_seconds` so far.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tally {
    numerator: i128,
    denominator: i64,
}

impl Tally {
    /// A sum that begins with this.
    pub(super) fn new(amount: Amount) -> Self {
        Tally { numerator: i128::from(amount.micros()), denominator: 1 }
    }

    /// The cost of one increment over the sum's denominator, which grows where it must.
    pub(super) fn numerator_of(&mut self, pricing: &Pricing) -> Result<i128, Overflow> {
        if self.denominator % pricing.per_seconds != 0 {
            let factor = match self.denominator {
                1 => pricing.per_seconds,
                denominator => pricing.per_seconds / gcd(denominator, pricing.per_seconds),
            };
            self.denominator = self.denominator.checked_mul(factor).ok_or(Overflow)?;
            self.numerator = self.numerator.checked_mul(i128::from(factor)).ok_or(Overflow)?;
        }
        // Three factors below 2^63, 2^17 and 2^63: checked, since they may be large together.
        let seconds = i128::from(pricing.increment_seconds) * i128::from(self.denominator / pricing.per_seconds);
        product(i128::from(pricing.price.micros()), seconds)
    }

    /// Adds the cost of a run.
    pub(super) fn add(&mut self, run: &Run) -> Result<(), Overflow> {
        let each = self.numerator_of(&run.pricing)?;
        self.add_times(each, run.increments)
    }

    /// Adds so many increments of a cost as [`Tally::numerator_of`] gave it.
    pub(super) fn add_times(&mut self, each: i128, increments: i64) -> Result<(), Overflow> {
        let cost = product(each, i128::from(increments))?;
        self.numerator = self.numerator.checked_add(cost).ok_or(Overflow)?;
        Ok(())
    }

    pub(super) fn numerator(&self) -> i128 {
        self.numerator
    }

    pub(super) fn denominator(&self) -> i64 {
        self.denominator
    }

    /// The sum as an exact amount.
    pub(super) fn exact(self) -> Result<Exact, Overflow> {
        Exact::new(self.numerator, i128::from(self.denominator))
    }
}

/// The product. What fits into 64 bits, as nearly all does, is multiplied several times faster.
fn product(a: i128, b: i128) -> Result<i128, Overflow> {
    match (i64::try_from(a), i64::try_from(b)) {
        (Ok(a), Ok(b)) => Ok(i128::from(a) * i128::from(b)),
        _ => a.checked_mul(b).ok_or(Overflow),
    }
}
