//! Calls that are told when they are over: facts.

use domain::time::Instant;
use engine::calls::{self, Direction, Disposition, FinishedCall, Payer};

use crate::Fault;
use crate::call::Call;
use crate::fault::holds;
use crate::land::{Land, NUMBERS};
use crate::world::World;

/// A finished call.
pub(crate) struct Fact {
    pub(crate) call: FinishedCall,
    pub(crate) line: usize,
    pub(crate) agent: Option<usize>,
    /// Its id and what it costs, in millionths.
    pub(crate) recorded: Option<(String, i64)>,
}

impl World {
    /// Records a finished call, or one that is on record already.
    pub(crate) async fn records(&mut self) -> Result<usize, Fault> {
        let sessions: Vec<usize> = (0..self.calls.len()).filter(|call| self.calls[*call].session.is_some()).collect();
        if !sessions.is_empty() && self.random.chance(20) {
            let call = self.random.one_of(&sessions);
            return self.records_a_session(call).await;
        }
        let known = !self.facts.is_empty() && self.random.chance(30);
        let fact = if known {
            self.random.place(self.facts.len())
        } else {
            let fact = self.new_fact();
            self.facts.push(fact);
            self.facts.len() - 1
        };
        let customer = self.land.lines[self.facts[fact].line].customer;
        self.land.customers[customer].has_late_fact = true;
        let call = self.facts[fact].call.clone();
        let (on_record, _) = self.recorded(&call).await?;
        let charged = on_record.price.as_ref().map_or(0, |price| price.total.micros());
        self.trace.push(format!("    {} costs {charged}", call.origin));
        let recorded = (on_record.id, charged);
        if let Some(first) = self.facts[fact].recorded.replace(recorded.clone()) {
            holds!(first == recorded, "{} was recorded as {first:?}, and then as {recorded:?}", call.origin);
        }
        Ok(customer)
    }

    /// A file has a call that is, or was, charged while it runs: it is known, and nothing is done.
    async fn records_a_session(&mut self, call: usize) -> Result<usize, Fault> {
        let Call { origin, session, line, .. } = &self.calls[call];
        let customer = self.land.lines[*line].customer;
        let (origin, session) = (origin.clone(), session.clone());
        let known = FinishedCall { origin, ..self.new_fact().call };
        let (on_record, is_new) = self.recorded(&known).await?;
        holds!(!is_new && Some(&on_record.id) == session.as_ref(), "{} was recorded as {on_record:?}", known.origin);
        Ok(customer)
    }

    async fn recorded(&mut self, call: &FinishedCall) -> Result<(calls::Call, bool), Fault> {
        self.note(format!("fact {} {:?} {}", call.origin, call.answered_at, call.ended_at));
        loop {
            let recording = self.process.done(async |work| Ok(calls::record(work, call.clone()).await?));
            if let Some(recorded) = self.process.alive(recording).await {
                return recorded;
            }
            self.revive().await?;
        }
    }

    fn new_fact(&mut self) -> Fact {
        let (line, now) = (self.random.place(self.land.lines.len()), self.now());
        let agent = self.random.chance(30).then(|| self.random.place(self.land.agents.len()));
        let ended_at = now.millis() - self.random.one_of(&[0, 1_000, 600_000, 86_400_000]);
        let millis = self.random.one_of(&[0, 900, 59_500, 61_000, 600_000]);
        let is_answered = self.random.chance(90);
        let Land { lines, agents, .. } = &self.land;
        let call = FinishedCall {
            origin: format!("file:{}", self.facts.len()),
            payer: Payer::Line(lines[line].id.clone()),
            direction: Direction::Outbound,
            from: lines[line].number.clone(),
            to: NUMBERS[self.random.place(3)].to_owned(),
            agent: agent.map(|agent| agents[agent].id.clone()),
            account_code: None,
            link: None,
            started_at: None,
            answered_at: is_answered.then(|| Instant::clamped(ended_at - millis)),
            ended_at: Instant::clamped(ended_at),
            disposition: if is_answered { Disposition::Answered } else { Disposition::NoAnswer },
            cause: None,
        };
        Fact { call, line, agent, recorded: None }
    }
}
