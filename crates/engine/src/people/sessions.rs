//! Sessions: who is signed in, where from, and in which tenant.

use std::time::Duration;

use domain::time::Instant;
use storage::sessions::{Holder, SessionRecord};

use super::users::User;
use super::{nowhere, program};
use crate::people::memberships;
use crate::secrets::Secret;
use crate::{Actor, Engine, Reach, Scope};

/// A session that was not used for so long ends.
pub const IDLE_LIMIT: Duration = Duration::from_secs(12 * 3600);
/// A session ends after this time, however much it is used.
pub const ABSOLUTE_LIMIT: Duration = Duration::from_secs(14 * 24 * 3600);
/// Within this time a second use is not written down: reading must not write.
const SEEN_ANEW: Duration = Duration::from_secs(60);

/// A session, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: String,
    /// The user's id.
    pub user: String,
    /// The tenant that is worked in, if one is chosen.
    pub tenant: Option<i64>,
    /// When it began.
    pub created_at: Instant,
    /// When it was last used, to the minute.
    pub seen_at: Instant,
    /// When it ends at the latest.
    pub expires_at: Instant,
    /// The address that it began from.
    pub address: String,
    /// What the browser calls itself.
    pub browser: String,
}

/// Somebody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub user: User,
    /// The session.
    pub session_id: String,
    /// The tenant that they work in, if they chose one.
    pub tenant: Option<i64>,
    /// What they are there; `None` without a tenant, or where they are a member no more. The reach is to their own records: what
    /// serves a role that [reaches all](crate::Role::reaches_all) widens it.
    pub actor: Option<Actor>,
}

/// Why a session is not changed.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// There is no such session of this user.
    #[error("there is no session {0}")]
    NotFound(String),
    /// The user is no member of the tenant.
    #[error("you are no member of the tenant {0}")]
    NoMembership(i64),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(SessionError);

/// Who is signed in with this secret, and what they may do now; `None` if the session has ended. What was changed about the user
/// acts at once: all is read anew.
///
/// # Errors
/// The database does not answer.
pub async fn authenticate(engine: &Engine, secret: &Secret) -> Result<Option<SignedIn>, storage::Error> {
    let Some((holder, now)) = holder(engine, secret).await? else { return Ok(None) };
    if passed(holder.seen_at, SEEN_ANEW, now) {
        let mut tx = engine.store().write().await?;
        storage::sessions::touch(&mut tx, &holder.session, now.millis()).await?;
        tx.commit().await?;
    }
    Ok(Some(SignedIn::of(holder)))
}

/// The same, where nobody does anything: it does not count as a use of the session.
///
/// # Errors
/// The database does not answer.
pub async fn present(engine: &Engine, secret: &Secret) -> Result<Option<SignedIn>, storage::Error> {
    Ok(holder(engine, secret).await?.map(|(holder, _)| SignedIn::of(holder)))
}

/// Whose live session this secret opens, and when that was looked up.
async fn holder(engine: &Engine, secret: &Secret) -> Result<Option<(Holder, Instant)>, storage::Error> {
    let mut view = engine.view(&program()).await?;
    let now = view.now();
    let holder = storage::sessions::holder(view.tx(), &secret.hash()).await?;
    let live = |holder: &Holder| is_live(holder.seen_at, holder.expires_at, now) && holder.user.state == "active";
    Ok(holder.filter(live).map(|holder| (holder, now)))
}

/// The sessions of who is signed in, the newest first.
///
/// # Errors
/// The database does not answer.
pub async fn own(engine: &Engine, who: &SignedIn) -> Result<Vec<Session>, SessionError> {
    let mut view = engine.view(&nowhere(&who.user.id)).await?;
    let now = view.now();
    let all = storage::sessions::of_user(view.tx(), &who.user.id).await?;
    Ok(all.into_iter().filter(|session| is_live(session.seen_at, session.expires_at, now)).map(Session::of).collect())
}

/// Ends a session of who is signed in: this one, or another.
///
/// # Errors
/// They have no such session.
pub async fn revoke(engine: &Engine, who: &SignedIn, id: &str) -> Result<(), SessionError> {
    let user = &who.user.id;
    let by = nowhere(user);
    let ended = engine.run(&by, |work| {
        let (user, id) = (user.clone(), id.to_owned());
        Box::pin(async move { storage::sessions::end(&mut work.tx, &user, &id).await })
    });
    if !ended.await? {
        return Err(SessionError::NotFound(id.to_owned()));
    }
    tracing::info!(target: "security", user, session = id, "a session was revoked");
    Ok(())
}

/// Ends all sessions of who is signed in but this one; answers how many.
///
/// # Errors
/// The database does not answer.
pub async fn revoke_others(engine: &Engine, who: &SignedIn) -> Result<u64, SessionError> {
    let user = &who.user.id;
    let by = nowhere(user);
    let ended = engine.run(&by, |work| {
        let (user, this) = (user.clone(), who.session_id.clone());
        Box::pin(async move { storage::sessions::end_all_but(&mut work.tx, &user, &this).await })
    });
    let ended: u64 = ended.await?;
    tracing::info!(target: "security", user, ended, "all other sessions were revoked");
    Ok(ended)
}

/// Ends the session with this secret, if there is one.
///
/// # Errors
/// The database does not answer.
pub async fn sign_out(engine: &Engine, secret: &Secret) -> Result<(), storage::Error> {
    let hash = secret.hash();
    let by = program();
    let ended = engine.run(&by, |work| {
        let hash = hash.clone();
        Box::pin(async move { storage::sessions::end_by_secret(&mut work.tx, &hash).await })
    });
    let ended: Option<(String, String)> = ended.await?;
    if let Some((user, session)) = ended {
        tracing::info!(target: "security", user, session, "signed out");
    }
    Ok(())
}

/// Has who is signed in work in another tenant, in this session and in the next ones.
///
/// # Errors
/// They are no member there, or the session has ended.
pub async fn choose_tenant(engine: &Engine, who: &SignedIn, tenant: i64) -> Result<SignedIn, SessionError> {
    let by = nowhere(&who.user.id);
    let chosen = engine.run(&by, |work| {
        let (user, session) = (who.user.id.clone(), who.session_id.clone());
        Box::pin(async move {
            let gone = || SessionError::NotFound(session.clone());
            let mut record = storage::users::lock(&mut work.tx, &user).await?.ok_or_else(gone)?;
            let membership = storage::memberships::get(&mut work.tx, tenant, &user).await?;
            let membership = membership.ok_or(SessionError::NoMembership(tenant))?;
            if !storage::sessions::choose(&mut work.tx, &session, tenant).await? {
                return Err(gone());
            }
            record.last_tenant = Some(tenant);
            storage::users::update(&mut work.tx, &record).await?;
            Ok(membership)
        })
    });
    let membership = chosen.await?;
    let actor = actor(&who.user.id, tenant, &membership.roles, membership.agent, membership.customers.as_deref());
    Ok(SignedIn { tenant: Some(tenant), actor: Some(actor), ..who.clone() })
}

fn actor(user: &str, tenant: i64, roles: &str, agent: Option<String>, customers: Option<&str>) -> Actor {
    let reach = Reach::Own { customers: memberships::customers(customers), agent };
    Actor { tenant, name: format!("user:{user}"), roles: memberships::roles(roles), reach }
}

fn is_live(seen_at: i64, expires_at: i64, now: Instant) -> bool {
    now.millis() < expires_at && !passed(seen_at, IDLE_LIMIT, now)
}

/// Whether so much time has passed since.
fn passed(since: i64, span: Duration, now: Instant) -> bool {
    u128::try_from(now.millis().saturating_sub(since)).unwrap_or(0) >= span.as_millis()
}

impl SignedIn {
    fn of(holder: Holder) -> SignedIn {
        let Holder { session, tenant, user, roles, agent, customers, .. } = holder;
        let actor =
            tenant.zip(roles).map(|(tenant, roles)| actor(&user.id, tenant, &roles, agent, customers.as_deref()));
        SignedIn { user: User::of(user), session_id: session, tenant, actor }
    }
}

impl Session {
    pub(super) fn of(record: SessionRecord) -> Session {
        Session {
            id: record.id,
            user: record.member,
            tenant: record.tenant,
            created_at: Instant::clamped(record.created_at),
            seen_at: Instant::clamped(record.seen_at),
            expires_at: Instant::clamped(record.expires_at),
            address: record.address,
            browser: record.browser,
        }
    }
}
