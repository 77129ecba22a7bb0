use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::invalid::Invalid;
use engine::Roles;
use engine::keys::{self, KEY_SCOPES, Key};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::Body;
use crate::fields;
use crate::guard::{ADMINS, Caller, TENANT};
use crate::paging::Page;
use crate::params::Id;
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create_key, list_keys)).routes(routes!(revoke_key))
}

/// A key to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "front desk", "scopes": ["clerk"]}))]
struct NewKeyDocument {
    /// What it is for.
    name: String,
    /// What it may do, one or more of `owner`, `admin`, `clerk`, `coordinator`, `auditor` and `switch`: nothing that its maker may not.
    scopes: Vec<String>,
    /// From when on it opens nothing; never, where it is not given.
    expires_at: Option<String>,
}

/// An API key.
#[derive(Debug, Serialize, ToSchema)]
struct KeyDocument {
    id: String,
    name: String,
    scopes: Vec<&'static str>,
    created_at: String,
    expires_at: Option<String>,
    revoked_at: Option<String>,
}

/// A key with its secret.
#[derive(Debug, Serialize, ToSchema)]
struct NewKeyAnswer {
    key: KeyDocument,
    /// Shown this once, and kept nowhere.
    secret: String,
}

/// Make an API key
///
/// The answer has the secret, which is why it is not kept under an idempotency key.
#[utoipa::path(post, path = "/keys", request_body = NewKeyDocument,
    responses((status = 201, description = "It is made.", body = NewKeyAnswer), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn create_key(
    State(app): State<App>,
    caller: Caller,
    Body(new): Body<NewKeyDocument>,
) -> Result<Response, Problem> {
    let scopes = Roles::named(new.scopes.iter().map(String::as_str)).ok_or_else(|| {
        let names: Vec<&str> = KEY_SCOPES.iter().map(|scope| scope.name()).collect();
        Invalid::at("/scopes", format!("must be one or more of {}", names.join(", ")))
    })?;
    let expires_at = fields::instant("/expires_at", new.expires_at.as_ref())?;
    app.once(&caller, None, move |work| {
        let (name, scopes) = (new.name.clone(), scopes.clone());
        Box::pin(async move {
            let (key, secret) = keys::create(work, &name, scopes, expires_at).await?;
            let location = format!("/api/v1/keys/{}", key.id);
            Ok(Answer::created(location, NewKeyAnswer { key: KeyDocument::of(key), secret }))
        })
    })
    .await
}

/// List the API keys
///
/// All of them, the oldest first, without their secrets.
#[utoipa::path(get, path = "/keys",
    responses((status = 200, description = "The keys.", body = Page<KeyDocument>), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn list_keys(State(app): State<App>, Caller(actor): Caller) -> Result<Answer<Page<KeyDocument>>, Problem> {
    let keys = keys::all(&mut app.engine.view(&actor).await?).await?;
    Ok(Answer::ok(Page { items: keys.into_iter().map(KeyDocument::of).collect(), next_cursor: None }))
}

/// Revoke an API key
#[utoipa::path(delete, path = "/keys/{id}", params(("id" = String, Path)),
    responses((status = 204, description = "It opens nothing any more."), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn revoke_key(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<StatusCode, Problem> {
    app.engine
        .run(&actor, |work| {
            let id = id.clone();
            Box::pin(async move { keys::revoke(work, &id).await })
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

impl KeyDocument {
    fn of(key: Key) -> Self {
        KeyDocument {
            id: key.id,
            name: key.name,
            scopes: key.scopes.names(),
            created_at: key.created_at.to_string(),
            expires_at: key.expires_at.map(|expires_at| expires_at.to_string()),
            revoked_at: key.revoked_at.map(|revoked_at| revoked_at.to_string()),
        }
    }
}
