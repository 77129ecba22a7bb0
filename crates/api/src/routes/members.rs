//! The people of a tenant: what they may do, and for whom.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::invalid::Invalid;
use engine::people::memberships::{self, Grants, Membership};
use engine::people::{second_factor, users};
use engine::{Role, Roles};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::me::UserDocument;
use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Nothing, Posted};
use crate::guard::{ADMINS, CLERKS, Caller, READERS, TENANT};
use crate::paging::{Page, PageParams};
use crate::params::{Id, Params};
use crate::problem::{Problem, Refusals};
use crate::version::IfMatch;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_members))
        .routes(routes!(get_member, edit_member, remove_member))
        .routes(routes!(disable_member))
        .routes(routes!(enable_member))
        .routes(routes!(reset_second_factor))
}

/// What somebody may do in the tenant.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"roles": ["clerk"]}))]
pub(crate) struct GrantsDocument {
    /// One or more of `owner`, `admin`, `clerk`, `coordinator`, `agent`, `customer` and `auditor`.
    pub(crate) roles: Vec<String>,
    /// The customers whose records somebody with the role `customer` sees.
    #[serde(default)]
    pub(crate) customers: Vec<String>,
    /// The agent record of somebody with the role `agent`.
    pub(crate) agent: Option<String>,
}

/// Somebody's place in the tenant.
#[derive(Debug, Serialize, ToSchema)]
struct MemberDocument {
    /// The user's id.
    id: String,
    user: UserDocument,
    #[serde(flatten)]
    grants: GrantsDocument,
    created_at: String,
    version: i64,
}

/// List the members
///
/// The people who have a place in the tenant.
#[utoipa::path(get, path = "/members", params(PageParams),
    responses((status = 200, description = "A page.", body = Page<MemberDocument>), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn list_members(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<PageParams>,
) -> Result<Answer<Page<MemberDocument>>, Problem> {
    let wanted = list.wanted()?;
    let rows = memberships::page(&mut app.engine.view(&actor).await?, wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.user.id.clone(), MemberDocument::of)))
}

/// Show a member
#[utoipa::path(get, path = "/members/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The member.", body = MemberDocument), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn get_member(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<MemberDocument>, Problem> {
    Ok(answered(memberships::get(&mut app.engine.view(&actor).await?, &id).await?))
}

/// Change what a member may do
///
/// All of it is replaced, and the member's sessions end. Nobody gives or takes what is above their own roles.
#[utoipa::path(put, path = "/members/{id}", request_body = GrantsDocument,
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, description = "It is changed.", body = MemberDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn edit_member(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Body(grants): Body<GrantsDocument>,
) -> Result<Response, Problem> {
    let grants = grants.read()?;
    app.once(&caller, None, move |work| {
        let (id, grants) = (id.clone(), grants.clone());
        Box::pin(async move { Ok(answered(memberships::change(work, &id, grants, version).await?)) })
    })
    .await
}

/// Take a member's place away
///
/// The person stays a user, and keeps the places in other tenants.
#[utoipa::path(delete, path = "/members/{id}", params(("id" = String, Path)),
    responses((status = 204, description = "The person has no place in the tenant any more."), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn remove_member(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<StatusCode, Problem> {
    app.engine
        .run(&actor, |work| {
            let id = id.clone();
            Box::pin(async move { memberships::remove(work, &id).await })
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Disable a member's sign-in
///
/// For somebody who is a member of this tenant alone. All sessions end.
#[utoipa::path(post, path = "/members/{id}/disable", params(("id" = String, Path)),
    responses((status = 200, description = "Nobody signs in with it.", body = UserDocument), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn disable_member(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    _: Posted<Nothing>,
) -> Result<Response, Problem> {
    set_active(&app, &caller, id, false).await
}

/// Enable a member's sign-in again
#[utoipa::path(post, path = "/members/{id}/enable", params(("id" = String, Path)),
    responses((status = 200, description = "It can be signed in with.", body = UserDocument), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn enable_member(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    _: Posted<Nothing>,
) -> Result<Response, Problem> {
    set_active(&app, &caller, id, true).await
}

async fn set_active(app: &App, caller: &Caller, id: String, active: bool) -> Result<Response, Problem> {
    app.once(caller, None, move |work| {
        let id = id.clone();
        Box::pin(async move {
            let user = if active { users::enable(work, &id).await? } else { users::disable(work, &id).await? };
            Ok(Answer::ok(UserDocument::of(user)))
        })
    })
    .await
}

/// Take a member's second factor away
///
/// For somebody who has lost it, and is a member of this tenant alone.
#[utoipa::path(delete, path = "/members/{id}/second-factor", params(("id" = String, Path)),
    responses((status = 204, description = "The password is enough."), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn reset_second_factor(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<StatusCode, Problem> {
    app.engine
        .run(&actor, |work| {
            let id = id.clone();
            Box::pin(async move { second_factor::reset(work, &id).await })
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn answered(membership: Membership) -> Answer<MemberDocument> {
    let version = membership.version;
    Answer::ok(MemberDocument::of(membership)).version(version)
}

impl MemberDocument {
    fn of(membership: Membership) -> Self {
        MemberDocument {
            id: membership.user.id.clone(),
            grants: GrantsDocument::of(membership.grants),
            created_at: membership.created_at.to_string(),
            version: membership.version,
            user: UserDocument::of(membership.user),
        }
    }
}

impl GrantsDocument {
    pub(crate) fn of(grants: Grants) -> Self {
        let roles = grants.roles.names().into_iter().map(str::to_owned).collect();
        GrantsDocument { roles, customers: grants.customers, agent: grants.agent }
    }

    pub(crate) fn read(self) -> Result<Grants, Problem> {
        let roles = Roles::named(self.roles.iter().map(String::as_str)).ok_or_else(|| {
            let people = Role::ALL.iter().filter(|(role, _)| *role != Role::Switch);
            let names: Vec<&str> = people.map(|(_, name)| *name).collect();
            Invalid::at("/roles", format!("must be one or more of {}", names.join(", ")))
        })?;
        Ok(Grants { roles, customers: self.customers, agent: self.agent })
    }
}
