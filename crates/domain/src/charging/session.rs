use serde::{Deserialize, Serialize};

use super::{FreeTaken, Settings, Spend};
use crate::money::Amount;
use crate::time::Instant;

/// How the payer pays, frozen when the session is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// From the balance: seconds that were not granted are not charged.
    Prepaid,
    /// By invoice, up to the credit limit: all seconds are charged.
    Postpaid,
}

/// Whether the switch can still move the second at which it ends the call once the call runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CutOff {
    /// It can: seconds are granted by slices.
    Movable,
    /// It cannot: all that the money reaches for is granted at the start.
    Fixed,
}

/// A call that is charged while it runs. It is stored with its call, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// How the payer pays.
    pub mode: Mode,
    /// Whether the switch can move the end.
    pub cut_off: CutOff,
    /// When it was opened.
    pub opened_at: Instant,
    /// From when on it can't be answered any more; never, for an emergency or service number.
    pub lapses_at: Option<Instant>,
    /// How far it is.
    pub stage: Stage,
    /// The money set aside: what settling would charge at the last granted second. Never negative; zero once it has ended.
    pub held: Amount,
    /// The free seconds set aside.
    #[serde(default, skip_serializing_if = "FreeTaken::is_none")]
    pub free_held: FreeTaken,
    /// What the switch was told last.
    pub granted: Granted,
}

/// How far a session is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It waits for the answer.
    Pending,
    /// The call runs.
    Answered {
        /// When it was answered.
        answered_at: Instant,
    },
    /// It is over.
    Ended(End),
}

/// How a session ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// Why.
    pub cause: EndCause,
    /// When the call was answered, if it was.
    pub answered_at: Option<Instant>,
    /// When it ended.
    pub ended_at: Instant,
    /// What was charged, by pot.
    pub charged: Spend,
    /// The free seconds that were used.
    #[serde(default, skip_serializing_if = "FreeTaken::is_none")]
    pub free_used: FreeTaken,
    /// Real seconds beyond the granted ones.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub overrun_seconds: i64,
    /// What a late correction could not charge, since it was not there.
    #[serde(default, skip_serializing_if = "no_amount")]
    pub uncollected: Amount,
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndCause {
    /// The call ended, and its end was told.
    Settled,
    /// The switch gave it up before it was answered.
    Released,
    /// It was not answered in time.
    Lapsed,
    /// Its proof of life stopped.
    Lost,
}

/// What the switch is told: how long the call may last, in seconds after its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Granted {
    /// The last second that is held for; `None` without any limit, for an emergency or service number.
    pub seconds: Option<i64>,
    /// The last second that could be held for, as things stand; the same as `seconds` if no more can be held.
    pub reaches_seconds: Option<i64>,
    /// The seconds at which the payer is to be warned of that end, those that are not past.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warn_at_seconds: Vec<i64>,
}

/// What is mostly so is not written down. (Serde passes what it looks at by reference.)
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(seconds: &i64) -> bool {
    *seconds == 0
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn no_amount(amount: &Amount) -> bool {
    amount.is_zero()
}

impl Granted {
    /// Nothing limits the call.
    pub(super) fn without_limit() -> Granted {
        Granted { seconds: None, reaches_seconds: None, warn_at_seconds: Vec::new() }
    }

    pub(super) fn new(seconds: i64, reaches: i64, elapsed: i64, settings: &Settings) -> Granted {
        let warnings = settings.warn_before_seconds.iter().map(|before| reaches - before);
        Granted {
            seconds: Some(seconds),
            reaches_seconds: Some(reaches),
            warn_at_seconds: warnings.filter(|second| *second >= elapsed.max(0)).collect(),
        }
    }

    /// The exact second after the answer at which the call must end, where no more can be held.
    #[must_use]
    pub fn must_end_at_seconds(&self) -> Option<i64> {
        self.seconds.filter(|_| self.seconds == self.reaches_seconds)
    }
}

impl Session {
    /// When the call was answered, if it was.
    #[must_use]
    pub fn answered_at(&self) -> Option<Instant> {
        match &self.stage {
            Stage::Pending => None,
            Stage::Answered { answered_at } => Some(*answered_at),
            Stage::Ended(end) => end.answered_at,
        }
    }

    /// When the granted seconds are over; none before the answer, and where they never are.
    #[must_use]
    pub fn granted_until(&self) -> Option<Instant> {
        let millis = self.granted.seconds?.saturating_mul(1000);
        self.answered_at().map(|answered_at| Instant::clamped(answered_at.millis().saturating_add(millis)))
    }

    /// The session without what tells how much money the payer has.
    #[must_use]
    pub fn without_money(self) -> Session {
        let stage = match self.stage {
            Stage::Ended(end) => Stage::Ended(End { uncollected: Amount::ZERO, ..end }),
            stage => stage,
        };
        Session { stage, held: Amount::ZERO, granted: Granted::without_limit(), ..self }
    }

    /// Whether an answer at this instant comes too late.
    pub(super) fn has_lapsed_at(&self, at: Instant) -> bool {
        self.lapses_at.is_some_and(|lapses_at| at >= lapses_at)
    }

    /// The session, over, with nothing held.
    pub(super) fn ended(&self, end: End) -> Session {
        Session { stage: Stage::Ended(end), held: Amount::ZERO, free_held: FreeTaken::default(), ..self.clone() }
    }
}

impl End {
    /// An end without a charge.
    pub(super) fn at_zero(cause: EndCause, ended_at: Instant) -> End {
        End {
            cause,
            answered_at: None,
            ended_at,
            charged: Spend::NONE,
            free_used: FreeTaken::default(),
            overrun_seconds: 0,
            uncollected: Amount::ZERO,
        }
    }
}
