//! Users: who signs in. A user is one person, for all tenants.

use domain::invalid::Invalid;
use domain::time::Instant;
use serde::Serialize;
use storage::users::UserRecord;

use super::confirm::{self, ConfirmError, confirm};
use super::govern::{Ungoverned, govern};
use super::sessions::SignedIn;
use super::{Password, audit_everywhere, memberships, nowhere};
use crate::secrets::MachineError;
use crate::tenants::{self, TenantError};
use crate::{Actor, Engine, Role, Roles, Scope, Work, fields, keys};

/// A user, without any secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: String,
    /// The name to sign in with, in lower case: mostly the e-mail address.
    pub sign_in: String,
    /// Where mail goes.
    pub email: Option<String>,
    /// What the user is called.
    pub name: String,
    /// The language of mails to the user (BCP 47).
    pub language: Option<String>,
    /// Whether the user can sign in.
    pub active: bool,
    /// Whether it takes a code to sign in.
    pub second_factor: bool,
    /// Whether there is a password yet.
    pub has_password: bool,
    /// When it was made.
    pub created_at: Instant,
    /// Counts the changes of the profile.
    pub version: i64,
}

/// A user to be made.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The name to sign in with.
    pub sign_in: String,
    /// Where mail goes; to the name to sign in with, where that is an address and none is given.
    pub email: Option<String>,
    /// What the user is called.
    pub name: String,
    /// The language of mails to the user (BCP 47).
    pub language: Option<String>,
    /// Without one the user cannot sign in before it was reset.
    pub password: Option<Password>,
}

/// What users say of themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Profile {
    /// What the user is called.
    pub name: String,
    /// Where mail goes.
    pub email: Option<String>,
    /// The language of mails to the user (BCP 47).
    pub language: Option<String>,
}

/// Why a user is not made, shown or changed.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// There is no such user, or none in the tenant.
    #[error("there is no user {0}")]
    NotFound(String),
    /// Somebody else signs in with the name.
    #[error("somebody else signs in as {0}: choose another name")]
    Taken(String),
    /// The profile was changed meanwhile.
    #[error("the profile was changed meanwhile: it is at version {current}")]
    Changed {
        /// The version now.
        current: i64,
    },
    /// The user is a member of another tenant, too.
    #[error("the user is a member of another tenant, too: remove the membership here instead")]
    Elsewhere,
    /// The user has a role that who acts may not give.
    #[error("the user has the role {role}, which takes more than your own roles to decide about")]
    Beyond {
        /// The role.
        role: &'static str,
    },
    /// A tenant would be without an owner.
    #[error("the user is the last owner of a tenant: make somebody else an owner first")]
    LastOwner,
    /// The tenant has real people, whose passwords must be good.
    #[error("the tenant is not a demo's: its users need good passwords")]
    NotDemo,
    /// The password was not given.
    #[error(transparent)]
    Confirm(#[from] ConfirmError),
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The machine did not do it.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(UserError: Confirm);

/// Makes a user, who is a member nowhere yet. This is for the program: people come by invitations.
///
/// # Errors
/// The name is taken, a field makes no sense, or the password is too weak.
pub async fn create(engine: &Engine, actor: &Actor, new: NewUser) -> Result<User, UserError> {
    let mut record = checked(engine.clock().now(), &new)?;
    if let Some(password) = new.password {
        record.password_hash = Some(engine.people().hasher.new_hash(password, about(&record)).await??);
    }
    engine.run(actor, |work| Box::pin(insert(work, record.clone()))).await
}

/// The same in a tenant of the demo, with any password.
///
/// # Errors
/// As [`create`], or the tenant is not a demo's.
pub async fn create_demo(engine: &Engine, actor: &Actor, new: NewUser) -> Result<User, UserError> {
    let mut record = checked(engine.clock().now(), &new)?;
    if let Some(password) = new.password {
        record.password_hash = Some(engine.people().hasher.any_hash(password).await?);
    }
    let made = engine.run(actor, |work| {
        let record = record.clone();
        Box::pin(async move {
            match tenants::get(work).await {
                Ok(tenant) if tenant.demo => insert(work, record).await,
                Err(TenantError::Storage(error)) => Err(error.into()),
                _ => Err(UserError::NotDemo),
            }
        })
    });
    made.await
}

/// One user. Whoever shows it to others asks [`memberships::get`](super::memberships::get), which knows whose members they are.
///
/// # Errors
/// There is none.
pub async fn get(scope: &mut impl Scope, id: &str) -> Result<User, UserError> {
    let record = storage::users::get(scope.tx(), id).await?;
    record.map(User::of).ok_or_else(|| UserError::NotFound(id.to_owned()))
}

/// The user who signs in with this name.
///
/// # Errors
/// There is none.
pub async fn by_sign_in(scope: &mut impl Scope, sign_in: &str) -> Result<User, UserError> {
    let record = storage::users::by_sign_in(scope.tx(), &sign_in.trim().to_ascii_lowercase()).await?;
    record.map(User::of).ok_or_else(|| UserError::NotFound(sign_in.to_owned()))
}

/// Replaces the profile of who is signed in, if it is at this version. Another e-mail address takes the password: whoever reads
/// its mails can set a new one.
///
/// # Errors
/// A field makes no sense, the password is not the user's, or the profile was changed meanwhile.
pub async fn update(
    engine: &Engine,
    who: &SignedIn,
    profile: Profile,
    version: i64,
    password: Option<Password>,
) -> Result<User, UserError> {
    let profile = profile.checked()?;
    let mut confirmed = None;
    if profile.email != who.user.email {
        let needed = || Invalid::at("/password", "is needed to change the e-mail address");
        confirmed = Some(confirm(engine, who, password.ok_or_else(needed)?).await?);
    }
    let by = nowhere(&who.user.id);
    let done = engine.run(&by, |work| {
        let (profile, who, confirmed) = (profile.clone(), who.clone(), confirmed.clone());
        Box::pin(async move {
            let mut user = confirm::locked(work, &who, confirmed.as_ref()).await?;
            // An address that was changed since is not the one that the password was, or was not, asked for.
            if user.version != version || (user.email != who.user.email && user.email != profile.email) {
                return Err(UserError::Changed { current: user.version });
            }
            if user.email != profile.email {
                super::resets::end_open(work, &user.id).await?;
            }
            let before = Profile { name: user.name, email: user.email, language: user.language };
            (user.name, user.email, user.language) =
                (profile.name.clone(), profile.email.clone(), profile.language.clone());
            user.version += 1;
            storage::users::update(&mut work.tx, &user).await?;
            audit_everywhere(work, "user.update", &user.id, Some(&before), Some(&profile)).await?;
            Ok(User::of(user))
        })
    });
    done.await
}

/// Gives who is signed in another password; all their other sessions end.
///
/// # Errors
/// The old one is not the user's, or the new one is too weak.
pub async fn change_password(engine: &Engine, who: &SignedIn, old: Password, new: Password) -> Result<(), UserError> {
    new.check_length()?;
    let confirmed = confirm(engine, who, old).await?;
    let hash = engine.people().hasher.new_hash(new, about(&confirmed)).await??;
    let by = nowhere(&who.user.id);
    let done = engine.run(&by, |work| {
        let (who, hash, confirmed) = (who.clone(), hash.clone(), confirmed.clone());
        Box::pin(async move {
            let mut user = confirm::locked(work, &who, Some(&confirmed)).await?;
            user.password_hash = Some(hash);
            storage::users::update(&mut work.tx, &user).await?;
            storage::sessions::end_all_but(&mut work.tx, &user.id, &who.session_id).await?;
            super::resets::end_open(work, &user.id).await?;
            audit_everywhere::<&str>(work, "user.password", &user.id, None, None).await?;
            Ok::<_, UserError>(())
        })
    });
    done.await.inspect(|()| tracing::info!(target: "security", user = who.user.id, "a password was changed"))
}

/// Lets a user sign in no more, and ends all sessions and keys of the user's making; the keys do not come back.
///
/// # Errors
/// The user is no member of the tenant, or of another one too; has a role that who acts may not give; or is a tenant's last owner.
pub async fn disable(work: &mut Work, id: &str) -> Result<User, UserError> {
    let all = govern(work, id).await.map_err(|why| UserError::ungoverned(why, id))?;
    let user = set_state(work, id, "disabled").await?;
    for place in all {
        let owned = memberships::roles(&place.roles).has(Role::Owner);
        if owned && storage::memberships::owners(&mut work.tx, place.tenant).await? == 0 {
            return Err(UserError::LastOwner);
        }
        keys::revoke_beyond(work, place.tenant, id, &Roles::default()).await?;
    }
    storage::sessions::end_all_but(&mut work.tx, id, "").await?;
    super::resets::end_open(work, id).await?;
    tracing::info!(target: "security", user = id, by = work.actor.name, "a user was disabled");
    Ok(user)
}

/// Lets a user sign in again.
///
/// # Errors
/// The user is no member of the tenant, or of another one too; or has a role that who acts may not give.
pub async fn enable(work: &mut Work, id: &str) -> Result<User, UserError> {
    govern(work, id).await.map_err(|why| UserError::ungoverned(why, id))?;
    let user = set_state(work, id, "active").await?;
    tracing::info!(target: "security", user = id, by = work.actor.name, "a user was enabled");
    Ok(user)
}

async fn set_state(work: &mut Work, id: &str, state: &str) -> Result<User, UserError> {
    let mut user = locked(work, id).await?;
    let before = std::mem::replace(&mut user.state, state.to_owned());
    user.version += 1;
    storage::users::update(&mut work.tx, &user).await?;
    audit_everywhere(work, "user.state", id, Some(&before.as_str()), Some(&state)).await?;
    Ok(User::of(user))
}

/// The user, whom nobody else changes before the transaction ends.
pub(super) async fn locked(work: &mut Work, id: &str) -> Result<UserRecord, UserError> {
    storage::users::lock(&mut work.tx, id).await?.ok_or_else(|| UserError::NotFound(id.to_owned()))
}

/// Writes a new user down.
pub(super) async fn insert(work: &mut Work, mut record: UserRecord) -> Result<User, UserError> {
    record.id = work.id("usr");
    if !storage::users::insert(&mut work.tx, &record).await? {
        return Err(UserError::Taken(record.sign_in));
    }
    work.audit("user.create", &record.id, None, Some(&record.sign_in)).await?;
    tracing::info!(target: "security", user = record.id, by = work.actor.name, "a user was made");
    Ok(User::of(record))
}

/// A user to be [inserted](insert), without id and password.
pub(super) fn checked(now: Instant, new: &NewUser) -> Result<UserRecord, Invalid> {
    let sign_in = sign_in_name("/sign_in", &new.sign_in)?;
    // Who signs in with an address is written to there, unless another is given.
    let email = new.email.clone().or_else(|| sign_in.contains('@').then(|| sign_in.clone()));
    let profile = Profile { name: new.name.clone(), email, language: new.language.clone() };
    let profile = profile.checked()?;
    Ok(UserRecord {
        id: String::new(),
        sign_in,
        email: profile.email,
        name: profile.name,
        language: profile.language,
        password_hash: None,
        totp_secret: None,
        totp_step: None,
        totp_pending: None,
        recovery_codes: "[]".to_owned(),
        state: "active".to_owned(),
        last_tenant: None,
        created_at: now.millis(),
        version: 1,
    })
}

/// A name to sign in with, in lower case: 3 to 254 visible ASCII characters. Letters of other scripts are refused, as some look
/// like those of a name that somebody else has.
pub(super) fn sign_in_name(pointer: &str, text: &str) -> Result<String, Invalid> {
    let name = text.trim();
    let fits = (3..=254).contains(&name.len()) && name.chars().all(|c| c.is_ascii_graphic());
    let detail = "must have 3 to 254 characters without spaces, all of them unaccented letters, digits or signs";
    if fits { Ok(name.to_ascii_lowercase()) } else { Err(Invalid::at(pointer, detail)) }
}

/// What a guesser knows of the user, the name to sign in with first.
pub(super) fn about(user: &UserRecord) -> Vec<String> {
    let local = |address: &str| address.split('@').next().unwrap_or_default().to_owned();
    let mut about = vec![user.sign_in.clone(), local(&user.sign_in), user.name.clone()];
    about.extend(user.name.split_whitespace().map(str::to_owned));
    about.extend(user.email.iter().flat_map(|email| [email.clone(), local(email)]));
    about
}

impl Profile {
    fn checked(self) -> Result<Self, Invalid> {
        Ok(Profile {
            name: fields::required("/name", self.name, 100)?,
            email: fields::email("/email", self.email)?,
            language: fields::optional("/language", self.language, 35)?,
        })
    }
}

impl User {
    pub(super) fn of(record: UserRecord) -> User {
        User {
            id: record.id,
            sign_in: record.sign_in,
            email: record.email,
            name: record.name,
            language: record.language,
            active: record.state == "active",
            second_factor: record.totp_secret.is_some(),
            has_password: record.password_hash.is_some(),
            created_at: Instant::clamped(record.created_at),
            version: record.version,
        }
    }
}

impl UserError {
    fn ungoverned(why: Ungoverned, user: &str) -> Self {
        match why {
            Ungoverned::NotFound => UserError::NotFound(user.to_owned()),
            Ungoverned::Elsewhere => UserError::Elsewhere,
            Ungoverned::Beyond(role) => UserError::Beyond { role: role.name() },
            Ungoverned::Storage(error) => UserError::Storage(error),
        }
    }
}
