//! Where each call stands between webhooks. No I/O.

use std::collections::HashMap;
use std::sync::Arc;

use domain::call_flow::{Action, Cause, Leg, Words};
use domain::time::Instant;
use engine::switching::CallRef;
use tokio::sync::Notify;

use super::placed;
use super::program::{Document, Program, Verb};

/// How many calls that are over are remembered: their last webhooks come late, or again.
const REMEMBERED: usize = 2000;

/// The calls that there are, and the last that were.
#[derive(Debug, Default)]
pub(super) struct Calls {
    calls: HashMap<CallRef, State>,
    order: std::collections::VecDeque<CallRef>,
}

/// Where a call stands.
#[derive(Debug)]
pub(super) struct State {
    /// The id of the call that came in; empty, where we have placed it.
    sid: String,
    /// Whether we have placed it: then the one who calls is rung, too.
    is_placed: bool,
    /// What parties were told while they talk, by its place.
    pub(super) told: Vec<String>,
    is_answered: bool,
    /// Whether the caller waits in a queue, where it asks for nothing by itself.
    waits: bool,
    /// Whether whom the caller talked with is taken away, and it has not asked yet how it goes on.
    is_parted: bool,
    /// Whether it does not ask that by itself.
    is_to_fetch: bool,
    /// What it hears meanwhile; the provider's own music, where none is named.
    music: Option<String>,
    /// What the caller is to do next.
    caller: Program,
    /// The others, by their legs.
    pub(super) called: HashMap<Leg, Called>,
    /// The documents that were sent, by what asked for them: a webhook that comes again gets the same.
    sent: HashMap<String, Document>,
    message: Message,
    changed: Arc<Notify>,
}

/// What is with the provider of a caller's message, beside its audio.
#[derive(Debug, Default)]
enum Message {
    /// Nothing that would be lost with it.
    #[default]
    Settled,
    /// It is being understood, or will be.
    IsUnderstood,
    /// So it is, and its audio, with this id, is kept here.
    IsKept(String),
}

/// A leg that was rung.
#[derive(Debug, Default)]
pub(super) struct Called {
    program: Program,
    /// The id of its call, where we have placed it and know it.
    pub(super) sid: Option<String>,
    /// Whether we have placed it: else the caller's document did.
    is_placed: bool,
    is_over: bool,
    /// What it is asked, until it says yes.
    pub(super) asked: Option<Words>,
    /// Whether it is in the room where both talk, or on its way there.
    pub(super) is_in_room: bool,
    /// When it was taken up, if that is known.
    pub(super) answered_at: Option<Instant>,
}

/// What follows from an action, beside a document.
#[derive(Debug, PartialEq)]
pub(super) enum Todo {
    /// The caller is there.
    IsAnswered,
    /// A leg has heard what was said: the rest of its document is still to be gathered.
    IsSaid(Leg),
    /// A call is placed.
    Ring { leg: Leg, number: String, seconds: u32, caller: String },
    /// A call that was placed is ended.
    EndPlaced(Leg),
    /// The caller, who asks for nothing by itself, is fetched.
    FetchFirst,
    /// The caller, whose document rings somebody who is given up, is fetched, unless a webhook asks for more in a moment.
    FetchFirstUnlessAsked,
    /// The caller's call is ended, unless a webhook asks for that in a moment.
    EndFirstUnlessAsked,
    /// A party hears something while it talks: what, by its place.
    Tell(Leg, usize),
    /// A leg hears why the call is over, and then its end.
    TellWhy(Leg, Words),
    /// A leg is ended then, should nobody say anything else; without an instant, no more.
    EndAt(Leg, Option<Instant>),
}

impl Called {
    pub(super) fn placed() -> Called {
        Called { is_placed: true, ..Called::default() }
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }
}

impl Calls {
    /// A call begins: `false`, where it has already.
    pub(super) fn begin(&mut self, call: &CallRef, sid: &str) -> bool {
        if self.calls.contains_key(call) {
            return false;
        }
        let state = State {
            sid: sid.to_owned(),
            is_placed: placed::is_placed(call),
            told: Vec::new(),
            is_answered: false,
            waits: false,
            is_parted: false,
            is_to_fetch: false,
            music: None,
            caller: Program::default(),
            called: HashMap::new(),
            sent: HashMap::new(),
            message: Message::default(),
            changed: Arc::default(),
        };
        self.calls.insert(call.clone(), state);
        self.order.push_back(call.clone());
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.calls.remove(&oldest);
        }
        true
    }

    /// A call of the last program talks.
    pub(super) fn talks(&mut self, call: &CallRef, sid: &str, legs: impl IntoIterator<Item = Leg>) {
        self.begin(call, sid);
        if let Some(state) = self.calls.get_mut(call) {
            state.is_answered = true;
            let is_placed = state.is_placed;
            let called = |leg| (leg, Called { is_placed, is_in_room: is_placed, ..Called::default() });
            state.called = legs.into_iter().filter(|leg| is_placed || *leg != Leg::FIRST).map(called).collect();
        }
    }

    pub(super) fn get(&mut self, call: &CallRef) -> Option<&mut State> {
        self.calls.get_mut(call)
    }

    pub(super) fn changed(&self, call: &CallRef) -> Option<Arc<Notify>> {
        self.calls.get(call).map(|state| state.changed.clone())
    }

    pub(super) fn act(&mut self, call: &CallRef, actions: &[Action]) -> Vec<Todo> {
        self.calls.get_mut(call).map(|state| state.act(actions)).unwrap_or_default()
    }
}

impl State {
    /// A message's audio is kept here: whether it is waited with deleting it there, for what is understood of it.
    pub(super) fn keeps(&mut self, sid: &str) -> bool {
        let waits = !matches!(self.message, Message::Settled);
        if waits {
            self.message = Message::IsKept(sid.to_owned());
        }
        waits
    }

    /// Nothing more is expected of a message: the id of its audio, if that is kept here and there.
    pub(super) fn settles_message(&mut self) -> Option<String> {
        match std::mem::take(&mut self.message) {
            Message::IsKept(sid) => Some(sid),
            Message::Settled | Message::IsUnderstood => None,
        }
    }

    fn act(&mut self, actions: &[Action]) -> Vec<Todo> {
        if self.is_placed {
            return self.act_in_placed(actions);
        }
        let (mut todo, mut rings) = (Vec::new(), Vec::new());
        for action in actions {
            match action {
                Action::AnswerLeg(Leg::FIRST) => {
                    self.is_answered = true;
                    todo.push(Todo::IsAnswered);
                }
                Action::Prompt { leg, words } => {
                    self.says(*leg, Verb::Say(words.clone()));
                    todo.push(Todo::IsSaid(*leg));
                }
                Action::CollectDigits { leg, most, seconds, end } => {
                    if let Some(program) = self.program(*leg) {
                        program.gather(*most, *seconds, *end);
                    }
                }
                Action::Record { leg, seconds, silence_seconds, end, transcribed } => {
                    let (seconds, silence_seconds, end, transcribed) = (*seconds, *silence_seconds, *end, *transcribed);
                    if transcribed {
                        self.message = Message::IsUnderstood;
                    }
                    self.says(*leg, Verb::Record { seconds, silence_seconds, end, transcribed });
                }
                Action::Queue { leg: Leg::FIRST, music } if !self.waits => {
                    self.music.clone_from(music);
                    self.says(Leg::FIRST, Verb::Wait { has_music: music.is_some() });
                }
                Action::RingLeg { leg, party, seconds, caller, .. } => {
                    rings.push((*leg, party.number.clone(), *seconds, caller.clone()));
                }
                Action::Bridge(_, leg) => self.bridges(*leg),
                Action::Part(_, leg) => self.parts(*leg),
                Action::EndLeg { leg: Leg::FIRST, cause } => {
                    self.ends_first(*cause);
                    todo.push(Todo::EndFirstUnlessAsked);
                }
                Action::EndLeg { leg, .. } => todo.extend(self.ends(*leg)),
                // Ordinary phones show no text, and nobody is charged for being called.
                _ => {}
            }
        }
        todo.extend(self.rings(rings));
        if (self.waits || self.is_to_fetch) && self.caller.is_complete() {
            (self.waits, self.is_to_fetch) = (false, false);
            todo.push(Todo::FetchFirst);
        }
        todo
    }

    /// One phone rings by the caller's document. Several do not: there the first that is taken up would stop the others before anybody has accepted.
    fn rings(&mut self, rings: Vec<(Leg, String, u32, String)>) -> Vec<Todo> {
        let is_placed = self.waits || rings.len() > 1;
        let mut todo = Vec::new();
        for (leg, number, seconds, caller) in rings {
            self.called.insert(leg, Called { is_placed, ..Called::default() });
            if is_placed {
                todo.push(Todo::Ring { leg, number, seconds, caller });
            } else {
                self.caller.push(Verb::Ring { leg, number, seconds, caller });
            }
        }
        if is_placed && !self.waits {
            self.caller.push(Verb::Wait { has_music: false });
        }
        todo
    }

    /// Whether a leg is of a call that came in.
    pub(super) fn is_callers(&self, leg: Leg) -> bool {
        leg == Leg::FIRST && !self.is_placed
    }

    fn program(&mut self, leg: Leg) -> Option<&mut Program> {
        if self.is_callers(leg) {
            Some(&mut self.caller)
        } else {
            self.called.get_mut(&leg).map(|called| &mut called.program)
        }
    }

    pub(super) fn says(&mut self, leg: Leg, verb: Verb) {
        if let Some(program) = self.program(leg) {
            program.push(verb);
        }
    }

    fn bridges(&mut self, leg: Leg) {
        if let Some(called) = self.called.get_mut(&leg) {
            let verb = if called.is_placed { Verb::FetchWaiting } else { Verb::Talk };
            called.program.push(verb);
            // Who is fetched out of the queue waits no more.
            self.waits &= !called.is_placed;
        }
    }

    /// Who is fetched out of a queue asks how it goes on when the other one is gone, who has rung somebody up does not.
    fn parts(&mut self, leg: Leg) {
        self.is_parted = true;
        self.is_to_fetch = self.called.get(&leg).is_none_or(|called| !called.is_placed);
    }

    /// A caller who was not taken in hears why, and is not charged by the provider where it is not wanted.
    fn ends_first(&mut self, cause: Cause) {
        if !self.is_answered && cause == Cause::Blocked {
            return self.caller.push(Verb::Reject);
        }
        if !self.is_answered {
            self.caller.push(Verb::Say(why_not(cause)));
        }
        self.caller.push(Verb::Hangup);
    }

    pub(super) fn ends(&mut self, leg: Leg) -> Option<Todo> {
        let called = self.called.get_mut(&leg).filter(|called| !called.is_over)?;
        called.is_over = true;
        called.program.push(Verb::Hangup);
        match called.is_placed {
            true => Some(Todo::EndPlaced(leg)),
            false => (!self.is_to_fetch).then_some(Todo::FetchFirstUnlessAsked),
        }
    }

    /// Whether a leg was rung, and is not over; from now on it is.
    pub(super) fn is_over_now(&mut self, leg: Leg) -> bool {
        self.called.get_mut(&leg).is_some_and(|called| !std::mem::replace(&mut called.is_over, true))
    }

    pub(super) fn called(&mut self, leg: Leg) -> Option<&mut Called> {
        self.called.get_mut(&leg)
    }

    /// What the caller hears who waits, where something is named.
    pub(super) fn music(&self) -> Option<&str> {
        self.music.as_deref()
    }

    /// Whether whom the caller talked with is taken away, and it is to go on.
    pub(super) fn is_parted(&self) -> bool {
        self.is_parted
    }

    /// The call that came in.
    pub(super) fn sid(&self) -> &str {
        &self.sid
    }

    /// A leg's part, as far as it takes no time, and what does.
    pub(super) fn take(&mut self, leg: Leg) -> Option<Vec<Verb>> {
        let verbs = self.program(leg)?.take()?;
        if self.is_callers(leg) {
            self.waits = matches!(verbs.last(), Some(Verb::Wait { .. }));
            self.is_parted = false;
        }
        Some(verbs)
    }

    /// Whether nobody has asked yet for what the caller is to do.
    pub(super) fn is_unasked(&self) -> bool {
        self.caller.is_complete()
    }

    /// What was sent to a webhook that has come before.
    pub(super) fn sent(&self, key: &str) -> Option<&Document> {
        self.sent.get(key)
    }

    pub(super) fn has_sent(&mut self, key: String, document: &Document) {
        self.sent.insert(key, document.clone());
    }
}

/// What a caller hears who is not taken in.
fn why_not(cause: Cause) -> Words {
    let text = match cause {
        Cause::NoRecipient => "Sorry, the number that you have called is not in use. Please check it and call again.",
        Cause::Maintenance => "Sorry, we cannot take your call at the moment. Please call again later.",
        _ => "Sorry, your call cannot be put through just now. Please call again later.",
    };
    Words { language: Some("en".to_owned()), ..Words::new(text, None) }
}
