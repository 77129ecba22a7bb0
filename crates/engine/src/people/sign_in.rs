//! Signing in.
//!
//! A try is counted before anything is hashed: by name and network (10 in 15 minutes) and by network (100 in 15 minutes). More are
//! refused unseen, even with the right password, but from other networks the user still gets in: nobody can lock somebody else
//! out. Success takes back what it counted. Whether a name is known shows neither in the answer nor in the time it takes.

use domain::time::Instant;
use storage::sessions::SessionRecord;
use storage::users::UserRecord;

use super::hashing::Checked;
use super::sessions::{ABSOLUTE_LIMIT, Session};
use super::{Client, Password, nowhere, second_factor};
use crate::network::Network;
use crate::secrets::{MachineError, Secret};
use crate::tries::pair;
use crate::{Engine, Scope, Work};

/// What every session's secret begins with.
const MARK: &str = "tgs_";
/// Sessions that a user has at most: signing in ends the oldest beyond.
const MOST_SESSIONS: i64 = 50;
/// How much of what a browser calls itself is kept, in characters.
const LONGEST_BROWSER: usize = 200;

/// What somebody shows to be let in.
pub struct Credentials {
    /// The name to sign in with.
    pub sign_in: String,
    /// The password.
    pub password: Password,
    /// A code of the second factor, or a recovery code.
    pub code: Option<String>,
}

/// Why somebody is not let in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// There is no such user with this password who could sign in.
    #[error("the name or the password is wrong")]
    Wrong,
    /// The password is right, and a code is needed, too.
    #[error("the code of the second factor is needed")]
    CodeNeeded,
    /// The password is right, the code is not.
    #[error("the code is wrong, or was used before")]
    WrongCode,
    /// Too many tries failed.
    #[error("too many tries: try again in {retry_after_seconds} seconds")]
    TooMany {
        /// How long to wait, in seconds.
        retry_after_seconds: u64,
    },
    /// The machine did not do it.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(SignInError);

/// Lets somebody in: always with a new session. The `old` one, whose secret came along, ends.
///
/// # Errors
/// They are not let in.
pub async fn sign_in(
    engine: &Engine,
    credentials: Credentials,
    client: &Client,
    old: Option<&Secret>,
) -> Result<(Session, Secret), SignInError> {
    let Credentials { sign_in, password, code } = credentials;
    let proof = prove(engine, &sign_in, password, code, client).await?;
    let secret = Secret::random(MARK)?;
    let by = nowhere(&proof.user.id);
    let opened = engine.run(&by, |work| {
        let (proof, secret, old, client) = (proof.clone(), secret.clone(), old.cloned(), client.clone());
        Box::pin(async move { open(work, proof, &secret, old, &client).await })
    });
    let session = proof.outcome(engine, opened.await)?;
    tracing::info!(target: "security", user = session.user, session = session.id, network = %proof.network, "signed in");
    Ok((session, secret))
}

/// Somebody who has shown the right password, but not yet the second factor.
#[derive(Clone)]
pub(super) struct Proof {
    /// The user as they were when the password was checked.
    user: UserRecord,
    code: Option<String>,
    /// A hash as it is made now, if the stored one is not.
    new_hash: Option<String>,
    network: Network,
    pair: String,
}

/// Checks name and password, within the limits. What comes of it is to be told to [`Proof::outcome`].
pub(super) async fn prove(
    engine: &Engine,
    sign_in: &str,
    password: Password,
    code: Option<String>,
    client: &Client,
) -> Result<Proof, SignInError> {
    let network = Network::of(client.address);
    let name = sign_in.trim().to_ascii_lowercase();
    let pair = pair(&name, network);
    limited(engine, &pair, network)?;
    let user = {
        let mut tx = engine.store().read().await?;
        storage::users::by_sign_in(&mut tx, &name).await?
    };
    let hasher = &engine.people().hasher;
    let stored = user.as_ref().and_then(|user| user.password_hash.clone());
    let checked = hasher.check(password.clone(), stored).await.inspect_err(|_| {
        // Nothing was guessed.
        engine.people().limits.networks.give_back(&network.to_string());
        engine.people().limits.sign_ins.give_back(&pair);
    })?;
    let id = user.as_ref().map_or("unknown", |user| user.id.as_str()).to_owned();
    let Some(user) = user.filter(|user| checked != Checked::Wrong && user.state == "active") else {
        tracing::warn!(target: "security", user = id, %network, "a sign-in failed");
        return Err(SignInError::Wrong);
    };
    let new_hash = if checked == Checked::Outdated { Some(hasher.any_hash(password).await?) } else { None };
    if user.totp_secret.is_some() && code.is_some() {
        let taken = engine.people().limits.codes.take(&user.id, engine.clock().now());
        taken.map_err(|seconds| too_many(&user.id, network, seconds))?;
    }
    Ok(Proof { user, code, new_hash, network, pair })
}

/// Counts the try.
fn limited(engine: &Engine, pair: &str, network: Network) -> Result<(), SignInError> {
    let (limits, now) = (&engine.people().limits, engine.clock().now());
    let of_network = network.to_string();
    limits.networks.take(&of_network, now).map_err(|seconds| too_many("unknown", network, seconds))?;
    limits.sign_ins.take(pair, now).map_err(|seconds| {
        limits.networks.give_back(&of_network);
        too_many("unknown", network, seconds)
    })
}

fn too_many(user: &str, network: Network, retry_after_seconds: u64) -> SignInError {
    tracing::warn!(target: "security", user, %network, retry_after_seconds, "a sign-in was refused: too many tries");
    SignInError::TooMany { retry_after_seconds }
}

impl Proof {
    /// The user, whom nobody else changes before the transaction ends, if what was proved is still so and the second factor is
    /// shown.
    pub(super) async fn user(&self, work: &mut Work) -> Result<UserRecord, SignInError> {
        let user = storage::users::lock(&mut work.tx, &self.user.id).await?.ok_or(SignInError::Wrong)?;
        // Whoever changed the password meanwhile has ended all sessions: this one must not outlive that.
        if user.password_hash != self.user.password_hash || user.state != "active" {
            return Err(SignInError::Wrong);
        }
        let mut user = second_factor::pass(user, self.code.as_deref(), work.now())?;
        if let Some(hash) = &self.new_hash {
            user.password_hash = Some(hash.clone());
        }
        storage::users::update(&mut work.tx, &user).await?;
        Ok(user)
    }

    /// Takes back what was counted where it has come to a good end; else it is written to the security log.
    pub(super) fn outcome<T, E>(&self, engine: &Engine, outcome: Result<T, E>) -> Result<T, E> {
        let limits = &engine.people().limits;
        if outcome.is_ok() {
            limits.networks.give_back(&self.network.to_string());
            limits.sign_ins.clear(&self.pair);
            limits.codes.clear(&self.user.id);
        } else {
            if self.user.totp_secret.is_some()
                && self.code.as_deref().is_none_or(|code| second_factor::plain(code).is_empty())
            {
                // The right password came from there. Each sign-in of somebody with a second factor begins like this: an office
                // of such people must not lock itself out.
                limits.networks.give_back(&self.network.to_string());
            }
            let code = if self.code.is_some() { "given" } else { "missing" };
            tracing::warn!(target: "security", user = self.user.id, network = %self.network, code,
                "a sign-in with the right password did not succeed");
        }
        outcome
    }
}

/// Opens a session.
async fn open(
    work: &mut Work,
    proof: Proof,
    secret: &Secret,
    old: Option<Secret>,
    client: &Client,
) -> Result<Session, SignInError> {
    let mut user = proof.user(work).await?;
    if let Some(old) = old {
        storage::sessions::end_by_secret(&mut work.tx, &old.hash()).await?;
    }
    let tenant = first_tenant(work, &user).await?;
    if tenant.is_some() && tenant != user.last_tenant {
        user.last_tenant = tenant;
        storage::users::update(&mut work.tx, &user).await?;
    }
    let now = work.now();
    let browser = client.browser.chars().filter(|c| !c.is_control()).take(LONGEST_BROWSER).collect();
    let record = SessionRecord {
        id: work.id("ses"),
        secret_hash: secret.hash(),
        member: user.id,
        tenant,
        created_at: now.millis(),
        seen_at: now.millis(),
        expires_at: latest_end(now).millis(),
        address: client.address.to_canonical().to_string(),
        browser,
    };
    storage::sessions::insert(&mut work.tx, &record).await?;
    let ended = storage::sessions::end_beyond(&mut work.tx, &record.member, &record.id, MOST_SESSIONS - 1).await?;
    if ended > 0 {
        tracing::info!(target: "security", user = record.member, ended, "the oldest sessions were ended: there were too many");
    }
    Ok(Session::of(record))
}

/// The tenant of a new session: the only one, or the one that was worked in last.
async fn first_tenant(work: &mut Work, user: &UserRecord) -> Result<Option<i64>, storage::Error> {
    let all = storage::memberships::of_user(&mut work.tx, &user.id).await?;
    let last = || all.iter().find(|membership| Some(membership.tenant) == user.last_tenant);
    let first = if let [only] = all.as_slice() { Some(only) } else { last() };
    Ok(first.map(|membership| membership.tenant))
}

fn latest_end(now: Instant) -> Instant {
    let limit = i64::try_from(ABSOLUTE_LIMIT.as_millis()).unwrap_or(i64::MAX);
    Instant::clamped(now.millis().saturating_add(limit))
}
