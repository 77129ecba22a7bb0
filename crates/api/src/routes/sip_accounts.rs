//! What the phones of lines register at an Asterisk with.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use engine::sip_accounts::{self, REALM, SipAccount};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{Body, OrNothing};
use crate::guard::{CUSTOMER, CUSTOMERS, Caller, PAYERS};
use crate::params::Id;
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(make_sip_account, get_sip_account, take_sip_account))
}

/// Where a line registers.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SipAccountBody {
    /// The name of the Asterisk, up to 40 letters, digits, and `_.-`. The one that the account has, where it is not given; at first the
    /// only one.
    asterisk: Option<String>,
}

/// What the phone of a line registers at an Asterisk with, without its password.
#[derive(Debug, Serialize, ToSchema)]
struct SipAccountDocument {
    /// The name that the phone registers with.
    username: String,
    /// The realm that the password is for.
    realm: &'static str,
    /// When it was made, or made anew.
    made_at: String,
    /// The name of the Asterisk; null for the only one.
    asterisk: Option<String>,
}

/// The same with its password.
#[derive(Debug, Serialize, ToSchema)]
struct SipAccountWithPassword {
    #[serde(flatten)]
    account: SipAccountDocument,
    /// Shown this once, and kept nowhere.
    password: String,
}

/// Make the SIP account of a line
///
/// Its phone registers at an Asterisk with the name and the password. A line has one account at most: where there is one, it gets a new
/// password, and nobody registers with the one before any more. The answer has the password, which is why it is not kept under an
/// idempotency key.
#[utoipa::path(post, path = "/lines/{id}/sip-account", request_body = Option<SipAccountBody>, params(("id" = String, Path)),
    responses((status = 201, description = "It is made.", body = SipAccountWithPassword), Refusals),
    extensions(("x-roles" = json!(PAYERS)), ("x-owner" = json!(CUSTOMER))))]
async fn make_sip_account(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    OrNothing(body): OrNothing<Body<SipAccountBody>>,
) -> Result<Response, Problem> {
    let asterisk = body.and_then(|Body(SipAccountBody { asterisk })| asterisk);
    app.once(&caller, None, move |work| {
        let (id, asterisk) = (id.clone(), asterisk.clone());
        Box::pin(async move {
            let (account, password) = sip_accounts::make(work, &id, asterisk).await?;
            let (account, password) = (SipAccountDocument::of(account), password.reveal().to_owned());
            let location = format!("/api/v1/lines/{id}/sip-account");
            Ok(Answer::created(location, SipAccountWithPassword { account, password }))
        })
    })
    .await
}

/// Show the SIP account of a line
///
/// All of it but the password, which is kept nowhere.
#[utoipa::path(get, path = "/lines/{id}/sip-account", params(("id" = String, Path)),
    responses((status = 200, description = "The account.", body = SipAccountDocument), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn get_sip_account(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<SipAccountDocument>, Problem> {
    let account = sip_accounts::get(&mut app.engine.view(&actor).await?, &id).await?;
    Ok(Answer::ok(SipAccountDocument::of(account)))
}

/// Take the SIP account of a line away
///
/// Nobody registers with it any more. Where there is none, nothing changes.
#[utoipa::path(delete, path = "/lines/{id}/sip-account", params(("id" = String, Path)),
    responses((status = 204, description = "The line has no account."), Refusals),
    extensions(("x-roles" = json!(PAYERS)), ("x-owner" = json!(CUSTOMER))))]
async fn take_sip_account(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<StatusCode, Problem> {
    app.engine
        .run(&actor, |work| {
            let id = id.clone();
            Box::pin(async move { sip_accounts::take(work, &id).await })
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

impl SipAccountDocument {
    fn of(account: SipAccount) -> Self {
        SipAccountDocument {
            username: account.username,
            realm: REALM,
            made_at: account.made_at.to_string(),
            asterisk: account.asterisk,
        }
    }
}
