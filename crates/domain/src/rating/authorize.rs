use super::Terms;
use super::prospect::Prospect;
use crate::allowance::Allowances;
use crate::money::{Amount, Overflow};
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
    let prospect = Prospect::new(terms, answered_at, allowances.clone());
    let required = prospect.required()?;
    match balance {
        Some(available) if available < required && !terms.is_free() => {
            Ok(Authorization::InsufficientBalance { available, required })
        }
        _ => Ok(Authorization::Granted { max_seconds: prospect.longest(balance, LONGEST_AUTHORIZATION_SECONDS)? }),
    }
}
