//! `charge`: calls that are charged while they run, beside what the databases themselves do in that time.

mod accounts;
mod growth;
mod http;
mod live;
mod nodes;
mod open_loop;
mod pgbench;
mod plain;
mod workload;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use domain::money::Amount;
use engine::charging::{self, LiveFilter};
use engine::{Actor, books};
use storage::Engine;

use crate::crowd::Crowd;
use crate::databases::{self, Database, ENGINES, Kept};
use crate::figures::{Goal, Report, Result};
use crate::generate::Prefixes;
use crate::timing::{Pace, ROUNDS, WARM_UP};
use accounts::Accounts;
use live::Live;
use pgbench::Pgbench;
use plain::Plain;
use workload::{Charging, Workload};

pub(crate) use nodes::charge as charge_as_node;

/// How many operations are under way at once.
const IN_FLIGHT: usize = 512;
const ACCOUNTS: usize = 100_000;
const PREFIXES: usize = 1_000;
const ROUND: Duration = Duration::from_secs(5);

/// What is kept between the measurements of a run.
struct Place<'a> {
    scratch: &'a Path,
    prefixes: Arc<Prefixes>,
}

/// Measures charging on an engine beside what the database does by itself.
pub(crate) fn run(report: &mut Report, engine: Engine) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let scratch = tempfile::tempdir_in(report.folder())?;
    let place = Place { scratch: scratch.path(), prefixes: prefixes() };
    match engine {
        Engine::Sqlite => runtime.block_on(sqlite(report, &place)),
        Engine::Postgres => runtime.block_on(postgres(report, &place)),
    }
}

/// Measures charging through the real binary's API on both engines.
pub(crate) fn run_http(report: &mut Report) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let scratch = tempfile::tempdir_in(report.folder())?;
    let place = Place { scratch: scratch.path(), prefixes: prefixes() };
    ENGINES.into_iter().try_for_each(|engine| runtime.block_on(http::run(report, &place, engine)))
}

/// Measures charging by several processes on one PostgreSQL server.
pub(crate) fn run_nodes(report: &mut Report) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let scratch = tempfile::tempdir_in(report.folder())?;
    let place = Place { scratch: scratch.path(), prefixes: prefixes() };
    runtime.block_on(nodes::run(report, &place))
}

/// Measures charging with few and many accounts, and with so many calls before it.
pub(crate) fn run_growth(report: &mut Report, engine: Engine, calls: usize) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let scratch = tempfile::tempdir_in(report.folder())?;
    let place = Place { scratch: scratch.path(), prefixes: prefixes() };
    runtime.block_on(growth::run(report, &place, (engine, calls)))
}

/// What is called.
fn prefixes() -> Arc<Prefixes> {
    Arc::new(Prefixes::of(PREFIXES))
}

async fn postgres(report: &mut Report, place: &Place<'_>) -> Result<()> {
    println!("charge-postgres: {}", databases::settings(Engine::Postgres, place.scratch).await?);
    let before = place.crowd(Engine::Postgres).await?;
    let pgbench = Pgbench::simple_update(place.scratch).await?;
    let reference = pgbench_pace(&pgbench)?;
    pgbench.remove().await?;
    let many = place.ours(report, "charge-postgres", (&before, ACCOUNTS)).await?;
    report.figure("charge-postgres", many, Goal::AtLeast { reference, least: 4.0 })?;
    let pgbench = Pgbench::one_row(place.scratch).await?;
    let one_row = pgbench_pace(&pgbench)?;
    pgbench.remove().await?;
    let hot = place.ours(report, "charge-hot", (&before, 1)).await?;
    report.figure("charge-hot", hot, Goal::AtLeast { reference: many, least: 0.9 })?;
    report.figure("charge-hot-row", hot, Goal::AtLeast { reference: one_row, least: 20.0 })?;
    before.remove().await
}

async fn sqlite(report: &mut Report, place: &Place<'_>) -> Result<()> {
    println!("charge-sqlite: {}", databases::settings(Engine::Sqlite, place.scratch).await?);
    let before = place.crowd(Engine::Sqlite).await?;
    let (sample, target) = (before.copy(place.scratch).await?, before.copy(place.scratch).await?);
    let workload = Workload::new(Live::new(&sample.store, &place.prefixes)?, Accounts::of(ACCOUNTS));
    workload.saturate(1, WARM_UP).await?;
    let plain = Workload::new(Plain::open(&sample, &target).await?, Accounts::of(ACCOUNTS));
    let reference = rounds("charge-sqlite: plain SQLite", &plain, 1).await?;
    sample.remove().await?;
    target.remove().await?;
    let ours = place.ours(report, "charge-sqlite", (&before, ACCOUNTS)).await?;
    before.remove().await?;
    report.figure("charge-sqlite", ours, Goal::AtLeast { reference, least: 4.0 })
}

impl Place<'_> {
    /// A database with the accounts.
    async fn crowd(&self, engine: Engine) -> Result<Kept> {
        self.crowd_of(engine, ACCOUNTS).await
    }

    /// A database with so many accounts.
    async fn crowd_of(&self, engine: Engine, customers: usize) -> Result<Kept> {
        let database = Database::fresh(engine, self.scratch).await?;
        let crowd = Crowd { customers, balance: Amount::parse("1000000")? };
        crowd.found(&database, &self.prefixes).await?;
        database.keep().await
    }

    /// What the engine does on so many of the accounts, with all that is asked at once in flight; then the books are checked.
    async fn ours(&self, report: &mut Report, name: &str, (before, accounts): (&Kept, usize)) -> Result<Pace> {
        self.on(report, name, (before.copy(self.scratch).await?, accounts)).await
    }

    /// The same on a database that goes with it.
    async fn on(&self, report: &mut Report, name: &str, (database, accounts): (Database, usize)) -> Result<Pace> {
        let workload = Workload::new(Live::new(&database.store, &self.prefixes)?, Accounts::of(accounts));
        let pace = rounds(name, &workload, IN_FLIGHT).await?;
        let actor = Actor::program(1, "bench");
        let mut view = workload.charging.engine().view(&actor).await?;
        for fault in books::check(&mut view).await?.faults {
            report.fault(name, &fault);
        }
        let live = charging::live(&mut view, &LiveFilter::default(), 1).await?;
        if let Some(call) = live.first() {
            report.fault(name, &format!("the call {} still runs", call.id));
        }
        drop(view);
        database.remove().await?;
        Ok(pace)
    }
}

fn pgbench_pace(pgbench: &Pgbench) -> Result<Pace> {
    pgbench.round(WARM_UP)?;
    Ok(Pace::median((0..ROUNDS).map(|_| pgbench.round(ROUND)).collect::<Result<_>>()?))
}

async fn rounds<C: Charging>(name: &str, workload: &Workload<C>, in_flight: usize) -> Result<Pace> {
    workload.saturate(in_flight, WARM_UP).await?;
    let mut paces = Vec::new();
    for _ in 0..ROUNDS {
        let round = workload.saturate(in_flight, ROUND).await?;
        println!("{name}: {}, {}, processor {:.1?}", round.pace, round.latencies, round.processor);
        paces.push(round.pace);
    }
    Ok(Pace::median(paces))
}
