use serde::{Deserialize, Serialize};

use super::{Bound, Charge, Destination, Party, Via};
use crate::charging::Granted;
use crate::time::Instant;

/// The longest time before the end of what is granted at which more is asked for, in milliseconds: long enough that the call outlives a
/// database that is away for a moment. Where a grant lasts less long it is a third of that.
const EXTEND_BEFORE: i64 = 20_000;
/// Where no more is to be had it is asked once again so long before the end, in milliseconds: money may have come meanwhile.
const LAST_ASKED_BEFORE: i64 = 2000;
/// How long it is waited before it is asked again where nothing more was granted, in milliseconds.
const ASKED_AGAIN_AFTER: i64 = 1000;

/// A charged part of a call: the caller's own, or that of a line which sends the call on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Who pays.
    pub payer: Party,
    /// Where it leads.
    pub destination: Destination,
    /// Whether it comes from outside: nobody pays, and it is the called line's.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) comes_in: bool,
    /// Which of its ways is tried.
    #[serde(default)]
    pub(super) way: usize,
    /// What is granted; none before charging has answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted: Option<Granted>,
    /// Whether more was asked for, and the answer is still to come.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) extending: bool,
    /// How long the last grant that brought more was to last from then on, in seconds.
    #[serde(default, alias = "grown_by")]
    pub(super) lasts: i64,
    /// Before when it is not asked for more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) not_before: Option<Instant>,
    /// Whether it is not asked for more: charging has refused it, or said twice that this is all.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) is_all: bool,
    /// The second after the answer up to which the payer was warned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) warned_at: Option<i64>,
    /// Whether charging has closed it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) settled: bool,
}

impl Part {
    pub(super) fn new(payer: Party, destination: Destination) -> Part {
        Part {
            payer,
            destination,
            comes_in: false,
            way: 0,
            granted: None,
            extending: false,
            lasts: 0,
            not_before: None,
            is_all: false,
            warned_at: None,
            settled: false,
        }
    }

    /// The way to a number outside that is tried now.
    #[must_use]
    pub fn via(&self) -> Option<&Via> {
        self.destination.ways.get(self.way)
    }

    pub(super) fn authorize(&self, from: &str) -> Charge {
        let Destination { number, agent, free, ways, .. } = &self.destination;
        let bound = match self.comes_in {
            true => Bound::In,
            false if ways.is_empty() => Bound::Inside,
            false => Bound::Out,
        };
        let (payer, to, agent, free) = (self.payer.clone(), number.clone(), agent.clone(), *free);
        let from = from.to_owned();
        Charge::Authorize { payer, from, to, agent, free, bound }
    }

    /// The same of a call back, on record as one of the group's with who has called it: neither the agent's number is told, nor more of who has
    /// called than the group keeps.
    pub(super) fn authorize_back(&self, shown: &str, caller: &str) -> Charge {
        let (payer, from, to) = (self.payer.clone(), shown.to_owned(), caller.to_owned());
        Charge::Authorize { payer, from, to, agent: None, free: false, bound: Bound::Back }
    }

    /// What is granted, first or anew, to a call that was answered then, if it is; says whether it may last longer than was known to be its end.
    pub(super) fn grant(&mut self, granted: &Granted, answered_at: Option<Instant>, now: Instant) -> bool {
        let before = self.granted.as_ref();
        let seconds = |granted: &Granted| granted.seconds.unwrap_or(i64::MAX);
        let more = seconds(granted).saturating_sub(before.map_or(0, seconds));
        let was_end = before.and_then(Granted::must_end_at_seconds);
        let lengthened = was_end.is_some_and(|end| granted.reaches_seconds.is_none_or(|reaches| reaches > end));
        let answers = std::mem::take(&mut self.extending);
        if more > 0 {
            let gone = answered_at.map_or(0, |at| now.millis_since(at).div_euclid(1000));
            (self.lasts, self.not_before, self.is_all) = (seconds(granted).saturating_sub(gone), None, false);
        } else if answers {
            self.not_before = Some(Instant::clamped(now.millis() + ASKED_AGAIN_AFTER));
            self.is_all = granted.must_end_at_seconds().is_some();
        }
        if lengthened {
            self.warned_at = None;
        }
        self.granted = Some(granted.clone());
        lengthened
    }

    /// The end of what is granted, of a call that was answered then; none without a limit.
    pub(super) fn granted_until(&self, answered_at: Instant) -> Option<Instant> {
        let seconds = self.granted.as_ref()?.seconds?;
        Some(after(answered_at, seconds))
    }

    /// When more is to be asked for; never, where it is asked for already, or that would be in vain.
    pub(super) fn extend_at(&self, answered_at: Instant) -> Option<Instant> {
        let until = self.granted_until(answered_at).filter(|_| !self.extending && !self.is_all)?;
        let before = match self.granted.as_ref().and_then(Granted::must_end_at_seconds) {
            Some(_) => LAST_ASKED_BEFORE,
            None => EXTEND_BEFORE.min(self.lasts.max(0).saturating_mul(1000) / 3),
        };
        let at = Instant::clamped(until.millis().saturating_sub(before));
        Some(self.not_before.map_or(at, |not_before| at.max(not_before)))
    }

    /// The seconds after the answer of the next warning, and of the end that it warns of.
    pub(super) fn warning(&self) -> Option<(i64, i64)> {
        let granted = self.granted.as_ref()?;
        let told = |second: &&i64| self.warned_at.is_some_and(|warned_at| **second <= warned_at);
        let second = granted.warn_at_seconds.iter().filter(|second| !told(second)).min()?;
        Some((*second, granted.reaches_seconds?))
    }

    /// When something is due for it, of a call that was answered then.
    pub(super) fn wakes_at(&self, answered_at: Instant) -> Option<Instant> {
        let warning = self.warning().map(|(second, _)| after(answered_at, second));
        [self.granted_until(answered_at), self.extend_at(answered_at), warning].into_iter().flatten().min()
    }
}

/// So many seconds after an instant.
pub(super) fn after(instant: Instant, seconds: i64) -> Instant {
    Instant::clamped(instant.millis().saturating_add(seconds.saturating_mul(1000)))
}
