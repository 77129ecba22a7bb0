use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::time::{Instant, Zone};
use engine::idempotency::{self, Answer, Claim};
use engine::jobs::{self, Handler, Job, JobFailure, JobState, JobsError, NewJob, Retention, Runner, enqueue};
use engine::{Clock, Engine};
use futures::future::BoxFuture;
use tokio::sync::{Semaphore, oneshot};

use crate::databases;
use crate::world::{World, at, on_both};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// What a job is to end in.
#[derive(Clone, Copy)]
enum End {
    Done,
    Retry,
    GiveUp,
    Panic,
}

/// Writes down when it is asked to do what, and ends each job alike; where it has a gate, it waits for a permit before.
struct Recorder {
    end: End,
    seen: Mutex<Vec<(Instant, String)>>,
    gate: Option<Semaphore>,
    inside: AtomicUsize,
    most_inside: AtomicUsize,
}

impl Recorder {
    fn that(end: End) -> Arc<Recorder> {
        Arc::new(Recorder::behind(end, None))
    }

    fn behind(end: End, gate: Option<Semaphore>) -> Recorder {
        Recorder { end, seen: Mutex::default(), gate, inside: AtomicUsize::new(0), most_inside: AtomicUsize::new(0) }
    }

    fn gated() -> Arc<Recorder> {
        Arc::new(Recorder::behind(End::Done, Some(Semaphore::new(0))))
    }

    fn keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = self.seen.lock().unwrap().iter().map(|(_, key)| key.clone()).collect();
        keys.sort();
        keys
    }

    /// Waits, some seconds at most, until so many jobs have come.
    async fn comes_to(&self, count: usize) {
        for _ in 0..1000 {
            if self.keys().len() >= count {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(self.keys().len(), count);
    }
}

impl Handler for Recorder {
    fn run<'a>(&'a self, engine: &'a Engine, job: &'a Job) -> BoxFuture<'a, Result<Option<String>, JobFailure>> {
        self.seen.lock().unwrap().push((engine.clock().now(), job.key.clone()));
        Box::pin(async move {
            let inside = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
            self.most_inside.fetch_max(inside, Ordering::SeqCst);
            tokio::task::yield_now().await;
            if let Some(gate) = &self.gate {
                gate.acquire().await.unwrap().forget();
            }
            self.inside.fetch_sub(1, Ordering::SeqCst);
            match self.end {
                End::Done => Ok(Some("sent".into())),
                End::Retry => Err(JobFailure::Retry("the server is away\0".into())),
                End::GiveUp => Err(JobFailure::GiveUp("no such address".into())),
                End::Panic => panic!("no price for {}", job.key),
            }
        })
    }
}

fn job(key: &str, run_at: Instant) -> NewJob {
    NewJob { kind: "deliver", key: key.into(), payload: "{}".into(), run_at }
}

impl World {
    fn runner(&self, handler: &Arc<Recorder>) -> Runner {
        Runner::new(self.engine.clone(), "test").handle("deliver", handler.clone(), 2)
    }

    async fn enqueue(&self, jobs: &[NewJob]) {
        self.run(async |work| enqueue(work, jobs).await).await.unwrap();
    }

    async fn jobs(&self, filter: Option<JobState>) -> Vec<Job> {
        jobs::page(&mut self.view().await, filter, None, 1000).await.unwrap()
    }

    fn later(&self, millis: i64) -> Instant {
        self.clock.now().plus_millis(millis).unwrap()
    }
}

/// Runs a runner beside some work, and has it end afterwards.
async fn beside<T>(runner: Runner, work: impl Future<Output = T>) -> T {
    let (end, ended) = oneshot::channel::<()>();
    let running = tokio::spawn(runner.run(async { ended.await.unwrap() }));
    let done = work.await;
    end.send(()).unwrap();
    running.await.unwrap();
    done
}

#[tokio::test]
async fn a_job_is_there_if_and_only_if_its_cause_is_and_is_done_once() {
    on_both(async |world: World| {
        let recorder = Recorder::that(End::Done);
        let runner = world.runner(&recorder);
        let now = world.clock.now();
        let mut undone = world.work().await;
        enqueue(&mut undone, &[job("a", now)]).await.unwrap();
        drop(undone);
        assert_eq!(runner.run_due().await.unwrap(), 0);
        let many: Vec<NewJob> = (0..50).map(|n| job(&format!("{n:02}"), now)).collect();
        world.enqueue(&many).await;
        world.enqueue(&many[10..20]).await;
        world.enqueue(&[job("later", world.later(1))]).await;
        world.neighbour().await.enqueue(&many[..1]).await;
        assert_eq!(runner.run_due().await.unwrap(), 51);
        assert_eq!(runner.run_due().await.unwrap(), 0);
        assert_eq!(recorder.keys()[..3], ["00", "00", "01"]);
        assert_eq!(recorder.most_inside.load(Ordering::SeqCst), 2, "no more than two at once, and no less");
        let waiting = world.jobs(Some(JobState::Waiting)).await;
        assert_eq!(waiting.iter().map(|job| job.key.as_str()).collect::<Vec<_>>(), ["later"]);
        assert_eq!(world.jobs(Some(JobState::Done)).await.len(), 50);
        assert_eq!(world.jobs(None).await.len(), 51);
        world.clock.move_to(world.later(1));
        assert_eq!(runner.run_due().await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_fails_is_tried_again_at_longer_and_longer_intervals_for_three_days() {
    on_both(async |world: World| {
        for (end, reason) in
            [(End::Retry, "the server is away "), (End::Panic, "the program has a fault: no price for Panic")]
        {
            let key = if matches!(end, End::Retry) { "Retry" } else { "Panic" };
            let recorder = Recorder::that(end);
            let runner = world.runner(&recorder);
            world.enqueue(&[job(key, world.clock.now())]).await;
            while runner.run_due().await.unwrap() > 0 {
                let pending = world.jobs(Some(JobState::Waiting)).await;
                let Some(next) = pending.iter().find(|job| job.key == key) else { break };
                assert_eq!((next.state, next.last_error.as_deref()), (JobState::Waiting, Some(reason)));
                let due_at = next.due_at.unwrap();
                world.clock.move_to(due_at.plus_millis(-1).unwrap());
                assert_eq!(runner.run_due().await.unwrap(), 0, "not before its time");
                world.clock.move_to(due_at);
            }
            let seen = recorder.seen.lock().unwrap().clone();
            let pauses: Vec<i64> = seen.windows(2).map(|pair| pair[1].0.millis_since(pair[0].0) / MINUTE).collect();
            assert_eq!(pauses, [&[1, 5, 30, 120][..], &[360; 11]].concat());
            let failed = world.jobs(Some(JobState::Failed)).await.into_iter().find(|job| job.key == key).unwrap();
            let expected = (JobState::Failed, 16, Some(reason), Some(seen.last().unwrap().0));
            let Job { state, attempts, last_error, finished_at, .. } = &failed;
            assert_eq!((*state, *attempts, last_error.as_deref(), *finished_at), expected);
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_given_up_or_waits_is_run_again_on_demand() {
    on_both(async |world: World| {
        let refused = Recorder::that(End::GiveUp);
        let runner = world.runner(&refused);
        world.enqueue(&[job("a", world.clock.now()), job("b", world.later(DAY))]).await;
        assert_eq!(runner.run_due().await.unwrap(), 1);
        let [b, a] = &world.jobs(None).await[..] else { panic!("two jobs") };
        assert_eq!((a.state, a.attempts, a.last_error.as_deref()), (JobState::Failed, 1, Some("no such address")));
        world.clock.move_to(world.later(MINUTE));
        let again = world.run(async |work| jobs::run_again(work, &a.id).await).await.unwrap();
        assert_eq!((again.state, again.attempts, again.due_at), (JobState::Waiting, 0, Some(world.clock.now())));
        assert_eq!(again.last_error, a.last_error, "until it is known better");
        world.run(async |work| jobs::run_again(work, &b.id).await).await.unwrap();
        assert_eq!(world.changes(&a.id).await[0].action, "job.run_again");

        let gated = Recorder::gated();
        beside(world.runner(&gated), async {
            gated.comes_to(2).await;
            assert_eq!(world.jobs(Some(JobState::Running)).await.len(), 2);
            assert_eq!(world.jobs(Some(JobState::Waiting)).await, []);
            let running = world.run(async |work| jobs::run_again(work, &a.id).await).await;
            assert!(matches!(running, Err(JobsError::Running(id)) if id == a.id));
            gated.gate.as_ref().unwrap().add_permits(2);
        })
        .await;
        let [b, a] = &world.jobs(None).await[..] else { panic!("two jobs") };
        assert_eq!([(a.state, &a.last_error), (b.state, &b.last_error)], [(JobState::Done, &None); 2]);
        assert_eq!(a.outcome.as_deref(), Some("sent"));
        let done = world.run(async |work| jobs::run_again(work, &a.id).await).await;
        assert!(matches!(done, Err(JobsError::Done(id)) if id == a.id));
        for (tenant, id) in [(&world, "job_none"), (&world.neighbour().await, a.id.as_str())] {
            let unknown = tenant.run(async |work| jobs::run_again(work, id).await).await;
            assert!(matches!(unknown, Err(JobsError::NotFound(_))), "{id}");
        }
        assert_eq!(world.changes(&a.id).await.len(), 1, "what was refused is not told");
    })
    .await;
}

#[tokio::test]
async fn each_local_midnight_has_one_job_however_many_run_and_only_the_last_one_missed() {
    on_both(async |world: World| {
        let neighbour = world.neighbour().await;
        neighbour.settings(|settings| settings.time_zone = Zone::named("America/New_York").unwrap()).await;
        // The world's clock shows 09:00 UTC on 2 March; in New York clocks are put forward on the 8th.
        let recorder = Recorder::that(End::Done);
        let runner = || Runner::new(world.engine.clone(), "test").daily("bill_run", recorder.clone(), 1);
        let (one, other) = (runner(), runner());
        let mut expected = Vec::new();
        for (now, new) in [
            ("2026-03-02T09:00:00Z", &["02", "02"][..]),
            ("2026-03-02T23:59:59.999Z", &[]),
            ("2026-03-03T00:00:00Z", &["03"]),
            ("2026-03-03T04:59:59Z", &[]),
            ("2026-03-03T05:00:00Z", &["03"]),
            ("2026-03-09T03:59:59Z", &["08", "09"]),
            ("2026-03-09T04:00:00Z", &["09"]),
        ] {
            world.clock.move_to(at(now));
            let (ran, also_ran) = tokio::join!(one.run_due(), other.run_due());
            assert_eq!(ran.unwrap() + also_ran.unwrap(), new.len(), "{now}");
            expected.extend(new.iter().map(|day| format!("bill_run/2026-03-{day}")));
            expected.sort();
            assert_eq!(recorder.keys(), expected, "{now}");
        }
        assert_eq!(runner().run_due().await.unwrap(), 0, "nor does one that starts on the same day");
        let last = &neighbour.jobs(None).await[0];
        assert_eq!(
            (last.key.as_str(), last.payload.as_str()),
            ("bill_run/2026-03-09", ""),
            "what is done says no more"
        );
    })
    .await;
}

#[tokio::test]
async fn a_runner_wakes_when_its_clock_is_moved_and_when_jobs_are_written() {
    on_both(async |world: World| {
        let recorder = Recorder::that(End::Done);
        let runner = world.runner(&recorder).daily("bill_run", recorder.clone(), 1);
        beside(runner, async {
            recorder.comes_to(1).await;
            // Less than the pause between two looks of its own.
            for n in 0..3 {
                world
                    .enqueue(&[
                        job(&format!("now {n}"), world.clock.now()),
                        job(&format!("later {n}"), world.later(DAY)),
                    ])
                    .await;
                let soon = tokio::time::timeout(Duration::from_millis(1800), recorder.comes_to(3 * n + 2));
                soon.await.expect("what is written is run");
                world.clock.move_to(world.later(DAY));
                let soon = tokio::time::timeout(Duration::from_millis(1800), recorder.comes_to(3 * n + 4));
                soon.await.expect("what has fallen due is run, and the new day's");
            }
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_job_that_takes_longer_than_its_lease_is_not_taken_twice() {
    on_both(async |world: World| {
        let gated = Recorder::gated();
        world.enqueue(&[job("a", world.clock.now())]).await;
        beside(world.runner(&gated), async {
            gated.comes_to(1).await;
            for _ in 0..3 {
                world.clock.move_to(world.later(DAY));
                // The lease is renewed by then, so that another runner leaves the job alone, too.
                tokio::time::sleep(Duration::from_millis(300)).await;
                let other = Recorder::that(End::Done);
                assert_eq!(world.runner(&other).run_due().await.unwrap(), 0);
            }
            gated.gate.as_ref().unwrap().add_permits(1);
        })
        .await;
        assert_eq!(gated.keys(), ["a"]);
        assert_eq!(world.jobs(None).await[0].state, JobState::Done);
    })
    .await;
}

#[tokio::test]
async fn a_runner_that_ends_waits_for_its_jobs_and_gives_back_what_takes_too_long() {
    on_both(async |world: World| {
        let gated = Recorder::gated();
        let now = world.clock.now();
        world.enqueue(&[job("a", now), job("b", now), job("c", now)]).await;
        let (end, ended) = oneshot::channel::<()>();
        let runner = world.runner(&gated).grace(Duration::from_millis(500));
        let running = tokio::spawn(runner.run(async { ended.await.unwrap() }));
        gated.comes_to(2).await;
        end.send(()).unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        gated.gate.as_ref().unwrap().add_permits(1);
        running.await.unwrap();
        assert_eq!(gated.keys().len(), 2, "a third was not begun");
        let all = world.jobs(None).await;
        assert_eq!(all.iter().filter(|job| job.state == JobState::Done).count(), 1);
        let rest: Vec<_> = all.iter().filter(|job| job.state == JobState::Waiting).collect();
        assert_eq!(rest.len(), 2, "nothing is leased any more: {all:?}");
        assert!(rest.iter().all(|job| job.attempts == 0 && job.due_at == Some(now)), "as though nobody had begun them");
        assert_eq!(world.runner(&Recorder::that(End::Done)).run_due().await.unwrap(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_database_that_was_away_is_served_again() {
    let address = databases::fresh_postgres().await;
    let store = storage::Store::open(&address).await.unwrap();
    store.migrate().await.unwrap();
    let world = World::founded(store).await;
    let (server, name) = address.rsplit_once('/').unwrap();
    let server = format!("{server}/postgres");
    let recorder = Recorder::that(End::Done);
    beside(world.runner(&recorder), async {
        world.enqueue(&[job("a", world.clock.now())]).await;
        recorder.comes_to(1).await;
        databases::execute(&server, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;
        let cut = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
        databases::execute(&server, &cut).await;
        assert!(world.engine.begin(&world.actor).await.is_err(), "it is away");
        tokio::time::sleep(Duration::from_secs(3)).await;
        databases::execute(&server, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await;
        world.enqueue(&[job("b", world.clock.now())]).await;
        tokio::time::timeout(Duration::from_secs(20), async {
            while recorder.keys().len() < 2 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
        .await
        .expect("jobs go on");
    })
    .await;
    world.engine.store().close().await;
    databases::drop_postgres(&address).await;
}

#[tokio::test]
async fn what_is_old_is_forgotten_every_day() {
    on_both(async |world: World| {
        let recorder = Recorder::that(End::Done);
        let runner = world.runner(&recorder).daily(Retention::KIND, Arc::new(Retention), 1);
        let claim = Claim { key: "k".into(), fingerprint: "f".into() };
        let answered = async || {
            let mut work = world.work().await;
            idempotency::claim(&mut work, &claim).await.unwrap()
        };
        world
            .run(async |work| {
                idempotency::claim(work, &claim).await?;
                idempotency::keep(work, &claim, &Answer { status: 200, body: "{}".into() }).await
            })
            .await
            .unwrap();
        let now = world.clock.now();
        let many: Vec<NewJob> = (0..700).map(|n| job(&format!("{n}"), now)).collect();
        let quick = Runner::new(world.engine.clone(), "test").handle("deliver", recorder.clone(), 1000);
        world.enqueue(&many).await;
        quick.run_due().await.unwrap();
        for (days, jobs_left, answer_left) in
            [(1, 700, true), (2, 700, true), (3, 700, false), (30, 700, false), (31, 0, false)]
        {
            world.clock.move_to(now.plus_millis(days * DAY).unwrap());
            runner.run_due().await.unwrap();
            let left = world.jobs(Some(JobState::Done)).await;
            let is_kept = matches!(answered().await, idempotency::Claimed::Done(_));
            assert_eq!(is_kept, answer_left, "after {days} days");
            let delivered = left.iter().filter(|job| job.kind == "deliver").count();
            assert_eq!(delivered, jobs_left, "after {days} days");
        }
    })
    .await;
}
