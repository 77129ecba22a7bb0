//! How the charge of a paid agent's call or message is split.

use crate::money::{Amount, Exact, Overflow, Rounding, RoundingMode};

/// The share of an agent for whom none is set, in thousandths.
pub const DEFAULT_SHARE: u16 = 800;
/// The largest share: all of it.
pub const WHOLE_SHARE: u16 = 1000;

/// The parts of a charge; they sum to it exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// The agent's part.
    pub agent: Amount,
    /// The tenant's part.
    pub tenant: Amount,
    /// The tax in it.
    pub tax: Amount,
}

/// Splits a charge: the agent has `(total - tax) * share / 1000`, half up to the charge's `decimals` (0 to 6), but never more than
/// the charge without tax; the tenant has the rest. `share` is in thousandths, 0 to 1,000.
///
/// # Errors
/// The amounts are at the end of their range.
pub fn split(total: Amount, tax: Amount, share: u16, decimals: u8) -> Result<Split, Overflow> {
    let net = total.minus(tax)?;
    let mut part = Exact::ZERO;
    part.add_fraction(net, i64::from(share.min(WHOLE_SHARE)), i64::from(WHOLE_SHARE))?;
    // A minimum or maximum charge may have more decimals than the rounding: rounding up must not take from the tenant's side.
    let agent = part.rounded(Rounding { decimals, mode: RoundingMode::HalfUp })?.min(net);
    Ok(Split { agent, tenant: net.minus(agent)?, tax })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn splits_by_table() {
        for (total, tax, share, decimals, agent, tenant) in [
            ("0.99", "0", 800, 4, "0.792", "0.198"),
            ("0.35", "0", 300, 2, "0.11", "0.24"),
            ("135", "0", 700, 0, "95", "40"),
            ("45", "0", 500, 0, "23", "22"),
            ("1.47127", "0", 55, 6, "0.08092", "1.39035"),
            ("41.276", "0", 0, 5, "0", "41.276"),
            ("36.86", "0", 1000, 4, "36.86", "0"),
            ("1.19", "0.19", 800, 4, "0.8", "0.2"),
            ("73.6", "0", 1000, 0, "73.6", "0"),
        ] {
            let amount = |text| Amount::parse(text).unwrap();
            let parts = split(amount(total), amount(tax), share, decimals).unwrap();
            assert_eq!((parts.agent, parts.tenant), (amount(agent), amount(tenant)), "{total} at {share}");
        }
    }

    proptest! {
        #[test]
        fn the_parts_sum_to_the_charge(total in 0..i64::MAX, tax in 0..=1000_i64, share in 0..=1000_u16, decimals in 0..=6_u8) {
            let tax = total / 1000 * tax;
            let parts = split(Amount::from_micros(total), Amount::from_micros(tax), share, decimals).unwrap();
            let all = i128::from(parts.agent.micros()) + i128::from(parts.tenant.micros()) + i128::from(parts.tax.micros());
            prop_assert_eq!(all, i128::from(total));
            prop_assert!(!parts.agent.is_negative() && !parts.tenant.is_negative());
        }
    }
}
