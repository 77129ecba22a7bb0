//! Invitations: how people come to have a place in a tenant.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use engine::people::invitations::{self, Acceptance, Invitation, NewInvitation, Offer};
use engine::people::{Password, Secret, sessions};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::me::UserDocument;
use super::members::GrantsDocument;
use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Nothing, Posted};
use crate::entrance::Sender;
use crate::guard::{ANYONE, CLERKS, Caller, SELF, TENANT};
use crate::paging::Page;
use crate::params::Id;
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(invite, list_invitations))
        .routes(routes!(revoke_invitation))
        .routes(routes!(send_invitation_again))
        .routes(routes!(show_offer))
        .routes(routes!(accept_invitation))
}

/// Somebody to be invited.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "grace@example.org", "grants": {"roles": ["clerk"]}}))]
struct NewInvitationDocument {
    /// Where the link goes to.
    email: String,
    name: Option<String>,
    /// The language of the mail (BCP 47).
    language: Option<String>,
    grants: GrantsDocument,
}

/// An invitation that nobody has accepted yet.
#[derive(Debug, Serialize, ToSchema)]
struct InvitationDocument {
    id: String,
    email: String,
    name: Option<String>,
    language: Option<String>,
    grants: GrantsDocument,
    /// Who invited, as the audit trail names them.
    invited_by: String,
    created_at: String,
    expires_at: String,
}

/// The secret at the end of a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LinkDocument {
    token: String,
}

/// What an invitation offers.
#[derive(Debug, Serialize, ToSchema)]
struct OfferDocument {
    tenant_name: String,
    email: String,
    name: Option<String>,
    roles: Vec<&'static str>,
    /// Whether somebody signs in with this address already: then by that password, or a session, it is accepted.
    known: bool,
}

/// How an invitation is accepted: by who is signed in with nothing but the token; by who has a sign-in with its password; by who
/// is new with a name and a new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AcceptanceDocument {
    token: String,
    name: Option<String>,
    language: Option<String>,
    #[schema(format = Password)]
    password: Option<String>,
    /// A code of the second factor.
    code: Option<String>,
}

/// Invite somebody
///
/// A mail with a link goes out, which is good for seven days. Nobody gives what is above their own roles.
#[utoipa::path(post, path = "/invitations", request_body = NewInvitationDocument,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "Invited.", body = InvitationDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn invite(
    State(app): State<App>,
    caller: Caller,
    Posted { claim, body }: Posted<Body<NewInvitationDocument>>,
) -> Result<Response, Problem> {
    let NewInvitationDocument { email, name, language, grants } = body.0;
    let grants = grants.read().map_err(|problem| problem.placed(|field| format!("/grants{field}")))?;
    let new = NewInvitation { email, name, language, grants };
    app.once(&caller, claim, move |work| {
        let new = new.clone();
        Box::pin(async move {
            let invitation = invitations::invite(work, new).await?;
            let location = format!("/api/v1/invitations/{}", invitation.id);
            Ok(Answer::created(location, InvitationDocument::of(invitation)))
        })
    })
    .await
}

/// List the invitations
///
/// Those that are open, the oldest first.
#[utoipa::path(get, path = "/invitations",
    responses((status = 200, description = "The invitations.", body = Page<InvitationDocument>), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn list_invitations(
    State(app): State<App>,
    Caller(actor): Caller,
) -> Result<Answer<Page<InvitationDocument>>, Problem> {
    let open = invitations::open(&mut app.engine.view(&actor).await?).await?;
    Ok(Answer::ok(Page { items: open.into_iter().map(InvitationDocument::of).collect(), next_cursor: None }))
}

/// Take an invitation back
#[utoipa::path(delete, path = "/invitations/{id}", params(("id" = String, Path)),
    responses((status = 204, description = "Its link opens nothing any more."), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn revoke_invitation(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<StatusCode, Problem> {
    app.engine
        .run(&actor, |work| {
            let id = id.clone();
            Box::pin(async move { invitations::revoke(work, &id).await })
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Send an invitation again
///
/// With a new link; the old one ends.
#[utoipa::path(post, path = "/invitations/{id}/send", params(("id" = String, Path)),
    responses((status = 200, description = "It is on its way.", body = InvitationDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn send_invitation_again(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    _: Posted<Nothing>,
) -> Result<Response, Problem> {
    app.once(&caller, None, move |work| {
        let id = id.clone();
        Box::pin(async move { Ok(Answer::ok(InvitationDocument::of(invitations::send_again(work, &id).await?))) })
    })
    .await
}

/// Show what an invitation offers
#[utoipa::path(post, path = "/invitations/offer", request_body = LinkDocument,
    responses((status = 200, description = "The offer.", body = OfferDocument), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(SELF))))]
async fn show_offer(State(app): State<App>, Body(link): Body<LinkDocument>) -> Result<Answer<OfferDocument>, Problem> {
    let offer = invitations::offer(&app.engine, &Secret::new(link.token)).await?;
    Ok(Answer::ok(OfferDocument::of(offer)))
}

/// Accept an invitation
///
/// Sign in afterwards, or choose the tenant.
#[utoipa::path(post, path = "/invitations/accept", request_body = AcceptanceDocument,
    responses((status = 200, description = "The person has a place in the tenant.", body = UserDocument), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(SELF))))]
async fn accept_invitation(
    State(app): State<App>,
    Sender(client, session): Sender,
    Body(given): Body<AcceptanceDocument>,
) -> Result<Answer<UserDocument>, Problem> {
    let person = match session {
        Some(secret) if given.password.is_none() => sessions::authenticate(&app.engine, &secret).await?,
        _ => None,
    };
    let password = || Password::new(given.password.clone().unwrap_or_default());
    let acceptance = match (&person, given.name) {
        (Some(person), None) => Acceptance::SignedIn(person),
        (_, Some(name)) => Acceptance::New { name, language: given.language, password: password() },
        (None, None) => Acceptance::Password { password: password(), code: given.code },
    };
    let user = invitations::accept(&app.engine, &Secret::new(given.token), acceptance, &client).await?;
    Ok(Answer::ok(UserDocument::of(user)))
}

impl InvitationDocument {
    fn of(invitation: Invitation) -> Self {
        InvitationDocument {
            id: invitation.id,
            email: invitation.email,
            name: invitation.name,
            language: invitation.language,
            grants: GrantsDocument::of(invitation.grants),
            invited_by: invitation.invited_by,
            created_at: invitation.created_at.to_string(),
            expires_at: invitation.expires_at.to_string(),
        }
    }
}

impl OfferDocument {
    fn of(offer: Offer) -> Self {
        OfferDocument {
            tenant_name: offer.tenant_name,
            email: offer.email,
            name: offer.name,
            roles: offer.roles.names(),
            known: offer.known,
        }
    }
}
