//! What the phones of lines register with.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use engine::lines::phones;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Nothing, OrNothing};
use crate::guard::{AGENT, AGENTS, CUSTOMER, Caller, PARTY, PAYERS, PHONES};
use crate::params::Id;
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(make_phone_secret, take_phone_secret))
        .routes(routes!(make_phone_token))
        .routes(routes!(list_agent_phones))
}

/// The secret of a line's phone.
#[derive(Debug, Serialize, ToSchema)]
struct PhoneSecretDocument {
    /// Shown this once, and kept nowhere.
    secret: String,
}

/// A token with which the phone of a line registers for a while.
#[derive(Debug, Serialize, ToSchema)]
struct PhoneTokenDocument {
    /// Shown this once, and kept nowhere.
    token: String,
    /// From when on it opens nothing; who has registered with it stays so.
    expires_at: String,
}

/// The lines of an agent's phones.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [{"line": "lin_0", "number": "0043"}]}))]
struct AgentPhones {
    items: Vec<AgentPhone>,
}

/// A phone of an agent that has a line here.
#[derive(Debug, Serialize, ToSchema)]
struct AgentPhone {
    /// The id of the line: an agent makes tokens for it.
    line: String,
    number: String,
}

/// List the lines of an agent's phones
///
/// Those of its phones that have a line here, the first one first: where the first one rings, calls to the agent's number come in.
#[utoipa::path(get, path = "/agents/{id}/phones", params(("id" = String, Path)),
    responses((status = 200, description = "The lines.", body = AgentPhones), Refusals),
    extensions(("x-roles" = json!(AGENTS)), ("x-owner" = json!(AGENT))))]
async fn list_agent_phones(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<AgentPhones>, Problem> {
    let lines = phones::of_agent(&mut app.engine.view(&actor).await?, &id).await?;
    let phone = |line: phones::PhoneLine| AgentPhone { number: line.number.to_string(), line: line.line };
    Ok(Answer::ok(AgentPhones { items: lines.into_iter().map(phone).collect() }))
}

/// Make the secret of a line's phone
///
/// Its phone registers with the number and this secret. The secret that it had opens nothing any more; who is registered with it stays so.
/// The answer has the secret, which is why it is not kept under an idempotency key.
#[utoipa::path(post, path = "/lines/{id}/phone-secret", params(("id" = String, Path)),
    responses((status = 201, description = "It is made.", body = PhoneSecretDocument), Refusals),
    extensions(("x-roles" = json!(PAYERS)), ("x-owner" = json!(CUSTOMER))))]
async fn make_phone_secret(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    OrNothing(_): OrNothing<Body<Nothing>>,
) -> Result<Response, Problem> {
    app.once(&caller, None, move |work| {
        let id = id.clone();
        Box::pin(async move {
            let secret = phones::make_secret(work, &id).await?.reveal().to_owned();
            Ok(Answer::created(format!("/api/v1/lines/{id}"), PhoneSecretDocument { secret }))
        })
    })
    .await
}

/// Take the secret of a line's phone away
///
/// With it nobody registers any more. Where there is none, nothing changes.
#[utoipa::path(delete, path = "/lines/{id}/phone-secret", params(("id" = String, Path)),
    responses((status = 204, description = "The phone has no secret."), Refusals),
    extensions(("x-roles" = json!(PAYERS)), ("x-owner" = json!(CUSTOMER))))]
async fn take_phone_secret(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<StatusCode, Problem> {
    app.engine
        .run(&actor, |work| {
            let id = id.clone();
            Box::pin(async move { phones::take_secret(work, &id).await })
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make a token for the phone of a line
///
/// A phone registers with it in place of the secret, as often as it likes within ten minutes: for the phone in the browser. A customer makes
/// one for its own lines, an agent for a line whose number is one of its phones.
#[utoipa::path(post, path = "/lines/{id}/phone-token", params(("id" = String, Path)),
    responses((status = 201, description = "It is made.", body = PhoneTokenDocument), Refusals),
    extensions(("x-roles" = json!(PHONES)), ("x-owner" = json!(PARTY))))]
async fn make_phone_token(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    OrNothing(_): OrNothing<Body<Nothing>>,
) -> Result<Response, Problem> {
    app.once(&caller, None, move |work| {
        let id = id.clone();
        Box::pin(async move {
            let made = phones::make_token(work, &id).await?;
            let token = made.token.reveal().to_owned();
            let document = PhoneTokenDocument { token, expires_at: made.expires_at.to_string() };
            Ok(Answer::created(format!("/api/v1/lines/{id}"), document))
        })
    })
    .await
}
