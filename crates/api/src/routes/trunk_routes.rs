//! Routes: which numbers go out on which trunk.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::money::Currency;
use domain::rate::RateDocument;
use domain::trunks::Dialling;
use engine::trunk_routes::{self, Details, TrunkRoute};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Posted};
use crate::guard::{ADMINS, CHECKERS, Caller, TENANT};
use crate::paging::{Page, PageParams};
use crate::params::{Id, Params};
use crate::problem::{Problem, Refusals};
use crate::version::IfMatch;

/// Where a route stands among those of its prefix that gives no place.
const FIRST: u32 = 1;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create_trunk_route, list_trunk_routes)).routes(routes!(
        get_trunk_route,
        edit_trunk_route,
        delete_trunk_route
    ))
}

/// A route.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"prefix": "44", "trunk": "trk_0", "position": 1, "strip": 2, "add": "0",
    "buying_rate": {"price_per_minute": "0.01"}}))]
struct TrunkRouteBody {
    /// The digits that the canonical number begins with, without its plus sign: up to 15. Every number, where it is not given or empty.
    #[serde(default)]
    prefix: String,
    /// The id of the trunk, which has one route for a prefix.
    trunk: String,
    /// The place among the routes of the prefix, 0 to 10,000, 1 where it is not given: the lowest is tried first, of the same the one that
    /// was made first.
    position: Option<u32>,
    /// How many leading digits of the canonical number are cut off, 0 to 15; none, where it is not given.
    #[serde(default)]
    strip: u32,
    /// What is put before the rest: up to 20 digits, with or without a plus sign in front.
    #[serde(default)]
    add: String,
    /// What a call costs the tenant, in its currency, as the rate of a plan.
    #[schema(value_type = Option<Object>)]
    buying_rate: Option<RateDocument>,
}

/// A route.
#[derive(Debug, Serialize, ToSchema)]
struct TrunkRouteDocument {
    id: String,
    prefix: String,
    trunk: String,
    position: u32,
    strip: usize,
    add: String,
    #[schema(value_type = Option<Object>)]
    buying_rate: Option<Value>,
    created_at: String,
    version: i64,
}

/// Make a route
///
/// A number goes out on the route with the longest prefix of it whose trunk is enabled. Where that fails, those of the same prefix are
/// tried by their positions, and then those of shorter ones. A number that has fewer digits than a route cuts off passes it by.
#[utoipa::path(post, path = "/trunk-routes", request_body = TrunkRouteBody,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "It is made.", body = TrunkRouteDocument), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn create_trunk_route(
    State(app): State<App>,
    caller: Caller,
    Posted { claim, body: Body(body) }: Posted<Body<TrunkRouteBody>>,
) -> Result<Response, Problem> {
    let details = body.read()?;
    app.once(&caller, claim, move |work| {
        let details = details.clone();
        Box::pin(async move {
            let route = trunk_routes::create(work, details).await?;
            let currency = trunk_routes::currency(work).await?;
            let (location, version) = (format!("/api/v1/trunk-routes/{}", route.id), route.version);
            Ok(Answer::created(location, TrunkRouteDocument::of(route, currency)).version(version))
        })
    })
    .await
}

/// List the routes
///
/// In the order of their making.
#[utoipa::path(get, path = "/trunk-routes", params(PageParams),
    responses((status = 200, description = "A page.", body = Page<TrunkRouteDocument>), Refusals),
    extensions(("x-roles" = json!(CHECKERS)), ("x-owner" = json!(TENANT))))]
async fn list_trunk_routes(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<PageParams>,
) -> Result<Answer<Page<TrunkRouteDocument>>, Problem> {
    let wanted = list.wanted()?;
    let mut view = app.engine.view(&actor).await?;
    let currency = trunk_routes::currency(&mut view).await?;
    let rows = trunk_routes::page(&mut view, wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), |row| TrunkRouteDocument::of(row, currency))))
}

/// Show a route
#[utoipa::path(get, path = "/trunk-routes/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The route.", body = TrunkRouteDocument), Refusals),
    extensions(("x-roles" = json!(CHECKERS)), ("x-owner" = json!(TENANT))))]
async fn get_trunk_route(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<TrunkRouteDocument>, Problem> {
    let mut view = app.engine.view(&actor).await?;
    let currency = trunk_routes::currency(&mut view).await?;
    let route = trunk_routes::get(&mut view, &id).await?;
    let version = route.version;
    Ok(Answer::ok(TrunkRouteDocument::of(route, currency)).version(version))
}

/// Change a route
///
/// All of it is replaced. Calls that run on it go on.
#[utoipa::path(put, path = "/trunk-routes/{id}", request_body = TrunkRouteBody,
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, description = "It is changed.", body = TrunkRouteDocument), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn edit_trunk_route(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Body(body): Body<TrunkRouteBody>,
) -> Result<Response, Problem> {
    let details = body.read()?;
    app.once(&caller, None, move |work| {
        let (id, details) = (id.clone(), details.clone());
        Box::pin(async move {
            let route = trunk_routes::update(work, &id, details, version).await?;
            let (currency, version) = (trunk_routes::currency(work).await?, route.version);
            Ok(Answer::ok(TrunkRouteDocument::of(route, currency)).version(version))
        })
    })
    .await
}

/// Delete a route
///
/// Calls that run on it go on.
#[utoipa::path(delete, path = "/trunk-routes/{id}", params(("id" = String, Path)),
    responses((status = 204, description = "It is gone."), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn delete_trunk_route(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<StatusCode, Problem> {
    app.engine
        .run(&actor, |work| {
            let id = id.clone();
            Box::pin(async move { trunk_routes::delete(work, &id).await })
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

impl TrunkRouteBody {
    fn read(self) -> Result<Details, Problem> {
        let strip = usize::try_from(self.strip).unwrap_or(usize::MAX);
        let rate = self.buying_rate.map(RateDocument::check).transpose();
        Ok(Details {
            dialling: Dialling::new(&self.prefix, strip, &self.add)?,
            trunk: self.trunk,
            position: self.position.unwrap_or(FIRST),
            buying_rate: rate.map_err(|error| error.within("/buying_rate"))?,
        })
    }
}

impl TrunkRouteDocument {
    fn of(route: TrunkRoute, currency: Currency) -> Self {
        let Details { dialling, trunk, position, buying_rate } = route.details;
        TrunkRouteDocument {
            id: route.id,
            prefix: dialling.prefix().to_owned(),
            trunk,
            position,
            strip: dialling.strip(),
            add: dialling.add().to_owned(),
            buying_rate: buying_rate.map(|rate| rate.to_json(currency)),
            created_at: route.created_at.to_string(),
            version: route.version,
        }
    }
}
