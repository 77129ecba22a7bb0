//! `footprint`: how soon the real binary answers, and how much memory it takes: on the demo's database, and on one with a million
//! accounts and a deck of 170,000 prefixes.

use std::path::Path;
use std::time::{Duration, Instant};

use domain::money::Amount;
use engine::{Role, keys};
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::json;
use storage::Engine;

use crate::client::Client;
use crate::crowd::{self, Crowd};
use crate::databases::{self, Database, ENGINES, Kept};
use crate::figures::{Goal, MB, Report, Result};
use crate::generate::{Prefixes, Random};
use crate::rating::PREFIXES;
use crate::server::Server;
use crate::timing::{Pace, ROUNDS, WARM_UP, median};

const START: Duration = Duration::from_millis(500);
const MEMORY: u64 = 120 * MB;
const LARGE_MEMORY: u64 = 400 * MB;
const ACCOUNTS: usize = 1_000_000;
/// How many calls are charged before the memory is looked at, of accounts and to prefixes far apart.
const CALLS: usize = 10_000;
const AT_ONCE: usize = 32;

/// Starts on a database of each engine.
pub(crate) fn run(report: &mut Report) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let scratch = tempfile::tempdir_in(report.folder())?;
    let prefixes = Prefixes::of(PREFIXES);
    for engine in ENGINES {
        let name = format!("footprint-{}", databases::name(engine));
        println!("{name}: {}", runtime.block_on(databases::settings(engine, scratch.path()))?);
        runtime.block_on(demo(&name, engine, (report, scratch.path())))?;
        runtime.block_on(large(&name, engine, (report, scratch.path()), &prefixes))?;
    }
    Ok(())
}

/// Starts on the demo.
async fn demo(name: &str, engine: Engine, (report, scratch): (&mut Report, &Path)) -> Result<()> {
    let database = Database::fresh(engine, scratch).await?.keep().await?;
    let (making, took) = Server::start("demo", &database.address(), scratch)?;
    making.end()?;
    println!("{name}: the demo was made in {took:.1?}");
    let begun = Instant::now();
    while begun.elapsed() < WARM_UP {
        Server::start("serve", &database.address(), scratch)?.0.end()?;
    }
    let (mut times, mut resident) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (server, took) = Server::start("serve", &database.address(), scratch)?;
        // What it does by itself after its start takes memory too.
        tokio::time::sleep(WARM_UP).await;
        times.push(took);
        resident.push(server.memory()?.resident);
        server.end()?;
    }
    database.remove().await?;
    report.figure(&format!("{name}-start"), Pace::new(1, median(times)), Goal::Within(START))?;
    report.memory(&format!("{name}-memory"), median(resident), MEMORY)
}

/// Starts on a large database, and charges calls.
async fn large(name: &str, engine: Engine, (report, scratch): (&mut Report, &Path), prefixes: &Prefixes) -> Result<()> {
    let begun = Instant::now();
    let (database, key) = found(engine, scratch, prefixes).await?;
    println!("{name}: {ACCOUNTS} accounts and {PREFIXES} prefixes were made in {:.0?}", begun.elapsed());
    let (server, took) = Server::start("serve", &database.address(), scratch)?;
    let begun = Instant::now();
    charge(&Client::new(&server.url(), &key), prefixes).await?;
    let memory = server.memory()?;
    println!(
        "{name}: started in {took:.1?}, {CALLS} calls charged in {:.1?}, {} MB at most",
        begun.elapsed(),
        memory.peak / MB
    );
    server.end()?;
    database.remove().await?;
    report.memory(&format!("{name}-memory-large"), memory.resident, LARGE_MEMORY)
}

/// The large database, and a key for it.
async fn found(engine: Engine, scratch: &Path, prefixes: &Prefixes) -> Result<(Kept, String)> {
    let database = Database::fresh(engine, scratch).await?;
    let crowd = Crowd { customers: ACCOUNTS, balance: Amount::parse("1000")? };
    let (engine, actor) = crowd.found(&database, prefixes).await?;
    let mut work = engine.begin(&actor).await?;
    let (_, secret) = keys::create(&mut work, "bench", Role::Switch.into(), None).await?;
    work.commit().await?;
    Ok((database.keep().await?, secret))
}

/// Charges calls, which takes the deck into memory.
async fn charge(client: &Client, prefixes: &Prefixes) -> Result<()> {
    let calls = (0..CALLS).map(|number| async move {
        let to = format!("+{}", prefixes.number(&mut Random::seeded(number as u64)));
        let line = crowd::line(number * (ACCOUNTS / CALLS));
        let call = client.post("/api/v1/calls", &json!({"line": line, "to": to, "minutes": 3})).await?;
        anyhow::ensure!(call["state"] == "rated", "a call was not rated: {call}");
        Ok(())
    });
    stream::iter(calls).buffer_unordered(AT_ONCE).try_collect().await
}
