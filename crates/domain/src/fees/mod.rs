//! Fees: what each subscription of a line pays for a period.
//!
//! A subscription that holds through the whole period pays the full fee. Else each pays for its share of the period:
//!
//! - by the [day](Proration::Day): its local days of the days of the full period. A day belongs to the subscription in force at
//!   its last instant, so the day of a change belongs to the new plan, the last change of a day wins, and the day of closing
//!   carries no fee (closing at midnight leaves the day before with its fee). A day any part of which is suspended carries none.
//! - by the [second](Proration::Second): its real time of the period's real time, less the suspended time.
//!
//! The exact sum is rounded half up to the currency's minor unit; the parts are rounded by largest remainder, so that they sum
//! to it. The same fee held without a gap, under however many subscriptions, therefore costs exactly the full fee. Any recurring
//! charge, such as a number's rental, is pro-rated by the same function, and the [minutes that a fee includes](included_seconds)
//! by the same shares.

mod included;
mod quote;
mod share;

use crate::money::{Amount, Currency, Exact, Overflow, Rounding, RoundingMode};
use crate::period::Period;
use crate::time::{Instant, Zone};
pub use included::included_seconds;
pub use quote::{FeesQuoteError, quote};

/// What time a fee is shared out by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proration {
    /// By local days.
    #[default]
    Day,
    /// By elapsed real time.
    Second,
}

/// A plan or item that a line has, from an instant on, up to and not including another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// What the invoice calls it.
    pub name: String,
    /// The fee for a full period; not negative.
    pub monthly_fee: Amount,
    /// The first instant.
    pub from: Instant,
    /// The instant at which it has ended; `None` while it goes on.
    pub to: Option<Instant>,
}

/// A time in which a line was suspended, for whatever reasons. Suspensions may overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suspension {
    /// The first instant.
    pub from: Instant,
    /// The instant at which it has ended; `None` while it goes on.
    pub to: Option<Instant>,
}

/// Everything that the fees of one line for one period depend on.
#[derive(Debug, Clone)]
pub struct FeeInput<'a> {
    /// Whose days count.
    pub zone: &'a Zone,
    /// The currency of the fees.
    pub currency: Currency,
    /// What time the fees are shared out by.
    pub proration: Proration,
    /// The period that is billed.
    pub period: Period,
    /// The period that a full fee pays for: `period` itself, or, where a changed billing day cut it short, the full one.
    pub full_period: Period,
    /// The subscriptions, no two at once, in any order.
    pub subscriptions: &'a [Subscription],
    /// When the line was suspended, in any order.
    pub suspensions: &'a [Suspension],
    /// Whether suspended time carries the fee all the same.
    pub fee_while_suspended: bool,
}

/// What one subscription pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeeLine {
    /// The place of the subscription in the input.
    pub subscription: usize,
    /// The subscription's name.
    pub name: String,
    /// The time that is paid for: days, or with [`Proration::Second`] milliseconds. Never 0.
    pub share: i64,
    /// The time that a full fee pays for, in the same unit.
    pub of: i64,
    /// The rounded part of the fee, in whole minor units.
    pub amount: Amount,
}

/// The fees of a line for a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fees {
    /// A line for each subscription that has a share, the earliest first.
    pub lines: Vec<FeeLine>,
    /// The exact sum, rounded half up to the minor unit; the sum of the lines.
    pub total: Amount,
}

/// Why fees can't be computed. Subscriptions and suspensions are named by their place in the input, from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FeesError {
    /// A fee is below zero.
    #[error("the fee of subscription {subscription} is negative: {fee}")]
    NegativeFee {
        /// Which subscription.
        subscription: usize,
        /// Its fee.
        fee: Amount,
    },
    /// A subscription ends before it starts.
    #[error("subscription {subscription} ends at {to}, before it starts at {from}")]
    SubscriptionEndsBeforeItStarts {
        /// Which subscription.
        subscription: usize,
        /// Its start.
        from: Instant,
        /// Its end.
        to: Instant,
    },
    /// A suspension ends before it starts.
    #[error("suspension {suspension} ends at {to}, before it starts at {from}")]
    SuspensionEndsBeforeItStarts {
        /// Which suspension.
        suspension: usize,
        /// Its start.
        from: Instant,
        /// Its end.
        to: Instant,
    },
    /// Two subscriptions hold at once.
    #[error("subscription {second} starts at {at}, while subscription {first} still holds: end that one first")]
    Overlap {
        /// The one that starts earlier.
        first: usize,
        /// The one that starts too early.
        second: usize,
        /// When it starts.
        at: Instant,
    },
    /// The zone skipped every date of the full period.
    #[error("the period {0} has no day in this time zone")]
    NoDay(Period),
    /// The sum is beyond the range of an amount.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

/// The fees of a line for a period, by the rules that the [module](self) tells.
///
/// # Errors
/// The subscriptions or suspensions are impossible, or the sum is beyond the range of an amount.
pub fn prorate(input: &FeeInput<'_>) -> Result<Fees, FeesError> {
    let shares = share::shares(input)?;
    let mut exact = Vec::with_capacity(shares.parts.len());
    let mut sum = Exact::ZERO;
    for part in &shares.parts {
        let fee = input.subscriptions[part.subscription].monthly_fee;
        let product = i128::from(fee.micros()).checked_mul(i128::from(part.share)).ok_or(Overflow)?;
        let amount = Exact::new(product, i128::from(shares.of))?;
        sum.add(amount)?;
        exact.push(amount);
    }
    let total = sum.rounded(Rounding { decimals: input.currency.minor_digits(), mode: RoundingMode::HalfUp })?;
    let amounts = by_largest_remainder(&exact, total, input.currency.minor_unit())?;
    let line = |(part, amount): (&share::Part, Amount)| FeeLine {
        subscription: part.subscription,
        name: input.subscriptions[part.subscription].name.clone(),
        share: part.share,
        of: shares.of,
        amount,
    };
    Ok(Fees { lines: shares.parts.iter().zip(amounts).map(line).collect(), total })
}

/// Rounds each part down to whole units, and gives the units that are then missing from `total` to the parts that lost most, of
/// equal ones to the first. `total` is the sum of the parts, rounded to units, so that a part gains one unit at most.
fn by_largest_remainder(parts: &[Exact], total: Amount, unit: Amount) -> Result<Vec<Amount>, Overflow> {
    let floors: Vec<(Amount, Exact)> =
        parts.iter().map(|part| part.floor_and_remainder(unit)).collect::<Result<_, _>>()?;
    let floored: Option<Amount> = floors.iter().map(|(floor, _)| *floor).sum();
    let missing = total.minus(floored.ok_or(Overflow)?)?.micros() / unit.micros();
    let mut order: Vec<usize> = (0..floors.len()).collect();
    order.sort_by_key(|&part| std::cmp::Reverse(floors[part].1));
    let mut amounts: Vec<Amount> = floors.into_iter().map(|(floor, _)| floor).collect();
    for &part in order.iter().take(usize::try_from(missing).unwrap_or(0)) {
        amounts[part] = amounts[part].plus(unit)?;
    }
    Ok(amounts)
}
