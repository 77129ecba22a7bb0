use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use domain::roster::TimeOfDay;
use domain::time::Instant;
use storage::jobs::Wanted;
use tokio::sync::Mutex;
use tokio::task::{Id, JoinSet};
use tokio::time::{sleep, timeout};

use super::attempt::{Attempt, LEASE, later};
use super::midnights::Midnights;
use super::{Handler, Job};
use crate::Engine;
use crate::ids::new_id;
use crate::tenants::TenantError;

/// How often to look for jobs that another program has written.
const POLL: Duration = Duration::from_secs(2);
/// The longest pause between two looks while the database is away.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How long jobs under way may take when the program is to end, where nothing else is said.
const GRACE: Duration = Duration::from_secs(10);

/// Runs the jobs of all tenants. Any number of runners, in one program or in several, may serve one database.
pub struct Runner {
    engine: Engine,
    /// Its name, which no other runner has nor ever had.
    worker: Arc<str>,
    kinds: Vec<Kind>,
    midnights: Mutex<Midnights>,
    grace: Duration,
}

struct Kind {
    name: &'static str,
    handler: Arc<dyn Handler>,
    /// How many of them run at once.
    at_once: usize,
}

/// The jobs under way, by their tasks.
#[derive(Default)]
struct UnderWay {
    tasks: JoinSet<()>,
    jobs: HashMap<Id, Arc<Job>>,
}

impl Runner {
    /// A runner that does nothing yet. The name tells it from others in the lists of who works on what.
    #[must_use]
    pub fn new(engine: Engine, name: &str) -> Self {
        let worker = new_id(name, engine.clock().now()).into();
        Runner { engine, worker, kinds: Vec::new(), midnights: Mutex::default(), grace: GRACE }
    }

    /// Does jobs of this kind, so many at once.
    #[must_use]
    pub fn handle(mut self, kind: &'static str, handler: Arc<dyn Handler>, at_once: usize) -> Self {
        self.kinds.push(Kind { name: kind, handler, at_once });
        self
    }

    /// Does jobs of this kind, and writes one for each tenant when a new day has begun there. Its key is the kind and the local
    /// date, its payload `{"date": "2026-03-02"}`. Of several midnights that were missed only the last has one: the
    /// handler does what is due from before, too.
    #[must_use]
    pub fn daily(mut self, kind: &'static str, handler: Arc<dyn Handler>, at_once: usize) -> Self {
        self.midnights.get_mut().add(kind, None);
        self.handle(kind, handler, at_once)
    }

    /// The same at a time of the day there.
    #[must_use]
    pub fn daily_at(mut self, at: TimeOfDay, kind: &'static str, handler: Arc<dyn Handler>, at_once: usize) -> Self {
        self.midnights.get_mut().add(kind, Some(at));
        self.handle(kind, handler, at_once)
    }

    /// How long jobs under way may take when the runner is to end: 10 seconds, where nothing is said.
    #[must_use]
    pub fn grace(self, grace: Duration) -> Self {
        Runner { grace, ..self }
    }

    /// Runs jobs when they are due, until the shutdown. Then it waits for those under way and gives back what takes too long.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) {
        let mut shutdown = pin!(shutdown);
        let mut under_way = UnderWay::default();
        let mut pause = None;
        loop {
            let wake = match self.start_due(&mut under_way).await {
                Ok(next) => {
                    if pause.take().is_some() {
                        tracing::info!("the database answers again: jobs go on");
                    }
                    futures::future::Either::Left(self.woken(next))
                }
                Err(error) => {
                    if pause.is_none() {
                        tracing::error!("no jobs can be run: {error}");
                    }
                    let next = pause.map_or(Duration::from_secs(1), |last: Duration| (2 * last).min(LONGEST_PAUSE));
                    pause = Some(next);
                    futures::future::Either::Right(sleep(next))
                }
            };
            tokio::select! {
                () = &mut shutdown => break,
                () = under_way.one_ended(), if !under_way.jobs.is_empty() && pause.is_none() => {}
                () = wake => {}
            }
        }
        self.wind_up(under_way).await;
    }

    /// Runs everything that is due now, and what that makes due, until nothing is: how many jobs it ran.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn run_due(&self) -> Result<usize, TenantError> {
        self.midnights.lock().await.forget();
        let mut under_way = UnderWay::default();
        let mut ran = 0;
        loop {
            self.start_due(&mut under_way).await?;
            if under_way.jobs.is_empty() {
                return Ok(ran);
            }
            under_way.one_ended().await;
            ran += 1;
        }
    }

    /// Starts what is due, as far as there is room; answers when something will be due next.
    async fn start_due(&self, under_way: &mut UnderWay) -> Result<Option<Instant>, TenantError> {
        let mut next = self.midnights.lock().await.pass(&self.engine).await?;
        let now = self.engine.clock().now();
        for kind in &self.kinds {
            // What is claimed may be all that was looked for, but not all that is due.
            while let Some(due_at) = self.next_due(kind, under_way).await? {
                if due_at > now {
                    next = Some(next.map_or(due_at, |next| next.min(due_at)));
                    break;
                }
                if !self.start(kind, under_way).await? {
                    break;
                }
            }
        }
        Ok(next)
    }

    /// When the first job of this kind is due, if there is room for it.
    async fn next_due(&self, kind: &Kind, under_way: &UnderWay) -> Result<Option<Instant>, storage::Error> {
        let except = under_way.ids(kind);
        let wanted = Wanted { kind: kind.name, except: &except, limit: room(kind, &except) };
        if wanted.limit == 0 {
            return Ok(None);
        }
        let mut tx = self.engine.store().read().await?;
        Ok(storage::jobs::next_due(&mut tx, wanted).await?.map(Instant::clamped))
    }

    /// Takes due jobs of this kind and starts them; whether there were any. On PostgreSQL another worker may just be taking them.
    async fn start(&self, kind: &Kind, under_way: &mut UnderWay) -> Result<bool, storage::Error> {
        let except = under_way.ids(kind);
        let wanted = Wanted { kind: kind.name, except: &except, limit: room(kind, &except) };
        let now = self.engine.clock().now();
        let mut tx = self.engine.store().write().await?;
        let until = later(now, LEASE).millis();
        let claimed = storage::jobs::claim(&mut tx, wanted, &self.worker, now.millis(), until).await?;
        tx.commit().await?;
        let found = !claimed.is_empty();
        for job in claimed.into_iter().map(Job::of) {
            let job = Arc::new(job);
            let task = under_way.tasks.spawn(self.attempt(kind, &job).run());
            under_way.jobs.insert(task.id(), job);
        }
        Ok(found)
    }

    fn attempt(&self, kind: &Kind, job: &Arc<Job>) -> Attempt {
        Attempt {
            engine: self.engine.clone(),
            handler: kind.handler.clone(),
            worker: self.worker.clone(),
            job: job.clone(),
        }
    }

    /// Ready when the next job is due, jobs were written here, or may have been elsewhere.
    async fn woken(&self, next: Option<Instant>) {
        let due = async {
            match next {
                Some(next) => self.engine.clock().sleep_until(next).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = due => {}
            () = self.engine.jobs_written() => {}
            () = sleep(POLL) => {}
        }
    }

    async fn wind_up(&self, mut under_way: UnderWay) {
        let all_ended = async {
            while !under_way.jobs.is_empty() {
                under_way.one_ended().await;
            }
        };
        if timeout(self.grace, all_ended).await.is_ok() {
            return;
        }
        under_way.tasks.shutdown().await;
        for job in under_way.jobs.values() {
            let Some(kind) = self.kinds.iter().find(|kind| kind.name == job.kind) else { continue };
            if let Err(error) = self.attempt(kind, job).give_back().await {
                tracing::warn!(
                    job = job.id,
                    "a job was broken off, and is taken up again when its lease ends: {error}"
                );
            }
        }
    }
}

/// How many more of a kind may run.
fn room(kind: &Kind, running: &[&str]) -> i64 {
    i64::try_from(kind.at_once.saturating_sub(running.len())).unwrap_or(i64::MAX)
}

impl UnderWay {
    /// Those of a kind.
    fn ids(&self, kind: &Kind) -> Vec<&str> {
        self.jobs.values().filter(|job| job.kind == kind.name).map(|job| job.id.as_str()).collect()
    }

    /// Ready when one has ended; at once if there is none.
    async fn one_ended(&mut self) {
        let task = match self.tasks.join_next_with_id().await {
            Some(Ok((task, ()))) => task,
            Some(Err(fault)) => fault.id(),
            None => return,
        };
        self.jobs.remove(&task);
    }
}
