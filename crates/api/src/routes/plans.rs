use axum::extract::State;
use axum::response::Response;
use domain::plan::{Plan, PlanKind};
use engine::Scope;
use engine::plans::{self, PlanVersion, StoredPlan, in_force};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{Posted, Text};
use crate::guard::{ADMINS, Caller, READERS, TENANT};
use crate::paging::{Page, PageParams};
use crate::params::{self, Id, Params};
use crate::problem::{Problem, Refusals};
use crate::version::IfMatch;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_plan, list_plans))
        .routes(routes!(get_plan, revise_plan))
        .routes(routes!(list_plan_versions))
}

/// A plan.
#[derive(Debug, Serialize, ToSchema)]
struct PlanDocument {
    id: String,
    name: String,
    /// How it is paid; never changes.
    #[schema(value_type = String, pattern = "^(postpaid|prepaid|fixed)$")]
    kind: PlanKind,
    currency: String,
    created_at: String,
    version: i64,
}

/// A plan with what it costs now.
#[derive(Debug, Serialize, ToSchema)]
struct PlanInForce {
    id: String,
    name: String,
    #[schema(value_type = String, pattern = "^(postpaid|prepaid|fixed)$")]
    kind: PlanKind,
    currency: String,
    created_at: String,
    version: i64,
    /// The version that prices calls that start now.
    in_force: Option<PlanVersionDocument>,
}

/// What a plan costs from an instant on. It never changes.
#[derive(Debug, Serialize, ToSchema)]
struct PlanVersionDocument {
    id: String,
    /// 1, 2, 3, ...
    number: i64,
    /// From when on it prices calls that start.
    effective_at: String,
    created_at: String,
    /// The plan as it was written, with every default filled in.
    #[schema(value_type = Object)]
    document: Value,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Effective {
    /// From when on it prices calls that start: now, where it is not given.
    #[param(format = DateTime)]
    effective_at: Option<String>,
}

/// Make a plan
///
/// The body is the plan's document. Its first version prices calls of any time.
#[utoipa::path(post, path = "/plans",
    request_body(content = Object, example = json!({
        "name": "Evenings and weekends", "kind": "postpaid", "currency": "USD", "monthly_fee": "12.99",
        "included_minutes": 100, "rate": {"price_per_minute": "0.05"},
        "discount_periods": [{"day": "every", "start": "19:00", "end": "24:00", "price_per_minute": "0.02"}]
    })),
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "It is made.", body = PlanInForce), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn create_plan(
    State(app): State<App>,
    caller: Caller,
    Posted { claim, body }: Posted<Text>,
) -> Result<Response, Problem> {
    let document = body.read_as(Plan::read)?;
    app.once(&caller, claim, move |work| {
        let document = document.clone();
        Box::pin(async move {
            let (plan, version) = plans::create(work, document).await?;
            let number = plan.version;
            let location = format!("/api/v1/plans/{}", plan.id);
            Ok(Answer::created(location, PlanInForce::of(plan, Some(&version))).version(number))
        })
    })
    .await
}

/// List plans
///
/// In the order of their making.
#[utoipa::path(get, path = "/plans", params(PageParams),
    responses((status = 200, description = "A page.", body = Page<PlanDocument>), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn list_plans(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<PageParams>,
) -> Result<Answer<Page<PlanDocument>>, Problem> {
    let wanted = list.wanted()?;
    let rows = plans::page(&mut app.engine.view(&actor).await?, wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), PlanDocument::of)))
}

/// Show a plan with what it costs now
#[utoipa::path(get, path = "/plans/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The plan.", body = PlanInForce), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn get_plan(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<Answer<PlanInForce>, Problem> {
    let mut view = app.engine.view(&actor).await?;
    let plan = plans::get(&mut view, &id).await?;
    let versions = plans::versions(&mut view, &id).await?;
    let number = plan.version;
    let current = in_force(&versions, |version| version.effective_at, view.now());
    Ok(Answer::ok(PlanInForce::of(plan, current)).version(number))
}

/// Give a plan a new version
///
/// The body is the plan's whole new document. Calls that started before keep their prices.
#[utoipa::path(put, path = "/plans/{id}", request_body(content = Object),
    params(("id" = String, Path), ("If-Match" = String, Header), Effective),
    responses((status = 200, description = "The plan, with its new version.", body = PlanInForce), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn revise_plan(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    (IfMatch(version), Params(effective)): (IfMatch, Params<Effective>),
    body: Text,
) -> Result<Response, Problem> {
    let document = body.read_as(Plan::read)?;
    let effective_at = params::instant("effective_at", effective.effective_at.as_ref())?;
    app.once(&caller, None, move |work| {
        let (id, document) = (id.clone(), document.clone());
        Box::pin(async move {
            let (plan, _) = plans::revise(work, &id, document, effective_at, version).await?;
            // The new version may wait for its time.
            let versions = plans::versions(work, &id).await?;
            let current = in_force(&versions, |version| version.effective_at, work.now());
            let number = plan.version;
            Ok(Answer::ok(PlanInForce::of(plan, current)).version(number))
        })
    })
    .await
}

/// List a plan's versions
///
/// All of them, the first first.
#[utoipa::path(get, path = "/plans/{id}/versions", params(("id" = String, Path)),
    responses((status = 200, description = "The versions.", body = Page<PlanVersionDocument>), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn list_plan_versions(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<Page<PlanVersionDocument>>, Problem> {
    let mut view = app.engine.view(&actor).await?;
    plans::get(&mut view, &id).await?;
    let versions = plans::versions(&mut view, &id).await?;
    Ok(Answer::ok(Page { items: versions.iter().map(PlanVersionDocument::of).collect(), next_cursor: None }))
}

impl PlanDocument {
    fn of(plan: StoredPlan) -> Self {
        PlanDocument {
            id: plan.id,
            name: plan.name,
            kind: plan.kind,
            currency: plan.currency.to_string(),
            created_at: plan.created_at.to_string(),
            version: plan.version,
        }
    }
}

impl PlanInForce {
    fn of(plan: StoredPlan, in_force: Option<&PlanVersion>) -> Self {
        let PlanDocument { id, name, kind, currency, created_at, version } = PlanDocument::of(plan);
        let in_force = in_force.map(PlanVersionDocument::of);
        PlanInForce { id, name, kind, currency, created_at, version, in_force }
    }
}

impl PlanVersionDocument {
    fn of(version: &PlanVersion) -> Self {
        PlanVersionDocument {
            id: version.id.clone(),
            number: version.number,
            effective_at: version.effective_at.to_string(),
            created_at: version.created_at.to_string(),
            document: version.document.to_json(),
        }
    }
}
