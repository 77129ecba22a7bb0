use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use domain::time::Instant;
use futures::future::BoxFuture;
use tokio::sync::watch;

/// The one clock. Every lease, time-out and schedule obeys it.
pub trait Clock: Send + Sync + 'static {
    /// The present instant.
    fn now(&self) -> Instant;
    /// Waits until the clock shows the instant, or later.
    fn sleep_until(&self, at: Instant) -> BoxFuture<'static, ()>;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Instant::clamped(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn sleep_until(&self, at: Instant) -> BoxFuture<'static, ()> {
        let millis = at.millis_since(self.now());
        Box::pin(tokio::time::sleep(Duration::from_millis(u64::try_from(millis).unwrap_or(0))))
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug, Clone)]
pub struct TestClock(Arc<watch::Sender<Instant>>);

impl TestClock {
    /// A clock that shows this instant.
    #[must_use]
    pub fn at(now: Instant) -> Self {
        TestClock(Arc::new(watch::Sender::new(now)))
    }

    /// Moves the clock. It never goes back: an earlier instant changes nothing.
    pub fn move_to(&self, at: Instant) {
        self.0.send_if_modified(|now| {
            let later = at > *now;
            *now = (*now).max(at);
            later
        });
    }
}

impl Clock for TestClock {
    fn now(&self) -> Instant {
        *self.0.borrow()
    }

    fn sleep_until(&self, at: Instant) -> BoxFuture<'static, ()> {
        let mut shown = self.0.subscribe();
        Box::pin(async move {
            // The sender lives as long as the clock; without a clock nobody waits any more.
            let _ = shown.wait_for(|now| *now >= at).await;
        })
    }
}
