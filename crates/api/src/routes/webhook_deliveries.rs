use axum::extract::State;
use axum::response::Response;
use engine::webhooks::{self, Attempt, Delivery};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{Nothing, Posted};
use crate::guard::{ADMINS, Caller, TENANT};
use crate::paging::{Page, PageParams};
use crate::params::{Id, Ids, Params};
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(test_webhook))
        .routes(routes!(list_webhook_deliveries))
        .routes(routes!(redeliver_webhook))
}

/// Something on its way to a webhook, and how that went.
#[derive(Debug, Serialize, ToSchema)]
struct DeliveryDocument {
    id: String,
    /// What is sent as `webhook-id`: the same at every try.
    event: String,
    kind: String,
    /// `pending`, `delivered` or `failed`.
    state: &'static str,
    created_at: String,
    /// What is sent.
    #[schema(value_type = Object)]
    body: Value,
    /// Every try, the first first.
    attempts: Vec<AttemptDocument>,
}

/// A try.
#[derive(Debug, Serialize, ToSchema)]
struct AttemptDocument {
    at: String,
    /// How long it took, in milliseconds.
    duration_ms: i64,
    /// The status that came back.
    status: Option<i64>,
    /// How the answer began: 1,024 bytes of it at most.
    answer: Option<String>,
    /// Why no answer came.
    error: Option<String>,
}

/// Try a webhook
///
/// Something of the type `ping` is sent to it, which it need not want.
#[utoipa::path(post, path = "/webhooks/{id}/test",
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, description = "It is on its way.", body = DeliveryDocument), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn test_webhook(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Posted { claim, body: Nothing {} }: Posted<Nothing>,
) -> Result<Response, Problem> {
    app.once(&caller, claim, move |work| {
        let id = id.clone();
        Box::pin(async move { Ok(Answer::ok(DeliveryDocument::of(webhooks::ping(work, &id).await?))) })
    })
    .await
}

/// List what was and is on its way to a webhook
///
/// The newest first. After 30 days it is forgotten.
#[utoipa::path(get, path = "/webhooks/{id}/deliveries", params(("id" = String, Path), PageParams),
    responses((status = 200, description = "A page.", body = Page<DeliveryDocument>), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn list_webhook_deliveries(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
    Params(list): Params<PageParams>,
) -> Result<Answer<Page<DeliveryDocument>>, Problem> {
    let wanted = list.wanted()?;
    let mut view = app.engine.view(&actor).await?;
    let rows = webhooks::deliveries(&mut view, &id, wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), DeliveryDocument::of)))
}

/// Send something to a webhook once more
///
/// Though it was taken, or given up. The receiver knows it by the same `webhook-id`.
#[utoipa::path(post, path = "/webhooks/{id}/deliveries/{delivery}/redeliver",
    params(("id" = String, Path), ("delivery" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, description = "It is on its way.", body = DeliveryDocument), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn redeliver_webhook(
    State(app): State<App>,
    caller: Caller,
    Ids(id, delivery): Ids,
    Posted { claim, body: Nothing {} }: Posted<Nothing>,
) -> Result<Response, Problem> {
    app.once(&caller, claim, move |work| {
        let (id, delivery) = (id.clone(), delivery.clone());
        Box::pin(async move { Ok(Answer::ok(DeliveryDocument::of(webhooks::redeliver(work, &id, &delivery).await?))) })
    })
    .await
}

impl DeliveryDocument {
    fn of(delivery: Delivery) -> Self {
        DeliveryDocument {
            id: delivery.id,
            event: delivery.event,
            kind: delivery.kind,
            state: delivery.state.name(),
            created_at: delivery.created_at.to_string(),
            body: serde_json::from_str(&delivery.body).unwrap_or_default(),
            attempts: delivery.attempts.into_iter().map(AttemptDocument::of).collect(),
        }
    }
}

impl AttemptDocument {
    fn of(attempt: Attempt) -> Self {
        let Attempt { at, duration_ms, status, answer, error } = attempt;
        AttemptDocument { at: at.to_string(), duration_ms, status, answer, error }
    }
}
