//! Webhooks: addresses that are told of what happens. What happened is written down in its own transaction, with a way to each webhook
//! that wants it; a job carries it there, tries again when that fails, and writes down how each try went.

mod deliver;
mod kinds;
mod log;
mod raise;
mod turns;

use domain::invalid::Invalid;
use domain::time::Instant;
use serde::Serialize;
use storage::webhooks::WebhookRecord;
use url::Url;

pub use deliver::{Answer, Courier, KEPT_ANSWER, NoCourier, Parcel, Telling, WEBHOOKS};
pub use kinds::{HookKind, HookKinds};
pub use log::{Attempt, Delivery, DeliveryState, deliveries, ping, redeliver};
pub use raise::{HookEvent, raise, wants};

use crate::notices::{self, About};
use crate::secrets::{MachineError, Secret, random_base64};
use crate::{Scope, Work, fields};

/// How many webhooks a tenant has at most.
const MOST: usize = 20;
/// The longest address, in bytes.
const LONGEST_URL: usize = 2000;
/// What a secret begins with.
const MARK: &str = "whsec_";
/// How long a secret that was replaced signs beside the new one, in milliseconds.
const BOTH_SIGN: i64 = 24 * 3_600_000;

/// An address to which something may be sent, as far as could be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedUrl(String);

/// A webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: String,
    /// What can be set.
    pub details: Details,
    /// Why the program has disabled it, if it has.
    pub disabled_because: Option<Disabled>,
    /// When it failed first since it last succeeded.
    pub failing_since: Option<Instant>,
    /// Until when the secret before the present one signs, too.
    pub old_secret_until: Option<Instant>,
    /// When it was made.
    pub created_at: Instant,
    /// Counts the changes.
    pub version: i64,
}

/// What can be set of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// Where to.
    pub url: CheckedUrl,
    /// Of what it is told: at least one.
    pub kinds: HookKinds,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it is told anything.
    pub enabled: bool,
}

/// Why the program disables a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disabled {
    /// It answered 410: it wants nothing any more.
    Gone,
    /// It did nothing but fail for three days.
    Failing,
}

/// Why a webhook is not shown or changed.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// There is no such webhook.
    #[error("there is no webhook {0}")]
    NotFound(String),
    /// There is no such delivery.
    #[error("there is no delivery {0}")]
    NoDelivery(String),
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The tenant has as many as it may.
    #[error("there are {MOST} webhooks already: delete one that is not needed any more")]
    TooMany,
    /// It is disabled.
    #[error("the webhook {0} is disabled: enable it first")]
    Disabled(String),
    /// The delivery is under way.
    #[error("the delivery {0} is still being tried: wait for what becomes of it")]
    Pending(String),
    /// Somebody else changed it meanwhile.
    #[error("the webhook was changed meanwhile: it is at version {current}")]
    Changed {
        /// The version now.
        current: i64,
    },
    /// The machine made no secret.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(WebhookError);

/// What the audit trail says of a webhook.
#[derive(Serialize)]
struct Written<'a> {
    url: String,
    kinds: Vec<&'static str>,
    description: Option<&'a str>,
    enabled: bool,
}

impl CheckedUrl {
    /// Checks an address.
    ///
    /// # Errors
    /// It is none, or nothing may be sent there.
    pub async fn check(courier: &dyn Courier, url: &str) -> Result<Self, Invalid> {
        if url.len() > LONGEST_URL {
            return Err(Invalid::at("/url", format!("must have {LONGEST_URL} bytes at most")));
        }
        courier.check(url).await.map_err(|reason| Invalid::at("/url", reason))?;
        Ok(CheckedUrl(url.to_owned()))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its scheme, host and port: what follows may be a secret between the tenant and the receiver.
    fn receiver(&self) -> String {
        Url::parse(&self.0).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
    }
}

/// Makes a webhook and answers it with its secret, which is shown this once.
///
/// # Errors
/// A field makes no sense, there are too many, or the machine gives no random numbers.
pub async fn create(work: &mut Work, details: Details) -> Result<(Webhook, Secret), WebhookError> {
    let details = details.checked()?;
    let (tenant, secret) = (work.tenant(), new_secret()?);
    storage::webhooks::lock(&mut work.tx, tenant).await?;
    if storage::webhooks::all(&mut work.tx, tenant).await?.len() >= MOST {
        return Err(WebhookError::TooMany);
    }
    let webhook = Webhook {
        id: work.id("whk"),
        details,
        disabled_because: None,
        failing_since: None,
        old_secret_until: None,
        created_at: work.now(),
        version: 1,
    };
    storage::webhooks::insert(&mut work.tx, &webhook.record(tenant, (secret.clone(), None))).await?;
    storage::webhooks::note_wanted(&mut work.tx, tenant).await?;
    work.audit("webhook.create", &webhook.id, None, Some(&webhook.written())).await?;
    Ok((webhook, secret))
}

/// Replaces what can be set of a webhook, if it is at this version. Enabling forgets that it failed.
///
/// # Errors
/// There is none, a field makes no sense, or somebody else has changed it meanwhile.
pub async fn update(work: &mut Work, id: &str, details: Details, version: i64) -> Result<Webhook, WebhookError> {
    let details = details.checked()?;
    let (before, record) = locked(work, id).await?;
    if before.version != version {
        return Err(WebhookError::Changed { current: before.version });
    }
    let enabled_now = details.enabled && !before.details.enabled;
    let after = Webhook {
        disabled_because: before.disabled_because.filter(|_| !details.enabled),
        failing_since: before.failing_since.filter(|_| !enabled_now),
        details,
        version: version + 1,
        ..before.clone()
    };
    save(work, &after, secrets(&record)).await?;
    work.audit("webhook.update", id, Some(&before.written()), Some(&after.written())).await?;
    Ok(after)
}

/// Gives a webhook a new secret, which is shown this once. The one before signs beside it for a day.
///
/// # Errors
/// There is none, or the machine gives no random numbers.
pub async fn rotate(work: &mut Work, id: &str) -> Result<(Webhook, Secret), WebhookError> {
    let secret = new_secret()?;
    let (before, record) = locked(work, id).await?;
    let until = Instant::clamped(work.now().millis() + BOTH_SIGN);
    let after = Webhook { old_secret_until: Some(until), version: before.version + 1, ..before };
    save(work, &after, (secret.clone(), Some(record.secret))).await?;
    work.audit("webhook.rotate", id, None, Some(&"a new secret")).await?;
    Ok((after, secret))
}

/// Deletes a webhook. What is on its way to it is not sent any more.
///
/// # Errors
/// There is none.
pub async fn delete(work: &mut Work, id: &str) -> Result<(), WebhookError> {
    let (before, _) = locked(work, id).await?;
    let tenant = work.tenant();
    storage::webhooks::delete(&mut work.tx, tenant, id).await?;
    storage::webhooks::note_wanted(&mut work.tx, tenant).await?;
    work.audit("webhook.delete", id, Some(&before.written()), None).await?;
    Ok(())
}

/// One webhook.
///
/// # Errors
/// There is none.
pub async fn get(scope: &mut impl Scope, id: &str) -> Result<Webhook, WebhookError> {
    Ok(Webhook::of(&record(scope, id).await?))
}

/// The tenant's webhooks, the oldest first.
///
/// # Errors
/// The database does not answer.
pub async fn all(scope: &mut impl Scope) -> Result<Vec<Webhook>, WebhookError> {
    let tenant = scope.tenant();
    Ok(storage::webhooks::all(scope.tx(), tenant).await?.iter().map(Webhook::of).collect())
}

async fn record(scope: &mut impl Scope, id: &str) -> Result<WebhookRecord, WebhookError> {
    let tenant = scope.tenant();
    let record = storage::webhooks::get(scope.tx(), tenant, id).await?;
    record.ok_or_else(|| WebhookError::NotFound(id.to_owned()))
}

/// A webhook that nobody else changes until the work ends.
async fn locked(work: &mut Work, id: &str) -> Result<(Webhook, WebhookRecord), WebhookError> {
    let tenant = work.tenant();
    storage::webhooks::lock(&mut work.tx, tenant).await?;
    let record = record(work, id).await?;
    Ok((Webhook::of(&record), record))
}

/// What signs now, and what was replaced by it.
type Secrets = (Secret, Option<String>);

fn secrets(record: &WebhookRecord) -> Secrets {
    (Secret::new(record.secret.as_str()), record.old_secret.clone())
}

fn new_secret() -> Result<Secret, MachineError> {
    Ok(Secret::new(format!("{MARK}{}", random_base64::<32>()?)))
}

async fn save(work: &mut Work, webhook: &Webhook, secrets: Secrets) -> Result<(), WebhookError> {
    let tenant = work.tenant();
    if !storage::webhooks::update(&mut work.tx, &webhook.record(tenant, secrets)).await? {
        return Err(WebhookError::Changed { current: webhook.version });
    }
    Ok(storage::webhooks::note_wanted(&mut work.tx, tenant).await?)
}

/// Disables a webhook and writes to the owners; nothing, if it is disabled already.
async fn disable(work: &mut Work, id: &str, because: Disabled) -> Result<(), storage::Error> {
    let tenant = work.tenant();
    storage::webhooks::lock(&mut work.tx, tenant).await?;
    if !storage::webhooks::disable(&mut work.tx, tenant, id, because.name()).await? {
        return Ok(());
    }
    storage::webhooks::note_wanted(&mut work.tx, tenant).await?;
    work.audit("webhook.disable", id, Some(&"enabled"), Some(&because.name())).await?;
    let Some(record) = storage::webhooks::get(&mut work.tx, tenant, id).await? else { return Ok(()) };
    let url = CheckedUrl(record.url).receiver();
    let about = About::WebhookDisabled { url, because: because.words().to_owned() };
    notices::to_owners(work, &format!("webhook/{id}/{}", work.now()), &about).await
}

impl Details {
    fn checked(self) -> Result<Self, Invalid> {
        if self.kinds.is_empty() {
            let names = HookKind::ALL.map(HookKind::name).join(", ");
            return Err(Invalid::at("/kinds", format!("must be one or more of {names}")));
        }
        Ok(Details { description: fields::optional("/description", self.description, 200)?, ..self })
    }
}

impl Disabled {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Disabled::Gone => "gone",
            Disabled::Failing => "failing",
        }
    }

    /// The same, in words.
    const fn words(self) -> &'static str {
        match self {
            Disabled::Gone => "it answered 410, which says that it wants nothing any more",
            Disabled::Failing => "nothing but failures for three days",
        }
    }
}

impl Webhook {
    fn written(&self) -> Written<'_> {
        let Details { url, kinds, description, enabled } = &self.details;
        Written { url: url.receiver(), kinds: kinds.names(), description: description.as_deref(), enabled: *enabled }
    }

    fn of(record: &WebhookRecord) -> Self {
        let because = |name: &String| [Disabled::Gone, Disabled::Failing].into_iter().find(|why| why.name() == name);
        Webhook {
            id: record.id.clone(),
            details: Details {
                url: CheckedUrl(record.url.clone()),
                kinds: HookKinds::parse(&record.kinds),
                description: record.description.clone(),
                enabled: record.enabled == 1,
            },
            disabled_because: record.disabled_because.as_ref().and_then(because),
            failing_since: record.failing_since.map(Instant::clamped),
            old_secret_until: record.old_secret_until.map(Instant::clamped),
            created_at: Instant::clamped(record.created_at),
            version: record.version,
        }
    }

    fn record(&self, tenant: i64, (secret, old_secret): Secrets) -> WebhookRecord {
        WebhookRecord {
            tenant,
            id: self.id.clone(),
            url: self.details.url.0.clone(),
            kinds: self.details.kinds.text(),
            description: self.details.description.clone(),
            enabled: i64::from(self.details.enabled),
            disabled_because: self.disabled_because.map(|because| because.name().to_owned()),
            secret: secret.reveal().to_owned(),
            old_secret,
            old_secret_until: self.old_secret_until.map(Instant::millis),
            failing_since: self.failing_since.map(Instant::millis),
            created_at: self.created_at.millis(),
            version: self.version,
        }
    }
}
