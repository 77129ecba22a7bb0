//! `charge`: calls that are charged while they run, beside what the databases themselves do in that time.

mod accounts;
mod latencies;
#[expect(dead_code, reason = "calls are not charged over HTTP yet")]
mod open_loop;
mod pgbench;
mod plain;
mod workload;

use std::path::Path;
use std::time::Duration;

use domain::money::Amount;
use domain::time::Instant;
use engine::Actor;
use engine::calls::{self, Direction, Disposition, FinishedCall, Payer};
use storage::Engine;

use crate::crowd::{self, Crowd};
use crate::databases::{self, Database};
use crate::figures::{Report, Result};
use crate::generate::Prefixes;
use crate::timing::{Pace, ROUNDS, WARM_UP};
use crate::world;
use accounts::Accounts;
use pgbench::Pgbench;
use plain::Plain;
use workload::Workload;

const ACCOUNTS: usize = 100_000;
const PREFIXES: usize = 1_000;
const ROUND: Duration = Duration::from_secs(5);

/// Measures the references.
pub(crate) fn run(report: &mut Report) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let scratch = tempfile::tempdir_in(report.folder())?;
    runtime.block_on(async {
        println!("charge-postgres: {}", databases::settings(Engine::Postgres, scratch.path()).await?);
        let pgbench = Pgbench::simple_update(scratch.path()).await?;
        println!("charge-postgres: pgbench -N {}", pgbench_pace(&pgbench)?);
        pgbench.remove().await?;
        let pgbench = Pgbench::one_row(scratch.path()).await?;
        println!("charge-hot: a guarded update of one row {}", pgbench_pace(&pgbench)?);
        pgbench.remove().await?;
        println!("charge-sqlite: {}", databases::settings(Engine::Sqlite, scratch.path()).await?);
        println!("charge-sqlite: plain SQLite {}", plain_pace(scratch.path()).await?);
        Ok(())
    })
}

fn pgbench_pace(pgbench: &Pgbench) -> Result<Pace> {
    pgbench.round(WARM_UP)?;
    Ok(Pace::median((0..ROUNDS).map(|_| pgbench.round(ROUND)).collect::<Result<_>>()?))
}

async fn plain_pace(scratch: &Path) -> Result<Pace> {
    let before = Database::fresh(Engine::Sqlite, scratch).await?;
    let crowd = Crowd { customers: ACCOUNTS, balance: Amount::parse("100000")? };
    let (_, actor) = crowd.found(&before, &Prefixes::of(PREFIXES)).await?;
    let before = before.keep().await?;
    let (source, target) = (before.copy(scratch).await?, before.copy(scratch).await?);
    record_one(&world::engine(&source.store), &actor).await?;
    let plain = Plain::open(&source, &target).await?;
    let workload = Workload::new(plain, Accounts::of(ACCOUNTS));
    workload.saturate(1, WARM_UP).await?;
    let mut paces = Vec::new();
    for _ in 0..ROUNDS {
        let round = workload.saturate(1, ROUND).await?;
        println!("charge-sqlite: plain SQLite {}, {}, processor {:.1?}", round.pace, round.latencies, round.processor);
        paces.push(round.pace);
    }
    Ok(Pace::median(paces))
}

/// Records a finished call, whose rows are like those of a call that is charged while it runs.
async fn record_one(engine: &engine::Engine, actor: &Actor) -> Result<()> {
    let call = FinishedCall {
        origin: "bench:sample".to_owned(),
        payer: Payer::Line(crowd::line(0)),
        direction: Direction::Outbound,
        from: "+14165550001".to_owned(),
        to: "+442079460018".to_owned(),
        agent: None,
        account_code: None,
        link: None,
        started_at: Some(Instant::from_millis(1_790_812_800_000)?),
        answered_at: Some(Instant::from_millis(1_790_812_805_000)?),
        ended_at: Instant::from_millis(1_790_812_895_000)?,
        disposition: Disposition::Answered,
        cause: Some(16),
    };
    let mut work = engine.begin(actor).await?;
    calls::record(&mut work, call).await?;
    Ok(work.commit().await?)
}
