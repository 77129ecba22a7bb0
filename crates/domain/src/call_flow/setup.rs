use super::{
    Action, Asked, CONFIRM_SECONDS, Cause, Charge, Command, Destination, Event, Flow, Happened, Leg, MOST_PARTS,
    OUTSIDE_SECONDS, OutOfOrder, Part, Party, RING_SECONDS, Recorded, Stage, TRIES_WITHOUT_PHONE, TRY_AGAIN_SECONDS,
    Taken, after, placed,
};
use crate::dial_plan::Number;
use crate::time::Instant;

impl Flow {
    pub(super) fn when_routing(&mut self, event: &Event, now: Instant) -> Taken {
        match event {
            Event::Routed(Ok(destination)) => Ok(self.routed(destination, now)),
            Event::Routed(Err(cause)) => Ok(self.end(None, self.told(*cause), now)),
            Event::Woke => Ok(Vec::new()),
            Event::Granted { session, granted } => self.granted_again(*session, granted, now),
            _ => Err(OutOfOrder),
        }
    }

    /// Has the way to a destination charged, if it leads anywhere new.
    fn routed(&mut self, destination: &Destination, now: Instant) -> Vec<Command> {
        let to_self = destination.rings.line.is_some() && destination.rings.line == self.caller.line;
        if to_self && !destination.free {
            let cause = if self.parts.is_empty() { Cause::DialedSelf } else { Cause::NoAnswer };
            return self.end(None, cause, now);
        }
        let known = |part: &Part| part.destination.rings == destination.rings;
        if self.parts.len() >= MOST_PARTS || self.parts.iter().any(known) {
            return self.end(None, Cause::NoAnswer, now);
        }
        if let Some(cause) = self.stopped.filter(|_| !destination.free) {
            return self.end(None, cause, now);
        }
        // Who calls from outside is known by nothing that could be believed: it is the called line's call, and nobody pays for it.
        let comes_in = self.parts.is_empty() && self.caller.line.is_none() && !destination.free;
        let caller = if comes_in { &destination.rings } else { &self.caller };
        let payer = self.parts.last().map_or(caller, |part| &part.destination.rings).clone();
        let part = Part { comes_in, ..Part::new(payer, destination.clone()) };
        if let Some(group) = &destination.group {
            self.caller.number.clone_from(&group.caller);
        }
        let authorize = Flow::charge(self.parts.len(), part.authorize(&self.caller.number));
        self.parts.push(part);
        self.stage = Stage::Authorizing;
        vec![authorize]
    }

    pub(super) fn when_authorizing(&mut self, event: &Event, now: Instant) -> Taken {
        let last = u8::try_from(self.parts.len().saturating_sub(1)).unwrap_or(u8::MAX);
        match event {
            Event::Granted { session, granted } if *session == last => {
                self.granted_again(*session, granted, now)?;
                self.note(Happened::Authorized, now);
                let group = self.parts.last_mut().and_then(|part| part.destination.group.take());
                Ok(match group {
                    Some(group) => self.hunt(*group, now),
                    None if self.placed.is_some() => self.call(now),
                    None => self.ring(now),
                })
            }
            Event::Granted { session, granted } => self.granted_again(*session, granted, now),
            Event::Refused { session, cause } if *session == last => {
                if let Some(part) = self.parts.last_mut() {
                    part.settled = true;
                }
                Ok(self.end(None, self.told(*cause), now))
            }
            Event::Woke => Ok(Vec::new()),
            _ => Err(OutOfOrder),
        }
    }

    /// Has the phone of the last part ring, or sends the call on at once.
    pub(super) fn ring(&mut self, now: Instant) -> Vec<Command> {
        let Some(part) = self.parts.last() else { return Vec::new() };
        let (destination, via) = (part.destination.clone(), part.via().cloned());
        if let Some(to) = destination.forwarding.always {
            return self.forward(destination.rings, &to, now);
        }
        let leg = Leg(self.legs);
        self.legs = self.legs.saturating_add(1);
        let until = Instant::clamped(now.millis() + self.acknowledge_millis());
        self.stage = Stage::Ringing { leg, rung: false, heard: false, until };
        let (party, caller) = (destination.rings, self.shown());
        let (seconds, relayed) = (self.ring_seconds(), self.is_relayed());
        vec![Command::Perform(Action::RingLeg { leg, party, seconds, caller, relayed, via })]
    }

    /// How long the phone of the last part rings.
    fn ring_seconds(&self) -> u32 {
        if self.placed.is_some() {
            return placed::RING_SECONDS;
        }
        let is_outside = self.parts.last().is_some_and(|part| part.via().is_some());
        if is_outside { OUTSIDE_SECONDS } else { RING_SECONDS }
    }

    /// Sends the call on, at the cost of the line that does.
    fn forward(&mut self, by: Party, to: &Number, now: Instant) -> Vec<Command> {
        self.note(Happened::Forwarded, now);
        self.stage = Stage::Routing;
        vec![Command::Route(Asked { by, from: self.caller.clone(), to: to.to_string() })]
    }

    pub(super) fn when_ringing(&mut self, event: &Event, leg: Leg, now: Instant) -> Taken {
        match event {
            Event::LegRinging(ringing) if *ringing == leg => Ok(self.rings(leg, now)),
            Event::LegHeard(heard) if *heard == leg => Ok(self.is_heard(leg, now)),
            Event::LegAnswered(answered) if *answered == leg => {
                self.note(Happened::Accepted, now);
                let mut commands = Vec::from_iter(self.carry(leg, now));
                if let Some(placed) = &self.placed {
                    let question = placed.asks_called.clone();
                    commands.extend(self.ask_or_go_on(leg, question, now));
                    return Ok(commands);
                }
                self.stage = Stage::Accepted { leg, until: after(now, CONFIRM_SECONDS) };
                commands.push(Command::Perform(Action::AnswerLeg(Leg::FIRST)));
                Ok(commands)
            }
            Event::LegEnded { leg: ended, cause, .. } if *ended == leg => Ok(self.not_taken(leg, *cause, now)),
            Event::LegEnded { .. } => Ok(Vec::new()),
            Event::Woke => Ok(self.rang_for_long(leg, now)),
            Event::Granted { session, granted } => self.granted_again(*session, granted, now),
            Event::Refused { cause, .. } => Ok(self.end(None, *cause, now)),
            _ => Err(OutOfOrder),
        }
    }

    fn rings(&mut self, leg: Leg, now: Instant) -> Vec<Command> {
        let Stage::Ringing { rung: false, heard, .. } = self.stage else { return Vec::new() };
        self.note(Happened::Ringing, now);
        self.stage = Stage::Ringing { leg, rung: true, heard, until: after(now, i64::from(self.ring_seconds())) };
        vec![Command::Perform(Action::RingBack(Leg::FIRST))]
    }

    /// Lets the caller hear what a network says before the call is answered: it has found who is called, and takes as long as a phone that
    /// rings. Whether it is the way that leads nowhere is still open. In a call that we place nobody hears anything before it is charged.
    fn is_heard(&mut self, leg: Leg, now: Instant) -> Vec<Command> {
        let Stage::Ringing { rung, heard: false, until, .. } = self.stage else { return Vec::new() };
        let is_outside = self.parts.last().is_some_and(|part| part.via().is_some());
        if !is_outside || self.placed.is_some() {
            return Vec::new();
        }
        let until = if rung { until } else { after(now, i64::from(self.ring_seconds())) };
        self.stage = Stage::Ringing { leg, rung, heard: true, until };
        let mut commands = vec![Command::Perform(Action::LetHear(Leg::FIRST, leg))];
        // Should it be silent, the caller is to go on hearing that it rings.
        commands.extend(rung.then_some(Command::Perform(Action::RingBack(Leg::FIRST))));
        commands
    }

    /// Gives a phone up that says nothing, or rings in vain.
    fn rang_for_long(&mut self, leg: Leg, now: Instant) -> Vec<Command> {
        let Stage::Ringing { rung, heard, until, .. } = self.stage else { return Vec::new() };
        if now < until {
            return Vec::new();
        }
        let cause = if rung || heard { Cause::NoAnswer } else { Cause::Lost };
        let mut commands = vec![Command::Perform(Action::EndLeg { leg, cause: Cause::NoAnswer })];
        commands.extend(self.not_taken(leg, cause, now));
        commands
    }

    /// What becomes of a call that the phone rung last does not take.
    pub(super) fn not_taken(&mut self, leg: Leg, cause: Cause, now: Instant) -> Vec<Command> {
        // Who hangs up instead of answering does not want to talk.
        let cause = if cause == Cause::HungUp { Cause::Busy } else { cause };
        if self.takes_another_way(cause) {
            return self.ring(now);
        }
        let destination = self.parts.last().map(|part| part.destination.clone());
        if destination.as_ref().is_some_and(|destination| destination.free) {
            return self.help_is_tried_again(leg, cause, now);
        }
        let onward = destination.and_then(|destination| {
            let to = match cause {
                Cause::Busy => destination.forwarding.busy,
                Cause::NoAnswer | Cause::NoRecipient | Cause::Unreachable | Cause::Lost => {
                    destination.forwarding.no_answer
                }
                _ => None,
            };
            Some((destination.rings, to?))
        });
        match onward {
            Some((by, to)) => self.forward(by, &to, now),
            None => self.takes_message(cause, now).unwrap_or_else(|| self.end(Some(leg), cause, now)),
        }
    }

    /// Whether there is another way to a number outside, where the one that was tried leads nowhere. Somebody who is busy is so by every way,
    /// and who has answered was reached.
    fn takes_another_way(&mut self, cause: Cause) -> bool {
        let Stage::Ringing { rung: has_rung, .. } = self.stage else { return false };
        let Some(part) = self.parts.last_mut().filter(|_| leads_nowhere(cause, has_rung)) else { return false };
        let has_another = part.way + 1 < part.destination.ways.len();
        part.way += usize::from(has_another);
        has_another
    }

    /// An emergency or service call whose target does not take it: it rings again and again, until the caller gives up. Where there is no phone
    /// at all the caller learns it after a while.
    fn help_is_tried_again(&mut self, leg: Leg, cause: Cause, now: Instant) -> Vec<Command> {
        self.tries = self.tries.saturating_add(1);
        if cause == Cause::NoRecipient && self.tries >= TRIES_WITHOUT_PHONE {
            return self.end(Some(leg), cause, now);
        }
        self.stage = Stage::Waiting { until: after(now, TRY_AGAIN_SECONDS) };
        vec![Command::Perform(Action::RingBack(Leg::FIRST))]
    }

    pub(super) fn when_waiting(&mut self, event: &Event, until: Instant, now: Instant) -> Taken {
        match event {
            Event::Woke if now >= until => Ok(self.ring(now)),
            Event::Woke | Event::LegEnded { .. } => Ok(Vec::new()),
            Event::Granted { session, granted } => self.granted_again(*session, granted, now),
            _ => Err(OutOfOrder),
        }
    }

    pub(super) fn when_accepted(&mut self, event: &Event, (leg, until): (Leg, Instant), now: Instant) -> Taken {
        match event {
            Event::LegAnswered(Leg::FIRST) => Ok(self.connect(leg, now)),
            Event::LegEnded { leg: ended, cause, .. } if *ended == leg => Ok(self.end(Some(leg), *cause, now)),
            Event::LegEnded { .. } => Ok(Vec::new()),
            Event::Woke if now >= until => Ok(self.end(None, Cause::Unconfirmed, now)),
            Event::Woke => Ok(Vec::new()),
            Event::Granted { session, granted } => self.granted_again(*session, granted, now),
            Event::Refused { cause, .. } => Ok(self.end(None, *cause, now)),
            _ => Err(OutOfOrder),
        }
    }

    /// Lets both talk: it is charged from here.
    pub(super) fn connect(&mut self, leg: Leg, now: Instant) -> Vec<Command> {
        self.note(Happened::Answered, now);
        let answered_before = self.answered_at();
        let answered_at = answered_before.unwrap_or(now);
        self.stage = Stage::Talking { leg, answered_at };
        let mut commands = vec![Command::Perform(Action::Bridge(Leg::FIRST, leg))];
        if answered_before.is_none() {
            commands.extend((0..self.parts.len()).map(|session| Flow::charge(session, Charge::Answer(now))));
        }
        commands.extend(self.end_legs_at(answered_at));
        let announced = match self.recorded() {
            Recorded::Announced => true,
            Recorded::Silently => false,
            Recorded::No => return commands,
        };
        commands.push(Command::Perform(Action::RecordTalk { announced }));
        commands
    }

    /// What the caller is told where a call was not let through: of a line that sends calls on it does not learn why it cannot.
    fn told(&self, cause: Cause) -> Cause {
        let sent_on = self.parts.len() > 1 || (self.parts.len() == 1 && self.stage == Stage::Routing);
        if sent_on { Cause::NoAnswer } else { cause }
    }
}

/// Whether it is the way that leads nowhere, so that another may be tried.
pub(super) fn leads_nowhere(cause: Cause, has_rung: bool) -> bool {
    match cause {
        Cause::Congestion => true,
        Cause::Unreachable | Cause::Lost => !has_rung,
        _ => false,
    }
}
