use std::fmt;
use std::time::Duration;

/// How long each of some operations took, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Latencies(Vec<Duration>);

impl Latencies {
    pub(crate) fn of(mut all: Vec<Duration>) -> Latencies {
        all.sort_unstable();
        Latencies(all)
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// What so many thousandths of them took at most; of none, nothing.
    pub(crate) fn within(&self, thousandths: usize) -> Duration {
        let place = (self.0.len() * thousandths).div_ceil(1000).max(1);
        self.0.get(place - 1).copied().unwrap_or_default()
    }
}

impl fmt::Display for Latencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [half, most, nearly_all, all] = [500, 990, 999, 1000].map(|thousandths| self.within(thousandths));
        write!(f, "p50 {half:.1?}, p99 {most:.1?}, p99.9 {nearly_all:.1?}, longest {all:.1?}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_thousandths_took_so_long_at_most() {
        let latencies = Latencies::of((1..=200).rev().map(Duration::from_millis).collect());
        for (thousandths, millis) in [(0, 1), (500, 100), (501, 101), (990, 198), (999, 200), (1000, 200)] {
            assert_eq!(latencies.within(thousandths), Duration::from_millis(millis), "{thousandths}");
        }
        assert_eq!(Latencies::default().within(500), Duration::ZERO);
    }
}
