//! Phones that are gone without a word while they talk: their seats are kept for a while, for a page that is loaded again, a network that
//! comes back, or a server that starts again.

use std::time::Duration;

use domain::call_flow::{Cause, Event, Leg};
use domain::time::Instant;
use engine::StorageError;
use engine::switching::{CallRef, Recovered};
use socketioxide::socket::Sid;

use crate::seats::{Left, Line};
use crate::{Door, NAME, Softswitch};

/// How long a seat is kept, in milliseconds.
const KEPT_MILLIS: i64 = 10_000;

impl Softswitch {
    /// A phone is gone, having been heard of so long ago.
    pub(crate) fn leave(&self, line: &Line, phone: Sid, silent: Duration) {
        let now = self.now();
        let left = self.seats().leave(line, phone);
        match left {
            Left::Quietly => {}
            Left::Lost(call, leg) => self.lose(&call, leg, None),
            Left::Absent { absence, call, leg, since } => {
                let silent = i64::try_from(silent.as_millis()).unwrap_or(i64::MAX);
                let heard_at = Instant::clamped(now.millis().saturating_sub(silent)).max(since.unwrap_or(now));
                let line = line.clone();
                self.at(after(now), move |softswitch| {
                    let given_up = softswitch.seats().give_up(&line, absence);
                    if given_up {
                        softswitch.lose(&call, leg, Some(heard_at));
                    }
                });
            }
        }
    }

    /// A leg is lost.
    pub(crate) fn lose(&self, call: &CallRef, leg: Leg, at: Option<Instant>) {
        self.cut(call, leg);
        self.exchange.post(call, Event::LegEnded { leg, cause: Cause::Lost, at });
    }

    /// After a start: keeps the seats of those who talked when the last program ended, which was last there at `seen_at`; opens the door
    /// for phones; and tells the exchange within ten seconds who is there again.
    ///
    /// # Errors
    /// The database does not answer. The door is open all the same.
    pub async fn recover(&self, seen_at: Instant) -> Result<(), StorageError> {
        let recovered = self.exchange.recover(NAME, seen_at).await;
        let now = self.now();
        for recovered in recovered.as_deref().unwrap_or_default() {
            for leg in &recovered.legs {
                let other = recovered.legs.iter().find(|other| other.0 != leg.0).map_or("", |(_, party)| &party.number);
                self.seats().keep(&recovered.call, leg, other, recovered.answered_at);
            }
            if recovered.relayed {
                self.seats().relay(&recovered.call);
            }
            if let Some(softswitch) = self.me.upgrade() {
                let recovered = recovered.clone();
                tokio::spawn(async move { softswitch.wait_for(recovered, after(now)).await });
            }
        }
        self.door.send_if_modified(|door| std::mem::replace(door, Door::Open) == Door::Shut);
        recovered.map(|_| ())
    }

    /// Waits until all phones of a call are there again, or their time is over.
    async fn wait_for(&self, recovered: Recovered, until: Instant) {
        let Recovered { call, legs, .. } = &recovered;
        let clock = self.exchange.engine().clock();
        loop {
            let seated = self.seated.notified();
            tokio::pin!(seated);
            seated.as_mut().enable();
            if self.seats().legs_there(call).len() == legs.len() {
                break;
            }
            tokio::select! {
                () = seated => {}
                () = clock.sleep_until(until) => break,
            }
        }
        let there = self.seats().legs_there(call);
        self.exchange.back(&recovered, there);
    }
}

fn after(instant: Instant) -> Instant {
    Instant::clamped(instant.millis().saturating_add(KEPT_MILLIS))
}
