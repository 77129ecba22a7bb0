//! Rosters of groups: weekly shifts, changes for single dates, who is on duty, and where nobody is.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::invalid::Invalid;
use domain::roster::{Change, Days, Duty, Gap, Hours, Override, Reason, Skipped, Span};
use domain::time::{Date, Instant, Zone, date_of_day, day_number};
use engine::Scope;
use engine::groups::{self, NewOverride, NewShift, Shift};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Posted};
use crate::guard::{COORDINATORS, Caller, ROSTER_READERS, TENANT};
use crate::params::{self, Id, Params, instant};
use crate::problem::{Problem, Refusals};
use crate::version::IfMatch;

/// For how long gaps are looked for where no end is given.
const TWO_WEEKS_MILLIS: i64 = 14 * 86_400_000;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(add_shift, list_shifts))
        .routes(routes!(edit_shift, delete_shift))
        .routes(routes!(add_override, list_overrides))
        .routes(routes!(delete_override))
        .routes(routes!(on_duty))
        .routes(routes!(list_gaps))
}

/// A shift.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"agent": "agt_0", "days": [0, 4], "hours": "22:00-06:00", "priority": 1}))]
struct ShiftBody {
    /// The id of the agent.
    agent: String,
    /// The days of the week on which it begins: 0 for Monday to 6 for Sunday.
    days: Vec<u8>,
    /// From when to when: an end that is not after the start is on the next day, so that `08:00-08:00` is a day long.
    hours: String,
    /// The IANA time zone of its hours; the group's, where none is given.
    #[schema(value_type = Option<String>)]
    time_zone: Option<Zone>,
    /// Every how many weeks, 1 to 52, counted from the week of `from`; 1, where none is given.
    every_weeks: Option<u8>,
    /// The first date on which it may begin.
    #[schema(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    /// The last date on which it may begin.
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<Date>,
    /// The lowest is rung first; 1, where none is given.
    priority: Option<u16>,
}

/// A shift.
#[derive(Debug, Serialize, ToSchema)]
struct ShiftDocument {
    id: String,
    /// The id of the group.
    group: String,
    agent: String,
    days: Vec<u8>,
    hours: String,
    time_zone: Option<String>,
    every_weeks: u8,
    from: Option<String>,
    until: Option<String>,
    priority: u16,
    created_at: String,
    version: i64,
}

/// All shifts of a group.
#[derive(Debug, Serialize, ToSchema)]
struct ShiftsDocument {
    /// In the roster's order.
    items: Vec<ShiftDocument>,
}

/// A change of a roster for a date: the group is closed, an agent is not on duty, another is in its place, or one is on duty beside those who are.
/// They apply in this order.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"date": "2026-12-24", "hours": "10:00-12:00", "kind": "replace", "agent": "agt_0", "by": "agt_1"}))]
struct OverrideBody {
    /// The date of the group's zone on which it begins.
    #[schema(value_type = String, format = Date)]
    date: Date,
    /// From when to when; the whole day, where none is given.
    hours: Option<String>,
    /// `closed`, `remove`, `replace` or `add`.
    kind: String,
    /// Of `closed`: why.
    name: Option<String>,
    /// Of the others: the id of the agent.
    agent: Option<String>,
    /// Of `replace`: the id of the agent who is on duty instead.
    by: Option<String>,
    /// Of `add`: the lowest is rung first; 1, where none is given.
    priority: Option<u16>,
}

/// A change of a roster for a date.
#[derive(Debug, Serialize, ToSchema)]
struct OverrideDocument {
    id: String,
    date: String,
    hours: String,
    kind: String,
    name: Option<String>,
    agent: Option<String>,
    by: Option<String>,
    priority: Option<u16>,
}

/// The changes of a roster.
#[derive(Debug, Serialize, ToSchema)]
struct OverridesDocument {
    /// In the order of their making.
    items: Vec<OverrideDocument>,
}

/// Between which dates.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DatesParams {
    /// The first date; today in UTC, where none is given.
    from: Option<String>,
    /// The last date; 92 days later, where none is given.
    until: Option<String>,
}

/// At which instant.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AtParams {
    /// The instant (RFC 3339); now, where none is given.
    at: Option<String>,
}

/// Between which instants.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SpanParams {
    /// The beginning (RFC 3339); now, where none is given.
    from: Option<String>,
    /// The end; two weeks later, where none is given. At most 92 days.
    until: Option<String>,
}

/// Who is on duty.
#[derive(Debug, Serialize, ToSchema)]
struct OnDutyDocument {
    at: String,
    /// In the order in which they are rung.
    agents: Vec<DutyDocument>,
    /// The override that has closed the group.
    closed_by: Option<String>,
    /// Why it is closed.
    closed_for: Option<String>,
}

/// An agent who is on duty.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DutyDocument {
    /// The id of the agent.
    agent: String,
    priority: u16,
    from: String,
    until: String,
    /// The shift that puts the agent there, if one does.
    shift: Option<String>,
    /// The override that does.
    #[serde(rename = "override")]
    by_override: Option<String>,
    /// In whose place the agent is.
    in_place_of: Option<String>,
    /// Why the agent is not rung all the same: `blackout`, where it takes no shift on the day on which this one begins; `away`, as it says, or
    /// `busy`, in a call, where that is asked for now.
    #[schema(value_type = Option<String>)]
    skipped: Option<Skipped>,
}

/// Where too few are on duty.
#[derive(Debug, Serialize, ToSchema)]
struct GapsDocument {
    items: Vec<GapDocument>,
}

/// A time in which too few are on duty.
#[derive(Debug, Serialize, ToSchema)]
struct GapDocument {
    from: String,
    until: String,
    /// How many are on duty.
    staffed: usize,
}

/// Add a shift to a group's roster
#[utoipa::path(post, path = "/groups/{id}/shifts", request_body = ShiftBody,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "It is made.", body = ShiftDocument), Refusals),
    extensions(("x-roles" = json!(COORDINATORS)), ("x-owner" = json!(TENANT))))]
async fn add_shift(
    State(app): State<App>,
    caller: Caller,
    Id(group): Id,
    Posted { claim, body: Body(body) }: Posted<Body<ShiftBody>>,
) -> Result<Response, Problem> {
    let new = body.read()?;
    app.once(&caller, claim, move |work| {
        let (group, new) = (group.clone(), new.clone());
        Box::pin(async move {
            let shift = groups::add_shift(work, &group, new).await?;
            let (location, version) = (format!("/api/v1/shifts/{}", shift.shift.id), shift.version);
            Ok(Answer::created(location, ShiftDocument::of(shift)).version(version))
        })
    })
    .await
}

/// List the shifts of a group
#[utoipa::path(get, path = "/groups/{id}/shifts", params(("id" = String, Path)),
    responses((status = 200, description = "The shifts.", body = ShiftsDocument), Refusals),
    extensions(("x-roles" = json!(ROSTER_READERS)), ("x-owner" = json!(TENANT))))]
async fn list_shifts(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(group): Id,
) -> Result<Answer<ShiftsDocument>, Problem> {
    let shifts = groups::shifts(&mut app.engine.view(&actor).await?, &group).await?;
    Ok(Answer::ok(ShiftsDocument { items: shifts.into_iter().map(ShiftDocument::of).collect() }))
}

/// Change a shift
///
/// All of it is replaced.
#[utoipa::path(put, path = "/shifts/{id}", request_body = ShiftBody,
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, description = "It is changed.", body = ShiftDocument), Refusals),
    extensions(("x-roles" = json!(COORDINATORS)), ("x-owner" = json!(TENANT))))]
async fn edit_shift(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Body(body): Body<ShiftBody>,
) -> Result<Response, Problem> {
    let new = body.read()?;
    app.once(&caller, None, move |work| {
        let (id, new) = (id.clone(), new.clone());
        Box::pin(async move {
            let shift = groups::update_shift(work, &id, new, version).await?;
            let version = shift.version;
            Ok(Answer::ok(ShiftDocument::of(shift)).version(version))
        })
    })
    .await
}

/// Delete a shift
#[utoipa::path(delete, path = "/shifts/{id}", params(("id" = String, Path)),
    responses((status = 204, description = "It is gone."), Refusals),
    extensions(("x-roles" = json!(COORDINATORS)), ("x-owner" = json!(TENANT))))]
async fn delete_shift(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<StatusCode, Problem> {
    app.engine
        .run(&actor, |work| {
            let id = id.clone();
            Box::pin(async move { groups::delete_shift(work, &id).await })
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Change a group's roster for a date
#[utoipa::path(post, path = "/groups/{id}/overrides", request_body = OverrideBody,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "It is made.", body = OverrideDocument), Refusals),
    extensions(("x-roles" = json!(COORDINATORS)), ("x-owner" = json!(TENANT))))]
async fn add_override(
    State(app): State<App>,
    caller: Caller,
    Id(group): Id,
    Posted { claim, body: Body(body) }: Posted<Body<OverrideBody>>,
) -> Result<Response, Problem> {
    let new = body.read()?;
    app.once(&caller, claim, move |work| {
        let (group, new) = (group.clone(), new.clone());
        Box::pin(async move {
            let made = groups::add_override(work, &group, new).await?;
            let location = format!("/api/v1/overrides/{}", made.id);
            Ok(Answer::created(location, OverrideDocument::of(made)))
        })
    })
    .await
}

/// List the changes of a group's roster
#[utoipa::path(get, path = "/groups/{id}/overrides", params(("id" = String, Path), DatesParams),
    responses((status = 200, description = "The changes.", body = OverridesDocument), Refusals),
    extensions(("x-roles" = json!(ROSTER_READERS)), ("x-owner" = json!(TENANT))))]
async fn list_overrides(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(group): Id,
    Params(dates): Params<DatesParams>,
) -> Result<Answer<OverridesDocument>, Problem> {
    let mut view = app.engine.view(&actor).await?;
    let first = params::date("from", dates.from.as_ref())?.unwrap_or_else(|| Zone::utc().date(view.now()));
    let later = date_of_day(day_number(first) + groups::MOST_DAYS);
    let last = params::date("until", dates.until.as_ref())?.unwrap_or(later);
    let found = groups::overrides(&mut view, &group, (first, last)).await?;
    Ok(Answer::ok(OverridesDocument { items: found.into_iter().map(OverrideDocument::of).collect() }))
}

/// Take a change of a roster back
#[utoipa::path(delete, path = "/overrides/{id}", params(("id" = String, Path)),
    responses((status = 204, description = "It is gone."), Refusals),
    extensions(("x-roles" = json!(COORDINATORS)), ("x-owner" = json!(TENANT))))]
async fn delete_override(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<StatusCode, Problem> {
    app.engine
        .run(&actor, |work| {
            let id = id.clone();
            Box::pin(async move { groups::delete_override(work, &id).await })
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who is on duty
///
/// At any instant, and what puts each there.
#[utoipa::path(get, path = "/groups/{id}/on-duty", params(("id" = String, Path), AtParams),
    responses((status = 200, description = "Who is.", body = OnDutyDocument), Refusals),
    extensions(("x-roles" = json!(ROSTER_READERS)), ("x-owner" = json!(TENANT))))]
async fn on_duty(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(group): Id,
    Params(params): Params<AtParams>,
) -> Result<Answer<OnDutyDocument>, Problem> {
    let at = instant("at", params.at.as_ref())?.unwrap_or_else(|| app.engine.clock().now());
    let found = groups::on_duty(&mut app.engine.view(&actor).await?, &group, at).await?;
    let (closed_by, closed_for) = found.closed.map(|closed| (closed.by, closed.name)).unzip();
    let agents = found.agents.into_iter().map(DutyDocument::of).collect();
    Ok(Answer::ok(OnDutyDocument { at: at.to_string(), agents, closed_by, closed_for }))
}

/// List where too few are on duty
///
/// Where fewer are than the group wants, unless it is closed.
#[utoipa::path(get, path = "/groups/{id}/gaps", params(("id" = String, Path), SpanParams),
    responses((status = 200, description = "The gaps, the first first.", body = GapsDocument), Refusals),
    extensions(("x-roles" = json!(ROSTER_READERS)), ("x-owner" = json!(TENANT))))]
async fn list_gaps(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(group): Id,
    Params(params): Params<SpanParams>,
) -> Result<Answer<GapsDocument>, Problem> {
    let start = instant("from", params.from.as_ref())?.unwrap_or_else(|| app.engine.clock().now());
    let later = Instant::clamped(start.millis().saturating_add(TWO_WEEKS_MILLIS));
    let end = instant("until", params.until.as_ref())?.unwrap_or(later);
    let gaps = groups::gaps(&mut app.engine.view(&actor).await?, &group, Span { start, end }).await?;
    let told =
        |Gap { span, staffed }| GapDocument { from: span.start.to_string(), until: span.end.to_string(), staffed };
    Ok(Answer::ok(GapsDocument { items: gaps.into_iter().map(told).collect() }))
}

fn hours(text: &str) -> Result<Hours, Invalid> {
    text.parse::<Hours>().map_err(|error| Invalid::at("/hours", error.to_string()))
}

impl ShiftBody {
    fn read(self) -> Result<NewShift, Problem> {
        let days = Days::new(&self.days).map_err(|error| Invalid::at("/days", error.to_string()))?;
        Ok(NewShift {
            agent: self.agent,
            days,
            hours: hours(&self.hours)?,
            zone: self.time_zone,
            every_weeks: self.every_weeks.unwrap_or(1),
            from: self.from,
            until: self.until,
            priority: self.priority.unwrap_or(1),
        })
    }
}

impl OverrideBody {
    fn read(self) -> Result<NewOverride, Problem> {
        let Self { date, kind, name, agent, by, priority, .. } = self;
        let needed = |pointer: &'static str, field: Option<String>| {
            field.ok_or_else(|| Invalid::at(pointer, format!("must be there where the kind is {kind:.20}")))
        };
        let change = match kind.as_str() {
            "closed" => Change::Closed { name: needed("/name", name)? },
            "remove" => Change::Remove { agent: needed("/agent", agent)? },
            "replace" => Change::Replace { agent: needed("/agent", agent)?, by: needed("/by", by)? },
            "add" => Change::Add { agent: needed("/agent", agent)?, priority: priority.unwrap_or(1) },
            _ => return Err(Invalid::at("/kind", "must be closed, remove, replace or add").into()),
        };
        let hours = self.hours.as_deref().map_or(Ok(Hours::ALL_DAY), hours)?;
        Ok(NewOverride { date, hours, change })
    }
}

impl ShiftDocument {
    fn of(shift: Shift) -> Self {
        let Shift { group, shift, created_at, version } = shift;
        ShiftDocument {
            id: shift.id,
            group,
            agent: shift.agent,
            days: shift.days.into(),
            hours: shift.hours.to_string(),
            time_zone: shift.zone.map(|zone| zone.name().to_owned()),
            every_weeks: shift.every_weeks,
            from: shift.from.map(|date| date.to_string()),
            until: shift.until.map(|date| date.to_string()),
            priority: shift.priority,
            created_at: created_at.to_string(),
            version,
        }
    }
}

impl OverrideDocument {
    fn of(made: Override) -> Self {
        let (kind, name, agent, by, priority) = match made.change {
            Change::Closed { name } => ("closed", Some(name), None, None, None),
            Change::Remove { agent } => ("remove", None, Some(agent), None, None),
            Change::Replace { agent, by } => ("replace", None, Some(agent), Some(by), None),
            Change::Add { agent, priority } => ("add", None, Some(agent), None, Some(priority)),
        };
        let (date, hours) = (made.date.to_string(), made.hours.to_string());
        OverrideDocument { id: made.id, date, hours, kind: kind.to_owned(), name, agent, by, priority }
    }
}

impl DutyDocument {
    pub(super) fn of(duty: Duty) -> Self {
        let (shift, by_override, in_place_of) = match duty.reason {
            Reason::Shift(id) => (Some(id), None, None),
            Reason::InPlaceOf { by, agent } => (None, Some(by), Some(agent)),
            Reason::Added(id) => (None, Some(id), None),
        };
        DutyDocument {
            agent: duty.agent,
            priority: duty.priority,
            from: duty.span.start.to_string(),
            until: duty.span.end.to_string(),
            shift,
            by_override,
            in_place_of,
            skipped: duty.skipped,
        }
    }
}
