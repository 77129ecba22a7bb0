//! What remains of calls when their process dies, and how the next one takes them up.

use domain::call_flow::{Event, Stage};
use domain::time::Instant;
use engine::switching::{Keeper, TakenUp, take_up};

use super::{Driven, Later, SWITCH};
use crate::Fault;
use crate::world::World;

/// More steps than calls could need to their ends.
const MOST_STEPS: usize = 100_000;

impl World {
    /// Notes that the process died since, if it did: all that the exchange had in memory is gone.
    pub(crate) fn exchange_lives(&mut self) {
        if self.exchange.life == self.process.life {
            return;
        }
        let now = self.now();
        self.exchange.life = self.process.life;
        self.exchange.keeper = Keeper::default();
        let seen_at = Instant::clamped(now.millis() - self.random.between(0, 1_000));
        if std::mem::take(&mut self.exchange.is_open) || self.exchange.seen_at.is_none() {
            self.exchange.seen_at = Some(seen_at);
        }
        self.trace.push("    the exchange is gone".to_owned());
        for call in &mut self.exchange.calls {
            if call.driven.take().is_some() {
                call.told.waits = true;
                call.phones.loses_program(&mut self.random, now);
            }
        }
    }

    /// The process is killed between two steps.
    pub(super) fn is_killed(&mut self) {
        self.note("the process is killed");
        self.process.is_killed();
    }

    /// The exchange takes up the calls that the last one drove, sooner or later: whether it has.
    pub(super) async fn reopens(&mut self) -> Result<bool, Fault> {
        if !self.random.chance(40) {
            return Ok(false);
        }
        self.note("the exchange opens");
        let (engine, actor) = (self.process.engine.clone(), self.process.actor.clone());
        let seen_at = self.exchange.seen_at.unwrap_or(self.now());
        let keeper = Keeper::default();
        let found = async {
            let mut view = engine.view(&actor).await?;
            let mut records = storage::flows::running(engine::Scope::tx(&mut view), SWITCH).await?;
            records.sort_by(|(_, one), (_, other)| one.origin.cmp(&other.origin));
            let mut ways = Vec::new();
            for (_, record) in records {
                let Some(place) = self.exchange.calls.iter().position(|call| call.call.origin == record.origin) else {
                    return Err(Fault(format!("{} is kept, and unknown", record.origin)));
                };
                let call = self.exchange.calls[place].call.clone();
                let mut taken_up = take_up(&mut view, &call, &record, seen_at).await?;
                let way = &mut taken_up.way;
                keeper.write_down((&call, SWITCH), &way.flow, &mut way.version);
                ways.push((place, taken_up));
            }
            drop(view);
            keeper.write(&engine).await;
            Ok::<_, Fault>(ways)
        };
        let Some(ways) = self.process.alive(found).await else { return Ok(false) };
        for (place, TakenUp { way, first, seen_at, .. }) in ways? {
            let mut driven = Driven::new(way.flow);
            driven.version = way.version;
            driven.sessions = way.sessions.into_iter().collect();
            self.exchange.calls[place].driven = Some(driven);
            self.is_taken_up(place, seen_at);
            self.carries_out(place, first);
        }
        let now = self.now();
        for call in self.exchange.calls.iter_mut().filter(|call| call.told.waits) {
            // Nothing of it was kept.
            call.told.waits = false;
            call.told.is_forgotten = true;
            call.phones.drops_all(now);
        }
        self.exchange.is_open = true;
        Ok(true)
    }

    /// A call is driven again, from where it was kept; its switch tells which legs are there, if both talked.
    fn is_taken_up(&mut self, place: usize, seen_at: Instant) {
        let now = self.now();
        let last_seen_at = self.exchange.seen_at.unwrap_or(now);
        let soon = Instant::clamped(now.millis() + self.random.one_of(&[0, 300, 4_000, 10_000]));
        let call = &mut self.exchange.calls[place];
        let Some(driven) = &mut call.driven else { return };
        let kept = &driven.flow;
        self.trace.push(format!("    {} is taken up: {:?}", call.call.origin, kept.stage));
        let told = &mut call.told;
        told.waits = false;
        told.is_given_up |= driven.sessions.values().any(|open| open.beats_at.is_none());
        let lost_at = told.lost_at(last_seen_at);
        told.is_lost(kept, seen_at == lost_at);
        told.is_forgotten |= told.confirmed_at != kept.answered_at();
        told.is_forgotten |= told.ended_at.is_some() && kept.ending().is_none();
        if matches!(kept.stage, Stage::Talking { .. }) {
            driven.later = Some((soon, Later::Back { seen_at }));
        } else {
            driven.mail.push_back((Event::SwitchBack { legs: Vec::new(), seen_at }, now));
        }
    }

    /// Every call comes to its end.
    pub(crate) async fn exchange_ends(&mut self) -> Result<(), Fault> {
        for _ in 0..MOST_STEPS {
            self.exchange_works().await?;
            self.revive().await?;
            let is_over = self.exchange.calls.iter().all(|call| call.driven.is_none());
            if is_over && self.exchange.is_open {
                let (keeper, engine) = (self.exchange.keeper.clone(), self.process.engine.clone());
                self.process.alive(keeper.write(&engine)).await;
                return self.revive().await;
            }
            let wait = self.exchange_due_at().map_or(0, |at| at.millis_since(self.now()).max(0));
            self.wait(wait);
        }
        Err(Fault("some calls of the exchange never end".to_owned()))
    }
}
