use std::collections::HashSet;

use serde_json::{Value, json};
use storage::webhooks::{DeliveryRecord, HookEventRecord, WebhookRecord};

use super::deliver;
use super::kinds::{HookKind, HookKinds};
use crate::jobs::{self, NewJob};
use crate::{Scope, Work};

/// Something that has happened in a transaction, and that webhooks may be told of.
#[derive(Debug, Clone, PartialEq)]
pub struct HookEvent {
    /// What kind of thing.
    pub kind: HookKind,
    /// The record that it happened to, and the change of it where there are several: with the kind the key. Nothing is told twice.
    pub id: String,
    /// What is told: a JSON object.
    pub data: Value,
}

/// Whether any webhook of the tenant wants to be told of this: what would be told need not be gathered for nobody.
///
/// # Errors
/// The database does not answer.
pub async fn wants(scope: &mut impl Scope, kind: HookKind) -> Result<bool, storage::Error> {
    let tenant = scope.tenant();
    Ok(HookKinds::parse(&storage::webhooks::wanted(scope.tx(), tenant).await?).has(kind))
}

/// Has each webhook that wants it told of what happened, after the commit and if it comes to one. Where none wants it, nothing is
/// written.
///
/// # Errors
/// The database does not answer.
pub async fn raise(work: &mut Work, events: &[HookEvent]) -> Result<(), storage::Error> {
    if events.is_empty() {
        return Ok(());
    }
    let tenant = work.tenant();
    let wanted = HookKinds::parse(&storage::webhooks::wanted(&mut work.tx, tenant).await?);
    let wanted: Vec<&HookEvent> = events.iter().filter(|event| wanted.has(event.kind)).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let webhooks = storage::webhooks::all(&mut work.tx, tenant).await?;
    let enabled: Vec<WebhookRecord> = webhooks.into_iter().filter(|webhook| webhook.enabled == 1).collect();
    send(work, &wanted, &enabled).await.map(|_| ())
}

/// Writes the events that are new and their ways to those of these webhooks that want them; answers the ids of these deliveries.
pub(super) async fn send(
    work: &mut Work,
    events: &[&HookEvent],
    webhooks: &[WebhookRecord],
) -> Result<Vec<String>, storage::Error> {
    let (tenant, now) = (work.tenant(), work.now());
    let record = |event: &&HookEvent| HookEventRecord {
        id: work.id("hev"),
        key: format!("{}/{}", event.kind.name(), event.id),
        kind: event.kind.name().to_owned(),
        body: json!({"type": event.kind.name(), "timestamp": now, "data": event.data}).to_string(),
        at: now.millis(),
    };
    let records: Vec<HookEventRecord> = events.iter().map(record).collect();
    let new: HashSet<String> =
        storage::webhooks::insert_events(&mut work.tx, tenant, &records).await?.into_iter().collect();
    let mut deliveries = Vec::new();
    for (event, record) in events.iter().zip(&records) {
        if !new.contains(&record.key) {
            continue;
        }
        for webhook in webhooks.iter().filter(|webhook| takes(webhook, event.kind)) {
            deliveries.push(DeliveryRecord {
                id: work.id("dlv"),
                webhook: webhook.id.clone(),
                event: record.id.clone(),
                state: "pending".to_owned(),
                created_at: now.millis(),
            });
        }
    }
    if deliveries.is_empty() {
        return Ok(Vec::new());
    }
    storage::webhooks::insert_deliveries(&mut work.tx, tenant, &deliveries).await?;
    let jobs: Vec<NewJob> = deliveries.iter().map(|delivery| deliver::job(&delivery.id, &delivery.id, now)).collect();
    jobs::enqueue(work, &jobs).await?;
    Ok(deliveries.into_iter().map(|delivery| delivery.id).collect())
}

fn takes(webhook: &WebhookRecord, kind: HookKind) -> bool {
    kind == HookKind::Ping || HookKinds::parse(&webhook.kinds).has(kind)
}
