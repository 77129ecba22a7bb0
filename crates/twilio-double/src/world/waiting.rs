//! Queues.

use super::document::Element;
use super::{AnswerIs, Place, Source, Status, World, fields};

impl World {
    pub(super) fn enqueue(&mut self, sid: &str, enqueue: Element) {
        let Some(leg) = self.living(sid) else { return };
        let waiting = enqueue.url("waitUrl", leg.base.as_ref());
        leg.place = Place::Queued(enqueue.clone());
        let answer = AnswerIs::Waiting { leg: sid.to_owned(), revision: leg.revision };
        if let Some(url) = waiting {
            let more = fields([("QueueTime", "0"), ("QueuePosition", "1"), ("CurrentQueueSize", "1")]);
            self.post(url, self.said_of(sid, more), answer);
        }
    }

    /// A call waits no longer: whoever wants to know is told why, and says what comes next.
    pub(super) fn leaves_queue(&mut self, sid: &str, enqueue: &Element, result: &str) {
        let Some(leg) = self.legs.get_mut(sid) else { return };
        leg.place = Place::Nowhere;
        let base = leg.base.clone();
        match enqueue.url("action", base.as_ref()) {
            Some(action) => self.ask(sid, action, fields([("QueueResult", result), ("QueueTime", "0")])),
            None => self.advance(sid),
        }
    }

    /// Talks with whoever waits longest.
    pub(super) fn fetch_from_queue(&mut self, sid: &str, dial: Element, queue: &Element) {
        let waits = |place: &Place| matches!(place, Place::Queued(enqueue) if enqueue.text == queue.text);
        let first = self.legs.values().find(|leg| waits(&leg.place)).map(|leg| leg.sid.clone());
        let Some(first) = first else {
            // Nobody waits there.
            return self.end(sid, Status::Completed);
        };
        let base = self.leg(sid).and_then(|leg| leg.base.clone());
        let place = Place::Dialling { dial, legs: vec![first.clone()], talks_with: None, since: self.now };
        self.waits_in(sid, place);
        if let Some(leg) = self.living(&first)
            && let Place::Queued(enqueue) = std::mem::take(&mut leg.place)
        {
            // What comes after the talk is what comes after the queue.
            leg.then = enqueue.url("action", leg.base.as_ref()).map(Source::At);
            leg.revision += 1;
        }
        match queue.url("url", base.as_ref()) {
            Some(url) => self.ask(&first, url, Vec::new()),
            None => self.bridge(sid, &first),
        }
    }

    /// A call that waited has talked.
    pub(super) fn comes_from_queue(&mut self, sid: &str) {
        let Some(leg) = self.living(sid) else { return };
        leg.place = Place::Nowhere;
        match leg.then.take() {
            Some(Source::At(action)) => self.ask(sid, action, fields([("QueueResult", "bridged")])),
            _ => self.advance(sid),
        }
    }
}
