use crate::generate::Random;

/// Which account the calls are of: some have many, most have few (Zipf's law with the exponent 1.1).
#[derive(Debug)]
pub(crate) struct Accounts {
    /// The sums of the weights up to each rank.
    sums: Vec<u64>,
}

/// Spreads the ranks over the places, so that accounts with many calls do not lie side by side. A prime.
const STRIDE: usize = 7919;

impl Accounts {
    /// So many accounts, at most 2^20.
    pub(crate) fn of(count: usize) -> Accounts {
        let (mut sum, mut root) = (0, 1024);
        let weigh = |rank: usize| {
            // In 1024ths the tenth root of the rank, which only grows: rank^1.1 is rank times it.
            let rank = rank as u64;
            while u128::from(root + 1).pow(10) <= u128::from(rank) << 100 {
                root += 1;
            }
            sum += (1 << 50) / (rank * root);
            sum
        };
        Accounts { sums: (1..=count).map(weigh).collect() }
    }

    /// The place of the account that this call is of: the same in every run.
    pub(crate) fn of_call(&self, number: u64) -> usize {
        let all = self.sums.last().copied().unwrap_or(1);
        let drawn = Random::seeded(number).below(all);
        let rank = self.sums.partition_point(|sum| *sum <= drawn);
        rank * STRIDE % self.sums.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_drawn_by_the_law() {
        let accounts = Accounts::of(1000);
        let mut calls = vec![0u32; 1000];
        (0..1_000_000).for_each(|number| calls[accounts.of_call(number)] += 1);
        // The sum of rank^-1.1 over 1000 ranks is 5.5728, and 10^1.1 is 12.589, 100^1.1 is 158.49.
        for (rank, expected) in [(0, 179_443), (9, 14_254), (99, 1_132)] {
            let found = calls[rank * STRIDE % 1000];
            assert!(found.abs_diff(expected) < 200 + expected / 50, "rank {rank}: {found}, not {expected}");
        }
        assert!(calls.iter().all(|calls| *calls > 0), "every account has its place");
    }

    #[test]
    fn one_account_has_all_calls() {
        let accounts = Accounts::of(1);
        assert!((0..100).all(|number| accounts.of_call(number) == 0));
    }
}
