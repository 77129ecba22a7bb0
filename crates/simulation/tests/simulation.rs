//! Worlds that hold, and worlds that do not since a guard is missing.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic, and tells what it has done")]

use std::collections::BTreeMap;
use std::sync::Mutex;

use simulation::run;
use storage::faults::{Guard, Point};

/// The worlds of each `make test`. `make simulate` has others.
const SEEDS: std::ops::Range<u64> = 1..501;

#[test]
fn whatever_happens_the_invariants_hold() {
    let total = run(SEEDS, &[], &|seed, outcome| {
        if let Some(fault) = &outcome.fault {
            println!("seed {seed}: {fault}\n    to replay it: make simulate SEED={seed}");
        }
        true
    });
    let total = total.unwrap();
    println!("{} worlds: {}", total.worlds, total.counts);
    assert_eq!(total.failed, [0; 0]);
    assert!(total.counts.events >= 500 * total.worlds);
    assert!(total.counts.months > total.worlds / 2, "months are closed, and worlds go on: {}", total.counts);
    // It dies everywhere, and often.
    for point in [Point::Begin, Point::Statement, Point::Commit, Point::Committed] {
        assert!(total.counts.crashes[&point] > 100, "{point:?}: {}", total.counts);
    }
}

#[test]
fn the_same_seed_gives_the_same_world() {
    let worlds = || {
        let worlds = Mutex::new(BTreeMap::new());
        let total = run(1..6, &[], &|seed, outcome| {
            worlds.lock().unwrap().insert(seed, (outcome.trace.clone(), outcome.counts.clone()));
            true
        });
        assert_eq!(total.unwrap().failed, [0; 0]);
        worlds.into_inner().unwrap()
    };
    let (once, again) = (worlds(), worlds());
    assert_eq!(once.len(), 5);
    assert_eq!(once, again);
    let worlds: Vec<_> = once.values().collect();
    for pair in worlds.windows(2) {
        assert!(pair[0].0 != pair[1].0 && pair[0].1 != pair[1].1, "each seed is another world: {:?}", pair[1].1);
    }
}

#[test]
fn without_a_guard_a_world_fails() {
    for (guard, fault_of) in [(Guard::UniqueKey, "pbx:"), (Guard::UniqueKey, "file:"), (Guard::Rollback, "")] {
        let found = run(1..1001, &[guard], &|_, outcome| {
            !outcome.fault.as_ref().is_some_and(|fault| fault.to_string().contains(fault_of))
        });
        let total = found.unwrap();
        println!("without {guard:?}: {} worlds", total.worlds);
        assert_ne!(total.failed, [0; 0], "{guard:?}");
        assert!(total.worlds < 1000, "{guard:?}: no fault of {fault_of}");
    }
}
