//! Memberships: what a user may do in a tenant.
//!
//! Nobody gives or takes a role above their own, their own membership included, nor touches a membership that has one. A tenant
//! always keeps an owner who can sign in.

use domain::invalid::Invalid;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use storage::memberships::MembershipRecord;

use super::users::User;
use super::{NO_TENANT, program};
use crate::{Actor, Engine, Role, Roles, Scope, Work, keys};

/// The most customer records that one member may have.
const MOST_CUSTOMERS: usize = 100;

/// What a membership gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grants {
    /// The roles: at least one.
    pub roles: Roles,
    /// The customer records of a `customer`: at least one. None for other roles.
    pub customers: Vec<String>,
    /// The agent record of an `agent`. None for other roles.
    pub agent: Option<String>,
}

/// A user's place in a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The user.
    pub user: User,
    /// The tenant.
    pub tenant: i64,
    /// What it gives.
    pub grants: Grants,
    /// When it was given.
    pub created_at: Instant,
    /// Counts the changes.
    pub version: i64,
}

/// A tenant where a user is a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The tenant's number.
    pub tenant: i64,
    /// Its name.
    pub name: String,
    /// The user's roles there.
    pub roles: Roles,
}

/// Why a membership is not given, changed or taken away.
#[derive(Debug, thiserror::Error)]
pub enum MembershipError {
    /// There is no such user, or none in the tenant.
    #[error("there is no member {0}")]
    NotFound(String),
    /// The user is a member.
    #[error("{0} is a member already: change the membership")]
    AlreadyMember(String),
    /// Who acts may not give or take the role, nor touch a membership that has it.
    #[error("the role {role} takes more than your own roles to give or to take away")]
    Beyond {
        /// The role.
        role: &'static str,
    },
    /// The tenant would be without an owner.
    #[error("the tenant would be without an owner: make somebody else an owner first")]
    LastOwner,
    /// The membership was changed meanwhile.
    #[error("the membership was changed meanwhile: it is at version {current}")]
    Changed {
        /// The version now.
        current: i64,
    },
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(MembershipError);

/// What the audit trail says of a membership, and a ticket keeps of an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Written {
    roles: Vec<String>,
    customers: Vec<String>,
    agent: Option<String>,
}

/// Where a user is a member, by the tenant's number.
///
/// # Errors
/// The database does not answer.
pub async fn places(engine: &Engine, user: &str) -> Result<Vec<Place>, storage::Error> {
    let mut view = engine.view(&program()).await?;
    let tenants = storage::tenants::all(view.tx()).await?;
    let all = storage::memberships::of_user(view.tx(), user).await?;
    let place = |membership: MembershipRecord| {
        let tenant = tenants.iter().find(|tenant| tenant.tenant == membership.tenant)?;
        Some(Place { tenant: tenant.tenant, name: tenant.name.clone(), roles: roles(&membership.roles) })
    };
    Ok(all.into_iter().filter_map(place).collect())
}

/// A page of the tenant's members by the user's id, those after `after`.
///
/// # Errors
/// The database does not answer.
pub async fn page(scope: &mut impl Scope, after: Option<&str>, limit: i64) -> Result<Vec<Membership>, MembershipError> {
    let tenant = scope.tenant();
    let records = storage::memberships::page(scope.tx(), tenant, after, limit).await?;
    let mut page = Vec::with_capacity(records.len());
    for record in records {
        page.push(with_user(scope, record).await?);
    }
    Ok(page)
}

/// One member of the tenant.
///
/// # Errors
/// There is none.
pub async fn get(scope: &mut impl Scope, user: &str) -> Result<Membership, MembershipError> {
    let tenant = scope.tenant();
    let record = storage::memberships::get(scope.tx(), tenant, user).await?;
    with_user(scope, record.ok_or_else(|| MembershipError::NotFound(user.to_owned()))?).await
}

/// Makes a user a member of the tenant.
///
/// # Errors
/// There is no such user, the user is a member, who acts may not give it, or it makes no sense.
pub async fn give(work: &mut Work, user: &str, grants: Grants) -> Result<Membership, MembershipError> {
    may_change(&work.actor, &Grants::default(), &grants)?;
    let grants = checked(work, grants).await?;
    insert(work, user, grants).await
}

/// Replaces what a membership gives, if it is at this version. It acts at once; where roles change, the user's sessions in the
/// tenant end, and the keys of the user's making that the new roles could not give.
///
/// # Errors
/// There is no such member, who acts may not give or take it, it makes no sense, the membership was changed meanwhile, or the
/// tenant would be without an owner.
pub async fn change(work: &mut Work, user: &str, grants: Grants, version: i64) -> Result<Membership, MembershipError> {
    let tenant = work.tenant();
    storage::memberships::lock(&mut work.tx, tenant).await?;
    let before = get(work, user).await?;
    may_change(&work.actor, &before.grants, &grants)?;
    if before.version != version {
        return Err(MembershipError::Changed { current: before.version });
    }
    let grants = checked(work, grants).await?;
    let after = Membership { grants, version: version + 1, ..before.clone() };
    if !storage::memberships::update(&mut work.tx, &after.record()).await? {
        return Err(MembershipError::Changed { current: version + 1 });
    }
    keeps_owner(work, &before.grants.roles, &after.grants.roles).await?;
    if before.grants.roles != after.grants.roles {
        storage::sessions::end_in(&mut work.tx, user, tenant).await?;
        keys::revoke_beyond(work, tenant, user, &after.grants.roles).await?;
    }
    work.audit("membership.change", user, Some(&before.grants.written()), Some(&after.grants.written())).await?;
    Ok(after)
}

/// Takes a membership away; the user's sessions in the tenant end, and the keys of the user's making.
///
/// # Errors
/// There is no such member, who acts may not take its roles, or the tenant would be without an owner.
pub async fn remove(work: &mut Work, user: &str) -> Result<(), MembershipError> {
    let tenant = work.tenant();
    storage::memberships::lock(&mut work.tx, tenant).await?;
    let before = get(work, user).await?;
    may_change(&work.actor, &before.grants, &Grants::default())?;
    storage::memberships::delete(&mut work.tx, tenant, user).await?;
    keeps_owner(work, &before.grants.roles, &Roles::default()).await?;
    storage::sessions::end_in(&mut work.tx, user, tenant).await?;
    keys::revoke_beyond(work, tenant, user, &Roles::default()).await?;
    work.audit("membership.remove", user, Some(&before.grants.written()), None).await?;
    Ok(())
}

/// Makes a user a member, whoever acts.
pub(super) async fn insert(work: &mut Work, user: &str, grants: Grants) -> Result<Membership, MembershipError> {
    let (tenant, now) = (work.tenant(), work.now());
    storage::memberships::lock(&mut work.tx, tenant).await?;
    let record = storage::users::lock(&mut work.tx, user).await?;
    let record = record.ok_or_else(|| MembershipError::NotFound(user.to_owned()))?;
    let membership = Membership { user: User::of(record), tenant, grants, created_at: now, version: 1 };
    if !storage::memberships::insert(&mut work.tx, &membership.record()).await? {
        return Err(MembershipError::AlreadyMember(membership.user.name));
    }
    work.audit("membership.give", user, None, Some(&membership.grants.written())).await?;
    Ok(membership)
}

/// Whether who acts may give all the roles that there were and will be: what somebody above them has is not theirs to touch.
pub(super) fn may_change(actor: &Actor, before: &Grants, after: &Grants) -> Result<(), MembershipError> {
    let mut roles = before.roles.iter().chain(after.roles.iter());
    match roles.find(|role| !actor.roles.may_give(*role)) {
        Some(beyond) => Err(MembershipError::Beyond { role: beyond.name() }),
        None => Ok(()),
    }
}

/// The grants, if they make sense and their records are the tenant's.
pub(super) async fn checked(work: &mut Work, mut grants: Grants) -> Result<Grants, MembershipError> {
    let refused = |pointer: &str, detail: &str| Err(Invalid::at(pointer, detail).into());
    let tenant = work.tenant();
    if tenant == NO_TENANT {
        return refused("/tenant", "name the tenant");
    }
    if grants.roles.is_empty() {
        return refused("/roles", "must have at least one role");
    }
    if grants.roles.has(Role::Switch) {
        return refused("/roles", "must be roles of people: switch is a key's");
    }
    grants.customers.sort();
    grants.customers.dedup();
    match (grants.roles.has(Role::Customer), grants.customers.len()) {
        (true, 1..=MOST_CUSTOMERS) | (false, 0) => {}
        (true, _) => {
            return refused("/customers", "must be 1 to 100 customer records, which a customer sees as its own");
        }
        (false, _) => return refused("/customers", "must be empty without the role customer"),
    }
    match (grants.roles.has(Role::Agent), &grants.agent) {
        (true, Some(_)) | (false, None) => {}
        (true, None) => return refused("/agent", "must be the agent record of who has the role agent"),
        (false, Some(_)) => return refused("/agent", "must be nothing without the role agent"),
    }
    let ids: Vec<&str> = grants.customers.iter().map(String::as_str).collect();
    let found = storage::customers::some(&mut work.tx, tenant, &ids).await?;
    if let Some(missing) = ids.iter().find(|id| !found.iter().any(|customer| customer.id == **id)) {
        return refused("/customers", &format!("there is no customer {missing}"));
    }
    if let Some(agent) = &grants.agent
        && storage::agents::get(&mut work.tx, tenant, agent).await?.is_none()
    {
        return refused("/agent", &format!("there is no agent {agent}"));
    }
    Ok(grants)
}

async fn keeps_owner(work: &mut Work, before: &Roles, after: &Roles) -> Result<(), MembershipError> {
    let tenant = work.tenant();
    if !before.has(Role::Owner) || after.has(Role::Owner) {
        return Ok(());
    }
    match storage::memberships::owners(&mut work.tx, tenant).await? {
        0 => Err(MembershipError::LastOwner),
        _ => Ok(()),
    }
}

async fn with_user(scope: &mut impl Scope, record: MembershipRecord) -> Result<Membership, MembershipError> {
    let user = storage::users::get(scope.tx(), &record.member).await?;
    let user = User::of(user.ok_or_else(|| MembershipError::NotFound(record.member.clone()))?);
    let grants =
        Grants { roles: roles(&record.roles), customers: customers(record.customers.as_deref()), agent: record.agent };
    let created_at = Instant::clamped(record.created_at);
    Ok(Membership { user, tenant: record.tenant, grants, created_at, version: record.version })
}

/// What a user may do in the tenant now: nothing, if they cannot sign in or are no member.
pub(super) async fn present_roles(work: &mut Work, user: &str) -> Result<Roles, storage::Error> {
    let tenant = work.tenant();
    let active = storage::users::get(&mut work.tx, user).await?.is_some_and(|user| user.state == "active");
    let place = storage::memberships::get(&mut work.tx, tenant, user).await?.filter(|_| active);
    Ok(place.map(|place| roles(&place.roles)).unwrap_or_default())
}

/// Roles as they are stored. Ones that this program does not know give nothing.
pub(super) fn roles(stored: &str) -> Roles {
    let names: Vec<String> = serde_json::from_str(stored).unwrap_or_default();
    names.iter().filter_map(|name| Role::named(name)).collect()
}

/// Customer records as they are stored.
pub(super) fn customers(stored: Option<&str>) -> Vec<String> {
    let mut ids: Vec<String> = stored.map(|ids| ids.split(',').map(str::to_owned).collect()).unwrap_or_default();
    ids.sort();
    ids
}

impl Grants {
    pub(super) fn written(&self) -> Written {
        let roles = self.roles.names().into_iter().map(str::to_owned).collect();
        Written { roles, customers: self.customers.clone(), agent: self.agent.clone() }
    }
}

impl Written {
    pub(super) fn grants(self) -> Grants {
        let roles = self.roles.iter().filter_map(|name| Role::named(name)).collect();
        Grants { roles, customers: self.customers, agent: self.agent }
    }
}

impl Membership {
    fn record(&self) -> MembershipRecord {
        let customers = (!self.grants.customers.is_empty()).then(|| self.grants.customers.join(","));
        MembershipRecord {
            tenant: self.tenant,
            member: self.user.id.clone(),
            roles: serde_json::to_string(&self.grants.roles.names()).unwrap_or_default(),
            agent: self.grants.agent.clone(),
            customers,
            created_at: self.created_at.millis(),
            version: self.version,
        }
    }
}
