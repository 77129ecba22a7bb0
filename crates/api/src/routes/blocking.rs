//! Callers who do not get through to a line.

use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::response::Response;
use engine::lines::blocking;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::guard::{CUSTOMER, CUSTOMERS, Caller, PAYERS};
use crate::params::Id;
use crate::problem::{NOT_FOUND, Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_blocked_numbers)).routes(routes!(block_number, unblock_number))
}

/// The id of a line, and the number of a caller.
struct LineAndNumber(String, String);

impl<S: Send + Sync> FromRequestParts<S> for LineAndNumber {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let two = Path::<(String, String)>::from_request_parts(parts, state).await;
        two.map(|Path((id, number))| LineAndNumber(id, number))
            .map_err(|_| Problem::new(NOT_FOUND, "the address has no readable id and number"))
    }
}

/// Whose calls do not get through to a line.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"numbers": ["+441632960009", "0007"]}))]
struct BlockedNumbers {
    /// Their numbers in canonical form, 500 at most.
    numbers: Vec<String>,
}

/// List the numbers that a line blocks
///
/// Calls of these numbers do not get through to it. All of them, in the order of their texts.
#[utoipa::path(get, path = "/lines/{id}/blocking", params(("id" = String, Path)),
    responses((status = 200, description = "The numbers.", body = BlockedNumbers), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn list_blocked_numbers(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<BlockedNumbers>, Problem> {
    let numbers = blocking::list(&mut app.engine.view(&actor).await?, &id).await?;
    Ok(Answer::ok(BlockedNumbers { numbers }))
}

/// Block a number
///
/// Its calls do not get through to the line from now on; the number may be written in any form that the dial plan reads. One that is
/// blocked stays so. Emergency and service numbers always get through.
#[utoipa::path(put, path = "/lines/{id}/blocking/{number}", params(("id" = String, Path), ("number" = String, Path)),
    responses((status = 200, description = "It is blocked.", body = BlockedNumbers), Refusals),
    extensions(("x-roles" = json!(PAYERS)), ("x-owner" = json!(CUSTOMER))))]
async fn block_number(
    State(app): State<App>,
    caller: Caller,
    LineAndNumber(id, number): LineAndNumber,
) -> Result<Response, Problem> {
    app.once(&caller, None, move |work| {
        let (id, number) = (id.clone(), number.clone());
        Box::pin(async move {
            let numbers = blocking::add(work, &id, &number).await?;
            Ok(Answer::ok(BlockedNumbers { numbers }))
        })
    })
    .await
}

/// Let the calls of a number through again
///
/// Where it is not blocked, nothing changes.
#[utoipa::path(delete, path = "/lines/{id}/blocking/{number}", params(("id" = String, Path), ("number" = String, Path)),
    responses((status = 200, description = "It is not blocked.", body = BlockedNumbers), Refusals),
    extensions(("x-roles" = json!(PAYERS)), ("x-owner" = json!(CUSTOMER))))]
async fn unblock_number(
    State(app): State<App>,
    caller: Caller,
    LineAndNumber(id, number): LineAndNumber,
) -> Result<Response, Problem> {
    app.once(&caller, None, move |work| {
        let (id, number) = (id.clone(), number.clone());
        Box::pin(async move {
            let numbers = blocking::remove(work, &id, &number).await?;
            Ok(Answer::ok(BlockedNumbers { numbers }))
        })
    })
    .await
}
