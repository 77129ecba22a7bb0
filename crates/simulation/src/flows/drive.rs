//! What the exchange does while its process lives.

use std::collections::BTreeSet;

use domain::call_flow::{Asked, Cause, Charge, Command, Destination, Event, Flow, Party};
use domain::time::Instant;
use engine::charging::{ChargingError, Reply, Request, Step, What};
use engine::switching::{CallRef, Open, answered, asked, is_before_the_answer, next_beat, unasked};
use futures::future::join_all;

use super::{Call, Driven, Later, SWITCH};
use crate::Fault;
use crate::flows::phones::Phones;
use crate::flows::told::Told;
use crate::land::EMERGENCY;
use crate::process::TENANT;
use crate::world::World;

/// More steps than are taken in one go.
const MOST_STEPS: usize = 40;
/// A number that nobody has.
const UNKNOWN: &str = "0999";

impl World {
    /// Some calls begin, and all of them go on for a while: which customers it concerns.
    pub(crate) async fn exchange_goes_on(&mut self) -> Result<BTreeSet<usize>, Fault> {
        if self.random.chance(60) {
            for _ in 0..self.random.between(1, 3) {
                self.dials();
            }
        }
        if self.random.chance(6) {
            self.interferes();
        }
        let millis = self.random.one_of(&[0, 300, 2_000, 8_000, 20_000, 60_000]);
        self.note(format!("the exchange works for {millis}"));
        let until = Instant::clamped(self.now().millis() + millis);
        for _ in 0..MOST_STEPS {
            self.exchange_works().await?;
            self.revive().await?;
            match self.exchange_due_at().filter(|at| *at <= until) {
                Some(at) => {
                    let late = self.random.one_of(&[0, 0, 0, 0, 40, 400, 4_000]);
                    self.wait(at.millis_since(self.now()).max(0) + late);
                }
                None => {
                    self.wait(until.millis_since(self.now()).max(0));
                    break;
                }
            }
        }
        Ok((0..self.land.customers.len()).collect())
    }

    /// A line calls another one, itself, an emergency number, or nobody.
    fn dials(&mut self) {
        self.exchange_lives();
        if !self.exchange.is_open {
            return;
        }
        let (line, now) = (self.random.place(self.land.lines.len()), self.now());
        let called = self.random.place(self.land.lines.len());
        let dialled = match self.random.below(100) {
            0..10 => EMERGENCY.to_owned(),
            10..14 => UNKNOWN.to_owned(),
            _ => self.land.lines[called].number.clone(),
        };
        let caller = self.party(line);
        let call = CallRef { tenant: TENANT, origin: format!("{SWITCH}/{}", self.exchange.calls.len()) };
        self.note(format!("{} {} dials {dialled}", call.origin, caller.number));
        let (flow, first) = Flow::incoming(caller, dialled, now);
        let driven = Some(Driven::new(flow));
        let phones = Phones::of_caller(&mut self.random, now);
        let told = Told::default();
        self.counts.flows += 1;
        self.exchange.calls.push(Call { call, driven, phones, told });
        self.carries_out(self.exchange.calls.len() - 1, first);
    }

    fn party(&self, line: usize) -> Party {
        let line = &self.land.lines[line];
        Party { line: Some(line.id.clone()), number: line.number.clone() }
    }

    /// Somebody ends a call, or a line is suspended.
    fn interferes(&mut self) {
        let now = self.now();
        let line = self.random.place(self.land.lines.len());
        let line = self.land.lines[line].id.clone();
        let running = self.exchange.calls.iter_mut().filter_map(|call| call.driven.as_mut());
        let mut running: Vec<&mut Driven> = running.collect();
        if running.is_empty() {
            return;
        }
        let event = match self.random.below(3) {
            0 => Event::Stopped(Cause::EndedByStaff),
            1 => Event::Suspended { line },
            _ => Event::ToppedUp,
        };
        let place = self.random.place(running.len());
        running[place].mail.push_back((event, now));
    }

    /// When something is to be done next.
    pub(super) fn exchange_due_at(&self) -> Option<Instant> {
        let of_call = |call: &Call| {
            let of_driven = call.driven.as_ref().and_then(|driven| {
                let waits = !driven.mail.is_empty() || !driven.asks.is_empty();
                let later = driven.later.as_ref().map(|(at, _)| *at);
                [waits.then(|| self.now()), later, driven.flow.wakes_at(), driven.beats_at()]
                    .into_iter()
                    .flatten()
                    .min()
            });
            [of_driven, call.phones.speaks_at()].into_iter().flatten().min()
        };
        self.exchange.calls.iter().filter_map(of_call).min()
    }

    /// Everything that is due is done, unless the process dies meanwhile.
    pub(super) async fn exchange_works(&mut self) -> Result<(), Fault> {
        self.exchange_lives();
        if !self.exchange.is_open && !self.reopens().await? {
            return Ok(());
        }
        let life = self.exchange.life;
        for index in 0..self.exchange.calls.len() {
            self.hears_phones(index);
            self.takes_mail(index);
        }
        if self.process.life != life {
            return Ok(());
        }
        self.asks_charging().await?;
        if self.random.chance(50) {
            let (keeper, engine) = (self.exchange.keeper.clone(), self.process.engine.clone());
            self.process.alive(keeper.write(&engine)).await;
        }
        Ok(())
    }

    /// What its switch says of a call; nobody hears it, where no program drives the call.
    fn hears_phones(&mut self, index: usize) {
        let now = self.now();
        let call = &mut self.exchange.calls[index];
        while let Some(event) = call.phones.says(now) {
            if let Some(driven) = &mut call.driven {
                driven.mail.push_back((event, now));
            }
        }
        let Some(driven) = &mut call.driven else { return };
        if let Some((_, later)) = driven.later.take_if(|(at, _)| *at <= now) {
            let event = match later {
                Later::Routed(routed) => Event::Routed(*routed),
                Later::Back { seen_at } => Event::SwitchBack { legs: call.phones.there(), seen_at },
            };
            driven.mail.push_back((event, now));
        }
    }

    fn takes_mail(&mut self, index: usize) {
        let (now, life) = (self.now(), self.exchange.life);
        while self.process.life == life {
            let Some(driven) = &mut self.exchange.calls[index].driven else { return };
            let (event, at) = match driven.mail.pop_front() {
                Some(mail) => mail,
                None if driven.flow.wakes_at().is_some_and(|at| at <= now) => (Event::Woke, now),
                None => break,
            };
            let woke = event == Event::Woke;
            let wakes_at = driven.flow.wakes_at();
            self.takes(index, &event, at);
            let driven = self.exchange.calls[index].driven.as_ref();
            if woke && driven.is_some_and(|driven| driven.flow.wakes_at() == wakes_at) {
                break;
            }
        }
        self.exchange.calls[index].told.worked_at = Some(now);
    }

    /// The flow takes an event, and what it commands is done.
    fn takes(&mut self, index: usize, event: &Event, at: Instant) {
        let Call { call, driven: Some(driven), told, .. } = &mut self.exchange.calls[index] else { return };
        let before = driven.flow.clone();
        let is_asking = !driven.asks.is_empty() || !driven.mail.is_empty();
        let taken = driven.flow.take(event, at);
        self.trace.push(format!("    {} {} at {at}: {}", call.origin, event_name(event), taken.is_ok()));
        let Ok(commands) = taken else { return };
        told.hears(event, at, (&before, &driven.flow), is_asking);
        self.exchange.keeper.keep((call, SWITCH), (&before, &driven.flow), &mut driven.version);
        told.ending = driven.flow.ending().copied();
        if driven.flow.is_done() {
            self.trace.push(format!("    {} is done: {:?}", call.origin, told.ending));
            self.exchange.calls[index].driven = None;
        }
        self.carries_out(index, commands);
    }

    /// Does what the flow commands, as the exchange does: what the switch does comes last. The process may die before each.
    pub(super) fn carries_out(&mut self, index: usize, commands: Vec<Command>) {
        let (now, life) = (self.now(), self.process.life);
        let (actions, others): (Vec<Command>, Vec<Command>) =
            commands.into_iter().partition(|command| matches!(command, Command::Perform(_)));
        for command in others.into_iter().chain(actions) {
            if self.random.below(400) == 0 {
                self.is_killed();
            }
            if self.process.life != life {
                return;
            }
            let leads = match &command {
                Command::Route(asked) => Some(self.leads(asked)),
                _ => None,
            };
            let soon = Instant::clamped(now.millis() + self.random.one_of(&[0, 0, 30, 2_000]));
            let Call { driven, phones, .. } = &mut self.exchange.calls[index];
            match (command, driven) {
                (Command::Perform(action), _) => phones.performs(&mut self.random, &action, now),
                (Command::Charge { session, charge }, Some(driven)) => driven.asks.push_back((session, charge)),
                (Command::Keep { .. } | Command::WhoIsOnDuty { .. }, _) => {}
                (Command::Route(_), Some(driven)) => {
                    driven.later = leads.map(|routed| (soon, Later::Routed(Box::new(routed))));
                }
                (_, None) => {}
            }
        }
    }

    /// Where a number leads.
    fn leads(&mut self, asked: &Asked) -> Result<Destination, Cause> {
        let (number, free) = (asked.to.clone(), asked.to == EMERGENCY);
        if free {
            let rings = self.party(0);
            return Ok(Destination { free, ..Destination::new(number, rings) });
        }
        if self.random.chance(2) {
            return Err(Cause::Blocked);
        }
        let place = self.land.lines.iter().position(|line| line.number == number).ok_or(Cause::NoRecipient)?;
        let forwarding = self.land.lines[place].forwarding.clone();
        Ok(Destination { forwarding, ..Destination::new(number, self.party(place)) })
    }

    /// Charging is asked what the flows want to know, of several calls at once; each of its own one after the other.
    async fn asks_charging(&mut self) -> Result<(), Fault> {
        let now = self.now();
        let mut places = Vec::new();
        let mut requests = Vec::new();
        for index in 0..self.exchange.calls.len() {
            let is_late = self.random.chance(5);
            let Call { call, driven: Some(driven), .. } = &mut self.exchange.calls[index] else { continue };
            let Some((part, what)) = driven.next_question(call, now).filter(|_| !is_late) else { continue };
            places.push((index, part));
            requests.push(Request { owner: SWITCH.to_owned(), key: None, what });
        }
        let engine = self.process.engine.clone();
        let asking = requests.into_iter().map(|request| engine.charge(TENANT, request));
        let Some(answers) = self.process.alive(join_all(asking)).await else { return Ok(()) };
        for ((index, part), answer) in places.into_iter().zip(answers) {
            let Call { call, driven: Some(driven), .. } = &mut self.exchange.calls[index] else { continue };
            self.trace.push(format!("    {} {part}: {}", call.origin, reply_name(&answer)));
            driven.hears_charging(part, &answer, now);
        }
        Ok(())
    }
}

impl Driven {
    /// What charging is asked next: what the flow wants to know, else for a sign of life that is due.
    fn next_question(&mut self, call: &CallRef, now: Instant) -> Option<(u8, What)> {
        while let Some((part, charge)) = self.asks.front() {
            if let Charge::Authorize { free, .. } = charge {
                self.free = *free;
            }
            let session = self.sessions.get(part).map(|open| open.id.as_str());
            if let Some(what) = asked(call, (*part, session), charge) {
                return Some((*part, what));
            }
            let event = unasked(*part, charge, self.free);
            self.mail.push_back((event, now));
            self.asks.pop_front();
        }
        let (part, open) = self.sessions.iter().find(|(_, open)| open.beats_at.is_some_and(|at| at <= now))?;
        Some((*part, What::Step { session: open.id.clone(), step: Step::Beat }))
    }

    fn hears_charging(&mut self, part: u8, answer: &Result<Reply, ChargingError>, now: Instant) {
        let Some((_, charge)) = self.asks.pop_front() else {
            return self.hears_of_sign(part, answer, now);
        };
        let settles = matches!(charge, Charge::Settle(_));
        match answer {
            Ok(Reply::Granted(grant)) if !settles => {
                let beats_at = (!is_before_the_answer(&charge)).then(|| next_beat(grant, now));
                self.sessions.insert(part, Open { id: grant.session.clone(), beats_at });
            }
            _ if settles => {
                if let Some(open) = self.sessions.get_mut(&part) {
                    open.beats_at = None;
                }
            }
            _ => {}
        }
        self.mail.push_back((answered(part, &charge, answer, self.free), now));
    }

    fn hears_of_sign(&mut self, part: u8, answer: &Result<Reply, ChargingError>, now: Instant) {
        let Some(open) = self.sessions.get_mut(&part) else { return };
        match answer {
            Ok(Reply::Granted(grant)) => open.beats_at = Some(next_beat(grant, now)),
            Ok(Reply::Ended(_)) => {
                open.beats_at = None;
                self.mail.push_back((Event::Settled { session: part }, now));
            }
            Err(_) => open.beats_at = Some(Instant::clamped(now.millis() + 5_000)),
        }
    }
}

fn event_name(event: &Event) -> String {
    match event {
        // No id is written down: the same seed has others each time.
        Event::Routed(Ok(destination)) => format!("routed to {}", destination.rings.number),
        Event::Suspended { .. } => "suspended".to_owned(),
        other => format!("{other:?}"),
    }
}

fn reply_name(answer: &Result<Reply, ChargingError>) -> String {
    match answer {
        Ok(Reply::Granted(grant)) => format!("{:?} are granted", grant.granted.seconds),
        Ok(Reply::Ended(ended)) => format!("{:?} {:?}", ended.end.cause, ended.end.charged),
        Err(_) => "refused".to_owned(),
    }
}
