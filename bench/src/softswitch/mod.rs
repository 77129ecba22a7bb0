//! `softswitch`: two hundred calls at once through the real binary, with talk and meter for a minute: how late the meter is, how long a call
//! takes to ring, and whether every one is charged to the second.

mod company;
mod pair;

use std::time::Duration;

use engine::calls::{self, Call};
use engine::{Engine, books};
use futures::future::join_all;

use crate::databases::{self, Database, ENGINES};
use crate::figures::{Goal, Report, Result};
use crate::latencies::Latencies;
use crate::server::Server;
use crate::timing::Pace;
use crate::world;
use pair::{Heard, Pair};

/// How many calls there are at once.
const CALLS: usize = 200;
/// How long they last.
const TALK: Duration = Duration::from_secs(60);
/// The calls begin over so long.
const BEGIN_WITHIN: Duration = Duration::from_secs(5);
/// How late the meter may be at the 99th percentile.
const METER: Duration = Duration::from_millis(500);
/// How long it may take from dialling until the caller hears it ring, at the 99th percentile.
const SET_UP: Duration = Duration::from_millis(100);

/// Measures on each engine.
pub(crate) fn run(report: &mut Report) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let scratch = tempfile::tempdir_in(report.folder())?;
    for kind in ENGINES {
        let name = format!("softswitch-{}", databases::name(kind));
        println!("{name}: {}", runtime.block_on(databases::settings(kind, scratch.path()))?);
        let database = runtime.block_on(Database::fresh(kind, scratch.path()))?;
        let pairs = runtime.block_on(company::found(&database, CALLS))?;
        let kept = runtime.block_on(database.keep())?;
        let (server, _) = Server::start("serve", &kept.address(), scratch.path())?;
        let heard = runtime.block_on(talk(&server.url(), pairs))?;
        server.end()?;
        let database = runtime.block_on(kept.open())?;
        runtime.block_on(judge(&name, (report, &database), &heard))?;
        runtime.block_on(database.remove())?;
    }
    Ok(())
}

/// All pairs talk.
async fn talk(url: &str, pairs: Vec<Pair>) -> Result<Vec<Heard>> {
    let mut registered = Vec::with_capacity(pairs.len());
    for pair in pairs {
        registered.push(pair.register(url).await?);
    }
    let apart = BEGIN_WITHIN / u32::try_from(registered.len().max(1))?;
    let talking = registered.into_iter().enumerate().map(|(place, pair)| async move {
        tokio::time::sleep(apart * u32::try_from(place)?).await;
        pair.talk(TALK).await
    });
    join_all(talking).await.into_iter().collect()
}

/// Compares what phones were told with what is on record.
async fn judge(name: &str, (report, database): (&mut Report, &Database), heard: &[Heard]) -> Result<()> {
    let engine = world::engine(&database.store);
    let mut late = Vec::new();
    for heard in heard {
        let call = record(&engine, &heard.line).await?;
        for fault in faults(&call, heard) {
            report.fault(name, &format!("the call of line {}: {fault}", heard.line));
        }
        let answered_at = call.answered_at.map_or(0, domain::time::Instant::millis);
        late.extend(heard.meter.iter().map(|(seconds, at)| (at - answered_at - seconds * 1000).max(0)));
    }
    let shown = late.len();
    let late = Latencies::of(late.into_iter().map(|millis| Duration::from_millis(millis.unsigned_abs())).collect());
    let set_up = Latencies::of(heard.iter().map(|heard| heard.set_up).collect());
    println!("{name}: {CALLS} calls of {TALK:.0?}, {shown} times the meter: late by {late}; set-up {set_up}");
    for fault in books::check(&mut engine.view(&engine::Actor::program(1, "bench")).await?).await?.faults {
        report.fault(name, &fault);
    }
    if shown < CALLS * 59 {
        report.fault(name, &format!("the meter was shown {shown} times, not each second"));
    }
    report.figure(&format!("{name}-meter-p99"), Pace::new(1, late.within(990)), Goal::Within(METER))?;
    report.figure(&format!("{name}-set-up-p99"), Pace::new(1, set_up.within(990)), Goal::Within(SET_UP))
}

/// The call of a line.
async fn record(engine: &Engine, line: &str) -> Result<Call> {
    let mut view = engine.view(&engine::Actor::program(1, "bench")).await?;
    let filter = calls::Filter { line: Some(line.to_owned()), ..calls::Filter::default() };
    let found = calls::history(&mut view, &filter, None, 2).await?;
    match <[Call; 1]>::try_from(found) {
        Ok([call]) => Ok(call),
        Err(found) => anyhow::bail!("the line {line} has {} calls on record, not one", found.len()),
    }
}

/// What is wrong with a call's record: it is charged by the second, at a hundredth of a dollar each.
fn faults(call: &Call, heard: &Heard) -> Vec<String> {
    let mut faults = Vec::new();
    let millis = call.duration_ms.unwrap_or(0);
    let seconds = millis.saturating_add(999).div_euclid(1000);
    let total = call.price.as_ref().map(|price| price.total.micros());
    if total != Some(seconds * company::PRICE_A_SECOND) {
        faults.push(format!("{seconds} s cost {total:?} millionths"));
    }
    if heard.charged != Some((seconds, total.unwrap_or(0))) {
        faults.push(format!("its phone was told {:?}", heard.charged));
    }
    if (millis - heard.talked_millis).abs() > 1000 {
        faults.push(format!("it lasted {millis} ms, its phones talked for {} ms", heard.talked_millis));
    }
    if heard.words == 0 {
        faults.push("nothing was heard".to_owned());
    }
    faults
}
