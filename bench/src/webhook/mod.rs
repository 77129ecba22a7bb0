//! `webhook`: callers of 200 groups come in by Twilio's voice webhook, 200 a second: how long each is waited for, and whether every call is on record once.

mod groups;

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use engine::{Engine, books};
use tokio::task::JoinSet;
use twilio::form::Form;
use twilio::signature::{Algorithm, SIGNATURE_HEADER, sign};

use crate::databases::{self, Database, ENGINES, Kept};
use crate::figures::{Goal, Report, Result};
use crate::latencies::Latencies;
use crate::server::Server;
use crate::timing::{Pace, ROUNDS, WARM_UP};
use crate::world;

const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
const PUBLIC: &str = "https://line.example.org";
/// How many callers come in a second.
const A_SECOND: u32 = 200;
/// For how long.
const ROUND: Duration = Duration::from_secs(10);
/// How long a caller stays before it is gone again.
const STAYS: Duration = Duration::from_secs(1);
/// How long the document may be waited for, at the 99th percentile.
const WITHIN: Duration = Duration::from_millis(50);

/// What webhooks are signed with, here and there.
fn token() -> String {
    "f".repeat(32)
}

/// Measures on each engine.
pub(crate) fn run(report: &mut Report) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let scratch = tempfile::tempdir_in(report.folder())?;
    let token_file = scratch.path().join("token");
    std::fs::write(&token_file, token())?;
    let configuration = format!(
        "public_url = \"{PUBLIC}\"\n[twilio]\naccount = \"{ACCOUNT}\"\nauth_token_file = \"{}\"\nrest_url = \"http://127.0.0.1:9\"\n",
        token_file.display()
    );
    std::fs::write(scratch.path().join("tollgate.toml"), configuration)?;
    for kind in ENGINES {
        let name = format!("webhook-{}", databases::name(kind));
        println!("{name}: {}", runtime.block_on(databases::settings(kind, scratch.path()))?);
        let database = runtime.block_on(Database::fresh(kind, scratch.path()))?;
        runtime.block_on(groups::found(&database))?;
        let kept = runtime.block_on(database.keep())?;
        let (server, _) = Server::start("serve", &kept.address(), scratch.path())?;
        let mut rounds = Vec::new();
        for round in 0..ROUNDS {
            let latencies = runtime.block_on(calls(&server.url(), round))?;
            println!("{name}: {A_SECOND}/s {latencies}");
            rounds.push(latencies);
        }
        server.end()?;
        runtime.block_on(judge(&name, report, kept))?;
        rounds.sort_unstable_by_key(|latencies| latencies.within(990));
        let median = rounds.get(ROUNDS / 2).context("there are rounds")?;
        report.figure(&format!("{name}-p99"), Pace::new(1, median.within(990)), Goal::Within(WITHIN))?;
    }
    Ok(())
}

/// Callers come in at their instants, however many are waited for; two seconds of warm-up come first.
async fn calls(url: &str, round: usize) -> Result<Latencies> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    let begun = Instant::now();
    let many = A_SECOND * u32::try_from((WARM_UP + ROUND).as_secs())?;
    let mut calls = JoinSet::new();
    for number in 0..many {
        let due = begun + Duration::from_secs(1) * number / A_SECOND;
        let (client, url, sid) = (client.clone(), url.to_owned(), format!("CA{round}{number:030}"));
        calls.spawn(async move {
            tokio::time::sleep_until(due.into()).await;
            let to = groups::number(usize::try_from(number)? % groups::GROUPS);
            let fields = [("CallStatus", "ringing"), ("From", "+441632960555"), ("To", to.as_str())];
            let document = post(&client, (&url, "voice"), &sid, &fields).await?;
            let took = due.elapsed();
            ensure!(document.contains("<Dial"), "nobody is rung: {document}");
            tokio::time::sleep_until((due + STAYS).into()).await;
            post(&client, (&url, "voice/status"), &sid, &[("CallStatus", "completed")]).await?;
            Ok::<_, anyhow::Error>((due, took))
        });
    }
    let mut all = Vec::new();
    while let Some(call) = calls.join_next().await {
        let (due, took) = call??;
        if due >= begun + WARM_UP {
            all.push(took);
        }
    }
    Ok(Latencies::of(all))
}

/// Posts a webhook as Twilio does.
async fn post(
    client: &reqwest::Client,
    (url, path): (&str, &str),
    sid: &str,
    fields: &[(&str, &str)],
) -> Result<String> {
    let form: Form = [("CallSid", sid), ("AccountSid", ACCOUNT)].into_iter().chain(fields.iter().copied()).collect();
    let signed = sign(Algorithm::HmacSha1, &token(), &format!("{PUBLIC}/webhooks/twilio/{path}"), &form);
    let request = client
        .post(format!("{url}/webhooks/twilio/{path}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .header(SIGNATURE_HEADER, signed)
        .body(form.to_body());
    let answered = request.send().await?;
    ensure!(answered.status().is_success(), "a webhook was answered {}", answered.status());
    Ok(answered.text().await?)
}

/// Every call is on record once, and nothing is wrong with the books.
async fn judge(name: &str, report: &mut Report, kept: Kept) -> Result<()> {
    let database = kept.open().await?;
    let engine: Engine = world::engine(&database.store);
    let expected = i64::from(A_SECOND) * i64::try_from((WARM_UP + ROUND).as_secs())? * i64::try_from(ROUNDS)?;
    let ended: i64 = database.value("SELECT COUNT(*) FROM group_calls WHERE ended_at IS NOT NULL").await?;
    let charged: i64 = database.value("SELECT COUNT(*) FROM calls").await?;
    for (what, count) in [("calls to groups", ended), ("call records", charged)] {
        if count != expected {
            report.fault(name, &format!("{count} {what} are on record, not {expected}"));
        }
    }
    for fault in books::check(&mut engine.view(&engine::Actor::program(1, "bench")).await?).await?.faults {
        report.fault(name, &fault);
    }
    database.remove().await
}
