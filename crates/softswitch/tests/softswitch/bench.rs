//! An exchange with its phones.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use domain::invalid::parse;
use domain::time::Instant;
use engine::Clock;
use engine::agents::{self, DetailsDocument};
use engine::calls::{self, Call};
use engine::customers::Customer;
use engine::lines::{Line, phones};
use engine::presence::{self, Presence};
use engine::switching::Exchange;
use serde_json::{Value, json};
use softswitch::{MediaPolicy, MediaRelay, Softswitch};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::client::Client;
use crate::world::{World, amount};

/// The exchange, its door, and lines with their secrets.
pub(crate) struct Bench {
    pub(crate) world: World,
    pub(crate) exchange: Exchange,
    pub(crate) softswitch: Arc<Softswitch>,
    pub(crate) address: String,
    pub(crate) lines: Vec<(Line, String)>,
    tasks: JoinSet<()>,
}

impl Bench {
    /// With postpaid lines 0001 to 0003 at 0.60 a minute, by the second.
    pub(crate) async fn new(world: World) -> Bench {
        Bench::with_lines(world, &["0001", "0002", "0003"]).await
    }

    /// With lines like these, and other numbers.
    pub(crate) async fn with_lines(world: World, numbers: &[&str]) -> Bench {
        let customer = world.customer("Caller").await;
        let plan = world.plan("Talk", json!({"rate": {"price_per_minute": "0.60", "increment_seconds": 1}})).await;
        let mut lines = Vec::new();
        for number in numbers {
            let line = world.line(&customer, number, &plan).await;
            let secret = world.run(async |work| phones::make_secret(work, &line.id).await).await.unwrap();
            lines.push((line, secret.reveal().to_owned()));
        }
        let exchange = Exchange::new(&world.engine);
        let mut bench = Bench {
            softswitch: Softswitch::new(&exchange),
            exchange,
            world,
            address: String::new(),
            lines,
            tasks: JoinSet::new(),
        };
        bench.opens().await;
        bench
    }

    /// The phone of 0002 is an agent's from now on, who is called under 0700 at 0.60 a minute.
    pub(crate) async fn agent_answers(&self) {
        let rate = json!({"price_per_minute": "0.60", "increment_seconds": 1});
        let details = json!({"number": "0700", "phones": ["0002"], "prices": {"USD": {"rate": rate}}}).to_string();
        let details = parse::<DetailsDocument>(details.as_bytes()).unwrap().check().unwrap();
        let made = self.world.run(async |work| agents::create(work, "Iris".to_owned(), details).await).await.unwrap();
        self.world.run(async |work| presence::set(work, &made.id, Presence::Online).await).await.unwrap();
    }

    /// From now on voices that go through a relay go through this one.
    pub(crate) async fn has_relay(&mut self, relay: Arc<dyn MediaRelay>) {
        self.softswitch.close().await;
        self.exchange.close().await;
        self.tasks.shutdown().await;
        self.exchange = Exchange::new(&self.world.engine);
        self.softswitch = Softswitch::with_media(&self.exchange, MediaPolicy::Direct, Some(relay));
        self.opens().await;
    }

    async fn opens(&mut self) {
        self.exchange.attach(self.softswitch.clone());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        self.address = listener.local_addr().unwrap().to_string();
        let router = Router::new().layer(self.softswitch.layer(|_| IpAddr::from(Ipv4Addr::LOCALHOST)));
        self.tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
        self.tasks.spawn(self.exchange.clone().run());
        self.softswitch.recover(self.world.clock.now()).await.unwrap();
    }

    /// Another program takes the exchange over, as after a restart.
    pub(crate) async fn restarts(&mut self) {
        self.softswitch.close().await;
        self.exchange.close().await;
        self.tasks.shutdown().await;
        self.exchange = Exchange::new(&self.world.engine);
        self.softswitch = Softswitch::new(&self.exchange);
        self.opens().await;
    }

    /// Who answers those who dial 4911.
    pub(crate) async fn help_leads_to(&self, target: &str) {
        let plan = json!({"emergency_numbers": [{"number": "4911", "target": target}]});
        self.world.settings(|settings| settings.dial_plan = serde_json::from_value(plan).unwrap()).await;
    }

    /// The handshake of a line, 0 for 0001.
    pub(crate) fn auth(&self, line: usize) -> Value {
        let (line, secret) = &self.lines[line];
        json!({"phoneNumber": line.number, "token": secret})
    }

    /// The phone of a line, registered.
    pub(crate) async fn phone(&self, line: usize) -> Client {
        let mut phone = Client::connect(&self.address, self.auth(line)).await.unwrap();
        phone.hears(json!(["registered", self.lines[line].0.number])).await;
        phone.told("dial_plan").await;
        phone
    }

    /// The phones of 0001 and 0002, and a call from the first to the second that is up.
    pub(crate) async fn talking(&self) -> (Client, Client) {
        let (mut caller, mut called) = (self.phone(0).await, self.phone(1).await);
        self.connects(&mut caller, &mut called).await;
        (caller, called)
    }

    /// A call from one phone to the one of 0002, until both talk.
    pub(crate) async fn connects(&self, caller: &mut Client, called: &mut Client) {
        self.rings(caller, called).await;
        called.says("call_accepted", Value::Null);
        called.told("media").await;
        caller.told("media").await;
        caller.hears(json!("call_connected")).await;
        caller.says("call_accepted", Value::Null);
        called.hears(json!("call_connected")).await;
    }

    /// A call from the phone of 0001 to the one of 0002 that rings.
    pub(crate) async fn rings(&self, caller: &mut Client, called: &mut Client) {
        caller.says("make_call", json!("0002"));
        called.hears(json!(["call_request", "0001"])).await;
        called.says("call_acknowledged", json!("0001"));
        caller.hears(json!("callee_ringing")).await;
    }

    /// Moves the clock, second by second, so that what is due in between is done.
    pub(crate) async fn pass(&self, seconds: i64) {
        for _ in 0..seconds {
            let now = self.world.clock.now();
            self.world.clock.move_to(Instant::clamped(now.millis() + 1000));
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }

    /// Waits until no call is left, and answers the last call's record, if one was made.
    pub(crate) async fn last_call(&self) -> Option<Call> {
        self.is_quiet().await;
        let filter = calls::Filter::default();
        let mut view = self.world.view().await;
        calls::history(&mut view, &filter, None, 1).await.unwrap().pop()
    }

    /// Waits until no call is left.
    pub(crate) async fn is_quiet(&self) {
        for _ in 0..2000 {
            if self.exchange.calls(self.world.actor.tenant).is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("a call does not end");
    }

    /// Nobody has paid anything, and the books are right.
    pub(crate) async fn nobody_paid(&self) {
        let owner: Customer =
            engine::customers::get(&mut self.world.view().await, &self.lines[0].0.customer).await.unwrap();
        assert_eq!(self.world.balance(&owner.id).await, amount("0"));
        assert_eq!(self.world.faults().await, [""; 0]);
    }
}

/// Runs a case with fresh phones on each engine.
pub(crate) async fn on_both(case: impl AsyncFn(Bench)) {
    crate::world::on_both(async |world| case(Bench::new(world).await).await).await;
}
