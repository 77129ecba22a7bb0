//! Twilio as a switch: its webhooks become events of a call, and what is to be done becomes documents, or requests where no webhook waits for one.
//!
//! A document is gathered until something is in it that takes time: a phone that rings, a message, keys. Until then whatever is said is said in one go, so
//! that the exchange is told at once that it was heard.

mod calls;
mod errands;
mod forget;
mod placed;
mod program;
mod routes;
mod texts;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use domain::call_flow::{Action, Event, Leg, Party};
use domain::time::Instant;
use engine::switching::{Audio, CallRef, Capability, Exchange, NotHandedOver, Notice, Switch};
use futures::future::BoxFuture;
use url::Url;

use crate::rest::Client;
use crate::signature::Tokens;
use calls::{Calls, Todo};
pub use forget::{FORGETS, Forgetting, KEEPS, Keeping};
pub use routes::routes;

/// The name of the switch: what the origins of its calls begin with.
pub const NAME: &str = "twilio";
/// What Twilio can do.
const CAPABILITIES: [Capability; 7] = [
    Capability::Audio,
    Capability::Recording,
    Capability::Digits,
    Capability::Bridging,
    Capability::WholeSeconds,
    Capability::World,
    Capability::Transcripts,
];

/// What is to be known of an account.
#[derive(Debug)]
pub struct AccountSettings {
    /// The tenant whose calls it carries.
    pub tenant: i64,
    /// Its id: `AC...`.
    pub account: String,
    /// What its webhooks are signed with.
    pub tokens: Tokens,
    /// Where webhooks come in, as Twilio knows it.
    pub public_url: Url,
}

/// Twilio, as a switch.
pub struct Twilio {
    me: Weak<Twilio>,
    pub(crate) exchange: Exchange,
    pub(crate) client: Client,
    pub(crate) settings: AccountSettings,
    calls: Mutex<Calls>,
}

impl Twilio {
    /// An account that carries calls of this exchange.
    #[must_use]
    pub fn new(exchange: &Exchange, settings: AccountSettings, client: Client) -> Arc<Twilio> {
        Arc::new_cyclic(|me| Twilio {
            me: me.clone(),
            exchange: exchange.clone(),
            client,
            settings,
            calls: Mutex::default(),
        })
    }

    /// After a start: takes up the calls that talked when the last program ended, which was last there then. That they have ended meanwhile would be told by
    /// webhooks that are posted again.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn recover(&self, seen_at: Instant) -> Result<(), engine::StorageError> {
        for recovered in self.exchange.recover(NAME, seen_at).await? {
            let call = &recovered.call;
            let legs = match placed::is_placed(call) {
                true => self.still_talk(&recovered).await,
                false => recovered.legs.iter().map(|(leg, _)| *leg).collect(),
            };
            let sid = call.origin.split_once('/').map_or("", |(_, sid)| sid);
            self.calls().talks(call, sid, legs.iter().copied());
            self.exchange.back(&recovered, legs);
        }
        Ok(())
    }

    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The call with this id.
    fn call(&self, sid: &str) -> CallRef {
        CallRef { tenant: self.settings.tenant, origin: format!("{NAME}/{sid}") }
    }

    /// A call comes in, unless it has already.
    fn comes_in(&self, sid: &str, from: Option<&str>, to: &str) -> CallRef {
        let call = self.call(sid);
        let is_new = self.calls().begin(&call, sid);
        if is_new {
            let caller = Party { line: None, number: from.unwrap_or_default().to_owned() };
            self.exchange.incoming(&call, caller, to.to_owned());
        }
        call
    }

    fn act(&self, call: &CallRef, actions: &[Action]) {
        let (todo, changed) = {
            let mut calls = self.calls();
            let todo = calls.act(call, actions);
            (todo, calls.changed(call))
        };
        for todo in todo {
            match todo {
                Todo::IsAnswered => self.exchange.post(call, Event::LegAnswered(Leg::FIRST)),
                Todo::IsSaid(leg) => self.exchange.post(call, Event::PromptEnded(leg)),
                Todo::Ring { leg, number, seconds, caller } => {
                    self.places(call, leg, errands::Ringing { number, seconds, caller });
                }
                Todo::EndPlaced(leg) => self.ends_placed(call, leg),
                Todo::FetchFirst => self.fetches_first(call),
                Todo::FetchFirstUnlessAsked => self.fetches_first_unless_asked(call),
                Todo::EndFirstUnlessAsked => self.ends_first_unless_asked(call),
                Todo::Tell(leg, place) => self.tells(call, leg, place),
                Todo::TellWhy(leg, words) => self.tells_why(call, leg, &words),
                Todo::EndAt(leg, at) => self.ends_at(call, leg, at),
            }
        }
        if let Some(changed) = changed {
            changed.notify_waiters();
        }
    }
}

impl Switch for Twilio {
    fn name(&self) -> &'static str {
        NAME
    }

    fn capabilities(&self) -> &'static [Capability] {
        &CAPABILITIES
    }

    fn places(&self) -> Vec<String> {
        vec![placed::PLACES.to_owned()]
    }

    fn perform<'a>(&'a self, call: &'a CallRef, actions: &'a [Action]) -> BoxFuture<'a, ()> {
        if placed::is_placed(call) {
            self.calls().begin(call, "");
        }
        self.act(call, actions);
        Box::pin(async {})
    }

    fn recording<'a>(&'a self, _: &'a CallRef, reference: &'a str) -> BoxFuture<'a, Result<Audio, NotHandedOver>> {
        Box::pin(async move {
            match self.client.recording(reference).await {
                Ok(bytes) => Ok(Audio { media_type: "audio/wav".to_owned(), bytes }),
                Err(error) if error.is_not_there() => Err(NotHandedOver::Gone),
                Err(error) => {
                    tracing::warn!(%error, "Twilio does not hand a recording over");
                    Err(NotHandedOver::Silent)
                }
            }
        })
    }

    fn is_kept<'a>(&'a self, call: &'a CallRef, reference: &'a str) -> BoxFuture<'a, ()> {
        // Of a call of the last program it is not known.
        let waits = self.calls().get(call).is_none_or(|state| state.keeps(reference));
        Box::pin(async move {
            if let Err(error) = self.is_to_forget(call, reference, waits).await {
                tracing::warn!(%error, recording = reference, "what is kept stays with Twilio until it is found again");
            }
        })
    }

    /// Nobody on an ordinary phone sees what a call costs.
    fn tell(&self, _: &CallRef, _: Leg, _: &Notice) {}
}

impl std::fmt::Debug for Twilio {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Twilio").field("account", &self.settings.account).finish_non_exhaustive()
    }
}
