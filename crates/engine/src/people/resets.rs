//! Resetting a forgotten password, by a link to the mailbox that the user has named before.
//!
//! Whether somebody is known shows neither in the answer nor in the time that it takes: all that is done at once is to write a job
//! down. The second factor stays: who has lost that, too, needs somebody else.

use domain::invalid::Invalid;
use storage::users::UserRecord;

use super::tickets::{self, Kind};
use super::users::{self, User, UserError};
use super::{Client, Password, audit_everywhere, letters, nowhere, program};
use crate::jobs::Job;
use crate::network::Network;
use crate::secrets::{MachineError, Secret};
use crate::{Engine, Scope, Work};

/// Resets of one user that are mailed within an hour.
const MOST_AN_HOUR: i64 = 3;
/// Users of one address who are written to.
const MOST_USERS: i64 = 5;
const HOUR: i64 = 3_600_000;
/// No name and no address is longer.
const LONGEST: usize = 254;

/// Why a password is not reset.
#[derive(Debug, thiserror::Error)]
pub enum ResetError {
    /// The link opens nothing: it is unknown, was used, has expired, or a later one was sent.
    #[error("the link is unknown, was used before, or has expired: ask for a new one")]
    NotValid,
    /// There is no such user.
    #[error("there is no user {0}")]
    NotFound(String),
    /// Too many were asked for from this network.
    #[error("too many resets were asked for: try again in {retry_after_seconds} seconds")]
    TooMany {
        /// How long to wait, in seconds.
        retry_after_seconds: u64,
    },
    /// The new password is too weak.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The machine did not do it.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(ResetError);

/// Has a link mailed to whoever signs in with this name, or has this e-mail address: to the address that is stored. Three an hour
/// are for each user; more are not mailed.
///
/// # Errors
/// Too many were asked for from the client's network.
pub async fn request(engine: &Engine, sign_in_or_email: &str, client: &Client) -> Result<(), ResetError> {
    let network = Network::of(client.address);
    let taken = engine.people().limits.resets.take(&network.to_string(), engine.clock().now());
    if let Err(retry_after_seconds) = taken {
        tracing::warn!(target: "security", %network, "a reset was refused: too many were asked for");
        return Err(ResetError::TooMany { retry_after_seconds });
    }
    let asked: String = sign_in_or_email.trim().chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    let asked = asked.to_lowercase();
    let by = program();
    let written = engine.run(&by, |work| {
        let asked = asked.clone();
        Box::pin(async move { letters::ask_reset(work, &asked).await })
    });
    // Whoever asks is told the same.
    if written.await.map_err(|error: storage::Error| ResetError::from(error))? {
        tracing::info!(target: "security", %network, "a reset was asked for");
    } else {
        tracing::warn!(target: "security", %network, "a reset was not begun: too many wait");
    }
    Ok(())
}

/// Makes tickets for those who are meant, and has them mailed.
pub(super) async fn begin(engine: &Engine, job: &Job, asked: &str) -> Result<(), storage::Error> {
    let by = program();
    let done = engine.run(&by, |work| {
        let (job, asked) = (job.clone(), asked.to_owned());
        Box::pin(async move {
            letters::forget_asked(work, &job).await?;
            let since = work.now().millis() - HOUR;
            for user in meant(work, &asked).await? {
                let made = storage::tickets::made_since(&mut work.tx, &user.id, Kind::Reset.name(), since).await?;
                if user.state != "active" || user.email.is_none() || made >= MOST_AN_HOUR {
                    tracing::warn!(target: "security", user = user.id, made, "a reset was not begun");
                    continue;
                }
                let ticket = replaced(work, &user.id, None).await?;
                letters::send(work, &ticket).await?;
                tracing::info!(target: "security", user = user.id, "a reset was begun: its link is to be mailed");
            }
            Ok(())
        })
    });
    done.await
}

/// Whether a link opens something still.
///
/// # Errors
/// It does not.
pub async fn check(engine: &Engine, secret: &Secret) -> Result<(), ResetError> {
    tickets::look(engine, Kind::Reset, secret).await?.map(|_| ()).ok_or(ResetError::NotValid)
}

/// Gives the user whose link it is a new password, once; all sessions of the user end. A link that was tried ten times in a quarter
/// of an hour opens nothing for the rest of it.
///
/// # Errors
/// The link opens nothing, or the password is too weak.
pub async fn confirm(engine: &Engine, secret: &Secret, password: Password) -> Result<User, ResetError> {
    let ticket = tickets::look(engine, Kind::Reset, secret).await?.ok_or(ResetError::NotValid)?;
    if engine.people().limits.tickets.take(&ticket.id, engine.clock().now()).is_err() {
        tracing::warn!(target: "security", ticket = ticket.id, "a reset was refused: too many tries with its link");
        return Err(ResetError::NotValid);
    }
    let id = ticket.member.ok_or(ResetError::NotValid)?;
    let user = {
        let mut view = engine.view(&program()).await?;
        storage::users::get(view.tx(), &id).await?.ok_or(ResetError::NotValid)?
    };
    let hash = engine.people().hasher.new_hash(password, users::about(&user)).await??;
    let by = nowhere(&id);
    let done = engine.run(&by, |work| {
        let (id, hash, secret) = (id.clone(), hash.clone(), secret.clone());
        Box::pin(async move { set_password(work, &secret, &id, hash).await })
    });
    let user = done.await?;
    tracing::info!(target: "security", user = user.id, "a password was reset");
    Ok(user)
}

/// A link for a user whom the program's operator has before them. It is not mailed.
///
/// # Errors
/// There is no such user.
pub async fn ticket(work: &mut Work, user: &str) -> Result<Secret, ResetError> {
    let none = || ResetError::NotFound(user.to_owned());
    storage::users::get(&mut work.tx, user).await?.ok_or_else(none)?;
    let secret = tickets::new_secret()?;
    replaced(work, user, Some(&secret)).await?;
    audit_everywhere::<&str>(work, "user.reset_link", user, None, None).await?;
    tracing::warn!(target: "security", user, by = work.actor.name, "a reset was begun by hand");
    Ok(secret)
}

/// Ends the open resets of a user, whose password or state was changed otherwise.
pub(super) async fn end_open(work: &mut Work, user: &str) -> Result<(), storage::Error> {
    let now = work.now().millis();
    storage::tickets::end_of_user(&mut work.tx, user, Kind::Reset.name(), now).await
}

async fn set_password(work: &mut Work, secret: &Secret, id: &str, hash: String) -> Result<User, ResetError> {
    tickets::take(work, Kind::Reset, secret).await?.ok_or(ResetError::NotValid)?;
    let mut user = users::locked(work, id).await.map_err(|error| match error {
        UserError::Storage(error) => ResetError::Storage(error),
        _ => ResetError::NotValid,
    })?;
    if user.state != "active" {
        return Err(ResetError::NotValid);
    }
    user.password_hash = Some(hash);
    storage::users::update(&mut work.tx, &user).await?;
    storage::sessions::end_all_but(&mut work.tx, id, "").await?;
    end_open(work, id).await?;
    audit_everywhere::<&str>(work, "user.password", id, None, None).await?;
    Ok(User::of(user))
}

/// A new ticket of a user: those before open nothing any more.
async fn replaced(work: &mut Work, user: &str, secret: Option<&Secret>) -> Result<String, storage::Error> {
    end_open(work, user).await?;
    let mut ticket = tickets::new(work, Kind::Reset);
    ticket.member = Some(user.to_owned());
    ticket.secret_hash = secret.map(Secret::hash);
    storage::tickets::insert(&mut work.tx, &ticket).await?;
    Ok(ticket.id)
}

/// The user who signs in with this name, else those with this address.
async fn meant(work: &mut Work, asked: &str) -> Result<Vec<UserRecord>, storage::Error> {
    match storage::users::by_sign_in(&mut work.tx, asked).await? {
        Some(user) => Ok(vec![user]),
        None => storage::users::by_email(&mut work.tx, asked, MOST_USERS).await,
    }
}
