//! Numbers that ring for a call.

use super::document::Element;
use super::follow::told;
use super::leg::Told;
use super::{Leg, Place, Source, Status, World};

/// For how long a number rings where nothing is said of it, in seconds.
const RINGS_SECONDS: i64 = 30;

impl World {
    pub(super) fn dial(&mut self, sid: &str, dial: Element) {
        let first = dial.children.first().map(|noun| (noun.name.clone(), noun.clone()));
        match first {
            Some((name, room)) if name == "Conference" => self.join_room(sid, dial, &room),
            Some((name, queue)) if name == "Queue" => self.fetch_from_queue(sid, dial, &queue),
            Some(_) => self.ring_numbers(sid, dial),
            None => self.gives_up(sid, "13223: <Dial> has nobody".to_owned()),
        }
    }

    fn ring_numbers(&mut self, sid: &str, dial: Element) {
        let Some(leg) = self.leg(sid).cloned() else { return };
        let caller = dial.attribute("callerId").map_or_else(|| leg.from.clone(), str::to_owned);
        if !self.numbers.contains_key(&caller) && caller != leg.from && caller != leg.to {
            return self.gives_up(sid, format!("13214: <Dial> shows {caller}, which is no number of the account"));
        }
        if dial.children.len() > 10 {
            return self.gives_up(sid, "13227: <Dial> has more than ten numbers".to_owned());
        }
        let seconds = dial.number("timeout").unwrap_or(RINGS_SECONDS);
        let mut legs = Vec::new();
        for number in &dial.children {
            let mut called = self.new_leg(&caller, &number.text, "outbound-dial");
            called.parent = Some(sid.to_owned());
            called.told = number.url("statusCallback", leg.base.as_ref()).map(|url| {
                let events = number.attribute("statusCallbackEvent").unwrap_or("completed");
                Told { url, events: events.split(' ').map(str::to_owned).collect() }
            });
            called.then = number.url("url", leg.base.as_ref()).map(Source::At);
            legs.push(called);
        }
        let sids = legs.iter().map(|leg| leg.sid.clone()).collect();
        self.waits_in(sid, Place::Dialling { dial, legs: sids, talks_with: None, since: self.now });
        for leg in legs {
            self.ring(leg, seconds);
        }
    }

    /// The call that has this one ring, or talks with it.
    pub(super) fn dialler_of(&self, sid: &str) -> Option<String> {
        let has = |place: &Place| matches!(place, Place::Dialling { legs, .. } if legs.iter().any(|leg| leg == sid));
        self.legs.values().find(|leg| has(&leg.place)).map(|leg| leg.sid.clone())
    }

    /// Somebody, or something, picks up.
    pub(crate) fn answers(&mut self, sid: &str) {
        self.is_answered(sid);
        let Some(then) = self.living(sid).map(|leg| leg.then.take()) else { return };
        let dialler = self.dialler_of(sid);
        if let Some(dialler) = &dialler {
            // The first that picks up stops the others, whoever it is.
            for other in self.rung_by(dialler) {
                if other != sid {
                    self.end(&other, Status::Canceled);
                }
            }
        }
        match (then, dialler) {
            (Some(source), _) => self.go_on(sid, source),
            (None, Some(dialler)) => self.bridge(&dialler, sid),
            (None, None) => self.end(sid, Status::Completed),
        }
    }

    fn rung_by(&self, dialler: &str) -> Vec<String> {
        match self.leg(dialler).map(|leg| &leg.place) {
            Some(Place::Dialling { legs, .. }) => legs.clone(),
            _ => Vec::new(),
        }
    }

    pub(super) fn bridge(&mut self, dialler: &str, sid: &str) {
        self.is_answered(dialler);
        let now = self.now;
        if let Some(Place::Dialling { talks_with, since, .. }) = self.living(dialler).map(|leg| &mut leg.place) {
            (*talks_with, *since) = (Some(sid.to_owned()), now);
        }
        self.waits_in(sid, Place::Joined);
    }

    /// A dialled call is over: where it was the last, the dialling is.
    pub(super) fn dialled_is_over(&mut self, dialler: &str) {
        let is_over = |sid: &String| self.leg(sid).is_none_or(|leg| leg.status.is_over());
        if self.rung_by(dialler).iter().all(is_over) {
            self.dial_is_over(dialler);
        }
    }

    /// What is left of a dialling ends, and whoever wants to know is told how it went.
    pub(super) fn dial_is_over(&mut self, sid: &str) {
        let Some(leg) = self.legs.get_mut(sid) else { return };
        let place = std::mem::take(&mut leg.place);
        let Place::Dialling { dial, legs, talks_with, since } = place else { return };
        let (base, is_over) = (leg.base.clone(), leg.status.is_over());
        legs.iter().for_each(|leg| self.let_go(leg));
        let decisive = legs.iter().rfind(|leg| self.leg(leg).is_some_and(|leg| leg.answered_at.is_some()));
        let decisive = talks_with.as_ref().or(decisive).or(legs.last());
        let called = decisive.and_then(|leg| self.leg(leg));
        let is_answered = called.is_some_and(|leg| leg.answered_at.is_some());
        let status = if is_answered { Status::Completed } else { called.map_or(Status::Failed, |leg| leg.status) };
        let seconds = (self.now - since).to_string();
        let mut outcome = told([
            ("DialCallStatus", Some(status.name().to_owned())),
            ("DialCallSid", called.map(|leg| leg.sid.clone())),
            ("DialBridged", Some(talks_with.is_some().to_string())),
            ("DialCallDuration", is_answered.then(|| seconds.clone())),
        ]);
        if talks_with.is_some() {
            outcome.extend(self.record_talk(sid, &dial, since));
        }
        match dial.url("action", base.as_ref()) {
            Some(action) => self.ask(sid, action, outcome),
            None if is_over => {}
            None => self.advance(sid),
        }
    }

    /// A call that was dialled is not needed any more: one from a queue goes on, any other ends.
    pub(super) fn let_go(&mut self, sid: &str) {
        let Some(leg) = self.living(sid) else { return };
        let is_answered = leg.answered_at.is_some();
        if leg.direction == "outbound-dial" {
            self.end(sid, if is_answered { Status::Completed } else { Status::Canceled });
        } else {
            self.comes_from_queue(sid);
        }
    }
}

impl World {
    /// The numbers of those who hear a call.
    pub(crate) fn talks_with(&self, sid: &str) -> Vec<String> {
        let dialler = self.dialler_of(sid);
        let own = |place: &Place| match place {
            Place::Dialling { talks_with: Some(other), .. } => vec![other.clone()],
            Place::Room(name, _) => {
                let members = self.rooms.get(name).map(|room| room.members.as_slice()).unwrap_or_default();
                members.iter().map(|member| member.leg.clone()).filter(|member| member != sid).collect()
            }
            Place::Joined => dialler.clone().into_iter().collect(),
            _ => Vec::new(),
        };
        let others = self.leg(sid).map(|leg| own(&leg.place)).unwrap_or_default();
        others.iter().filter_map(|other| self.leg(other)).map(Leg::number).collect()
    }
}
