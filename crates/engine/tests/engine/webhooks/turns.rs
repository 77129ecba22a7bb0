//! Whose turn it is: who is slow holds up nobody else.

use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::time::Duration;

use engine::Clock;
use engine::jobs::{Job, JobState, page};
use engine::webhooks::DeliveryState;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;

use super::*;
use crate::world::on_both;

/// Answers at once, but for addresses with `slow` in them: these wait for a permit.
struct Slow {
    gate: Semaphore,
    /// What the slow ones answer.
    status: AtomicU16,
    inside: AtomicUsize,
    quick: AtomicUsize,
}

impl Slow {
    fn new() -> Arc<Slow> {
        let (gate, status) = (Semaphore::new(0), AtomicU16::new(500));
        Arc::new(Slow { gate, status, inside: AtomicUsize::new(0), quick: AtomicUsize::new(0) })
    }

    fn inside(&self) -> usize {
        self.inside.load(Ordering::SeqCst)
    }

    fn quick(&self) -> usize {
        self.quick.load(Ordering::SeqCst)
    }
}

impl Courier for Slow {
    fn check<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async { Ok(()) })
    }

    fn send<'a>(&'a self, parcel: &'a Parcel) -> BoxFuture<'a, Result<Answer, String>> {
        Box::pin(async move {
            if !parcel.url.contains("slow") {
                self.quick.fetch_add(1, Ordering::SeqCst);
                return Ok(Answer { status: 200, text: String::new() });
            }
            self.inside.fetch_add(1, Ordering::SeqCst);
            self.gate.acquire().await.unwrap().forget();
            self.inside.fetch_sub(1, Ordering::SeqCst);
            Ok(Answer { status: self.status.load(Ordering::SeqCst), text: String::new() })
        })
    }
}

/// A runner at work, and how to end it.
struct Running(oneshot::Sender<()>, JoinHandle<()>);

impl Running {
    fn start(world: &World, courier: &Arc<Slow>, at_once: usize) -> Running {
        let telling = Arc::new(Telling::new(courier.clone()));
        let runner = Runner::new(world.engine.clone(), "test").handle(WEBHOOKS, telling, at_once);
        let (end, ended) = oneshot::channel::<()>();
        Running(end, tokio::spawn(runner.grace(Duration::ZERO).run(async { ended.await.unwrap() })))
    }

    async fn end(self) {
        self.0.send(()).unwrap();
        self.1.await.unwrap();
    }
}

/// Waits, some seconds at most.
async fn until(what: &str, mut there: impl AsyncFnMut() -> bool) {
    for _ in 0..2000 {
        if there().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{what}: waited in vain");
}

async fn jobs(world: &World, state: JobState) -> Vec<Job> {
    page(&mut world.view().await, Some(state), None, 1000).await.unwrap()
}

async fn raise_many(world: &World, count: usize) {
    let events: Vec<HookEvent> = (0..count).map(|n| event(HookKind::CallEnded, &format!("call_{n}"))).collect();
    raise(world, &events).await;
}

fn wait(world: &World, millis: i64) {
    world.clock.move_to(world.clock.now().plus_millis(millis).unwrap());
}

#[tokio::test]
async fn a_webhook_that_hangs_holds_up_no_other_and_one_that_fails_is_tried_by_one_at_a_time() {
    on_both(async |world: World| {
        let (courier, other) = (Slow::new(), world.neighbour().await);
        let (hook, _) = webhook(&world, "https://slow.example.org/", &[HookKind::CallEnded]).await;
        webhook(&other, "https://quick.example.org/", &[HookKind::CallEnded]).await;
        raise_many(&world, 20).await;
        raise_many(&other, 1).await;
        let running = Running::start(&world, &courier, 8);
        until("the quick one", async || courier.quick() == 1).await;
        until("those that wait", async || jobs(&world, JobState::Waiting).await.len() == 16).await;
        assert_eq!(courier.inside(), 4);
        let waiting = jobs(&world, JobState::Waiting).await;
        assert!(waiting.iter().all(|job| job.attempts == 0 && job.last_error.is_none()), "{waiting:?}");
        let mut waits: Vec<i64> =
            waiting.iter().map(|job| job.due_at.unwrap().millis_since(world.clock.now())).collect();
        waits.sort_unstable();
        assert_eq!(waits, (0..16).map(|n| 1000 + 20 * n).collect::<Vec<i64>>(), "they do not come back all at once");

        courier.gate.add_permits(4);
        until("the failures", async || jobs(&world, JobState::Waiting).await.len() == 20).await;
        assert!(get(&world, &hook).await.failing_since.is_some());
        wait(&world, 10_000);
        until("one more", async || courier.inside() == 1).await;
        until("those that wait", async || jobs(&world, JobState::Waiting).await.len() == 19).await;
        assert_eq!(courier.inside(), 1, "it fails");

        courier.status.store(200, Ordering::SeqCst);
        courier.gate.add_permits(20);
        until("all", async || {
            wait(&world, 2000);
            deliveries(&world, &hook).await.iter().all(|delivery| delivery.state == DeliveryState::Delivered)
        })
        .await;
        let tries = deliveries(&world, &hook).await.iter().map(|delivery| delivery.attempts.len()).sum::<usize>();
        assert_eq!(tries, 24, "a delivery that waited for its turn was not tried");
        running.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_tenant_whose_webhooks_all_hang_holds_up_no_other() {
    on_both(async |world: World| {
        let (courier, other) = (Slow::new(), world.neighbour().await);
        for _ in 0..20 {
            webhook(&world, "https://slow.example.org/", &[HookKind::CallEnded]).await;
        }
        webhook(&other, "https://quick.example.org/", &[HookKind::CallEnded]).await;
        raise_many(&world, 2).await;
        raise_many(&other, 1).await;
        let running = Running::start(&world, &courier, 12);
        until("the quick one", async || courier.quick() == 1).await;
        until("those that wait", async || jobs(&world, JobState::Waiting).await.len() == 32).await;
        assert_eq!(courier.inside(), 8);
        running.end().await;
    })
    .await;
}
