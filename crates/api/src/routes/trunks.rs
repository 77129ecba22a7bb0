//! Trunks: ways to other networks, and in from there.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use engine::trunks::{self, Details, Trunk};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Posted};
use crate::guard::{ADMINS, CHECKERS, Caller, TENANT};
use crate::paging::{Page, PageParams};
use crate::params::{Id, Params};
use crate::problem::{Problem, Refusals};
use crate::version::IfMatch;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create_trunk, list_trunks)).routes(routes!(get_trunk, edit_trunk, delete_trunk))
}

/// A trunk.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "World", "endpoint": "provider-a", "most_calls": 30}))]
struct TrunkBody {
    /// What it is called here.
    name: String,
    /// Its endpoint in the Asterisk's own configuration, which no other trunk has: up to 40 letters, digits, and `_.-`.
    endpoint: String,
    /// The name of the Asterisk, of the same characters; the only one, where it is not given.
    asterisk: Option<String>,
    /// Whether calls go out on it, and come in. They do, where it is not given.
    enabled: Option<bool>,
    /// How many calls it takes at once, up to 10,000; any number, where it is not given.
    most_calls: Option<u32>,
}

/// A trunk.
#[derive(Debug, Serialize, ToSchema)]
struct TrunkDocument {
    id: String,
    name: String,
    endpoint: String,
    /// Null for the only Asterisk.
    asterisk: Option<String>,
    enabled: bool,
    /// Null for any number.
    most_calls: Option<u32>,
    created_at: String,
    version: i64,
}

/// Make a trunk
///
/// Whose an incoming call is, the endpoint says on which it comes in: no two trunks of an Asterisk have the same, whosever they are.
#[utoipa::path(post, path = "/trunks", request_body = TrunkBody,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "It is made.", body = TrunkDocument), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn create_trunk(
    State(app): State<App>,
    caller: Caller,
    Posted { claim, body: Body(body) }: Posted<Body<TrunkBody>>,
) -> Result<Response, Problem> {
    let details = body.read();
    app.once(&caller, claim, move |work| {
        let details = details.clone();
        Box::pin(async move {
            let trunk = trunks::create(work, details).await?;
            let (location, version) = (format!("/api/v1/trunks/{}", trunk.id), trunk.version);
            Ok(Answer::created(location, TrunkDocument::of(trunk)).version(version))
        })
    })
    .await
}

/// List the trunks
///
/// In the order of their making.
#[utoipa::path(get, path = "/trunks", params(PageParams),
    responses((status = 200, description = "A page.", body = Page<TrunkDocument>), Refusals),
    extensions(("x-roles" = json!(CHECKERS)), ("x-owner" = json!(TENANT))))]
async fn list_trunks(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<PageParams>,
) -> Result<Answer<Page<TrunkDocument>>, Problem> {
    let wanted = list.wanted()?;
    let rows = trunks::page(&mut app.engine.view(&actor).await?, wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), TrunkDocument::of)))
}

/// Show a trunk
#[utoipa::path(get, path = "/trunks/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The trunk.", body = TrunkDocument), Refusals),
    extensions(("x-roles" = json!(CHECKERS)), ("x-owner" = json!(TENANT))))]
async fn get_trunk(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<TrunkDocument>, Problem> {
    let trunk = trunks::get(&mut app.engine.view(&actor).await?, &id).await?;
    let version = trunk.version;
    Ok(Answer::ok(TrunkDocument::of(trunk)).version(version))
}

/// Change a trunk
///
/// All of it is replaced. Calls that run on it go on.
#[utoipa::path(put, path = "/trunks/{id}", request_body = TrunkBody,
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, description = "It is changed.", body = TrunkDocument), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn edit_trunk(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Body(body): Body<TrunkBody>,
) -> Result<Response, Problem> {
    let details = body.read();
    app.once(&caller, None, move |work| {
        let (id, details) = (id.clone(), details.clone());
        Box::pin(async move {
            let trunk = trunks::update(work, &id, details, version).await?;
            let version = trunk.version;
            Ok(Answer::ok(TrunkDocument::of(trunk)).version(version))
        })
    })
    .await
}

/// Delete a trunk
///
/// One on which no route goes out. Calls that run on it go on.
#[utoipa::path(delete, path = "/trunks/{id}", params(("id" = String, Path)),
    responses((status = 204, description = "It is gone."), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn delete_trunk(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<StatusCode, Problem> {
    app.engine
        .run(&actor, |work| {
            let id = id.clone();
            Box::pin(async move { trunks::delete(work, &id).await })
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

impl TrunkBody {
    fn read(self) -> Details {
        Details {
            name: self.name,
            endpoint: self.endpoint,
            asterisk: self.asterisk,
            enabled: self.enabled.unwrap_or(true),
            most_calls: self.most_calls,
        }
    }
}

impl TrunkDocument {
    fn of(trunk: Trunk) -> Self {
        let Details { name, endpoint, asterisk, enabled, most_calls } = trunk.details;
        TrunkDocument {
            id: trunk.id,
            name,
            endpoint,
            asterisk,
            enabled,
            most_calls,
            created_at: trunk.created_at.to_string(),
            version: trunk.version,
        }
    }
}
