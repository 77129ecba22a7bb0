//! Messages that callers leave for a line where nobody takes their call. Nobody has answered: nothing is charged.

use serde::{Deserialize, Serialize};

use super::end::outcome;
use super::{
    Action, Cause, Charge, Command, Ending, Event, Flow, Happened, Leg, Mailbox, OutOfOrder, Stage, Taken, Words, after,
};
use crate::time::Instant;

/// How long the switch has to take the caller in, in seconds.
const TAKING_IN_SECONDS: i64 = 5;
/// The longest greeting, in seconds.
const GREETING_SECONDS: i64 = 60;
/// The longest message, in seconds.
const MESSAGE_SECONDS: u32 = 120;
/// How long a switch may take to hand a message over, in seconds.
const HANDING_OVER_SECONDS: i64 = 10;
/// The silence that ends a message for a line, in seconds, where the switch counts silence, and the key.
const OF_LINE: (u32, char) = (10, '#');
/// The same for a group: people in need fall silent.
const OF_GROUP: (u32, char) = (120, '*');
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

    /// Has the caller of a group leave a message, who is there already.
    pub(super) fn takes_group_message(&mut self, now: Instant) -> Vec<Command> {
        let Some(hunt) = &mut self.hunt else { return Vec::new() };
        hunt.withdraw();
        let words = hunt.group.says.voicemail.clone();
        self.note(Happened::Message, now);
        let ending = self.ending_at(None, Cause::NoAnswer, now);
        self.stage = Stage::Leaving { step: Leaving::Greeted, ending, until: after(now, GREETING_SECONDS) };
        let mut commands: Vec<Command> = self.unsettled(Charge::Settle(ending)).collect();
        commands.push(Command::Perform(Action::Prompt { leg: Leg::FIRST, words }));
        commands
    }

    pub(super) fn when_leaving(&mut self, event: &Event, (step, until): (Leaving, Instant), now: Instant) -> Taken {
        match (event, step) {
            (Event::Settled { session }, _) => {
                self.parts.get_mut(usize::from(*session)).ok_or(OutOfOrder)?.settled = true;
                Ok(Vec::new())
            }
            (Event::LegAnswered(Leg::FIRST), Leaving::Answered) => {
                self.is_leaving(Leaving::Greeted, after(now, GREETING_SECONDS));
                let words = Words::new("Please leave a message after the tone.", Some(GREETING.to_owned()));
                Ok(vec![Command::Perform(Action::Prompt { leg: Leg::FIRST, words })])
            }
            (Event::PromptEnded(Leg::FIRST), Leaving::Greeted) => {
                self.is_leaving(Leaving::Speaking, after(now, i64::from(MESSAGE_SECONDS) + HANDING_OVER_SECONDS));
                let (silence_seconds, end) = if self.hunt.is_some() { OF_GROUP } else { OF_LINE };
                let transcribed = self.hunt.as_ref().is_some_and(|hunt| hunt.group.transcribes);
                let (leg, seconds, end) = (Leg::FIRST, MESSAGE_SECONDS, Some(end));
                Ok(vec![Command::Perform(Action::Record { leg, seconds, silence_seconds, end, transcribed })])
            }
            (Event::Recorded { leg: Leg::FIRST, seconds, reference }, Leaving::Speaking | Leaving::Gone) => {
                let mut commands = self.message((*seconds, reference), now);
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

    /// Whom a message of the caller is for, and the number that was called.
    #[must_use]
    pub fn mailbox(&self) -> Option<(Mailbox, &str)> {
        let destination = &self.parts.last()?.destination;
        let of = match (&self.hunt, &destination.rings.line) {
            (Some(hunt), _) => Mailbox::Group(hunt.group.id.clone()),
            (None, line) => Mailbox::Line(line.clone()?),
        };
        Some((of, &destination.number))
    }

    /// What the caller has left, if it has said anything.
    fn message(&mut self, (seconds, reference): (u32, &str), now: Instant) -> Vec<Command> {
        let Some((of, to)) = self.mailbox().filter(|_| !reference.is_empty()) else { return Vec::new() };
        let (from, to) = (self.caller.number.clone(), to.to_owned());
        self.note(Happened::MessageLeft, now);
        vec![Command::Keep { of, from, to, seconds, reference: reference.to_owned() }]
    }

    fn has_left(&mut self, step: Leaving, now: Instant) -> Vec<Command> {
        let Stage::Leaving { ending, .. } = self.stage else { return Vec::new() };
        self.note(Happened::Ended(ending.cause), now);
        self.stage = Stage::Over(ending);
        let end = Command::Perform(Action::EndLeg { leg: Leg::FIRST, cause: Cause::HungUp });
        if step == Leaving::Gone { Vec::new() } else { vec![end] }
    }
}
