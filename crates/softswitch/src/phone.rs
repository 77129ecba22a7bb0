//! A phone that is registered: its socket, and what it says that is not yet taken.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use socketioxide::extract::{AckSender, SocketRef};
use socketioxide::socket::Sid;
use tokio::sync::{Notify, mpsc};

use crate::said::{Invalid, Said};
use crate::told::Told;

/// How many events a phone may say in a second.
const MOST_EVENTS: u32 = 50;
/// How many parts of the WebRTC handshake: browsers find many candidates at once.
const MOST_SIGNALS: u32 = 200;
/// How much of what a phone says may wait to be taken.
const MOST_UNTAKEN: usize = 128;

/// A phone that is registered. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Phone {
    socket: SocketRef,
    queue: Arc<Queue>,
}

/// What a phone says, in order. A socket's own handlers keep this, and not the socket, which would then never be given back.
#[derive(Debug)]
pub(crate) struct Queue {
    sender: mpsc::Sender<Item>,
    /// Until somebody takes it.
    receiver: Mutex<Option<mpsc::Receiver<Item>>>,
    dropped: Notify,
    says_too_much: AtomicBool,
    window: Mutex<Option<Window>>,
}

/// Something from a phone.
pub(crate) enum Item {
    /// It says something.
    Said { event: String, said: Result<Said, Invalid>, answer: AckSender },
    /// Its socket is gone, and was last heard so long before.
    Gone { silent: Duration },
}

/// What was said in a second.
#[derive(Debug)]
struct Window {
    since: Instant,
    events: u32,
    signals: u32,
}

impl Phone {
    pub(crate) fn new(socket: SocketRef, queue: Arc<Queue>) -> Phone {
        Phone { socket, queue }
    }

    pub(crate) fn id(&self) -> Sid {
        self.socket.id
    }

    /// Tells it something, without waiting. A phone that does not read what it is told is dropped.
    pub(crate) fn tell(&self, told: Told) {
        let (event, argument) = told.event();
        let sent = match argument {
            Some(argument) => self.socket.emit(event, &argument),
            // No arguments at all: `()` would be one, null.
            None => self.socket.emit(event, &[(); 0]),
        };
        if let Err(error) = sent {
            tracing::debug!(%error, event, "a phone could not be told something");
            self.drop();
        }
    }

    /// Has it sent away.
    pub(crate) fn drop(&self) {
        self.queue.dropped.notify_one();
    }

    /// Ready when it is to be sent away.
    pub(crate) async fn dropped(&self) {
        self.queue.dropped.notified().await;
    }

    /// Sends it away. If it says anything more its connection ends.
    pub(crate) fn disconnect(self) {
        if let Err(error) = self.socket.disconnect() {
            tracing::debug!(%error, "a phone that does not read is left to its pings");
        }
    }

    /// Queues what it says. One that says too much at once is dropped.
    pub(crate) fn says(&self, event: String, said: Result<Said, Invalid>, answer: AckSender) {
        if self.queue.sender.try_send(Item::Said { event, said, answer }).is_err() {
            self.drop();
        }
    }

    /// Drops it for saying too much. It is told so once, however much more it says.
    pub(crate) fn says_too_much(&self) {
        if !self.queue.says_too_much.swap(true, Ordering::Relaxed) {
            self.tell(Told::TooMuch);
            self.drop();
        }
    }

    /// Counts an event; `false` with one that is too many for a second.
    pub(crate) fn counts(&self, event: &str) -> bool {
        let mut window = self.queue.window.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let fresh = Window { since: now, events: 0, signals: 0 };
        let current = window.take().filter(|window| now - window.since < Duration::from_secs(1)).unwrap_or(fresh);
        let current = window.insert(current);
        let (counted, most) =
            if event == "signal" { (&mut current.signals, MOST_SIGNALS) } else { (&mut current.events, MOST_EVENTS) };
        *counted += 1;
        *counted <= most
    }
}

impl Queue {
    pub(crate) fn new() -> Arc<Queue> {
        let (sender, receiver) = mpsc::channel(MOST_UNTAKEN);
        Arc::new(Queue {
            sender,
            receiver: Mutex::new(Some(receiver)),
            dropped: Notify::new(),
            says_too_much: AtomicBool::new(false),
            window: Mutex::default(),
        })
    }

    /// The end at which it is worked off; once.
    pub(crate) fn receiver(&self) -> Option<mpsc::Receiver<Item>> {
        self.receiver.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The phone's socket is gone: what it has said before is still taken.
    pub(crate) async fn ends(&self, silent: Duration) {
        // Where nobody works it off any more nobody has to know.
        let _ = self.sender.send(Item::Gone { silent }).await;
    }
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Item::Said { event, .. } => f.debug_tuple("Said").field(event).finish(),
            Item::Gone { silent } => f.debug_tuple("Gone").field(silent).finish(),
        }
    }
}
