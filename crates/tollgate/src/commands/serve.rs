//! `tollgate serve` and `tollgate demo`.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use api::{App, Limits};
use engine::billing::{self, DailyBilling, Delivery, Renderer};
use engine::jobs::{Retention, Runner};
use engine::keys::{self, KeyError};
use engine::mailer::Mailer;
use engine::tenants::{self, Tenant};
use engine::{Clock, Engine, Role, SystemClock, TestClock};
use storage::Store;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::{open, say};
use crate::cli::{DemoArgs, ServeArgs};
use crate::config::Config;
use crate::demo;

/// The demo's own database, where none is named.
const DEMO_DATABASE: &str = "sqlite://tollgate-demo.db";
/// What the demo calls its key.
const DEMO_KEY: &str = "demo";
/// How many documents are drawn and mailed at once: mail servers take their time over each.
const DELIVERIES: usize = 8;

pub(crate) async fn serve(config: &Config, args: &ServeArgs) -> anyhow::Result<ExitCode> {
    let (mailer, renderer) = (config.mailer()?, config.renderer()?);
    let listener = bind(config).await?;
    let store = open(&config.database_url).await?;
    let (engine, app) = application(config, store, args.test_clock).await?;
    let scheduler = scheduler(&engine, mailer, renderer.clone());
    if tenants::all(&engine).await?.is_empty() {
        say(
            "The database has no tenant yet: make one with tollgate tenant create, and a key with tollgate key create.",
        );
    }
    run(listener, &engine, app.with_renderer(renderer), scheduler).await
}

pub(crate) async fn demo(config: &Config, args: &DemoArgs) -> anyhow::Result<ExitCode> {
    if !config.listen.ip().is_loopback() {
        bail!("the demo listens on a loopback address only, not on {}", config.listen);
    }
    let address = if config.database_is_default { DEMO_DATABASE } else { config.database_url.as_str() };
    let (mailer, renderer) = (config.mailer()?, config.renderer()?);
    // Before anything is changed: a demo that runs here already keeps its key.
    let listener = bind(config).await?;
    let store = open(address).await?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let known = tenants::all(&Engine::new(store.clone(), clock)).await?;
    if known.is_empty() {
        say("Making the demo: a company with three months of calls ...");
        demo::fill(&store, SystemClock.now()).await.context("the demo could not be made")?;
        store.analyze().await?;
    } else if known.iter().any(|tenant| !tenant.demo) {
        bail!("the database has a tenant that is not the demo's: the demo leaves it alone. Name another database");
    }
    let (engine, app) = application(config, store, args.test_clock).await?;
    let scheduler = scheduler(&engine, mailer, renderer.clone());
    let secret = fresh_key(&engine).await?;
    let host = shown(listener.local_addr()?);
    say("This is the demo: its data are made up, and whoever can reach this machine's loopback address can read them.");
    say(&format!("  API and explorer   http://{host}/docs"));
    say(&format!("  API key            {secret}"));
    say(&format!("  Try                curl -H 'Authorization: Bearer {secret}' http://{host}/api/v1/customers"));
    if !address.contains('@') {
        say(&format!("  Other commands     export TOLLGATE_DATABASE_URL={address}"));
    }
    run(listener, &engine, app.with_renderer(renderer), scheduler).await
}

/// The engine on the machine's clock, or on one that tests move.
async fn application(config: &Config, store: Store, test_clock: bool) -> anyhow::Result<(Engine, App)> {
    if !test_clock {
        let engine = Engine::new(store, Arc::new(SystemClock));
        return Ok((engine.clone(), App::new(engine)));
    }
    if !config.listen.ip().is_loopback() {
        bail!("--test-clock is for tests on a loopback address, not on {}", config.listen);
    }
    let clock = TestClock::at(SystemClock.now());
    let engine = Engine::new(store, Arc::new(clock.clone()));
    let all = tenants::all(&engine).await?;
    if all.is_empty() || all.iter().any(|tenant: &Tenant| !tenant.demo) {
        bail!("--test-clock is for demo databases only: make one with tollgate demo");
    }
    Ok((engine.clone(), App::new(engine).with_test_clock(clock)))
}

/// A new key for the demo. The one of the last start opens nothing any more: its secret is kept nowhere.
async fn fresh_key(engine: &Engine) -> anyhow::Result<String> {
    let actor = demo::actor();
    let made = engine.run(&actor, |work| {
        Box::pin(async move {
            let old = keys::all(work).await?;
            for key in old.iter().filter(|key| key.name == DEMO_KEY && key.revoked_at.is_none()) {
                keys::revoke(work, &key.id).await?;
            }
            keys::create(work, DEMO_KEY, Role::Owner.into(), None).await
        })
    });
    let (_, secret) = made.await.map_err(|error: KeyError| error)?;
    Ok(secret)
}

async fn bind(config: &Config) -> anyhow::Result<TcpListener> {
    match TcpListener::bind(config.listen).await {
        Ok(listener) => Ok(listener),
        Err(error) => {
            bail!(
                "cannot listen on {}: {error}; name another address with --listen, such as 127.0.0.1:3001",
                config.listen
            )
        }
    }
}

/// What runs by itself, in every tenant.
fn scheduler(engine: &Engine, mailer: Option<Arc<dyn Mailer>>, renderer: Arc<dyn Renderer>) -> Runner {
    match &mailer {
        Some(mailer) => tracing::info!("mails are sent from {}", mailer.sender().address),
        None => tracing::info!("no mail server is named: nothing is mailed"),
    }
    Runner::new(engine.clone(), "serve")
        .daily(Retention::KIND, Arc::new(Retention), 1)
        .daily(DailyBilling::KIND, Arc::new(DailyBilling), 1)
        .handle(billing::DELIVER, Arc::new(Delivery::new(renderer, mailer)), DELIVERIES)
}

async fn run(listener: TcpListener, engine: &Engine, app: App, scheduler: Runner) -> anyhow::Result<ExitCode> {
    say(&format!("Tollgate listens on http://{}. Ctrl+C ends it.", shown(listener.local_addr()?)));
    let ending = watch::Sender::new(false);
    let end = || {
        let mut told = ending.subscribe();
        async move {
            let _ = told.wait_for(|ending| *ending).await;
        }
    };
    let jobs = tokio::spawn(scheduler.run(end()));
    let requests = api::serve(listener, api::router(app), Limits::default(), end());
    tokio::join!(requests, async {
        shutdown().await;
        ending.send_replace(true);
    });
    jobs.await?;
    engine.store().close().await;
    Ok(ExitCode::SUCCESS)
}

/// The address as people type it.
fn shown(address: SocketAddr) -> String {
    if address.ip().is_loopback() { format!("localhost:{}", address.port()) } else { address.to_string() }
}

/// Ready when somebody asks the program to end.
async fn shutdown() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    let _ = interrupted.await;
}
