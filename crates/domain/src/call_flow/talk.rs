use super::{Action, Cause, Charge, Command, Event, Flow, Happened, Leg, OutOfOrder, Taken, after};
use crate::charging::Granted;
use crate::time::Instant;

impl Flow {
    pub(super) fn when_talking(&mut self, event: &Event, called: Leg, now: Instant) -> Taken {
        let other = |leg: Leg| match leg {
            Leg::FIRST => Ok(called),
            leg if leg == called => Ok(Leg::FIRST),
            _ => Err(OutOfOrder),
        };
        match event {
            Event::Text { leg, text } => {
                Ok(vec![Command::Perform(Action::Text { leg: other(*leg)?, text: text.clone() })])
            }
            Event::Digits { leg, digits } => {
                Ok(vec![Command::Perform(Action::Digits { leg: other(*leg)?, digits: digits.clone() })])
            }
            Event::LegEnded { leg, cause, at } => match other(*leg) {
                Ok(_) => Ok(self.end(Some(*leg), *cause, at.unwrap_or(now))),
                // One that rang before.
                Err(OutOfOrder) => Ok(Vec::new()),
            },
            Event::Granted { session, granted } => self.granted_again(*session, granted, now),
            Event::Refused { session, cause } => Ok(self.not_extended(*session, *cause, now)),
            Event::ToppedUp => Ok(self.extend(|_| true)),
            Event::Woke => Ok(self.money_is_due(now)),
            Event::SwitchLost { seen_at } => {
                self.absent_since.get_or_insert(*seen_at);
                Ok(Vec::new())
            }
            Event::SwitchBack { legs, seen_at } => Ok(self.switch_back(called, legs, *seen_at)),
            _ => Err(OutOfOrder),
        }
    }

    /// Charging has granted more, or says again, or late, what it has.
    pub(super) fn granted_again(&mut self, session: u8, granted: &Granted, now: Instant) -> Taken {
        let answered_at = self.answered_at();
        let part = self.parts.get_mut(usize::from(session)).ok_or(OutOfOrder)?;
        if part.grant(granted, answered_at, now) && answered_at.is_some() {
            self.note(Happened::Lengthened, now);
        }
        Ok(answered_at.map(|answered_at| self.end_legs_at(answered_at)).unwrap_or_default())
    }

    /// Charging grants no more: the call may last as long as it may already. Without its answer there is nothing to go on.
    pub(super) fn not_extended(&mut self, session: u8, cause: Cause, now: Instant) -> Vec<Command> {
        match self.parts.get_mut(usize::from(session)).filter(|part| part.extending) {
            Some(part) => {
                (part.extending, part.is_all) = (false, true);
                Vec::new()
            }
            None => self.end(None, cause, now),
        }
    }

    /// The switch is there again after a restart.
    fn switch_back(&mut self, called: Leg, legs: &[Leg], seen_at: Instant) -> Vec<Command> {
        let gone = [Leg::FIRST, called].iter().any(|leg| !legs.contains(leg));
        let closed = !self.is_free() && self.parts.iter().any(|part| part.settled);
        if gone || closed {
            return self.end(None, Cause::Lost, self.absent_since.unwrap_or(seen_at));
        }
        self.absent_since = None;
        self.extend(|_| true)
    }

    /// Asks for more, for the parts to which that applies and for which it is not asked already.
    fn extend(&mut self, applies: impl Fn(&super::Part) -> bool) -> Vec<Command> {
        let mut commands = Vec::new();
        for (session, part) in self.parts.iter_mut().enumerate() {
            let limited = part.granted.as_ref().is_some_and(|granted| granted.seconds.is_some());
            if limited && !part.extending && applies(part) {
                part.extending = true;
                commands.push(Flow::charge(session, Charge::Extend));
            }
        }
        commands
    }

    /// Asks for more, warns, or ends the call, as its money wants.
    pub(super) fn money_is_due(&mut self, now: Instant) -> Vec<Command> {
        let Some(answered_at) = self.answered_at() else { return Vec::new() };
        if self.cut_at(answered_at).is_some_and(|cut_at| now >= cut_at) {
            return self.end(None, Cause::CutOff, now);
        }
        let mut commands = self.warn(answered_at, now);
        commands.extend(self.extend(|part| part.extend_at(answered_at).is_some_and(|at| now >= at)));
        commands
    }

    /// Warns the caller where its money ends the call; of several warnings that are due, the last.
    fn warn(&mut self, answered_at: Instant, now: Instant) -> Vec<Command> {
        let mut remaining_seconds = None;
        for part in &mut self.parts {
            while let Some((second, end)) = part.warning().filter(|(second, _)| now >= after(answered_at, *second)) {
                part.warned_at = Some(second);
                let left = after(answered_at, end).millis_since(now).div_euclid(1000);
                remaining_seconds = Some(remaining_seconds.unwrap_or(i64::MAX).min(left));
            }
        }
        let Some(remaining_seconds) = remaining_seconds else { return Vec::new() };
        self.note(Happened::Warned, now);
        vec![Command::Perform(Action::Warn { leg: Leg::FIRST, remaining_seconds })]
    }

    /// The end of what is granted for all parts; none without a limit.
    pub(super) fn cut_at(&self, answered_at: Instant) -> Option<Instant> {
        self.parts.iter().filter_map(|part| part.granted_until(answered_at)).min()
    }

    /// Has the switch end the legs by itself, should nothing be said until the end of what is granted.
    pub(super) fn end_legs_at(&self, answered_at: Instant) -> Vec<Command> {
        let at = self.cut_at(answered_at);
        let called = self.called().map(|(leg, _)| leg);
        let legs = std::iter::once(Leg::FIRST).chain(called);
        legs.map(|leg| Command::Perform(Action::EndLegAt { leg, at })).collect()
    }
}
