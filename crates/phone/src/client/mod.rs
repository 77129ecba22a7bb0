//! A small Socket.IO 4 client over WebSocket. It answers pings, notices a dead connection, and connects again by itself,
//! longer apart each time. All of its queues and frames are bounded.

mod address;
mod keeper;
mod packet;
mod session;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use keeper::Keeper;
use session::Session;

/// How many events may wait in each direction. An exchange whose events are not taken is not read any further.
const QUEUE: usize = 1024;
/// How long a connection that is closed may take to say what was still to be said.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// How a connection behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// How long connecting, with all that is said then, may take.
    pub connect_within: Duration,
    /// How long [`Connection::ask`] waits for the answer.
    pub answer_within: Duration,
    /// For how long a lost connection is tried again. Zero: not at all.
    pub keep_trying_for: Duration,
    /// Whether a refusal in these words passes, as one of an exchange that is just closing. To a phone that comes back any other is final.
    pub passes: fn(&str) -> bool,
    /// The longest frame that is read or written, in bytes. A longer one from the exchange ends the connection.
    pub longest_frame: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            connect_within: Duration::from_secs(10),
            answer_within: Duration::from_secs(10),
            keep_trying_for: Duration::MAX,
            passes: |_| false,
            longest_frame: 1024 * 1024,
        }
    }
}

/// Why there is no connection.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// The address cannot be used.
    #[error("{address:?} is no address of an exchange: {reason}")]
    Address {
        /// As it was given.
        address: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Nobody answers there, or the connection broke.
    #[error("{address} cannot be reached: {reason}")]
    Unreachable {
        /// What was tried.
        address: String,
        /// What the system says.
        reason: String,
    },
    /// Something answers, but it does not prove that it is the one that was called.
    #[error("{address} is not trusted: {reason}")]
    Insecure {
        /// What was tried.
        address: String,
        /// What is wrong with its certificate.
        reason: String,
    },
    /// Something answers, but it speaks no Socket.IO.
    #[error("there is no exchange at {address}: {reason}")]
    NoExchange {
        /// What was tried.
        address: String,
        /// What came instead.
        reason: String,
    },
    /// Something answers, but not in time.
    #[error("{address} did not answer within {} s", .within.as_secs())]
    TimedOut {
        /// What was tried.
        address: String,
        /// How long was waited.
        within: Duration,
    },
    /// The exchange refuses the phone.
    #[error("the exchange refuses: {message}")]
    Refused {
        /// In the exchange's words.
        message: String,
    },
}

/// Why an event was not sent, or not answered.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum SendError {
    /// The connection is lost, and being tried again.
    #[error("the connection is lost")]
    Lost,
    /// The connection is closed for good.
    #[error("the connection is closed")]
    Closed,
    /// Too many events wait to be sent already.
    #[error("{QUEUE} events wait to be sent already")]
    Full,
    /// The event is too long.
    #[error("{bytes} bytes are too long to be sent")]
    TooLong {
        /// How long it is.
        bytes: usize,
    },
    /// The exchange did not answer in time.
    #[error("the exchange did not answer within {} s", .within.as_secs())]
    NoAnswer {
        /// How long was waited.
        within: Duration,
    },
}

/// What a connection tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The exchange sent an event.
    Received {
        /// The event's name.
        name: String,
        /// Its arguments.
        args: Vec<Value>,
    },
    /// The connection is lost, and being tried again.
    Lost {
        /// What happened.
        reason: String,
    },
    /// The lost connection is there again, registered as before.
    Again,
    /// The connection has ended for good; nothing follows.
    Closed {
        /// Why.
        reason: String,
    },
}

/// An event on its way out.
struct Outgoing {
    event: String,
    args: Vec<Value>,
    answer: Option<oneshot::Sender<Value>>,
}

/// Sends events; any number of them belong to one connection.
#[derive(Debug, Clone)]
pub struct Sender {
    queue: mpsc::Sender<Outgoing>,
    connected: Arc<AtomicBool>,
    options: Arc<Options>,
}

impl Sender {
    /// Puts an event into the queue, after those that were sent before.
    pub fn send(&self, event: &str, args: Vec<Value>) -> Result<(), SendError> {
        self.enqueue(Outgoing { event: event.to_owned(), args, answer: None })
    }

    /// Sends an event and waits for its acknowledgement: one value as itself, none as null, several as a list.
    pub async fn ask(&self, event: &str, args: Vec<Value>) -> Result<Value, SendError> {
        let (answer, answered) = oneshot::channel();
        self.enqueue(Outgoing { event: event.to_owned(), args, answer: Some(answer) })?;
        let within = self.options.answer_within;
        match tokio::time::timeout(within, answered).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(_)) => Err(SendError::Lost),
            Err(_) => Err(SendError::NoAnswer { within }),
        }
    }

    fn enqueue(&self, outgoing: Outgoing) -> Result<(), SendError> {
        // As written: each argument, a comma or bracket after each, the name in quotes, "42" and the id.
        let bytes =
            outgoing.args.iter().map(|arg| arg.to_string().len() + 1).sum::<usize>() + outgoing.event.len() + 26;
        if bytes > self.options.longest_frame {
            return Err(SendError::TooLong { bytes });
        }
        if !self.connected.load(Ordering::Acquire) {
            return Err(if self.queue.is_closed() { SendError::Closed } else { SendError::Lost });
        }
        self.queue.try_send(outgoing).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => SendError::Full,
            mpsc::error::TrySendError::Closed(_) => SendError::Closed,
        })
    }
}

/// A phone's connection with its exchange. It ends when it is dropped.
#[derive(Debug)]
pub struct Connection {
    sender: Sender,
    events: mpsc::Receiver<Event>,
    keeper: JoinHandle<()>,
}

impl Connection {
    /// Connects to the exchange at an address such as `http://localhost:3000`, and registers with `auth`.
    pub async fn open(url: &str, auth: Value) -> Result<Connection, ConnectError> {
        Connection::open_with(url, auth, Options::default()).await
    }

    /// As [`Connection::open`], with options of one's own.
    pub async fn open_with(url: &str, auth: Value, options: Options) -> Result<Connection, ConnectError> {
        let options = Arc::new(options);
        let address = address::of_exchange(url)?;
        let first = Session::open(&address, &auth, &options).await?;
        let (queue, outgoing) = mpsc::channel(QUEUE);
        let (inbox, events) = mpsc::channel(QUEUE);
        let connected = Arc::new(AtomicBool::new(true));
        let sender = Sender { queue, connected: connected.clone(), options: options.clone() };
        let keeper = Keeper { address, auth, options, outgoing, inbox, connected };
        Ok(Connection { sender, events, keeper: tokio::spawn(keeper.run(first)) })
    }

    /// What sends on this connection, for use elsewhere.
    pub fn sender(&self) -> Sender {
        self.sender.clone()
    }

    /// See [`Sender::send`].
    pub fn send(&self, event: &str, args: Vec<Value>) -> Result<(), SendError> {
        self.sender.send(event, args)
    }

    /// See [`Sender::ask`]. Events go on to gather meanwhile.
    pub async fn ask(&self, event: &str, args: Vec<Value>) -> Result<Value, SendError> {
        self.sender.ask(event, args).await
    }

    /// The next event, in the order in which the exchange sent them. May be dropped while it waits: nothing gets lost.
    pub async fn next(&mut self) -> Event {
        match self.events.recv().await {
            Some(event) => event,
            None => Event::Closed { reason: "the connection is closed".to_owned() },
        }
    }

    /// Ends the connection when all that was sent is written, in 2 s at most.
    pub async fn close(self) {
        drop(self.events);
        let _ = tokio::time::timeout(LAST_WORDS, self.keeper).await;
    }
}
