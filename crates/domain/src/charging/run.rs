use super::authorize::reach;
use super::free::Pool;
use super::{
    AnswerRefused, CutOff, ExtendRefused, Facts, FreeTaken, Granted, Session, Settings, Stage, Step, is_to_come,
    since_opening,
};
use crate::money::{Amount, Overflow};
use crate::rating::{Prospect, seconds_begun};
use crate::time::Instant;

/// Starts the granted seconds. The hold becomes what settling would charge for them after this very answer: it shrinks or stays.
/// Told again for the same instant, it changes nothing.
///
/// # Errors
/// Another answer counts, the session is over or lapsed, or the instant is impossible.
pub fn answer(
    session: &Session,
    answered_at: Instant,
    facts: &Facts<'_>,
    settings: &Settings,
    now: Instant,
) -> Result<Step, AnswerRefused> {
    let answered_at = since_opening(answered_at, session.opened_at);
    match &session.stage {
        Stage::Pending => {}
        Stage::Answered { answered_at: first } if *first == answered_at => {
            return Ok(Step::between(session, session.clone())?);
        }
        Stage::Answered { answered_at } => return Err(AnswerRefused::AlreadyAnswered { answered_at: *answered_at }),
        Stage::Ended(end) => return Err(AnswerRefused::Ended { ended_at: end.ended_at }),
    }
    if is_to_come(answered_at, now) {
        return Err(AnswerRefused::InFuture { now });
    }
    if answered_at < session.opened_at {
        return Err(AnswerRefused::BeforeOpening { opened_at: session.opened_at });
    }
    if let Some(lapsed_at) = session.lapses_at.filter(|lapses_at| answered_at >= *lapses_at) {
        return Err(AnswerRefused::Lapsed { lapsed_at });
    }
    let mut after = begun(session, answered_at, facts)?;
    if let Some(seconds) = after.granted.seconds {
        let pool = pool_beyond(&after, answered_at, seconds, facts);
        let prospect = pool.prospect(&facts.terms, answered_at);
        let money = facts.money_of(session.held)?;
        let reaches = reaches(&after, &prospect, money, settings)?.max(seconds);
        after.granted = Granted::new(seconds, reaches, seconds_begun(now.millis_since(answered_at)), settings);
    }
    Ok(Step::between(session, after)?)
}

/// The session, answered: the granted seconds are held for as they cost after this answer.
pub(super) fn begun(session: &Session, answered_at: Instant, facts: &Facts<'_>) -> Result<Session, Overflow> {
    let stage = Stage::Answered { answered_at };
    let Some(seconds) = session.granted.seconds else { return Ok(Session { stage, ..session.clone() }) };
    let held_for = |pool: &Pool| {
        let prospect = pool.prospect(&facts.terms, answered_at);
        Ok((prospect.total_at(seconds)?, FreeTaken::among_first(seconds, &prospect)))
    };
    // A grant that was made while it rang serves the call too; unless that made it dearer, as odd steps can, than what is held.
    let mut best = held_for(&Pool::with_spare(&facts.free, &session.free_held, answered_at))?;
    if best.0 > session.held {
        best = held_for(&Pool::taken(&facts.free, &session.free_held))?;
    }
    if best.0 > session.held {
        // The tenant's calendar was changed: it costs what was held for it.
        best = (session.held, session.free_held.clone());
    }
    let (held, free_held) = best;
    Ok(Session { stage, held, free_held, ..session.clone() })
}

/// Raises the hold to a slice from now on, or as far as the money reaches. It never takes back what was granted, so repeats and
/// late ones do no harm; after a top-up the call is lengthened. All is granted already where the cut-off is fixed.
///
/// # Errors
/// The call is not answered yet, or the session is over.
pub fn extend(session: &Session, facts: &Facts<'_>, settings: &Settings, now: Instant) -> Result<Step, ExtendRefused> {
    let answered_at = match &session.stage {
        Stage::Answered { answered_at } => *answered_at,
        Stage::Pending => return Err(ExtendRefused::NotAnswered),
        Stage::Ended(end) => return Err(ExtendRefused::Ended { ended_at: end.ended_at }),
    };
    let Some(granted) = session.granted.seconds.filter(|_| session.cut_off == CutOff::Movable) else {
        return Ok(Step::between(session, session.clone())?);
    };
    let elapsed = seconds_begun(now.millis_since(answered_at)).max(0);
    let pool = pool_beyond(session, answered_at, granted, facts);
    let prospect = pool.prospect(&facts.terms, answered_at);
    let reaches = reaches(session, &prospect, facts.money_of(session.held)?, settings)?.max(granted);
    let seconds = elapsed.saturating_add(settings.slice_seconds.max(1)).max(granted).min(reaches);
    let held = prospect.total_at(seconds)?;
    if facts.money_of(session.held)?.is_some_and(|money| held > money.max(session.held)) {
        // The tenant's calendar has made the call dearer than what is there: it ends with what is granted.
        return Ok(Step::between(session, session.clone())?);
    }
    let after = Session {
        held,
        free_held: FreeTaken::among_first(seconds, &prospect),
        granted: Granted::new(seconds, reaches, elapsed, settings),
        ..session.clone()
    };
    Ok(Step::between(session, after)?)
}

/// How far the money reaches, up to the longest call; where the cut-off is fixed, as far as is granted.
fn reaches(
    session: &Session,
    prospect: &Prospect<'_>,
    money: Option<Amount>,
    settings: &Settings,
) -> Result<i64, Overflow> {
    match (session.cut_off, session.granted.seconds) {
        (CutOff::Fixed, Some(granted)) => Ok(granted),
        _ => reach(prospect, money, settings.longest_call_seconds),
    }
}

/// The free seconds beyond those granted: once paid seconds have been granted, none can follow.
fn pool_beyond(session: &Session, answered_at: Instant, granted: i64, facts: &Facts<'_>) -> Pool {
    if session.free_held.seconds() < granted {
        Pool::taken(&facts.free, &session.free_held)
    } else {
        Pool::with_spare(&facts.free, &session.free_held, answered_at)
    }
}
