//! A forgotten password: a link by mail, and a new password by it.

use axum::extract::State;
use axum::http::StatusCode;
use engine::people::{Password, Secret, resets};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::body::Body;
use crate::entrance::Sender;
use crate::guard::{ANYONE, SELF};
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(ask_for_reset)).routes(routes!(confirm_reset))
}

/// Whose password is forgotten.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"sign_in": "ada@example.org"}))]
struct ResetRequest {
    /// The name to sign in with, or the e-mail address.
    sign_in: String,
}

/// The new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResetDocument {
    /// The secret at the end of the link.
    token: String,
    /// 10 to 128 characters that are not easily guessed.
    #[schema(format = Password)]
    password: String,
}

/// Ask for a link to set a new password
///
/// The answer is the same whether anybody signs in with it or not. The link goes to the address that is stored, and is good for an hour.
#[utoipa::path(post, path = "/password-resets", request_body = ResetRequest,
    responses((status = 202, description = "If there is such a person, a mail is on its way."), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(SELF))))]
async fn ask_for_reset(
    State(app): State<App>,
    Sender(client, _): Sender,
    Body(request): Body<ResetRequest>,
) -> Result<StatusCode, Problem> {
    resets::request(&app.engine, &request.sign_in, &client).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Set a new password by the link
///
/// All sessions of the person end. The link works once.
#[utoipa::path(post, path = "/password-resets/confirm", request_body = ResetDocument,
    responses((status = 204, description = "Sign in with the new password."), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(SELF))))]
async fn confirm_reset(State(app): State<App>, Body(reset): Body<ResetDocument>) -> Result<StatusCode, Problem> {
    resets::confirm(&app.engine, &Secret::new(reset.token), Password::new(reset.password)).await?;
    Ok(StatusCode::NO_CONTENT)
}
