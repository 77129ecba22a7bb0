//! `tollgate serve` and `tollgate demo`.

mod ending;
mod systemd;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use api::{App, Entrance, Limits, Tls};
use asterisk::Asterisk;
use axum::Router;
use documents::Templates;
use domain::roster::TimeOfDay;
use engine::allowances::{GRANTS, Grants};
use engine::billing::{self, DailyBilling, Delivery};
use engine::charging::{self, Watch};
use engine::jobs::{Retention, Runner};
use engine::keys::{self, KeyError};
use engine::mailer::Mailer;
use engine::notices::{NOTICES, Notices};
use engine::payments::automatic::{self, AUTOMATIC_TOP_UPS, CardCharges};
use engine::payments::checkouts::Checkouts;
use engine::payouts::DailyPayouts;
use engine::people::letters::{LETTERS, Post};
use engine::people::{Page, PublicUrl, set_up};
use engine::recordings::{MESSAGES, Waited};
use engine::reminders::{GapMails, REMINDERS, Reminding};
use engine::sms::{SMS, SmsCarrier, Texting};
use engine::switching::{Exchange, Switch};
use engine::tenants::{self, Tenant};
use engine::webhooks::{Telling, WEBHOOKS};
use engine::{Clock, Engine, Role, SystemClock, TestClock};
use softswitch::relay::Relay;
use softswitch::{MediaRelay, Softswitch};
use storage::Store;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use twilio::signature::Tokens;
use twilio::switch::{self, AccountSettings, FORGETS, Forgetting, KEEPS, Keeping, Twilio};
use webhooks::HttpCourier;

use super::{open, say};
use crate::cli::{DemoArgs, ServeArgs};
use crate::config::{self, Config, Media, Operating};
use crate::demo;
use crate::metrics::{self, Metrics};
use ending::{Ending, Running, Signals};

/// The demo's own database, where none is named.
const DEMO_DATABASE: &str = "sqlite://tollgate-demo.db";
/// Where a phone looks for its exchange that is told nothing else.
const USUAL_URL: &str = "http://localhost:3000";
/// What the demo calls its key.
const DEMO_KEY: &str = "demo";
/// How many documents are drawn and mailed at once: mail servers take their time over each.
const DELIVERIES: usize = 8;
/// How many webhooks are told of something at once: a receiver may take some seconds for each.
const WEBHOOKS_AT_ONCE: usize = 32;
/// How many short messages are sent at once: a carrier takes some in a second from one number, and says so.
const TEXTS_AT_ONCE: usize = 4;
/// How many cards are charged at once.
const CHARGES_AT_ONCE: usize = 4;
/// How many mails with links are sent at once.
const LETTERS_AT_ONCE: usize = 4;

pub(crate) async fn serve(config: &Config, args: &ServeArgs) -> anyhow::Result<ExitCode> {
    let (front, mailer) = (Front::open(config).await?, config.mailer()?);
    let store = open(&config.database_url).await?;
    let (engine, app) = application(config, store, args.test_clock, &front).await?;
    let scheduler = scheduler(&engine, mailer, &front)?;
    if let Some(secret) = set_up::setup_ticket(&engine).await? {
        say("Nobody owns a company on this server yet. Whoever opens this link does, once and within a day:");
        say(&format!("  {}", front.url.link(Page::SetUp, &secret)));
    }
    run(front, &engine, app, scheduler).await
}

pub(crate) async fn demo(config: &Config, args: &DemoArgs) -> anyhow::Result<ExitCode> {
    if !config.listen.ip().is_loopback() {
        bail!("the demo listens on a loopback address only, not on {}", config.listen);
    }
    let address = if config.database_is_default { DEMO_DATABASE } else { config.database_url.as_str() };
    // Before anything is changed: a demo that runs here already keeps its key.
    let (front, mailer) = (Front::open(config).await?, config.mailer()?);
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
    let (engine, app) = application(config, store, args.test_clock, &front).await?;
    let scheduler = scheduler(&engine, mailer, &front)?;
    let secret = fresh_key(&engine).await?;
    demo::sign_ins(&engine).await.context("the demo's people could not be made")?;
    let host = front.url.as_str();
    say("This is the demo: its data are made up, and whoever can reach this machine's loopback address can read them.");
    say(&format!("  The app            {host}"));
    for (who, sign_in, ..) in demo::SIGN_INS {
        say(&format!("    {who:<18} {sign_in} / {sign_in}"));
    }
    say(&format!("  API and explorer   {host}/docs"));
    say(&format!("  API key            {secret}"));
    say(&format!("  Try                curl -H 'Authorization: Bearer {secret}' {host}/api/v1/customers"));
    // The phone finds the usual address by itself.
    let at = if host == USUAL_URL { String::new() } else { format!(" {host}") };
    say(&format!("  Phones             tollgate phone 0001{at}, and in another terminal tollgate phone 0002{at}"));
    say(&format!("                     or {host}/phone#0001, and in another tab {host}/phone#0002"));
    if !address.contains('@') {
        say(&format!("  Other commands     export TOLLGATE_DATABASE_URL={address}"));
    }
    run(front, &engine, app, scheduler).await
}

/// The side of the server that faces the world.
struct Front {
    listener: TcpListener,
    /// Where Prometheus reads metrics.
    metrics: Option<TcpListener>,
    operating: Operating,
    /// The address on this machine.
    own_url: PublicUrl,
    /// The address that people reach it under.
    url: PublicUrl,
    tls: Option<Tls>,
    templates: Templates,
    courier: Arc<HttpCourier>,
    limits: Limits,
    entrance: Entrance,
    media: Media,
    asterisks: Vec<asterisk::Settings>,
    twilio: Option<config::Twilio>,
    stripe: Option<config::Stripe>,
    checkouts: Option<Checkouts>,
}

impl Front {
    async fn open(config: &Config) -> anyhow::Result<Self> {
        let (templates, courier, tls) = (config.templates()?, Arc::new(config.courier()?), config.tls()?);
        let listener = bind(config).await?;
        let metrics = match config.operating.metrics_listen {
            Some(address) => Some(metrics::bind(address).await?),
            None => None,
        };
        let (own_url, url) = (config.own_url(listener.local_addr()?)?, config.public_url(listener.local_addr()?)?);
        let entrance = config.entrance(listener.local_addr()?)?;
        Ok(Front {
            listener,
            metrics,
            operating: config.operating,
            own_url,
            tls,
            templates,
            courier,
            limits: config.limits(),
            entrance,
            media: config.media.clone(),
            asterisks: config.asterisks.clone(),
            twilio: config.twilio.clone(),
            checkouts: config.stripe.as_ref().map(|account| account.checkouts(&url)).transpose()?,
            url,
            stripe: config.stripe.clone(),
        })
    }

    fn greeting(&self) -> anyhow::Result<String> {
        let (own, public) = (self.own_url.as_str(), self.url.as_str());
        let under = if own == public { String::new() } else { format!(", and is reached under {public}") };
        let metrics = match &self.metrics {
            Some(listener) => format!("Metrics are shown at http://{}/metrics.\n", listener.local_addr()?),
            None => String::new(),
        };
        Ok(format!("{metrics}Tollgate listens on {own}{under}. Ctrl+C ends it."))
    }
}

/// The engine on the machine's clock, or on one that tests move.
async fn application(config: &Config, store: Store, test_clock: bool, front: &Front) -> anyhow::Result<(Engine, App)> {
    let entrance = front.entrance.clone();
    let engine = Engine::new(store.clone(), Arc::new(SystemClock));
    let all = tenants::all(&engine).await?;
    let is_demo = all.iter().any(|tenant| tenant.demo);
    let app = |engine: &Engine| {
        let app = App::new(engine.clone(), entrance.clone())
            .with_renderer(Arc::new(front.templates.clone()))
            .with_courier(front.courier.clone());
        let app = match &front.checkouts {
            Some(checkouts) => app.with_checkouts(checkouts.clone()),
            None => app,
        };
        if is_demo { app.of_demo() } else { app }
    };
    if test_clock && !config.listen.ip().is_loopback() {
        bail!("--test-clock is for tests on a loopback address, not on {}", config.listen);
    }
    if !config.listen.ip().is_loopback() && is_demo {
        bail!(
            "the database is a demo's, whose passwords everybody knows: it is served on a loopback address only, not on {}",
            config.listen
        );
    }
    if !test_clock {
        return Ok((engine.clone(), app(&engine)));
    }
    let clock = TestClock::at(SystemClock.now());
    let engine = Engine::new(store, Arc::new(clock.clone()));
    if all.is_empty() || all.iter().any(|tenant: &Tenant| !tenant.demo) {
        bail!("--test-clock is for demo databases only: make one with tollgate demo");
    }
    Ok((engine.clone(), app(&engine).with_test_clock(clock)))
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
fn scheduler(engine: &Engine, mailer: Option<Arc<dyn Mailer>>, front: &Front) -> anyhow::Result<Runner> {
    match &mailer {
        Some(mailer) => tracing::info!("mails are sent from {}", mailer.sender().address),
        None => tracing::info!("no mail server is named: nothing is mailed"),
    }
    let templates = Arc::new(front.templates.clone());
    let post = Post::new(templates.clone(), mailer.clone(), front.url.clone());
    let notices = Notices::new(templates.clone(), mailer.clone(), front.url.clone());
    let texts = front.twilio.as_ref().map(|account| account.texts(&front.url)).transpose()?;
    let texting = Texting::new(texts.map(|texts| Arc::new(texts) as Arc<dyn SmsCarrier>).into_iter().collect());
    let runner = Runner::new(engine.clone(), "serve")
        .daily(Retention::KIND, Arc::new(Retention), 1)
        .daily(DailyBilling::KIND, Arc::new(DailyBilling), 1)
        .daily(DailyPayouts::KIND, Arc::new(DailyPayouts), 1)
        .daily(REMINDERS, Arc::new(Reminding), 1)
        .daily_at(TimeOfDay::MORNING, GapMails::KIND, Arc::new(GapMails), 1)
        .handle(billing::DELIVER, Arc::new(Delivery::new(templates, mailer)), DELIVERIES)
        .handle(LETTERS, Arc::new(post), LETTERS_AT_ONCE)
        .handle(WEBHOOKS, Arc::new(Telling::new(front.courier.clone())), WEBHOOKS_AT_ONCE)
        .handle(NOTICES, Arc::new(notices), LETTERS_AT_ONCE)
        .handle(GRANTS, Arc::new(Grants), 1)
        .handle(MESSAGES, Arc::new(Waited), 1)
        .handle(SMS, Arc::new(texting), TEXTS_AT_ONCE);
    Ok(match &front.checkouts {
        Some(checkouts) => {
            runner.handle(AUTOMATIC_TOP_UPS, Arc::new(CardCharges::new(checkouts.clone())), CHARGES_AT_ONCE)
        }
        None => runner,
    })
}

async fn run(mut front: Front, engine: &Engine, app: App, mut scheduler: Runner) -> anyhow::Result<ExitCode> {
    let (signals, ending) = (Signals::listen()?, Ending::after(front.operating.shutdown_delay));
    say(&front.greeting()?);
    let exchange = Exchange::new(engine);
    let mut live_calls = JoinSet::new();
    live_calls.spawn(systemd::live());
    live_calls.spawn(Watch::new(engine).run());
    live_calls.spawn(charging::lengthen_calls(engine.clone()));
    let node = engine.clone();
    live_calls.spawn(async move { node.keep_in_touch().await });
    if let Some(checkouts) = front.checkouts.take() {
        live_calls.spawn(automatic::watch(engine.clone(), checkouts));
    }
    let twilio = front.twilio.take().map(|account| at_twilio(&exchange, account, &front.url)).transpose()?;
    if let Some(twilio) = &twilio {
        exchange.attach(twilio.clone());
        scheduler = scheduler.handle(KEEPS, Arc::new(Keeping(twilio.clone())), 1);
        scheduler = scheduler.handle(FORGETS, Arc::new(Forgetting(twilio.clone())), 1);
    }
    let jobs = tokio::spawn(scheduler.run(ending.begun()));
    let phones = phones(&exchange, front.media);
    exchange.attach(phones.clone());
    live_calls.spawn(exchange.clone().run());
    live_calls.spawn(carry(exchange.clone(), phones.clone()));
    if !front.asterisks.is_empty() {
        let asterisk = Asterisk::new(&exchange, front.asterisks)?;
        exchange.attach(asterisk.clone());
        live_calls.spawn(carry_ordinary(exchange.clone(), asterisk));
    }
    exchange.is_reached_at(&front.url);
    let webhooks = match twilio {
        Some(twilio) => {
            live_calls.spawn(carry_at_twilio(exchange.clone(), twilio.clone()));
            switch::routes(twilio)
        }
        None => Router::new(),
    };
    let webhooks = match &front.stripe {
        Some(account) => webhooks.merge(stripe::routes(engine, account.tenant, account.secrets())),
        None => webhooks,
    };
    let app = app.with_exchange(exchange.clone()).with_phones(phones.name()).with_readiness(ending.readiness());
    if let Some(listener) = front.metrics {
        live_calls.spawn(metrics::serve(listener, Metrics::of(&exchange, &phones, &app)));
    }
    let entrance = front.entrance;
    let door = phones.layer(move |request| entrance.address(request));
    let webhooks = api::counted(webhooks, app.measures());
    let service = api::router(app).merge(softswitch::pages()).merge(webhooks);
    let router = webapp::over(service).layer(door);
    let serving = api::serve(front.listener, router, front.tls, front.limits, ending.begun());
    let requests = tokio::spawn(async move { Ok(serving.await?) });
    let running = Running { store: engine.store().clone(), exchange, phones, live_calls, jobs, requests };
    systemd::ready();
    running.until_asked(ending, signals).await
}

/// The built-in exchange's switch, whose voices travel as the configuration says.
fn phones(exchange: &Exchange, Media { policy, relay }: Media) -> Arc<Softswitch> {
    let clock = exchange.engine().clock().clone();
    let relay = relay.map(|settings| Arc::new(Relay::new(settings, clock)) as Arc<dyn MediaRelay>);
    Softswitch::with_media(exchange, policy, relay)
}

/// Becomes the softswitch, as soon as no other program on the database is it, and takes up the calls that the last one carried.
async fn carry(exchange: Exchange, phones: Arc<Softswitch>) {
    let seen_at = exchange.become_switch(phones.name()).await;
    let taking_up = async {
        if let Err(error) = phones.recover(seen_at).await {
            tracing::error!(%error, "the calls of the last run could not be taken up: they end at their last signs of life");
        }
    };
    let staying = async {
        exchange.stay_switch(phones.name()).await;
        phones.close().await;
    };
    tokio::join!(taking_up, staying);
}

/// Has Asterisks carry calls, as soon as no other program on the database does, and takes up the calls that the last one carried.
async fn carry_ordinary(exchange: Exchange, asterisk: Arc<Asterisk>) {
    let seen_at = exchange.become_switch(asterisk.name()).await;
    tokio::select! {
        carried = asterisk.carry(seen_at) => if let Err(error) = carried {
            tracing::error!(%error, "no calls of Asterisk are carried: start Tollgate again when the database answers");
        },
        () = exchange.stay_switch(asterisk.name()) => {}
    }
}

/// The account at Twilio, whose webhooks come in under the public address.
fn at_twilio(exchange: &Exchange, account: config::Twilio, url: &PublicUrl) -> anyhow::Result<Arc<Twilio>> {
    let client = account.client()?;
    let settings = AccountSettings {
        tenant: account.tenant,
        account: account.account,
        tokens: Tokens::new(account.tokens.iter().map(String::as_str)),
        public_url: config::public(url)?,
    };
    Ok(Twilio::new(exchange, settings, client))
}

/// Has Twilio carry calls, as soon as no other program on the database does, and takes up those that talked.
async fn carry_at_twilio(exchange: Exchange, twilio: Arc<Twilio>) {
    let seen_at = exchange.become_switch(twilio.name()).await;
    if let Err(error) = twilio.recover(seen_at).await {
        tracing::error!(%error, "the calls of the last run at Twilio could not be taken up: they end at their last signs of life");
    }
    exchange.stay_switch(twilio.name()).await;
}
