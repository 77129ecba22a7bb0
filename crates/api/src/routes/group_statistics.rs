//! What became of a group's calls over some time, and when they came.

use axum::extract::State;
use domain::roster::Span;
use domain::time::Instant;
use engine::groups::{self, HourOfWeek, Statistics};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::guard::{Caller, ROSTER_READERS, TENANT};
use crate::params::{Id, Params, instant};
use crate::problem::{Problem, Refusals};

/// How far back statistics reach where no beginning is given.
const FOUR_WEEKS_MILLIS: i64 = 28 * 86_400_000;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show_group_statistics))
}

/// Between which instants.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct StatisticsSpan {
    /// The beginning (RFC 3339); four weeks before the end, where none is given.
    from: Option<String>,
    /// The end; now, where none is given. At most 92 days after the beginning.
    until: Option<String>,
}

/// What became of a group's calls over some time, and when they came.
#[derive(Debug, Serialize, ToSchema)]
struct GroupStatisticsDocument {
    from: String,
    until: String,
    /// The zone of the group, whose hours they are.
    time_zone: String,
    /// All calls that came in that time.
    calls: i64,
    /// How many of them are not over, and nobody has answered yet.
    running: i64,
    /// How many somebody answered.
    answered: i64,
    /// How many left a message.
    messages: i64,
    /// How many nobody answered, and left none.
    missed: i64,
    /// How many the group did not take.
    blocked: i64,
    /// The hours of the week in which calls came, Monday's first.
    hours: Vec<HourOfWeekDocument>,
    /// How long callers waited until somebody answered; null, where nobody did.
    time_to_answer: Option<TimeToAnswerDocument>,
    /// For how long too few were on duty since the group was made, by the roster as it is now, in seconds.
    gap_seconds: i64,
}

/// The calls that came in an hour of the week.
#[derive(Debug, Serialize, ToSchema)]
struct HourOfWeekDocument {
    /// 0 for Monday to 6 for Sunday.
    weekday: usize,
    /// By the clocks of the group's zone, 0 to 23.
    hour: i64,
    calls: i64,
    /// How many of them somebody answered.
    answered: i64,
}

/// How long callers waited until somebody answered.
#[derive(Debug, Serialize, ToSchema)]
struct TimeToAnswerDocument {
    /// Half of them waited no longer than so many seconds.
    p50_seconds: i64,
    /// Nine of ten waited no longer than so many seconds.
    p90_seconds: i64,
}

/// Show the statistics of a group
///
/// What became of the calls that came within some time, in which hours of the week they came, how soon they were answered, and for how long too few
/// were on duty.
#[utoipa::path(get, path = "/groups/{id}/statistics", params(("id" = String, Path), StatisticsSpan),
    responses((status = 200, description = "The statistics.", body = GroupStatisticsDocument), Refusals),
    extensions(("x-roles" = json!(ROSTER_READERS)), ("x-owner" = json!(TENANT))))]
async fn show_group_statistics(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(group): Id,
    Params(span): Params<StatisticsSpan>,
) -> Result<Answer<GroupStatisticsDocument>, Problem> {
    let end = instant("until", span.until.as_ref())?.unwrap_or_else(|| app.engine.clock().now());
    let before = Instant::clamped(end.millis().saturating_sub(FOUR_WEEKS_MILLIS));
    let start = instant("from", span.from.as_ref())?.unwrap_or(before);
    let found = groups::statistics(&mut app.engine.view(&actor).await?, &group, Span { start, end }).await?;
    Ok(Answer::ok(GroupStatisticsDocument::of(found)))
}

impl GroupStatisticsDocument {
    fn of(found: Statistics) -> Self {
        let told =
            |HourOfWeek { weekday, hour, calls, answered }| HourOfWeekDocument { weekday, hour, calls, answered };
        GroupStatisticsDocument {
            from: found.span.start.to_string(),
            until: found.span.end.to_string(),
            time_zone: found.zone.name().to_owned(),
            calls: found.calls,
            running: found.running,
            answered: found.answered,
            messages: found.messages,
            missed: found.missed,
            blocked: found.blocked,
            hours: found.hours.into_iter().map(told).collect(),
            time_to_answer: found
                .time_to_answer
                .map(|waited| TimeToAnswerDocument { p50_seconds: waited.half, p90_seconds: waited.nine_of_ten }),
            gap_seconds: found.gap_seconds,
        }
    }
}
