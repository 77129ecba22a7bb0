use domain::time::Instant;
use serde_json::json;
use storage::webhooks::{AttemptRecord, LoggedDelivery};

use super::kinds::HookKind;
use super::raise::{HookEvent, send};
use super::{WebhookError, deliver, get, record};
use crate::{Scope, Work, jobs};

/// An event on its way to a webhook, and how that went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: String,
    /// The event: what the receiver knows it by.
    pub event: String,
    /// The event's kind, by name.
    pub kind: String,
    /// What is sent: JSON.
    pub body: String,
    /// How far it is.
    pub state: DeliveryState,
    /// When it was written down.
    pub created_at: Instant,
    /// Every try, the first first.
    pub attempts: Vec<Attempt>,
}

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// It waits, or is tried.
    Pending,
    /// The receiver took it.
    Delivered,
    /// It was given up.
    Failed,
}

/// A try of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// When it began.
    pub at: Instant,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
    /// The status that came back.
    pub status: Option<i64>,
    /// How the answer began.
    pub answer: Option<String>,
    /// Why no answer came.
    pub error: Option<String>,
}

/// A page of what was and is on its way to a webhook, the newest first, those before `before`.
///
/// # Errors
/// There is no such webhook.
pub async fn deliveries(
    scope: &mut impl Scope,
    webhook: &str,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<Delivery>, WebhookError> {
    let tenant = scope.tenant();
    record(scope, webhook).await?;
    let page = storage::webhooks::deliveries(scope.tx(), tenant, webhook, before, limit).await?;
    Ok(with_attempts(scope, page).await?)
}

/// Has a webhook told of a try, which it need not want: what is sent is of the kind `ping`.
///
/// # Errors
/// There is no such webhook, or it is disabled.
pub async fn ping(work: &mut Work, webhook: &str) -> Result<Delivery, WebhookError> {
    let record = record(work, webhook).await?;
    if record.enabled == 0 {
        return Err(WebhookError::Disabled(record.id));
    }
    let event = HookEvent { kind: HookKind::Ping, id: work.id("try"), data: json!({"webhook": webhook}) };
    let sent = send(work, &[&event], &[record]).await?;
    work.audit("webhook.test", webhook, None, Some(&sent)).await?;
    delivery(work, webhook, sent.first().map_or("", String::as_str)).await
}

/// Has something sent to a webhook once more, though it was taken or given up.
///
/// # Errors
/// There is no such webhook or delivery, the webhook is disabled, or it is tried still.
pub async fn redeliver(work: &mut Work, webhook: &str, id: &str) -> Result<Delivery, WebhookError> {
    if !get(work, webhook).await?.details.enabled {
        return Err(WebhookError::Disabled(webhook.to_owned()));
    }
    if delivery(work, webhook, id).await?.state == DeliveryState::Pending {
        return Err(WebhookError::Pending(id.to_owned()));
    }
    let (tenant, now) = (work.tenant(), work.now());
    storage::webhooks::set_state(&mut work.tx, tenant, id, DeliveryState::Pending.name()).await?;
    let again = format!("{id}/{}", work.id("try"));
    jobs::enqueue(work, &[deliver::job(id, &again, now)]).await?;
    work.audit("webhook.redeliver", webhook, None, Some(&id)).await?;
    delivery(work, webhook, id).await
}

/// One delivery of a webhook.
async fn delivery(scope: &mut impl Scope, webhook: &str, id: &str) -> Result<Delivery, WebhookError> {
    let tenant = scope.tenant();
    let found = storage::webhooks::delivery(scope.tx(), tenant, id).await?;
    let found = found.filter(|found| found.delivery.webhook == webhook);
    let found = with_attempts(scope, found.into_iter().collect()).await?.pop();
    found.ok_or_else(|| WebhookError::NoDelivery(id.to_owned()))
}

async fn with_attempts(
    scope: &mut impl Scope,
    deliveries: Vec<LoggedDelivery>,
) -> Result<Vec<Delivery>, storage::Error> {
    let tenant = scope.tenant();
    let ids: Vec<&str> = deliveries.iter().map(|logged| logged.delivery.id.as_str()).collect();
    let attempts = storage::webhooks::attempts(scope.tx(), tenant, &ids).await?;
    Ok(deliveries.into_iter().map(|logged| Delivery::of(logged, &attempts)).collect())
}

impl DeliveryState {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            DeliveryState::Pending => "pending",
            DeliveryState::Delivered => "delivered",
            DeliveryState::Failed => "failed",
        }
    }
}

impl Delivery {
    fn of(logged: LoggedDelivery, attempts: &[AttemptRecord]) -> Self {
        let LoggedDelivery { delivery, kind, body } = logged;
        let states = [DeliveryState::Delivered, DeliveryState::Failed];
        let of_this = attempts.iter().filter(|attempt| attempt.delivery == delivery.id);
        Delivery {
            attempts: of_this.map(Attempt::of).collect(),
            event: delivery.event,
            kind,
            body,
            state: states.into_iter().find(|state| state.name() == delivery.state).unwrap_or(DeliveryState::Pending),
            created_at: Instant::clamped(delivery.created_at),
            id: delivery.id,
        }
    }
}

impl Attempt {
    fn of(record: &AttemptRecord) -> Self {
        Attempt {
            at: Instant::clamped(record.at),
            duration_ms: record.duration_ms,
            status: record.status,
            answer: record.answer.clone(),
            error: record.error.clone(),
        }
    }
}
