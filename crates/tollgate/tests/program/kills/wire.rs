//! Requests that are sent until they are answered, however often the program is killed meanwhile.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::sleep;

/// Longest wait for an answer, kills included.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longest wait for the answer of a program that lives.
const DEADLINE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(10);

/// A request, to be sent as often as it takes.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) path: String,
    /// Its `Idempotency-Key`, where it has one.
    pub(super) key: Option<String>,
    pub(super) body: Value,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reply {
    pub(super) status: u16,
    /// Whether it is the answer to the same request before.
    pub(super) is_replayed: bool,
    pub(super) body: Value,
}

/// Where the program is, and what becomes of the requests to it.
pub(super) struct Door {
    address: watch::Sender<Option<String>>,
    in_flight: AtomicUsize,
    acknowledged: AtomicUsize,
    cut: AtomicUsize,
    put_off: AtomicUsize,
    /// The longest wait for an answer, and which it was.
    longest: Mutex<(Duration, String)>,
}

/// A client with its connection, by one key.
pub(super) struct Wire {
    client: reqwest::Client,
    secret: String,
}

impl Request {
    pub(super) fn post(path: String, body: Value) -> Self {
        Request { method: Method::POST, path, key: None, body }
    }
}

impl Reply {
    pub(super) fn is_good(&self) -> bool {
        matches!(self.status, 200 | 201)
    }

    /// Whether nothing was decided: the same is to be sent again.
    fn is_none(&self) -> bool {
        self.status == 503 || self.body["type"].as_str().is_some_and(|kind| kind.ends_with("contended"))
    }
}

impl Door {
    /// A door that is closed.
    pub(super) fn new() -> Self {
        let [in_flight, acknowledged, cut, put_off] = [const { AtomicUsize::new(0) }; 4];
        Door { address: watch::Sender::new(None), in_flight, acknowledged, cut, put_off, longest: Mutex::default() }
    }

    /// Lets requests to the program at this address.
    pub(super) fn open(&self, address: &str) {
        self.address.send_replace(Some(address.to_owned()));
    }

    /// Lets no more requests begin; those in flight go on.
    pub(super) fn close(&self) {
        self.address.send_replace(None);
    }

    /// Waits until no request is in flight. What was answered is in the memory then, since all tasks share one thread, and note an
    /// answer at the moment in which they get it.
    pub(super) async fn drained(&self) {
        while self.in_flight.load(Ordering::Relaxed) > 0 {
            sleep(Duration::from_millis(1)).await;
        }
    }

    /// How many requests were acknowledged.
    pub(super) fn acknowledged(&self) -> usize {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// How many requests had no answer when the program ended.
    pub(super) fn cut(&self) -> usize {
        self.cut.load(Ordering::Relaxed)
    }

    /// How many requests are in flight.
    pub(super) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// Waits until one more request is acknowledged.
    pub(super) async fn next_acknowledged(&self) {
        one_more(&self.acknowledged).await;
    }

    /// Waits until one more request is told to come again.
    pub(super) async fn next_put_off(&self) {
        one_more(&self.put_off).await;
    }

    /// The longest wait for an answer, whatever it was, which is to be within the deadline.
    pub(super) fn longest_within(&self, deadline: Duration) -> Duration {
        let (waited, what) = self.longest.lock().unwrap().clone();
        assert!(waited < deadline, "a request waited for {waited:?}: {what}");
        waited
    }

    fn note_wait(&self, waited: Duration, what: impl Fn() -> String) {
        let mut longest = self.longest.lock().unwrap();
        if waited > longest.0 {
            *longest = (waited, what());
        }
    }

    async fn address(&self) -> String {
        let mut told = self.address.subscribe();
        let address = told.wait_for(Option::is_some).await.unwrap();
        address.clone().unwrap()
    }
}

async fn one_more(count: &AtomicUsize) {
    let (before, began) = (count.load(Ordering::Relaxed), Instant::now());
    while count.load(Ordering::Relaxed) == before {
        assert!(began.elapsed() < PATIENCE, "it does not happen");
        sleep(Duration::from_millis(1)).await;
    }
}

impl Wire {
    pub(super) fn new(secret: &str) -> Self {
        let client = reqwest::Client::builder().timeout(DEADLINE).build().unwrap();
        Wire { client, secret: secret.to_owned() }
    }

    /// Sends a request until it is answered.
    pub(super) async fn send(&self, door: &Door, request: &Request) -> Reply {
        let began = Instant::now();
        loop {
            let address = door.address().await;
            door.in_flight.fetch_add(1, Ordering::Relaxed);
            let asked = Instant::now();
            let outcome = self.attempt(&address, request).await;
            door.note_wait(asked.elapsed(), || format!("{request:?}: {outcome:?}"));
            door.in_flight.fetch_sub(1, Ordering::Relaxed);
            match outcome {
                Ok(reply) if !reply.is_none() => {
                    door.acknowledged.fetch_add(usize::from(reply.is_good()), Ordering::Relaxed);
                    return reply;
                }
                Ok(_) => {
                    door.put_off.fetch_add(1, Ordering::Relaxed);
                }
                // It had a connection: the program ended in the middle of it.
                Err(error) => {
                    let is_cut = !error.is_connect() && !error.is_timeout();
                    door.cut.fetch_add(usize::from(is_cut), Ordering::Relaxed);
                }
            }
            assert!(began.elapsed() < PATIENCE, "no answer within {PATIENCE:?}: {request:?}");
            sleep(PAUSE).await;
        }
    }

    /// Sends a request once.
    pub(super) async fn attempt(&self, address: &str, request: &Request) -> reqwest::Result<Reply> {
        let url = format!("{address}/api/v1{}", request.path);
        let mut sent = self.client.request(request.method.clone(), url).bearer_auth(&self.secret);
        if let Some(key) = &request.key {
            sent = sent.header("idempotency-key", key);
        }
        if !request.body.is_null() {
            sent = sent.json(&request.body);
        }
        let response = sent.send().await?;
        let (status, is_replayed) =
            (response.status().as_u16(), response.headers().contains_key("idempotency-replayed"));
        let text = response.text().await?;
        Ok(Reply { status, is_replayed, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) })
    }
}
