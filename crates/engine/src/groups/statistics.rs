//! What became of a group's calls, when they came, how soon they were answered, and for how long too few were on duty.

use std::collections::BTreeMap;

use domain::roster::{Gap, Span};
use domain::time::{Instant, Zone};

use super::calls::CallResult;
use super::roster::gaps;
use super::{GroupError, get};
use crate::Scope;

const QUARTER_MILLIS: i64 = 900_000;

/// The statistics of a group over some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistics {
    /// The group's zone, whose hours they are.
    pub zone: Zone,
    /// The time.
    pub span: Span,
    /// All calls that came in it.
    pub calls: i64,
    /// How many of them nobody has answered yet, and are not over.
    pub running: i64,
    /// How many somebody answered.
    pub answered: i64,
    /// How many left a message.
    pub messages: i64,
    /// How many nobody answered, and left none.
    pub missed: i64,
    /// How many the group did not take.
    pub blocked: i64,
    /// The hours of the week in which calls came, Monday's first.
    pub hours: Vec<HourOfWeek>,
    /// How long callers waited until somebody answered; none where nobody did.
    pub time_to_answer: Option<TimeToAnswer>,
    /// For how long too few were on duty since there is the group, by the roster as it is now, in seconds.
    pub gap_seconds: i64,
}

/// The calls that came in an hour of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HourOfWeek {
    /// Days since Monday, 0 to 6.
    pub weekday: usize,
    /// By the clocks of the group's zone, 0 to 23.
    pub hour: i64,
    /// How many calls came.
    pub calls: i64,
    /// How many of them somebody answered.
    pub answered: i64,
}

/// How long callers waited until somebody answered, in begun seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeToAnswer {
    /// Half of them waited no longer.
    pub half: i64,
    /// Nine of ten waited no longer.
    pub nine_of_ten: i64,
}

/// The statistics of a group over a span of [`super::MOST_DAYS`] at most.
///
/// # Errors
/// There is no such group, the span is too long or none, or the database does not answer.
pub async fn statistics(scope: &mut impl Scope, group: &str, span: Span) -> Result<Statistics, GroupError> {
    // First of all, as that is where a span is refused.
    let gaps = gaps(scope, group, span).await?;
    let group = get(scope, group).await?;
    let zone = group.zone(scope).await?;
    let (of, within) = ((scope.tenant(), group.id.as_str()), (span.start.millis(), span.end.millis()));
    let quarters = storage::group_calls::quarters(scope.tx(), of, within).await?;
    let waited = storage::group_calls::times_to_answer(scope.tx(), of, within).await?;
    let mut hours: BTreeMap<(usize, i64), HourOfWeek> = BTreeMap::new();
    let mut results: BTreeMap<&str, i64> = BTreeMap::new();
    for quarter in &quarters {
        *results.entry(&quarter.result).or_default() += quarter.calls;
        let clock = zone.wall_clock(Instant::clamped(quarter.quarter.saturating_mul(QUARTER_MILLIS)));
        let (weekday, hour) = (clock.weekday(), clock.second / 3600);
        let one = hours.entry((weekday, hour)).or_insert(HourOfWeek { weekday, hour, calls: 0, answered: 0 });
        one.calls += quarter.calls;
        if quarter.result == CallResult::Answered.name() {
            one.answered += quarter.calls;
        }
    }
    // Before there was a group nobody was missing.
    let missing = |gap: &Gap| gap.span.end.millis_since(gap.span.start.max(group.created_at)).max(0);
    let of = |result: CallResult| results.get(result.name()).copied().unwrap_or(0);
    Ok(Statistics {
        span,
        calls: results.values().sum(),
        running: of(CallResult::Running),
        answered: of(CallResult::Answered),
        messages: of(CallResult::Message),
        missed: of(CallResult::Missed),
        blocked: of(CallResult::Blocked),
        hours: hours.into_values().collect(),
        time_to_answer: TimeToAnswer::of(&waited),
        gap_seconds: gaps.iter().map(missing).sum::<i64>() / 1000,
        zone,
    })
}

impl TimeToAnswer {
    /// Of seconds and how many calls were answered after so many, the shortest first.
    fn of(waited: &[(i64, i64)]) -> Option<TimeToAnswer> {
        let calls: i64 = waited.iter().map(|(_, calls)| calls).sum();
        let within = |tenths: i64| {
            let mut left = (calls * tenths + 9) / 10;
            let longest = waited.iter().find(|(_, calls)| {
                left -= calls;
                left <= 0
            });
            longest.map(|(seconds, _)| *seconds)
        };
        Some(TimeToAnswer { half: within(5)?, nine_of_ten: within(9)? })
    }
}
