//! Erasing a person, as the law lets it ask (GDPR, article 17).

use axum::extract::State;
use engine::Actor;
use engine::persons::{self, Erasure, Person};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::Body;
use crate::guard::{ADMINS, Caller, TENANT};
use crate::params::Id;
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(erase_customer))
        .routes(routes!(erase_agent))
        .routes(routes!(erase_member))
        .routes(routes!(erase_caller))
}

/// Whether it is really done.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"dry_run": true}))]
struct ErasureBody {
    /// `true`: nothing is done, and the answer is what would be.
    dry_run: bool,
}

/// Whoever calls groups with a number.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"number": "+441632960555", "dry_run": true}))]
struct CallerErasureBody {
    /// As it is dialled, or with its plus.
    number: String,
    /// `true`: nothing is done, and the answer is what would be.
    dry_run: bool,
}

/// What has become of what was held, or would.
#[derive(Debug, Serialize, ToSchema)]
struct ErasureDocument {
    dry_run: bool,
    /// Nothing, where it was erased before.
    erased: Vec<ErasedDocument>,
    kept: Vec<KeptDocument>,
}

/// Records that are deleted, or in which what names the person is overwritten.
#[derive(Debug, Serialize, ToSchema)]
struct ErasedDocument {
    /// What records, by the name that they have in an export.
    what: &'static str,
    records: i64,
    /// `deleted` or `overwritten`.
    #[schema(pattern = "^(deleted|overwritten)$")]
    how: &'static str,
}

/// Records that stay.
#[derive(Debug, Serialize, ToSchema)]
struct KeptDocument {
    /// What records, by the name that they have in an export.
    what: &'static str,
    records: i64,
    why: &'static str,
}

/// Erase a customer
///
/// What names it is deleted or overwritten: names, addresses, numbers, notes, texts, recordings. What the books need stays, and the answer says why.
/// It is refused, with all reasons (`open`), as long as a line is open, an invoice unpaid, a balance left, or a call in progress. Done again it finds
/// nothing more.
#[utoipa::path(post, path = "/customers/{id}/erasure", request_body = ErasureBody, params(("id" = String, Path)),
    responses((status = 200, description = "What is erased.", body = ErasureDocument), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn erase_customer(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
    Body(ErasureBody { dry_run }): Body<ErasureBody>,
) -> Result<Answer<ErasureDocument>, Problem> {
    erased(&app, &actor, &Person::Customer(id), dry_run).await
}

/// Erase an agent
///
/// As with a customer. It is refused as long as a shift is to come, a balance is left, or a call in progress.
#[utoipa::path(post, path = "/agents/{id}/erasure", request_body = ErasureBody, params(("id" = String, Path)),
    responses((status = 200, description = "What is erased.", body = ErasureDocument), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn erase_agent(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
    Body(ErasureBody { dry_run }): Body<ErasureBody>,
) -> Result<Answer<ErasureDocument>, Problem> {
    erased(&app, &actor, &Person::Agent(id), dry_run).await
}

/// Erase a member
///
/// Its place in the tenant is taken away; who has none elsewhere is erased with its sign-in, and signs in no more. Afterwards there is no such member.
#[utoipa::path(post, path = "/members/{id}/erasure", request_body = ErasureBody, params(("id" = String, Path)),
    responses((status = 200, description = "What is erased.", body = ErasureDocument), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn erase_member(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
    Body(ErasureBody { dry_run }): Body<ErasureBody>,
) -> Result<Answer<ErasureDocument>, Problem> {
    erased(&app, &actor, &Person::Member(id), dry_run).await
}

/// Erase a caller of groups
///
/// By its number, under the name that each group makes of it, too. What is counted of its calls stays; whether a group refuses it is the group's to
/// change.
#[utoipa::path(post, path = "/callers/erasure", request_body = CallerErasureBody,
    responses((status = 200, description = "What is erased.", body = ErasureDocument), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn erase_caller(
    State(app): State<App>,
    Caller(actor): Caller,
    Body(CallerErasureBody { number, dry_run }): Body<CallerErasureBody>,
) -> Result<Answer<ErasureDocument>, Problem> {
    erased(&app, &actor, &Person::Caller(number), dry_run).await
}

async fn erased(app: &App, actor: &Actor, person: &Person, dry_run: bool) -> Result<Answer<ErasureDocument>, Problem> {
    let Erasure { gone, kept } = persons::erase(&app.engine, actor, person, dry_run).await?;
    let erased = gone.into_iter().map(|gone| ErasedDocument {
        what: gone.table,
        records: gone.rows,
        how: if gone.deleted { "deleted" } else { "overwritten" },
    });
    let kept = kept.into_iter().map(|kept| KeptDocument { what: kept.table, records: kept.rows, why: kept.why });
    Ok(Answer::ok(ErasureDocument { dry_run, erased: erased.collect(), kept: kept.collect() }))
}
