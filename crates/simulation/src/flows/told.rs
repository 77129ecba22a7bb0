use std::collections::BTreeMap;

use domain::call_flow::{Ending, Event, Flow, Leg, Stage};
use domain::charging::Granted;
use domain::time::Instant;

/// However short what is granted is, more is asked for so long before its end.
const ASKS_BEFORE_MILLIS: i64 = 1_000;

/// What a call's flow was told, and what must come of it.
#[derive(Default)]
pub(super) struct Told {
    /// The leg that was answered.
    pub(super) leg: Option<Leg>,
    /// When its caller was ready to talk.
    pub(super) confirmed_at: Option<Instant>,
    /// When it was last known to be alive, while its legs are not there again.
    lost_at: Option<Instant>,
    /// When it was over, by what was told.
    pub(super) ended_at: Option<Instant>,
    /// What was granted last, by part.
    granted: BTreeMap<u8, Granted>,
    /// Who pays for each part, and the number that it calls.
    pub(super) parts: Vec<(Option<String>, String)>,
    /// Whether the number first called is an emergency number.
    pub(super) free: bool,
    /// Whether something that was told is lost with a program.
    pub(super) is_forgotten: bool,
    /// Whether charging has given a part up by itself.
    pub(super) is_given_up: bool,
    /// The part that charging let go no further while both talked.
    pub(super) refused: Option<u8>,
    /// Whether it was cut off while more could be had.
    pub(super) is_cut_early: bool,
    /// Whether the program that drove it has died, and none has taken it up yet.
    pub(super) waits: bool,
    /// When the exchange worked last.
    pub(super) worked_at: Option<Instant>,
    /// How it ended, by the flow.
    pub(super) ending: Option<Ending>,
}

impl Told {
    /// An event was taken: what stood before.
    pub(super) fn hears(&mut self, event: &Event, at: Instant, (before, after): (&Flow, &Flow), is_asking: bool) {
        if before.ending().is_some() {
            return;
        }
        match event {
            Event::Routed(Ok(destination)) => {
                let payer = before.parts.last().map_or(&before.caller, |part| &part.destination.rings);
                self.free |= self.parts.is_empty() && destination.free;
                self.parts.truncate(before.parts.len());
                self.parts.push((payer.line.clone(), destination.number.clone()));
            }
            Event::Granted { session, granted } => {
                self.granted.insert(*session, granted.clone());
            }
            Event::LegAnswered(Leg::FIRST) => {
                if matches!(before.stage, Stage::Accepted { .. }) {
                    self.confirmed_at = Some(at);
                }
                return;
            }
            Event::LegAnswered(leg) => self.leg = Some(*leg),
            Event::Settled { .. } => self.is_given_up = true,
            Event::SwitchBack { legs, .. } if self.all_are_in(legs) => self.lost_at = None,
            Event::Refused { session, .. } if self.confirmed_at.is_some() => self.refused = Some(*session),
            _ => {}
        }
        // Where charging grants no more a call goes on to its last second.
        let goes_on = matches!(event, Event::Refused { .. }) && after.ending().is_none();
        let Some(end) = self.end(event, at).filter(|_| !goes_on) else { return };
        if *event == Event::Woke && !is_asking && !self.has_no_more() {
            let asks_at = Instant::clamped(end.millis().saturating_sub(ASKS_BEFORE_MILLIS));
            self.is_cut_early = self.worked_at.is_some_and(|worked_at| asks_at <= worked_at && worked_at < end);
        }
        self.ended_at = self.ended_at.or(Some(end));
    }

    /// When the talk is over by this event, if it is.
    fn end(&self, event: &Event, at: Instant) -> Option<Instant> {
        let confirmed_at = self.confirmed_at?;
        let cut_at = self.cut_at().unwrap_or(Instant::LAST);
        let pays = |line: &String| self.parts.iter().any(|(payer, _)| payer.as_ref() == Some(line));
        let end = match event {
            Event::LegEnded { leg, at: then, .. } => {
                (*leg == Leg::FIRST || Some(*leg) == self.leg).then(|| then.unwrap_or(at))
            }
            Event::Stopped(_) => (!self.free).then_some(at),
            Event::Suspended { line } => (!self.free && pays(line)).then_some(at),
            Event::SwitchBack { legs, seen_at } => (!self.all_are_in(legs)).then_some(*seen_at),
            Event::Woke => (at >= cut_at).then_some(cut_at),
            Event::Refused { .. } | Event::Settled { .. } => Some(at),
            _ => None,
        };
        let proved_at = self.lost_at.unwrap_or(Instant::LAST);
        Some(end?.min(cut_at).min(proved_at).max(confirmed_at))
    }

    fn all_are_in(&self, legs: &[Leg]) -> bool {
        legs.contains(&Leg::FIRST) && self.leg.is_some_and(|leg| legs.contains(&leg))
    }

    /// When it was last known to be alive, of a call whose program is lost.
    pub(super) fn lost_at(&mut self, seen_at: Instant) -> Instant {
        *self.lost_at.get_or_insert(seen_at)
    }

    /// When the program died that knew of its end, if no other one did.
    pub(super) fn died_at(&self) -> Option<Instant> {
        self.lost_at.filter(|_| self.is_forgotten && self.ended_at.is_some())
    }

    /// Its program was lost, and another one has taken it up as it was kept.
    pub(super) fn is_lost(&mut self, kept: &Flow, knows_when: bool) {
        self.is_forgotten |= !knows_when;
        for (part, of) in kept.parts.iter().enumerate() {
            if let (Ok(part), Some(granted)) = (u8::try_from(part), &of.granted) {
                self.granted.insert(part, granted.clone());
            }
        }
    }

    pub(super) fn was_granted(&self, part: u8) -> bool {
        self.granted.contains_key(&part)
    }

    /// The end of what was granted for all parts.
    fn cut_at(&self) -> Option<Instant> {
        let least = self.granted.values().filter_map(|granted| granted.seconds).min()?;
        Some(Instant::clamped(self.confirmed_at?.millis().saturating_add(least.saturating_mul(1000))))
    }

    /// Whether there was no more for some part.
    fn has_no_more(&self) -> bool {
        self.granted.values().any(|granted| granted.must_end_at_seconds().is_some())
    }
}
