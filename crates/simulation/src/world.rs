//! A world: what there is, what is on its way, and what was heard.

use std::collections::{BTreeMap, BTreeSet};

use domain::time::Instant;
use engine::charging::{ChargingError, Refused, Reply, Request, Step, What};
use futures::future::join_all;
use storage::faults::Guard;

use crate::call::{Call, SWITCHES, Stage};
use crate::fact::Fact;
use crate::fault::holds;
use crate::flows::Exchange;
use crate::land::Land;
use crate::process::{Process, TENANT, Template};
use crate::random::Random;
use crate::{Counts, Fault};

/// When every world begins: clocks change in the days after, in two of the zones.
const BEGIN: &str = "2026-03-02T09:00:00Z";
/// A message is overtaken by so many later ones at most.
const MOST_OVERTAKE: usize = 24;
/// Most messages that reach the engine together.
const MOST_TOGETHER: i64 = 20;

/// A request on its way, again and again until its switch has heard the answer.
pub(crate) struct Message {
    pub(crate) call: usize,
    pub(crate) number: u32,
    /// What is to be done; none, for the authorization.
    pub(crate) step: Option<Step>,
}

/// A world.
pub(crate) struct World {
    pub(crate) random: Random,
    pub(crate) process: Process,
    pub(crate) land: Land,
    pub(crate) calls: Vec<Call>,
    pub(crate) facts: Vec<Fact>,
    /// The calls that go by the flow.
    pub(crate) exchange: Exchange,
    /// What is on its way.
    pub(crate) post: Vec<Message>,
    /// Which switches are dead.
    pub(crate) dead: [bool; SWITCHES],
    pub(crate) counts: Counts,
    /// What happened, a line each.
    pub(crate) trace: Vec<String>,
    /// The answers that were heard first, by call and number of the message.
    first_answers: BTreeMap<(usize, u32), Reply>,
}

impl World {
    pub(crate) async fn founded(seed: u64, template: &Template, missing: &[Guard]) -> Result<World, Fault> {
        let (mut random, now) = (Random::new(seed), Instant::parse(BEGIN)?);
        let process = Process::start(template, missing, now).await?;
        let mut work = process.engine.begin(&process.actor).await?;
        let land = Land::found(&mut work, &mut random, now).await?;
        work.commit().await?;
        Ok(World {
            random,
            process,
            land,
            calls: Vec::new(),
            facts: Vec::new(),
            exchange: Exchange::default(),
            post: Vec::new(),
            dead: [false; SWITCHES],
            counts: Counts::default(),
            trace: Vec::new(),
            first_answers: BTreeMap::new(),
        })
    }

    pub(crate) fn now(&self) -> Instant {
        self.process.now()
    }

    /// Counts an event, and writes it down.
    pub(crate) fn note(&mut self, what: impl Into<String>) {
        self.counts.events += 1;
        self.trace.push(format!("{} {}", self.now(), what.into()));
    }

    /// Moves the clock, and has switches say what is to be said then.
    pub(crate) fn wait(&mut self, millis: i64) {
        self.exchange_lives();
        self.process.clock.move_to(Instant::clamped(self.now().millis() + millis));
        let (now, heartbeat) = (self.now(), i64::from(self.land.settings.charging.heartbeat_seconds) * 900);
        for call in 0..self.calls.len() {
            if !self.dead[self.calls[call].switch] {
                for step in self.calls[call].goes_on(&mut self.random, now, heartbeat) {
                    self.send(call, Some(step));
                }
            }
        }
    }

    pub(crate) fn send(&mut self, call: usize, step: Option<Step>) {
        self.calls[call].messages += 1;
        self.post.push(Message { call, number: self.calls[call].messages, step });
    }

    /// Delivers some of what is on its way, all at once, some of it twice: which customers it concerns.
    pub(crate) async fn deliver(&mut self, most: i64, is_calm: bool) -> Result<BTreeSet<usize>, Fault> {
        let mut chosen = Vec::new();
        let window = self.post.len().min(MOST_OVERTAKE);
        for _ in 0..self.random.between(1, most.max(1)).min(i64::try_from(window).unwrap_or(most)) {
            chosen.push(self.random.place(window));
        }
        let requests: Vec<Request> = chosen.iter().map(|place| self.request(&self.post[*place])).collect();
        let touched = chosen.iter().map(|place| self.customer(self.post[*place].call)).collect();
        for place in &chosen {
            self.sends(*place);
        }
        let engine = self.process.engine.clone();
        let asked = requests.into_iter().map(|request| engine.charge(TENANT, request));
        let answers = self.process.alive(join_all(asked)).await;
        drop(engine);
        let Some(answers) = answers else { return Ok(touched) };
        let mut done = BTreeSet::new();
        for (place, answer) in chosen.into_iter().zip(answers) {
            if !is_calm && self.random.chance(6) {
                self.trace.push("    the answer to the next is lost".to_owned());
                continue;
            }
            self.hear(place, answer)?;
            // What was answered may still come once more.
            if is_calm || self.random.chance(85) {
                done.insert(place);
            }
        }
        for place in done.into_iter().rev() {
            self.post.remove(place);
        }
        Ok(touched)
    }

    pub(crate) async fn deliver_some(&mut self) -> Result<BTreeSet<usize>, Fault> {
        self.deliver(MOST_TOGETHER, false).await
    }

    fn customer(&self, call: usize) -> usize {
        self.land.lines[self.calls[call].line].customer
    }

    fn request(&self, message: &Message) -> Request {
        let call = &self.calls[message.call];
        let what = match &message.step {
            None => What::Authorize(call.new_session(&self.land)),
            Some(step) => What::Step { session: call.session.clone().unwrap_or_default(), step: step.clone() },
        };
        let key = message.step.as_ref().map(|_| format!("{}/{}", call.origin, message.number));
        Request { owner: call.owner(), key, what }
    }

    fn sends(&mut self, place: usize) {
        let now = self.now();
        let Message { call, number, step, .. } = &self.post[place];
        let call = &mut self.calls[*call];
        call.told.sent_at = Some(now);
        // An end may charge a postpaid customer more than was held.
        if matches!(step, Some(Step::Settle(_))) {
            let customer = &mut self.land.customers[self.land.lines[call.line].customer];
            customer.has_late_fact |= !customer.prepaid;
        }
        let what = format!("{} {number} {}", call.origin, step.as_ref().map_or("authorize".to_owned(), name));
        self.note(what);
    }

    fn hear(&mut self, place: usize, answer: Result<Reply, ChargingError>) -> Result<(), Fault> {
        let (index, number) = (self.post[place].call, self.post[place].number);
        let step = self.post[place].step.clone();
        let line = match &answer {
            Ok(Reply::Granted(grant)) => format!("{:?}, {} held", grant.granted.seconds, grant.held),
            Ok(Reply::Ended(ended)) => format!("{:?} {:?}", ended.end.cause, ended.end.charged),
            // No id is written down: the same seed has others each time.
            Err(ChargingError::Refused(Refused::LineSuspended(_))) => "the line is suspended".to_owned(),
            Err(error) => error.to_string(),
        };
        self.trace.push(format!("    {} {number}: {line}", self.calls[index].origin));
        match answer {
            Ok(reply) => {
                if !matches!(step, Some(Step::Beat)) {
                    self.is_the_first_answer(index, number, &reply)?;
                }
                self.taken(index, step.as_ref(), &reply)
            }
            Err(ChargingError::Refused(refused)) => self.refused(index, step.as_ref(), &refused),
            Err(error) => Err(Fault(format!("{} {number}: {error}", self.calls[index].origin))),
        }
    }

    /// The same key gives the same answer.
    fn is_the_first_answer(&mut self, call: usize, number: u32, reply: &Reply) -> Result<(), Fault> {
        let mut reply = reply.clone();
        let repeated = match &mut reply {
            Reply::Granted(grant) => std::mem::take(&mut grant.repeated),
            Reply::Ended(ended) => std::mem::take(&mut ended.repeated),
        };
        if let Some(first) = self.first_answers.get(&(call, number)) {
            let origin = &self.calls[call].origin;
            holds!(repeated && *first == reply, "{origin} {number} was answered {first:?}, and then {reply:?}");
        } else {
            self.first_answers.insert((call, number), reply);
        }
        Ok(())
    }

    fn taken(&mut self, index: usize, step: Option<&Step>, reply: &Reply) -> Result<(), Fault> {
        let now = self.now();
        let call = &mut self.calls[index];
        match (step, reply) {
            (None, Reply::Granted(grant)) => call.rings(&mut self.random, grant, now),
            (Some(step), Reply::Granted(grant)) => {
                call.is_granted(grant);
                if !grant.repeated {
                    call.told.alive_at = call.told.alive_at.max(Some(now));
                }
                call.told.answered |= matches!(step, Step::Answer { .. });
            }
            (Some(Step::Settle(_)), Reply::Ended(ended)) => {
                call.told.charged = Some(ended.end.charged.total()?.micros());
            }
            // It had ended before.
            (Some(_), Reply::Ended(_)) => {}
            (None, Reply::Ended(ended)) => {
                return Err(Fault(format!("{}: an authorization was answered {ended:?}", call.origin)));
            }
        }
        Ok(())
    }

    fn refused(&mut self, index: usize, step: Option<&Step>, refused: &Refused) -> Result<(), Fault> {
        let call = &mut self.calls[index];
        let expected = match (step, refused) {
            (None, refused) => {
                if call.stage == Stage::Asking {
                    call.stage = Stage::Refused;
                }
                let is_taken = call.origin.starts_with("file:");
                match refused {
                    Refused::OriginTaken(_) => is_taken,
                    Refused::InsufficientBalance { .. } | Refused::LineSuspended(_) | Refused::Limit(_) => !is_taken,
                    _ => false,
                }
            }
            (Some(Step::Answer { .. }), Refused::Answer(_))
            | (Some(Step::Extend), Refused::Extend(_))
            | (Some(Step::Release), Refused::Close(_)) => true,
            (Some(Step::Settle(_)), Refused::Settle(_)) => !call.told.answer_with_end || call.told.refunded,
            _ => false,
        };
        holds!(expected, "{}: {step:?} is refused: {refused}", call.origin);
        Ok(())
    }
}

fn name(step: &Step) -> String {
    match step {
        Step::Answer { answered_at: Some(at) } => format!("answer {at}"),
        Step::Settle(ending) => format!("settle {:?} {:?}", ending.answered_at, ending.ended_at),
        other => format!("{other:?}").to_lowercase(),
    }
}
