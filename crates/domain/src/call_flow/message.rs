//! Messages that callers leave for a line where nobody takes their call. Nobody has answered: nothing is charged.

use serde::{Deserialize, Serialize};

use super::end::outcome;
use super::{Action, Cause, Charge, Command, Ending, Event, Flow, Happened, Leg, OutOfOrder, Stage, Taken, after};
use crate::time::Instant;

/// How long the switch has to take the caller in, in seconds.
const TAKING_IN_SECONDS: i64 = 5;
/// The longest greeting, in seconds.
const GREETING_SECONDS: i64 = 60;
/// The longest message, in seconds.
const MESSAGE_SECONDS: u32 = 120;
/// The silence that ends it, in seconds, where the switch counts silence.
const SILENCE_SECONDS: u32 = 10;
/// How long a switch may take to hand a message over, in seconds.
const HANDING_OVER_SECONDS: i64 = 10;
/// The key that ends it.
const END: char = '#';
/// What every Asterisk says before the tone: to leave a message, and to press the pound key at its end.
const GREETING: &str = "sound:vm-intro";

/// How far a caller is who leaves a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leaving {
    /// It is taken in.
    Answered,
    /// It hears the greeting.
    Greeted,
    /// It speaks.
    Speaking,
    /// It has hung up; the switch has still to hand its message over.
    Gone,
}

impl Flow {
    /// Has the caller leave a message, where the line that was called wants that.
    pub(super) fn takes_message(&mut self, cause: Cause, now: Instant) -> Option<Vec<Command>> {
        let wanted =
            matches!(cause, Cause::Busy | Cause::NoAnswer | Cause::NoRecipient | Cause::Unreachable | Cause::Lost);
        self.parts.last().filter(|part| wanted && part.destination.voicemail)?;
        self.note(Happened::Message, now);
        let ending = Ending { answered_at: None, ended_at: now, outcome: outcome(cause), cause };
        self.stage = Stage::Leaving { step: Leaving::Answered, ending, until: after(now, TAKING_IN_SECONDS) };
        let mut commands: Vec<Command> = self.unsettled(Charge::Settle(ending)).collect();
        commands.push(Command::Perform(Action::AnswerLeg(Leg::FIRST)));
        Some(commands)
    }

    pub(super) fn when_leaving(&mut self, event: &Event, (step, until): (Leaving, Instant), now: Instant) -> Taken {
        match (event, step) {
            (Event::Settled { session }, _) => {
                self.parts.get_mut(usize::from(*session)).ok_or(OutOfOrder)?.settled = true;
                Ok(Vec::new())
            }
            (Event::LegAnswered(Leg::FIRST), Leaving::Answered) => {
                self.is_leaving(Leaving::Greeted, after(now, GREETING_SECONDS));
                let text = "Please leave a message after the tone.".to_owned();
                Ok(vec![Command::Perform(Action::Prompt { leg: Leg::FIRST, text, audio: Some(GREETING.to_owned()) })])
            }
            (Event::PromptEnded(Leg::FIRST), Leaving::Greeted) => {
                self.is_leaving(Leaving::Speaking, after(now, i64::from(MESSAGE_SECONDS) + HANDING_OVER_SECONDS));
                let (leg, seconds, silence_seconds) = (Leg::FIRST, MESSAGE_SECONDS, SILENCE_SECONDS);
                Ok(vec![Command::Perform(Action::Record { leg, seconds, silence_seconds, end: Some(END) })])
            }
            (Event::Recorded { leg: Leg::FIRST, seconds, reference }, Leaving::Speaking | Leaving::Gone) => {
                let mut commands = self.message(*seconds, reference);
                commands.extend(self.has_left(step, now));
                Ok(commands)
            }
            (Event::LegEnded { leg: Leg::FIRST, .. }, Leaving::Speaking) => {
                self.is_leaving(Leaving::Gone, after(now, HANDING_OVER_SECONDS));
                Ok(Vec::new())
            }
            (Event::LegEnded { leg: Leg::FIRST, .. }, _) => Ok(self.has_left(Leaving::Gone, now)),
            (Event::Stopped(_) | Event::SwitchLost { .. } | Event::SwitchBack { .. }, _) => {
                Ok(self.has_left(step, now))
            }
            (Event::Woke, _) if now >= until => Ok(self.has_left(step, now)),
            (Event::LegRinging(_) | Event::LegAnswered(_) | Event::Text { .. } | Event::Digits { .. }, _) => {
                Err(OutOfOrder)
            }
            _ => Ok(Vec::new()),
        }
    }

    fn is_leaving(&mut self, to: Leaving, at: Instant) {
        if let Stage::Leaving { step, until, .. } = &mut self.stage {
            (*step, *until) = (to, at);
        }
    }

    /// What the caller has left, if it has said anything.
    fn message(&self, seconds: u32, reference: &str) -> Vec<Command> {
        let Some(part) = self.parts.last().filter(|_| !reference.is_empty()) else { return Vec::new() };
        let Some(line) = part.destination.rings.line.clone() else { return Vec::new() };
        let (from, to) = (self.caller.number.clone(), part.destination.number.clone());
        vec![Command::Keep { line, from, to, seconds, reference: reference.to_owned() }]
    }

    fn has_left(&mut self, step: Leaving, now: Instant) -> Vec<Command> {
        let Stage::Leaving { ending, .. } = self.stage else { return Vec::new() };
        self.note(Happened::Ended(ending.cause), now);
        self.stage = Stage::Over(ending);
        let end = Command::Perform(Action::EndLeg { leg: Leg::FIRST, cause: Cause::HungUp });
        if step == Leaving::Gone { Vec::new() } else { vec![end] }
    }
}
