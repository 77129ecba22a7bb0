use super::free::Pool;
use super::run::begun;
use super::{
    Effect, End, EndCause, Facts, FreeTaken, Mode, Session, SettleRefused, Spend, Stage, Step, is_to_come,
    since_opening,
};
use crate::allowance::Allowances;
use crate::money::{Amount, Overflow};
use crate::rating::{Charge, Talk, rate_call, seconds_begun};
use crate::time::Instant;

/// The end of a call, as the switch tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// When it was answered, where that is told; the session may not know it yet.
    pub answered_at: Option<Instant>,
    /// When it ended.
    pub ended_at: Instant,
}

/// A call that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The session, ended, with nothing held.
    pub session: Session,
    /// What changes for the payer: the hold is released; of a correction, the difference is charged or given back.
    pub effect: Effect,
    /// The charge with its explanation. After a correction its total is what was charged in all and what could not be collected.
    pub charge: Charge,
}

/// Ends a call: the real duration is charged, by the one rating function, and the hold released. It is accepted once, and also
/// late, also before the answer was told if it tells it. Without any answer nothing is charged.
///
/// Seconds beyond the granted ones are recorded; they are charged to postpaid payers only. After a session lapsed or was lost, the
/// difference is charged as far as there is money for it.
///
/// # Errors
/// The call was settled or released before, the instants are impossible, or an amount is beyond its range.
pub fn settle(session: &Session, ending: Ending, facts: &Facts<'_>, now: Instant) -> Result<Settled, SettleRefused> {
    let ending = Ending {
        answered_at: ending.answered_at.map(|at| since_opening(at, session.opened_at)),
        ended_at: since_opening(ending.ended_at, session.opened_at),
    };
    if is_to_come(ending.ended_at, now) {
        return Err(SettleRefused::InFuture { now });
    }
    if let Stage::Ended(end @ End { cause: EndCause::Settled | EndCause::Released, .. }) = &session.stage {
        return Err(already_ended(end)?);
    }
    let answered_at = answered(session, ending)?;
    match (&session.stage, answered_at) {
        (Stage::Ended(end), Some(answered_at)) => {
            correct(session, end, Talked { answered_at, ended_at: ending.ended_at }, facts)
        }
        (Stage::Ended(end), None) => Err(already_ended(end)?),
        (Stage::Pending, None) => unanswered(session, EndCause::Settled, ending.ended_at, facts),
        (Stage::Pending, Some(answered_at)) if session.has_lapsed_at(answered_at) => {
            let running = Session { stage: Stage::Answered { answered_at }, ..session.clone() };
            finish(session, &running, EndCause::Settled, Talked { answered_at, ended_at: ending.ended_at }, facts)
        }
        (Stage::Pending, Some(answered_at)) => {
            let running = begun(session, answered_at, facts)?;
            finish(session, &running, EndCause::Settled, Talked { answered_at, ended_at: ending.ended_at }, facts)
        }
        (Stage::Answered { answered_at }, _) => {
            let talked = Talked { answered_at: *answered_at, ended_at: ending.ended_at };
            finish(session, session, EndCause::Settled, talked, facts)
        }
    }
}

/// Ends a session whose proof of life stopped, as though its call had ended at the last one; never beyond. If the true end is told
/// later, [`settle`] corrects it.
///
/// # Errors
/// The session is over, the last proof of life is in the future, or an amount is beyond its range.
pub fn lose(session: &Session, last_proof: Instant, facts: &Facts<'_>, now: Instant) -> Result<Settled, SettleRefused> {
    if last_proof > now {
        return Err(SettleRefused::InFuture { now });
    }
    match &session.stage {
        Stage::Pending => unanswered(session, EndCause::Lost, last_proof.max(session.opened_at), facts),
        Stage::Answered { answered_at } => {
            let talked = Talked { answered_at: *answered_at, ended_at: last_proof.max(*answered_at) };
            finish(session, session, EndCause::Lost, talked, facts)
        }
        Stage::Ended(end) => Err(already_ended(end)?),
    }
}

/// What a running call would cost if it ended at this instant: what [`settle`] would charge then. Nothing for one that does not run.
///
/// # Errors
/// An amount is beyond its range.
pub fn charge_at(session: &Session, at: Instant, facts: &Facts<'_>) -> Result<Option<Charge>, Overflow> {
    let Stage::Answered { answered_at } = session.stage else { return Ok(None) };
    let rights = Rights::of(session, session, answered_at);
    let talked = Talked { answered_at, ended_at: at.max(answered_at) };
    Ok(Some(rights.outcome(talked, facts)?.charge))
}

impl Settled {
    /// What a session that ended without an answer comes to: nothing.
    ///
    /// # Errors
    /// An amount is beyond its range.
    pub fn without_charge(step: Step, facts: &Facts<'_>, ended_at: Instant) -> Result<Settled, Overflow> {
        let silence = Talk { answered_at: ended_at, millis: 0 };
        let charge = rate_call(&facts.terms, silence, &Allowances::none())?;
        Ok(Settled { session: step.session, effect: step.effect, charge })
    }
}

/// From answer to hang-up.
#[derive(Clone, Copy)]
struct Talked {
    answered_at: Instant,
    ended_at: Instant,
}

/// What a call comes to.
struct Outcome {
    charge: Charge,
    free_used: FreeTaken,
    overrun_seconds: i64,
}

/// When the call was answered, by what is known and what is told; the first truth stays.
fn answered(session: &Session, ending: Ending) -> Result<Option<Instant>, SettleRefused> {
    let answered_at = match (session.answered_at(), ending.answered_at) {
        (Some(known), Some(told)) if known != told => {
            return Err(SettleRefused::AlreadyAnswered { answered_at: known });
        }
        (known, told) => known.or(told),
    };
    let opened_at = session.opened_at;
    if answered_at.is_some_and(|answered_at| answered_at < opened_at) {
        return Err(SettleRefused::BeforeOpening { opened_at });
    }
    let began_at = answered_at.unwrap_or(opened_at);
    if ending.ended_at < began_at {
        return Err(SettleRefused::EndsBeforeItBegan { began_at });
    }
    Ok(answered_at)
}

fn already_ended(end: &End) -> Result<SettleRefused, Overflow> {
    Ok(SettleRefused::AlreadyEnded { ended_at: end.ended_at, charged: end.charged.total()? })
}

/// Ends a session without any answer: at zero.
fn unanswered(
    session: &Session,
    cause: EndCause,
    ended_at: Instant,
    facts: &Facts<'_>,
) -> Result<Settled, SettleRefused> {
    let step = Step::between(session, session.ended(End::at_zero(cause, ended_at)))?;
    Ok(Settled::without_charge(step, facts, ended_at)?)
}

/// Ends a running session, and charges it.
fn finish(
    session: &Session,
    running: &Session,
    cause: EndCause,
    talked: Talked,
    facts: &Facts<'_>,
) -> Result<Settled, SettleRefused> {
    let rights = Rights::of(session, running, talked.answered_at);
    let outcome = rights.outcome(talked, facts)?;
    let spend = facts.pots()?.spend(outcome.charge.total)?;
    let end = End {
        cause,
        answered_at: Some(talked.answered_at),
        ended_at: talked.ended_at,
        charged: spend,
        free_used: outcome.free_used,
        overrun_seconds: outcome.overrun_seconds,
        uncollected: Amount::ZERO,
    };
    let effect = Effect::of_hold(session, &session.ended(end.clone()))?;
    let effect = effect.charged(spend, &end.free_used, &FreeTaken::default());
    Ok(Settled { session: session.ended(end), effect, charge: outcome.charge })
}

/// Settles the true end of a call whose session ended without it: the difference to what was charged, as far as there is money for
/// it.
fn correct(session: &Session, first: &End, talked: Talked, facts: &Facts<'_>) -> Result<Settled, SettleRefused> {
    let granted = granted_after(session, talked.answered_at);
    // A call that cost nothing used no free seconds, also where it would have had some.
    let first_answer = first.answered_at.filter(|_| first.charged != Spend::NONE || first.free_used.seconds() > 0);
    let charged_for = first_answer.map_or(0, |at| seconds_begun(first.ended_at.millis_since(at)));
    let used = &first.free_used;
    let rights = Rights { mode: session.mode, granted, held: used, taken: used, taken_for: charged_for };
    let outcome = rights.outcome(talked, facts)?;
    let difference = outcome.charge.total.minus(first.charged.total()?)?;
    let spend = if difference.is_negative() {
        first.charged.give_back(difference.negated()?)?
    } else {
        let available = facts.account.available()?.map_or(difference, |available| available.max(Amount::ZERO));
        facts.pots()?.spend(difference.min(available))?
    };
    let end = End {
        cause: EndCause::Settled,
        answered_at: Some(talked.answered_at),
        ended_at: talked.ended_at,
        charged: first.charged.plus(spend)?,
        free_used: outcome.free_used,
        overrun_seconds: outcome.overrun_seconds,
        uncollected: difference.minus(spend.total()?)?,
    };
    let effect = Effect::default().charged(spend, &end.free_used, &first.free_used);
    Ok(Settled { session: session.ended(end), effect, charge: outcome.charge })
}

/// The seconds granted to a call that is answered at this instant: none, where that is too late; no limit, where there is none.
fn granted_after(session: &Session, answered_at: Instant) -> Option<i64> {
    if session.has_lapsed_at(answered_at) { Some(0) } else { session.granted.seconds }
}

/// What a call may use when it is charged.
struct Rights<'a> {
    mode: Mode,
    /// The seconds granted; none, without limit.
    granted: Option<i64>,
    /// The free seconds that are counted as its own so far,
    held: &'a FreeTaken,
    /// those that are taken for it,
    taken: &'a FreeTaken,
    /// and for how many of its first seconds they are: more may follow, if all of these are free.
    taken_for: i64,
}

impl<'a> Rights<'a> {
    /// Those of a session that runs, or would have run.
    fn of(session: &'a Session, running: &'a Session, answered_at: Instant) -> Rights<'a> {
        Rights {
            mode: session.mode,
            granted: granted_after(session, answered_at),
            held: &session.free_held,
            taken: &running.free_held,
            taken_for: running.granted.seconds.unwrap_or(0),
        }
    }

    fn outcome(&self, talked: Talked, facts: &Facts<'_>) -> Result<Outcome, Overflow> {
        let Talked { answered_at, ended_at } = talked;
        let real_millis = ended_at.millis_since(answered_at);
        let real_seconds = seconds_begun(real_millis);
        let granted = self.granted.unwrap_or(real_seconds);
        let millis = match self.mode {
            Mode::Prepaid if real_seconds > granted => granted.saturating_mul(1000),
            Mode::Prepaid | Mode::Postpaid => real_millis,
        };
        let more_may_follow = self.taken.seconds() >= self.taken_for && seconds_begun(millis) > self.taken_for;
        let pool = if more_may_follow {
            Pool::with_spare(&facts.free, self.held, answered_at)
        } else {
            Pool::taken(&facts.free, self.taken)
        };
        let talk = Talk { answered_at, millis };
        let charge = rate_call(&facts.terms, talk, &pool.allowances(&facts.terms, answered_at))?;
        let free_used = FreeTaken { grants: charge.allowances_used.clone(), included_seconds: charge.included_seconds };
        Ok(Outcome { charge, free_used, overrun_seconds: (real_seconds - granted).max(0) })
    }
}
