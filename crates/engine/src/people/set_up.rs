//! The set-up: who starts the program first gets a link, by which they become the first owner. There is no other way to a first
//! user, and no default password.

use domain::invalid::Invalid;

use super::memberships::{self, Grants, MembershipError};
use super::tickets::{self, Kind};
use super::users::{self, NewUser, User, UserError};
use super::{Password, program};
use crate::secrets::{MachineError, Secret};
use crate::tenants::{self, Settings, TenantError};
use crate::{Actor, Engine, Role, Scope, Work};

/// The first owner, and the tenant.
#[derive(Debug, Clone)]
pub struct SetUp {
    /// The name and the settings of the tenant to be founded; `None` takes over the only one that there is.
    pub tenant: Option<(String, Settings)>,
    /// The name to sign in with.
    pub sign_in: String,
    /// Where mail goes.
    pub email: Option<String>,
    /// What the owner is called.
    pub name: String,
    /// The language of mails to the owner (BCP 47).
    pub language: Option<String>,
    /// The password that the owner wants.
    pub password: Password,
}

/// Why nothing is set up.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    /// The link opens nothing.
    #[error(
        "the link is unknown, was used before, or has expired: while nobody owns a company here, each start of the program prints a new one"
    )]
    NotValid,
    /// There is not exactly one tenant to take over.
    #[error("there is not exactly one tenant to take over: give the name and the settings of one to be founded")]
    TenantNeeded,
    /// The tenant makes no sense.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The owner makes no sense.
    #[error(transparent)]
    User(#[from] UserError),
    /// The machine did not do it.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(SetUpError: Tenant, User);

/// A new link's secret, for 24 hours, where no tenant has an owner who could sign in; links before open nothing any more.
///
/// # Errors
/// The machine gives no random numbers, or the database does not answer.
pub async fn setup_ticket(engine: &Engine) -> Result<Option<Secret>, SetUpError> {
    let secret = tickets::new_secret()?;
    let by = program();
    let made = engine.run(&by, |work| {
        let hash = secret.hash();
        Box::pin(async move {
            let now = work.now().millis();
            storage::tickets::end_all(&mut work.tx, Kind::SetUp.name(), now).await?;
            if storage::memberships::any_owner(&mut work.tx).await? {
                return Ok(false);
            }
            let mut ticket = tickets::new(work, Kind::SetUp);
            ticket.secret_hash = Some(hash);
            storage::tickets::insert(&mut work.tx, &ticket).await?;
            Ok::<_, SetUpError>(true)
        })
    });
    Ok(made.await?.then_some(secret))
}

/// The name of the tenant that would be taken over; `None` where one is to be founded.
///
/// # Errors
/// The link opens nothing.
pub async fn offer(engine: &Engine, secret: &Secret) -> Result<Option<String>, SetUpError> {
    tickets::look(engine, Kind::SetUp, secret).await?.ok_or(SetUpError::NotValid)?;
    let mut view = engine.view(&program()).await?;
    let tenants = storage::tenants::all(view.tx()).await?;
    Ok(if let [only] = tenants.as_slice() { Some(only.name.clone()) } else { None })
}

/// Founds the tenant, or takes the only one over, and makes its first owner: all of it, once.
///
/// # Errors
/// The link opens nothing, or a field makes no sense.
pub async fn set_up(engine: &Engine, secret: &Secret, set_up: SetUp) -> Result<(User, i64), SetUpError> {
    tickets::look(engine, Kind::SetUp, secret).await?.ok_or(SetUpError::NotValid)?;
    let SetUp { tenant, sign_in, email, name, language, password } = set_up;
    let new = NewUser { sign_in, email, name, language, password: None };
    let mut record = users::checked(engine.clock().now(), &new).map_err(UserError::from)?;
    let hash = engine.people().hasher.new_hash(password, users::about(&record)).await?;
    record.password_hash = Some(hash.map_err(UserError::from)?);
    let by = program();
    let done = engine.run(&by, |work| {
        let (secret, tenant, record) = (secret.clone(), tenant.clone(), record.clone());
        Box::pin(async move {
            tickets::take(work, Kind::SetUp, &secret).await?.ok_or(SetUpError::NotValid)?;
            if storage::memberships::any_owner(&mut work.tx).await? {
                return Err(SetUpError::NotValid);
            }
            let number = owned(work, tenant).await?;
            let user = users::insert(work, record).await?;
            work.actor.name = format!("user:{}", user.id);
            let grants = Grants { roles: Role::Owner.into(), ..Grants::default() };
            memberships::insert(work, &user.id, grants).await.map_err(of_membership)?;
            Ok((user, number))
        })
    });
    let (user, tenant) = done.await?;
    tracing::info!(target: "security", user = user.id, tenant, "the first owner was set up");
    Ok((user, tenant))
}

/// The number of the tenant that gets its owner; from here on that tenant is acted in.
async fn owned(work: &mut Work, found: Option<(String, Settings)>) -> Result<i64, SetUpError> {
    let tenants = storage::tenants::all(&mut work.tx).await?;
    let number = match (&found, tenants.as_slice()) {
        (Some(_), all) => all.last().map_or(1, |last| last.tenant + 1),
        (None, [only]) => only.tenant,
        (None, _) => return Err(SetUpError::TenantNeeded),
    };
    work.actor = Actor::program(number, "setup");
    if let Some((name, settings)) = found {
        tenants::found(work, &name, settings, false).await?;
    }
    Ok(number)
}

fn of_membership(error: MembershipError) -> SetUpError {
    match error {
        MembershipError::Storage(error) => SetUpError::Storage(error),
        other => SetUpError::User(Invalid::at("/roles", other.to_string()).into()),
    }
}
