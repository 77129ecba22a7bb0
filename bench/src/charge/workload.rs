//! The work: calls are authorized and settled, as many at once as asked for.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use tokio::task::JoinSet;

use super::accounts::Accounts;
use crate::figures::Result;
use crate::latencies::Latencies;
use crate::timing::Pace;

/// What charges calls. Each call is two operations.
pub(crate) trait Charging: Send + Sync + 'static {
    /// What is known of a call that was authorized.
    type Session: Send;

    /// Authorizes the call of this number, of the account at this place.
    fn authorize(&self, account: usize, number: u64) -> impl Future<Output = Result<Self::Session>> + Send;

    /// Settles the call.
    fn settle(&self, session: Self::Session) -> impl Future<Output = Result<()>> + Send;
}

/// Calls to be charged, each number once.
pub(crate) struct Workload<C> {
    pub(super) charging: Arc<C>,
    accounts: Arc<Accounts>,
    next: Arc<AtomicU64>,
}

/// What was done in some time.
#[derive(Debug, Clone)]
pub(crate) struct Round {
    pub(crate) pace: Pace,
    pub(crate) latencies: Latencies,
    /// The processor time of this process.
    pub(crate) processor: Duration,
}

/// From when on an operation is timed, and how long it took.
pub(super) type Timed = (Instant, Duration);

impl<C> Clone for Workload<C> {
    fn clone(&self) -> Self {
        Workload { charging: self.charging.clone(), accounts: self.accounts.clone(), next: self.next.clone() }
    }
}

impl<C: Charging> Workload<C> {
    pub(crate) fn new(charging: C, accounts: Accounts) -> Self {
        Workload { charging: Arc::new(charging), accounts: Arc::new(accounts), next: Arc::default() }
    }

    /// Has the numbers of the calls begin there.
    pub(super) fn begin_at(&self, number: u64) {
        self.next.store(number, Ordering::Relaxed);
    }

    /// The account and the number of a call that nobody has made.
    pub(super) fn next_call(&self) -> (usize, u64) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        (self.accounts.of_call(number), number)
    }

    /// Charges as fast as it goes, with so many operations in flight. Warming up is another round.
    pub(crate) async fn saturate(&self, in_flight: usize, time: Duration) -> Result<Round> {
        let processor = ProcessTime::try_now()?;
        let begun = Instant::now();
        let end = begun + time;
        let mut workers = JoinSet::new();
        for _ in 0..in_flight {
            workers.spawn(self.clone().work_until(end));
        }
        let timed = gather(workers).await?;
        let in_time = timed.into_iter().filter(|(from, took)| *from + *took <= end).map(|(_, took)| took);
        Ok(Round::new(in_time.collect(), time, processor.try_elapsed()?))
    }

    /// Charges call after call; the last one is settled too.
    async fn work_until(self, end: Instant) -> Result<Vec<Timed>> {
        let mut timed = Vec::new();
        while Instant::now() < end {
            let (account, number) = self.next_call();
            let begun = Instant::now();
            let session = self.charging.authorize(account, number).await?;
            let authorized = Instant::now();
            self.charging.settle(session).await?;
            timed.extend([(begun, authorized - begun), (authorized, authorized.elapsed())]);
        }
        Ok(timed)
    }
}

impl Round {
    pub(super) fn new(latencies: Vec<Duration>, time: Duration, processor: Duration) -> Round {
        let latencies = Latencies::of(latencies);
        Round { pace: Pace::new(latencies.count(), time), latencies, processor }
    }
}

pub(super) async fn gather(mut tasks: JoinSet<Result<Vec<Timed>>>) -> Result<Vec<Timed>> {
    let mut all = Vec::new();
    while let Some(timed) = tasks.join_next().await {
        all.extend(timed??);
    }
    Ok(all)
}
