use domain::time::Instant;

use super::row::RowError;
use crate::calls::Disposition;

/// What a row says of a call's times: not more than it needs to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) started_at: Option<Instant>,
    pub(super) answered_at: Option<Instant>,
    pub(super) ended_at: Option<Instant>,
    /// From answer to end.
    pub(super) duration_ms: Option<i64>,
    pub(super) disposition: Option<Disposition>,
}

/// When a call was answered, if it was, when it ended, and how it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Course {
    pub(super) answered_at: Option<Instant>,
    pub(super) ended_at: Instant,
    pub(super) disposition: Disposition,
}

/// How far answer, end and duration may differ: switches cut each of them off at the whole second.
const TOLERANCE_MS: i64 = 1000;

impl Facts {
    /// What follows from the facts. A call is answered if the row says so or, where it does not say how the call went, if there is
    /// an answer or a duration. A duration without answer and end runs from the start.
    pub(super) fn course(&self) -> Result<Course, RowError> {
        if let (Some(started_at), Some(answered_at)) = (self.started_at, self.answered_at)
            && answered_at < started_at
        {
            return Err(RowError::AnsweredBeforeStart);
        }
        let talked = self.answered_at.is_some() || self.duration_ms.is_some_and(|duration| duration > 0);
        let by_times = if talked { Disposition::Answered } else { Disposition::NoAnswer };
        let disposition = self.disposition.unwrap_or(by_times);
        if disposition == Disposition::Answered { self.answered() } else { self.unanswered(disposition) }
    }

    fn answered(&self) -> Result<Course, RowError> {
        let later = |at: Instant, millis: i64| at.plus_millis(millis).map_err(|_| RowError::OutOfRange);
        let (answered_at, ended_at) = match (self.answered_at, self.ended_at, self.duration_ms) {
            (Some(answered_at), Some(ended_at), None) => (answered_at, ended_at),
            (Some(answered_at), Some(ended_at), Some(duration)) => {
                if (ended_at.millis_since(answered_at) - duration).abs() > TOLERANCE_MS {
                    return Err(RowError::TimesContradict);
                }
                (answered_at, later(answered_at, duration)?)
            }
            (Some(answered_at), None, Some(duration)) => (answered_at, later(answered_at, duration)?),
            (None, Some(ended_at), Some(duration)) => (later(ended_at, -duration)?, ended_at),
            (None, None, Some(duration)) => match self.started_at {
                Some(started_at) => (started_at, later(started_at, duration)?),
                None => return Err(RowError::EndMissing),
            },
            (None, _, None) => return Err(RowError::AnswerMissing),
            (Some(_), None, None) => return Err(RowError::EndMissing),
        };
        Ok(Course { answered_at: Some(answered_at), ended_at, disposition: Disposition::Answered })
    }

    fn unanswered(&self, disposition: Disposition) -> Result<Course, RowError> {
        // An answer that the disposition denies is left in: the check of the finished call names the contradiction.
        let ended_at = self.ended_at.or(self.started_at).ok_or(RowError::EndMissing)?;
        Ok(Course { answered_at: self.answered_at, ended_at, disposition })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn courses_by_table() {
        use Disposition::{Answered, Busy, NoAnswer};
        // Seconds: start, answer, end, duration; how it went; answer and end that follow.
        type Case = ([Option<i64>; 4], Option<Disposition>, Result<(Option<i64>, i64, Disposition), RowError>);
        let cases: [Case; 15] = [
            ([None, Some(10), Some(20), None], None, Ok((Some(10), 20, Answered))),
            ([None, Some(10), None, Some(5)], None, Ok((Some(10), 15, Answered))),
            ([None, None, Some(20), Some(5)], None, Ok((Some(15), 20, Answered))),
            ([Some(10), None, None, Some(5)], None, Ok((Some(10), 15, Answered))),
            ([Some(8), Some(10), Some(20), Some(9)], None, Ok((Some(10), 19, Answered))),
            ([Some(8), Some(10), Some(20), Some(8)], None, Err(RowError::TimesContradict)),
            ([Some(8), Some(10), Some(20), Some(12)], None, Err(RowError::TimesContradict)),
            ([Some(11), Some(10), Some(20), None], None, Err(RowError::AnsweredBeforeStart)),
            ([Some(8), None, Some(20), None], None, Ok((None, 20, NoAnswer))),
            ([Some(8), None, None, Some(0)], Some(Busy), Ok((None, 8, Busy))),
            ([Some(8), None, Some(20), Some(0)], Some(Answered), Ok((Some(20), 20, Answered))),
            ([Some(8), None, Some(20), None], Some(Answered), Err(RowError::AnswerMissing)),
            ([None, Some(10), None, None], None, Err(RowError::EndMissing)),
            ([None, None, None, Some(5)], None, Err(RowError::EndMissing)),
            ([None, None, None, None], None, Err(RowError::EndMissing)),
        ];
        let at = |seconds: i64| Instant::from_millis(seconds * 1000).unwrap();
        for ([start, answer, end, duration], disposition, expected) in cases {
            let facts = Facts {
                started_at: start.map(at),
                answered_at: answer.map(at),
                ended_at: end.map(at),
                duration_ms: duration.map(|seconds| seconds * 1000),
                disposition,
            };
            let expected = expected.map(|(answer, end, disposition)| Course {
                answered_at: answer.map(at),
                ended_at: at(end),
                disposition,
            });
            assert_eq!(facts.course(), expected, "{facts:?}");
        }
    }
}
