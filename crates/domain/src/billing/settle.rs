use crate::money::{Amount, Overflow};

/// What of a fund settles what of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// The place of the fund.
    pub fund: usize,
    /// The place of the claim.
    pub claim: usize,
    /// How much; above zero.
    pub amount: Amount,
}

/// Settles claims by funds, both in their order, the oldest first: what is left of each claim, and of each fund, is what the
/// answer does not name. Amounts that are not above zero settle nothing.
///
/// # Errors
/// A sum is beyond the range of an amount.
pub fn settle(funds: &[Amount], claims: &[Amount]) -> Result<Vec<Settled>, Overflow> {
    let mut settled = Vec::new();
    let mut claims = claims.iter().copied().enumerate().filter(|(_, open)| *open > Amount::ZERO);
    let mut current = claims.next();
    for (fund, mut left) in funds.iter().copied().enumerate() {
        while left > Amount::ZERO
            && let Some((claim, open)) = current
        {
            let amount = left.min(open);
            settled.push(Settled { fund, claim, amount });
            left = left.minus(amount)?;
            let rest = open.minus(amount)?;
            current = if rest.is_zero() { claims.next() } else { Some((claim, rest)) };
        }
    }
    Ok(settled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settles_the_oldest_first() {
        let amounts = |list: &[i64]| list.iter().map(|micros| Amount::from_micros(*micros)).collect::<Vec<_>>();
        for (funds, claims, expected) in [
            (&[][..], &[5][..], ""),
            (&[5], &[], ""),
            (&[5], &[5], "0>0:5"),
            (&[3], &[5], "0>0:3"),
            (&[9], &[5, 3], "0>0:5 0>1:3"),
            (&[3, 4], &[5, 3], "0>0:3 1>0:2 1>1:2"),
            (&[1, 1, 1], &[2], "0>0:1 1>0:1"),
            (&[0, 4], &[0, -2, 3], "1>2:3"),
        ] {
            let settled = settle(&amounts(funds), &amounts(claims)).unwrap();
            let shown: Vec<String> =
                settled.iter().map(|s| format!("{}>{}:{}", s.fund, s.claim, s.amount.micros())).collect();
            assert_eq!(shown.join(" "), expected, "{funds:?} on {claims:?}");
        }
    }
}
