//! Calls that we place: the phone of who calls rings first, then the other one. Each can be asked to press 1, so that no mailbox is charged, nor
//! paid for.

use serde::{Deserialize, Serialize};

use super::setup::leads_nowhere;
use super::{
    Action, Attempt, AttemptResult, Cause, Command, Destination, Event, Flow, Happened, Leg, OutOfOrder, Part, Party,
    Stage, Taken, Via, Words, after,
};
use crate::time::Instant;

/// How long each phone rings, in seconds.
pub(super) const RING_SECONDS: u32 = 30;
/// How long a party has to press 1, in seconds: time to hear the question twice.
const ASKING_SECONDS: i64 = 20;
/// The key that says yes.
const YES: char = '1';

/// What a call that we place has beside others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placed {
    /// The number that both phones show: neither sees the other's.
    pub shown: String,
    /// The ways to the phone of who calls, in the order of trying; none to a line's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ways: Vec<Via>,
    /// Which of them is tried.
    #[serde(default)]
    way: usize,
    /// What who calls is asked before the other phone rings; nothing, where nothing has to be pressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asks_caller: Option<Words>,
    /// What who is called is asked before both talk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asks_called: Option<Words>,
    /// Whom it calls back, where it does: nobody pays for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calls_back: Option<Box<CallBack>>,
}

/// A call back to who has called a group: an agent of the group's is rung first, then who called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallBack {
    /// The id of the group.
    pub group: String,
    /// The id of the agent who calls back.
    pub agent: String,
    /// Who is called back: the number, or what stands in its place where the group does not keep numbers.
    pub caller: String,
    /// The origin of the call that it answers.
    pub answers: String,
    /// Who has it placed, as the audit trail names them.
    pub by: String,
}

impl Placed {
    /// A call under this number, of which nobody has to press anything.
    #[must_use]
    pub fn under(shown: String, ways: Vec<Via>) -> Placed {
        Placed { shown, ways, ..Placed::default() }
    }

    /// The way to the phone of who calls that is tried now.
    pub(super) fn via(&self) -> Option<&Via> {
        self.ways.get(self.way)
    }
}

impl Flow {
    /// A call that we place for somebody, and what is to be done first. It is charged to `payer`, unless it calls back; what is granted is asked for
    /// before any phone rings.
    #[must_use]
    pub fn placed(
        (caller, payer): (Party, Party),
        destination: Destination,
        placed: Placed,
        now: Instant,
    ) -> (Flow, Vec<Command>) {
        let (mut flow, _) = Flow::incoming(caller, destination.number.clone(), now);
        let part = Part::new(payer, destination);
        let authorize = match &placed.calls_back {
            Some(back) => part.authorize_back(&placed.shown, &back.caller),
            None => part.authorize(&flow.caller.number),
        };
        let authorize = Flow::charge(0, authorize);
        flow.parts.push(part);
        flow.stage = Stage::Authorizing;
        flow.placed = Some(placed);
        (flow, vec![authorize])
    }

    /// The number that the called phone shows.
    pub(super) fn shown(&self) -> String {
        let outside = self.parts.last().filter(|part| part.via().is_some());
        match (&self.placed, outside) {
            (Some(placed), _) => placed.shown.clone(),
            (None, Some(part)) => part.destination.shown.clone().unwrap_or_default(),
            (None, None) => self.caller.number.clone(),
        }
    }

    /// Has the phone of who calls ring.
    pub(super) fn call(&mut self, now: Instant) -> Vec<Command> {
        let Some(placed) = &self.placed else { return Vec::new() };
        let ring = Action::RingLeg {
            leg: Leg::FIRST,
            party: self.caller.clone(),
            seconds: RING_SECONDS,
            caller: placed.shown.clone(),
            relayed: self.is_relayed(),
            via: placed.via().cloned(),
        };
        self.stage = Stage::Calling { rung: false, until: Instant::clamped(now.millis() + self.acknowledge_millis()) };
        vec![Command::Perform(ring)]
    }

    pub(super) fn when_calling(&mut self, event: &Event, now: Instant) -> Taken {
        let Stage::Calling { rung, until } = self.stage else { return Err(OutOfOrder) };
        match event {
            Event::LegRinging(Leg::FIRST) => {
                if !rung {
                    self.note(Happened::Called, now);
                    self.stage = Stage::Calling { rung: true, until: after(now, i64::from(RING_SECONDS)) };
                }
                Ok(Vec::new())
            }
            Event::LegAnswered(Leg::FIRST) => {
                let question = self.placed.as_ref().and_then(|placed| placed.asks_caller.clone());
                let mut commands = Vec::from_iter(self.carry(Leg::FIRST, now));
                commands.extend(self.ask_or_go_on(Leg::FIRST, question, now));
                Ok(commands)
            }
            Event::LegEnded { leg: Leg::FIRST, cause, .. } => {
                if leads_nowhere(*cause, rung) && self.has_another_way() {
                    return Ok(self.call(now));
                }
                // Who hangs up instead of answering does not want to talk.
                let cause = if *cause == Cause::HungUp { Cause::Busy } else { *cause };
                Ok(self.end(Some(Leg::FIRST), cause, now))
            }
            Event::Woke if now >= until => Ok(self.end(None, if rung { Cause::NoAnswer } else { Cause::Lost }, now)),
            Event::Woke | Event::LegEnded { .. } => Ok(Vec::new()),
            Event::Granted { session, granted } => self.granted_again(*session, granted, now),
            Event::Refused { cause, .. } => Ok(self.end(None, *cause, now)),
            _ => Err(OutOfOrder),
        }
    }

    /// What came of ringing this agent, whose phone is the first to ring; nothing, before it does.
    #[must_use]
    pub fn rung_first(&self, agent: &str) -> Option<Attempt> {
        let find = |what| self.history.iter().find(|moment| moment.what == what).map(|moment| moment.at);
        let at = find(Happened::Called).or_else(|| self.ending().map(|ending| ending.ended_at))?;
        let result = match self.ending() {
            _ if find(Happened::Ready).is_some() => AttemptResult::Accepted,
            None => AttemptResult::Rung,
            Some(ending) => match ending.cause {
                Cause::Busy => AttemptResult::Declined,
                Cause::NoAnswer => AttemptResult::NoAnswer,
                Cause::HungUp | Cause::EndedByStaff | Cause::Maintenance => AttemptResult::Withdrawn,
                _ => AttemptResult::Unreachable,
            },
        };
        Some(Attempt { agent: agent.to_owned(), at, result, reason: None })
    }

    fn has_another_way(&mut self) -> bool {
        let Some(placed) = &mut self.placed else { return false };
        let has_another = placed.way + 1 < placed.ways.len();
        placed.way += usize::from(has_another);
        has_another
    }

    /// Asks who took a phone up to press 1, if that is wanted.
    pub(super) fn ask_or_go_on(&mut self, leg: Leg, question: Option<Words>, now: Instant) -> Vec<Command> {
        let Some(question) = question else { return self.goes_on(leg, now) };
        self.stage = Stage::Asking { leg, until: after(now, ASKING_SECONDS) };
        vec![Command::Perform(Action::Prompt { leg, words: question })]
    }

    /// Both are there, or the first of them is.
    fn goes_on(&mut self, leg: Leg, now: Instant) -> Vec<Command> {
        if leg != Leg::FIRST {
            return self.connect(leg, now);
        }
        self.note(Happened::Ready, now);
        let mut commands = vec![Command::Perform(Action::RingBack(Leg::FIRST))];
        commands.extend(self.ring(now));
        commands
    }

    pub(super) fn when_asking(&mut self, event: &Event, (leg, until): (Leg, Instant), now: Instant) -> Taken {
        match event {
            Event::Digits { leg: from, digits } if *from == leg && digits.contains(YES) => Ok(self.goes_on(leg, now)),
            Event::LegEnded { leg: ended, cause, .. } if *ended == leg => Ok(self.not_taken(leg, *cause, now)),
            // A mailbox presses nothing.
            Event::Woke if now >= until => Ok(self.end(None, Cause::NoAnswer, now)),
            Event::Woke | Event::Digits { .. } | Event::LegEnded { .. } => Ok(Vec::new()),
            Event::Granted { session, granted } => self.granted_again(*session, granted, now),
            Event::Refused { cause, .. } => Ok(self.end(None, *cause, now)),
            _ => Err(OutOfOrder),
        }
    }

    /// The question was heard to its end, and nothing was pressed: it is asked once more.
    pub(super) fn ask_again(&mut self, (leg, until): (Leg, Instant), now: Instant) -> Vec<Command> {
        let question = self.placed.as_ref().and_then(|placed| match leg {
            Leg::FIRST => placed.asks_caller.clone(),
            _ => placed.asks_called.clone(),
        });
        let question = question.filter(|words| words.audio.is_some() && now < until);
        question.map(|words| Command::Perform(Action::Prompt { leg, words })).into_iter().collect()
    }
}
