//! API keys.

use domain::invalid::Invalid;
use domain::time::Instant;
use storage::keys::KeyRecord;

use crate::secrets::{MachineError, Secret, digest};
use crate::{Actor, Engine, Reach, Role, Roles, Scope, Work, fields};

/// An API key of one tenant, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its id.
    pub id: String,
    /// What its maker calls it.
    pub name: String,
    /// The roles that it acts in.
    pub scopes: Roles,
    /// When it was made.
    pub created_at: Instant,
    /// From when on it opens nothing.
    pub expires_at: Option<Instant>,
    /// When it was taken back.
    pub revoked_at: Option<Instant>,
}

/// Why a key is not made, found or taken back.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The key opens nothing: it is unknown, expired or was taken back.
    #[error("the API key is unknown, has expired, or was revoked")]
    NotValid,
    /// There is no such key, or it was taken back before.
    #[error("there is no key {0}, or it was revoked before")]
    NotFound(String),
    /// A key would do what its maker may not.
    #[error("the key has the scope {scope}, which takes more than your own roles to give")]
    Beyond {
        /// The scope.
        scope: &'static str,
    },
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The machine gave no random numbers.
    #[error(transparent)]
    NoRandomness(#[from] MachineError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(KeyError);

/// What a key may do: the roles that reach all records of the tenant.
pub const KEY_SCOPES: [Role; 6] =
    [Role::Owner, Role::Admin, Role::Clerk, Role::Coordinator, Role::Auditor, Role::Switch];

/// What every secret begins with, so that scanners know a leaked one.
const MARK: &str = "tg_";

/// Makes a key and answers it with its secret, which is shown this once and kept nowhere.
///
/// # Errors
/// The name makes no sense, there is no scope or one that is no key's, the key would have expired, it could do more than its maker,
/// or the machine gives no random numbers.
pub async fn create(
    work: &mut Work,
    name: &str,
    scopes: Roles,
    expires_at: Option<Instant>,
) -> Result<(Key, String), KeyError> {
    if scopes.is_empty() || scopes.iter().any(|scope| !KEY_SCOPES.contains(&scope)) {
        let names: Vec<&str> = KEY_SCOPES.iter().map(|scope| scope.name()).collect();
        return Err(Invalid::at("/scopes", format!("must be one or more of {}", names.join(", "))).into());
    }
    if let Some(beyond) = beyond(&work.actor.roles, &scopes) {
        return Err(KeyError::Beyond { scope: beyond.name() });
    }
    if expires_at.is_some_and(|expires_at| expires_at <= work.now()) {
        return Err(Invalid::at("/expires_at", format!("must be later than now ({})", work.now())).into());
    }
    let name = fields::required("/name", name.to_owned(), 100)?;
    let secret = Secret::random(MARK)?;
    let key = Key { id: work.id("key"), name, scopes, created_at: work.now(), expires_at, revoked_at: None };
    let record = KeyRecord {
        tenant: work.tenant(),
        id: key.id.clone(),
        name: key.name.clone(),
        secret_hash: secret.hash(),
        scopes: serde_json::to_string(&key.scopes.names()).unwrap_or_default(),
        made_by: Some(work.actor.name.clone()),
        created_at: key.created_at.millis(),
        expires_at: expires_at.map(Instant::millis),
        revoked_at: None,
    };
    storage::keys::insert(&mut work.tx, &record).await?;
    let shown = format!("{} ({})", key.name, key.scopes.names().join(", "));
    work.audit("key.create", &key.id, None, Some(&shown)).await?;
    Ok((key, secret.reveal().to_owned()))
}

/// Takes a key back. It gives nothing to anybody: whoever leads the tenant takes back each, that of an owner too, so that a leaked
/// one ends at once.
///
/// # Errors
/// There is none, or it was taken back before.
pub async fn revoke(work: &mut Work, id: &str) -> Result<(), KeyError> {
    let (tenant, now) = (work.tenant(), work.now().millis());
    if !storage::keys::revoke(&mut work.tx, tenant, id, now).await? {
        return Err(KeyError::NotFound(id.to_owned()));
    }
    work.audit("key.revoke", id, Some(&"valid"), Some(&"revoked")).await?;
    Ok(())
}

/// The tenant's keys, the oldest first.
///
/// # Errors
/// The database does not answer.
pub async fn all(scope: &mut impl Scope) -> Result<Vec<Key>, KeyError> {
    let tenant = scope.tenant();
    Ok(storage::keys::all(scope.tx(), tenant).await?.iter().filter_map(Key::of).collect())
}

/// Who acts with this secret.
///
/// # Errors
/// The key opens nothing.
pub async fn actor(engine: &Engine, secret: &str) -> Result<Actor, KeyError> {
    let mut view = engine.view(&Actor::program(0, "program")).await?;
    let now = view.now();
    // The secret has 256 bits: looking its hash up tells nothing about other secrets.
    let record = storage::keys::by_hash(view.tx(), &digest(secret)).await?.ok_or(KeyError::NotValid)?;
    let key = Key::of(&record).ok_or(KeyError::NotValid)?;
    if !key.opens(now) {
        return Err(KeyError::NotValid);
    }
    Ok(Actor { tenant: record.tenant, name: format!("key:{}", key.id), roles: key.scopes, reach: Reach::Tenant })
}

/// What a key of the tenant may do now: nothing, if it opens nothing.
pub(crate) async fn present_scopes(work: &mut Work, id: &str) -> Result<Roles, storage::Error> {
    let (tenant, now) = (work.tenant(), work.now());
    let all = storage::keys::all(&mut work.tx, tenant).await?;
    let key = all.iter().find(|key| key.id == id).and_then(Key::of).filter(|key| key.opens(now));
    Ok(key.map(|key| key.scopes).unwrap_or_default())
}

/// Takes back the keys in a tenant that a user has made, and those that were made with them, as far as the user's roles could not
/// give them any more: a key does not outlive the rights of its maker.
pub(crate) async fn revoke_beyond(
    work: &mut Work,
    tenant: i64,
    user: &str,
    roles: &Roles,
) -> Result<(), storage::Error> {
    let now = work.now().millis();
    let all = storage::keys::all(&mut work.tx, tenant).await?;
    let mut makers = vec![format!("user:{user}")];
    while let Some(maker) = makers.pop() {
        for key in all.iter().filter(|key| key.made_by.as_ref() == Some(&maker)) {
            makers.push(format!("key:{}", key.id));
            let could_give = Key::of(key).is_some_and(|key| beyond(roles, &key.scopes).is_none());
            if could_give || !storage::keys::revoke(&mut work.tx, tenant, &key.id, now).await? {
                continue;
            }
            let mut record = work.change("key.revoke", &key.id, Some(&"valid"), Some(&"revoked"));
            record.tenant = tenant;
            storage::audit::insert(&mut work.tx, &record).await?;
            tracing::warn!(target: "security", tenant, user, key = key.id, "a key was revoked with the rights of its maker");
        }
    }
    Ok(())
}

/// The scope that takes more than these roles to give: nobody makes a key that may do more than its maker.
fn beyond(roles: &Roles, scopes: &Roles) -> Option<Role> {
    scopes.iter().find(|scope| !roles.may_give(*scope))
}

impl Key {
    fn opens(&self, now: Instant) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|expires_at| now < expires_at)
    }

    fn of(record: &KeyRecord) -> Option<Key> {
        Some(Key {
            id: record.id.clone(),
            name: record.name.clone(),
            scopes: Roles::named(serde_json::from_str::<Vec<&str>>(&record.scopes).ok()?)?,
            created_at: Instant::clamped(record.created_at),
            expires_at: record.expires_at.map(Instant::clamped),
            revoked_at: record.revoked_at.map(Instant::clamped),
        })
    }
}
