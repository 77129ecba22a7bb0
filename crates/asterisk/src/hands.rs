//! What the exchange has channels do.

use domain::call_flow::{Action, Cause, Event, Leg, Party, Via};
use domain::time::Instant;
use engine::switching::CallRef;

use crate::ari::{AriError, NewChannel, NewRecording};
use crate::channels::{Hears, Part, Place, Step};
use crate::pbx::Pbx;
use crate::recordings::{record, record_talk};
use crate::{Asterisk, names};

/// How much later than we Asterisk ends a leg by itself, in milliseconds: only where nobody has ended it in time.
const SECOND_LINE_MILLIS: i64 = 500;
/// What a payer is warned with.
pub(crate) const WARNING: &str = "sound:beep";

/// Who is to be rung.
struct Rung<'a> {
    party: &'a Party,
    /// The way to a number outside.
    via: Option<&'a Via>,
    /// For how long, in seconds.
    seconds: u32,
    /// The number that is shown; empty, where none is to be.
    caller: &'a str,
    /// Whether neither party sees the other's number.
    is_masked: bool,
}

impl Asterisk {
    pub(crate) async fn act(&self, call: &CallRef, action: &Action) {
        let Some(pbx) = self.pbx_of(call) else { return };
        let done = match action {
            Action::RingLeg { leg, party, seconds, caller, via, relayed } => {
                self.stop_listening(pbx, call).await;
                let is_masked = *relayed || names::is_placed(call);
                let rung = Rung { party, via: via.as_ref(), seconds: *seconds, caller, is_masked };
                return self.ring(pbx, (call, *leg), &rung).await;
            }
            Action::EndLeg { leg, cause } => return self.end(pbx, (call, *leg), *cause).await,
            Action::Prompt { leg, words } => {
                return self.prompt(pbx, (call, *leg), words.audio.as_deref()).await;
            }
            Action::CollectDigits { leg, most, seconds, end } => {
                return self.collect(pbx, (call, *leg), (*most, *end), *seconds);
            }
            Action::RingBack(leg) => self.ring_back(pbx, call, *leg).await,
            Action::LetHear(leg, other) => self.let_hear(pbx, call, [*leg, *other]).await,
            Action::AnswerLeg(leg) => self.answer(pbx, call, *leg).await,
            Action::Bridge(one, other) => self.bridge(pbx, call, [*one, *other]).await,
            Action::Part(..) => pbx.ari.take_bridge_down(&names::bridge(call)).await,
            Action::RecordTalk { announced } => record_talk(pbx, call, *announced).await,
            Action::Record { leg, seconds, silence_seconds, end, transcribed: _ } => {
                // Every Asterisk's own words before a message name the other key that ends it: both do.
                let end = end.map_or("none", |key| if key == '*' { "any" } else { "#" });
                let (seconds, silence_seconds) = (*seconds, *silence_seconds);
                let channel = pbx.channels().of(call, *leg);
                let name = names::message(call);
                self.quiet(pbx, &channel).await;
                let recording = NewRecording { name: &name, seconds, silence_seconds, end };
                self.if_there(pbx, &channel, record(pbx, (call, *leg), &recording)).await
            }
            Action::Queue { leg, .. } => {
                let channel = pbx.channels().of(call, *leg);
                self.quiet(pbx, &channel).await;
                pbx.channels().hears(&channel, Some(Hears::Music));
                self.if_there(pbx, &channel, pbx.ari.wait_with_music(&channel)).await
            }
            Action::Warn { leg, .. } => {
                let channel = pbx.channels().of(call, *leg);
                self.if_there(pbx, &channel, pbx.ari.play(&channel, &format!("{channel}-warning"), &[WARNING])).await
            }
            Action::EndLegAt { leg, at } => {
                let channel = pbx.channels().of(call, *leg);
                let millis = at.map(|at| at.millis_since(self.now()).saturating_add(SECOND_LINE_MILLIS));
                self.if_there(pbx, &channel, pbx.ari.end_in(&channel, millis)).await
            }
            // Ordinary phones show no text, and legs that talk hear each other's keys.
            Action::Announce { .. } | Action::Text { .. } | Action::Digits { .. } => Ok(()),
        };
        if let Err(error) = done {
            // The leg may have ended just now; what ended tells so itself.
            tracing::info!(%error, call = call.origin, asterisk = pbx.name(), "something was not done for a call");
        }
    }

    /// Asks for something, where the channel is one that is there.
    async fn if_there(
        &self,
        pbx: &Pbx,
        channel: &str,
        asked: impl Future<Output = Result<(), AriError>>,
    ) -> Result<(), AriError> {
        let is_there = pbx.channels().get(channel).is_some();
        if is_there { asked.await } else { Ok(()) }
    }

    async fn ring(&self, pbx: &Pbx, of: (&CallRef, Leg), rung: &Rung<'_>) {
        let rung = self.try_to_ring(pbx, of, rung).await;
        if let Err(cause) = rung {
            let (call, leg) = of;
            self.exchange.post(call, Event::LegEnded { leg, cause, at: None });
        }
    }

    async fn try_to_ring(&self, pbx: &Pbx, (call, leg): (&CallRef, Leg), rung: &Rung<'_>) -> Result<(), Cause> {
        let Rung { party, via, seconds, caller, is_masked } = *rung;
        let (endpoint, place) = match via {
            // Its voices would have no way from one Asterisk to the other.
            Some(via) if via.switch.as_ref().is_some_and(|switch| switch != pbx.name()) => {
                return Err(Cause::Congestion);
            }
            Some(Via { trunk, endpoint, number, most_calls, .. }) => {
                let place = Place::Trunk { id: trunk.clone(), most_calls: *most_calls };
                (format!("PJSIP/{number}@{endpoint}"), place)
            }
            None => (self.endpoint_of(pbx, call.tenant, party).await?, Place::of(party)),
        };
        let channel = pbx.channels().make((call, leg), place, seconds)?;
        let first = pbx.channels().of(call, Leg::FIRST);
        let new = NewChannel {
            id: &channel,
            endpoint: &endpoint,
            originator: Some(first.as_str()).filter(|_| leg != Leg::FIRST),
            caller,
            is_masked,
            origin: &call.origin,
        };
        pbx.ari.create(&new).await.map_err(|error| {
            pbx.channels().ends(&channel);
            tracing::info!(%error, call = call.origin, asterisk = pbx.name(), "a phone cannot be reached");
            if error.is_refusal() { Cause::Unreachable } else { Cause::Congestion }
        })
    }

    async fn ring_back(&self, pbx: &Pbx, call: &CallRef, leg: Leg) -> Result<(), AriError> {
        let channel = pbx.channels().of(call, leg);
        let step = pbx.channels().get(&channel).map(Part::step);
        self.quiet(pbx, &channel).await;
        // One that has answered hears it as a tone.
        if step == Some(Step::Up) {
            pbx.channels().hears(&channel, Some(Hears::Ringing));
        }
        let hears = matches!(step, Some(Step::Waits | Step::Up));
        if hears { pbx.ari.ring(&channel).await } else { Ok(()) }
    }

    /// Whoever is called is not charged yet: nothing of the caller reaches it.
    async fn let_hear(&self, pbx: &Pbx, call: &CallRef, legs: [Leg; 2]) -> Result<(), AriError> {
        let [listener, heard] = legs.map(|leg| pbx.channels().of(call, leg));
        let step = {
            let known = pbx.channels();
            known.get(&heard).and_then(|_| known.get(&listener)).map(Part::step)
        };
        let Some(step) = step else { return Ok(()) };
        if step < Step::Up {
            pbx.ari.progress(&listener).await?;
        }
        pbx.channels().is_listening(&listener, true);
        pbx.ari.let_hear(&names::bridge(call), &listener, &heard).await
    }

    /// The leg that was heard has led nowhere: another is tried.
    async fn stop_listening(&self, pbx: &Pbx, call: &CallRef) {
        let was_listening = {
            let mut known = pbx.channels();
            let listener = known.of(call, Leg::FIRST);
            known.is_listening(&listener, false)
        };
        if was_listening && let Err(error) = pbx.ari.take_bridge_down(&names::bridge(call)).await {
            tracing::debug!(%error, call = call.origin, asterisk = pbx.name(), "a leg that was heard is gone");
        }
    }

    /// That it is answered comes as an event; of one that its dialplan has answered there is none.
    async fn answer(&self, pbx: &Pbx, call: &CallRef, leg: Leg) -> Result<(), AriError> {
        let channel = pbx.channels().of(call, leg);
        let step = pbx.channels().get(&channel).map(Part::step);
        match step {
            Some(Step::Up) => self.exchange.post(call, Event::LegAnswered(leg)),
            Some(_) => pbx.ari.answer(&channel).await?,
            None => {}
        }
        Ok(())
    }

    async fn bridge(&self, pbx: &Pbx, call: &CallRef, legs: [Leg; 2]) -> Result<(), AriError> {
        let channels = legs.map(|leg| pbx.channels().of(call, leg));
        let are_up = {
            let known = pbx.channels();
            channels.iter().all(|channel| known.get(channel).is_some_and(|part| part.step() == Step::Up))
        };
        if !are_up {
            return Ok(());
        }
        for channel in &channels {
            self.quiet(pbx, channel).await;
        }
        let (bridge, was_listening) = (names::bridge(call), pbx.channels().is_listening(&channels[0], false));
        let bridged = if was_listening {
            pbx.ari.let_talk(&bridge, &channels[0]).await
        } else {
            pbx.ari.bridge(&bridge, &[channels[0].as_str(), channels[1].as_str()]).await
        };
        if bridged.as_ref().is_err_and(|error| !error.is_refusal()) {
            // Nobody hears the other: that is no call.
            self.exchange.post(call, Event::Stopped(Cause::Failed));
        }
        bridged
    }

    /// Ends a leg. What Asterisk says of it then is no news.
    async fn end(&self, pbx: &Pbx, (call, leg): (&CallRef, Leg), cause: Cause) {
        let channel = pbx.channels().of(call, leg);
        let (was_there, is_last) = {
            let mut known = pbx.channels();
            (known.ends(&channel).is_some(), !known.has(call))
        };
        if was_there && let Err(error) = pbx.ari.hang_up(&channel, cause.q850()).await {
            tracing::debug!(%error, call = call.origin, asterisk = pbx.name(), "a leg that was to end is gone");
        }
        if was_there && is_last {
            self.take_bridge_down(pbx, call);
        }
    }

    /// Nobody waits for it: whether there was one is not known.
    pub(crate) fn take_bridge_down(&self, pbx: &Pbx, call: &CallRef) {
        let (Some(me), bridge, name) = (self.me.upgrade(), names::bridge(call), pbx.name().to_owned()) else { return };
        tokio::spawn(async move {
            let Some(pbx) = me.all.iter().find(|pbx| pbx.name() == name) else { return };
            match pbx.ari.take_bridge_down(&bridge).await {
                Err(error) if !error.is_refusal() => tracing::debug!(%error, bridge, "a bridge may be left"),
                _ => {}
            }
        });
    }

    async fn prompt(&self, pbx: &Pbx, (call, leg): (&CallRef, Leg), audio: Option<&str>) {
        let channel = pbx.channels().of(call, leg);
        if pbx.channels().get(&channel).is_none() {
            return;
        }
        self.quiet(pbx, &channel).await;
        pbx.channels().is_prompted(&channel, audio.is_some());
        let played = match audio {
            Some(audio) => {
                let media: Vec<String> = audio.split('&').map(media).collect();
                let media: Vec<&str> = media.iter().map(String::as_str).collect();
                pbx.ari.play(&channel, &format!("{channel}-prompt"), &media).await
            }
            None => return self.exchange.post(call, Event::PromptEnded(leg)),
        };
        if let Err(error) = played {
            tracing::warn!(%error, call = call.origin, asterisk = pbx.name(), "something could not be played");
            self.exchange.post(call, Event::PromptEnded(leg));
        }
    }

    /// Stops what is played to a leg: it has heard enough.
    async fn quiet(&self, pbx: &Pbx, channel: &str) {
        let (is_prompted, hears) = {
            let mut known = pbx.channels();
            (known.is_prompted(channel, false), known.hears(channel, None))
        };
        let mut stopped = Vec::new();
        if is_prompted {
            stopped.push(pbx.ari.stop_playing(&format!("{channel}-prompt")).await);
        }
        stopped.extend(match hears {
            Some(Hears::Ringing) => Some(pbx.ari.stop_ringing(channel).await),
            Some(Hears::Music) => Some(pbx.ari.stop_music(channel).await),
            None => None,
        });
        for error in stopped.into_iter().filter_map(Result::err) {
            tracing::debug!(%error, channel, asterisk = pbx.name(), "what was played is over");
        }
    }

    fn collect(&self, pbx: &Pbx, (call, leg): (&CallRef, Leg), (most, end): (u8, Option<char>), seconds: u32) {
        let channel = pbx.channels().of(call, leg);
        let Some(question) = pbx.channels().gather(&channel, most, end) else { return };
        let call = call.clone();
        let until = Instant::clamped(self.now().millis() + i64::from(seconds) * 1000);
        self.at(until, move |asterisk| {
            let Some(pbx) = asterisk.pbx_of(&call) else { return };
            let gathered = pbx.channels().gathered(&channel, question);
            if let Some(digits) = gathered {
                asterisk.exchange.post(&call, Event::Digits { leg, digits });
            }
        });
    }
}

/// What Asterisk is to play. A sound elsewhere it fetches and keeps (`res_http_media_cache`).
fn media(audio: &str) -> String {
    let is_elsewhere = audio.starts_with("https://") || audio.starts_with("http://");
    if is_elsewhere { format!("sound:{audio}") } else { audio.to_owned() }
}
