//! Charging a call while it runs: a session holds money for the seconds that it grants, second by second of the one rating
//! function, and ends in one charge.
//!
//! `authorize` opens a pending session, `answer` starts its seconds, `extend` grants more of them, `settle` charges the real
//! duration. `expire`, `release` and `lose` end sessions that go no further; a true end that comes after that is settled as a
//! difference. Each is a function of the session, what the payer has, and `now`, to a new session and its [`Effect`] on the
//! payer's account, or to a refusal with its figures, which changes nothing.
//!
//! What is held is always what settling would charge at the last granted second. So a prepaid call never costs more than was
//! held for it, and two calls at once never hold more than there is.

mod authorize;
mod close;
mod effect;
mod free;
mod pots;
mod refusal;
mod run;
mod session;
mod settle;
mod talk_time;

pub use authorize::{Opening, authorize};
pub use close::{expire, release};
pub use effect::{Effect, FreeChange, FreeSource};
pub use free::{FreeSeconds, FreeTaken};
pub use pots::{Pots, Spend};
pub use refusal::{AnswerRefused, AuthorizeRefused, CloseRefused, ExtendRefused, SettleRefused};
pub use run::{answer, extend};
pub use session::{CutOff, End, EndCause, Granted, Mode, Session, Stage};
pub use settle::{Ending, Settled, charge_at, lose, settle};
pub use talk_time::{free_seconds, talk_time};

use crate::ledger::Account;
use crate::money::{Amount, Overflow};
use crate::rating::Terms;
use crate::time::Instant;

/// The tenant's settings for calls that are charged while they run. All are in seconds; those of 0 or less count as 1 where a
/// call could not start otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How much is granted at once, if the money reaches.
    pub slice_seconds: i64,
    /// How long a session may wait for its answer.
    pub pending_seconds: i64,
    /// The longest call.
    pub longest_call_seconds: i64,
    /// How long a call must be able to last to be let through.
    pub minimum_talk_seconds: i64,
    /// How long before its end the payer is warned, the earliest first.
    pub warn_before_seconds: [i64; 2],
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            slice_seconds: 60,
            pending_seconds: 120,
            longest_call_seconds: 4 * 3600,
            minimum_talk_seconds: 0,
            warn_before_seconds: [60, 30],
        }
    }
}

/// How far the clock of a switch may be from ours, in milliseconds: what it tells of so near a future is taken as it is.
const CLOCKS_APART_MILLIS: i64 = 2000;

/// An instant that a switch tells. What is before the opening of its session, but no further than clocks are apart, is the opening.
fn since_opening(told: Instant, opened_at: Instant) -> Instant {
    let before = opened_at.millis_since(told);
    if (1..=CLOCKS_APART_MILLIS).contains(&before) { opened_at } else { told }
}

/// Whether an instant that a switch tells is still to come.
fn is_to_come(told: Instant, now: Instant) -> bool {
    told.millis_since(now) > CLOCKS_APART_MILLIS
}

/// What a step decides by: the call's terms, and what its payer has at the moment.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The terms that were frozen when the session was opened.
    pub terms: Terms<'a>,
    /// The payer's account, with all holds, the session's own among them.
    pub account: Account,
    /// How much of the account's balance is promotional credit.
    pub promotional: Amount,
    /// The free seconds that no call holds.
    pub free: FreeSeconds<'a>,
    /// The most that the session may hold in all, whatever the account has; `None` where nothing but the account limits it.
    pub ceiling: Option<Amount>,
}

impl Facts<'_> {
    /// The two pots of the account's balance.
    ///
    /// # Errors
    /// An amount is beyond its range.
    pub fn pots(&self) -> Result<Pots, Overflow> {
        Pots::of(self.account.balance, self.promotional)
    }

    /// What a session that holds this much may hold in all; `None` where nothing limits it. A debt takes nothing of what is held.
    fn money_of(&self, held: Amount) -> Result<Option<Amount>, Overflow> {
        let money = match self.account.available()? {
            Some(available) => Some(held.plus(available.max(Amount::ZERO))?),
            None => None,
        };
        Ok(least(money, self.ceiling))
    }
}

/// The smaller of two amounts; `None` is more than any.
fn least(one: Option<Amount>, other: Option<Amount>) -> Option<Amount> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// What a step did that did not charge: the session after it, and its effect on the payer's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The session after the step.
    pub session: Session,
    /// What changes for the payer.
    pub effect: Effect,
}

impl Step {
    /// The step from one session to the next, where nothing is charged.
    fn between(before: &Session, after: Session) -> Result<Step, Overflow> {
        let effect = Effect::of_hold(before, &after)?;
        Ok(Step { session: after, effect })
    }
}
