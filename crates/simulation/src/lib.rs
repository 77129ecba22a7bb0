//! A seeded world that calls, repeats, reorders and crashes, and checks the invariants.
//!
//! One seed decides everything: a tenant with customers, lines, plans and paid agents; switches whose requests come twice, late, out of
//! order or never; money that comes in, prices that change, bill runs, clocks that jump; and the calls of the store at which the
//! process dies, after which another one goes on with the same database. In the end all is settled, and each call must cost
//! what the one rating function says, once. The same seed gives the same world.

mod advice;
mod back;
mod call;
mod check;
mod ending;
mod events;
mod fact;
mod fault;
mod flows;
mod land;
mod months;
mod process;
mod random;
mod run;
mod world;

use std::collections::BTreeMap;

use storage::faults::{Guard, Point};

pub use fault::Fault;
pub use run::{Told, Total, run};

use crate::process::Template;
use crate::world::World;

/// The fewest events of a world.
const EVENTS: u64 = 500;
/// In how many of a hundred events all books are checked.
const BOOKS_PERCENT: u64 = 1;

/// How much has happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests, payments, waits and whatever else happens.
    pub events: u64,
    /// Calls that went by the flow.
    pub flows: u64,
    /// Months that were closed.
    pub months: u64,
    /// Calls of the store, at each of which the process could die.
    pub store_calls: u64,
    /// Where it did, how often.
    pub crashes: BTreeMap<Point, u64>,
}

impl Counts {
    /// Adds those of another world.
    pub fn add(&mut self, other: &Counts) {
        self.events += other.events;
        self.flows += other.flows;
        self.months += other.months;
        self.store_calls += other.store_calls;
        for (point, crashes) in &other.crashes {
            *self.crashes.entry(*point).or_default() += crashes;
        }
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let crashes: u64 = self.crashes.values().sum();
        let Counts { events, flows, months, store_calls, .. } = self;
        write!(f, "{events} events, {flows} calls by the flow, {months} closed months, ")?;
        write!(f, "{store_calls} crash points, {crashes} crashes")?;
        for (point, crashes) in &self.crashes {
            let at = match point {
                Point::Begin => "before a transaction",
                Point::Statement => "between statements",
                Point::Commit => "before a commit",
                Point::Committed => "after a commit",
            };
            write!(f, ", {crashes} {at}")?;
        }
        Ok(())
    }
}

/// What became of a world.
#[derive(Debug)]
pub struct Outcome {
    /// How much happened.
    pub counts: Counts,
    /// What happened, a line each.
    pub trace: Vec<String>,
    /// What does not hold, if anything does not.
    pub fault: Option<Fault>,
}

/// Has a world happen, without these guards.
async fn simulate(seed: u64, template: &Template, missing: &[Guard]) -> Result<Outcome, Fault> {
    let mut world = World::founded(seed, template, missing).await?;
    let fault = happen(&mut world).await.err();
    let counts = Counts {
        store_calls: world.process.store_calls(),
        crashes: world.process.crashes.clone(),
        ..world.counts.clone()
    };
    Ok(Outcome { counts, trace: world.trace, fault })
}

async fn happen(world: &mut World) -> Result<(), Fault> {
    while world.counts.events < EVENTS {
        let touched = world.happens().await?;
        world.check_holds(&touched).await?;
        if world.random.chance(BOOKS_PERCENT) {
            world.check_books().await?;
        }
    }
    world.settles().await?;
    world.check_all().await
}
