//! `asterisk`: fifty calls a second through a real Asterisk, each bridged and charged, against the same calls by a driver that does nothing but
//! connect them: how much longer a call takes to be set up, whether one is lost, and whether each is charged to the second.
//!
//! Both sides of a call are `sipp`, the same processes in both runs, as lines' phones are known by the account that they sign in with, which
//! Local channels cannot. The caller signs in with the account of a line, as a phone does; the far end is a trunk that rings and answers
//! at once, so that nothing is measured but Asterisk and whoever steers it. They send no voices: these would keep Asterisk busy in both runs
//! alike, and never reach Tollgate. A set-up is from the caller's first INVITE to the answer that it hears.

mod bare;
mod company;
mod kit;

use std::path::Path;
use std::time::Duration;

use engine::calls::{self, Call};
use engine::{Actor, books};
use storage::Engine;

use crate::databases::{self, Database, ENGINES, Kept};
use crate::figures::{Goal, Report, Result};
use crate::server::Server;
use crate::timing::{Pace, ROUNDS, WARM_UP};
use crate::world;
use company::Company;
use kit::{Kit, Round};

/// How many calls begin in a second.
const A_SECOND: usize = 50;
/// For how long calls begin that are counted.
const ROUND: Duration = Duration::from_secs(15);
/// How long a call lasts.
const TALK: Duration = Duration::from_secs(5);
/// How many lines call, one after the other: none is in two calls at once.
const LINES: usize = 400;
/// How much longer a set-up may take than with the bare driver.
const LONGER: Duration = Duration::from_millis(10);

/// Measures on each engine.
pub(crate) fn run(report: &mut Report) -> Result<()> {
    let Some(trees) = kit::Trees::find()? else {
        report.fault("asterisk", "there is no Asterisk on this machine: scripts/setup.sh asterisk fetches one");
        return Ok(());
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let scratch = tempfile::tempdir_in(report.folder())?;
    for kind in ENGINES {
        let name = format!("asterisk-{}", databases::name(kind));
        println!("{name}: {}", runtime.block_on(databases::settings(kind, scratch.path()))?);
        let kit = Kit::start(&trees)?;
        measure(&runtime, (report, &name), (kind, scratch.path()), &kit)?;
    }
    Ok(())
}

fn measure(
    runtime: &tokio::runtime::Runtime,
    (report, name): (&mut Report, &str),
    (kind, scratch): (Engine, &Path),
    kit: &Kit,
) -> Result<()> {
    let database = runtime.block_on(Database::fresh(kind, scratch))?;
    let company = runtime.block_on(company::found(&database, LINES))?;
    let kept = runtime.block_on(database.keep())?;
    kit.write_callers(&company)?;
    // The accounts are there from the first round on, for both.
    steered(runtime, (&kept, scratch), kit, &company, |_| Ok(()))?;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        let reference = bare_round(runtime, kit)?;
        let charged = steered(runtime, (&kept, scratch), kit, &company, Kit::calls)?;
        println!("{name}: round {round}: set-up {}; by the bare driver {}", charged.set_up, reference.set_up);
        for (who, lost) in [("Tollgate", charged.lost), ("the bare driver", reference.lost)] {
            lost.iter().for_each(|lost| report.fault(name, &format!("with {who} {lost}")));
        }
        bare.push(reference.set_up.within(500));
        ours.push(charged.set_up.within(500));
    }
    let database = runtime.block_on(kept.open())?;
    runtime.block_on(judge((report, name), &database))?;
    runtime.block_on(database.remove())?;
    let (ours, reference) = (crate::timing::median(ours), crate::timing::median(bare));
    report.figure(&format!("{name}-set-up-p50"), Pace::new(1, ours), Goal::Longer { reference, most: LONGER })
}

/// Something that is done while Tollgate steers.
fn steered<T>(
    runtime: &tokio::runtime::Runtime,
    (kept, scratch): (&Kept, &Path),
    kit: &Kit,
    company: &Company,
    work: impl FnOnce(&Kit) -> Result<T>,
) -> Result<T> {
    let folder = tempfile::tempdir_in(scratch)?;
    kit.configure(folder.path())?;
    let (server, _) = Server::start("serve", &kept.address(), folder.path())?;
    runtime.block_on(kit.is_steered(&company.accounts))?;
    let done = work(kit)?;
    server.end()?;
    Ok(done)
}

/// The same calls, by the bare driver.
fn bare_round(runtime: &tokio::runtime::Runtime, kit: &Kit) -> Result<Round> {
    let driver = runtime.block_on(bare::Driver::connect(kit))?;
    let driving = runtime.spawn(driver.drive());
    let done = kit.calls()?;
    anyhow::ensure!(!driving.is_finished(), "the bare driver has lost Asterisk");
    driving.abort();
    Ok(done)
}

/// How many calls a round has: those that warm up, too.
fn calls_of_round() -> usize {
    let seconds = usize::try_from((WARM_UP + ROUND).as_secs()).unwrap_or(usize::MAX);
    A_SECOND.saturating_mul(seconds)
}

/// Every call is on record and charged to the second, and the books are right.
async fn judge((report, name): (&mut Report, &str), database: &Database) -> Result<()> {
    let engine = world::engine(&database.store);
    let mut view = engine.view(&Actor::program(1, "bench")).await?;
    let made = ROUNDS * calls_of_round();
    let most = i64::try_from(made + 1)?;
    let found = calls::history(&mut view, &calls::Filter::default(), None, most).await?;
    if found.len() != made {
        report.fault(name, &format!("{} calls are on record of {made}", found.len()));
    }
    for (call, fault) in found.iter().filter_map(|call| Some((call, fault(call)?))) {
        report.fault(name, &format!("the call {}: {fault}", call.origin));
    }
    for fault in books::check(&mut view).await?.faults {
        report.fault(name, &fault);
    }
    Ok(())
}

/// What is wrong with a call's record: it lasts as long as its caller talks, and each second that began costs the same.
fn fault(call: &Call) -> Option<String> {
    let millis = call.duration_ms.unwrap_or(0);
    let seconds = millis.saturating_add(999).div_euclid(1000);
    let total = call.price.as_ref().map(|price| price.total.micros());
    let talked = i64::try_from(TALK.as_millis()).unwrap_or(i64::MAX);
    if total != Some(seconds * company::PRICE_A_SECOND) {
        return Some(format!("{seconds} s cost {total:?} millionths"));
    }
    (millis.abs_diff(talked) > 1000).then(|| format!("it lasted {millis} ms, its caller talked for {talked} ms"))
}
