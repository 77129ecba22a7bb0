use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::invalid::Invalid;
use engine::people::Secret;
use engine::webhooks::{self, CheckedUrl, Details, HookKind, HookKinds, Webhook};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Nothing, OrNothing};
use crate::guard::{ADMINS, Caller, TENANT};
use crate::paging::Page;
use crate::params::Id;
use crate::problem::{Problem, Refusals};
use crate::version::IfMatch;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_webhook, list_webhooks))
        .routes(routes!(get_webhook, edit_webhook, delete_webhook))
        .routes(routes!(rotate_webhook))
}

/// A webhook.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"url": "https://hooks.example.org/tollgate", "kinds": ["call.ended", "balance.low"],
    "description": "our books"}))]
struct WebhookBody {
    /// Where to: a public host, by HTTPS, on port 443, as far as the operator does not say otherwise.
    url: String,
    /// Of what it is told, one or more of `call.ended`, `balance.low`, `balance.topped_up`, `invoice.issued`, `line.suspended`,
    /// `line.restored`, `message.received`, `payout.made` and `fraud.alert`.
    kinds: Vec<String>,
    /// What it is for.
    description: Option<String>,
    /// Whether it is told anything; it is, where this is not given.
    enabled: Option<bool>,
}

/// A webhook.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookDocument {
    id: String,
    url: String,
    kinds: Vec<&'static str>,
    description: Option<String>,
    enabled: bool,
    /// Why it was disabled by itself: `gone`, since it answered 410, or `failing`, since it failed for three days.
    disabled_because: Option<&'static str>,
    /// When it failed first since it last succeeded.
    failing_since: Option<String>,
    /// Until when the secret before the present one signs, too.
    old_secret_until: Option<String>,
    created_at: String,
    version: i64,
}

/// A webhook with its secret.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookWithSecret {
    #[serde(flatten)]
    webhook: WebhookDocument,
    /// What is sent is signed with it. Shown this once.
    secret: String,
}

/// Make a webhook
///
/// It is told of what happens from now on. The answer has the secret, which is why it is not kept under an idempotency key.
#[utoipa::path(post, path = "/webhooks", request_body = WebhookBody,
    responses((status = 201, description = "It is made.", body = WebhookWithSecret), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn create_webhook(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<WebhookBody>,
) -> Result<Response, Problem> {
    let kinds = body.kinds()?;
    let url = CheckedUrl::check(app.courier.as_ref(), &body.url).await?;
    let details = body.details(kinds, url);
    app.once(&caller, None, move |work| {
        let details = details.clone();
        Box::pin(async move {
            let (webhook, secret) = webhooks::create(work, details).await?;
            let (location, version) = (format!("/api/v1/webhooks/{}", webhook.id), webhook.version);
            Ok(Answer::created(location, WebhookWithSecret::of(webhook, &secret)).version(version))
        })
    })
    .await
}

/// List the webhooks
///
/// All of them, the oldest first, without their secrets.
#[utoipa::path(get, path = "/webhooks",
    responses((status = 200, description = "The webhooks.", body = Page<WebhookDocument>), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn list_webhooks(
    State(app): State<App>,
    Caller(actor): Caller,
) -> Result<Answer<Page<WebhookDocument>>, Problem> {
    let webhooks = webhooks::all(&mut app.engine.view(&actor).await?).await?;
    Ok(Answer::ok(Page { items: webhooks.into_iter().map(WebhookDocument::of).collect(), next_cursor: None }))
}

/// Show a webhook
#[utoipa::path(get, path = "/webhooks/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The webhook.", body = WebhookDocument), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn get_webhook(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<WebhookDocument>, Problem> {
    let webhook = webhooks::get(&mut app.engine.view(&actor).await?, &id).await?;
    let version = webhook.version;
    Ok(Answer::ok(WebhookDocument::of(webhook)).version(version))
}

/// Change a webhook
///
/// All of it is replaced but its secret. Enabling it forgets that it failed.
#[utoipa::path(put, path = "/webhooks/{id}", request_body = WebhookBody,
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, description = "It is changed.", body = WebhookDocument), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn edit_webhook(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Body(body): Body<WebhookBody>,
) -> Result<Response, Problem> {
    let kinds = body.kinds()?;
    let known = webhooks::get(&mut app.engine.view(&caller.0).await?, &id).await?.details.url;
    // One that cannot be reached any more can be disabled all the same.
    let url =
        if known.as_str() == body.url { known } else { CheckedUrl::check(app.courier.as_ref(), &body.url).await? };
    let details = body.details(kinds, url);
    app.once(&caller, None, move |work| {
        let (id, details) = (id.clone(), details.clone());
        Box::pin(async move {
            let webhook = webhooks::update(work, &id, details, version).await?;
            let version = webhook.version;
            Ok(Answer::ok(WebhookDocument::of(webhook)).version(version))
        })
    })
    .await
}

/// Delete a webhook
///
/// What is on its way to it is not sent any more.
#[utoipa::path(delete, path = "/webhooks/{id}", params(("id" = String, Path)),
    responses((status = 204, description = "It is gone."), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn delete_webhook(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<StatusCode, Problem> {
    app.engine
        .run(&actor, |work| {
            let id = id.clone();
            Box::pin(async move { webhooks::delete(work, &id).await })
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a webhook a new secret
///
/// For a day both the new one and the one before sign what is sent. The answer has the secret, which is why it is not kept under an
/// idempotency key.
#[utoipa::path(post, path = "/webhooks/{id}/rotate", params(("id" = String, Path)),
    responses((status = 200, description = "It has a new secret.", body = WebhookWithSecret), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn rotate_webhook(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    OrNothing(_): OrNothing<Body<Nothing>>,
) -> Result<Response, Problem> {
    app.once(&caller, None, move |work| {
        let id = id.clone();
        Box::pin(async move {
            let (webhook, secret) = webhooks::rotate(work, &id).await?;
            let version = webhook.version;
            Ok(Answer::ok(WebhookWithSecret::of(webhook, &secret)).version(version))
        })
    })
    .await
}

impl WebhookBody {
    fn kinds(&self) -> Result<HookKinds, Invalid> {
        let mut kinds = Vec::with_capacity(self.kinds.len());
        for (place, name) in self.kinds.iter().enumerate() {
            let names = || HookKind::ALL.map(HookKind::name).join(", ");
            let unknown = || Invalid::at(format!("/kinds/{place}"), format!("must be one of {}", names()));
            kinds.push(HookKind::named(name).ok_or_else(unknown)?);
        }
        Ok(kinds.into_iter().collect())
    }

    fn details(self, kinds: HookKinds, url: CheckedUrl) -> Details {
        Details { url, kinds, description: self.description, enabled: self.enabled.unwrap_or(true) }
    }
}

impl WebhookWithSecret {
    fn of(webhook: Webhook, secret: &Secret) -> Self {
        WebhookWithSecret { webhook: WebhookDocument::of(webhook), secret: secret.reveal().to_owned() }
    }
}

impl WebhookDocument {
    fn of(webhook: Webhook) -> Self {
        let Details { url, kinds, description, enabled } = webhook.details;
        WebhookDocument {
            id: webhook.id,
            url: url.as_str().to_owned(),
            kinds: kinds.names(),
            description,
            enabled,
            disabled_because: webhook.disabled_because.map(webhooks::Disabled::name),
            failing_since: webhook.failing_since.map(|at| at.to_string()),
            old_secret_until: webhook.old_secret_until.map(|at| at.to_string()),
            created_at: webhook.created_at.to_string(),
            version: webhook.version,
        }
    }
}
