//! Asterisk over its REST interface (ARI): ordinary phones and trunks, routed, charged live and cut off to the second.
//!
//! `socket` hears what an Asterisk says and is there again when it is; `ears` makes events of it and `hands` requests of what the exchange
//! wants done; `channels` knows which channel is which leg; `examine` looks what an Asterisk lacks. Where a call goes, and what it costs, is the
//! exchange's: nothing of that is known here.

mod ari;
mod arrivals;
mod causes;
mod channels;
mod ears;
mod examine;
#[cfg(any(test, fuzzing))]
pub mod fuzzed;
mod hands;
mod names;
mod pbx;
mod provision;
mod recordings;
mod resync;
mod said;
mod settings;
mod socket;

use std::fmt;
use std::sync::{Arc, Weak};

use domain::call_flow::{Action, Leg};
use domain::time::Instant;
use engine::switching::{Audio, CallRef, Capability, Exchange, NotHandedOver, Notice, Switch};
use futures::future::BoxFuture;

use pbx::Pbx;

pub use examine::{Closed, Fact, Finding, Holder, Wanted, examine};
pub use settings::{Settings, SettingsError};

/// What the origins of its calls begin with.
const NAME: &str = "asterisk";

/// Asterisks as one switch: each carries its own calls.
pub struct Asterisk {
    me: Weak<Asterisk>,
    exchange: Exchange,
    all: Vec<Arc<Pbx>>,
}

/// Why there is no such switch.
#[derive(Debug, thiserror::Error)]
pub enum AsteriskError {
    /// The settings are of no use.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The machine has no means to ask anybody.
    #[error("no requests can be made: {0}")]
    Client(#[from] reqwest::Error),
}

impl Asterisk {
    /// A switch whose calls are driven by the exchange. Nothing is asked of an Asterisk before [`Asterisk::carry`].
    ///
    /// # Errors
    /// The settings are of no use.
    pub fn new(exchange: &Exchange, settings: Vec<Settings>) -> Result<Arc<Asterisk>, AsteriskError> {
        Settings::check(&settings)?;
        let all = settings.into_iter().map(|settings| Ok(Arc::new(Pbx::new(settings)?)));
        let all = all.collect::<Result<Vec<_>, AsteriskError>>()?;
        Ok(Arc::new_cyclic(|me| Asterisk { me: me.clone(), exchange: exchange.clone(), all }))
    }

    /// The Asterisk that carries a call.
    fn pbx_of(&self, call: &CallRef) -> Option<&Arc<Pbx>> {
        let (name, _) = names::place(call)?;
        self.all.iter().find(|pbx| pbx.name() == name)
    }

    fn now(&self) -> Instant {
        self.exchange.engine().clock().now()
    }

    /// Does something at an instant, unless the switch is gone by then.
    fn at(&self, at: Instant, what: impl FnOnce(&Asterisk) + Send + 'static) {
        let (me, clock) = (self.me.clone(), self.exchange.engine().clock().clone());
        tokio::spawn(async move {
            clock.sleep_until(at).await;
            if let Some(asterisk) = me.upgrade() {
                what(&asterisk);
            }
        });
    }
}

impl Switch for Asterisk {
    fn name(&self) -> &'static str {
        NAME
    }

    fn capabilities(&self) -> &'static [Capability] {
        &[
            Capability::Audio,
            Capability::Recording,
            Capability::Digits,
            Capability::KeysPass,
            Capability::Bridging,
            Capability::Conference,
            Capability::CutOffAt,
        ]
    }

    /// Those Asterisks that are there.
    fn places(&self) -> Vec<String> {
        self.all.iter().filter(|pbx| pbx.is_there()).map(|pbx| pbx.name().to_owned()).collect()
    }

    fn perform<'a>(&'a self, call: &'a CallRef, actions: &'a [Action]) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            for action in actions {
                self.act(call, action).await;
            }
        })
    }

    fn recording<'a>(&'a self, call: &'a CallRef, reference: &'a str) -> BoxFuture<'a, Result<Audio, NotHandedOver>> {
        Box::pin(self.hand_over(call, reference))
    }

    fn is_kept<'a>(&'a self, call: &'a CallRef, reference: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let Some(pbx) = self.pbx_of(call) else { return };
            if let Err(error) = pbx.ari.delete_recording(reference).await {
                tracing::warn!(%error, call = call.origin, asterisk = pbx.name(), "a recording that we have stays there, too");
            }
        })
    }

    /// Phones of wood have nothing to show it on.
    fn tell(&self, _: &CallRef, _: Leg, _: &Notice) {}
}

impl fmt::Debug for Asterisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asterisk").field("all", &self.all).finish_non_exhaustive()
    }
}
