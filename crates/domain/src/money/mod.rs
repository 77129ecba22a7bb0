//! Money: exact amounts, their currencies, exact sums, rounding.

mod amount;
mod currency;
mod exact;

pub use amount::{Amount, AmountError, Money};
pub use currency::{Currency, UnknownCurrency};
pub use exact::{Exact, Rounding, RoundingMode};

/// A computation left the range of the type that holds it. It is always reported, never wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the amount is too large to be computed exactly")]
pub struct Overflow;
