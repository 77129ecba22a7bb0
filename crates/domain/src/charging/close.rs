use super::{CloseRefused, End, EndCause, Session, Stage, Step};
use crate::time::Instant;

/// Ends a session that was not answered in time, at zero.
///
/// # Errors
/// It may still be answered, or was, or is over.
pub fn expire(session: &Session, now: Instant) -> Result<Step, CloseRefused> {
    still_pending(session)?;
    match session.lapses_at.filter(|lapses_at| now >= *lapses_at) {
        Some(lapsed_at) => Ok(Step::between(session, session.ended(End::at_zero(EndCause::Lapsed, lapsed_at)))?),
        None => Err(CloseRefused::NotDue { lapses_at: session.lapses_at }),
    }
}

/// Ends a session that the switch gives up before its call is answered, at zero.
///
/// # Errors
/// The call was answered, or the session is over.
pub fn release(session: &Session, now: Instant) -> Result<Step, CloseRefused> {
    still_pending(session)?;
    Ok(Step::between(session, session.ended(End::at_zero(EndCause::Released, now)))?)
}

fn still_pending(session: &Session) -> Result<(), CloseRefused> {
    match &session.stage {
        Stage::Pending => Ok(()),
        Stage::Answered { answered_at } => Err(CloseRefused::Answered { answered_at: *answered_at }),
        Stage::Ended(end) => Err(CloseRefused::Ended { ended_at: end.ended_at }),
    }
}
