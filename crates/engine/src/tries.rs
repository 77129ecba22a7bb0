//! How often something may be tried. The counts are in memory, so that each process has its own and a start forgets them: they
//! make guessing slow, they need not be exact.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use domain::time::Instant;

use crate::network::Network;
use crate::secrets::digest;

/// A minute, in milliseconds.
pub(crate) const MINUTE: i64 = 60_000;
/// Windows that are kept: with more the oldest are forgotten.
const MOST_WINDOWS: usize = 20_000;

/// So many tries in a window of time, which begins with the first.
pub(crate) struct Limit {
    most: u32,
    window_millis: i64,
    windows: Mutex<Windows>,
}

#[derive(Default)]
struct Windows {
    tries: HashMap<String, Window>,
    /// The windows in the order of their beginnings; some may have been cleared since.
    begun: VecDeque<(Instant, String)>,
}

struct Window {
    since: Instant,
    tries: u32,
}

impl Limit {
    pub(crate) fn new(most: u32, window_millis: i64) -> Self {
        Limit { most, window_millis, windows: Mutex::default() }
    }

    /// Counts a try.
    ///
    /// # Errors
    /// There were too many: the seconds to wait.
    pub(crate) fn take(&self, key: &str, now: Instant) -> Result<(), u64> {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        windows.forget(now.millis().saturating_sub(self.window_millis));
        if let Some(window) = windows.tries.get_mut(key) {
            if window.tries >= self.most {
                return Err(self.left(window, now));
            }
            window.tries += 1;
            return Ok(());
        }
        windows.begun.push_back((now, key.to_owned()));
        windows.tries.insert(key.to_owned(), Window { since: now, tries: 1 });
        Ok(())
    }

    /// Whether one more may be tried, which is not counted.
    ///
    /// # Errors
    /// There were too many: the seconds to wait.
    pub(crate) fn look(&self, key: &str, now: Instant) -> Result<(), u64> {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        windows.forget(now.millis().saturating_sub(self.window_millis));
        match windows.tries.get(key).filter(|window| window.tries >= self.most) {
            Some(window) => Err(self.left(window, now)),
            None => Ok(()),
        }
    }

    /// How long a window lasts yet, in seconds.
    fn left(&self, window: &Window, now: Instant) -> u64 {
        let left = window.since.millis().saturating_add(self.window_millis) - now.millis();
        u64::try_from(left).unwrap_or(0).div_ceil(1000)
    }

    /// Takes one try back: it succeeded.
    pub(crate) fn give_back(&self, key: &str) {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(window) = windows.tries.get_mut(key) {
            window.tries = window.tries.saturating_sub(1);
        }
    }

    /// Forgets all tries.
    pub(crate) fn clear(&self, key: &str) {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner).tries.remove(key);
    }
}

impl Windows {
    /// Forgets windows that began then or before, and the oldest where there are too many.
    fn forget(&mut self, until: i64) {
        while let Some((since, key)) = self.begun.front() {
            if since.millis() > until && self.begun.len() < MOST_WINDOWS {
                return;
            }
            // One that was cleared may have begun anew: that window is further behind.
            if self.tries.get(key).is_some_and(|window| window.since == *since) {
                self.tries.remove(key);
            }
            self.begun.pop_front();
        }
    }
}

/// The key of a name and a network. Names are kept as hashes: whatever was typed, it is short, and nobody's.
pub(crate) fn pair(name: &str, network: Network) -> String {
    format!("{} {network}", digest(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant::clamped(seconds * 1000)
    }

    #[test]
    fn tries_are_limited_in_a_window_and_given_back() {
        let limit = Limit::new(2, MINUTE);
        assert_eq!(
            [limit.take("a", at(0)), limit.take("a", at(10)), limit.take("a", at(20))],
            [Ok(()), Ok(()), Err(40)]
        );
        assert_eq!(limit.take("b", at(20)), Ok(()));
        limit.give_back("a");
        assert_eq!(
            [limit.take("a", at(59)), limit.take("a", at(59)), limit.take("a", at(60))],
            [Ok(()), Err(1), Ok(())]
        );
        assert_eq!([limit.look("a", at(60)), limit.look("b", at(60)), limit.look("c", at(60))], [Ok(()); 3]);
        assert_eq!((limit.take("a", at(60)), limit.look("a", at(61))), (Ok(()), Err(59)));
        limit.clear("a");
        assert_eq!(
            [limit.take("a", at(60)), limit.take("a", at(60)), limit.take("a", at(60))],
            [Ok(()), Ok(()), Err(60)]
        );
    }

    #[test]
    fn the_memory_is_bounded() {
        let limit = Limit::new(1, MINUTE);
        for n in 0..2 * MOST_WINDOWS {
            assert_eq!(limit.take(&n.to_string(), at(0)), Ok(()));
            limit.clear(&(n / 2).to_string());
        }
        let windows = limit.windows.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(windows.tries.len() <= MOST_WINDOWS && windows.begun.len() <= MOST_WINDOWS);
        drop(windows);
        assert_eq!(limit.take(&(2 * MOST_WINDOWS - 1).to_string(), at(1)), Err(59));
    }
}
