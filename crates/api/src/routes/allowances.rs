use axum::extract::State;
use axum::response::Response;
use engine::Reach;
use engine::allowances::{self, Allowance, BulkGrant, NewAllowance};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Nothing, Posted};
use crate::fields;
use crate::guard::{CLERKS, CUSTOMER, CUSTOMERS, Caller, TENANT};
use crate::params::Id;
use crate::problem::{INVALID, Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(grant_allowance))
        .routes(routes!(grant_to_many))
        .routes(routes!(get_allowance))
        .routes(routes!(revoke_allowance))
}

/// An allowance to be granted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"customer": "cus_0", "seconds": 600, "reason": "welcome package"}))]
struct NewAllowanceDocument {
    /// Whose it is.
    customer: String,
    /// The id of the agent whom it is for; any, where none is given.
    agent: Option<String>,
    /// How many seconds.
    seconds: i64,
    /// From when on it serves no new call; never, where it is not given.
    expires_at: Option<String>,
    /// Why it is granted.
    reason: String,
}

/// An allowance that many customers are to have.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"everyone": true, "seconds": 300, "reason": "ten years of us"}))]
struct BulkGrantDocument {
    /// Who is to have it, 1 to 10,000.
    customers: Option<Vec<String>>,
    /// In place of `customers`: every active customer.
    #[serde(default)]
    everyone: bool,
    /// The id of the agent whom it is for; any, where none is given.
    agent: Option<String>,
    /// How many seconds each.
    seconds: i64,
    /// From when on it serves no new call; never, where it is not given.
    expires_at: Option<String>,
    /// Why it is granted.
    reason: String,
}

/// What grants an allowance to many.
#[derive(Debug, Serialize, ToSchema)]
struct BulkGrantAnswer {
    /// The id of the job.
    job: String,
}

/// A grant of free seconds for calls to paid agents.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AllowanceDocument {
    id: String,
    customer: String,
    agent: Option<String>,
    granted_seconds: i64,
    used_seconds: i64,
    /// Set aside for calls in progress.
    held_seconds: i64,
    granted_at: String,
    expires_at: Option<String>,
    revoked_at: Option<String>,
    reason: String,
    /// Not for customers.
    granted_by: Option<String>,
}

/// Grant an allowance
#[utoipa::path(post, path = "/allowances", request_body = NewAllowanceDocument,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "It is granted.", body = AllowanceDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn grant_allowance(
    State(app): State<App>,
    caller: Caller,
    Posted { claim, body: Body(new) }: Posted<Body<NewAllowanceDocument>>,
) -> Result<Response, Problem> {
    let expires_at = fields::instant("/expires_at", new.expires_at.as_ref())?;
    let NewAllowanceDocument { customer, agent, seconds, reason, .. } = new;
    let new = NewAllowance { customer, agent, seconds, expires_at, reason };
    app.once(&caller, claim, move |work| {
        let new = new.clone();
        Box::pin(async move {
            let allowance = allowances::grant(work, new).await?;
            Ok(Answer::created(format!("/api/v1/allowances/{}", allowance.id), AllowanceDocument::of(allowance)))
        })
    })
    .await
}

/// Grant an allowance to many customers
///
/// A job grants it, to some hundred customers at a time; `GET /jobs/{id}` tells how far it is. The same request with the same
/// `Idempotency-Key` is one grant, and nobody gets it twice from one job, whatever breaks off.
#[utoipa::path(post, path = "/allowances/bulk", request_body = BulkGrantDocument,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 202, description = "It will be granted.", body = BulkGrantAnswer), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn grant_to_many(
    State(app): State<App>,
    caller: Caller,
    Posted { claim, body: Body(new) }: Posted<Body<BulkGrantDocument>>,
) -> Result<Response, Problem> {
    let expires_at = fields::instant("/expires_at", new.expires_at.as_ref())?;
    let customers = match (new.customers, new.everyone) {
        (Some(customers), false) => Some(customers),
        (None, true) => None,
        _ => return Err(Problem::new(INVALID, "name the customers, or say everyone: true").at("/customers")),
    };
    let BulkGrantDocument { agent, seconds, reason, .. } = new;
    let grant = BulkGrant { customers, agent, seconds, expires_at, reason };
    app.once(&caller, claim, move |work| {
        let grant = grant.clone();
        Box::pin(async move {
            let job = allowances::grant_to_many(work, grant).await?;
            Ok(Answer::accepted(BulkGrantAnswer { job }))
        })
    })
    .await
}

/// Show an allowance
#[utoipa::path(get, path = "/allowances/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The allowance.", body = AllowanceDocument), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn get_allowance(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<AllowanceDocument>, Problem> {
    let allowance = allowances::get(&mut app.engine.view(&actor).await?, &id).await?;
    Ok(Answer::ok(AllowanceDocument::seen(allowance, &actor.reach)))
}

/// Take an allowance back
///
/// What is used of it stays used.
#[utoipa::path(post, path = "/allowances/{id}/revoke",
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, description = "It is revoked.", body = AllowanceDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn revoke_allowance(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Posted { claim, body: Nothing {} }: Posted<Nothing>,
) -> Result<Response, Problem> {
    app.once(&caller, claim, move |work| {
        let id = id.clone();
        Box::pin(async move { Ok(Answer::ok(AllowanceDocument::of(allowances::revoke(work, &id).await?))) })
    })
    .await
}

impl AllowanceDocument {
    /// The allowance as it is told to whoever has this reach: to customers without who granted it.
    pub(crate) fn seen(allowance: Allowance, reach: &Reach) -> Self {
        let document = AllowanceDocument::of(allowance);
        AllowanceDocument { granted_by: document.granted_by.filter(|_| reach.is_whole()), ..document }
    }

    pub(crate) fn of(allowance: Allowance) -> Self {
        AllowanceDocument {
            id: allowance.id,
            customer: allowance.customer,
            agent: allowance.agent,
            granted_seconds: allowance.granted_seconds,
            used_seconds: allowance.used_seconds,
            held_seconds: allowance.held_seconds,
            granted_at: allowance.granted_at.to_string(),
            expires_at: allowance.expires_at.map(|expires_at| expires_at.to_string()),
            revoked_at: allowance.revoked_at.map(|revoked_at| revoked_at.to_string()),
            reason: allowance.reason,
            granted_by: Some(allowance.granted_by),
        }
    }
}
