use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use domain::allowance::Allowances;
use domain::rating::{Sources, Talk, price_source, rate_call};
use engine::{Actor, Engine, prices};
use tokio::runtime::Handle;

use crate::figures::Result;

/// A thread that rates one call after the other by the deck version in force, as the engine has it, and notes how long it ever
/// waits between two.
pub(super) struct Bystander {
    shared: Arc<Shared>,
    thread: JoinHandle<Result<()>>,
}

struct Shared {
    /// The deck version in force.
    version: Mutex<String>,
    /// How many versions there have been.
    switches: AtomicU64,
    /// The switch by whose version the last call was rated.
    rated_by: AtomicU64,
    rated: AtomicU64,
    longest_gap_nanos: AtomicU64,
    ended: AtomicBool,
}

impl Bystander {
    /// Begins to rate calls to these numbers by the deck version.
    pub(super) fn begin(engine: Engine, actor: Actor, calls: Vec<(String, Talk)>, version: &str) -> Bystander {
        let shared = Arc::new(Shared {
            version: Mutex::new(version.to_owned()),
            switches: AtomicU64::new(1),
            rated_by: AtomicU64::new(0),
            rated: AtomicU64::new(0),
            longest_gap_nanos: AtomicU64::new(0),
            ended: AtomicBool::new(false),
        });
        let (own, runtime) = (shared.clone(), Handle::current());
        let thread = std::thread::spawn(move || runtime.block_on(rate(&engine, &actor, &calls, &own)));
        Bystander { shared, thread }
    }

    /// Puts another version in force, and waits until a call has been rated by it.
    pub(super) async fn switch_to(&self, version: &str) {
        version.clone_into(&mut self.shared.version.lock().unwrap_or_else(PoisonError::into_inner));
        let switch = self.shared.switches.fetch_add(1, Ordering::Release) + 1;
        while self.shared.rated_by.load(Ordering::Acquire) < switch && !self.thread.is_finished() {
            tokio::time::sleep(Duration::from_micros(100)).await;
        }
    }

    /// The longest gap between two ratings since it was last asked for.
    pub(super) fn take_longest_gap(&self) -> Duration {
        Duration::from_nanos(self.shared.longest_gap_nanos.swap(0, Ordering::AcqRel))
    }

    /// Ends it: how many calls were rated.
    ///
    /// # Errors
    /// The thread could not go on.
    pub(super) fn end(self) -> Result<u64> {
        self.shared.ended.store(true, Ordering::Release);
        self.thread.join().map_err(|_| anyhow::anyhow!("the thread that rates calls has panicked"))??;
        Ok(self.shared.rated.load(Ordering::Acquire))
    }
}

async fn rate(engine: &Engine, actor: &Actor, calls: &[(String, Talk)], shared: &Shared) -> Result<()> {
    let mut last = Instant::now();
    while !shared.ended.load(Ordering::Acquire) {
        let switch = shared.switches.load(Ordering::Acquire);
        let version = shared.version.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut view = engine.view(actor).await?;
        for (to, talk) in calls.iter().cycle() {
            let deck = prices::deck(&mut view, &version).await?;
            let terms = price_source(&Sources { deck: Some(&*deck), ..Sources::default() }, to)?;
            black_box(&rate_call(&terms, *talk, &Allowances::none())?);
            shared.rated_by.store(switch, Ordering::Release);
            shared.rated.fetch_add(1, Ordering::Relaxed);
            let now = Instant::now();
            let gap = u64::try_from(now.duration_since(last).as_nanos()).unwrap_or(u64::MAX);
            shared.longest_gap_nanos.fetch_max(gap, Ordering::AcqRel);
            last = now;
            if shared.switches.load(Ordering::Acquire) != switch || shared.ended.load(Ordering::Acquire) {
                break;
            }
        }
    }
    Ok(())
}
