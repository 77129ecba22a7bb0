//! What Twilio is asked for where no webhook waits for an answer: never within one.

use std::time::Duration;

use domain::call_flow::{Event, Leg};
use engine::switching::CallRef;

use super::Twilio;
use super::program::Addresses;
use crate::rest::{CallChange, Instructions, NewCall};
use crate::twiml::CallEvent;

/// How long it is waited for a webhook that asks by itself what is to be done.
const ASKS_BY_ITSELF: Duration = Duration::from_secs(2);

/// A phone that is to ring.
pub(super) struct Ringing {
    pub(super) number: String,
    pub(super) seconds: u32,
    /// The number that it shows.
    pub(super) caller: String,
}

impl Twilio {
    /// Places a call to somebody, who is asked for the one that waits.
    pub(super) fn places(&self, call: &CallRef, leg: Leg, ringing: Ringing) {
        let (Some(me), call) = (self.me.upgrade(), call.clone()) else { return };
        tokio::spawn(async move {
            let new = {
                let addresses = me.addresses(&call);
                NewCall {
                    to: ringing.number,
                    from: ringing.caller,
                    then: Instructions::At(addresses.of("voice/screen", Some(leg))),
                    ring_seconds: ringing.seconds,
                    most_seconds: None,
                    told: Some((
                        addresses.of("voice/status", Some(leg)),
                        vec![CallEvent::Ringing, CallEvent::Answered, CallEvent::Completed],
                    )),
                }
            };
            match me.client.create_call(&new).await {
                Ok(placed) => me.is_placed(&call, leg, placed.sid).await,
                Err(error) => {
                    tracing::warn!(%error, call = call.origin, "Twilio does not ring a phone");
                    let is_news = me.calls().get(&call).is_some_and(|state| state.is_over_now(leg));
                    if is_news {
                        me.exchange.post(&call, Event::LegRefused { leg, reason: error.to_string() });
                    }
                }
            }
        });
    }

    async fn is_placed(&self, call: &CallRef, leg: Leg, sid: String) {
        let is_over = {
            let mut calls = self.calls();
            let called = calls.get(call).and_then(|state| state.called(leg));
            match called {
                Some(called) => {
                    called.sid = Some(sid.clone());
                    called.is_over()
                }
                None => true,
            }
        };
        // It was given up before Twilio has said what it is called.
        if is_over {
            self.change(&sid, &CallChange::End).await;
        }
    }

    /// Has a caller who waits ask what is to be done.
    pub(super) fn fetches_first(&self, call: &CallRef) {
        let sid = self.calls().get(call).map(|state| state.sid().to_owned());
        let next = self.addresses(call).of("voice/next", None);
        let (Some(me), Some(sid)) = (self.me.upgrade(), sid) else { return };
        tokio::spawn(async move { me.change(&sid, &CallChange::GoOn(Instructions::At(next))).await });
    }

    /// Has a caller whose document still rings somebody who is given up ask what is to be done, if no webhook asks by itself.
    pub(super) fn fetches_first_unless_asked(&self, call: &CallRef) {
        let (Some(me), call) = (self.me.upgrade(), call.clone()) else { return };
        tokio::spawn(async move {
            tokio::time::sleep(ASKS_BY_ITSELF).await;
            let is_unasked = me.calls().get(&call).is_some_and(|state| state.is_unasked());
            if is_unasked {
                me.fetches_first(&call);
            }
        });
    }

    /// Ends the caller's call, if no webhook asks for its end.
    pub(super) fn ends_first_unless_asked(&self, call: &CallRef) {
        let (Some(me), call) = (self.me.upgrade(), call.clone()) else { return };
        tokio::spawn(async move {
            tokio::time::sleep(ASKS_BY_ITSELF).await;
            let unasked = me.calls().get(&call).filter(|state| state.is_unasked()).map(|state| state.sid().to_owned());
            if let Some(sid) = unasked {
                me.change(&sid, &CallChange::End).await;
            }
        });
    }

    /// Nothing more is expected of a message.
    pub(super) fn understands_no_more(&self, call: &CallRef) {
        let (Some(me), call) = (self.me.upgrade(), call.clone()) else { return };
        tokio::spawn(async move { me.is_understood(&call).await });
    }

    /// What is kept here of a message is deleted there.
    async fn is_understood(&self, call: &CallRef) {
        let kept = self.calls().get(call).and_then(super::calls::State::settles_message);
        if let Some(recording) = kept
            && let Err(error) = self.client.delete_recording(&recording).await
        {
            tracing::warn!(%error, recording, "a recording is not deleted at Twilio yet; it is tried again");
        }
    }

    pub(super) async fn change(&self, sid: &str, change: &CallChange) {
        if let Err(error) = self.client.change_call(sid, change).await {
            // It may be over already.
            tracing::info!(%error, "Twilio does not change a call");
        }
    }

    pub(super) fn addresses<'a>(&'a self, call: &'a CallRef) -> Addresses<'a> {
        let sid = call.origin.split_once('/').map_or("", |(_, sid)| sid);
        Addresses { base: &self.settings.public_url, call: sid }
    }
}
