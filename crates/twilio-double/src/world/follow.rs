//! Documents are followed, verb by verb.

use std::collections::VecDeque;

use url::Url;

use super::document::{Element, read, resolved};
use super::{Fields, Place, Source, Status, World, fields};

/// Whether a call goes on to the next verb.
#[derive(PartialEq, Eq)]
enum Flow {
    Goes,
    Waits,
}

impl World {
    /// A document has come for a call.
    pub(crate) fn follow(&mut self, sid: &str, steps: VecDeque<Element>, base: Option<Url>) {
        let is_screened = self.dialler_of(sid).is_some();
        if is_screened && steps.iter().any(|step| step.name == "Dial") {
            self.fault("13221: a document for screening has a <Dial>");
        }
        let Some(leg) = self.living(sid) else { return };
        (leg.steps, leg.base, leg.place) = (steps, base, Place::Nowhere);
        self.advance(sid);
    }

    /// A call is to do something else.
    pub(crate) fn go_on(&mut self, sid: &str, source: Source) {
        match source {
            Source::At(url) => self.ask(sid, url, Vec::new()),
            Source::Here(steps) => self.follow(sid, steps, None),
        }
    }

    /// No document has come.
    pub(crate) fn gives_up(&mut self, sid: &str, fault: String) {
        self.fault(fault);
        if let Some(leg) = self.living(sid) {
            leg.heard.push("We are sorry, an application error has occurred. Goodbye.".to_owned());
        }
        self.end(sid, Status::Completed);
    }

    /// Follows what is left, until it has to wait.
    pub(crate) fn advance(&mut self, sid: &str) {
        loop {
            let Some(leg) = self.living(sid) else { return };
            let Some(step) = leg.steps.pop_front() else { return self.document_is_over(sid) };
            if step.name != "Reject" {
                self.pick_up(sid, &step);
            }
            if self.step(sid, step) == Flow::Waits {
                return;
            }
        }
    }

    /// Whoever called hears something: the call is answered, unless it is only put through.
    fn pick_up(&mut self, sid: &str, step: &Element) {
        if step.name == "Dial" && step.flag("answerOnBridge", false) {
            return;
        }
        self.is_answered(sid);
    }

    pub(crate) fn is_answered(&mut self, sid: &str) {
        let now = self.now;
        let Some(leg) = self.living(sid).filter(|leg| leg.answered_at.is_none()) else { return };
        (leg.status, leg.answered_at, leg.ring_until) = (Status::InProgress, Some(now), None);
        self.tell(sid, "answered");
    }

    fn step(&mut self, sid: &str, step: Element) -> Flow {
        match step.name.as_str() {
            "Say" | "Play" => self.hears(sid, &step),
            "Pause" => {}
            "Redirect" => match resolved(&step.text, self.leg(sid).and_then(|leg| leg.base.as_ref())) {
                Some(url) => {
                    self.ask(sid, url, Vec::new());
                    return Flow::Waits;
                }
                None => self.fault(format!("11100: <Redirect> leads nowhere: {}", step.text)),
            },
            "Hangup" => self.end(sid, Status::Completed),
            "Reject" => {
                let is_busy = step.attribute("reason") == Some("busy");
                self.end(sid, if is_busy { Status::Busy } else { Status::NoAnswer });
            }
            "Gather" => {
                step.children.iter().for_each(|prompt| self.hears(sid, prompt));
                self.waits_in(sid, Place::Gathering(step));
                return Flow::Waits;
            }
            "Record" => {
                if step.attribute("action").is_none() {
                    self.fault("a <Record> without an action records for ever");
                }
                self.waits_in(sid, Place::Recording(step));
                return Flow::Waits;
            }
            "Dial" => {
                self.dial(sid, step);
                return Flow::Waits;
            }
            "Enqueue" => {
                self.enqueue(sid, step);
                return Flow::Waits;
            }
            other => self.fault(format!("12200: <{other}> means nothing here")),
        }
        Flow::Goes
    }

    pub(crate) fn waits_in(&mut self, sid: &str, place: Place) {
        if let Some(leg) = self.living(sid) {
            leg.place = place;
        }
    }

    pub(crate) fn hears(&mut self, sid: &str, step: &Element) {
        if step.name == "Say" && step.text.is_empty() {
            self.fault("13520: <Say> says nothing");
        }
        if let Some(leg) = self.living(sid).filter(|_| step.name != "Pause") {
            leg.heard.push(step.text.clone());
        }
    }

    /// Whoever was asked first is put through now; anybody else has nothing more to do.
    fn document_is_over(&mut self, sid: &str) {
        match self.dialler_of(sid) {
            Some(dialler) => self.bridge(&dialler, sid),
            None => self.end(sid, Status::Completed),
        }
    }

    /// Keys are pressed.
    pub(crate) fn presses(&mut self, sid: &str, keys: &str) {
        let Some(leg) = self.living(sid) else { return };
        match leg.place.clone() {
            Place::Gathering(gather) => {
                let ends = gather.attribute("finishOnKey").unwrap_or("#");
                let most = gather.number("numDigits").and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
                let digits: String = keys.chars().take_while(|key| !ends.contains(*key)).take(most).collect();
                self.gathered(sid, &gather, &digits);
            }
            Place::Dialling { dial, talks_with: Some(other), .. }
                if keys.contains('*') && dial.flag("hangupOnStar", false) =>
            {
                self.end(&other, Status::Completed);
            }
            _ => {}
        }
    }

    fn gathered(&mut self, sid: &str, gather: &Element, digits: &str) {
        let Some(leg) = self.living(sid) else { return };
        let action = gather.url("action", leg.base.as_ref()).or_else(|| leg.base.clone());
        let is_told = !digits.is_empty() || gather.flag("actionOnEmptyResult", false);
        match action.filter(|_| is_told) {
            Some(action) => self.ask(sid, action, fields([("Digits", digits), ("msg", "Gather End")])),
            None => self.advance(sid),
        }
    }

    /// Nothing is pressed or said for as long as that is waited for.
    pub(crate) fn is_silent(&mut self, sid: &str) {
        let Some(leg) = self.living(sid) else { return };
        match leg.place.clone() {
            Place::Gathering(gather) => self.gathered(sid, &gather, ""),
            Place::Recording(record) => self.is_not_recorded(sid, &record),
            _ => {}
        }
    }

    /// A call is over, and with it what it has caused.
    pub(crate) fn end(&mut self, sid: &str, status: Status) {
        let (now, dialler) = (self.now, self.dialler_of(sid));
        let Some(leg) = self.living(sid) else { return };
        (leg.status, leg.ended_at) = (status, Some(now));
        leg.revision += 1;
        leg.steps.clear();
        let place = leg.place.clone();
        self.tell(sid, "completed");
        match place {
            Place::Dialling { .. } => self.dial_is_over(sid),
            Place::Room(..) => self.leave_room(sid),
            Place::Queued(enqueue) => self.leaves_queue(sid, &enqueue, "hangup"),
            Place::Recording(record) => self.is_not_recorded(sid, &record),
            Place::Nowhere | Place::Gathering(_) | Place::Joined => {}
        }
        if let Some(dialler) = dialler {
            self.dialled_is_over(&dialler);
        }
    }

    /// A call is taken out of what it is in, to do something else: nobody is asked what comes after that.
    pub(crate) fn redirect(&mut self, sid: &str, source: Source) {
        let Some(leg) = self.living(sid) else { return };
        leg.steps.clear();
        leg.revision += 1;
        match leg.place.clone() {
            Place::Room(..) => drop(self.goes_out(sid)),
            Place::Dialling { legs, .. } => {
                leg.place = Place::Nowhere;
                legs.iter().for_each(|leg| self.let_go(leg));
            }
            _ => {}
        }
        self.go_on(sid, source);
    }

    /// A document that somebody hears who waits.
    pub(crate) fn hears_meanwhile(&mut self, sid: &str, steps: &VecDeque<Element>) {
        for step in steps {
            match step.name.as_str() {
                "Say" | "Play" => self.hears(sid, step),
                "Hangup" => self.end(sid, Status::Completed),
                "Leave" => {
                    let Some(Place::Queued(enqueue)) = self.leg(sid).map(|leg| leg.place.clone()) else { return };
                    self.leaves_queue(sid, &enqueue, "leave");
                }
                // It would be asked for again and again.
                "Pause" | "Redirect" => {}
                other => self.fault(format!("12200: <{other}> means nothing to whoever waits")),
            }
        }
    }

    /// What a call is told to do, from a document in a request.
    pub(crate) fn source(url: Option<&str>, twiml: Option<&str>) -> Result<Option<Source>, String> {
        match (url, twiml) {
            (Some(url), _) => resolved(url, None).map(|url| Some(Source::At(url))).ok_or_else(|| url.to_owned()),
            (None, Some(twiml)) => read(twiml).map(|steps| Some(Source::Here(steps))),
            (None, None) => Ok(None),
        }
    }
}

/// The fields of an outcome, without those that are not there.
pub(super) fn told<const N: usize>(pairs: [(&str, Option<String>); N]) -> Fields {
    pairs.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}
