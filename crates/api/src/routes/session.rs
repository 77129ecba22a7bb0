//! Signing in and out, and what the person who is signed in may see and choose.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::people::Password;
use engine::people::memberships::{self, Place};
use engine::people::sessions::{self, SignedIn};
use engine::people::sign_in::{Credentials, sign_in};
use engine::tenants::{self, Tenant};
use engine::{Actor, Reach};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::me::UserDocument;
use crate::App;
use crate::answer::Answer;
use crate::body::Body;
use crate::entrance::{self, Sender};
use crate::guard::{ANYONE, Person, SELF, SIGNED_IN};
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(begin_session, show_session, end_session)).routes(routes!(choose_tenant))
}

/// What somebody signs in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"sign_in": "ada@example.org", "password": "a long sentence"}))]
struct CredentialsDocument {
    /// The name to sign in with: the e-mail address, for most.
    sign_in: String,
    #[schema(format = Password)]
    password: String,
    /// A code of the second factor, or a recovery code; where the answer asked for one.
    code: Option<String>,
}

/// Who is signed in, and where.
#[derive(Debug, Serialize, ToSchema)]
struct SignInDocument {
    user: UserDocument,
    /// The number of the tenant that requests are for; null where none is chosen.
    tenant: Option<i64>,
    /// The roles there.
    roles: Vec<&'static str>,
    /// The tenants that can be chosen.
    tenants: Vec<PlaceDocument>,
    /// The chosen tenant, and what is the person's own there; null where none is chosen.
    place: Option<OwnPlaceDocument>,
}

/// A tenant, and what is the person's own there.
#[derive(Debug, Serialize, ToSchema)]
struct OwnPlaceDocument {
    tenant: i64,
    name: String,
    /// Whether it is the demo's.
    demo: bool,
    /// The zone of its days and hours (IANA).
    time_zone: String,
    /// ISO 4217, of new customers and plans.
    currency: String,
    /// By which figures and dates are written (BCP 47).
    locale: String,
    /// The customer records that are the person's own.
    customers: Vec<String>,
    /// The agent record that is.
    agent: Option<String>,
}

/// A tenant that the person has a place in.
#[derive(Debug, Serialize, ToSchema)]
struct PlaceDocument {
    tenant: i64,
    name: String,
    roles: Vec<&'static str>,
}

/// The tenant to choose.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChoiceDocument {
    tenant: i64,
}

/// Sign in
///
/// The answer sets a cookie, which is sent with each request from then on. After ten wrong attempts from one network for one name
/// within a quarter of an hour, that network waits.
#[utoipa::path(post, path = "/session", request_body = CredentialsDocument,
    responses((status = 200, description = "Signed in.", body = SignInDocument), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(SELF))))]
async fn begin_session(
    State(app): State<App>,
    Sender(client, old): Sender,
    Body(given): Body<CredentialsDocument>,
) -> Result<Response, Problem> {
    let credentials = Credentials { sign_in: given.sign_in, password: Password::new(given.password), code: given.code };
    let (_, secret) = sign_in(&app.engine, credentials, &client, old.as_ref()).await?;
    let person = sessions::authenticate(&app.engine, &secret).await?;
    let person = person.ok_or_else(|| Problem::internal("a session that has just begun opens nothing"))?;
    let shown = Answer::ok(shown(&app, person).await?);
    Ok(with_cookie(shown.into_response(), entrance::setting(&secret, app.entrance.is_secure())))
}

/// Show who is signed in
#[utoipa::path(get, path = "/session",
    responses((status = 200, description = "The person, the tenant, the roles.", body = SignInDocument), Refusals),
    extensions(("x-roles" = json!(SIGNED_IN)), ("x-owner" = json!(SELF))))]
async fn show_session(State(app): State<App>, Person(person): Person) -> Result<Answer<SignInDocument>, Problem> {
    Ok(Answer::ok(shown(&app, person).await?))
}

/// Sign out
///
/// Nobody needs to be signed in for it.
#[utoipa::path(delete, path = "/session",
    responses((status = 204, description = "The session opens nothing any more."), Refusals),
    extensions(("x-roles" = json!(ANYONE)), ("x-owner" = json!(SELF))))]
async fn end_session(State(app): State<App>, Sender(_, secret): Sender) -> Result<Response, Problem> {
    if let Some(secret) = secret {
        sessions::sign_out(&app.engine, &secret).await?;
    }
    Ok(with_cookie(StatusCode::NO_CONTENT.into_response(), entrance::clearing(app.entrance.is_secure())))
}

/// Choose a tenant
///
/// What this session asks for is for that tenant from then on.
#[utoipa::path(put, path = "/session/tenant", request_body = ChoiceDocument,
    responses((status = 200, description = "It is chosen.", body = SignInDocument), Refusals),
    extensions(("x-roles" = json!(SIGNED_IN)), ("x-owner" = json!(SELF))))]
async fn choose_tenant(
    State(app): State<App>,
    Person(person): Person,
    Body(choice): Body<ChoiceDocument>,
) -> Result<Answer<SignInDocument>, Problem> {
    let person = sessions::choose_tenant(&app.engine, &person, choice.tenant).await?;
    Ok(Answer::ok(shown(&app, person).await?))
}

async fn shown(app: &App, person: SignedIn) -> Result<SignInDocument, Problem> {
    let places = memberships::places(&app.engine, &person.user.id).await?;
    let place = match &person.actor {
        Some(actor) => Some(OwnPlaceDocument::of(actor, tenants::get(&mut app.engine.view(actor).await?).await?)),
        None => None,
    };
    Ok(SignInDocument {
        tenant: person.tenant,
        place,
        roles: person.actor.map(|actor| actor.roles.names()).unwrap_or_default(),
        tenants: places.into_iter().map(PlaceDocument::of).collect(),
        user: UserDocument::of(person.user),
    })
}

fn with_cookie(mut response: Response, cookie: HeaderValue) -> Response {
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    response
}

impl OwnPlaceDocument {
    fn of(actor: &Actor, tenant: Tenant) -> Self {
        let (customers, agent) = match &actor.reach {
            Reach::Tenant => (Vec::new(), None),
            Reach::Own { customers, agent } => (customers.clone(), agent.clone()),
        };
        OwnPlaceDocument {
            tenant: tenant.tenant,
            name: tenant.name,
            demo: tenant.demo,
            time_zone: tenant.settings.time_zone.to_string(),
            currency: tenant.settings.currency.to_string(),
            locale: tenant.settings.locale,
            customers,
            agent,
        }
    }
}

impl PlaceDocument {
    fn of(place: Place) -> Self {
        PlaceDocument { tenant: place.tenant, name: place.name, roles: place.roles.names() }
    }
}
