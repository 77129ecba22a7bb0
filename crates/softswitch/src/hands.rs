//! What the exchange has phones do.

use domain::call_flow::{Action, Cause, Event, Leg, Party};
use domain::time::Instant;
use engine::switching::{CallRef, Notice};

use crate::seats::{Asked, Part, Seats, Step};
use crate::told::Told;
use crate::{MediaPolicy, Softswitch, media};

/// What is read where a call waits.
const WAITING: &str = "Please hold the line.";
/// What who is answered already reads when somebody takes its call.
const CONNECTED: &str = "You are connected.";
/// How much longer than its message a phone has to hand it over, in seconds.
const HANDING_OVER: u32 = 10;

impl Softswitch {
    pub(crate) fn act(&self, call: &CallRef, action: &Action) {
        match action {
            // A number outside is no phone's: that it cannot be rung is found out there.
            Action::RingLeg { leg, party, seconds, caller, relayed, via: _ } => {
                self.ring(call, (*leg, party), *seconds, caller);
                if *relayed {
                    self.seats().relay(call);
                }
            }
            Action::RingBack(leg) => self.ring_back(call, *leg),
            Action::AnswerLeg(leg) => self.answer(call, *leg),
            Action::Prompt { leg, words } => self.prompt(call, *leg, (&words.text, words.audio.as_ref())),
            Action::Announce { leg, text } => self.seats().tell(call, *leg, prompt(text, None)),
            Action::Queue { leg, music } => self.seats().tell(call, *leg, prompt(WAITING, music.as_ref())),
            Action::CollectDigits { leg, most, seconds, end } => self.collect(call, *leg, (*most, *end), *seconds),
            Action::Record { leg, seconds, .. } => self.record(call, *leg, *seconds),
            Action::Bridge(one, other) => {
                let (now, mut seats) = (self.now(), self.seats());
                for leg in [*one, *other] {
                    self.tell_media(&mut seats, (call, leg), false);
                    if seats.change(call, leg, |part| std::mem::take(&mut part.hears_others_ring)) == Some(true) {
                        seats.tell(call, leg, prompt(CONNECTED, None));
                    }
                }
                seats.talk(call, [*one, *other], now);
            }
            Action::Part(one, other) => {
                let mut seats = self.seats();
                for leg in [*one, *other] {
                    seats.change(call, leg, |part| part.step = Step::Ready);
                    self.tell_media(&mut seats, (call, leg), true);
                }
            }
            // Voices go from phone to phone: nobody hears them here.
            // No trunk is here.
            Action::RecordTalk { .. } | Action::LetHear(..) => {}
            Action::Warn { leg, remaining_seconds } => {
                let warning = Told::Warning { remaining_seconds: *remaining_seconds };
                self.tell_if(call, *leg, &[Step::Talking], warning);
            }
            Action::EndLegAt { leg, at } => {
                if let Some(relay) = &self.relay {
                    relay.ends_at(call, *leg, *at);
                }
            }
            Action::EndLeg { leg, cause } => {
                self.seats().end(call, *leg, *cause);
                self.cut(call, *leg);
            }
            Action::Text { leg, text } => self.tell_if(call, *leg, &[Step::Talking], Told::Talk(text.clone())),
            Action::Digits { leg, digits } => self.tell_if(call, *leg, &[Step::Talking], Told::Dtmf(digits.clone())),
        }
    }

    pub(crate) fn show(&self, call: &CallRef, leg: Leg, notice: &Notice) {
        let told = Told::Notice(notice.clone());
        match notice {
            Notice::Meter(_) => self.tell_if(call, leg, &[Step::Talking], told),
            Notice::Charged { .. } => self.seats().tell_after(call, leg, told),
        }
    }

    /// Has the voices of a leg end.
    pub(crate) fn cut(&self, call: &CallRef, leg: Leg) {
        if let Some(relay) = &self.relay {
            relay.cut(call, leg);
        }
    }

    /// Tells a leg how it reaches the other, if that is news to it; while it is alone there is nobody to be heard.
    fn tell_media(&self, seats: &mut Seats, (call, leg): (&CallRef, Leg), is_alone: bool) {
        // In a call that we place nobody has dialled: who is rung first offers its voice.
        let offers = |part: &Part| !is_alone && leg == Leg::FIRST && part.step == Step::Accepted;
        let policy = |part: &Part| match is_alone {
            true => MediaPolicy::Text,
            false => self.media.of_call(part.relayed, self.relay.is_some()),
        };
        let news = seats.change(call, leg, |part| {
            let policy = policy(part);
            (part.media.replace(policy) != Some(policy)).then_some((policy, offers(part)))
        });
        if let Some((policy, offers)) = news.flatten() {
            seats.tell(call, leg, self.media((call, leg), policy, offers));
        }
    }

    /// How a leg reaches the other, in a call whose voices travel like this.
    pub(crate) fn media(&self, (call, leg): (&CallRef, Leg), policy: MediaPolicy, offers: bool) -> Told {
        let servers = match &self.relay {
            Some(relay) if policy != MediaPolicy::Text => relay.servers(call, leg),
            _ => Vec::new(),
        };
        Told::Media(media::document(policy, &servers, offers))
    }

    fn ring(&self, call: &CallRef, (leg, party): (Leg, &Party), seconds: u32, caller: &str) {
        let rung = self.seats().ring(call, leg, party, caller);
        if let Err(cause) = rung {
            return self.exchange.post(call, Event::LegEnded { leg, cause, at: None });
        }
        let call = call.clone();
        self.at(after(self.now(), seconds), move |softswitch| {
            let rang = softswitch.seats().stop_ringing(&call, leg);
            if rang {
                softswitch.exchange.post(&call, Event::LegEnded { leg, cause: Cause::NoAnswer, at: None });
            }
        });
    }

    /// Lets the caller hear that a phone rings; one of a group, whose call is answered already, also that it was taken.
    fn ring_back(&self, call: &CallRef, leg: Leg) {
        let mut seats = self.seats();
        let rings = seats.change(call, leg, |part| {
            part.hears_others_ring = part.step == Step::Ready;
            matches!(part.step, Step::Calling | Step::Ready)
        });
        if rings == Some(true) {
            seats.tell(call, leg, Told::CalleeRinging);
        }
    }

    /// Lets the caller hear that the call is answered, and both how they reach each other.
    fn answer(&self, call: &CallRef, leg: Leg) {
        let mut seats = self.seats();
        let answered = seats.change(call, leg, |part| {
            let was_calling = part.step == Step::Calling;
            if was_calling {
                part.step = Step::Connected;
            }
            was_calling
        });
        if answered == Some(true) {
            let legs = seats.legs(call);
            let others = legs.iter().filter(|other| **other != leg);
            let is_alone = !others.into_iter().any(|other| seats.has_answered(call, *other));
            for party in legs {
                self.tell_media(&mut seats, (call, party), is_alone);
            }
            seats.tell(call, leg, Told::Connected);
        }
    }

    /// Phones do not say when a prompt was heard or read: the next thing follows at once.
    fn prompt(&self, call: &CallRef, leg: Leg, (text, audio): (&str, Option<&String>)) {
        self.seats().tell(call, leg, prompt(text, audio));
        self.exchange.post(call, Event::PromptEnded(leg));
    }

    fn collect(&self, call: &CallRef, leg: Leg, (most, end): (u8, Option<char>), seconds: u32) {
        let asked = Asked::Digits { so_far: String::new(), most: usize::from(most), end };
        let there = self.seats().change(call, leg, |part| part.ask(asked));
        let Some(question) = there else { return };
        let call = call.clone();
        self.at(after(self.now(), seconds), move |softswitch| {
            let asked = softswitch.seats().change(&call, leg, |part| part.withdraw(question)).flatten();
            if let Some(Asked::Digits { so_far, .. }) = asked {
                softswitch.exchange.post(&call, Event::Digits { leg, digits: so_far });
            }
        });
    }

    fn record(&self, call: &CallRef, leg: Leg, seconds: u32) {
        let at = self.now();
        let Some(question) = self.seats().change(call, leg, |part| part.ask(Asked::Message { at })) else { return };
        self.seats().tell(call, leg, Told::Record { max_seconds: seconds });
        let call = call.clone();
        self.at(after(at, seconds.saturating_add(HANDING_OVER)), move |softswitch| {
            let asked = softswitch.seats().change(&call, leg, |part| part.withdraw(question)).flatten();
            if asked.is_some() {
                softswitch.exchange.post(&call, Event::Recorded { leg, seconds: 0, reference: String::new() });
            }
        });
    }

    /// Tells a leg something, where it is at one of these steps.
    fn tell_if(&self, call: &CallRef, leg: Leg, steps: &[Step], told: Told) {
        let mut seats = self.seats();
        if seats.change(call, leg, |part| steps.contains(&part.step)) == Some(true) {
            seats.tell(call, leg, told);
        }
    }
}

fn prompt(text: &str, audio: Option<&String>) -> Told {
    // Sounds of other switches (`sound:beep`, `number:1`) are no addresses: the words are shown.
    let is_address = |audio: &&String| ["data:", "https:", "/"].iter().any(|start| audio.starts_with(start));
    Told::Prompt { text: text.to_owned(), audio: audio.filter(is_address).cloned() }
}

fn after(instant: Instant, seconds: u32) -> Instant {
    Instant::clamped(instant.millis() + i64::from(seconds) * 1000)
}
