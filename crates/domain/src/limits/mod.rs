//! What limits the calls of a customer beside its money: against fraud, and against a line that runs wild.
//!
//! A customer's [`Traffic`] is what its limits are judged by. It is kept where its account is, and locked with it, so that no limit is
//! passed by calls that begin at the same time. Emergency and service numbers are neither judged nor counted.

mod destination;
mod traffic;

pub use destination::{Destinations, RISKY_PREFIXES};
pub use traffic::Traffic;

use serde::{Deserialize, Serialize};

use crate::money::{Amount, Overflow};

/// A minute, in milliseconds.
const MINUTE: i64 = 60_000;
/// In how long calls to one high-cost prefix are counted, in milliseconds: ten minutes.
const HIGH_COST_WINDOW: i64 = 10 * MINUTE;

/// The limits of a customer's calls, and of those of one of its lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many calls the line may have at once.
    pub calls_at_once: u32,
    /// How many calls the line may begin in a minute, which is counted from the first of them.
    pub set_ups_per_minute: u32,
    /// How many calls the customer may begin to one high-cost prefix in ten minutes.
    pub high_cost_calls: u32,
    /// The limits of money.
    pub caps: Caps,
}

/// What limits the money of a call beside the balance. They are frozen when it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Caps {
    /// What the customer may spend on calls in a day; any amount, where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spend_per_day: Option<Amount>,
    /// What one call may cost; any amount, where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_per_call: Option<Amount>,
}

/// A limit that a call would pass.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LimitReached {
    /// The line has as many calls as it may have at once.
    #[error("the line has {limit} calls, as many as it may have at once")]
    CallsAtOnce {
        /// How many.
        limit: u32,
    },
    /// The tenant has as many calls as it wants to have at once.
    #[error("there are {limit} calls, as many as there may be at once")]
    TenantCallsAtOnce {
        /// How many.
        limit: u32,
    },
    /// The line has begun as many calls in this minute as it may.
    #[error("the line has begun {limit} calls within a minute, as many as it may")]
    SetUpRate {
        /// How many in a minute.
        limit: u32,
    },
    /// The customer has called one high-cost prefix as often as it may in ten minutes.
    #[error("{limit} calls have gone to the high-cost prefix {prefix} within ten minutes, as many as may")]
    HighCostPrefix {
        /// The prefix.
        prefix: String,
        /// How many in ten minutes.
        limit: u32,
    },
    /// The customer would spend more on calls today than it may in a day.
    #[error("calls would cost more than {limit} today: {spent} is spent, {held} is held for calls in progress")]
    SpendPerDay {
        /// How much in a day.
        limit: Amount,
        /// How much is spent today.
        spent: Amount,
        /// How much is held for calls in progress: it may become less when they end.
        held: Amount,
        /// Whether what is spent alone leaves too little.
        is_spent: bool,
    },
    /// The start of the call alone costs more than a call may.
    #[error("the call would cost {required} at its start, more than the {limit} that a call may cost")]
    CostPerCall {
        /// How much a call may cost.
        limit: Amount,
        /// What its start costs.
        required: Amount,
    },
    /// Calls to the destination are off until somebody enables them.
    #[error("calls to {prefix} are off until they are enabled, since such numbers are often abused")]
    RiskyPrefix {
        /// The prefix that is off.
        prefix: String,
    },
}

impl LimitReached {
    /// The limit's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            LimitReached::CallsAtOnce { .. } => "calls_at_once",
            LimitReached::TenantCallsAtOnce { .. } => "tenant_calls_at_once",
            LimitReached::SetUpRate { .. } => "set_ups_per_minute",
            LimitReached::HighCostPrefix { .. } => "high_cost_calls",
            LimitReached::SpendPerDay { .. } => "spend_per_day",
            LimitReached::CostPerCall { .. } => "cost_per_call",
            LimitReached::RiskyPrefix { .. } => "risky_prefix",
        }
    }
}

impl Caps {
    /// Whether there are none.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Caps::default()
    }

    /// The most that a call may hold in all, of a customer that has spent so much today, and of whose account so much is held for
    /// other calls; `None` where nothing limits it. A call that costs nothing is never beyond it.
    ///
    /// # Errors
    /// An amount is beyond its range.
    pub fn ceiling(&self, spent_today: Amount, held_by_others: Amount) -> Result<Option<Amount>, Overflow> {
        let of_day = match self.spend_per_day {
            Some(limit) => Some(limit.minus(spent_today)?.minus(held_by_others)?.max(Amount::ZERO)),
            None => None,
        };
        Ok(match (self.cost_per_call, of_day) {
            (Some(of_call), Some(of_day)) => Some(of_call.min(of_day)),
            (one, other) => one.or(other),
        })
    }

    /// Which of them the start of a call passes that needs so much: the day's, where it is not the call's own.
    ///
    /// # Errors
    /// An amount is beyond its range.
    pub fn reached(
        &self,
        required: Amount,
        spent_today: Amount,
        held_by_others: Amount,
    ) -> Result<LimitReached, Overflow> {
        match (self.cost_per_call, self.spend_per_day) {
            (Some(limit), of_day) if required > limit || of_day.is_none() => {
                Ok(LimitReached::CostPerCall { limit, required })
            }
            (_, of_day) => {
                let limit = of_day.unwrap_or(Amount::ZERO);
                let is_spent = spent_today.plus(required)? > limit;
                Ok(LimitReached::SpendPerDay { limit, spent: spent_today, held: held_by_others, is_spent })
            }
        }
    }
}
