//! Webhooks: where a tenant wants to be told of what happens, what is told, and how that goes.

use serde::Serialize;

use crate::batch::insert_new;
use crate::transaction::sql;
use crate::{Error, Tx, WriteTx};

/// A webhook.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct WebhookRecord {
    /// The tenant.
    pub tenant: i64,
    /// Its id.
    pub id: String,
    /// Where to.
    pub url: String,
    /// The names of the kinds that it wants, divided by blanks.
    pub kinds: String,
    /// What it is for.
    pub description: Option<String>,
    /// 1 if something is sent to it, 0 otherwise.
    pub enabled: i64,
    /// Why the program has disabled it.
    pub disabled_because: Option<String>,
    /// The secret that signs.
    pub secret: String,
    /// The secret that was replaced by it.
    pub old_secret: Option<String>,
    /// Until when that one signs, too.
    pub old_secret_until: Option<i64>,
    /// When it failed first since it last succeeded.
    pub failing_since: Option<i64>,
    /// When it was made.
    pub created_at: i64,
    /// Counts the changes.
    pub version: i64,
}

/// Something that happened, as it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct HookEventRecord {
    /// Its id.
    pub id: String,
    /// What tells it from others: its kind and its record.
    pub key: String,
    /// Its kind.
    pub kind: String,
    /// What is sent.
    pub body: String,
    /// When it happened.
    pub at: i64,
}

/// An event on its way to a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct DeliveryRecord {
    /// Its id.
    pub id: String,
    /// The webhook.
    pub webhook: String,
    /// The event.
    pub event: String,
    /// `pending`, `delivered` or `failed`.
    pub state: String,
    /// When it was written down.
    pub created_at: i64,
}

/// A delivery with its event.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LoggedDelivery {
    /// The delivery.
    #[sqlx(flatten)]
    pub delivery: DeliveryRecord,
    /// The event's kind.
    pub kind: String,
    /// What is sent.
    pub body: String,
}

/// A try of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct AttemptRecord {
    /// Its id.
    pub id: String,
    /// The delivery.
    pub delivery: String,
    /// When it began.
    pub at: i64,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
    /// The status that came back.
    pub status: Option<i64>,
    /// The beginning of what came back.
    pub answer: Option<String>,
    /// What went wrong.
    pub error: Option<String>,
}

/// Has other changes of the tenant's webhooks wait until the transaction ends, so that what all of them want is told of all.
///
/// # Errors
/// The database does not answer.
pub async fn lock(tx: &mut WriteTx, tenant: i64) -> Result<(), Error> {
    const SQL: &str = "UPDATE tenants SET hooks = hooks WHERE tenant = $1";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant)).map(|_| ())
}

/// Writes down which kinds the enabled webhooks want.
///
/// # Errors
/// The database does not answer.
pub async fn note_wanted(tx: &mut WriteTx, tenant: i64) -> Result<(), Error> {
    const SQL: &str = "UPDATE tenants SET hooks = COALESCE((SELECT string_agg(w.kinds, ' ') FROM webhooks w
        WHERE w.tenant = $1 AND w.enabled = 1), '') WHERE tenant = $1";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant)).map(|_| ())
}

/// Which kinds the enabled webhooks want, divided by blanks; some may stand there twice.
///
/// # Errors
/// The database does not answer.
pub async fn wanted(tx: &mut Tx, tenant: i64) -> Result<String, Error> {
    const SQL: &str = "SELECT hooks FROM tenants WHERE tenant = $1";
    let wanted: Option<String> = sql!(tx, fetch_optional, sqlx::query_scalar(SQL).bind(tenant))?;
    Ok(wanted.unwrap_or_default())
}

/// Adds a webhook.
///
/// # Errors
/// The database does not answer.
pub async fn insert(tx: &mut WriteTx, record: &WebhookRecord) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO webhooks (tenant, id, url, kinds, description, enabled, secret, created_at, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.url)
            .bind(&record.kinds)
            .bind(&record.description)
            .bind(record.enabled)
            .bind(&record.secret)
            .bind(record.created_at)
            .bind(record.version)
    )
    .map(|_| ())
}

/// Replaces a webhook, if it is still at the version before; says whether it was. Since when it fails is noted meanwhile, and so is not
/// replaced: enabling alone forgets it.
///
/// # Errors
/// The database does not answer.
pub async fn update(tx: &mut WriteTx, record: &WebhookRecord) -> Result<bool, Error> {
    const SQL: &str = "UPDATE webhooks SET url = $3, kinds = $4, description = $5, enabled = $6, disabled_because = $7,
            secret = $8, old_secret = $9, old_secret_until = $10, version = $11,
            failing_since = CASE WHEN enabled < $6 THEN NULL ELSE failing_since END
        WHERE tenant = $1 AND id = $2 AND version = $11 - 1";
    let updated = sql!(
        tx,
        execute,
        sqlx::query(SQL)
            .bind(record.tenant)
            .bind(&record.id)
            .bind(&record.url)
            .bind(&record.kinds)
            .bind(&record.description)
            .bind(record.enabled)
            .bind(&record.disabled_because)
            .bind(&record.secret)
            .bind(&record.old_secret)
            .bind(record.old_secret_until)
            .bind(record.version)
    )?;
    Ok(updated == 1)
}

/// Removes a webhook. What was on its way to it goes nowhere.
///
/// # Errors
/// The database does not answer.
pub async fn delete(tx: &mut WriteTx, tenant: i64, id: &str) -> Result<(), Error> {
    const SQL: &str = "DELETE FROM webhooks WHERE tenant = $1 AND id = $2";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(id)).map(|_| ())
}

/// One webhook.
///
/// # Errors
/// The database does not answer.
pub async fn get(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<WebhookRecord>, Error> {
    const SQL: &str = "SELECT * FROM webhooks WHERE tenant = $1 AND id = $2";
    sql!(tx, fetch_optional, sqlx::query_as(SQL).bind(tenant).bind(id))
}

/// A tenant's webhooks, the oldest first.
///
/// # Errors
/// The database does not answer.
pub async fn all(tx: &mut Tx, tenant: i64) -> Result<Vec<WebhookRecord>, Error> {
    sql!(tx, fetch_all, sqlx::query_as("SELECT * FROM webhooks WHERE tenant = $1 ORDER BY id").bind(tenant))
}

/// Something sent to a webhook failed: answers since when all does; `None` if it is disabled, or there is none.
///
/// # Errors
/// The database does not answer.
pub async fn note_failure(tx: &mut WriteTx, tenant: i64, id: &str, at: i64) -> Result<Option<i64>, Error> {
    const SQL: &str = "UPDATE webhooks SET failing_since = COALESCE(failing_since, $3)
        WHERE tenant = $1 AND id = $2 AND enabled = 1 RETURNING failing_since";
    sql!(tx, fetch_optional, sqlx::query_scalar(SQL).bind(tenant).bind(id).bind(at))
}

/// Something sent to a webhook was taken.
///
/// # Errors
/// The database does not answer.
pub async fn note_success(tx: &mut WriteTx, tenant: i64, id: &str) -> Result<(), Error> {
    const SQL: &str =
        "UPDATE webhooks SET failing_since = NULL WHERE tenant = $1 AND id = $2 AND failing_since IS NOT NULL";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(id)).map(|_| ())
}

/// Disables a webhook; `false` if it was before, or there is none.
///
/// # Errors
/// The database does not answer.
pub async fn disable(tx: &mut WriteTx, tenant: i64, id: &str, because: &str) -> Result<bool, Error> {
    const SQL: &str = "UPDATE webhooks SET enabled = 0, disabled_because = $3, version = version + 1
        WHERE tenant = $1 AND id = $2 AND enabled = 1";
    Ok(sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(id).bind(because))? == 1)
}

/// Writes the events whose keys are new, and answers those keys.
///
/// # Errors
/// The database does not answer.
pub async fn insert_events(tx: &mut WriteTx, tenant: i64, events: &[HookEventRecord]) -> Result<Vec<String>, Error> {
    insert_new!(tx, tenant, events, into "hook_events", key "key", text: id key kind body, number: at)
}

/// Writes deliveries.
///
/// # Errors
/// The database does not answer.
pub async fn insert_deliveries(tx: &mut WriteTx, tenant: i64, deliveries: &[DeliveryRecord]) -> Result<(), Error> {
    let _: Vec<String> = insert_new!(
        tx, tenant, deliveries, into "hook_deliveries", key "id", text: id webhook event state, number: created_at
    )?;
    Ok(())
}

/// Writes how a try went.
///
/// # Errors
/// The database does not answer.
pub async fn insert_attempt(tx: &mut WriteTx, tenant: i64, attempt: &AttemptRecord) -> Result<(), Error> {
    let attempts = std::slice::from_ref(attempt);
    let _: Vec<String> = insert_new!(
        tx, tenant, attempts, into "hook_attempts", key "id", text: id delivery answer error, number: at duration_ms status
    )?;
    Ok(())
}

/// Brings a delivery into a state.
///
/// # Errors
/// The database does not answer.
pub async fn set_state(tx: &mut WriteTx, tenant: i64, delivery: &str, state: &str) -> Result<(), Error> {
    const SQL: &str = "UPDATE hook_deliveries SET state = $3 WHERE tenant = $1 AND id = $2";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(delivery).bind(state)).map(|_| ())
}

/// A delivery that waits has failed.
///
/// # Errors
/// The database does not answer.
pub async fn give_up(tx: &mut WriteTx, tenant: i64, delivery: &str) -> Result<(), Error> {
    const SQL: &str = "UPDATE hook_deliveries SET state = 'failed' WHERE tenant = $1 AND id = $2 AND state = 'pending'";
    sql!(tx, execute, sqlx::query(SQL).bind(tenant).bind(delivery)).map(|_| ())
}

/// A delivery and its event.
macro_rules! logged {
    ($which:literal) => {
        concat!(
            "SELECT d.id, d.webhook, d.event, d.state, d.created_at, e.kind, e.body FROM hook_deliveries d
            JOIN hook_events e ON e.tenant = d.tenant AND e.id = d.event WHERE d.tenant = $1 AND ",
            $which
        )
    };
}

/// One delivery.
///
/// # Errors
/// The database does not answer.
pub async fn delivery(tx: &mut Tx, tenant: i64, id: &str) -> Result<Option<LoggedDelivery>, Error> {
    sql!(tx, fetch_optional, sqlx::query_as(logged!("d.id = $2")).bind(tenant).bind(id))
}

/// A page of a webhook's deliveries, the newest first, those before `before`.
///
/// # Errors
/// The database does not answer.
pub async fn deliveries(
    tx: &mut Tx,
    tenant: i64,
    webhook: &str,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<LoggedDelivery>, Error> {
    const SQL: &str = logged!("d.webhook = $2 AND d.id < $3 ORDER BY d.id DESC LIMIT $4");
    // "~" sorts after every id.
    let before = before.unwrap_or("~");
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(webhook).bind(before).bind(limit))
}

/// The tries of some deliveries, the first first.
///
/// # Errors
/// The database does not answer.
pub async fn attempts(tx: &mut Tx, tenant: i64, deliveries: &[&str]) -> Result<Vec<AttemptRecord>, Error> {
    const SQL: &str = "SELECT a.id, a.delivery, a.at, a.duration_ms, a.status, a.answer, a.error
        FROM json_each($2) w CROSS JOIN hook_attempts a
        WHERE a.tenant = $1 AND a.delivery = w.value ->> 0 ORDER BY a.id";
    let wanted = tx.json(&deliveries.iter().map(|delivery| [delivery]).collect::<Vec<_>>())?;
    sql!(tx, fetch_all, sqlx::query_as(SQL).bind(tenant).bind(&wanted))
}

/// Forgets what was told before an instant, and how that went, so many rows of each at most; answers how many of the most.
///
/// # Errors
/// The database does not answer.
pub async fn forget(tx: &mut WriteTx, tenant: i64, before: i64, limit: i64) -> Result<u64, Error> {
    const ATTEMPTS: &str = "DELETE FROM hook_attempts WHERE tenant = $1 AND id IN (SELECT old.id FROM hook_attempts old
        WHERE old.tenant = $1 AND old.at < $2 ORDER BY old.at LIMIT $3)";
    const DELIVERIES: &str = "DELETE FROM hook_deliveries WHERE tenant = $1 AND id IN (SELECT old.id
        FROM hook_deliveries old WHERE old.tenant = $1 AND old.created_at < $2 ORDER BY old.created_at LIMIT $3)";
    const EVENTS: &str = "DELETE FROM hook_events WHERE tenant = $1 AND id IN (SELECT old.id FROM hook_events old
        WHERE old.tenant = $1 AND old.at < $2 ORDER BY old.at LIMIT $3)";
    let mut most = 0;
    for text in [ATTEMPTS, DELIVERIES, EVENTS] {
        most = most.max(sql!(tx, execute, sqlx::query(text).bind(tenant).bind(before).bind(limit))?);
    }
    Ok(most)
}
