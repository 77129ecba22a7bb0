//! The second factor: codes that an authenticator app shows (TOTP, RFC 6238: SHA-1, 6 digits, 30 seconds), and ten recovery
//! codes in case it is lost.

use domain::time::Instant;
use storage::users::UserRecord;
use totp_rs::{Algorithm, Builder, Totp};

use super::confirm::{self as password, ConfirmError};
use super::govern::{Ungoverned, govern};
use super::sessions::SignedIn;
use super::sign_in::SignInError;
use super::{audit_everywhere, nowhere};
use crate::people::Password;
use crate::secrets::{MachineError, Secret, digest, random_bytes};
use crate::{Engine, Scope, Work};

/// What authenticator apps show next to the codes.
const ISSUER: &str = "Tollgate";
const RECOVERY_CODES: usize = 10;

/// A second factor that a code must confirm yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// What is typed into an app, in base 32.
    pub secret: Secret,
    /// The same as a link, for the app's camera: `otpauth://totp/...`.
    pub url: Secret,
}

/// Why a second factor is not switched on or off.
#[derive(Debug, thiserror::Error)]
pub enum SecondFactorError {
    /// There is no such user, or none in the tenant.
    #[error("there is no user {0}")]
    NotFound(String),
    /// It is on.
    #[error("the second factor is on: switch it off first")]
    On,
    /// It is off.
    #[error("the second factor is off")]
    Off,
    /// There is none to be confirmed.
    #[error("there is no second factor to be confirmed: begin anew")]
    NotBegun,
    /// The code is wrong.
    #[error("the code is wrong: check the clock of the device that shows it, and type the code that it shows now")]
    WrongCode,
    /// Nobody resets their own.
    #[error("your own second factor is switched off with your password")]
    Own,
    /// The user is a member of another tenant, too.
    #[error("the user is a member of another tenant, too: nobody else can reset the second factor")]
    Elsewhere,
    /// The user has a role that who acts may not give.
    #[error("the user has the role {role}, which takes more than your own roles to decide about")]
    Beyond {
        /// The role.
        role: &'static str,
    },
    /// The password was not given, the session has ended, or too many codes were tried.
    #[error(transparent)]
    Confirm(#[from] ConfirmError),
    /// The machine did not do it.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(SecondFactorError: Confirm);

/// Makes a second factor, which asks for nothing before it is [confirmed](confirm).
///
/// # Errors
/// There is one, or the password is not the user's.
pub async fn begin(engine: &Engine, who: &SignedIn, password: Password) -> Result<Enrolment, SecondFactorError> {
    let user = password::confirm(engine, who, password).await?;
    let secret = totp_rs::Secret::from(random_bytes::<20>()?.to_vec()).to_base32();
    let url = totp(&secret, &user.sign_in).and_then(|totp| totp.to_url().ok()).ok_or(SecondFactorError::NotBegun)?;
    let by = nowhere(&user.id);
    let kept = engine.run(&by, |work| {
        let (who, confirmed, secret) = (who.clone(), user.clone(), secret.clone());
        Box::pin(async move {
            let mut user = password::locked(work, &who, Some(&confirmed)).await?;
            if user.totp_secret.is_some() {
                return Err(SecondFactorError::On);
            }
            user.totp_pending = Some(secret);
            Ok(storage::users::update(&mut work.tx, &user).await?)
        })
    });
    kept.await?;
    Ok(Enrolment { secret: Secret::new(secret), url: Secret::new(url) })
}

/// Switches the second factor on, by a code that it shows; answers the recovery codes, which are shown this once.
///
/// # Errors
/// The code is wrong, or none was begun.
pub async fn confirm(engine: &Engine, who: &SignedIn, code: &str) -> Result<Vec<Secret>, SecondFactorError> {
    let codes = (0..RECOVERY_CODES).map(|_| recovery_code()).collect::<Result<Vec<_>, _>>()?;
    let hashes: Vec<String> = codes.iter().map(|code| digest(&plain(code))).collect();
    counted(engine, who)?;
    let by = nowhere(&who.user.id);
    let done = engine.run(&by, |work| {
        let (who, code, hashes) = (who.clone(), code.to_owned(), hashes.clone());
        Box::pin(async move {
            let mut user = password::locked(work, &who, None).await?;
            let pending = user.totp_pending.take().ok_or(SecondFactorError::NotBegun)?;
            let step = matched(&pending, &code, work.now()).ok_or(SecondFactorError::WrongCode)?;
            (user.totp_secret, user.totp_step) = (Some(pending), Some(step));
            user.recovery_codes = serde_json::to_string(&hashes).unwrap_or_default();
            storage::users::update(&mut work.tx, &user).await?;
            audit_everywhere(work, "user.second_factor", &user.id, Some(&"off"), Some(&"on")).await?;
            Ok(())
        })
    });
    done.await.inspect_err(|error: &SecondFactorError| {
        tracing::warn!(target: "security", user = who.user.id, "a second factor was not confirmed: {error}");
    })?;
    tracing::info!(target: "security", user = who.user.id, "a second factor was switched on");
    Ok(codes.into_iter().map(Secret::new).collect())
}

/// Switches the second factor of who is signed in off: by the password and a code, or a recovery code.
///
/// # Errors
/// It is off, the password is not the user's, or the code is wrong.
pub async fn switch_off(
    engine: &Engine,
    who: &SignedIn,
    password: Password,
    code: &str,
) -> Result<(), SecondFactorError> {
    let user = password::confirm(engine, who, password).await?;
    counted(engine, who)?;
    let by = nowhere(&user.id);
    let done = engine.run(&by, |work| {
        let (who, confirmed, code) = (who.clone(), user.clone(), code.to_owned());
        Box::pin(async move {
            let user = password::locked(work, &who, Some(&confirmed)).await?;
            if user.totp_secret.is_none() {
                return Err(SecondFactorError::Off);
            }
            let user = pass(user, Some(&code), work.now()).map_err(|_| SecondFactorError::WrongCode)?;
            clear(work, user).await
        })
    });
    done.await.inspect_err(|error: &SecondFactorError| {
        tracing::warn!(target: "security", user = who.user.id, "a second factor was not switched off: {error}");
    })
}

/// Counts a code that somebody tries who is signed in.
fn counted(engine: &Engine, who: &SignedIn) -> Result<(), ConfirmError> {
    let taken = engine.people().limits.own_codes.take(&who.user.id, engine.clock().now());
    taken.map_err(|retry_after_seconds| ConfirmError::TooMany { retry_after_seconds })
}

/// Switches the second factor of another member off, who has lost it and all recovery codes.
///
/// # Errors
/// It is off; the user is who acts, no member of the tenant, or of another one too; or has a role that who acts may not give.
pub async fn reset(work: &mut Work, user: &str) -> Result<(), SecondFactorError> {
    if work.actor.name == format!("user:{user}") {
        return Err(SecondFactorError::Own);
    }
    let missing = || SecondFactorError::NotFound(user.to_owned());
    govern(work, user).await.map_err(|why| match why {
        Ungoverned::NotFound => missing(),
        Ungoverned::Elsewhere => SecondFactorError::Elsewhere,
        Ungoverned::Beyond(role) => SecondFactorError::Beyond { role: role.name() },
        Ungoverned::Storage(error) => SecondFactorError::Storage(error),
    })?;
    let user = storage::users::lock(&mut work.tx, user).await?;
    clear(work, user.ok_or_else(missing)?).await
}

async fn clear(work: &mut Work, mut user: UserRecord) -> Result<(), SecondFactorError> {
    if user.totp_secret.is_none() {
        return Err(SecondFactorError::Off);
    }
    (user.totp_secret, user.totp_step, user.totp_pending) = (None, None, None);
    user.recovery_codes = "[]".to_owned();
    storage::users::update(&mut work.tx, &user).await?;
    audit_everywhere(work, "user.second_factor", &user.id, Some(&"on"), Some(&"off")).await?;
    tracing::warn!(target: "security", user = user.id, by = work.actor.name, "a second factor was switched off");
    Ok(())
}

/// The user after showing the second factor, if there is one: the code that was used is used up. Who calls it has locked the user,
/// so that of several who show one code at once one passes.
pub(super) fn pass(mut user: UserRecord, code: Option<&str>, now: Instant) -> Result<UserRecord, SignInError> {
    let Some(secret) = &user.totp_secret else { return Ok(user) };
    let code = plain(code.unwrap_or_default());
    if code.is_empty() {
        return Err(SignInError::CodeNeeded);
    }
    if let Some(step) = matched(secret, &code, now) {
        if user.totp_step.is_some_and(|last| step <= last) {
            return Err(SignInError::WrongCode);
        }
        user.totp_step = Some(step);
        return Ok(user);
    }
    let hashes: Vec<String> = serde_json::from_str(&user.recovery_codes).unwrap_or_default();
    let used = digest(&code);
    let left: Vec<&String> = hashes.iter().filter(|hash| **hash != used).collect();
    if left.len() == hashes.len() {
        return Err(SignInError::WrongCode);
    }
    tracing::warn!(target: "security", user = user.id, left = left.len(), "a recovery code was used");
    user.recovery_codes = serde_json::to_string(&left).unwrap_or_default();
    Ok(user)
}

/// The time step whose code this is: the present one, or one next to it.
fn matched(secret: &str, code: &str, now: Instant) -> Option<i64> {
    let seconds = u64::try_from(now.seconds()).ok()?;
    i64::try_from(totp(secret, "")?.check(&plain(code), seconds)?).ok()
}

fn totp(secret: &str, account: &str) -> Option<Totp> {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(30)
        .with_secret(totp_rs::Secret::try_from_base32(secret).ok()?)
        .with_issuer(Some(ISSUER))
        // A colon divides issuer and account.
        .with_account_name(account.replace(':', "_"))
        .build()
        .ok()
}

/// A recovery code of 80 random bits, in groups.
fn recovery_code() -> Result<String, MachineError> {
    let code = totp_rs::Secret::from(random_bytes::<10>()?.to_vec()).to_base32().to_lowercase();
    let groups: Vec<&str> =
        (0..code.len()).step_by(4).filter_map(|at| code.get(at..(at + 4).min(code.len()))).collect();
    Ok(groups.join("-"))
}

/// A code without what people type between its parts.
pub(super) fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).take(64).collect()
}
