//! Numbers from outside, and where they lead.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use engine::inbound_numbers::{self, Details, InboundNumber};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Posted};
use crate::guard::{ADMINS, Caller, READERS, TENANT};
use crate::paging::{Page, PageParams};
use crate::params::{Id, Params};
use crate::problem::{Problem, Refusals};
use crate::version::IfMatch;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create_inbound_number, list_inbound_numbers)).routes(routes!(
        get_inbound_number,
        edit_inbound_number,
        delete_inbound_number
    ))
}

/// A number from outside.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"number": "+442079460018", "line": "lin_0"}))]
struct InboundNumberBody {
    /// In any form that the dial plan reads. No open line, no agent and no other number from outside has it, and it is no extension.
    number: String,
    /// The id of the line that it leads to.
    line: String,
}

/// A number from outside.
#[derive(Debug, Serialize, ToSchema)]
struct InboundNumberDocument {
    id: String,
    /// E.164, with its plus sign.
    number: String,
    /// The id of the line that it leads to. While that is closed, it leads nowhere.
    line: String,
    created_at: String,
    version: i64,
}

/// Make a number from outside
///
/// A call that comes in on a trunk for this number rings the line.
#[utoipa::path(post, path = "/inbound-numbers", request_body = InboundNumberBody,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "It is made.", body = InboundNumberDocument), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn create_inbound_number(
    State(app): State<App>,
    caller: Caller,
    Posted { claim, body: Body(body) }: Posted<Body<InboundNumberBody>>,
) -> Result<Response, Problem> {
    let details = body.read();
    app.once(&caller, claim, move |work| {
        let details = details.clone();
        Box::pin(async move {
            let inbound = inbound_numbers::create(work, details).await?;
            let (location, version) = (format!("/api/v1/inbound-numbers/{}", inbound.id), inbound.version);
            Ok(Answer::created(location, InboundNumberDocument::of(inbound)).version(version))
        })
    })
    .await
}

/// List the numbers from outside
///
/// In the order of their making.
#[utoipa::path(get, path = "/inbound-numbers", params(PageParams),
    responses((status = 200, description = "A page.", body = Page<InboundNumberDocument>), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn list_inbound_numbers(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<PageParams>,
) -> Result<Answer<Page<InboundNumberDocument>>, Problem> {
    let wanted = list.wanted()?;
    let rows = inbound_numbers::page(&mut app.engine.view(&actor).await?, wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), InboundNumberDocument::of)))
}

/// Show a number from outside
#[utoipa::path(get, path = "/inbound-numbers/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The number.", body = InboundNumberDocument), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn get_inbound_number(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<InboundNumberDocument>, Problem> {
    let inbound = inbound_numbers::get(&mut app.engine.view(&actor).await?, &id).await?;
    let version = inbound.version;
    Ok(Answer::ok(InboundNumberDocument::of(inbound)).version(version))
}

/// Change a number from outside
///
/// All of it is replaced.
#[utoipa::path(put, path = "/inbound-numbers/{id}", request_body = InboundNumberBody,
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, description = "It is changed.", body = InboundNumberDocument), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn edit_inbound_number(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Body(body): Body<InboundNumberBody>,
) -> Result<Response, Problem> {
    let details = body.read();
    app.once(&caller, None, move |work| {
        let (id, details) = (id.clone(), details.clone());
        Box::pin(async move {
            let inbound = inbound_numbers::update(work, &id, details, version).await?;
            let version = inbound.version;
            Ok(Answer::ok(InboundNumberDocument::of(inbound)).version(version))
        })
    })
    .await
}

/// Delete a number from outside
///
/// It leads nowhere any more; a line or an agent may have it.
#[utoipa::path(delete, path = "/inbound-numbers/{id}", params(("id" = String, Path)),
    responses((status = 204, description = "It is gone."), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn delete_inbound_number(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    app.engine
        .run(&actor, |work| {
            let id = id.clone();
            Box::pin(async move { inbound_numbers::delete(work, &id).await })
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

impl InboundNumberBody {
    fn read(self) -> Details {
        Details { number: self.number, line: self.line }
    }
}

impl InboundNumberDocument {
    fn of(inbound: InboundNumber) -> Self {
        InboundNumberDocument {
            id: inbound.id,
            number: inbound.number,
            line: inbound.line,
            created_at: inbound.created_at.to_string(),
            version: inbound.version,
        }
    }
}
