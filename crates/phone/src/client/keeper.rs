//! Keeps a connection up: one session after the other.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::Instant;
use url::Url;

use super::session::{End, Session};
use super::{ConnectError, Event, Options, Outgoing};

/// The pause before the first try; each next one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// No pause is longer while a call may survive, which it does for 10 s without its phone.
const LONGEST_AT_FIRST: Duration = Duration::from_secs(1);
const AT_FIRST: Duration = Duration::from_secs(10);
/// No pause is longer at all.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// A session that lasted so long was a sound one: the pauses begin anew.
const SOUND: Duration = Duration::from_secs(10);

/// The task behind a [`super::Connection`].
pub(super) struct Keeper {
    pub(super) address: Url,
    pub(super) auth: Value,
    pub(super) options: Arc<Options>,
    pub(super) outgoing: mpsc::Receiver<Outgoing>,
    pub(super) inbox: mpsc::Sender<Event>,
    pub(super) connected: Arc<AtomicBool>,
}

impl Keeper {
    pub(super) async fn run(mut self, first: Session) {
        let reason = self.keep(first).await;
        self.connected.store(false, Ordering::Release);
        self.outgoing.close();
        if let Some(reason) = reason {
            let _ = self.inbox.send(Event::Closed { reason }).await;
        }
    }

    /// Why the connection has ended, unless nobody wants to know.
    async fn keep(&mut self, first: Session) -> Option<String> {
        let mut session = first;
        let mut pause = FIRST_PAUSE;
        loop {
            let began = Instant::now();
            let reason = match session.run(&mut self.outgoing, &self.inbox).await {
                End::Unwanted => return None,
                End::ByExchange => return Some("the exchange has ended the connection".to_owned()),
                End::Lost { reason } => reason,
            };
            if self.options.keep_trying_for.is_zero() {
                return Some(reason);
            }
            if began.elapsed() >= SOUND {
                pause = FIRST_PAUSE;
            }
            self.connected.store(false, Ordering::Release);
            self.inbox.send(Event::Lost { reason }).await.ok()?;
            session = match self.again(&mut pause).await? {
                Ok(session) => session,
                Err(error) => return Some(error.to_string()),
            };
            self.connected.store(true, Ordering::Release);
            self.inbox.send(Event::Again).await.ok()?;
        }
    }

    /// Tries until it is connected, refused, or late. Nothing if nobody wants it any more.
    async fn again(&mut self, pause: &mut Duration) -> Option<Result<Session, ConnectError>> {
        let began = Instant::now();
        loop {
            tokio::select! {
                () = self.inbox.closed() => return None,
                () = tokio::time::sleep(scattered(*pause)) => {}
            }
            *pause = (*pause * 2).min(if began.elapsed() < AT_FIRST { LONGEST_AT_FIRST } else { LONGEST_PAUSE });
            // What was put into the queue as the connection broke is out of date.
            while self.outgoing.try_recv().is_ok() {}
            let outcome = tokio::select! {
                () = self.inbox.closed() => return None,
                outcome = Session::open(&self.address, &self.auth, &self.options) => outcome,
            };
            match outcome {
                Ok(_) => return Some(outcome),
                Err(ConnectError::Refused { ref message }) if !(self.options.passes)(message) => return Some(outcome),
                Err(_) if began.elapsed() >= self.options.keep_trying_for => return Some(outcome),
                Err(error) => tracing::debug!(%error, "not connected again yet"),
            }
        }
    }
}

/// Between a half and the whole of it, so that many phones do not come back in the same instant.
fn scattered(pause: Duration) -> Duration {
    let half = pause / 2;
    let thousandths = u32::try_from(RandomState::new().build_hasher().finish() % 1000).unwrap_or(0);
    half + half * thousandths / 1000
}
