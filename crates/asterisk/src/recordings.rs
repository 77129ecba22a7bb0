//! What is recorded at an Asterisk: messages, and what those say who talk. It is fetched when Asterisk says that it is there; what was
//! recorded when nobody heard that is found by its name when the two meet again.

use std::sync::Arc;
use std::time::Duration;

use domain::call_flow::{Event, Leg};
use engine::switching::{Audio, CallRef, NotHandedOver};

use crate::ari::{AriError, NewRecording};
use crate::pbx::Pbx;
use crate::said::Recording;
use crate::{Asterisk, names};

/// What those hear whose call is recorded.
const RECORDED: &str = "sound:conf-now-recording";
/// How long the recordings of calls take to end that were ended when we met.
const ENDING: Duration = Duration::from_secs(2);

/// A recording under way.
#[derive(Debug, Clone)]
pub(crate) struct UnderWay {
    pub(crate) call: CallRef,
    /// Whose message it is; none, where it is of those who talk.
    pub(crate) leg: Option<Leg>,
}

impl Asterisk {
    /// Something was recorded, or could not be.
    pub(crate) fn was_recorded(&self, pbx: &Arc<Pbx>, recording: Recording) {
        let Recording { name, duration } = recording;
        let Some(UnderWay { call, leg }) = pbx.recorded().remove(&name) else { return };
        let seconds = duration.unwrap_or(0);
        match leg {
            // Who hangs up at the tone has said nothing.
            Some(leg) if seconds == 0 => {
                self.exchange.post(&call, Event::Recorded { leg, seconds, reference: String::new() });
                let pbx = pbx.clone();
                tokio::spawn(async move {
                    // There may be none.
                    if let Err(error) = pbx.ari.delete_recording(&name).await {
                        tracing::debug!(%error, call = call.origin, asterisk = pbx.name(), "an empty message may be left");
                    }
                });
            }
            Some(leg) => self.exchange.post(&call, Event::Recorded { leg, seconds, reference: name }),
            None => self.exchange.keep_talk(&call, seconds, &name),
        }
    }

    /// Those who talk have heard that they are recorded: now they are.
    pub(crate) fn was_announced(&self, pbx: &Arc<Pbx>, playback: &str) -> bool {
        let Some(call) = pbx
            .recorded()
            .values()
            .find_map(|UnderWay { call, .. }| (names::announcement(call) == playback).then(|| call.clone()))
        else {
            return false;
        };
        let pbx = pbx.clone();
        tokio::spawn(async move {
            if let Err(error) = pbx.ari.record_bridge(&names::bridge(&call), &names::talk(&call)).await {
                // They may have hung up.
                tracing::warn!(%error, call = call.origin, asterisk = pbx.name(), "a call is not recorded");
                pbx.recorded().remove(&names::talk(&call));
            }
        });
        true
    }

    /// A call of the last program is there again, of which what is spoken is recorded: goes on with that.
    pub(crate) async fn goes_on_recording(&self, pbx: &Pbx, call: &CallRef, announced: bool) -> Result<(), AriError> {
        let is_there = async |asked: Result<(), AriError>| match asked {
            Err(error) if error.is_not_there() => Ok(false),
            asked => asked.map(|()| true),
        };
        pbx.recorded().insert(names::talk(call), UnderWay { call: call.clone(), leg: None });
        let is_under_way = is_there(pbx.ari.is_recording(&names::talk(call)).await).await?
            || is_there(pbx.ari.is_playing(&names::announcement(call)).await).await?;
        if is_under_way { Ok(()) } else { record_talk(pbx, call, announced).await }
    }

    /// Has what is left of calls that are over kept.
    pub(crate) fn keeps_what_is_left(&self, pbx: &Arc<Pbx>) {
        let (exchange, pbx) = (self.exchange.clone(), pbx.clone());
        tokio::spawn(async move {
            tokio::time::sleep(ENDING).await;
            let stored = match pbx.ari.recordings().await {
                Ok(stored) => stored,
                // It is asked again when it is there again.
                Err(error) => {
                    return tracing::warn!(%error, asterisk = pbx.name(), "Asterisk does not say what it has recorded");
                }
            };
            for name in stored {
                let Some((key, kind)) = names::recorded(&name) else { continue };
                let origin = names::origin(pbx.name(), key);
                let is_over = pbx.channels().calls().iter().all(|call| call.origin != origin);
                if is_over {
                    pbx.recorded().remove(&name);
                    exchange.keep_left(&origin, kind, (&name, None));
                }
            }
        });
    }

    pub(crate) async fn hand_over(&self, call: &CallRef, reference: &str) -> Result<Audio, NotHandedOver> {
        let pbx = self.pbx_of(call).ok_or(NotHandedOver::Gone)?;
        match pbx.ari.recording(reference).await {
            Ok(bytes) => Ok(Audio { media_type: "audio/wav".to_owned(), bytes }),
            Err(error) => {
                tracing::warn!(%error, call = call.origin, asterisk = pbx.name(), "a recording is not handed over");
                Err(if error.is_not_there() { NotHandedOver::Gone } else { NotHandedOver::Silent })
            }
        }
    }
}

/// Takes a message. A leg that came in is nowhere; one that was dialled is in a bridge of Asterisk's own, in which nothing is recorded.
pub(crate) async fn record(
    pbx: &Pbx,
    (call, leg): (&CallRef, Leg),
    recording: &NewRecording<'_>,
) -> Result<(), AriError> {
    let channel = pbx.channels().of(call, leg);
    if leg != Leg::FIRST {
        pbx.ari.take_aside(&format!("{}-aside", names::bridge(call)), &channel).await?;
    }
    pbx.recorded().insert(recording.name.to_owned(), UnderWay { call: call.clone(), leg: Some(leg) });
    pbx.ari.record(&channel, recording).await
}

/// Records those who talk, once they have heard so.
pub(crate) async fn record_talk(pbx: &Pbx, call: &CallRef, announced: bool) -> Result<(), AriError> {
    let (bridge, name) = (names::bridge(call), names::talk(call));
    pbx.recorded().insert(name.clone(), UnderWay { call: call.clone(), leg: None });
    if announced {
        pbx.ari.play_to_bridge(&bridge, &names::announcement(call), RECORDED).await
    } else {
        pbx.ari.record_bridge(&bridge, &name).await
    }
}
