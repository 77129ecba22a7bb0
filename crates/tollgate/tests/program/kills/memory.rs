//! What was asked, and what was acknowledged.

use std::collections::BTreeMap;

use serde_json::Value;

use super::company::{CONNECT_FEE, SECOND};
use super::wire::{Reply, Request};

/// What the switches know.
#[derive(Default)]
pub(super) struct Memory {
    /// The calls that were not refused, by origin.
    pub(super) calls: BTreeMap<String, Call>,
    /// By the request's key.
    pub(super) top_ups: BTreeMap<String, TopUp>,
    /// How many calls were refused for want of money.
    pub(super) refused: usize,
    /// What was acknowledged since it was last taken.
    pub(super) fresh: Vec<(Request, Reply)>,
}

/// A call.
#[derive(Debug, Clone)]
pub(super) struct Call {
    /// The place of who pays.
    pub(super) payer: usize,
    /// What was asked last, as long as it has no answer.
    pub(super) in_doubt: Option<Step>,
    pub(super) stage: Stage,
    /// The session's id; empty before it is known.
    pub(super) session: String,
    /// The seconds last granted.
    pub(super) granted_seconds: i64,
}

/// What is asked for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Authorize,
    Answer,
    Extend,
    /// With how long it lasted, in milliseconds.
    Settle(i64),
    Release,
}

/// How far a call has come, by what was acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Unknown,
    Pending,
    Answered,
    /// With what it cost, in millionths.
    Ended(i64),
}

/// A payment.
#[derive(Debug, Clone)]
pub(super) struct TopUp {
    pub(super) payer: usize,
    /// In millionths.
    pub(super) amount: i64,
    /// Its id, once it is acknowledged.
    pub(super) payment: Option<String>,
}

impl Call {
    pub(super) fn new(payer: usize) -> Self {
        Call {
            payer,
            in_doubt: Some(Step::Authorize),
            stage: Stage::Unknown,
            session: String::new(),
            granted_seconds: 0,
        }
    }

    /// Whether it may have ended without that being known.
    pub(super) fn may_have_ended(&self) -> bool {
        matches!(self.in_doubt, Some(Step::Settle(_) | Step::Release))
    }

    /// Whether it may be shown in this state.
    pub(super) fn may_be(&self, state: &str) -> bool {
        match (self.stage, state) {
            (Stage::Unknown | Stage::Pending, "pending") | (Stage::Answered, "answered") => true,
            (Stage::Pending, "answered") => self.in_doubt == Some(Step::Answer),
            _ => false,
        }
    }

    /// Takes an acknowledgement of what is in doubt.
    fn acknowledged(&mut self, is_prepaid: bool, body: &Value) {
        match self.in_doubt.take() {
            Some(Step::Authorize) => {
                self.stage = Stage::Pending;
                body["id"].as_str().unwrap().clone_into(&mut self.session);
            }
            Some(Step::Answer) => self.stage = Stage::Answered,
            Some(Step::Settle(millis)) => self.stage = Stage::Ended(self.charge(is_prepaid, millis, body)),
            Some(Step::Release) => {
                assert_eq!(body["charged"], "0.00", "{self:?}: {body}");
                self.stage = Stage::Ended(0);
            }
            Some(Step::Extend) | None => {}
        }
        assert_eq!(body["id"], self.session.as_str(), "{self:?}: {body}");
        if let Some(granted) = body["granted_seconds"].as_i64() {
            self.granted_seconds = granted;
        }
    }

    /// What the call was charged; it is to be what its seconds cost, less those that a prepaid customer was not granted.
    fn charge(&self, is_prepaid: bool, millis: i64, body: &Value) -> i64 {
        let seconds = (millis + 999) / 1000;
        let overrun = body["overrun_seconds"].as_i64().unwrap();
        assert!((0..=(seconds - self.granted_seconds).max(0)).contains(&overrun), "{self:?}, {millis} ms: {body}");
        let charged_seconds = if is_prepaid { seconds - overrun } else { seconds };
        let charged = millionths(&body["charged"]);
        let expected = if millis > 0 { CONNECT_FEE + charged_seconds * SECOND } else { 0 };
        assert_eq!(charged, expected, "{self:?}, {millis} ms: {body}");
        charged
    }
}

impl Memory {
    /// Notes that a step of a call was acknowledged.
    pub(super) fn acknowledge(&mut self, (origin, is_prepaid): (&str, bool), request: Request, reply: &Reply) {
        self.calls.get_mut(origin).unwrap().acknowledged(is_prepaid, &reply.body);
        self.fresh.push((request, reply.clone()));
    }

    /// Notes that a call was refused: it has left nothing.
    pub(super) fn refuse(&mut self, origin: &str) {
        self.calls.remove(origin);
        self.refused += 1;
    }

    /// Notes that a payment was acknowledged.
    pub(super) fn pay(&mut self, request: Request, reply: &Reply) {
        let top_up = self.top_ups.get_mut(request.key.as_deref().unwrap()).unwrap();
        assert_eq!(millionths(&reply.body["amount"]), top_up.amount, "{request:?}: {reply:?}");
        top_up.payment = Some(reply.body["id"].as_str().unwrap().to_owned());
        self.fresh.push((request, reply.clone()));
    }
}

/// An amount of an answer.
pub(super) fn millionths(amount: &Value) -> i64 {
    domain::money::Amount::parse(amount.as_str().unwrap()).unwrap().micros()
}
