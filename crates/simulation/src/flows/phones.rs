//! A switch as providers are: what its phones do is told late, twice, in another order, or never.

use std::collections::BTreeMap;

use domain::call_flow::{Action, Cause, Event, Leg};
use domain::time::Instant;

use crate::random::Random;

/// Nobody waits for help that was not taken so often.
const MOST_TRIES: u8 = 5;

/// What a switch has of a call.
#[derive(Default)]
pub(crate) struct Phones {
    /// What is said next, and when.
    says: Vec<(Instant, Event)>,
    legs: BTreeMap<Leg, LegOf>,
}

/// A leg.
#[derive(Default)]
struct LegOf {
    /// When it was over.
    gone_at: Option<Instant>,
    /// When its switch ends it by itself.
    ends_at: Option<Instant>,
    /// Whether it does so.
    ignores_end: bool,
}

fn after(now: Instant, millis: i64) -> Instant {
    Instant::clamped(now.millis().saturating_add(millis))
}

fn ended(leg: Leg, cause: Cause) -> Event {
    Event::LegEnded { leg, cause, at: None }
}

/// When something happened that is said at an instant.
fn happened_at((said_at, event): &(Instant, Event)) -> Instant {
    match event {
        Event::LegEnded { at: Some(at), .. } => *at.min(said_at),
        _ => *said_at,
    }
}

impl Phones {
    /// A caller that has dialled, and may give up while it waits.
    pub(crate) fn of_caller(random: &mut Random, now: Instant) -> Phones {
        let mut phones = Phones::default();
        phones.legs.insert(Leg::FIRST, LegOf { ignores_end: random.chance(50), ..LegOf::default() });
        if random.chance(12) {
            let patience = random.one_of(&[0, 100, 3_000, 15_000]);
            phones.will_say(random, after(now, patience), ended(Leg::FIRST, Cause::HungUp));
        }
        phones
    }

    /// Does what it is asked for; of what is asked twice, or for legs that are over, it does nothing.
    pub(crate) fn performs(&mut self, random: &mut Random, action: &Action, now: Instant) {
        match action {
            Action::RingLeg { leg, .. } if !self.legs.contains_key(leg) => self.rings(random, *leg, now),
            Action::AnswerLeg(leg) if self.is_there(*leg) && random.chance(92) => {
                let ready = random.one_of(&[0, 400, 400, 3_000, 4_900, 7_000]);
                self.will_say(random, after(now, ready), Event::LegAnswered(*leg));
            }
            Action::Bridge(one, other) => self.talk(random, (*one, *other), now),
            Action::EndLegAt { leg, at } => {
                if let Some(leg) = self.legs.get_mut(leg) {
                    leg.ends_at = *at;
                }
            }
            Action::EndLeg { leg, cause } if self.is_there(*leg) => {
                self.is_gone(*leg, now);
                if random.chance(50) {
                    let late = random.one_of(&[0, 300, 6_000]);
                    self.will_say(random, after(now, late), ended(*leg, *cause));
                }
            }
            _ => {}
        }
    }

    fn rings(&mut self, random: &mut Random, leg: Leg, now: Instant) {
        self.legs.insert(leg, LegOf { ignores_end: random.chance(50), ..LegOf::default() });
        let begins = after(now, random.one_of(&[0, 100, 100, 100, 1_400, 2_000]));
        if leg.0 > MOST_TRIES {
            self.will_say(random, begins, ended(Leg::FIRST, Cause::HungUp));
        }
        let takes = after(begins, random.one_of(&[0, 1_500, 1_500, 8_000, 19_000, 25_000]));
        let cause = random.one_of(&[Cause::Busy, Cause::NoRecipient, Cause::HungUp, Cause::Lost, Cause::NoAnswer]);
        match random.below(100) {
            0..5 => {}
            5..15 => self.will_say(random, begins, ended(leg, cause)),
            15..25 => {
                self.will_say(random, begins, Event::LegRinging(leg));
                self.will_say(random, takes, ended(leg, cause));
            }
            25..30 => self.will_say(random, begins, Event::LegRinging(leg)),
            30..35 => self.will_say(random, begins, Event::LegAnswered(leg)),
            _ => {
                self.will_say(random, begins, Event::LegRinging(leg));
                self.will_say(random, takes, Event::LegAnswered(leg));
            }
        }
    }

    /// Both talk, for so long.
    fn talk(&mut self, random: &mut Random, (one, other): (Leg, Leg), now: Instant) {
        let lasts = random.one_of(&[0, 1_300, 20_000, 45_000, 100_000, 100_000, 400_000, 900_000]);
        let ends_at = after(now, random.between(lasts / 2, lasts));
        let leg = random.one_of(&[one, other]);
        if random.chance(20) {
            // It is told when it has not been heard of for a while.
            let silent = random.one_of(&[0, 2_000, 10_000]);
            let event = Event::LegEnded { leg, cause: Cause::Lost, at: Some(ends_at) };
            self.will_say(random, after(ends_at, silent), event);
        } else {
            self.will_say(random, ends_at, ended(leg, Cause::HungUp));
        }
        if random.chance(20) {
            self.will_say(random, after(now, lasts / 4), Event::Text { leg, text: "Hello".to_owned() });
        }
    }

    /// What is said then, and now and then once more.
    fn will_say(&mut self, random: &mut Random, at: Instant, event: Event) {
        if random.chance(12) {
            let again = after(at, random.one_of(&[0, 200, 5_000, 30_000]));
            self.says.push((again, event.clone()));
        }
        self.says.push((at, event));
    }

    /// When it says something next.
    pub(crate) fn speaks_at(&self) -> Option<Instant> {
        let ends = self.legs.values().filter(|leg| leg.gone_at.is_none() && !leg.ignores_end);
        self.says.iter().map(|(at, _)| *at).chain(ends.filter_map(|leg| leg.ends_at)).min()
    }

    /// What it says by now: of what is due, that which happened first.
    pub(crate) fn says(&mut self, now: Instant) -> Option<Event> {
        let said = (0..self.says.len()).filter(|place| self.says[*place].0 <= now);
        let first = said.map(|place| (happened_at(&self.says[place]), place)).min();
        let cut = self.legs.iter().filter(|(_, of)| of.gone_at.is_none() && !of.ignores_end);
        let cut = cut.filter_map(|(leg, of)| Some((of.ends_at.filter(|at| *at <= now)?, *leg))).min();
        if let Some((at, leg)) = cut.filter(|(at, _)| first.is_none_or(|(first, _)| *at < first)) {
            // Whose end was told late, and without its time, is gone from then on for who was told; and this one not before it.
            let told = self.legs.values().filter_map(|leg| leg.gone_at).max();
            self.is_gone(leg, told.map_or(at, |told| told.max(at)));
            return Some(Event::LegEnded { leg, cause: Cause::CutOff, at: Some(at) });
        }
        let (_, event) = self.says.remove(first?.1);
        if let Event::LegEnded { leg, at, .. } = &event {
            self.is_gone(*leg, at.unwrap_or(now));
        }
        Some(event)
    }

    /// The program is gone: some of the legs go with it.
    pub(crate) fn loses_program(&mut self, random: &mut Random, now: Instant) {
        let legs: Vec<Leg> = self.legs.keys().copied().collect();
        for leg in legs {
            if random.chance(30) {
                self.is_gone(leg, now);
            }
        }
    }

    /// Nobody wants to have the call any more.
    pub(crate) fn drops_all(&mut self, now: Instant) {
        let legs: Vec<Leg> = self.legs.keys().copied().collect();
        legs.into_iter().for_each(|leg| self.is_gone(leg, now));
        self.says.clear();
    }

    pub(crate) fn there(&self) -> Vec<Leg> {
        self.legs.keys().copied().filter(|leg| self.is_there(*leg)).collect()
    }

    /// When the first of two legs was over.
    pub(crate) fn parted_at(&self, legs: [Leg; 2]) -> Option<Instant> {
        legs.iter().filter_map(|leg| self.legs.get(leg)?.gone_at).min()
    }

    fn is_there(&self, leg: Leg) -> bool {
        self.legs.get(&leg).is_some_and(|leg| leg.gone_at.is_none())
    }

    fn is_gone(&mut self, leg: Leg, at: Instant) {
        if let Some(leg) = self.legs.get_mut(&leg) {
            leg.gone_at.get_or_insert(at);
        }
    }
}
