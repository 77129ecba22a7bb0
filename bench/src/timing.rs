//! How things are timed: two seconds of warm-up, then the median of three.

use std::fmt;
use std::time::{Duration, Instant};

pub(crate) const WARM_UP: Duration = Duration::from_secs(2);
pub(crate) const ROUNDS: usize = 3;

/// How long a piece of work took.
pub(crate) fn time<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    let done = work();
    (done, begun.elapsed())
}

/// Work that is done again and again.
pub(crate) type Work<'a> = Box<dyn FnMut() + 'a>;

/// The median times of some work, in their order. They take turns, so that whatever slows the machine for a while slows all
/// of them.
pub(crate) fn medians(work: &mut [Work<'_>]) -> Vec<Duration> {
    for work in work.iter_mut() {
        let begun = Instant::now();
        while begun.elapsed() < WARM_UP {
            work();
        }
    }
    let mut times = vec![Vec::with_capacity(ROUNDS); work.len()];
    for _ in 0..ROUNDS {
        for (work, times) in work.iter_mut().zip(&mut times) {
            times.push(time(work).1);
        }
    }
    times.into_iter().map(median).collect()
}

/// The one in the middle; of none, nothing.
pub(crate) fn median<T: Ord + Copy + Default>(mut values: Vec<T>) -> T {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// So many things done in a time.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pace {
    pub(crate) count: usize,
    pub(crate) time: Duration,
}

impl Pace {
    pub(crate) fn new(count: usize, time: Duration) -> Pace {
        Pace { count, time }
    }

    /// The pace at which the same things take so long.
    pub(crate) fn lasting(self, time: Duration) -> Pace {
        Pace { time, ..self }
    }

    /// How long each took, where they were done one after the other.
    pub(crate) fn each(self) -> Duration {
        self.time / u32::try_from(self.count).unwrap_or(u32::MAX).max(1)
    }

    /// The one in the middle; of none, nothing.
    pub(crate) fn median(mut rounds: Vec<Pace>) -> Pace {
        rounds.sort_unstable_by_key(|pace| pace.each());
        rounds.get(rounds.len() / 2).copied().unwrap_or_default()
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let a_second = Duration::from_secs(1).div_duration_f64(self.each().max(Duration::from_nanos(1)));
        write!(f, "{a_second:.0}/s ({:.2?})", self.time)
    }
}
