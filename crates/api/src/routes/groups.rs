//! Groups: people who answer one number together.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::roster::TimeOfDay;
use domain::time::Zone;
use engine::groups::{self, Answering, Details, Group, Reminders, Swapping};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Posted};
use crate::guard::{COORDINATORS, Caller, ROSTER_READERS, TENANT};
use crate::paging::{Page, PageParams};
use crate::params::{Id, Params};
use crate::problem::{Problem, Refusals};
use crate::version::IfMatch;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create_group, list_groups)).routes(routes!(get_group, edit_group, delete_group))
}

/// A group.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Night line", "time_zone": "Europe/London", "wanted": 2, "numbers": ["+441632960000"], "answering": {"strategy": "longest_idle"}}))]
struct GroupBody {
    name: String,
    /// The IANA time zone of its roster; the tenant's, where none is given.
    #[schema(value_type = Option<String>)]
    time_zone: Option<Zone>,
    /// How many are to be on duty at any time, 1 to 100; 1, where none is given.
    wanted: Option<u16>,
    /// What callers dial, 20 at most: extensions, or E.164. The first is shown to those who are rung. They and the numbers of lines, agents and
    /// from outside are one set.
    #[serde(default)]
    numbers: Vec<String>,
    /// How calls are answered: greeting, order of ringing, what follows where nobody comes, voicemail, privacy. Every field has a default; the
    /// guide on help lines tells them all.
    #[serde(default)]
    #[schema(value_type = Object)]
    answering: Answering,
    /// Whether and when its agents are reminded of the next day's shifts: they are, at 18:00, where nothing is said.
    reminders: Option<GroupRemindersBody>,
    /// Whether its agents swap shifts by themselves: `free`, as it is where nothing is said, or `approved`, where a coordinator approves of each.
    #[schema(value_type = Option<String>)]
    swaps: Option<Swapping>,
}

/// Whether and when agents are reminded by mail of the next day's shifts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GroupRemindersBody {
    enabled: Option<bool>,
    /// A time of the evening before, in the group's zone, such as 18:00.
    #[schema(value_type = Option<String>)]
    at: Option<TimeOfDay>,
}

/// Whether and when agents are reminded by mail of the next day's shifts.
#[derive(Debug, Serialize, ToSchema)]
struct GroupRemindersDocument {
    enabled: bool,
    at: String,
}

/// A group.
#[derive(Debug, Serialize, ToSchema)]
struct GroupDocument {
    id: String,
    name: String,
    time_zone: Option<String>,
    wanted: u16,
    numbers: Vec<String>,
    #[schema(value_type = Object)]
    answering: Answering,
    reminders: GroupRemindersDocument,
    #[schema(value_type = String)]
    swaps: Swapping,
    created_at: String,
    version: i64,
}

/// Make a group
#[utoipa::path(post, path = "/groups", request_body = GroupBody,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "It is made.", body = GroupDocument), Refusals),
    extensions(("x-roles" = json!(COORDINATORS)), ("x-owner" = json!(TENANT))))]
async fn create_group(
    State(app): State<App>,
    caller: Caller,
    Posted { claim, body: Body(body) }: Posted<Body<GroupBody>>,
) -> Result<Response, Problem> {
    let details = body.read();
    app.once(&caller, claim, move |work| {
        let details = details.clone();
        Box::pin(async move {
            let group = groups::create(work, details).await?;
            let (location, version) = (format!("/api/v1/groups/{}", group.id), group.version);
            Ok(Answer::created(location, GroupDocument::of(group)).version(version))
        })
    })
    .await
}

/// List the groups
///
/// In the order of their making.
#[utoipa::path(get, path = "/groups", params(PageParams),
    responses((status = 200, description = "A page.", body = Page<GroupDocument>), Refusals),
    extensions(("x-roles" = json!(ROSTER_READERS)), ("x-owner" = json!(TENANT))))]
async fn list_groups(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<PageParams>,
) -> Result<Answer<Page<GroupDocument>>, Problem> {
    let wanted = list.wanted()?;
    let rows = groups::page(&mut app.engine.view(&actor).await?, wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), GroupDocument::of)))
}

/// Show a group
#[utoipa::path(get, path = "/groups/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The group.", body = GroupDocument), Refusals),
    extensions(("x-roles" = json!(ROSTER_READERS)), ("x-owner" = json!(TENANT))))]
async fn get_group(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<GroupDocument>, Problem> {
    let group = groups::get(&mut app.engine.view(&actor).await?, &id).await?;
    let version = group.version;
    Ok(Answer::ok(GroupDocument::of(group)).version(version))
}

/// Change a group
///
/// All of it is replaced; its roster stays.
#[utoipa::path(put, path = "/groups/{id}", request_body = GroupBody,
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, description = "It is changed.", body = GroupDocument), Refusals),
    extensions(("x-roles" = json!(COORDINATORS)), ("x-owner" = json!(TENANT))))]
async fn edit_group(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Body(body): Body<GroupBody>,
) -> Result<Response, Problem> {
    let details = body.read();
    app.once(&caller, None, move |work| {
        let (id, details) = (id.clone(), details.clone());
        Box::pin(async move {
            let group = groups::update(work, &id, details, version).await?;
            let version = group.version;
            Ok(Answer::ok(GroupDocument::of(group)).version(version))
        })
    })
    .await
}

/// Delete a group
///
/// Its roster goes with it.
#[utoipa::path(delete, path = "/groups/{id}", params(("id" = String, Path)),
    responses((status = 204, description = "It is gone."), Refusals),
    extensions(("x-roles" = json!(COORDINATORS)), ("x-owner" = json!(TENANT))))]
async fn delete_group(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<StatusCode, Problem> {
    app.engine
        .run(&actor, |work| {
            let id = id.clone();
            Box::pin(async move { groups::delete(work, &id).await })
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

impl GroupBody {
    fn read(self) -> Details {
        let usual = Reminders::default();
        let reminders = self.reminders.map_or(usual, |given| Reminders {
            enabled: given.enabled.unwrap_or(usual.enabled),
            at: given.at.unwrap_or(usual.at),
        });
        Details {
            name: self.name,
            zone: self.time_zone,
            wanted: self.wanted.unwrap_or(1),
            numbers: self.numbers,
            answering: self.answering,
            reminders,
            swaps: self.swaps.unwrap_or_default(),
        }
    }
}

impl GroupDocument {
    fn of(group: Group) -> Self {
        let Details { name, zone, wanted, numbers, answering, reminders, swaps } = group.details;
        GroupDocument {
            id: group.id,
            name,
            time_zone: zone.map(|zone| zone.name().to_owned()),
            wanted,
            numbers,
            answering,
            reminders: GroupRemindersDocument { enabled: reminders.enabled, at: reminders.at.to_string() },
            swaps,
            created_at: group.created_at.to_string(),
            version: group.version,
        }
    }
}
