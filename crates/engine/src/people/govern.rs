//! Who may decide about a user: users belong to no tenant, so that one tenant must not decide for another.

use storage::memberships::MembershipRecord;

use crate::{Role, Scope, Work};

use super::{NO_TENANT, memberships};

/// Why somebody may not decide about a user.
#[derive(Debug)]
pub(super) enum Ungoverned {
    /// The user is no member of the tenant.
    NotFound,
    /// The user is a member of another tenant, too.
    Elsewhere,
    /// The user has a role that who acts may not give.
    Beyond(Role),
    Storage(storage::Error),
}

impl From<storage::Error> for Ungoverned {
    fn from(error: storage::Error) -> Self {
        Ungoverned::Storage(error)
    }
}

/// Lets owners and admins decide about members of their tenant alone, whose roles they might give; and the program about all.
/// Answers the user's memberships, which nobody else changes before the transaction ends.
pub(super) async fn govern(work: &mut Work, user: &str) -> Result<Vec<MembershipRecord>, Ungoverned> {
    let tenant = work.tenant();
    for place in storage::memberships::of_user(&mut work.tx, user).await? {
        storage::memberships::lock(&mut work.tx, place.tenant).await?;
    }
    // Whoever gives another membership waits for the user.
    storage::users::lock(&mut work.tx, user).await?;
    let all = storage::memberships::of_user(&mut work.tx, user).await?;
    let own = &work.actor.roles;
    if tenant == NO_TENANT && own.has(Role::Owner) {
        return Ok(all);
    }
    let leads = own.has(Role::Owner) || own.has(Role::Admin);
    let here = all.iter().find(|membership| membership.tenant == tenant).ok_or(Ungoverned::NotFound)?;
    let roles = memberships::roles(&here.roles);
    if let Some(beyond) = roles.iter().find(|role| !leads || !work.actor.roles.may_give(*role)) {
        return Err(Ungoverned::Beyond(beyond));
    }
    if all.len() > 1 { Err(Ungoverned::Elsewhere) } else { Ok(all) }
}
