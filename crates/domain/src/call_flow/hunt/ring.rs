use super::super::group::Strategy;
use super::super::setup::leads_nowhere;
use super::*;

impl Flow {
    /// Rings whoever is next; all at once, where the group wants that.
    pub(super) fn ring_next(&mut self, now: Instant) -> Vec<Command> {
        let mut commands = Vec::new();
        while let Some(hunt) = &mut self.hunt {
            let all = hunt.group.strategy == Strategy::Simultaneous;
            if hunt.next.is_empty() || !(all || hunt.legs.is_empty()) {
                break;
            }
            let Turn { agent, phones } = hunt.next.remove(0);
            commands.extend(self.ring_one(agent, phones, now));
        }
        if self.hunt.as_ref().is_some_and(|hunt| hunt.legs.is_empty()) {
            commands.extend(self.nobody_took_it(now));
        }
        commands
    }

    /// Rings the first of these phones.
    fn ring_one(&mut self, agent: Option<String>, phones: Vec<Phone>, now: Instant) -> Option<Command> {
        let (phone, others) = first(phones)?;
        let leg = Leg(self.legs);
        self.legs = self.legs.checked_add(1)?;
        let until = Instant::clamped(now.millis() + self.acknowledge_millis());
        let hunt = self.hunt.as_mut()?;
        let is_new = hunt.attempts.len() < MOST_ATTEMPTS
            && !hunt
                .attempts
                .iter()
                .any(|attempt| Some(&attempt.agent) == agent.as_ref() && attempt.result == AttemptResult::Rung);
        if let Some(agent) = agent.clone().filter(|_| is_new) {
            hunt.attempts.push(Attempt { agent, at: now, result: AttemptResult::Rung, reason: None });
        }
        let ring = Action::RingLeg {
            leg,
            party: phone.party.clone(),
            seconds: hunt.group.ring_seconds,
            caller: hunt.group.shown.clone(),
            relayed: true,
            via: phone.via.clone(),
        };
        hunt.legs.push(Rung { leg, phone, agent, others, step: RungStep::Offered, until });
        Some(Command::Perform(ring))
    }

    pub(super) fn when_rung(&mut self, event: &Event, now: Instant) -> Taken {
        match event {
            Event::LegRinging(leg) => Ok(self.leg_rings(*leg, now)),
            // Those who are rung are not heard before one has accepted.
            Event::LegHeard(_) => Ok(Vec::new()),
            Event::LegAnswered(leg) => self.leg_answered(*leg, now),
            Event::Digits { leg, digits } => Ok(self.leg_says(*leg, digits, now)),
            Event::LegEnded { leg, cause, .. } => Ok(self.leg_ended(*leg, *cause, now)),
            Event::PromptEnded(_) => Ok(Vec::new()),
            Event::Woke => Ok(self.rang(now)),
            _ => Err(OutOfOrder),
        }
    }

    fn rung_mut(&mut self, leg: Leg) -> Option<&mut Rung> {
        self.hunt.as_mut()?.legs.iter_mut().find(|rung| rung.leg == leg)
    }

    fn leg_rings(&mut self, leg: Leg, now: Instant) -> Vec<Command> {
        let seconds = self.hunt.as_ref().map_or(0, |hunt| hunt.group.ring_seconds);
        let Some(rung) = self.rung_mut(leg).filter(|rung| rung.step == RungStep::Offered) else { return Vec::new() };
        (rung.step, rung.until) = (RungStep::Rings, after(now, i64::from(seconds)));
        self.note(Happened::Ringing, now);
        vec![Command::Perform(Action::RingBack(Leg::FIRST))]
    }

    /// A phone was taken up: who is there is asked, unless it is a phone of ours, whose user has seen what it is.
    fn leg_answered(&mut self, leg: Leg, now: Instant) -> Taken {
        let question = self.hunt.as_ref().map(|hunt| hunt.group.says.question.clone()).unwrap_or_default();
        let rung = self.rung_mut(leg).ok_or(OutOfOrder)?;
        if matches!(rung.step, RungStep::Asked | RungStep::Talks) {
            return Ok(Vec::new());
        }
        let asks = rung.phone.asks;
        (rung.step, rung.until) = (RungStep::Asked, after(now, i64::from(ASKING_SECONDS)));
        let mut commands = Vec::from_iter(self.carry(leg, now));
        if !asks {
            commands.extend(self.accepts(leg, now));
            return Ok(commands);
        }
        let collect = Action::CollectDigits { leg, most: 1, seconds: ASKING_SECONDS, end: None };
        commands.extend([Action::Prompt { leg, words: question }, collect].map(Command::Perform));
        Ok(commands)
    }

    /// Who was asked has pressed something, or nothing in the time for it.
    fn leg_says(&mut self, leg: Leg, keys: &str, now: Instant) -> Vec<Command> {
        let is_asked = self.rung_mut(leg).is_some_and(|rung| rung.step == RungStep::Asked);
        match keys {
            _ if !is_asked => Vec::new(),
            keys if keys.contains(YES) => self.accepts(leg, now),
            "" => self.gives_up(leg, AttemptResult::Unconfirmed, now),
            _ => self.gives_up(leg, AttemptResult::Declined, now),
        }
    }

    /// Somebody has accepted: all others are told that it is taken.
    fn accepts(&mut self, leg: Leg, now: Instant) -> Vec<Command> {
        let Some(hunt) = &mut self.hunt else { return Vec::new() };
        let taken = hunt.group.says.taken.clone();
        let (own, others): (Vec<Rung>, Vec<Rung>) =
            std::mem::take(&mut hunt.legs).into_iter().partition(|rung| rung.leg == leg);
        hunt.legs = own;
        hunt.next = Vec::new();
        for rung in &mut hunt.legs {
            (rung.step, rung.until) = (RungStep::Talks, Instant::LAST);
        }
        let agent = hunt.taken_by().map(str::to_owned);
        hunt.came_of(agent.as_deref(), AttemptResult::Accepted);
        hunt.withdraw();
        self.note(Happened::Accepted, now);
        let mut commands = self.connect(leg, now);
        for Rung { leg, step, .. } in others {
            match step {
                // Its end is told when it has heard why.
                RungStep::Asked => {
                    let at = Some(after(now, AT_ONCE_SECONDS));
                    let told = [Action::Prompt { leg, words: taken.clone() }, Action::EndLegAt { leg, at }];
                    commands.extend(told.map(Command::Perform));
                }
                _ => commands.push(Command::Perform(Action::EndLeg { leg, cause: Cause::TakenElsewhere })),
            }
        }
        commands
    }

    /// Gives a leg up that is there still.
    fn gives_up(&mut self, leg: Leg, result: AttemptResult, now: Instant) -> Vec<Command> {
        let mut commands = vec![Command::Perform(Action::EndLeg { leg, cause: Cause::NoAnswer })];
        commands.extend(self.leg_is_over(leg, result, now));
        commands
    }

    /// Notes why a leg could not be rung, which is over by that.
    pub(in super::super) fn leg_refused(&mut self, leg: Leg, reason: &str, now: Instant) -> Taken {
        if let Some(hunt) = &mut self.hunt
            && let Some(agent) = hunt.rung(leg).and_then(|rung| rung.agent.clone())
            && let Some(attempt) = hunt.attempts.iter_mut().rev().find(|attempt| attempt.agent == agent)
        {
            attempt.reason = Some(reason.chars().take(LONGEST_REASON).collect());
        }
        self.take(&Event::LegEnded { leg, cause: Cause::Unreachable, at: None }, now)
    }

    /// An agent who is rung says that it cannot take the call.
    pub(in super::super) fn passed_on(&mut self, agent: &str, now: Instant) -> Taken {
        let is_rung = |rung: &&Rung| rung.agent.as_deref() == Some(agent) && rung.step != RungStep::Talks;
        let rings = matches!(self.stage, Stage::Hunting { step: Hunting::Ringing, .. });
        let hunt = self.hunt.as_ref().filter(|_| rings).ok_or(OutOfOrder)?;
        let legs: Vec<Leg> = hunt.legs.iter().filter(is_rung).map(|rung| rung.leg).collect();
        if legs.is_empty() {
            return Err(OutOfOrder);
        }
        Ok(legs.into_iter().flat_map(|leg| self.gives_up(leg, AttemptResult::Declined, now)).collect())
    }

    fn leg_ended(&mut self, leg: Leg, cause: Cause, now: Instant) -> Vec<Command> {
        let Some(rung) = self.rung_mut(leg) else { return Vec::new() };
        let (has_rung, was_asked) = (rung.step != RungStep::Offered, rung.step == RungStep::Asked);
        let others = std::mem::take(&mut rung.others);
        let agent = rung.agent.clone();
        if !was_asked && !others.is_empty() && is_nowhere(cause, has_rung) {
            // The same person, by another phone or way.
            if let Some(hunt) = &mut self.hunt {
                hunt.legs.retain(|rung| rung.leg != leg);
            }
            return self.ring_one(agent, others, now).into_iter().collect();
        }
        let result = match cause {
            // Who answers and hangs up, a mailbox or not, has not accepted.
            _ if was_asked => AttemptResult::Unconfirmed,
            // Who rings and hangs up instead of answering passes it on.
            Cause::HungUp => AttemptResult::Declined,
            Cause::Busy => AttemptResult::Busy,
            Cause::NoAnswer => AttemptResult::NoAnswer,
            _ => AttemptResult::Unreachable,
        };
        self.leg_is_over(leg, result, now)
    }

    fn leg_is_over(&mut self, leg: Leg, result: AttemptResult, now: Instant) -> Vec<Command> {
        let Some(hunt) = &mut self.hunt else { return Vec::new() };
        let Some(at) = hunt.legs.iter().position(|rung| rung.leg == leg) else { return Vec::new() };
        let rung = hunt.legs.remove(at);
        hunt.came_of(rung.agent.as_deref(), result);
        hunt.was_busy |= result == AttemptResult::Busy;
        self.ring_next(now)
    }

    /// Gives those up who say nothing, ring in vain, or press nothing.
    pub(super) fn rang(&mut self, now: Instant) -> Vec<Command> {
        let due = |rung: &&Rung| rung.until <= now;
        let mut commands = Vec::new();
        while let Some(rung) = self.hunt.as_ref().and_then(|hunt| hunt.legs.iter().find(due)) {
            let (leg, step) = (rung.leg, rung.step);
            commands.push(Command::Perform(Action::EndLeg { leg, cause: Cause::NoAnswer }));
            commands.extend(match step {
                RungStep::Offered => self.leg_ended(leg, Cause::Lost, now),
                RungStep::Rings | RungStep::Talks => self.leg_is_over(leg, AttemptResult::NoAnswer, now),
                RungStep::Asked => self.leg_is_over(leg, AttemptResult::Unconfirmed, now),
            });
        }
        commands
    }
}

/// Whether it is the phone that cannot be had, so that another of the same person may be tried.
fn is_nowhere(cause: Cause, has_rung: bool) -> bool {
    cause == Cause::NoRecipient || leads_nowhere(cause, has_rung)
}
