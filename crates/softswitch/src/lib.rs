//! The built-in exchange: phones that speak Socket.IO, in browsers, terminals, or anything else.
//!
//! `door` lets phones in, `desk` takes what they say, in order, and `hands` does what the exchange asks for; `seats` knows which
//! phones there are and which call each is in. Where a call goes, and what it costs, is the exchange's: nothing of that is known here.

mod absence;
mod desk;
mod door;
#[cfg(any(test, fuzzing))]
pub mod fuzzed;
mod hands;
mod media;
mod message;
mod page;
mod phone;
pub mod relay;
mod said;
mod seats;
mod told;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use domain::call_flow::{Action, Leg};
use domain::time::Instant;
use engine::switching::{Audio, CallRef, Capability, Exchange, NotHandedOver, Notice, Switch};
use futures::future::BoxFuture;
use socketioxide::SocketIo;
use tokio::sync::{Notify, watch};

use seats::Seats;

pub use door::LONGEST_MESSAGE;
pub use media::{IceServer, MediaPolicy, MediaRelay};
pub use page::pages;

/// What the origins of its calls begin with.
const NAME: &str = "softswitch";
/// The part of it that places calls: their names begin with it.
const PLACES: &str = "placed";

/// The built-in exchange's switch.
pub struct Softswitch {
    me: Weak<Softswitch>,
    exchange: Exchange,
    media: MediaPolicy,
    relay: Option<Arc<dyn MediaRelay>>,
    seats: Mutex<Seats>,
    /// Told when a phone has taken its seat.
    seated: Notify,
    sockets: OnceLock<SocketIo>,
    door: watch::Sender<Door>,
}

/// Whether phones are let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    /// Not yet: calls of the last program may have to be taken up.
    Shut,
    Open,
    /// Not any more.
    Closed,
}

impl Softswitch {
    /// A switch whose calls are driven by the exchange, and whose door is shut until [`Softswitch::recover`]. Voices go from browser to
    /// browser.
    #[must_use]
    pub fn new(exchange: &Exchange) -> Arc<Softswitch> {
        Softswitch::with_media(exchange, MediaPolicy::Direct, None)
    }

    /// The same, with voices that travel in this way. A relay that is there helps browsers also where they are not restricted to it.
    #[must_use]
    pub fn with_media(exchange: &Exchange, media: MediaPolicy, relay: Option<Arc<dyn MediaRelay>>) -> Arc<Softswitch> {
        Arc::new_cyclic(|me| Softswitch {
            me: me.clone(),
            exchange: exchange.clone(),
            media,
            relay,
            seats: Mutex::default(),
            seated: Notify::new(),
            sockets: OnceLock::new(),
            door: watch::Sender::new(Door::Shut),
        })
    }

    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many phones are registered.
    #[must_use]
    pub fn phones(&self) -> usize {
        self.seats().phones()
    }

    fn now(&self) -> Instant {
        self.exchange.engine().clock().now()
    }

    /// Does something at an instant, unless the switch is gone by then.
    fn at(&self, at: Instant, what: impl FnOnce(&Softswitch) + Send + 'static) {
        let (me, clock) = (self.me.clone(), self.exchange.engine().clock().clone());
        tokio::spawn(async move {
            clock.sleep_until(at).await;
            if let Some(softswitch) = me.upgrade() {
                what(&softswitch);
            }
        });
    }
}

impl Switch for Softswitch {
    fn name(&self) -> &'static str {
        NAME
    }

    fn capabilities(&self) -> &'static [Capability] {
        &[
            Capability::Audio,
            Capability::Recording,
            Capability::Digits,
            Capability::Bridging,
            Capability::Announce,
            Capability::Text,
            Capability::RingsAtOnce,
        ]
    }

    fn places(&self) -> Vec<String> {
        let is_open = *self.door.borrow() == Door::Open;
        is_open.then(|| PLACES.to_owned()).into_iter().collect()
    }

    fn perform<'a>(&'a self, call: &'a CallRef, actions: &'a [Action]) -> BoxFuture<'a, ()> {
        for action in actions {
            self.act(call, action);
        }
        Box::pin(futures::future::ready(()))
    }

    /// Its references are the messages themselves.
    fn recording<'a>(&'a self, _: &'a CallRef, reference: &'a str) -> BoxFuture<'a, Result<Audio, NotHandedOver>> {
        Box::pin(futures::future::ready(Ok(message::audio(reference))))
    }

    fn tell(&self, call: &CallRef, leg: Leg, notice: &Notice) {
        self.show(call, leg, notice);
    }
}

impl fmt::Debug for Softswitch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Softswitch").field("media", &self.media).finish_non_exhaustive()
    }
}
