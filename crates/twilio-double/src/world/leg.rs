use std::collections::VecDeque;

use url::Url;

use super::document::Element;
use super::{AnswerIs, Errand, Fields, World, fields};

/// One party's part in a call: what Twilio calls a call.
#[derive(Debug, Clone)]
pub(crate) struct Leg {
    pub(crate) sid: String,
    /// The call whose document made it.
    pub(crate) parent: Option<String>,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) direction: &'static str,
    pub(crate) status: Status,
    pub(crate) told: Option<Told>,
    sequence: u32,
    pub(crate) ring_until: Option<i64>,
    pub(crate) most_seconds: Option<i64>,
    pub(crate) answered_at: Option<i64>,
    pub(crate) ended_at: Option<i64>,
    /// What it follows when it is answered.
    pub(crate) then: Option<Source>,
    /// What is left of the document that it follows.
    pub(crate) steps: VecDeque<Element>,
    /// Where that came from.
    pub(crate) base: Option<Url>,
    pub(crate) place: Place,
    /// What was said and played to it.
    pub(crate) heard: Vec<String>,
    /// Counts what it was told to do: an answer to something older is not followed any more.
    pub(crate) revision: u64,
    /// Why it failed, by Twilio's list of errors.
    pub(crate) error: Option<u32>,
}

/// How a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Queued,
    Ringing,
    InProgress,
    Completed,
    Busy,
    NoAnswer,
    Failed,
    Canceled,
}

/// Whom to tell of what.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) url: Url,
    pub(crate) events: Vec<String>,
}

/// Where a document is.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    At(Url),
    Here(VecDeque<Element>),
}

/// What a call is in.
#[derive(Debug, Clone, Default)]
pub(crate) enum Place {
    /// It rings, or a document is on its way.
    #[default]
    Nowhere,
    Gathering(Element),
    Recording(Element),
    Dialling {
        dial: Element,
        legs: Vec<String>,
        /// The one that it talks with.
        talks_with: Option<String>,
        since: i64,
    },
    Queued(Element),
    /// In a conference, by its name, because of a `Dial`.
    Room(String, Element),
    /// It talks with the call that dialled it, or fetched it from a queue.
    Joined,
}

impl Status {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Status::Queued => "queued",
            Status::Ringing => "ringing",
            Status::InProgress => "in-progress",
            Status::Completed => "completed",
            Status::Busy => "busy",
            Status::NoAnswer => "no-answer",
            Status::Failed => "failed",
            Status::Canceled => "canceled",
        }
    }

    pub(crate) fn is_over(self) -> bool {
        !matches!(self, Status::Queued | Status::Ringing | Status::InProgress)
    }
}

impl Leg {
    /// The number of whoever is on the phone.
    pub(crate) fn number(&self) -> String {
        if self.direction == "inbound" { self.from.clone() } else { self.to.clone() }
    }

    pub(crate) fn seconds(&self, now: i64) -> i64 {
        self.answered_at.map_or(0, |from| self.ended_at.unwrap_or(now) - from)
    }

    /// What every webhook of it tells.
    fn fields(&self, account: &str) -> Fields {
        let mut told = fields([
            ("CallSid", &self.sid),
            ("AccountSid", account),
            ("From", &self.from),
            ("To", &self.to),
            ("Caller", &self.from),
            ("Called", &self.to),
            ("CallStatus", self.status.name()),
            ("Direction", self.direction),
            ("ApiVersion", "2010-04-01"),
        ]);
        told.extend(self.parent.iter().map(|parent| ("ParentCallSid".to_owned(), parent.clone())));
        told
    }
}

impl World {
    pub(crate) fn new_leg(&mut self, from: &str, to: &str, direction: &'static str) -> Leg {
        Leg {
            sid: self.new_sid("CA"),
            parent: None,
            from: from.to_owned(),
            to: to.to_owned(),
            direction,
            status: Status::Queued,
            told: None,
            sequence: 0,
            ring_until: None,
            most_seconds: None,
            answered_at: None,
            ended_at: None,
            then: None,
            steps: VecDeque::new(),
            base: None,
            place: Place::Nowhere,
            heard: Vec::new(),
            revision: 0,
            error: None,
        }
    }

    pub(crate) fn leg(&self, sid: &str) -> Option<&Leg> {
        self.legs.get(sid)
    }

    /// A call that is not over.
    pub(crate) fn living(&mut self, sid: &str) -> Option<&mut Leg> {
        self.legs.get_mut(sid).filter(|leg| !leg.status.is_over())
    }

    /// Has a new call ring, and tells so.
    pub(crate) fn ring(&mut self, mut leg: Leg, seconds: i64) -> String {
        let sid = leg.sid.clone();
        leg.ring_until = Some(self.now + seconds);
        self.legs.insert(sid.clone(), leg);
        self.tell(&sid, "initiated");
        let refused = self.leg(&sid).and_then(|leg| self.refused.get(&leg.to)).map(|(code, _)| *code);
        if let (Some(code), Some(leg)) = (refused, self.living(&sid)) {
            leg.error = Some(code);
            self.end(&sid, Status::Failed);
            return sid;
        }
        if let Some(leg) = self.living(&sid) {
            leg.status = Status::Ringing;
        }
        self.tell(&sid, "ringing");
        sid
    }

    /// Tells what happens to a call, where that is wanted.
    pub(crate) fn tell(&mut self, sid: &str, event: &str) {
        let (now, timestamp) = (self.now, self.timestamp());
        let account = self.account.sid.clone();
        let Some(leg) = self.legs.get_mut(sid) else { return };
        let sequence = leg.sequence;
        leg.sequence += 1;
        let Some(told) = leg.told.clone().filter(|told| told.events.iter().any(|wanted| wanted == event)) else {
            return;
        };
        let mut said = leg.fields(&account);
        if event == "initiated" {
            said.iter_mut().filter(|(name, _)| name == "CallStatus").for_each(|(_, status)| *status = event.to_owned());
        }
        said.extend(fields([
            ("SequenceNumber", &sequence.to_string()),
            ("Timestamp", &timestamp),
            ("CallbackSource", "call-progress-events"),
        ]));
        if leg.status.is_over() {
            said.extend(fields([("CallDuration", &leg.seconds(now).to_string())]));
        }
        said.extend(leg.error.iter().map(|code| ("ErrorCode".to_owned(), code.to_string())));
        self.post(told.url, said, AnswerIs::Nothing);
    }

    /// Asks what a call is to do next.
    pub(crate) fn ask(&mut self, sid: &str, url: Url, more: Fields) {
        let Some(leg) = self.legs.get_mut(sid) else { return };
        leg.revision += 1;
        leg.place = Place::Nowhere;
        let answer = AnswerIs::Followed { leg: sid.to_owned(), revision: leg.revision };
        let said = self.said_of(sid, more);
        self.post(url, said, answer);
    }

    /// The same, of a number that has another address if nothing comes from the first.
    pub(crate) fn ask_first(&mut self, sid: &str, url: Url, fallback: Option<Url>) {
        self.ask(sid, url, Vec::new());
        if let Some(Errand { fallback: place, .. }) = self.errands.back_mut() {
            *place = fallback;
        }
    }

    /// What a webhook of a call tells.
    pub(crate) fn said_of(&self, sid: &str, more: Fields) -> Fields {
        let told = self.legs.get(sid).map(|leg| leg.fields(&self.account.sid)).unwrap_or_default();
        told.into_iter().chain(more).collect()
    }
}
