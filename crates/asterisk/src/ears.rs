//! What channels say, as events of their calls.

use std::sync::Arc;
use std::time::Duration;

use domain::call_flow::{Cause, Event, Leg};
use engine::switching::CallRef;

use crate::channels::{Part, Pressed, Step};
use crate::pbx::Pbx;
use crate::said::{Channel, Said};
use crate::{Asterisk, causes, names};

/// How long the end of a channel that has left the application is waited for.
const LEAVING: Duration = Duration::from_millis(500);

impl Asterisk {
    /// Takes what an Asterisk says. It must not wait: the next event does.
    pub(crate) fn hear(&self, pbx: &Arc<Pbx>, said: Said) {
        match said {
            Said::StasisStart { channel, args } => self.enters(pbx, channel, args),
            Said::ChannelStateChange { channel } => self.changes(pbx, &channel),
            Said::Dial { peer, dialstatus } => {
                if let Some((call, leg)) = self.leg_of(pbx, Some(&peer.id)).filter(|_| dialstatus == "PROGRESS") {
                    self.exchange.post(&call, Event::LegHeard(leg));
                }
            }
            Said::StasisEnd { channel } => self.leaves(pbx, channel),
            Said::ChannelDestroyed { channel, cause } => {
                let ended = pbx.channels().ends(&channel.id);
                if let Some(part) = ended {
                    let cause = causes::of_end(cause, &channel.id, part.step());
                    self.ended(pbx, &part, cause);
                }
            }
            Said::ChannelDtmfReceived { channel, digit } => {
                let pressed = pbx.channels().press(&channel.id, &digit);
                if let Some((call, leg, Pressed::Told(digits))) = pressed {
                    self.exchange.post(&call, Event::Digits { leg, digits });
                }
            }
            Said::PlaybackFinished { playback } if self.was_announced(pbx, &playback.id) => {}
            Said::PlaybackFinished { playback } => {
                let channel = playback.id.strip_suffix("-prompt");
                if let Some((call, leg)) = self.leg_of(pbx, channel) {
                    pbx.channels().is_prompted(channel.unwrap_or_default(), false);
                    self.exchange.post(&call, Event::PromptEnded(leg));
                }
            }
            Said::RecordingFinished { recording } | Said::RecordingFailed { recording } => {
                self.was_recorded(pbx, recording);
            }
            Said::ApplicationReplaced => {
                tracing::error!(
                    asterisk = pbx.name(),
                    "another program has taken the application over: name one application for one Tollgate"
                );
            }
            Said::Other => {}
        }
    }

    fn leg_of(&self, pbx: &Pbx, channel: Option<&str>) -> Option<(CallRef, Leg)> {
        let known = pbx.channels();
        known.get(channel?).map(|part| (part.call.clone(), part.leg))
    }

    /// A leg of ours is ready to be dialled, or a call has come in.
    fn enters(&self, pbx: &Arc<Pbx>, channel: Channel, args: Vec<String>) {
        if !names::is_ours(&channel.id) {
            return self.arrives(pbx, channel, args);
        }
        let (dials_for, me) = (pbx.channels().is_ready(&channel.id), self.me.upgrade());
        let (Some(seconds), Some(me), pbx) = (dials_for, me, pbx.clone()) else { return };
        tokio::spawn(async move {
            let Err(error) = pbx.ari.dial(&channel.id, seconds).await else { return };
            tracing::info!(%error, asterisk = pbx.name(), "a phone cannot be dialled");
            let part = pbx.channels().ends(&channel.id);
            if let Some(part) = part {
                // Whatever there is of it is of no use.
                let _ = pbx.ari.hang_up(&channel.id, Cause::Unreachable.q850()).await;
                me.ended(&pbx, &part, Cause::Unreachable);
            }
        });
    }

    fn changes(&self, pbx: &Pbx, channel: &Channel) {
        let (step, event): (Step, fn(Leg) -> Event) = match channel.state.as_str() {
            "Ringing" => (Step::Rings, Event::LegRinging),
            "Up" => (Step::Up, Event::LegAnswered),
            _ => return,
        };
        let advanced = pbx.channels().advance(&channel.id, step).map(|part| (part.call.clone(), part.leg));
        if let Some((call, leg)) = advanced {
            self.exchange.post(&call, event(leg));
        }
    }

    /// A channel has left the application: it is about to end. What goes on elsewhere, as a phone that sends its call on by itself would have it,
    /// is ended: nobody would be charged for it.
    fn leaves(&self, pbx: &Arc<Pbx>, channel: Channel) {
        let is_known = pbx.channels().leaves(&channel.id, self.now());
        let (true, Some(me), pbx) = (is_known, self.me.upgrade(), pbx.clone()) else { return };
        tokio::spawn(async move {
            tokio::time::sleep(LEAVING).await;
            let still_there = pbx.channels().ends(&channel.id);
            let Some(part) = still_there else { return };
            if pbx.ari.hang_up(&channel.id, Cause::HungUp.q850()).await.is_ok() {
                tracing::warn!(call = part.call.origin, asterisk = pbx.name(), "a leg that left its call was ended");
            }
            me.ended(&pbx, &part, Cause::HungUp);
        });
    }

    fn ended(&self, pbx: &Pbx, part: &Part, cause: Cause) {
        let is_last = !pbx.channels().has(&part.call);
        if is_last {
            self.take_bridge_down(pbx, &part.call);
        }
        self.exchange.post(&part.call, Event::LegEnded { leg: part.leg, cause, at: part.left_at() });
    }
}
