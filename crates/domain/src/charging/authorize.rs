use super::free::Pool;
use super::{AuthorizeRefused, CutOff, Effect, Facts, FreeTaken, Granted, Mode, Session, Settings, Stage, Step, least};
use crate::money::{Amount, Overflow};
use crate::rating::{PriceSource, Prospect, answers_in_reach};
use crate::time::Instant;

/// What opens a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// How the payer pays.
    pub mode: Mode,
    /// Whether the switch can move the end of the call.
    pub cut_off: CutOff,
}

/// Opens a pending session: money is held for a first slice, or for all that the money reaches where the cut-off is fixed. While
/// it rings, the hold is for the dearest answer before the session lapses. An emergency or service number is never refused, holds
/// nothing and has no limit.
///
/// The line's state, the limits of its calls and the balance's currency are the caller's to check.
///
/// # Errors
/// The money, or what the session may hold of it, does not cover the start of the call and the tenant's shortest talk; or an amount
/// is beyond its range.
pub fn authorize(
    opening: Opening,
    facts: &Facts<'_>,
    settings: &Settings,
    now: Instant,
) -> Result<Step, AuthorizeRefused> {
    let unheld = Session {
        mode: opening.mode,
        cut_off: opening.cut_off,
        opened_at: now,
        lapses_at: None,
        stage: Stage::Pending,
        held: Amount::ZERO,
        free_held: FreeTaken::default(),
        granted: Granted::without_limit(),
    };
    if facts.terms.is_free() {
        return Ok(Step { session: unheld, effect: Effect::default() });
    }
    let lapses_at = Instant::clamped(now.millis().saturating_add(settings.pending_seconds.max(1).saturating_mul(1000)));
    let longest_call = settings.longest_call_seconds.max(1);
    let reach = match opening.cut_off {
        CutOff::Fixed => longest_call,
        // A first increment that is longer adds no other price.
        CutOff::Movable => settings.slice_seconds.max(settings.minimum_talk_seconds).max(1),
    };
    let pools = pools(facts, now, lapses_at, reach);
    let ringing = Ringing { answers: pools.iter().map(|(at, pool)| pool.prospect(&facts.terms, *at)).collect() };
    let available = facts.account.available()?;
    let required = ringing.required(settings.minimum_talk_seconds.min(longest_call))?;
    if let Some(available) = available
        && available < required
    {
        return Err(AuthorizeRefused::InsufficientBalance { available, required });
    }
    if let Some(ceiling) = facts.ceiling
        && ceiling < required
    {
        return Err(AuthorizeRefused::AboveCeiling { ceiling, required });
    }
    let available = least(available, facts.ceiling);
    let wanted = match opening.cut_off {
        CutOff::Fixed => longest_call,
        CutOff::Movable => settings.slice_seconds.max(ringing.first_increment()).clamp(1, longest_call),
    };
    let seconds = ringing.longest(available, wanted)?;
    let reaches = match opening.cut_off {
        CutOff::Fixed => seconds,
        // Answered now; it is told again at the answer.
        CutOff::Movable => ringing.answered_now(available, longest_call)?.max(seconds),
    };
    let session = Session {
        lapses_at: Some(lapses_at),
        held: ringing.total_at(seconds)?,
        free_held: ringing.free_among_first(seconds),
        granted: Granted::new(seconds, reaches, 0, settings),
        ..unheld.clone()
    };
    Ok(Step::between(&unheld, session)?)
}

/// The answers that matter, with the free seconds that each would have: another window may be in force, or a grant serve no more.
fn pools(facts: &Facts<'_>, now: Instant, lapses_at: Instant, reach: i64) -> Vec<(Instant, Pool)> {
    let mut answers = answers_in_reach(&facts.terms, now, lapses_at, reach);
    if facts.terms.source() == PriceSource::Agent {
        let grants = facts.free.grants.iter();
        let changes = grants.flat_map(|grant| grant.expires_at.into_iter().chain([grant.granted_at]));
        answers.extend(changes.filter(|at| *at > now && *at < lapses_at));
    }
    let none = FreeTaken::default();
    answers.into_iter().map(|at| (at, Pool::with_spare(&facts.free, &none, at))).collect()
}

/// A call that may be answered at any of several instants, of which the first is the earliest: each figure is that of the dearest.
struct Ringing<'a> {
    answers: Vec<Prospect<'a>>,
}

impl Ringing<'_> {
    fn dearest(&self, figure: impl Fn(&Prospect<'_>) -> Result<Amount, Overflow>) -> Result<Amount, Overflow> {
        self.answers.iter().try_fold(Amount::ZERO, |dearest, answer| Ok(dearest.max(figure(answer)?)))
    }

    /// What must be there for the start of the call, and to talk for so many seconds, if its maximum charge does not end it before.
    fn required(&self, talk_seconds: i64) -> Result<Amount, Overflow> {
        self.dearest(|answer| {
            let start = answer.required()?;
            if talk_seconds <= 0 {
                return Ok(start);
            }
            let talk = answer.longest(None, talk_seconds)?.unwrap_or(talk_seconds);
            Ok(start.max(answer.total_at(talk)?))
        })
    }

    /// The first increment, where the call has no free seconds.
    fn first_increment(&self) -> i64 {
        let paid = self.answers.iter().filter(|answer| answer.free_seconds() == 0);
        paid.map(Prospect::first_seconds).max().unwrap_or(0)
    }

    /// How many of the seconds wanted the money buys, whenever the call is answered.
    fn longest(&self, money: Option<Amount>, wanted: i64) -> Result<i64, Overflow> {
        self.answers.iter().try_fold(wanted, |longest, answer| Ok(longest.min(reach(answer, money, wanted)?)))
    }

    fn answered_now(&self, money: Option<Amount>, wanted: i64) -> Result<i64, Overflow> {
        self.answers.first().map_or(Ok(wanted), |answer| reach(answer, money, wanted))
    }

    fn total_at(&self, seconds: i64) -> Result<Amount, Overflow> {
        self.dearest(|answer| answer.total_at(seconds))
    }

    fn free_among_first(&self, seconds: i64) -> FreeTaken {
        let taken = self.answers.iter().map(|answer| FreeTaken::among_first(seconds, answer));
        taken.reduce(FreeTaken::or).unwrap_or_default()
    }
}

/// How long the call may last, of the seconds wanted.
pub(super) fn reach(prospect: &Prospect<'_>, money: Option<Amount>, wanted: i64) -> Result<i64, Overflow> {
    Ok(prospect.longest(money, wanted)?.map_or(wanted, |longest| longest.min(wanted)))
}
