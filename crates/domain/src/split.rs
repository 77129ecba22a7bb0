//! How the charge of a paid agent's call or message is split.

use crate::money::{Amount, Exact, Overflow, Rounding, RoundingMode};

/// To the smallest amount there is.
const MILLIONTHS: Rounding = Rounding { decimals: 6, mode: RoundingMode::HalfUp };

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

impl Split {
    /// The charge.
    ///
    /// # Errors
    /// The sum is beyond the range.
    pub fn total(&self) -> Result<Amount, Overflow> {
        self.agent.plus(self.tenant)?.plus(self.tax)
    }

    /// What each gives of an amount that is given back (0 to the whole): in proportion, so that they sum to the amount, and nobody
    /// gives more than its part. What is left of each part is given by what follows, so that all is given in the end.
    ///
    /// # Errors
    /// The amount is more than the whole, or the amounts are at the end of their range.
    pub fn given_back(&self, amount: Amount) -> Result<Split, Overflow> {
        let whole = self.total()?;
        if amount > whole {
            return Err(Overflow);
        }
        // One after the other, each of what the ones before left: no rounding can push a part beyond what it has.
        let agent = proportion(self.agent, amount, whole)?;
        let rest = amount.minus(agent)?;
        let tax = proportion(self.tax, rest, whole.minus(self.agent)?)?;
        Ok(Split { agent, tenant: rest.minus(tax)?, tax })
    }

    /// What is left of each part without these.
    ///
    /// # Errors
    /// The amounts are at the end of their range.
    pub fn without(&self, parts: &Split) -> Result<Split, Overflow> {
        Ok(Split {
            agent: self.agent.minus(parts.agent)?,
            tenant: self.tenant.minus(parts.tenant)?,
            tax: self.tax.minus(parts.tax)?,
        })
    }
}

/// `part * of / whole`; nothing of nothing.
fn proportion(part: Amount, of: Amount, whole: Amount) -> Result<Amount, Overflow> {
    if whole.is_zero() {
        return Ok(Amount::ZERO);
    }
    let product = i128::from(part.micros()) * i128::from(of.micros());
    Exact::new(product, i128::from(whole.micros()))?.rounded(MILLIONTHS)
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

    #[test]
    fn what_is_given_back_by_table() {
        let amount = |text| Amount::parse(text).unwrap();
        // agent, tenant, tax; what is given back; of the agent, the tenant, the tax
        for (parts, back, given) in [
            (["0.792", "0.198", "0"], "0.99", "0.792 0.198 0.00"),
            (["0.792", "0.198", "0"], "0.33", "0.264 0.066 0.00"),
            (["0.8", "0.2", "0.19"], "0.595", "0.40 0.10 0.095"),
            (["0", "0.10", "0"], "0.04", "0.00 0.04 0.00"),
            (["0.000001", "0.000001", "0.000001"], "0.000002", "0.000001 0.00 0.000001"),
            (["0.80", "0.20", "0"], "0", "0.00 0.00 0.00"),
            (["0", "0", "0"], "0", "0.00 0.00 0.00"),
        ] {
            let [agent, tenant, tax] = parts.map(amount);
            let back = Split { agent, tenant, tax }.given_back(amount(back)).unwrap();
            assert_eq!(format!("{} {} {}", back.agent, back.tenant, back.tax), given, "{parts:?}");
        }
        let split = Split { agent: amount("1"), tenant: amount("1"), tax: Amount::ZERO };
        assert_eq!(split.given_back(amount("2.000001")), Err(Overflow));
    }

    proptest! {
        /// In whatever steps: each gives what it has, no step takes more than that, and in the end all is given.
        #[test]
        fn what_is_given_back_in_steps_is_the_whole(
            parts in prop::array::uniform3(prop_oneof![0..9_i64, 0..i64::MAX / 4]),
            steps in prop::collection::vec(0..=1000_i64, 0..8),
        ) {
            let [agent, tenant, tax] = parts.map(Amount::from_micros);
            let mut left = Split { agent, tenant, tax };
            for step in steps.into_iter().chain([1000]) {
                let whole = left.total().unwrap().micros();
                let amount = i64::try_from(i128::from(whole) * i128::from(step) / 1000).unwrap();
                let given = left.given_back(Amount::from_micros(amount)).unwrap();
                prop_assert_eq!(given.total().unwrap().micros(), amount);
                left = left.without(&given).unwrap();
                for part in [given.agent, given.tenant, given.tax, left.agent, left.tenant, left.tax] {
                    prop_assert!(!part.is_negative());
                }
            }
            prop_assert_eq!(left.total(), Ok(Amount::ZERO));
        }

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
