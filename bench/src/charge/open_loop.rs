//! The open loop: so many operations a second, whatever becomes of those before.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::workload::{Charging, Round, Timed, Workload, gather};
use crate::figures::Result;
use crate::timing::WARM_UP;

/// How long calls last: within the warm-up, so that as many end as begin when it is over.
const TALK: Duration = Duration::from_secs(1);

impl<C: Charging> Workload<C> {
    /// Charges so many operations a second, each begun at its instant however many are under way, and timed from that instant: who
    /// comes while others are late is late too. Two seconds of warm-up come first.
    pub(crate) async fn at_rate(&self, a_second: u32, time: Duration) -> Result<Round> {
        let begun = Instant::now();
        let (warm, end) = (begun + WARM_UP, begun + WARM_UP + time);
        let (workload, runtime) = (self.clone(), Handle::current());
        // A thread of its own: timers of the runtime tick by the millisecond.
        let pacer = tokio::task::spawn_blocking(move || workload.begin_calls(a_second, (begun, end), &runtime));
        tokio::time::sleep_until(warm.into()).await;
        let processor = ProcessTime::try_now()?;
        let calls = pacer.await?;
        let processor = processor.try_elapsed()?;
        let timed = gather(calls).await?;
        let warm = timed.into_iter().filter(|(from, _)| *from >= warm).map(|(_, took)| took);
        Ok(Round::new(warm.collect(), time, processor))
    }

    /// Begins and ends calls, turn and turn about.
    fn begin_calls(
        &self,
        a_second: u32,
        (begun, end): (Instant, Instant),
        runtime: &Handle,
    ) -> JoinSet<Result<Vec<Timed>>> {
        let mut calls = JoinSet::new();
        let mut talking = VecDeque::new();
        for turn in 0.. {
            let due = begun + Duration::from_secs(1) * turn / a_second.max(1);
            if due >= end {
                break;
            }
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            if turn % 2 == 0 {
                let (hang_up, hung_up) = oneshot::channel();
                talking.push_back((due + TALK, hang_up));
                calls.spawn_on(self.clone().call(due, hung_up), runtime);
            } else if let Some((_, hang_up)) = talking.pop_front_if(|(ends, _)| *ends <= due) {
                // Nobody is told where the call has failed already: that is told at the end.
                let _ = hang_up.send(due);
            }
        }
        calls
    }

    /// One call from its authorization at an instant to its settlement when it is hung up; a call that is never hung up is settled,
    /// and not counted.
    async fn call(self, due: Instant, hung_up: oneshot::Receiver<Instant>) -> Result<Vec<Timed>> {
        let (account, number) = self.next_call();
        let session = self.charging.authorize(account, number).await?;
        let mut timed = vec![(due, due.elapsed())];
        let hung_up = hung_up.await.ok();
        self.charging.settle(session).await?;
        timed.extend(hung_up.map(|due| (due, due.elapsed())));
        Ok(timed)
    }
}
