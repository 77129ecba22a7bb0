//! `tollgate simulate`: what comes from outside, played against a running server.

mod scene;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::{Context, bail};
use domain::time::Instant;
use engine::agents::{self, Agent};
use engine::groups;
use reqwest::StatusCode;
use serde_json::json;
use twilio_double::{Account, Double, Line};
use url::{Host, Url};

use super::{complain, engine_and_actor, say, say_json};
use crate::cli::{SimulateCallArgs, SimulateCommand};
use crate::config::{self, Config};
use scene::{Message, Scene};

/// How many agents are read at once.
const PAGE: i64 = 1000;

pub(crate) async fn run(config: &Config, command: &SimulateCommand) -> anyhow::Result<ExitCode> {
    let SimulateCommand::Call(args) = command;
    call(config, args).await
}

async fn call(config: &Config, args: &SimulateCallArgs) -> anyhow::Result<ExitCode> {
    let Some(account) = &config.twilio else {
        bail!(
            "the configuration names no account at Twilio: write [twilio] into tollgate.toml; see tollgate simulate call --help"
        );
    };
    let message = args.voicemail.as_deref().map(Message::read).transpose()?;
    let server = match &args.server {
        Some(server) => Url::parse(server).with_context(|| format!("--server: \"{server}\" is no address"))?,
        None => Url::parse(config.own_url(config.listen)?.as_str())?,
    };
    if let (Some(at), Some(key)) = (&args.at, &args.key) {
        move_clock(&server, at, key).await?;
    }
    let double = double(config, account, &server).await?;
    let (names, numbers) = house(config).await?;
    for number in numbers.iter().chain([&args.to]) {
        double.has_number(number, line(config)?);
    }
    let answering = args.answer.iter().map(|who| phones_of(&names, who)).collect::<anyhow::Result<Vec<_>>>()?.concat();
    let scene = Scene { args, double: &double, names: &names, answering, message };
    let mut steps = Vec::new();
    let ended = scene
        .play(&mut |step| {
            if !args.json {
                say(&step.to_string());
            }
            steps.push(step);
        })
        .await;
    if args.json {
        say_json(&steps)?;
    }
    let faults = double.faults();
    faults.iter().for_each(|fault| complain(&format!("Twilio would complain: {fault}")));
    ended?;
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Twilio, where the server looks for it, with the account of the configuration.
async fn double(config: &Config, account: &config::Twilio, server: &Url) -> anyhow::Result<Double> {
    let rest = account.rest.base();
    let Some(listen) = address_here(rest) else {
        bail!(
            "the server would ask Twilio itself, at {rest}, for what is played here: write `rest_url = \"http://127.0.0.1:4010\"` into \
             [twilio], and start the server again"
        );
    };
    let Some(token) = account.tokens.first() else { bail!("the account has no token") };
    let public = Url::parse(config.public_url(config.listen)?.as_str())?;
    let played = Account { sid: account.account.clone(), token: token.clone() };
    let started = Double::start_at(listen, played, Some((public, server.clone()))).await;
    Ok(started.with_context(|| format!("nobody can listen on {listen} in Twilio's place"))?.0)
}

/// The address and port of a URL of this machine.
fn address_here(url: &Url) -> Option<SocketAddr> {
    let port = url.port_or_known_default()?;
    match url.host()? {
        Host::Domain("localhost") => Some(SocketAddr::from(([127, 0, 0, 1], port))),
        Host::Ipv4(ip) if ip.is_loopback() => Some((ip, port).into()),
        Host::Ipv6(ip) if ip.is_loopback() => Some((ip, port).into()),
        _ => None,
    }
}

/// A number as the guide has it set at Twilio.
fn line(config: &Config) -> anyhow::Result<Line> {
    let public = config.public_url(config.listen)?;
    let at = |path: &str| Url::parse(&format!("{}/webhooks/twilio/{path}", public.as_str().trim_end_matches('/')));
    Ok(Line { voice_url: Some(at("voice")?), status_callback: Some(at("voice/status")?), ..Line::default() })
}

/// Whose phones there are, names by number; and the numbers of the groups, which those who are rung see.
async fn house(config: &Config) -> anyhow::Result<(BTreeMap<String, String>, Vec<String>)> {
    let (engine, actor) = engine_and_actor(config).await?;
    let mut view = engine.view(&actor).await?;
    let groups = groups::all(&mut view).await?;
    let (mut names, mut after) = (BTreeMap::new(), None::<String>);
    loop {
        let page = agents::page(&mut view, after.as_deref(), PAGE).await?;
        after = page.last().map(|agent| agent.id.clone());
        if after.is_none() {
            return Ok((names, groups.into_iter().flat_map(|group| group.details.numbers).collect()));
        }
        for Agent { name, details, .. } in page {
            names.extend(details.phones.into_iter().map(|phone| (phone, name.clone())));
        }
    }
}

/// The phones of whoever is to answer: by the name, a part of it, or a number.
fn phones_of(names: &BTreeMap<String, String>, who: &str) -> anyhow::Result<Vec<String>> {
    if who.starts_with('+') {
        return Ok(vec![who.to_owned()]);
    }
    let wanted = who.to_lowercase();
    let phones: Vec<String> = names
        .iter()
        .filter(|(_, name)| name.to_lowercase().contains(&wanted))
        .map(|(phone, _)| phone.clone())
        .collect();
    if phones.is_empty() {
        bail!("--answer: no agent with a phone is called \"{who}\"");
    }
    Ok(phones)
}

/// Moves the clock of a server that has one to move.
async fn move_clock(server: &Url, at: &str, key: &str) -> anyhow::Result<()> {
    let at = Instant::parse(at).ok().context("--at: write an instant such as 2026-12-24T23:30:00Z")?;
    let url = server.join("api/v1/test/clock")?;
    let request = reqwest::Client::new().post(url).bearer_auth(key).json(&json!({ "now": at }));
    let answer = request.send().await.with_context(|| format!("no server answers at {server}"))?;
    match answer.status() {
        StatusCode::NOT_FOUND => bail!("the server's clock is the machine's: start a demo with --test-clock for --at"),
        status if status.is_success() => {}
        status => bail!("the server does not move its clock: {status} {}", answer.text().await?),
    }
    let shown: serde_json::Value = answer.json().await?;
    if shown["now"] != json!(at) {
        complain(&format!("the server's clock is past that already: it shows {}", shown["now"]));
    }
    Ok(())
}
