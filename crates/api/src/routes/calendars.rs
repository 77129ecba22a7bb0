//! Calendars: rosters as calendar programs fetch them, and as they come from their files.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use documents::icalendar;
use engine::calendars::{self, Imported, Outcome};
use engine::people::Secret;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::File;
use crate::guard::{AGENT, ANYONE, COORDINATORS, Caller, DESK, NOBODY, TENANT};
use crate::params::{Id, Params, flag};
use crate::problem::{NOT_FOUND, Problem, Refusals, UNREADABLE};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(fetch_calendar))
        .routes(routes!(open_group_calendar, close_group_calendar))
        .routes(routes!(open_agent_calendar, close_agent_calendar))
        .routes(routes!(import_calendar))
}

/// Where a calendar is fetched.
#[derive(Debug, Serialize, ToSchema)]
struct CalendarDocument {
    /// Whoever knows it sees the calendar. It is shown this once.
    url: String,
}

/// Whether to change anything.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DryRunParams {
    /// Whether to tell only what it would come to.
    #[param(value_type = Option<bool>)]
    dry_run: Option<String>,
}

/// What a calendar file came to.
#[derive(Debug, Serialize, ToSchema)]
struct CalendarImportDocument {
    /// Whether nothing was changed, and this is what it would come to.
    dry_run: bool,
    created: usize,
    exists: usize,
    refused: usize,
    /// By event, in the order of the file.
    items: Vec<CalendarEventDocument>,
}

/// What became of an event.
#[derive(Debug, Serialize, ToSchema)]
struct CalendarEventDocument {
    uid: Option<String>,
    summary: String,
    /// `created`; `exists`, where it came before; or `refused`.
    outcome: &'static str,
    /// The overrides or shifts that were made. A dry run names none that there is.
    records: Vec<String>,
    /// Why it was refused.
    reason: Option<String>,
}

/// Fetch a calendar
///
/// Who is on duty, or when an agent is: from a month ago to half a year ahead, as iCalendar (RFC 5545). The address is secret; nobody signs in.
#[utoipa::path(get, path = "/calendars/{file}", params(("file" = String, Path, description = "The secret, and `.ics`.")),
    responses((status = 200, description = "The calendar.", body = String, content_type = "text/calendar"), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(NOBODY))))]
async fn fetch_calendar(State(app): State<App>, Path(file): Path<String>) -> Result<Response, Problem> {
    let secret = file.strip_suffix(".ics").ok_or_else(|| Problem::new(NOT_FOUND, "the address ends in .ics"))?;
    let feed = calendars::feed(&app.engine, &Secret::new(secret)).await?;
    let headers =
        [(header::CONTENT_TYPE, "text/calendar; charset=utf-8"), (header::CACHE_CONTROL, "private, no-cache")];
    Ok((headers, icalendar(&feed)).into_response())
}

/// Make the address of a group's calendar
///
/// With who is on duty, and where nobody is. An address that was made before opens nothing any more.
#[utoipa::path(post, path = "/groups/{id}/calendar", params(("id" = String, Path)),
    responses((status = 201, description = "It is made.", body = CalendarDocument), Refusals),
    extensions(("x-roles" = json!(COORDINATORS)), ("x-owner" = json!(TENANT))))]
async fn open_group_calendar(State(app): State<App>, caller: Caller, Id(group): Id) -> Result<Response, Problem> {
    let url = app.entrance.url().clone();
    app.once(&caller, None, move |work| {
        let (group, url) = (group.clone(), url.clone());
        Box::pin(async move { Ok(made(&url, &calendars::of_group(work, &group).await?)) })
    })
    .await
}

/// Take the address of a group's calendar away
#[utoipa::path(delete, path = "/groups/{id}/calendar", params(("id" = String, Path)),
    responses((status = 204, description = "It opens nothing any more."), Refusals),
    extensions(("x-roles" = json!(COORDINATORS)), ("x-owner" = json!(TENANT))))]
async fn close_group_calendar(State(app): State<App>, caller: Caller, Id(group): Id) -> Result<StatusCode, Problem> {
    closed(&app, &caller, &group).await
}

/// Make the address of an agent's own calendar
///
/// With when it is on duty, in all groups. An address that was made before opens nothing any more.
#[utoipa::path(post, path = "/agents/{id}/calendar", params(("id" = String, Path)),
    responses((status = 201, description = "It is made.", body = CalendarDocument), Refusals),
    extensions(("x-roles" = json!(DESK)), ("x-owner" = json!(AGENT))))]
async fn open_agent_calendar(State(app): State<App>, caller: Caller, Id(agent): Id) -> Result<Response, Problem> {
    let url = app.entrance.url().clone();
    app.once(&caller, None, move |work| {
        let (agent, url) = (agent.clone(), url.clone());
        Box::pin(async move { Ok(made(&url, &calendars::of_agent(work, &agent).await?)) })
    })
    .await
}

/// Take the address of an agent's own calendar away
#[utoipa::path(delete, path = "/agents/{id}/calendar", params(("id" = String, Path)),
    responses((status = 204, description = "It opens nothing any more."), Refusals),
    extensions(("x-roles" = json!(DESK)), ("x-owner" = json!(AGENT))))]
async fn close_agent_calendar(State(app): State<App>, caller: Caller, Id(agent): Id) -> Result<StatusCode, Problem> {
    closed(&app, &caller, &agent).await
}

/// Take the events of a calendar file into a group's roster
///
/// The body is the file, 1 MB at most. An event becomes an override that adds the agent who takes part (by its address, or by the event's summary); one that is
/// repeated weekly becomes a shift; whole days that are called holidays close the group. Each is taken once: sent again, a file changes nothing. What
/// cannot be taken is told, and the rest goes on.
#[utoipa::path(post, path = "/groups/{id}/calendar-import", params(("id" = String, Path), DryRunParams),
    request_body(content = String, content_type = "text/calendar"),
    responses((status = 200, description = "It is done.", body = CalendarImportDocument), Refusals),
    extensions(("x-roles" = json!(COORDINATORS)), ("x-owner" = json!(TENANT))))]
async fn import_calendar(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(group): Id,
    Params(params): Params<DryRunParams>,
    File(bytes): File,
) -> Result<Answer<CalendarImportDocument>, Problem> {
    let dry_run = flag("dry_run", params.dry_run.as_ref())?;
    let text = String::from_utf8(bytes.into()).map_err(|_| Problem::new(UNREADABLE, "the file is not UTF-8"))?;
    let done = if dry_run {
        // What is done is not committed.
        calendars::import(&mut app.engine.begin(&actor).await?, &group, &text).await?
    } else {
        app.engine
            .run(&actor, |work| {
                let (group, text) = (group.clone(), text.clone());
                Box::pin(async move { calendars::import(work, &group, &text).await })
            })
            .await?
    };
    let items: Vec<CalendarEventDocument> =
        done.into_iter().map(|event| CalendarEventDocument::of(event, dry_run)).collect();
    let count = |outcome: &str| items.iter().filter(|item| item.outcome == outcome).count();
    let [created, exists, refused] = ["created", "exists", "refused"].map(count);
    Ok(Answer::ok(CalendarImportDocument { dry_run, created, exists, refused, items }))
}

fn made(url: &engine::people::PublicUrl, secret: &Secret) -> Answer<CalendarDocument> {
    let path = format!("/api/v1/calendars/{}.ics", secret.reveal());
    Answer::created(path.clone(), CalendarDocument { url: format!("{}{path}", url.as_str()) })
}

async fn closed(app: &App, Caller(actor): &Caller, owner: &str) -> Result<StatusCode, Problem> {
    app.engine
        .run(actor, |work| {
            let owner = owner.to_owned();
            Box::pin(async move { calendars::close(work, &owner).await })
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

impl CalendarEventDocument {
    fn of(event: Imported, dry_run: bool) -> Self {
        let (outcome, records, reason) = match event.outcome {
            Outcome::Created(_) if dry_run => ("created", Vec::new(), None),
            Outcome::Created(records) => ("created", records, None),
            Outcome::Exists => ("exists", Vec::new(), None),
            Outcome::Refused(why) => ("refused", Vec::new(), Some(why.to_string())),
        };
        CalendarEventDocument { uid: event.uid, summary: event.summary, outcome, records, reason }
    }
}
