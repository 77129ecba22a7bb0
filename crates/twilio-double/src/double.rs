use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{Mutex as Turn, Notify};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use url::Url;

use crate::party::Party;
use crate::post::{Order, PATIENCE, Post, Posted, Signing};
use crate::rest::{self, Canned};
use crate::world::{Delivery, Line, Recorded, Status, Told, World, Written};

/// How long something is waited for that another program is to do.
const WAITS: Duration = Duration::from_secs(20);

/// The account that the double has.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its id: `AC...`.
    pub sid: String,
    /// Its token, with which webhooks are signed.
    pub token: String,
}

/// Where a public address really is: nothing outside this machine is asked.
pub type Reach = (Url, Url);

/// Why a scene cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum NotPlayed {
    /// There is no room for a server on this machine.
    #[error("no server can be started: {0}")]
    NoServer(#[from] std::io::Error),
    /// Webhooks cannot be sent.
    #[error("no requests can be made: {0}")]
    NoClient(#[from] reqwest::Error),
    /// The number is not one of the account, or does not take what comes.
    #[error("{0} is no number of the account that takes this")]
    NotANumber(String),
    /// What was waited for has not happened.
    #[error("{what} has not happened within {WAITS:?}; the faults: {faults:?}")]
    NotHappened {
        /// What.
        what: String,
        /// What went wrong, if anything did.
        faults: Vec<String>,
    },
    /// The party is not where it could do that.
    #[error("{who} cannot do that: its call is {status}")]
    NotNow {
        /// The party's number.
        who: String,
        /// How its call stands.
        status: String,
    },
    /// There is nothing of that id.
    #[error("there is no {0}")]
    NotThere(String),
}

/// Twilio, played. It is gone when the last handle on it is.
#[derive(Debug, Clone)]
pub struct Double {
    pub(crate) inner: Arc<Inner>,
    _server: Arc<Server>,
}

#[derive(Debug)]
struct Server(JoinHandle<()>);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What its parts share.
#[derive(Debug)]
pub(crate) struct Inner {
    world: Mutex<World>,
    post: Mutex<Post>,
    pub(crate) canned: Mutex<Canned>,
    pub(crate) changed: Notify,
    pub(crate) turn: Turn<()>,
    pub(crate) client: reqwest::Client,
    pub(crate) reach: Mutex<Option<Reach>>,
}

impl Inner {
    /// Looks at the world, or changes it.
    pub(crate) fn world<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        let done = act(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_waiters();
        done
    }

    pub(crate) fn with_post<T>(&self, act: impl FnOnce(&mut Post) -> T) -> T {
        act(&mut self.post.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until the world is as it is to be.
    pub(crate) async fn until<T>(
        &self,
        what: &str,
        mut is_so: impl FnMut(&mut World) -> Option<T>,
    ) -> Result<T, NotPlayed> {
        let happens = async {
            loop {
                let changed = self.changed.notified();
                tokio::pin!(changed);
                changed.as_mut().enable();
                let seen = is_so(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner));
                if let Some(seen) = seen {
                    return seen;
                }
                changed.await;
            }
        };
        let happened = timeout(WAITS, happens).await;
        happened.map_err(|_| {
            let faults = self.world.lock().unwrap_or_else(PoisonError::into_inner).faults.clone();
            NotPlayed::NotHappened { what: what.to_owned(), faults }
        })
    }
}

impl Double {
    /// Starts one on a free port of this machine. `reach` says where the public address of whoever is tested really is, where they are not the same.
    ///
    /// # Errors
    /// This machine has no room for it.
    pub async fn start(account: Account, reach: Option<Reach>) -> Result<(Double, Url), NotPlayed> {
        Double::start_at(SocketAddr::from(([127, 0, 0, 1], 0)), account, reach).await
    }

    /// The same, on this port.
    ///
    /// # Errors
    /// This machine has no room for it, or the port is in use.
    pub async fn start_at(
        listen: SocketAddr,
        account: Account,
        reach: Option<Reach>,
    ) -> Result<(Double, Url), NotPlayed> {
        let inner = Arc::new(Inner {
            world: Mutex::new(World::new(account)),
            post: Mutex::default(),
            canned: Mutex::default(),
            changed: Notify::new(),
            turn: Turn::new(()),
            client: reqwest::Client::builder().timeout(PATIENCE).no_proxy().build()?,
            reach: Mutex::new(reach),
        });
        let listener = TcpListener::bind(listen).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let url = Url::parse(&url).map_err(|error| NotPlayed::NoServer(std::io::Error::other(error)))?;
        let routes = rest::routes(inner.clone());
        let server = tokio::spawn(async move {
            // It ends with the double.
            axum::serve(listener, routes).await.ok();
        });
        Ok((Double { inner, _server: Arc::new(Server(server)) }, url))
    }

    /// From now on the public address of whoever is tested is really there.
    pub fn reaches(&self, reach: Reach) {
        *self.inner.reach.lock().unwrap_or_else(PoisonError::into_inner) = Some(reach);
    }

    /// The account has this number, set so. What is set of it already is forgotten.
    pub fn has_number(&self, number: &str, line: Line) {
        self.inner.world(|world| {
            let sid = world.new_sid("PN");
            world.numbers.insert(number.to_owned(), Line { sid, ..line });
        });
    }

    /// How a number is set, if the account has it.
    #[must_use]
    pub fn number(&self, number: &str) -> Option<Line> {
        self.inner.world(|world| world.numbers.get(number).cloned())
    }

    /// Somebody calls a number of the account; comes back when it has been followed as far as it goes without anybody doing something.
    ///
    /// # Errors
    /// The account has no such number, or it is not set to take calls.
    pub async fn calls(&self, from: &str, to: &str) -> Result<Party, NotPlayed> {
        let sid = self.inner.world(|world| {
            let line = world.numbers.get(to).cloned()?;
            let mut leg = world.new_leg(from, to, "inbound");
            leg.told = line.status_callback.map(|url| Told { url, events: vec!["completed".to_owned()] });
            leg.status = Status::Ringing;
            let sid = leg.sid.clone();
            world.legs.insert(sid.clone(), leg);
            world.ask_first(&sid, line.voice_url?, line.voice_fallback_url);
            Some(sid)
        });
        let sid = sid.ok_or_else(|| NotPlayed::NotANumber(to.to_owned()))?;
        self.inner.run().await;
        Ok(Party::new(self, from, sid))
    }

    /// Waits until a number rings that no party stands for yet.
    ///
    /// # Errors
    /// It has not rung in time.
    pub async fn rings(&self, number: &str) -> Result<Party, NotPlayed> {
        let rings = |world: &mut World| {
            let mut legs = world.legs.values();
            let leg = legs.find(|leg| leg.to == number && leg.direction != "inbound" && leg.status == Status::Ringing);
            leg.map(|leg| leg.sid.clone())
        };
        let sid = self.inner.until(&format!("{number} rings"), rings).await?;
        Ok(Party::new(self, number, sid))
    }

    /// The numbers that ring, in the order in which they began.
    #[must_use]
    pub fn ringing(&self) -> Vec<String> {
        let rings = |leg: &&crate::world::Leg| leg.direction != "inbound" && leg.status == Status::Ringing;
        self.inner.world(|world| world.legs.values().filter(rings).map(|leg| leg.to.clone()).collect())
    }

    /// So many seconds pass: what rings too long stops, what talks too long is cut off.
    pub async fn let_pass(&self, seconds: u32) {
        self.inner.world(|world| world.let_pass(seconds.into()));
        self.inner.run().await;
    }

    /// Sets the clock, in seconds since 1970. Nothing happens because of it.
    pub fn set_clock(&self, seconds: i64) {
        self.inner.world(|world| world.now = seconds);
    }

    /// The recordings that were not deleted, in the order of their making.
    #[must_use]
    pub fn recordings(&self) -> Vec<Recorded> {
        self.inner.world(|world| world.recordings.values().cloned().collect())
    }

    /// The ids of what was written down of recordings and not deleted, in the order of their making.
    #[must_use]
    pub fn transcriptions(&self) -> Vec<String> {
        self.inner.world(|world| world.transcriptions.keys().cloned().collect())
    }

    /// A recording is written down; without a text it could not be.
    ///
    /// # Errors
    /// There is no such recording, or nobody wants to know.
    pub async fn transcribes(&self, recording: &str, text: Option<&str>) -> Result<(), NotPlayed> {
        let is_told = self.inner.world(|world| world.transcribes(recording, text));
        self.inner.run().await;
        is_told.then_some(()).ok_or_else(|| NotPlayed::NotThere(format!("recording {recording} to be written down")))
    }

    /// Somebody writes to a number of the account.
    ///
    /// # Errors
    /// The account has no such number, or it takes no messages.
    pub async fn writes(&self, from: &str, to: &str, body: &str) -> Result<(), NotPlayed> {
        let is_taken = self.inner.world(|world| world.comes_in_writing(from, to, body));
        self.inner.run().await;
        is_taken.then_some(()).ok_or_else(|| NotPlayed::NotANumber(to.to_owned()))
    }

    /// This number is neither called nor sent anything from now on: by Twilio's list of errors, and in its words.
    pub fn refuses(&self, number: &str, code: u32, message: &str) {
        self.inner.world(|world| world.refused.insert(number.to_owned(), (code, message.to_owned())));
    }

    /// The messages that were sent, in the order of their sending.
    #[must_use]
    pub fn messages(&self) -> Vec<Written> {
        self.inner.world(|world| world.messages.values().cloned().collect())
    }

    /// Something becomes of a message.
    ///
    /// # Errors
    /// There is no such message.
    pub async fn becomes(&self, message: &str, delivery: Delivery) -> Result<(), NotPlayed> {
        let is_there = self.inner.world(|world| world.becomes(message, delivery));
        self.inner.run().await;
        is_there.then_some(()).ok_or_else(|| NotPlayed::NotThere(format!("message {message}")))
    }

    /// Callbacks are held back from now on; documents are still asked for.
    pub fn hold_callbacks(&self) {
        self.inner.with_post(|post| post.held = Some(Vec::new()));
    }

    /// Callbacks that were held back are posted.
    pub async fn release_callbacks(&self, order: Order) {
        let mut held = self.inner.with_post(|post| post.held.take()).unwrap_or_default();
        if order == Order::Reversed {
            held.reverse();
        }
        self.inner.world(|world| world.errands.extend(held));
        self.inner.run().await;
    }

    /// Each callback comes so many times more, with the same token.
    pub fn repeat_callbacks(&self, times: usize) {
        self.inner.with_post(|post| post.repetitions = times);
    }

    /// Requests are signed so from now on.
    pub fn signs(&self, signing: Signing) {
        self.inner.with_post(|post| post.signing = signing);
    }

    /// Each request has this header, too, from now on.
    pub fn sends_header(&self, name: &str, value: &str) {
        self.inner.with_post(|post| post.headers.push((name.to_owned(), value.to_owned())));
    }

    /// Posts something again, as Twilio does that has not heard the answer. What comes back changes nothing here.
    pub async fn posts_again(&self, posted: &Posted) -> Posted {
        self.inner.post(&posted.url, posted.fields.clone(), &posted.token).await
    }

    /// The next request to the REST interface is answered so, and not carried out.
    pub fn answers_next(&self, status: u16, retry_after_seconds: Option<u64>) {
        self.inner.can(|canned| canned.answers.push_back((status, retry_after_seconds)));
    }

    /// What the REST interface was asked, such as `POST Calls.json`.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.inner.can(|canned| canned.asked.clone())
    }

    /// What was posted, in this order.
    #[must_use]
    pub fn posted(&self) -> Vec<Posted> {
        self.inner.with_post(|post| post.posted.clone())
    }

    /// What Twilio would have complained of: documents that it does not take, webhooks that were not answered.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        self.inner.world(|world| world.faults.clone())
    }
}
