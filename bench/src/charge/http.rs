//! `charge-http`: the same calls through the real binary's API.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use domain::time::Instant;
use engine::{Actor, Role, books, keys};
use serde_json::json;
use storage::{Engine, Store};

use super::accounts::Accounts;
use super::workload::{Charging, Round, Workload};
use super::{ACCOUNTS, Place, ROUND};
use crate::client::Client;
use crate::crowd;
use crate::databases::Kept;
use crate::figures::{Goal, Report, Result};
use crate::generate::{Prefixes, Random};
use crate::server::Server;
use crate::timing::{Pace, ROUNDS, WARM_UP};
use crate::world;

/// How many requests are under way where the peak is sought.
const AT_PEAK: usize = 64;
const HALF_WITHIN: Duration = Duration::from_millis(3);
const NEARLY_ALL_WITHIN: Duration = Duration::from_millis(10);

/// A switch that speaks HTTP.
struct Http {
    client: Client,
    prefixes: Arc<Prefixes>,
}

/// A call that was authorized, and answered then.
struct Opened {
    session: String,
    answered_at: Instant,
}

impl Charging for Http {
    type Session = Opened;

    async fn authorize(&self, account: usize, number: u64) -> Result<Opened> {
        let to = format!("+{}", self.prefixes.number(&mut Random::seeded(number)));
        let new = json!({"origin": format!("bench:{number}"), "line": crowd::line(account), "to": to});
        let grant = self.client.post("/api/v1/charging/sessions", &new).await?;
        let session = grant["id"].as_str().context("a session has an id")?.to_owned();
        Ok(Opened { session, answered_at: now()? })
    }

    async fn settle(&self, Opened { session, answered_at }: Opened) -> Result<()> {
        let path = format!("/api/v1/charging/sessions/{session}/settle");
        let end = self.client.post(&path, &json!({"answered_at": answered_at.to_string(), "cause": 16})).await?;
        anyhow::ensure!(end["cause"] == "settled", "a call was not settled: {end}");
        Ok(())
    }
}

fn now() -> Result<Instant> {
    let millis = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    Ok(Instant::from_millis(i64::try_from(millis)?)?)
}

/// Finds the peak, and measures at half of it.
pub(super) async fn run(report: &mut Report, place: &Place<'_>, engine: Engine) -> Result<()> {
    let name = format!("charge-http-{}", crate::databases::name(engine));
    let (database, key) = found(place.crowd(engine).await?, place.scratch).await?;
    let (server, _) = Server::start("serve", &database.address(), place.scratch)?;
    let http = Http { client: Client::new(&server.url(), &key), prefixes: place.prefixes.clone() };
    let workload = Workload::new(http, Accounts::of(ACCOUNTS));
    workload.saturate(AT_PEAK, WARM_UP).await?;
    let peak = workload.saturate(AT_PEAK, ROUND).await?;
    println!(
        "{name}: with {AT_PEAK} requests at once {}, {}, processor of the client {:.1?}",
        peak.pace, peak.latencies, peak.processor
    );
    let a_second = u32::try_from(peak.pace.count)? / u32::try_from(ROUND.as_secs())? / 2;
    let mut rounds: Vec<Round> = Vec::new();
    for _ in 0..ROUNDS {
        let round = workload.at_rate(a_second, ROUND).await?;
        println!("{name}: at {a_second}/s {}, processor of the client {:.1?}", round.latencies, round.processor);
        rounds.push(round);
    }
    server.end()?;
    rounds.sort_unstable_by_key(|round| round.latencies.within(990));
    let round = rounds.get(ROUNDS / 2).context("there are rounds")?;
    let (half, nearly_all) = (round.latencies.within(500), round.latencies.within(990));
    check(report, &name, &database).await?;
    database.remove().await?;
    report.figure(&format!("{name}-p50"), Pace::new(1, half), Goal::Within(HALF_WITHIN))?;
    report.figure(&format!("{name}-p99"), Pace::new(1, nearly_all), Goal::Within(NEARLY_ALL_WITHIN))
}

/// A copy of the database, and a switch's key for it.
async fn found(before: Kept, scratch: &Path) -> Result<(Kept, String)> {
    let database = before.copy(scratch).await?;
    before.remove().await?;
    let mut work = world::engine(&database.store).begin(&Actor::program(1, "bench")).await?;
    let (_, secret) = keys::create(&mut work, "bench", Role::Switch.into(), None).await?;
    work.commit().await?;
    Ok((database.keep().await?, secret))
}

async fn check(report: &mut Report, name: &str, database: &Kept) -> Result<()> {
    let store = Store::open(&database.address()).await?;
    let engine = world::engine(&store);
    let faults = books::check(&mut engine.view(&Actor::program(1, "bench")).await?).await?.faults;
    faults.iter().for_each(|fault| report.fault(name, fault));
    store.close().await;
    Ok(())
}
