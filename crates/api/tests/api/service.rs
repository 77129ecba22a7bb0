//! A service for a test: a fresh tenant (and a foreign one) in a database of either kind, a clock that stands still, a key of each
//! role, and the server on a port of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use api::{App, Entrance, Limits};
use domain::money::Currency;
use domain::time::{Instant, Zone};
use engine::payments::checkouts::{Checkouts, HostedPage, Order, PaymentProvider, ProviderFailure};
use engine::people::PublicUrl;
use engine::tenants::{self, Settings};
use engine::webhooks::{Answer, Courier, Parcel};
use engine::{Actor, Engine, Role, TestClock, charging, keys};
use futures::future::BoxFuture;
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use storage::Store;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::databases;

/// The instant at which every test begins.
pub(crate) const NOW: &str = "2026-10-15T12:00:00Z";

/// A service and who may use it.
pub(crate) struct Service {
    pub(crate) base: String,
    pub(crate) address: std::net::SocketAddr,
    pub(crate) engine: Engine,
    /// The secret of a key of each role.
    pub(crate) keys: Vec<(Role, String)>,
    /// The secret of an owner's key of another tenant.
    pub(crate) foreign_key: String,
    /// The program itself in the tenant, and in the foreign one.
    pub(crate) owner: Actor,
    pub(crate) foreigner: Actor,
    pub(crate) http: Client,
    secure: bool,
}

/// A courier that carries to every address that begins with `https://`, and nothing yet.
struct Doors;

impl Courier for Doors {
    fn check<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<(), String>> {
        let refused = (!url.starts_with("https://")).then(|| "must begin with https://".to_owned());
        Box::pin(async { refused.map_or(Ok(()), Err) })
    }

    fn send<'a>(&'a self, _: &'a Parcel) -> BoxFuture<'a, Result<Answer, String>> {
        Box::pin(async { Err("nobody is there".to_owned()) })
    }
}

/// How a service is reached.
pub(crate) struct Door {
    pub(crate) limits: Limits,
    /// The address that people reach it under; the one that it listens on, if none is given.
    pub(crate) url: Option<&'static str>,
    /// The proxies that are believed.
    pub(crate) proxies: &'static [&'static str],
    /// Whether no other test has the database: what looks at all tenants, or does all jobs, needs it so.
    pub(crate) alone: bool,
}

impl Door {
    /// Under the address that it listens on, and without a proxy.
    pub(crate) const ORDINARY: Door = Door {
        limits: Limits {
            header: Duration::from_secs(10),
            write: Duration::from_secs(30),
            drain: Duration::from_secs(30),
            each_client: None,
        },
        url: None,
        proxies: &[],
        alone: false,
    };
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
    /// The body as text, as far as it is one.
    pub(crate) text: String,
    /// The body, if it is JSON; else null.
    pub(crate) body: Value,
}

/// A payment provider that makes pages, but for 503.00 and 422.00. What becomes of them is tested with the adapters of real ones.
struct Cards;

/// What the provider is called.
pub(crate) const PROVIDER: &str = "cards";

/// Its pages.
pub(crate) fn pages() -> Checkouts {
    Checkouts::new(Arc::new(Cards), PublicUrl::parse("https://tollgate.example").unwrap())
}

impl PaymentProvider for Cards {
    fn name(&self) -> &'static str {
        PROVIDER
    }

    fn serves(&self, _tenant: i64) -> bool {
        true
    }

    fn begin<'a>(&'a self, order: &'a Order) -> BoxFuture<'a, Result<HostedPage, ProviderFailure>> {
        let page = HostedPage {
            page: format!("page_{}", order.checkout),
            url: format!("https://pay.example/{}", order.checkout),
            expires_at: Instant::parse("2027-01-01T00:00:00Z").unwrap(),
        };
        let made = match order.amount.micros() / 1_000_000 {
            503 => Err(ProviderFailure::Away),
            422 => Err(ProviderFailure::Refused("this is too odd an amount".to_owned())),
            _ => Ok(page),
        };
        Box::pin(async move { made })
    }

    fn charge<'a>(&'a self, order: &'a Order, _: &'a str) -> BoxFuture<'a, Result<String, ProviderFailure>> {
        Box::pin(async move { Ok(format!("{PROVIDER}/{}", order.checkout)) })
    }
}

/// Whether there is time for the sizes that only `make soak` tries.
pub(crate) fn is_soak() -> bool {
    std::env::var_os("TOLLGATE_SOAK").is_some()
}

/// Runs a case on a fresh service on each engine.
pub(crate) async fn on_both(case: impl AsyncFn(&Service)) {
    on_both_behind(Door::ORDINARY, case).await;
}

/// The same with other limits of connections.
pub(crate) async fn on_both_within(limits: Limits, case: impl AsyncFn(&Service)) {
    on_both_behind(Door { limits, ..Door::ORDINARY }, case).await;
}

/// The same, reached in another way.
pub(crate) async fn on_both_behind(door: Door, case: impl AsyncFn(&Service)) {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = format!("sqlite://{}/tollgate.db", folder.path().display());
    let postgres = if door.alone { databases::fresh_postgres().await } else { databases::server() };
    for address in [&sqlite, &postgres] {
        let store = Store::open(address).await.unwrap();
        store.migrate().await.unwrap();
        let (service, end, served) = Service::start(store.clone(), &door).await;
        case(&service).await;
        drop(service);
        end.send(()).unwrap();
        served.await.unwrap();
        store.close().await;
    }
    if door.alone {
        databases::drop_postgres(&postgres).await;
    }
}

/// The number of a tenant that no other test has: PostgreSQL's database is shared by all tests.
fn fresh_tenant() -> i64 {
    static NEXT: AtomicI64 = AtomicI64::new(0);
    let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros() % 1_000_000_000_000;
    i64::try_from(started).unwrap() * 1000 + NEXT.fetch_add(1, Ordering::Relaxed) % 1000
}

async fn found(engine: &Engine, name: &str) -> Actor {
    let owner = Actor::program(fresh_tenant(), "test");
    let settings = Settings::new(Currency::parse("USD").unwrap(), Zone::named("UTC").unwrap());
    let mut work = engine.begin(&owner).await.unwrap();
    tenants::found(&mut work, name, settings, false).await.unwrap();
    work.commit().await.unwrap();
    owner
}

async fn key(engine: &Engine, owner: &Actor, role: Role) -> String {
    let mut work = engine.begin(owner).await.unwrap();
    let (_, secret) = keys::create(&mut work, "test", role.into(), None).await.unwrap();
    work.commit().await.unwrap();
    secret
}

impl Service {
    async fn start(store: Store, door: &Door) -> (Service, oneshot::Sender<()>, JoinHandle<()>) {
        let clock = TestClock::at(Instant::parse(NOW).unwrap());
        let engine = Engine::new(store, Arc::new(clock.clone()));
        let owner = found(&engine, "Helpline").await;
        let foreigner = found(&engine, "Elsewhere").await;
        let mut keys = Vec::new();
        for role in keys::KEY_SCOPES {
            keys.push((role, key(&engine, &owner, role).await));
        }
        let foreign_key = key(&engine, &foreigner, Role::Owner).await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let url = PublicUrl::parse(door.url.unwrap_or(&format!("http://{address}"))).unwrap();
        let (secure, limits) = (url.as_str().starts_with("https"), door.limits);
        let proxies = door.proxies.iter().map(|proxy| proxy.parse().unwrap()).collect();
        let pages = Checkouts::new(Arc::new(Cards), url.clone());
        let app = App::new(engine.clone(), Entrance::new(url, proxies));
        let app = app.with_courier(Arc::new(Doors)).with_checkouts(pages);
        let router = api::router(app.with_test_clock(clock));
        let (end, ended) = oneshot::channel();
        let lengthening = tokio::spawn(charging::lengthen_calls(engine.clone()));
        let served = tokio::spawn(async move {
            let end = async move {
                let _ = ended.await;
            };
            api::serve(listener, router, None, limits, end).await.unwrap();
            lengthening.abort();
        });
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(Duration::from_secs(60));
        let service = Service {
            base: format!("http://{address}"),
            address,
            engine,
            keys,
            foreign_key,
            owner,
            foreigner,
            http: http.build().unwrap(),
            secure,
        };
        (service, end, served)
    }

    pub(crate) fn key(&self, role: Role) -> &str {
        &self.keys.iter().find(|(known, _)| *known == role).unwrap().1
    }

    /// The name of the cookie with which people are signed in.
    pub(crate) fn cookie_name(&self) -> &'static str {
        if self.secure { "__Host-tollgate" } else { "tollgate" }
    }

    /// A request without a key to a path of the service.
    pub(crate) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    /// A request without a key to a path below `/api/v1`.
    pub(crate) fn anonymous(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, &format!("/api/v1{path}"))
    }

    /// A request of the owner.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.anonymous(method, path).bearer_auth(self.key(Role::Owner))
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        sent(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        sent(self.request(Method::POST, path).json(&body)).await
    }

    /// Makes something; its id.
    pub(crate) async fn made(&self, path: &str, body: Value) -> String {
        let reply = self.post(path, body).await;
        assert_eq!(reply.status, 201, "{path}: {}", reply.text);
        reply.body["id"].as_str().unwrap().to_owned()
    }

    /// A postpaid customer.
    pub(crate) async fn customer(&self, name: &str) -> String {
        self.made("/customers", json!({"organisation": name, "mode": "postpaid"})).await
    }

    /// A postpaid plan at this price a minute, billed by whole minutes.
    pub(crate) async fn plan(&self, name: &str, price_per_minute: &str) -> String {
        let rate = json!({"price_per_minute": price_per_minute});
        self.made("/plans", json!({"name": name, "currency": "USD", "rate": rate, "monthly_fee": "0"})).await
    }

    /// A line of the customer, open since the year began.
    pub(crate) async fn line(&self, customer: &str, number: &str, plan: &str) -> String {
        let opened_at = "2026-01-01T00:00:00Z";
        let line = json!({"customer": customer, "number": number, "plan": plan, "opened_at": opened_at});
        self.made("/lines", line).await
    }

    /// A postpaid customer whose one line was opened now, on a plan at 12.00 a month and 0.05 a minute: the ids of customer and line.
    pub(crate) async fn subscriber(&self, name: &str, number: &str) -> (String, String) {
        let plan = json!({"name": format!("Monthly {number}"), "currency": "USD", "monthly_fee": "12.00",
            "rate": {"price_per_minute": "0.05"}});
        let plan = self.made("/plans", plan).await;
        let customer = self.customer(name).await;
        let line = self.made("/lines", json!({"customer": customer, "number": number, "plan": plan})).await;
        (customer, line)
    }

    /// Moves the clock forward.
    pub(crate) async fn comes(&self, now: &str) {
        let moved = self.post("/test/clock", json!({"now": now})).await;
        assert_eq!(moved.body["now"], now, "{}", moved.text);
    }

    /// Issues what is due to a customer, which is one invoice: its id.
    pub(crate) async fn invoiced(&self, customer: &str) -> String {
        let reply = self.post(&format!("/customers/{customer}/invoices"), json!({})).await;
        assert_eq!((reply.status, reply.body["invoices"].as_array().map(Vec::len)), (201, Some(1)), "{}", reply.text);
        reply.body["invoices"][0]["id"].as_str().unwrap().to_owned()
    }

    /// A customer with the line 0001 on a plan at 0.05 a minute: the ids of customer and line.
    pub(crate) async fn caller(&self) -> (String, String) {
        let plan = self.plan("Basic", "0.05").await;
        let customer = self.customer("Harbour Radio").await;
        let line = self.line(&customer, "0001", &plan).await;
        (customer, line)
    }
}

/// Sends a request and reads what comes back; of what has no end, how it begins.
pub(crate) async fn sent(request: RequestBuilder) -> Reply {
    let mut response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let is_endless = headers.get("content-type").is_some_and(|media| media == "text/event-stream");
    let bytes = if is_endless { response.chunk().await.unwrap().unwrap() } else { response.bytes().await.unwrap() };
    let bytes = bytes.to_vec();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    Reply { status, headers, bytes, text, body }
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The end of the problem's type.
    pub(crate) fn problem(&self) -> &str {
        self.body["type"].as_str().unwrap_or_default().trim_start_matches("/problems/")
    }

    /// A problem without the id of its request, which alone may tell one refusal from another.
    pub(crate) fn told(&self) -> Value {
        let mut body = self.body.clone();
        body.as_object_mut().map(|body| body.remove("request_id"));
        body
    }

    /// The places of a problem's faults: pointer, parameter or header.
    pub(crate) fn places(&self) -> Vec<&str> {
        let faults = self.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        faults
            .iter()
            .filter_map(|fault| ["pointer", "parameter", "header"].iter().find_map(|name| fault[*name].as_str()))
            .collect()
    }
}
