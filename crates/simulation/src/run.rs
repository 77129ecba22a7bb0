use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use storage::faults::Guard;

use crate::{Counts, Fault, Outcome, Template, simulate};

/// What became of many worlds.
#[derive(Debug, Default)]
pub struct Total {
    /// How many there were.
    pub worlds: u64,
    /// Those that failed.
    pub failed: Vec<u64>,
    /// How much happened in all.
    pub counts: Counts,
}

/// Is told of a world that is over, with its seed, and says whether more should begin.
pub type Told<'a> = dyn Fn(u64, &Outcome) -> bool + Sync + 'a;

/// Has the worlds of these seeds happen, without these guards, on all processors: each is told of when it is over. No more begin when
/// that answers no.
///
/// It is generic over nothing, so that the worlds, and with them much of the engine, are compiled here, once and not again in whoever calls it.
///
/// # Errors
/// A world cannot be founded.
pub fn run(seeds: Range<u64>, missing: &[Guard], told: &Told<'_>) -> Result<Total, Fault> {
    let next = AtomicU64::new(seeds.start);
    let total = Mutex::new(Total::default());
    let each = || {
        // Each thread has a runtime of its own: nothing in a world depends on another's pace.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let template = Template::new().await?;
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= seeds.end {
                    return Ok(());
                }
                let outcome = simulate(seed, &template, missing).await?;
                let mut total = total.lock().unwrap_or_else(PoisonError::into_inner);
                total.add(seed, &outcome);
                if !told(seed, &outcome) {
                    next.store(seeds.end, Ordering::Relaxed);
                }
            }
        })
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let outcomes: Vec<Result<(), Fault>> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(each)).collect();
        let panicked = |_| Err(Fault("a thread has panicked".to_owned()));
        running.into_iter().map(|thread| thread.join().unwrap_or_else(panicked)).collect()
    });
    outcomes.into_iter().collect::<Result<(), Fault>>()?;
    Ok(total.into_inner().unwrap_or_else(PoisonError::into_inner))
}

impl Total {
    fn add(&mut self, seed: u64, outcome: &Outcome) {
        self.worlds += 1;
        self.counts.add(&outcome.counts);
        if outcome.fault.is_some() {
            self.failed.push(seed);
        }
    }
}
