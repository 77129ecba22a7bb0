use super::Terms;
use super::charge::{due, free_seconds};
use super::course::{Course, Tally, rate_at_answer};
use crate::allowance::Allowances;
use crate::money::{Amount, Overflow, Rounding, RoundingMode};
use crate::rate::{OnMaximum, Rate};
use crate::time::Instant;

/// How far ahead the limit of a call is sought: 30 days, in seconds.
pub const LONGEST_AUTHORIZATION_SECONDS: i64 = 30 * 86_400;

/// Whether a call may start, and how long it may last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authorization {
    /// It may start.
    Granted {
        /// The longest real duration that is allowed and paid for, in whole seconds; none, where nothing limits the call within
        /// [`LONGEST_AUTHORIZATION_SECONDS`].
        max_seconds: Option<i64>,
    },
    /// The balance does not cover the start of the call.
    InsufficientBalance {
        /// What there is.
        available: Amount,
        /// What a call of one second is charged, `free_below_seconds` aside.
        required: Amount,
    },
}

/// Whether a call that is answered at this instant may start, and the longest duration whose total stays within the balance (any
/// credit limit included) and below a maximum charge that ends the call. No balance: money does not limit.
///
/// # Errors
/// An amount is beyond its range.
pub fn authorize(
    terms: &Terms<'_>,
    answered_at: Instant,
    allowances: &Allowances<'_>,
    balance: Option<Amount>,
) -> Result<Authorization, Overflow> {
    let prospect = Prospect::new(terms, answered_at, free_seconds(terms, allowances));
    let required = prospect.as_ref().map_or(Ok(Amount::ZERO), Prospect::required)?;
    match balance {
        Some(available) if available < required && !terms.is_free() => {
            Ok(Authorization::InsufficientBalance { available, required })
        }
        _ => {
            let limit = prospect.map_or(Ok(None), |prospect| prospect.longest(balance))?;
            let max_seconds = limit.filter(|seconds| *seconds < LONGEST_AUTHORIZATION_SECONDS);
            Ok(Authorization::Granted { max_seconds })
        }
    }
}

/// A call that would be charged, before it starts.
struct Prospect<'a> {
    /// The rate in force at the answer.
    rate: &'a Rate,
    free_seconds: i64,
    course: Course<'a>,
}

impl<'a> Prospect<'a> {
    fn new(terms: &Terms<'a>, answered_at: Instant, free_seconds: i64) -> Option<Self> {
        let rate = terms.charging_rate()?;
        let span = (free_seconds, LONGEST_AUTHORIZATION_SECONDS);
        Some(Prospect {
            rate: rate_at_answer(rate, terms.schedule, answered_at),
            free_seconds,
            course: Course::new(rate, terms.schedule, answered_at, span),
        })
    }

    /// What a call of one second is charged: with free seconds left, it is inside them.
    fn required(&self) -> Result<Amount, Overflow> {
        let mut sum = Tally::new(self.rate.connect_fee());
        if self.free_seconds == 0
            && let Some(first) = self.course.clone().next()
        {
            let each = sum.numerator_of(&first.pricing)?;
            sum.add_times(each, 1)?;
        }
        Ok(due(self.rate, sum.exact()?)?.total)
    }

    /// The second at which the call must end; none, if never.
    fn longest(self, balance: Option<Amount>) -> Result<Option<i64>, Overflow> {
        let (rate, free_seconds) = (self.rate, self.free_seconds);
        let maximum = rate.maximum_charge().filter(|_| rate.on_maximum() == OnMaximum::Disconnect);
        let Some(limit) = balance.into_iter().chain(maximum).min() else { return Ok(None) };
        if rate.ceiling().is_some_and(|ceiling| ceiling <= limit) {
            return Ok(None);
        }
        // What one second costs is allowed even where it is more than the maximum; the balance was seen to cover it.
        let first = self.course.clone().next().map_or(0, |run| run.pricing.increment_seconds);
        let allowed = if free_seconds > 0 { free_seconds } else { first };
        let covered = if rate.minimum_charge().is_some_and(|minimum| minimum > limit) {
            Some(0)
        } else {
            self.first_beyond(Cap::new(rate.rounding(), limit))?
        };
        Ok(covered.map(|second| second.max(allowed).max(rate.free_below_seconds() - 1)))
    }

    /// Where the first increment begins that takes the sum over the cap; none, if none does.
    fn first_beyond(self, cap: Cap) -> Result<Option<i64>, Overflow> {
        let mut sum = Tally::new(self.rate.connect_fee());
        if cap.room(&sum)? < 0 {
            return Ok(Some(0));
        }
        for run in self.course {
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
