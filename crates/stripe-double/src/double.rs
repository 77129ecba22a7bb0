use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use stripe::signature::{SIGNATURE_HEADER, sign};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::account::{Account, Charge, Page, Play};
use crate::rest;

/// Why a scene cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum NotPlayed {
    /// There is no room for a server on this machine.
    #[error("no server can be started: {0}")]
    NoServer(#[from] std::io::Error),
    /// There is nothing of that id.
    #[error("there is no {0}")]
    NotThere(String),
}

/// A webhook that was sent, and what came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// What kind of event.
    pub kind: String,
    /// The status of the answer; 0, where there was none.
    pub status: u16,
    /// What was answered.
    pub answer: String,
}

/// Stripe, played. It is gone when the last handle on it is.
#[derive(Debug, Clone)]
pub struct Double {
    inner: Arc<Inner>,
    _server: Arc<Server>,
}

#[derive(Debug)]
struct Server(JoinHandle<()>);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[derive(Debug)]
pub(crate) struct Inner {
    state: Mutex<State>,
    client: reqwest::Client,
}

/// What its parts share.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) account: Account,
    pub(crate) key: String,
    pub(crate) answers: VecDeque<u16>,
    /// What becomes of the next charges.
    pub(crate) plays: VecDeque<Play>,
    /// How many answers to charges are lost from now on.
    pub(crate) lost: u32,
    address: SocketAddr,
    webhook: Option<(String, String)>,
    /// Events that are not sent yet.
    waiting: VecDeque<Value>,
    holds: bool,
    sent: Vec<Sent>,
    second: Option<i64>,
}

impl State {
    pub(crate) fn page_url(&self, id: &str) -> String {
        format!("http://{}/pay/{id}", self.address)
    }

    /// An event is to be sent.
    pub(crate) fn tells(&mut self, kind: &str, object: Value) {
        let event = self.account.event(kind, object);
        self.waiting.push_back(event);
    }
}

impl Inner {
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The second that it is there.
    pub(crate) fn second(&self) -> i64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        self.with(|state| state.second).unwrap_or_else(|| i64::try_from(now).unwrap_or(i64::MAX))
    }

    /// Somebody pays on a page, once.
    pub(crate) fn pay(&self, page: &str) -> Option<String> {
        self.with(|state| {
            let (id, payer, card) = (state.account.id("pi"), state.account.id("cus"), state.account.id("pm"));
            let url = state.page_url(page);
            let paid = state.account.pages.get_mut(page)?;
            if let Some(charge) = &paid.charge {
                return Some(charge.clone());
            }
            paid.charge = Some(id.clone());
            paid.payer = paid.keeps_card.then(|| payer.clone());
            let (amount, currency) = (paid.amount, paid.currency.clone());
            let (reference, payer, shown) = (paid.reference.clone(), paid.payer.clone(), paid.shown(&url));
            if let Some(payer) = &payer {
                state.account.cards.insert(payer.clone(), card);
            }
            let charge =
                Charge { id: id.clone(), amount, refunded: 0, currency, reference, payer, status: "succeeded" };
            state.tells("payment_intent.succeeded", charge.shown());
            state.account.charges.insert(id.clone(), charge);
            state.tells("checkout.session.completed", shown);
            Some(id)
        })
    }

    /// Sends what waits, unless it is held back.
    pub(crate) async fn send_all(&self) {
        while let Some(event) = self.with(|state| if state.holds { None } else { state.waiting.pop_front() }) {
            self.send(&event, None).await;
        }
    }

    /// Sends an event once, signed now or at another second.
    async fn send(&self, event: &Value, second: Option<i64>) -> Sent {
        let kind = event["type"].as_str().unwrap_or_default().to_owned();
        let body = event.to_string();
        let second = second.unwrap_or_else(|| self.second());
        let webhook = self.with(|state| state.webhook.clone());
        let (status, answer) = match webhook {
            Some((url, secret)) => {
                let header = sign(&secret, second, body.as_bytes());
                let request = self.client.post(url).header(SIGNATURE_HEADER, header).body(body);
                match request.send().await {
                    Ok(answer) => (answer.status().as_u16(), answer.text().await.unwrap_or_default()),
                    Err(error) => (0, error.to_string()),
                }
            }
            None => (0, "no webhook is named".to_owned()),
        };
        let sent = Sent { kind, status, answer };
        self.with(|state| state.sent.push(sent.clone()));
        sent
    }
}

impl Double {
    /// Starts on a free port of this machine, for whoever has this key.
    ///
    /// # Errors
    /// There is no room for a server.
    pub async fn start(key: &str) -> Result<Double, NotPlayed> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let state = State {
            account: Account::default(),
            key: key.to_owned(),
            answers: VecDeque::new(),
            plays: VecDeque::new(),
            lost: 0,
            address: listener.local_addr()?,
            webhook: None,
            waiting: VecDeque::new(),
            holds: false,
            sent: Vec::new(),
            second: None,
        };
        let inner = Arc::new(Inner { state: Mutex::new(state), client: reqwest::Client::new() });
        let router = rest::routes(inner.clone());
        let server = tokio::spawn(async move {
            // It is ended, never by itself.
            let _ended = axum::serve(listener, router).await;
        });
        Ok(Double { inner, _server: Arc::new(Server(server)) })
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        self.inner.with(|state| format!("http://{}", state.address))
    }

    /// Where webhooks go, and with which secret they are signed.
    pub fn tells(&self, url: &str, secret: &str) {
        self.inner.with(|state| state.webhook = Some((url.to_owned(), secret.to_owned())));
    }

    /// From now on it is this second there, for good.
    pub fn set_second(&self, second: i64) {
        self.inner.with(|state| state.second = Some(second));
    }

    /// The next requests are answered with these statuses.
    pub fn will_answer(&self, statuses: &[u16]) {
        self.inner.with(|state| state.answers.extend(statuses));
    }

    /// The next charges to cards that are kept go so; those after them are paid.
    pub fn will_play(&self, plays: &[Play]) {
        self.inner.with(|state| state.plays.extend(plays));
    }

    /// So many answers to charges are lost from now on, whatever was done.
    pub fn will_lose(&self, answers: u32) {
        self.inner.with(|state| state.lost = answers);
    }

    /// A charge that takes a while is paid.
    ///
    /// # Errors
    /// There is no such payment.
    pub async fn succeed(&self, charge: &str) -> Result<(), NotPlayed> {
        let done = self.inner.with(|state| {
            let charge = state.account.charges.get_mut(charge)?;
            charge.status = "succeeded";
            let shown = charge.shown();
            state.tells("payment_intent.succeeded", shown);
            Some(())
        });
        done.ok_or_else(|| NotPlayed::NotThere(charge.to_owned()))?;
        self.inner.send_all().await;
        Ok(())
    }

    /// Keeps events back until they are [let go](Self::let_go).
    pub fn hold_back(&self) {
        self.inner.with(|state| state.holds = true);
    }

    /// Sends what was held back, the last first if that is wanted.
    pub async fn let_go(&self, last_first: bool) {
        self.inner.with(|state| {
            state.holds = false;
            if last_first {
                state.waiting.make_contiguous().reverse();
            }
        });
        self.inner.send_all().await;
    }

    /// The pages that were made, in their order.
    #[must_use]
    pub fn pages(&self) -> Vec<Page> {
        self.inner.with(|state| state.account.pages.values().cloned().collect())
    }

    /// The payments that were made, in their order.
    #[must_use]
    pub fn charges(&self) -> Vec<Charge> {
        self.inner.with(|state| state.account.charges.values().cloned().collect())
    }

    /// What was sent so far.
    #[must_use]
    pub fn sent(&self) -> Vec<Sent> {
        self.inner.with(|state| state.sent.clone())
    }

    /// Somebody pays on a page; answers the payment, and what came back for the event.
    ///
    /// # Errors
    /// There is no such page.
    pub async fn pay(&self, page: &str) -> Result<String, NotPlayed> {
        let paid = self.inner.pay(page).ok_or_else(|| NotPlayed::NotThere(page.to_owned()))?;
        self.inner.send_all().await;
        Ok(paid)
    }

    /// Nobody pays on a page in time.
    ///
    /// # Errors
    /// There is no such page.
    pub async fn expire(&self, page: &str) -> Result<(), NotPlayed> {
        let made = self.inner.with(|state| {
            let shown = state.account.pages.get(page)?.shown("");
            state.tells("checkout.session.expired", shown);
            Some(())
        });
        made.ok_or_else(|| NotPlayed::NotThere(page.to_owned()))?;
        self.inner.send_all().await;
        Ok(())
    }

    /// So much of a payment is paid back; answers the refund.
    ///
    /// # Errors
    /// There is no such payment.
    pub async fn refund(&self, charge: &str, amount: i64) -> Result<String, NotPlayed> {
        let refund = self.inner.with(|state| {
            let id = state.account.id("re");
            let paid = state.account.charges.get_mut(charge)?;
            paid.refunded += amount;
            let object = json!({"id": id, "object": "refund", "payment_intent": charge, "amount": amount,
                "currency": paid.currency, "status": "succeeded", "reason": "requested_by_customer"});
            state.tells("refund.created", object);
            Some(id)
        });
        let refund = refund.ok_or_else(|| NotPlayed::NotThere(charge.to_owned()))?;
        self.inner.send_all().await;
        Ok(refund)
    }

    /// A payment is disputed, or what is decided of it is told; `status` is one of Stripe's: `needs_response`, `won`, `lost`, ...
    ///
    /// # Errors
    /// There is no such payment.
    pub async fn dispute(&self, charge: &str, status: &str) -> Result<(), NotPlayed> {
        let made = self.inner.with(|state| {
            let paid = state.account.charges.get(charge)?;
            let kind = if status == "needs_response" { "charge.dispute.created" } else { "charge.dispute.closed" };
            let object = json!({"id": charge.replacen("pi_", "du_", 1), "object": "dispute", "payment_intent": charge,
                "amount": paid.amount, "currency": paid.currency, "status": status, "reason": "fraudulent"});
            state.tells(kind, object);
            Some(())
        });
        made.ok_or_else(|| NotPlayed::NotThere(charge.to_owned()))?;
        self.inner.send_all().await;
        Ok(())
    }

    /// Sends this event, signed at this second; answers what came back.
    pub async fn send(&self, event: &Value, second: Option<i64>) -> Sent {
        self.inner.send(event, second).await
    }

    /// The event that a page was paid, as it is sent.
    #[must_use]
    pub fn paid_event(&self, page: &str) -> Option<Value> {
        self.inner.with(|state| {
            let shown = state.account.pages.get(page)?.shown("");
            Some(state.account.event("checkout.session.completed", shown))
        })
    }
}
