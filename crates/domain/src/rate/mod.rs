//! Rates: how the seconds of a call become money.

mod document;

pub use document::RateDocument;

use crate::money::{Amount, Exact, Overflow, Rounding, RoundingMode};

/// The most steps that a rate can have.
pub const MOST_STEPS: usize = 100;
/// The longest increment, and the longest time that a price is for: a day, in seconds.
pub const LONGEST_INCREMENT_SECONDS: i64 = 86_400;
/// The largest common multiple that a rate's `per_seconds` may have. It keeps the denominators of exact sums small.
pub const LARGEST_COMMON_MULTIPLE: i64 = 1_000_000_000;

/// How seconds become money: a connect fee, steps, limits of the charge, rounding.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Rate {
    connect_fee: Amount,
    steps: Vec<Step>,
    free_below_seconds: i64,
    minimum_charge: Option<Amount>,
    maximum_charge: Option<Amount>,
    on_maximum: OnMaximum,
    rounding: Rounding,
}

/// A price, from a second of the call on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Step {
    /// The second after the answer from which the step holds.
    pub from_seconds: i64,
    /// What `per_seconds` seconds cost.
    pub price: Amount,
    /// How many seconds the price is for, 1 to 86,400.
    pub per_seconds: i64,
    /// The length of the increments that begin in this step, 1 to 86,400 seconds.
    pub increment_seconds: i64,
}

impl Step {
    /// What a minute costs, rounded to millionths.
    ///
    /// # Errors
    /// It is beyond the range of amounts.
    pub fn price_per_minute(&self) -> Result<Amount, Overflow> {
        let mut minute = Exact::ZERO;
        minute.add_fraction(self.price, 60, self.per_seconds)?;
        minute.rounded(Rounding { decimals: 6, mode: RoundingMode::HalfUp })
    }
}

/// What happens when a call's cost reaches the maximum charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnMaximum {
    /// The call goes on and costs no more.
    #[default]
    Free,
    /// The call is ended. A finished call's charge is never lowered.
    Disconnect,
}

impl Rate {
    /// Charged once for each call that is charged.
    #[must_use]
    pub fn connect_fee(&self) -> Amount {
        self.connect_fee
    }

    /// The steps: at least one, the first from second 0, ascending.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Calls shorter than this cost nothing.
    #[must_use]
    pub fn free_below_seconds(&self) -> i64 {
        self.free_below_seconds
    }

    /// The least that a charged call costs.
    #[must_use]
    pub fn minimum_charge(&self) -> Option<Amount> {
        self.minimum_charge
    }

    /// Where the cost stops, or the call does: see [`OnMaximum`].
    #[must_use]
    pub fn maximum_charge(&self) -> Option<Amount> {
        self.maximum_charge
    }

    /// What happens at the maximum charge.
    #[must_use]
    pub fn on_maximum(&self) -> OnMaximum {
        self.on_maximum
    }

    /// How the exact sum of a call is rounded, once.
    #[must_use]
    pub fn rounding(&self) -> Rounding {
        self.rounding
    }

    /// The most that a call can cost: the maximum charge, where it makes the rest of the call free.
    #[must_use]
    pub fn ceiling(&self) -> Option<Amount> {
        self.maximum_charge.filter(|_| self.on_maximum == OnMaximum::Free)
    }

    /// The step in force so many seconds after the answer, its position, and the second at which the next one begins.
    pub(crate) fn step_at(&self, second: i64) -> (usize, &Step, i64) {
        let next = self.steps.partition_point(|step| step.from_seconds <= second).max(1);
        let until = self.steps.get(next).map_or(i64::MAX, |step| step.from_seconds);
        (next - 1, &self.steps[next - 1], until)
    }
}

/// The greatest common divisor of two positive numbers.
pub(crate) fn gcd(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
