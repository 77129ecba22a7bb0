//! What one line or customer may, where that is not what the tenant has set for all.

use axum::extract::State;
use axum::response::Response;
use engine::{customers, lines};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::customers::CustomerDocument;
use super::lines::LineDocument;
use crate::App;
use crate::answer::Answer;
use crate::body::Body;
use crate::fields;
use crate::guard::{ADMINS, CLERKS, Caller, TENANT};
use crate::params::Id;
use crate::problem::{Problem, Refusals};
use crate::version::IfMatch;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(set_line_limits)).routes(routes!(set_customer_limits))
}

/// The limits of a line.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"calls_at_once": 30}))]
struct LineLimits {
    /// How many calls it may have at once, 1 to 10,000; null for as many as the tenant has set (`fraud.calls_at_once`).
    #[schema(minimum = 1, maximum = 10_000)]
    calls_at_once: Option<u32>,
}

/// The limits of a customer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"spend_per_day": "1000.00"}))]
struct CustomerLimits {
    /// What it may spend on calls in a day; null for what the tenant has set (`fraud.spend_per_day`).
    spend_per_day: Option<String>,
}

/// Set how many calls a line may have at once
///
/// It may begin so many times `fraud.set_ups_per_minute` calls in a minute. Calls to emergency and service numbers are not counted.
#[utoipa::path(put, path = "/lines/{id}/limits", request_body = LineLimits,
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, description = "They hold for the next call.", body = LineDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn set_line_limits(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Body(limits): Body<LineLimits>,
) -> Result<Response, Problem> {
    app.once(&caller, None, move |work| {
        let id = id.clone();
        Box::pin(async move {
            let line = lines::set_calls_at_once(work, &id, limits.calls_at_once, version).await?;
            let version = line.version;
            Ok(Answer::ok(LineDocument::of(line)).version(version))
        })
    })
    .await
}

/// Set what a customer may spend on calls in a day
#[utoipa::path(put, path = "/customers/{id}/limits", request_body = CustomerLimits,
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, description = "They hold for the next call.", body = CustomerDocument), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn set_customer_limits(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Body(limits): Body<CustomerLimits>,
) -> Result<Response, Problem> {
    let spend = limits.spend_per_day.map(|spend| fields::amount("/spend_per_day", &spend)).transpose()?;
    app.once(&caller, None, move |work| {
        let id = id.clone();
        Box::pin(async move {
            let customer = customers::set_spend_per_day(work, &id, spend, version).await?;
            Ok(Answer::ok(CustomerDocument::of(&customer)).version(customer.version))
        })
    })
    .await
}
