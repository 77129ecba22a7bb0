use super::{Action, Cause, Charge, Command, Ending, Event, Flow, Happened, Leg, OutOfOrder, Outcome, Stage, Taken};
use crate::time::Instant;

impl Flow {
    /// Ends the call: the legs that are still there are told, and each part is settled. `by` is the leg that is gone already.
    pub(super) fn end(&mut self, by: Option<Leg>, cause: Cause, at: Instant) -> Vec<Command> {
        let ending = self.ending_at(by, cause, at);
        self.note(Happened::Ended(cause), at);
        let mut commands = Vec::new();
        let called: Vec<Leg> = match &mut self.hunt {
            Some(hunt) => {
                hunt.withdraw();
                hunt.legs().collect()
            }
            None => self.called().map(|(leg, _)| leg).into_iter().collect(),
        };
        for leg in std::iter::once(Leg::FIRST).chain(called).filter(|leg| Some(*leg) != by) {
            commands.push(Command::Perform(Action::EndLeg { leg, cause }));
        }
        self.stage = Stage::Over(ending);
        commands.extend(self.settle());
        commands
    }

    pub(super) fn ending_at(&self, by: Option<Leg>, cause: Cause, at: Instant) -> Ending {
        if let Some(answered_at) = self.answered_at() {
            // Nobody talks beyond what is granted, even if a timer is late; nor pays beyond the last proof that somebody does.
            let cut_at = self.cut_at(answered_at).unwrap_or(Instant::LAST);
            let proved_at = self.absent_since.unwrap_or(Instant::LAST);
            let ended_at = at.min(cut_at).min(proved_at).max(answered_at);
            return Ending { answered_at: Some(answered_at), ended_at, outcome: Outcome::Answered, cause };
        }
        let outcome = match cause {
            Cause::HungUp if by.is_none_or(|leg| leg == Leg::FIRST) => Outcome::Cancelled,
            cause => outcome(cause),
        };
        Ending { answered_at: None, ended_at: at, outcome, cause }
    }

    /// Has charging close the parts that it has not closed.
    fn settle(&self) -> Vec<Command> {
        let Stage::Over(ending) = self.stage else { return Vec::new() };
        self.unsettled(Charge::Settle(ending)).collect()
    }

    /// Asks charging something of each part that it has not closed.
    pub(super) fn unsettled(&self, charge: Charge) -> impl Iterator<Item = Command> + '_ {
        let open = self.parts.iter().enumerate().filter(|(_, part)| !part.settled);
        open.map(move |(session, _)| Flow::charge(session, charge.clone()))
    }

    pub(super) fn when_over(&mut self, event: &Event) -> Taken {
        match event {
            Event::Settled { session } => {
                self.parts.get_mut(usize::from(*session)).ok_or(OutOfOrder)?.settled = true;
                Ok(Vec::new())
            }
            // A program that died may not have got so far.
            Event::SwitchBack { .. } => Ok(self.settle()),
            Event::LegRinging(_) | Event::LegAnswered(_) | Event::Text { .. } | Event::Digits { .. } => Err(OutOfOrder),
            _ => Ok(Vec::new()),
        }
    }

    /// Ends the call where a line that was suspended pays for it.
    pub(super) fn suspended(&mut self, line: &str, now: Instant) -> Vec<Command> {
        let pays = self.parts.iter().any(|part| part.payer.line.as_deref() == Some(line));
        if self.is_free() || !pays {
            return Vec::new();
        }
        self.end(None, Cause::Suspended, now)
    }
}

/// What becomes of a call that nobody has taken.
pub(super) fn outcome(cause: Cause) -> Outcome {
    match cause {
        Cause::Busy => Outcome::Busy,
        Cause::Blocked => Outcome::Refused,
        Cause::NoAnswer | Cause::Lost => Outcome::NoAnswer,
        _ => Outcome::Failed,
    }
}
