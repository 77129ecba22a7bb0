use serde::{Deserialize, Serialize};

use super::{Charge, Destination, Party};
use crate::charging::Granted;
use crate::time::Instant;

/// How long before the end of what is granted more is asked for, in seconds: long enough that the call outlives a database that is
/// away for a moment.
const EXTEND_BEFORE_SECONDS: i64 = 20;

/// A charged part of a call: the caller's own, or that of a line which sends the call on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Who pays.
    pub payer: Party,
    /// Where it leads.
    pub destination: Destination,
    /// What is granted; none before charging has answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted: Option<Granted>,
    /// Whether more was asked for, and the answer is still to come.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) extending: bool,
    /// The second after the answer up to which the payer was warned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) warned_at: Option<i64>,
    /// Whether charging has closed it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) settled: bool,
}

impl Part {
    pub(super) fn new(payer: Party, destination: Destination) -> Part {
        Part { payer, destination, granted: None, extending: false, warned_at: None, settled: false }
    }

    pub(super) fn authorize(&self) -> Charge {
        let Destination { number, free, .. } = &self.destination;
        Charge::Authorize { payer: self.payer.clone(), to: number.clone(), free: *free }
    }

    /// What is granted, first or anew.
    pub(super) fn grant(&mut self, granted: &Granted) {
        self.extending = false;
        if self.granted.as_ref() != Some(granted) {
            self.granted = Some(granted.clone());
        }
    }

    /// The end of what is granted, of a call that was answered then; none without a limit.
    pub(super) fn granted_until(&self, answered_at: Instant) -> Option<Instant> {
        let seconds = self.granted.as_ref()?.seconds?;
        Some(after(answered_at, seconds))
    }

    /// When more is to be asked for; never, where there is no more or it is asked for already.
    pub(super) fn extend_at(&self, answered_at: Instant) -> Option<Instant> {
        let granted = self.granted.as_ref().filter(|granted| granted.must_end_at_seconds().is_none())?;
        let seconds = granted.seconds.filter(|_| !self.extending)?;
        Some(after(answered_at, (seconds - EXTEND_BEFORE_SECONDS).max(seconds / 2)))
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
