//! Which phones there are, and which call each is in. A line has one seat, and a seat one call: what changes it goes through one lock,
//! so that two calls never get the same phone.

use std::collections::{HashMap, VecDeque};

use domain::call_flow::{Cause, Leg, Party};
use domain::time::Instant;
use engine::switching::CallRef;
use socketioxide::socket::Sid;

use crate::MediaPolicy;
use crate::phone::Phone;
use crate::said::Invalid;
use crate::told::{Reason, Told};

/// How far apart a line sets calls up, in milliseconds.
const BETWEEN_SET_UPS: i64 = 1000;
/// Of how many past calls a seat is still told what they cost.
const PAST_CALLS: usize = 4;

/// A line, whose phone has a seat.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Line {
    pub(crate) tenant: i64,
    /// Its id.
    pub(crate) id: String,
}

/// All seats.
#[derive(Debug, Default)]
pub(crate) struct Seats {
    seats: HashMap<Line, Seat>,
    calls: HashMap<CallRef, Vec<(Leg, Line)>>,
    absences: u64,
    closed: bool,
}

/// The seat of a line.
#[derive(Debug, Default)]
struct Seat {
    number: String,
    phone: Option<Phone>,
    part: Option<Part>,
    past: VecDeque<(CallRef, Leg)>,
    last_set_up: Option<Instant>,
}

/// A seat's part in a call.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) call: CallRef,
    pub(crate) leg: Leg,
    pub(crate) step: Step,
    /// The other party's number, as it was dialled or shown.
    pub(crate) other: String,
    /// Since when it talks.
    since: Option<Instant>,
    /// Which absence it is, while no phone is there.
    absence: Option<u64>,
    /// What the phone was asked for last, if it has not answered.
    asked: Option<Asked>,
    /// How often it was asked for something.
    questions: u32,
    /// Whether the voices of the call may go through a relay alone.
    pub(crate) relayed: bool,
    /// Whether it hears that phones ring, though its call is answered: a group's.
    pub(crate) hears_others_ring: bool,
    /// How its phone was told last that the voices travel.
    pub(crate) media: Option<MediaPolicy>,
}

/// How far a seat is in its call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// It dialled.
    Calling,
    /// It dialled, and was told that the other answered.
    Connected,
    /// It dialled, and is ready to talk.
    Ready,
    /// It is called.
    Rung,
    /// It is called, and rings.
    Acknowledged,
    /// It was called, and has answered.
    Accepted,
    /// It talks.
    Talking,
}

/// What a phone was asked for.
#[derive(Debug, Clone)]
pub(crate) enum Asked {
    Message { at: Instant },
    Digits { so_far: String, most: usize, end: Option<char> },
}

/// What comes of a phone that takes its seat.
#[derive(Debug, Default)]
pub(crate) struct Seated {
    /// The phone that had it.
    pub(crate) replaced: Option<Phone>,
    /// The call that the old phone was about to make or take: it is lost.
    pub(crate) lost: Option<(CallRef, Leg)>,
    /// The call that it is in again, with whom and since when.
    pub(crate) resumed: Option<Part>,
}

/// What comes of a phone that leaves.
#[derive(Debug)]
pub(crate) enum Left {
    /// Nothing: it was in no call, or another has its seat.
    Quietly,
    /// The call that it was about to make or take is lost.
    Lost(CallRef, Leg),
    /// It talked, and may come back.
    Absent { absence: u64, call: CallRef, leg: Leg, since: Option<Instant> },
}

impl Step {
    /// Whether the called party has answered.
    fn is_answered(self) -> bool {
        matches!(self, Step::Connected | Step::Ready | Step::Accepted | Step::Talking)
    }

    /// What the phone is told when its call ends.
    fn ending(self, cause: Cause) -> Told {
        match self {
            Step::Calling => Told::NotPossible(Reason::Ended(cause)),
            Step::Rung | Step::Acknowledged => Told::Cancelled,
            Step::Connected | Step::Ready | Step::Accepted | Step::Talking => Told::Ended,
        }
    }
}

impl Part {
    fn new(call: CallRef, leg: Leg, step: Step, other: String) -> Part {
        Part {
            call,
            leg,
            step,
            other,
            since: None,
            absence: None,
            asked: None,
            questions: 0,
            relayed: false,
            hears_others_ring: false,
            media: None,
        }
    }

    /// Asks its phone for something; which question this is.
    pub(crate) fn ask(&mut self, asked: Asked) -> u32 {
        self.questions += 1;
        self.asked = Some(asked);
        self.questions
    }

    /// Takes a question back, if it still waits for its answer.
    pub(crate) fn withdraw(&mut self, question: u32) -> Option<Asked> {
        if self.questions == question { self.asked.take() } else { None }
    }

    /// The instant at which a message was asked for, which now is left.
    pub(crate) fn message_was_asked_at(&mut self) -> Option<Instant> {
        match self.asked {
            Some(Asked::Message { at }) => {
                self.asked = None;
                Some(at)
            }
            _ => None,
        }
    }

    /// What becomes of keys: those that were asked for are gathered, and handed over once they are complete; others are at once.
    pub(crate) fn press(&mut self, keys: &str) -> Option<String> {
        let Some(Asked::Digits { so_far, most, end }) = &mut self.asked else { return Some(keys.to_owned()) };
        let mut complete = false;
        for key in keys.chars() {
            complete = Some(key) == *end;
            if complete {
                break;
            }
            so_far.push(key);
            complete = so_far.len() >= *most;
            if complete {
                break;
            }
        }
        let digits = std::mem::take(so_far);
        if complete {
            self.asked = None;
            return Some(digits);
        }
        *so_far = digits;
        None
    }

    /// How long it has talked, in seconds.
    pub(crate) fn seconds(&self, now: Instant) -> i64 {
        self.since.map_or(0, |since| now.millis_since(since).max(0) / 1000)
    }
}

impl Seats {
    /// How many phones have a seat.
    pub(crate) fn phones(&self) -> usize {
        self.seats.values().filter(|seat| seat.phone.is_some()).count()
    }

    /// Lets phones go without a word to the exchange: the program ends, and calls outlive it.
    pub(crate) fn close(&mut self) {
        self.closed = true;
    }

    /// A phone takes the seat of its line. The newest has it.
    pub(crate) fn sit(&mut self, line: &Line, number: &str, phone: Phone) -> Seated {
        let seat = self.seats.entry(line.clone()).or_default();
        number.clone_into(&mut seat.number);
        let mut seated = Seated { replaced: seat.phone.replace(phone), ..Seated::default() };
        match &mut seat.part {
            Some(part) if part.step == Step::Talking => {
                part.absence = None;
                seated.resumed = Some(part.clone());
            }
            Some(part) => {
                seated.lost = Some((part.call.clone(), part.leg));
                self.free(line);
            }
            None => {}
        }
        seated
    }

    /// A phone is gone.
    pub(crate) fn leave(&mut self, line: &Line, phone: Sid) -> Left {
        let Some(seat) = self.seats.get_mut(line).filter(|seat| seat.has(phone)) else { return Left::Quietly };
        seat.phone = None;
        if self.closed {
            return Left::Quietly;
        }
        match &mut seat.part {
            Some(part) if part.step == Step::Talking => {
                self.absences += 1;
                part.absence = Some(self.absences);
                let (call, leg, since) = (part.call.clone(), part.leg, part.since);
                Left::Absent { absence: self.absences, call, leg, since }
            }
            Some(part) => {
                let left = Left::Lost(part.call.clone(), part.leg);
                self.free(line);
                left
            }
            None => Left::Quietly,
        }
    }

    /// Gives an absent phone's seat up, if it has not come back; says whether it has not.
    pub(crate) fn give_up(&mut self, line: &Line, absence: u64) -> bool {
        let is_absent = self.part(line).is_some_and(|part| part.absence == Some(absence));
        if is_absent {
            self.free(line);
        }
        is_absent
    }

    /// Keeps a seat for a phone that talked before a restart.
    pub(crate) fn keep(&mut self, call: &CallRef, (leg, party): &(Leg, Party), other: &str, since: Instant) {
        let Some(line) = &party.line else { return };
        let line = Line { tenant: call.tenant, id: line.clone() };
        let mut part = Part::new(call.clone(), *leg, Step::Talking, other.to_owned());
        part.since = Some(since);
        let seat = self.seats.entry(line.clone()).or_default();
        seat.number.clone_from(&party.number);
        self.enter(line, part);
    }

    /// From now on the voices of a call may go through a relay alone.
    pub(crate) fn relay(&mut self, call: &CallRef) {
        for leg in self.legs(call) {
            self.change(call, leg, |part| part.relayed = true);
        }
    }

    /// A phone begins a call.
    pub(crate) fn call(
        &mut self,
        line: &Line,
        phone: Sid,
        call: &CallRef,
        dialling: &Dialling,
    ) -> Result<Party, Reason> {
        let Some(seat) = self.seats.get_mut(line).filter(|seat| seat.has(phone)) else {
            return Err(Reason::Ended(Cause::Failed));
        };
        if seat.part.is_some() {
            return Err(Reason::AlreadyInCall);
        }
        if seat.is_too_soon(dialling.now) && !dialling.at_any_time {
            return Err(Reason::TooSoon);
        }
        seat.last_set_up = Some(dialling.now);
        let party = Party { line: Some(line.id.clone()), number: seat.number.clone() };
        self.enter(line.clone(), Part::new(call.clone(), Leg::FIRST, Step::Calling, dialling.number.clone()));
        Ok(party)
    }

    /// Whether the line may begin no call now, as it is in one, or has just set one up.
    pub(crate) fn is_hindered(&self, line: &Line, now: Instant) -> bool {
        self.seats.get(line).is_some_and(|seat| seat.part.is_some() || seat.is_too_soon(now))
    }

    /// Has a phone ring, if it is there and in no call.
    pub(crate) fn ring(&mut self, call: &CallRef, leg: Leg, party: &Party, caller: &str) -> Result<(), Cause> {
        let line =
            party.line.as_ref().map(|id| Line { tenant: call.tenant, id: id.clone() }).ok_or(Cause::NoRecipient)?;
        let seat = self.seats.get(&line).ok_or(Cause::NoRecipient)?;
        if seat.part.is_some() {
            return Err(Cause::Busy);
        }
        let phone = seat.phone.as_ref().ok_or(Cause::NoRecipient)?;
        phone.tell(Told::Request { caller: caller.to_owned() });
        self.enter(line, Part::new(call.clone(), leg, Step::Rung, caller.to_owned()));
        Ok(())
    }

    /// A phone goes a step further in its call.
    pub(crate) fn advance(
        &mut self,
        line: &Line,
        phone: Sid,
        next: impl FnOnce(&Part) -> Option<Step>,
    ) -> Result<Advanced, Invalid> {
        let part = self.own(line, phone).ok_or(Invalid)?;
        let step = next(part).ok_or(Invalid)?;
        let before = std::mem::replace(&mut part.step, step);
        Ok(Advanced { call: part.call.clone(), leg: part.leg, before, step })
    }

    /// Takes a step back that the exchange did not take, unless the seat has gone on.
    pub(crate) fn step_back(&mut self, line: &Line, advanced: &Advanced) {
        let part = self.seats.get_mut(line).and_then(|seat| seat.part.as_mut());
        if let Some(part) = part.filter(|part| part.call == advanced.call && part.step == advanced.step) {
            part.step = advanced.before;
        }
    }

    /// The part that a phone has in a call.
    pub(crate) fn own(&mut self, line: &Line, phone: Sid) -> Option<&mut Part> {
        self.seats.get_mut(line).filter(|seat| seat.has(phone))?.part.as_mut()
    }

    /// A phone hangs up: its seat is free at once.
    pub(crate) fn hang_up(&mut self, line: &Line, phone: Sid) -> Option<(CallRef, Leg)> {
        let part = self.own(line, phone)?;
        let hung_up = (part.call.clone(), part.leg);
        self.free(line);
        Some(hung_up)
    }

    /// Ends a leg, and tells its phone; whether it was there.
    pub(crate) fn end(&mut self, call: &CallRef, leg: Leg, cause: Cause) -> bool {
        let Some((line, step)) = self.seat_of(call, leg).map(|(line, part)| (line.clone(), part.step)) else {
            return false;
        };
        self.tell(call, leg, step.ending(cause));
        self.free(&line);
        true
    }

    /// Ends a leg that still rings; whether it did.
    pub(crate) fn stop_ringing(&mut self, call: &CallRef, leg: Leg) -> bool {
        let rings = |part: &Part| matches!(part.step, Step::Rung | Step::Acknowledged);
        self.seat_of(call, leg).is_some_and(|(_, part)| rings(part)) && self.end(call, leg, Cause::NoAnswer)
    }

    /// Changes a leg's part, if it is there.
    pub(crate) fn change<T>(&mut self, call: &CallRef, leg: Leg, change: impl FnOnce(&mut Part) -> T) -> Option<T> {
        let line = self.seat_of(call, leg)?.0.clone();
        self.seats.get_mut(&line)?.part.as_mut().map(change)
    }

    /// Lets legs talk. Whoever has not been told that the call is up is.
    pub(crate) fn talk(&mut self, call: &CallRef, legs: [Leg; 2], now: Instant) {
        for leg in legs {
            let before = self.change(call, leg, |part| {
                part.since.get_or_insert(now);
                std::mem::replace(&mut part.step, Step::Talking)
            });
            if before == Some(Step::Accepted) {
                self.tell(call, leg, Told::Connected);
            }
        }
    }

    /// Tells a leg something, if its phone is there.
    pub(crate) fn tell(&self, call: &CallRef, leg: Leg, told: Told) {
        let seat = self.seat_of(call, leg).and_then(|(line, _)| self.seats.get(line));
        if let Some(phone) = seat.and_then(|seat| seat.phone.as_ref()) {
            phone.tell(told);
        }
    }

    /// Tells the phone whose call it is, or was lately.
    pub(crate) fn tell_after(&self, call: &CallRef, leg: Leg, told: Told) {
        let lines = self.calls.get(call).into_iter().flatten();
        let seat = lines.into_iter().find(|(known, _)| *known == leg).and_then(|(_, line)| self.seats.get(line));
        if let Some(phone) = seat.and_then(|seat| seat.phone.as_ref()) {
            phone.tell(told);
        }
    }

    /// Hands a part of the WebRTC handshake to the other party, from when the called one has answered.
    pub(crate) fn signal(&mut self, line: &Line, phone: Sid, signal: &serde_json::Value) -> Result<(), Invalid> {
        let part = self.own(line, phone).filter(|part| part.step.is_answered()).ok_or(Invalid)?;
        let (call, own) = (part.call.clone(), part.leg);
        for leg in self.legs(&call).into_iter().filter(|leg| *leg != own) {
            if self.has_answered(&call, leg) {
                self.tell(&call, leg, Told::Signal(signal.clone()));
            }
        }
        Ok(())
    }

    /// The legs of a call that have a seat.
    pub(crate) fn legs(&self, call: &CallRef) -> Vec<Leg> {
        let legs = self.calls.get(call).into_iter().flatten().map(|(leg, _)| *leg);
        legs.filter(|leg| self.seat_of(call, *leg).is_some()).collect()
    }

    /// The legs of a call whose phones are there.
    pub(crate) fn legs_there(&self, call: &CallRef) -> Vec<Leg> {
        let is_there = |leg: &Leg| {
            let seat = self.seat_of(call, *leg).and_then(|(line, _)| self.seats.get(line));
            seat.is_some_and(|seat| seat.phone.is_some())
        };
        self.legs(call).into_iter().filter(is_there).collect()
    }

    /// Whether a leg has answered, or was told that it was.
    pub(crate) fn has_answered(&self, call: &CallRef, leg: Leg) -> bool {
        self.seat_of(call, leg).is_some_and(|(_, part)| part.step.is_answered())
    }

    fn part(&self, line: &Line) -> Option<&Part> {
        self.seats.get(line)?.part.as_ref()
    }

    fn seat_of(&self, call: &CallRef, leg: Leg) -> Option<(&Line, &Part)> {
        let (_, line) = self.calls.get(call)?.iter().find(|(known, _)| *known == leg)?;
        let part = self.part(line).filter(|part| part.call == *call && part.leg == leg)?;
        Some((line, part))
    }

    fn enter(&mut self, line: Line, part: Part) {
        let legs = self.calls.entry(part.call.clone()).or_default();
        legs.retain(|(leg, _)| *leg != part.leg);
        legs.push((part.leg, line.clone()));
        self.seats.entry(line).or_default().part = Some(part);
    }

    /// Frees a seat. Its call is remembered for what it will have cost.
    fn free(&mut self, line: &Line) {
        let Some(seat) = self.seats.get_mut(line) else { return };
        let Some(part) = seat.part.take() else { return };
        seat.past.push_back((part.call, part.leg));
        if seat.past.len() > PAST_CALLS
            && let Some((call, leg)) = seat.past.pop_front()
            && let Some(legs) = self.calls.get_mut(&call)
        {
            legs.retain(|(known, whose)| (*known, whose) != (leg, line));
            if legs.is_empty() {
                self.calls.remove(&call);
            }
        }
    }
}

impl Seat {
    fn has(&self, phone: Sid) -> bool {
        self.phone.as_ref().is_some_and(|own| own.id() == phone)
    }

    fn is_too_soon(&self, now: Instant) -> bool {
        self.last_set_up.is_some_and(|last| now.millis_since(last) < BETWEEN_SET_UPS)
    }
}

/// What a phone dials, and when.
#[derive(Debug)]
pub(crate) struct Dialling {
    pub(crate) number: String,
    pub(crate) now: Instant,
    /// Whether it is called however soon after another: an emergency or service number.
    pub(crate) at_any_time: bool,
}

/// A step that a phone has taken.
#[derive(Debug)]
pub(crate) struct Advanced {
    pub(crate) call: CallRef,
    pub(crate) leg: Leg,
    before: Step,
    /// Where it is now.
    pub(crate) step: Step,
}
