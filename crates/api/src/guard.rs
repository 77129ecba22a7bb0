//! Who may do what. What an operation declares in the OpenAPI document is what is enforced: there is no second list.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use engine::people::sessions::{self, SignedIn};
use engine::{Actor, Reach, Role};
use serde_json::Value;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};

use crate::App;
use crate::entrance::{Site, session};
use crate::problem::{CROSS_SITE, FORBIDDEN, NO_METHOD, NO_TENANT, NOT_FOUND, Problem, UNKNOWN};

/// The extension of an operation that lists the roles that may use it.
pub(crate) const ROLES: &str = "x-roles";
/// The extension of an operation that says whose records it reaches.
pub(crate) const OWNER: &str = "x-owner";

/// Declares an operation that needs no key.
pub(crate) const ANYONE: &[&str] = &["anyone"];
/// Declares an operation that a person who is signed in does for itself, whatever its roles.
pub(crate) const SIGNED_IN: &[&str] = &["signed-in"];
/// Declares an operation that reads.
pub(crate) const READERS: &[&str] = &["owner", "admin", "clerk", "auditor"];
/// Declares an operation that changes customers and their billing.
pub(crate) const CLERKS: &[&str] = &["owner", "admin", "clerk"];
/// Declares an operation that reports calls.
pub(crate) const REPORTERS: &[&str] = &["owner", "admin", "clerk", "switch"];
/// Declares an operation that charges calls while they run.
pub(crate) const SWITCHES: &[&str] = &["owner", "admin", "switch"];
/// Declares an operation that changes prices or the tenant.
pub(crate) const ADMINS: &[&str] = &["owner", "admin"];
/// Declares an operation that looks through everything.
pub(crate) const CHECKERS: &[&str] = &["owner", "admin", "auditor"];
/// Declares an operation that reads what concerns a customer, for customers too.
pub(crate) const CUSTOMERS: &[&str] = &["owner", "admin", "clerk", "auditor", "customer"];
/// Declares an operation that reads what concerns a customer or an agent, for both too.
pub(crate) const PARTIES: &[&str] = &["owner", "admin", "clerk", "auditor", "customer", "agent"];
/// Declares an operation that reads what concerns an agent, for agents too.
pub(crate) const AGENTS: &[&str] = &["owner", "admin", "clerk", "auditor", "coordinator", "agent"];
/// Declares an operation that reads what an agent does and earns, for that agent too.
pub(crate) const READERS_AND_AGENT: &[&str] = &["owner", "admin", "clerk", "auditor", "agent"];
/// Declares an operation by which an agent says where it is paid to, or the staff for it.
pub(crate) const PAYEES: &[&str] = &["owner", "admin", "clerk", "agent"];
/// Declares an operation by which customers and agents write to each other, each in its own name.
pub(crate) const WRITERS: &[&str] = &["customer", "agent"];
/// Declares an operation that a customer does for itself, or the staff for it.
pub(crate) const PAYERS: &[&str] = &["owner", "admin", "clerk", "customer"];
/// Declares an operation by which people have a phone of theirs register, or the staff for them.
pub(crate) const PHONES: &[&str] = &["owner", "admin", "clerk", "customer", "agent"];
/// Declares an operation that changes groups and their rosters.
pub(crate) const COORDINATORS: &[&str] = &["owner", "admin", "coordinator"];
/// Declares an operation that reads groups and their rosters.
pub(crate) const ROSTER_READERS: &[&str] = &["owner", "admin", "clerk", "auditor", "coordinator"];
/// Declares an operation that an agent does for itself, or whoever leads it.
pub(crate) const DESK: &[&str] = &["owner", "admin", "coordinator", "agent"];
/// Declares that all records of the caller's own tenant are reached.
pub(crate) const TENANT: &str = "tenant";
/// Declares that of the records of the tenant a customer reaches its own alone.
pub(crate) const CUSTOMER: &str = "customer";
/// Declares that of the records of the tenant an agent reaches its own alone.
pub(crate) const AGENT: &str = "agent";
/// Declares that of the records of the tenant a customer reaches its own alone, and an agent too.
pub(crate) const PARTY: &str = "customer-or-agent";
/// Declares that the caller's own sign-in and sessions are reached.
pub(crate) const SELF: &str = "self";
/// Declares that no record is reached.
pub(crate) const NOBODY: &str = "nobody";

/// Who may use an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Allowed {
    Anyone,
    SignedIn,
    Roles(Vec<Role>),
}

impl Allowed {
    /// Roles that do not reach all records of a tenant need an operation that says whose they reach: else it is as if not declared.
    fn roles(owner: &str, roles: Vec<Role>) -> Option<Self> {
        let fits = |role: &Role| match role {
            Role::Customer => matches!(owner, CUSTOMER | PARTY),
            Role::Agent => matches!(owner, AGENT | PARTY),
            _ => matches!(owner, TENANT | CUSTOMER | AGENT | PARTY | NOBODY),
        };
        roles.iter().all(fits).then_some(Allowed::Roles(roles))
    }
}

/// What the operations of a document declare.
#[derive(Debug)]
pub(crate) struct Declarations(HashMap<String, HashMap<Method, Allowed>>);

/// The guard and what it needs.
#[derive(Clone)]
pub(crate) struct Guard {
    pub(crate) app: App,
    pub(crate) declarations: std::sync::Arc<Declarations>,
}

/// Who sends the request. A handler that takes one cannot be reached without a key or a session.
#[derive(Debug, Clone)]
pub(crate) struct Caller(pub(crate) Actor);

/// Who is signed in. A handler that takes one cannot be reached without a session.
#[derive(Debug, Clone)]
pub(crate) struct Person(pub(crate) SignedIn);

/// Who a request comes from.
enum Principal {
    Key(Actor),
    Person(SignedIn),
}

impl Declarations {
    /// Reads the declarations. An operation without one, or with a role that is none, is as if it were not there.
    pub(crate) fn of(document: &OpenApi) -> Self {
        let of_path = |item: &PathItem| {
            let methods = methods(item).into_iter();
            methods.filter_map(|(method, operation)| Some((method, allowed(operation?)?))).collect()
        };
        Declarations(document.paths.paths.iter().map(|(path, item)| (path.clone(), of_path(item))).collect())
    }
}

/// The operations of a path, by method.
pub(crate) fn methods(item: &PathItem) -> [(Method, Option<&Operation>); 5] {
    [
        (Method::GET, item.get.as_ref()),
        (Method::PUT, item.put.as_ref()),
        (Method::POST, item.post.as_ref()),
        (Method::DELETE, item.delete.as_ref()),
        (Method::PATCH, item.patch.as_ref()),
    ]
}

fn allowed(operation: &Operation) -> Option<Allowed> {
    let extensions = operation.extensions.as_ref()?;
    let owner = extensions.get(OWNER)?.as_str()?;
    let names: Vec<&str> = extensions.get(ROLES)?.as_array()?.iter().map(Value::as_str).collect::<Option<_>>()?;
    match names.as_slice() {
        ANYONE => return Some(Allowed::Anyone),
        SIGNED_IN => return (owner == SELF).then_some(Allowed::SignedIn),
        _ => {}
    }
    Allowed::roles(owner, names.into_iter().map(Role::named).collect::<Option<_>>()?)
}

/// Lets a request through to its handler if the sender may do this.
pub(crate) async fn guard(State(guard): State<Guard>, mut request: Request, next: Next) -> Result<Response, Problem> {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
    let Some(declared) = guard.declarations.0.get(path).filter(|declared| !declared.is_empty()) else {
        return Err(Problem::new(NOT_FOUND, "nobody has declared who may use this address"));
    };
    let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
    let Some(allowed) = declared.get(method) else { return Ok(wrong_method(method, declared)) };
    let (app, headers) = (&guard.app, request.headers());
    // What only reads may come from anywhere: browsers keep the answer from other sites' pages.
    let site = if method.is_safe() { Site::Own } else { app.entrance.site(headers, request.uri()) };
    if site == Site::Other {
        return Err(cross_site(app));
    }
    match allowed {
        Allowed::Anyone => {}
        Allowed::SignedIn => match principal(app, headers, site).await? {
            Principal::Person(person) => drop(request.extensions_mut().insert(Person(person))),
            Principal::Key(_) => {
                return Err(Problem::new(FORBIDDEN, "a key has no sign-in: this is for people who are signed in"));
            }
        },
        Allowed::Roles(roles) => {
            let actor = match principal(app, headers, site).await? {
                Principal::Key(actor) => actor,
                Principal::Person(person) => person.actor.ok_or_else(no_tenant)?,
            };
            request.extensions_mut().insert(Caller(admitted(actor, roles)?));
        }
    }
    Ok(next.run(request).await)
}

/// Whose request it is: a key goes before a session. A session changes something only for a page that is known to be ours.
async fn principal(app: &App, headers: &HeaderMap, site: Site) -> Result<Principal, Problem> {
    if headers.contains_key(header::AUTHORIZATION) {
        return Ok(Principal::Key(engine::keys::actor(&app.engine, key(headers)?).await?));
    }
    let Some(secret) = session(headers, app.entrance.is_secure()) else {
        return Err(Problem::new(UNKNOWN, "send an API key in the header Authorization: Bearer tg_..., or sign in"));
    };
    if site != Site::Own {
        return Err(cross_site(app));
    }
    let person = sessions::authenticate(&app.engine, &secret).await?;
    person.map(Principal::Person).ok_or_else(ended)
}

/// Who sent a request that is still being answered, as one of these roles admits them now. It is no use of a session.
pub(crate) async fn still(app: &App, headers: &HeaderMap, roles: &[&str]) -> Result<Caller, Problem> {
    let actor = if headers.contains_key(header::AUTHORIZATION) {
        engine::keys::actor(&app.engine, key(headers)?).await?
    } else {
        let secret = session(headers, app.entrance.is_secure()).ok_or_else(ended)?;
        sessions::present(&app.engine, &secret).await?.ok_or_else(ended)?.actor.ok_or_else(no_tenant)?
    };
    let roles: Vec<Role> = roles.iter().filter_map(|role| Role::named(role)).collect();
    admitted(actor, &roles).map(Caller)
}

fn ended() -> Problem {
    Problem::new(UNKNOWN, "the session has ended: sign in again")
}

fn cross_site(app: &App) -> Problem {
    let detail = format!(
        "the request comes from a page of another site, or its browser does not say from which, or the service is asked under a name \
         that is not its public URL's: a program that has a session sends the header Origin: {}",
        app.entrance.url().as_str()
    );
    Problem::new(CROSS_SITE, detail)
}

fn no_tenant() -> Problem {
    Problem::new(NO_TENANT, "choose a tenant first: PUT /api/v1/session/tenant; GET /api/v1/session lists yours")
}

/// The actor as one of these roles admits it: one that reaches the whole tenant, if it has such a one, else its own records.
fn admitted(actor: Actor, roles: &[Role]) -> Result<Actor, Problem> {
    let serving: Vec<Role> = actor.roles.iter().filter(|role| roles.contains(role)).collect();
    if serving.is_empty() {
        let named: Vec<&str> = roles.iter().map(|role| role.name()).collect();
        let (own, needed) = (actor.roles.names().join(" and "), named.join(" or "));
        return Err(Problem::new(FORBIDDEN, format!("the role {own} may not do this: it takes {needed}")));
    }
    if serving.into_iter().any(Role::reaches_all) {
        return Ok(Actor { reach: Reach::Tenant, ..actor });
    }
    Ok(actor)
}

fn wrong_method(method: &Method, declared: &HashMap<Method, Allowed>) -> Response {
    let mut known: Vec<&str> = declared.keys().map(Method::as_str).collect();
    known.sort_unstable();
    let known = known.join(", ");
    let mut response = Problem::new(NO_METHOD, format!("{method} is not known here: use {known}")).into_response();
    if let Ok(known) = HeaderValue::from_str(&known) {
        response.headers_mut().insert(header::ALLOW, known);
    }
    response
}

/// The key in `Authorization: Bearer ...`.
fn key(headers: &HeaderMap) -> Result<&str, Problem> {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, key) = given.and_then(|given| given.split_once(' ')).unwrap_or_default();
    if scheme.eq_ignore_ascii_case("bearer") && !key.trim().is_empty() {
        return Ok(key.trim());
    }
    Err(Problem::new(UNKNOWN, "send an API key in the header Authorization: Bearer tg_..."))
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Caller>().cloned();
        caller.ok_or_else(|| Problem::new(UNKNOWN, "the operation needs a key or a session"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Person {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let person = parts.extensions.get::<Person>().cloned();
        person.ok_or_else(|| Problem::new(UNKNOWN, "the operation needs a session"))
    }
}
