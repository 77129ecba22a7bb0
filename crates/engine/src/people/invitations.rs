//! Invitations: somebody becomes a member of a tenant by a link to their mailbox.

use domain::invalid::Invalid;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use storage::tickets::TicketRecord;
use storage::users::UserRecord;

use super::memberships::{self, Grants, MembershipError, Written};
use super::sessions::SignedIn;
use super::sign_in::{Proof, SignInError, prove};
use super::tickets::{self, Kind};
use super::users::{self, NewUser, User, UserError};
use super::{Client, Password, letters, program};
use crate::secrets::{MachineError, Secret};
use crate::{Actor, Engine, Reach, Role, Roles, Scope, Work, fields, keys};

/// Somebody to be invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvitation {
    /// Where the link goes; who is new signs in with it later.
    pub email: String,
    /// What they are called, if that is known.
    pub name: Option<String>,
    /// The language of the mail (BCP 47).
    pub language: Option<String>,
    /// What the membership gives.
    pub grants: Grants,
}

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: String,
    /// Where the link goes.
    pub email: String,
    /// What they are called, if that is known.
    pub name: Option<String>,
    /// The language of the mail (BCP 47).
    pub language: Option<String>,
    /// What the membership gives.
    pub grants: Grants,
    /// Who invited them, as the audit trail names them.
    pub invited_by: String,
    /// When it was made.
    pub created_at: Instant,
    /// From when on the link opens nothing.
    pub expires_at: Instant,
}

/// What whoever holds a link is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The name of the tenant.
    pub tenant_name: String,
    /// The address that was invited.
    pub email: String,
    /// What they are called, if that is known.
    pub name: Option<String>,
    /// Their language (BCP 47), if that is known.
    pub language: Option<String>,
    /// The roles that are given.
    pub roles: Roles,
    /// Whether the address is a user's, who signs in or gives the password; else a new user is made.
    pub known: bool,
}

/// How an invitation is accepted.
pub enum Acceptance<'a> {
    /// By the user, who is signed in.
    SignedIn(&'a SignedIn),
    /// By the user, who gives the password.
    Password {
        /// The password.
        password: Password,
        /// A code of the second factor, if the user has one.
        code: Option<String>,
    },
    /// By somebody who is new.
    New {
        /// What they are called.
        name: String,
        /// Their language (BCP 47).
        language: Option<String>,
        /// The password that they want.
        password: Password,
    },
}

/// Why an invitation is not made, shown or accepted.
#[derive(Debug, thiserror::Error)]
pub enum InvitationError {
    /// There is no such open invitation in the tenant.
    #[error("there is no open invitation {0}")]
    NotFound(String),
    /// The link opens nothing.
    #[error("the link is unknown, was used before, or has expired: ask for a new invitation")]
    NotValid,
    /// The user is a member.
    #[error("{0} is a member already")]
    AlreadyMember(String),
    /// Who invites may not give the role.
    #[error("the role {role} takes more than your own roles to give")]
    Beyond {
        /// The role.
        role: &'static str,
    },
    /// Somebody else is invited than who is signed in.
    #[error("somebody else is invited: sign out, and open the link again")]
    Another,
    /// The address is a user's.
    #[error("the address is a user's: sign in, or give the password")]
    Known,
    /// The address is nobody's yet.
    #[error("the address is nobody's yet: give a name and a password")]
    Unknown,
    /// Too many mails were sent to the address.
    #[error(
        "{} invitations were sent to the address within a day: try again in {retry_after_seconds} seconds",
        MOST_SENDS
    )]
    TooManySends {
        /// How long to wait, in seconds.
        retry_after_seconds: u64,
    },
    /// Too many invitations of the tenant are open.
    #[error("{} invitations are open, the most that may be: revoke some first", MOST_OPEN)]
    TooManyOpen,
    /// The user is not let in, or too many tried to use the link.
    #[error(transparent)]
    SignIn(#[from] SignInError),
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

crate::work::carries_storage!(InvitationError: SignIn);

/// Mails to one address from one tenant within a day.
const MOST_SENDS: usize = 3;
/// Open invitations of one tenant.
const MOST_OPEN: usize = 200;
/// In milliseconds.
const DAY: i64 = 24 * 3_600_000;

/// What a ticket keeps.
#[derive(Serialize, Deserialize)]
struct Document {
    email: String,
    name: Option<String>,
    language: Option<String>,
    /// Who answers for it: whoever sent it last.
    invited_by: String,
    grants: Written,
    /// When it was sent, in Unix milliseconds.
    sent_at: Vec<i64>,
}

/// Invites somebody, for seven days. An open invitation of the address ends: one is enough.
///
/// # Errors
/// Who invites may not give the roles, or those of the invitation before; they make no sense; the address is none, or is a
/// member's; or there are too many invitations.
pub async fn invite(work: &mut Work, new: NewInvitation) -> Result<Invitation, InvitationError> {
    memberships::may_change(&work.actor, &Grants::default(), &new.grants)?;
    let grants = memberships::checked(work, new.grants).await?;
    let email = fields::email("/email", Some(new.email))?.ok_or_else(|| Invalid::at("/email", "must not be empty"))?;
    // Who is new will sign in with it.
    let sign_in = users::sign_in_name("/email", &email)?;
    let tenant = work.tenant();
    storage::memberships::lock(&mut work.tx, tenant).await?;
    if let Some(user) = storage::users::by_sign_in(&mut work.tx, &sign_in).await?
        && storage::memberships::get(&mut work.tx, tenant, &user.id).await?.is_some()
    {
        return Err(InvitationError::AlreadyMember(user.name));
    }
    may_send(work, &sign_in).await?;
    replace(work, &sign_in).await?;
    let document = Document {
        email,
        name: fields::optional("/name", new.name, 100)?,
        language: fields::optional("/language", new.language, 35)?,
        invited_by: work.actor.name.clone(),
        grants: grants.written(),
        sent_at: vec![work.now().millis()],
    };
    let mut ticket = tickets::new(work, Kind::Invitation);
    (ticket.tenant, ticket.address) = (Some(tenant), Some(sign_in));
    ticket.document = serde_json::to_string(&document).unwrap_or_default();
    storage::tickets::insert(&mut work.tx, &ticket).await?;
    letters::send(work, &ticket.id).await?;
    work.audit("invitation.create", &ticket.id, None, Some(&document)).await?;
    read(&ticket).ok_or(InvitationError::NotFound(ticket.id))
}

/// The open invitations of the tenant, the oldest first.
///
/// # Errors
/// The database does not answer.
pub async fn open(scope: &mut impl Scope) -> Result<Vec<Invitation>, InvitationError> {
    let (tenant, now) = (scope.tenant(), scope.now().millis());
    let all = storage::tickets::open_of_tenant(scope.tx(), tenant, Kind::Invitation.name(), now).await?;
    Ok(all.iter().filter_map(read).collect())
}

/// Takes an invitation back.
///
/// # Errors
/// There is no such open one, or who acts may not give its roles.
pub async fn revoke(work: &mut Work, id: &str) -> Result<(), InvitationError> {
    let (_, invitation) = open_here(work, id).await?;
    let now = work.now().millis();
    if !storage::tickets::end(&mut work.tx, id, now).await? {
        return Err(InvitationError::NotFound(id.to_owned()));
    }
    work.audit("invitation.revoke", id, Some(&invitation.email), None).await?;
    Ok(())
}

/// Sends an invitation again, for another seven days; the link before opens nothing any more. Whoever sends it answers for it.
///
/// # Errors
/// There is no such open one, who acts may not give its roles, or it was sent too often.
pub async fn send_again(work: &mut Work, id: &str) -> Result<Invitation, InvitationError> {
    let tenant = work.tenant();
    storage::memberships::lock(&mut work.tx, tenant).await?;
    let (mut document, invitation) = open_here(work, id).await?;
    may_send(work, &invitation.email.to_ascii_lowercase()).await?;
    let (expires_at, now) = (tickets::expiry(work, Kind::Invitation), work.now().millis());
    document.invited_by = work.actor.name.clone();
    document.sent_at.push(now);
    let text = serde_json::to_string(&document).unwrap_or_default();
    if !storage::tickets::prolong(&mut work.tx, id, &text, expires_at, now).await? {
        return Err(InvitationError::NotFound(id.to_owned()));
    }
    letters::send(work, id).await?;
    work.audit("invitation.send", id, None, Some(&invitation.email)).await?;
    Ok(Invitation { expires_at: Instant::clamped(expires_at), invited_by: document.invited_by, ..invitation })
}

/// What a link offers.
///
/// # Errors
/// It opens nothing.
pub async fn offer(engine: &Engine, secret: &Secret) -> Result<Offer, InvitationError> {
    let (ticket, invitation) = look(engine, secret).await?;
    let mut view = engine.view(&program()).await?;
    let number = ticket.tenant.ok_or(InvitationError::NotValid)?;
    let tenant = storage::tenants::get(view.tx(), number).await?.ok_or(InvitationError::NotValid)?;
    let known = addressee(&mut view, &invitation).await?.is_some();
    Ok(Offer {
        tenant_name: tenant.name,
        email: invitation.email,
        name: invitation.name,
        language: invitation.language,
        roles: invitation.grants.roles,
        known,
    })
}

/// Makes whoever holds a link a member, once. Nobody is signed in by that.
///
/// # Errors
/// The link opens nothing, is another's, the user is not let in or is a member, or a field of a new user makes no sense.
pub async fn accept(
    engine: &Engine,
    secret: &Secret,
    acceptance: Acceptance<'_>,
    client: &Client,
) -> Result<User, InvitationError> {
    let (ticket, invitation) = look(engine, secret).await?;
    let taken = engine.people().limits.tickets.take(&ticket.id, engine.clock().now());
    taken.map_err(|retry_after_seconds| SignInError::TooMany { retry_after_seconds })?;
    let known = {
        let mut view = engine.view(&program()).await?;
        addressee(&mut view, &invitation).await?
    };
    match (acceptance, known) {
        (Acceptance::SignedIn(who), known) => {
            if known.is_none_or(|user| user.id != who.user.id) {
                return Err(InvitationError::Another);
            }
            join(engine, secret, Joiner::User(who.user.id.clone())).await
        }
        (Acceptance::Password { password, code }, Some(user)) => {
            let proof = prove(engine, &user.sign_in, password, code, client).await?;
            let joined = join(engine, secret, Joiner::Proved(Box::new(proof.clone()))).await;
            proof.outcome(engine, joined)
        }
        (Acceptance::New { name, language, password }, None) => {
            let email = Some(invitation.email.clone());
            let new = NewUser { sign_in: invitation.email, email, name, language, password: None };
            let mut record = users::checked(engine.clock().now(), &new)?;
            record.password_hash = Some(engine.people().hasher.new_hash(password, users::about(&record)).await??);
            join(engine, secret, Joiner::New(Box::new(record))).await
        }
        (Acceptance::Password { .. }, None) => Err(InvitationError::Unknown),
        (Acceptance::New { .. }, Some(_)) => Err(InvitationError::Known),
    }
}

/// Who accepts.
#[derive(Clone)]
enum Joiner {
    User(String),
    Proved(Box<Proof>),
    New(Box<UserRecord>),
}

async fn join(engine: &Engine, secret: &Secret, joiner: Joiner) -> Result<User, InvitationError> {
    let by = program();
    let joined = engine.run(&by, |work| {
        let (secret, joiner) = (secret.clone(), joiner.clone());
        Box::pin(async move {
            let ticket = tickets::take(work, Kind::Invitation, &secret).await?.ok_or(InvitationError::NotValid)?;
            let tenant = ticket.tenant.ok_or(InvitationError::NotValid)?;
            let invitation = read(&ticket).ok_or(InvitationError::NotValid)?;
            work.actor = accepting(tenant, "invitation");
            let grants = still_given(work, &invitation).await?;
            let user = match joiner {
                Joiner::User(id) => users::get(work, &id).await?,
                Joiner::Proved(proof) => User::of(proof.user(work).await?),
                Joiner::New(record) => users::insert(work, *record).await?,
            };
            if !user.active {
                return Err(InvitationError::NotValid);
            }
            work.actor = accepting(tenant, &format!("user:{}", user.id));
            memberships::insert(work, &user.id, grants).await?;
            let accepted = serde_json::json!({ "invited_by": invitation.invited_by, "user": user.id });
            work.audit("invitation.accept", &ticket.id, None, Some(&accepted)).await?;
            Ok(user)
        })
    });
    joined.await
}

/// Who takes what was offered: a right to nothing else.
fn accepting(tenant: i64, name: &str) -> Actor {
    Actor { tenant, name: name.to_owned(), roles: Roles::default(), reach: Reach::Tenant }
}

async fn look(engine: &Engine, secret: &Secret) -> Result<(TicketRecord, Invitation), InvitationError> {
    let ticket = tickets::look(engine, Kind::Invitation, secret).await?.ok_or(InvitationError::NotValid)?;
    let invitation = read(&ticket).ok_or(InvitationError::NotValid)?;
    Ok((ticket, invitation))
}

/// The user who is invited: who signs in with the address. What stands in somebody's profile proves nothing, as nobody has checked
/// that they read the mails that arrive there.
async fn addressee(scope: &mut impl Scope, to: &Invitation) -> Result<Option<UserRecord>, storage::Error> {
    storage::users::by_sign_in(scope.tx(), &to.email.to_ascii_lowercase()).await
}

/// What an invitation gives, if whoever sent it could give it still: an invitation does not outlive the rights of the inviter.
async fn still_given(work: &mut Work, invitation: &Invitation) -> Result<Grants, InvitationError> {
    let tenant = work.tenant();
    storage::memberships::lock(&mut work.tx, tenant).await?;
    let inviter = invitation.invited_by.as_str();
    let roles = match (inviter.strip_prefix("user:"), inviter.strip_prefix("key:")) {
        (Some(user), _) => memberships::present_roles(work, user).await?,
        (_, Some(key)) => keys::present_scopes(work, key).await?,
        // The program itself.
        (None, None) => Role::Owner.into(),
    };
    if invitation.grants.roles.iter().any(|role| !roles.may_give(role)) {
        let id = invitation.id.as_str();
        tracing::warn!(target: "security", tenant, invitation = id, inviter, "an invitation has outlived the rights of its inviter");
        return Err(InvitationError::NotValid);
    }
    memberships::checked(work, invitation.grants.clone()).await.map_err(|error| match error {
        MembershipError::Storage(error) => InvitationError::Storage(error),
        _ => InvitationError::NotValid,
    })
}

/// Whether another mail may go to this address, in lower case, now.
async fn may_send(work: &mut Work, address: &str) -> Result<(), InvitationError> {
    let (tenant, now) = (work.tenant(), work.now().millis());
    let all = storage::tickets::of_address(&mut work.tx, tenant, Kind::Invitation.name(), address).await?;
    let sent = all.iter().filter_map(Document::of).flat_map(|document| document.sent_at);
    let mut sent: Vec<i64> = sent.filter(|sent| *sent > now - DAY).collect();
    sent.sort_unstable();
    match sent.len().checked_sub(MOST_SENDS).and_then(|first| sent.get(first)) {
        Some(first) => {
            let retry_after_seconds = u64::try_from(first + DAY - now).unwrap_or(0).div_ceil(1000);
            Err(InvitationError::TooManySends { retry_after_seconds })
        }
        None => Ok(()),
    }
}

/// Ends the open invitation of an address, if there is one, which another is about to replace.
async fn replace(work: &mut Work, address: &str) -> Result<(), InvitationError> {
    let all = open(work).await?;
    let (before, others): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|invitation| invitation.email.eq_ignore_ascii_case(address));
    if others.len() >= MOST_OPEN {
        return Err(InvitationError::TooManyOpen);
    }
    for invitation in before {
        revoke(work, &invitation.id).await?;
    }
    Ok(())
}

/// An open invitation of the tenant, which who acts could have made.
async fn open_here(work: &mut Work, id: &str) -> Result<(Document, Invitation), InvitationError> {
    let (tenant, now) = (work.tenant(), work.now().millis());
    let all = storage::tickets::open_of_tenant(&mut work.tx, tenant, Kind::Invitation.name(), now).await?;
    let ticket = all.iter().find(|ticket| ticket.id == id);
    let found = ticket.and_then(|ticket| Document::of(ticket).zip(read(ticket)));
    let (document, invitation) = found.ok_or_else(|| InvitationError::NotFound(id.to_owned()))?;
    memberships::may_change(&work.actor, &Grants::default(), &invitation.grants)?;
    Ok((document, invitation))
}

impl Document {
    fn of(ticket: &TicketRecord) -> Option<Document> {
        serde_json::from_str(&ticket.document).ok()
    }
}

/// The invitation that a ticket keeps.
pub(super) fn read(ticket: &TicketRecord) -> Option<Invitation> {
    let document = Document::of(ticket)?;
    Some(Invitation {
        id: ticket.id.clone(),
        email: document.email,
        name: document.name,
        language: document.language,
        grants: document.grants.grants(),
        invited_by: document.invited_by,
        created_at: Instant::clamped(ticket.created_at),
        expires_at: Instant::clamped(ticket.expires_at),
    })
}

impl From<MembershipError> for InvitationError {
    fn from(error: MembershipError) -> Self {
        match error {
            MembershipError::NotFound(_) | MembershipError::LastOwner | MembershipError::Changed { .. } => {
                InvitationError::NotValid
            }
            MembershipError::AlreadyMember(name) => InvitationError::AlreadyMember(name),
            MembershipError::Beyond { role } => InvitationError::Beyond { role },
            MembershipError::Invalid(invalid) => InvitationError::Invalid(invalid.within("/grants")),
            MembershipError::Storage(error) => InvitationError::Storage(error),
        }
    }
}

impl From<UserError> for InvitationError {
    fn from(error: UserError) -> Self {
        match error {
            UserError::Taken(_) => InvitationError::Known,
            UserError::Invalid(invalid) => InvitationError::Invalid(invalid),
            UserError::Machine(error) => InvitationError::Machine(error),
            UserError::Storage(error) => InvitationError::Storage(error),
            _ => InvitationError::NotValid,
        }
    }
}
