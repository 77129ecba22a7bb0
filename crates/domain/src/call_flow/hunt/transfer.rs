use super::super::vocabulary::Transfer;
use super::*;

impl Flow {
    /// Who has taken the call passes it on. What is charged goes on: the caller is still there.
    pub(in super::super) fn transferred(&mut self, to: &Transfer, now: Instant) -> Taken {
        let Stage::Talking { leg, answered_at } = self.stage else { return Err(OutOfOrder) };
        if self.absent_since.is_some() {
            return Err(OutOfOrder);
        }
        let hunt = self.hunt.as_mut().ok_or(OutOfOrder)?;
        let by = hunt.taken_by().map(str::to_owned);
        hunt.came_of(by.as_deref(), AttemptResult::Transferred);
        (hunt.answered_at, hunt.waits_until) = (Some(answered_at), None);
        (hunt.was_busy, hunt.falls_back) = (false, false);
        hunt.legs.clear();
        hunt.rest.clear();
        let connecting = hunt.group.says.connecting.clone();
        self.note(Happened::Transferred, now);
        let alone = [Action::Part(Leg::FIRST, leg), Action::EndLeg { leg, cause: Cause::HungUp }];
        let mut commands = Vec::from(alone.map(Command::Perform));
        commands.push(Flow::says_to_caller(connecting));
        commands.extend(match to {
            Transfer::Group(group) => self.asks_who_is_on_duty(group.clone(), now),
            Transfer::Agent(member) => self.rings_alone(member, now),
        });
        Ok(commands)
    }

    fn rings_alone(&mut self, member: &Member, now: Instant) -> Vec<Command> {
        let turn = Turn { agent: Some(member.agent.clone()), phones: member.phones.clone() };
        if let Some(hunt) = &mut self.hunt {
            hunt.next = vec![turn];
        }
        self.hunts(Hunting::Ringing, Instant::LAST);
        self.ring_next(now)
    }
}
