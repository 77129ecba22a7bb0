//! Conferences.

use url::Url;

use super::document::Element;
use super::{AnswerIs, Fields, Place, World, fields};

/// A conference that is not over.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    pub(crate) sid: String,
    pub(crate) members: Vec<Member>,
    has_begun: bool,
    sequence: u32,
    told: Option<(Url, Vec<String>)>,
    recorded_for: Option<Url>,
    begun_at: i64,
}

/// A party of a conference.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) leg: String,
    pub(crate) label: Option<String>,
    pub(crate) is_muted: bool,
    pub(crate) is_held: bool,
    pub(crate) starts: bool,
    pub(crate) ends: bool,
}

impl World {
    pub(super) fn join_room(&mut self, sid: &str, dial: Element, noun: &Element) {
        let name = noun.text.clone();
        let base = self.leg(sid).and_then(|leg| leg.base.clone());
        if !self.rooms.contains_key(&name) {
            let events = noun.attribute("statusCallbackEvent").unwrap_or("start end");
            let events = events.split(' ').map(str::to_owned).collect();
            let is_recorded = noun.attribute("record") == Some("record-from-start");
            let room = Room {
                sid: self.new_sid("CF"),
                members: Vec::new(),
                has_begun: false,
                sequence: 0,
                told: noun.url("statusCallback", base.as_ref()).map(|url| (url, events)),
                recorded_for: noun.url("recordingStatusCallback", base.as_ref()).filter(|_| is_recorded),
                begun_at: self.now,
            };
            self.rooms.insert(name.clone(), room);
        }
        self.waits_in(sid, Place::Room(name.clone(), dial));
        let Some(room) = self.rooms.get_mut(&name) else { return };
        room.members.push(Member {
            leg: sid.to_owned(),
            label: noun.attribute("participantLabel").map(str::to_owned),
            is_muted: noun.flag("muted", false),
            is_held: false,
            starts: noun.flag("startConferenceOnEnter", true),
            ends: noun.flag("endConferenceOnExit", false),
        });
        self.tell_of_room(&name, "join", Some(sid));
        self.begins(&name, sid, noun.url("waitUrl", base.as_ref()));
    }

    /// A conference begins with its second party, if one of them begins it; else whoever comes hears music.
    fn begins(&mut self, name: &str, sid: &str, waiting: Option<Url>) {
        let now = self.now;
        let Some(room) = self.rooms.get_mut(name) else { return };
        if room.has_begun {
            return;
        }
        if room.members.len() > 1 && room.members.iter().any(|member| member.starts) {
            (room.has_begun, room.begun_at) = (true, now);
            return self.tell_of_room(name, "start", None);
        }
        let Some((url, leg)) = waiting.zip(self.leg(sid)) else { return };
        let answer = AnswerIs::Waiting { leg: sid.to_owned(), revision: leg.revision };
        self.post(url, self.said_of(sid, Vec::new()), answer);
    }

    /// Tells what happens in a conference, where that is wanted.
    fn tell_of_room(&mut self, name: &str, event: &str, leg: Option<&str>) {
        let (account, timestamp) = (self.account.sid.clone(), self.timestamp());
        let Some(room) = self.rooms.get_mut(name) else { return };
        room.sequence += 1;
        let Some((url, _)) = room.told.clone().filter(|(_, events)| events.iter().any(|wanted| wanted == event)) else {
            return;
        };
        let told = match event {
            "join" | "leave" => format!("participant-{event}"),
            "announcement" => "announcement-end".to_owned(),
            event => format!("conference-{event}"),
        };
        let mut said = fields([
            ("AccountSid", &account),
            ("ConferenceSid", &room.sid),
            ("FriendlyName", name),
            ("StatusCallbackEvent", &told),
            ("SequenceNumber", &room.sequence.to_string()),
            ("Timestamp", &timestamp),
        ]);
        let member = room.members.iter().find(|member| Some(member.leg.as_str()) == leg);
        said.extend(leg.map(|leg| ("CallSid".to_owned(), leg.to_owned())));
        said.extend(member.map(Member::fields).unwrap_or_default());
        self.post(url, said, AnswerIs::Nothing);
    }

    /// A party leaves, and does what comes next.
    pub(crate) fn leave_room(&mut self, sid: &str) {
        if let Some(dial) = self.goes_out(sid) {
            self.comes_from_room(sid, &dial);
        }
    }

    /// A party leaves; the conference ends with it, if that was said, or if nobody is left. Answers what had led it there.
    pub(super) fn goes_out(&mut self, sid: &str) -> Option<Element> {
        let leg = self.legs.get_mut(sid)?;
        let Place::Room(name, dial) = leg.place.clone() else { return None };
        leg.place = Place::Nowhere;
        self.tell_of_room(&name, "leave", Some(sid));
        let room = self.rooms.get_mut(&name)?;
        let ends = room.members.iter().any(|member| member.leg == sid && member.ends);
        room.members.retain(|member| member.leg != sid);
        if ends || room.members.is_empty() {
            self.end_room(&name);
        }
        Some(dial)
    }

    /// A conference ends for all who are in it.
    pub(crate) fn end_room(&mut self, name: &str) {
        self.tell_of_room(name, "end", None);
        let Some(room) = self.rooms.remove(name) else { return };
        for member in &room.members {
            let Some(leg) = self.legs.get_mut(&member.leg) else { continue };
            if let Place::Room(_, dial) = std::mem::take(&mut leg.place) {
                self.comes_from_room(&member.leg, &dial);
            }
        }
        if let Some(url) = room.recorded_for.filter(|_| room.has_begun) {
            self.record_room(&room.sid, name, url, room.begun_at);
        }
    }

    fn comes_from_room(&mut self, sid: &str, dial: &Element) {
        let Some(leg) = self.leg(sid) else { return };
        match dial.url("action", leg.base.as_ref()) {
            Some(action) => self.ask(sid, action, fields([("DialCallStatus", "answered")])),
            None => self.advance(sid),
        }
    }

    /// The name of the conference with this id.
    pub(crate) fn room_named(&self, sid: &str) -> Option<String> {
        self.rooms.iter().find(|(_, room)| room.sid == sid).map(|(name, _)| name.clone())
    }

    /// Something is announced to a party.
    pub(crate) fn announce(&mut self, room: &str, leg: &str, url: Url) {
        let answer = AnswerIs::Announced { room: room.to_owned(), leg: leg.to_owned() };
        let said = self.said_of(leg, Vec::new());
        self.post(url, said, answer);
    }

    pub(crate) fn announced<'a>(&mut self, room: &str, leg: &str, steps: impl Iterator<Item = &'a Element>) {
        steps.for_each(|step| self.hears(leg, step));
        self.tell_of_room(room, "announcement", Some(leg));
    }
}

impl Room {
    /// Whether those who are in it hear each other.
    pub(crate) fn has_begun(&self) -> bool {
        self.has_begun
    }
}

impl Member {
    fn fields(&self) -> Fields {
        fields([
            ("Muted", &self.is_muted.to_string()),
            ("Hold", &self.is_held.to_string()),
            ("StartConferenceOnEnter", &self.starts.to_string()),
            ("EndConferenceOnExit", &self.ends.to_string()),
        ])
    }
}
