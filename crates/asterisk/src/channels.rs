//! Which channels are which legs, and how far each is. No I/O.

use std::collections::{HashMap, HashSet};

use domain::call_flow::{Cause, Leg, Party};
use domain::time::Instant;
use engine::switching::CallRef;

use crate::names;

/// The channels of our calls at one Asterisk.
#[derive(Debug, Default)]
pub(crate) struct Channels {
    parts: HashMap<String, Part>,
    /// The channels of the first legs of calls that we place.
    firsts: HashMap<CallRef, String>,
    tries: u64,
    /// Channels that have come in and of which it is still to be found out whose they are; whether they are gone again.
    arriving: HashMap<String, bool>,
    questions: u64,
}

/// A leg.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) call: CallRef,
    pub(crate) leg: Leg,
    place: Place,
    step: Step,
    /// How long it is dialled once it is ready, in seconds.
    dials_for: u32,
    keys: Option<Keys>,
    /// Whether something is played to it that it waits for.
    is_prompted: bool,
    /// What it hears while it waits.
    hears: Option<Hears>,
    /// Whether it is in a bridge in which it hears another leg, and is not heard.
    is_listening: bool,
    /// When it left the application.
    left_at: Option<Instant>,
}

/// What a leg takes up as long as it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// The phone of a line.
    Phone(String),
    /// One of the calls that a trunk takes at once.
    Trunk {
        /// The trunk's id.
        id: String,
        /// How many it takes; none for any number.
        most_calls: Option<u32>,
    },
    /// Nothing that anybody else would want.
    Nothing,
}

/// How far a leg is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// It was made, and is still to be dialled.
    Made,
    /// It is dialled, or has come in.
    Waits,
    Rings,
    Up,
}

/// What a leg that is up hears while it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hears {
    /// That another phone rings.
    Ringing,
    Music,
}

/// Keys that are gathered.
#[derive(Debug)]
struct Keys {
    question: u64,
    so_far: String,
    most: usize,
    end: Option<char>,
}

/// What a key has come to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Pressed {
    /// These keys are told.
    Told(String),
    /// More are waited for.
    Gathered,
}

impl Channels {
    /// A channel has come in of which it is found out whose it is.
    pub(crate) fn arrives(&mut self, channel: &str) {
        self.arriving.insert(channel.to_owned(), false);
    }

    /// It is known whose: `false`, where it is gone again.
    pub(crate) fn has_arrived(&mut self, channel: &str, call: &CallRef, place: Place) -> bool {
        let is_there = self.arriving.remove(channel) == Some(false);
        if is_there {
            self.insert(channel, (call, Leg::FIRST), place, Step::Waits);
        }
        is_there
    }

    /// Nobody is behind a channel that has come in.
    pub(crate) fn is_turned_away(&mut self, channel: &str) {
        self.arriving.remove(channel);
    }

    /// The channel of a leg: of one that is not there the name that it would have.
    pub(crate) fn of(&self, call: &CallRef, leg: Leg) -> String {
        let first = self.firsts.get(call).filter(|_| leg == Leg::FIRST);
        first.cloned().unwrap_or_else(|| names::channel(call, leg))
    }

    /// Reserves a place for a leg, in one step: of two calls to a phone one gets it. What it has as its channel no other try has had.
    ///
    /// # Errors
    /// The line is in a call, or the trunk has no room for another.
    pub(crate) fn make(&mut self, of: (&CallRef, Leg), place: Place, seconds: u32) -> Result<String, Cause> {
        match &place {
            Place::Phone(_) if self.parts.values().any(|part| part.place == place) => return Err(Cause::Busy),
            Place::Trunk { id, most_calls: Some(most) } if self.calls_on(id) >= *most => return Err(Cause::Congestion),
            _ => {}
        }
        let (call, leg) = of;
        let channel = if leg == Leg::FIRST {
            self.tries += 1;
            names::channel_of_try(call, leg, self.tries)
        } else {
            names::channel(call, leg)
        };
        self.insert(&channel, of, place, Step::Made).dials_for = seconds;
        Ok(channel)
    }

    fn calls_on(&self, trunk: &str) -> u32 {
        let on_it = |part: &&Part| matches!(&part.place, Place::Trunk { id, .. } if id == trunk);
        u32::try_from(self.parts.values().filter(on_it).count()).unwrap_or(u32::MAX)
    }

    /// A leg of a call of the last program is there again.
    pub(crate) fn is_back(&mut self, channel: &str, of: (&CallRef, Leg), place: Place) {
        self.insert(channel, of, place, Step::Up);
    }

    fn insert(&mut self, channel: &str, (call, leg): (&CallRef, Leg), place: Place, step: Step) -> &mut Part {
        if leg == Leg::FIRST && names::is_placed(call) {
            self.firsts.insert(call.clone(), channel.to_owned());
        }
        let part = Part {
            call: call.clone(),
            leg,
            place,
            step,
            dials_for: 0,
            keys: None,
            is_prompted: false,
            hears: None,
            is_listening: false,
            left_at: None,
        };
        self.parts.entry(channel.to_owned()).insert_entry(part).into_mut()
    }

    pub(crate) fn get(&self, channel: &str) -> Option<&Part> {
        self.parts.get(channel)
    }

    /// A leg that was made is ready: for how long it is dialled.
    pub(crate) fn is_ready(&mut self, channel: &str) -> Option<u32> {
        let part = self.parts.get_mut(channel).filter(|part| part.step == Step::Made)?;
        part.step = Step::Waits;
        Some(part.dials_for)
    }

    /// A leg is a step further; none, where it was there already.
    pub(crate) fn advance(&mut self, channel: &str, step: Step) -> Option<&Part> {
        let part = self.parts.get_mut(channel).filter(|part| part.step < step)?;
        part.step = step;
        Some(part)
    }

    /// A channel has left the application: whether it is one of ours that is still there.
    pub(crate) fn leaves(&mut self, channel: &str, at: Instant) -> bool {
        if let Some(gone) = self.arriving.get_mut(channel) {
            *gone = true;
        }
        self.parts.get_mut(channel).map(|part| part.left_at.get_or_insert(at)).is_some()
    }

    /// A channel is gone, and its phone free.
    pub(crate) fn ends(&mut self, channel: &str) -> Option<Part> {
        if let Some(gone) = self.arriving.get_mut(channel) {
            *gone = true;
        }
        let part = self.parts.remove(channel)?;
        if part.leg == Leg::FIRST {
            self.firsts.remove(&part.call);
        }
        Some(part)
    }

    /// Whether a call has any leg.
    pub(crate) fn has(&self, call: &CallRef) -> bool {
        self.parts.values().any(|part| part.call == *call)
    }

    /// The calls that there are, each once.
    pub(crate) fn calls(&self) -> Vec<CallRef> {
        let mut calls: Vec<CallRef> = Vec::new();
        for part in self.parts.values() {
            if !calls.contains(&part.call) {
                calls.push(part.call.clone());
            }
        }
        calls
    }

    /// Forgets the legs of a call that are not among these channels: the others.
    pub(crate) fn keep(&mut self, call: &CallRef, there: &HashSet<&str>) -> Vec<Leg> {
        self.parts.retain(|channel, part| part.call != *call || there.contains(channel.as_str()));
        self.firsts.retain(|_, channel| self.parts.contains_key(channel));
        self.parts.values().filter(|part| part.call == *call).map(|part| part.leg).collect()
    }

    /// Something is played to a leg, or no more: whether it was so before.
    pub(crate) fn is_prompted(&mut self, channel: &str, now: bool) -> bool {
        self.parts.get_mut(channel).is_some_and(|part| std::mem::replace(&mut part.is_prompted, now))
    }

    /// A leg hears this while it waits, or nothing any more: what it heard before.
    pub(crate) fn hears(&mut self, channel: &str, now: Option<Hears>) -> Option<Hears> {
        std::mem::replace(&mut self.parts.get_mut(channel)?.hears, now)
    }

    /// A leg hears another, and is not heard, or no more: whether it was so before.
    pub(crate) fn is_listening(&mut self, channel: &str, now: bool) -> bool {
        self.parts.get_mut(channel).is_some_and(|part| std::mem::replace(&mut part.is_listening, now))
    }

    /// Gathers keys from now on: the question's number.
    pub(crate) fn gather(&mut self, channel: &str, most: u8, end: Option<char>) -> Option<u64> {
        let part = self.parts.get_mut(channel)?;
        self.questions += 1;
        part.keys = Some(Keys { question: self.questions, so_far: String::new(), most: usize::from(most), end });
        Some(self.questions)
    }

    /// What has been gathered for a question, when its time is over.
    pub(crate) fn gathered(&mut self, channel: &str, question: u64) -> Option<String> {
        let part = self.parts.get_mut(channel)?;
        part.keys.take_if(|keys| keys.question == question).map(|keys| keys.so_far)
    }

    /// A key was pressed.
    pub(crate) fn press(&mut self, channel: &str, key: &str) -> Option<(CallRef, Leg, Pressed)> {
        let part = self.parts.get_mut(channel)?;
        let pressed = match &mut part.keys {
            None => Pressed::Told(key.to_owned()),
            Some(keys) => keys.press(key),
        };
        if matches!(pressed, Pressed::Told(_)) {
            part.keys = None;
        }
        Some((part.call.clone(), part.leg, pressed))
    }
}

impl Place {
    pub(crate) fn of(party: &Party) -> Place {
        party.line.clone().map_or(Place::Nothing, Place::Phone)
    }
}

impl Part {
    pub(crate) fn step(&self) -> Step {
        self.step
    }

    /// When it was last there, if it has left the application.
    pub(crate) fn left_at(&self) -> Option<Instant> {
        self.left_at
    }
}

impl Keys {
    fn press(&mut self, key: &str) -> Pressed {
        let ends = self.end.is_some_and(|end| key.starts_with(end));
        if !ends {
            self.so_far.push_str(key);
        }
        if ends || self.so_far.len() >= self.most {
            Pressed::Told(std::mem::take(&mut self.so_far))
        } else {
            Pressed::Gathered
        }
    }
}
