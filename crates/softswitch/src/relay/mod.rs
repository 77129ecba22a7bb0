//! Audio through a relay: a TURN server that two browsers may use for one call, as long as it is paid for.
//!
//! Browsers open sessions on the relay by credentials that name the call and end soon. A session that is open goes on when its credentials
//! have ended, whatever the browser was told; therefore the relay's sessions of a call are ended from here (see [`Admin`]).

mod admin;
mod credentials;
mod cuts;

use std::sync::Arc;
use std::time::Duration;

use domain::call_flow::Leg;
use domain::time::Instant;
use engine::Clock;
use engine::switching::CallRef;
use tokio::sync::Notify;
use tokio::time::sleep;

pub use admin::{Admin, AdminError};
use cuts::Cuts;

use crate::media::{IceServer, MediaRelay};

/// How long credentials open sessions: browsers use them as soon as they have them. What is opened lasts as long as the call.
const CREDENTIALS_SECONDS: i64 = 60;
/// How long after a round the sessions of legs that are over are looked for again: their credentials may still open others.
const PAUSE: Duration = Duration::from_millis(700);

/// A TURN server that takes credentials of Tollgate's making (coturn's `use-auth-secret`).
#[derive(Clone)]
pub struct RelaySettings {
    /// Where browsers reach it, such as `turn:turn.example.com:3478?transport=udp`.
    pub urls: Vec<String>,
    /// What it shares with Tollgate (coturn's `static-auth-secret`).
    pub secret: String,
    /// Where sessions are ended. Without it a browser that goes on after the end of its call is not stopped.
    pub admin: Option<Admin>,
}

/// The relay, and which legs of calls it carries until when.
#[derive(Clone)]
pub struct Relay(Arc<Shared>);

struct Shared {
    settings: RelaySettings,
    clock: Arc<dyn Clock>,
    cuts: Cuts,
    /// Some leg ends at another instant than before.
    changed: Notify,
}

impl Relay {
    /// The relay with these settings. What ends sessions runs from now on in the background, on the present runtime.
    #[must_use]
    pub fn new(settings: RelaySettings, clock: Arc<dyn Clock>) -> Self {
        let relay = Relay(Arc::new(Shared { settings, clock, cuts: Cuts::default(), changed: Notify::new() }));
        tokio::spawn(end_sessions(relay.0.clone()));
        relay
    }
}

impl MediaRelay for Relay {
    fn servers(&self, call: &CallRef, leg: Leg) -> Vec<IceServer> {
        let Shared { settings, clock, cuts, .. } = &*self.0;
        let name = credentials::name(call, leg);
        let lasting = Instant::clamped(clock.now().millis().saturating_add(CREDENTIALS_SECONDS * 1000));
        let opens_until = cuts.opened(&name, lasting);
        let (username, password) = credentials::made(&settings.secret, &name, opens_until);
        vec![IceServer { urls: settings.urls.clone(), username: Some(username), credential: Some(password) }]
    }

    fn ends_at(&self, call: &CallRef, leg: Leg, at: Option<Instant>) {
        self.0.cuts.end_at(&credentials::name(call, leg), at);
        self.0.changed.notify_one();
    }

    fn cut(&self, call: &CallRef, leg: Leg) {
        self.ends_at(call, leg, Some(self.0.clock.now()));
    }
}

/// Ends the sessions of legs that are over, for ever.
async fn end_sessions(shared: Arc<Shared>) {
    let mut failing = false;
    loop {
        let now = shared.clock.now();
        let due = shared.cuts.due(now);
        if due.is_empty() {
            tokio::select! {
                () = next_end(&shared) => {}
                () = shared.changed.notified() => {}
            }
            continue;
        }
        let ended = match &shared.settings.admin {
            Some(admin) => admin.end_sessions(&due).await,
            None => Ok(due.into_iter().map(|name| (name, 0)).collect()),
        };
        failing = noted(&shared.cuts, ended, now, failing);
        tokio::select! {
            () = sleep(PAUSE) => {}
            () = shared.changed.notified() => {}
        }
    }
}

/// Notes what was ended; whether it fails. Of failures in a row the first is logged.
fn noted(cuts: &Cuts, ended: Result<Vec<(String, usize)>, AdminError>, now: Instant, failing: bool) -> bool {
    match ended {
        Ok(found) => {
            cuts.looked(&found, now);
            if failing {
                tracing::warn!("the relay ends sessions again");
            }
            false
        }
        Err(error) => {
            if !failing {
                tracing::error!(%error, "calls are over, and the relay may still carry them; it is tried again");
            }
            true
        }
    }
}

/// Waits until the next leg ends; for good, where none does.
async fn next_end(shared: &Shared) {
    match shared.cuts.next() {
        Some(next) => shared.clock.sleep_until(next).await,
        None => std::future::pending().await,
    }
}
