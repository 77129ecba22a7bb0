//! Other plans for lines.

use axum::extract::State;
use axum::response::Response;
use domain::money::{Amount, Currency};
use engine::billing::{RunningFee, RunningFees};
use engine::lines;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::lines::LineDocument;
use super::paper_lines::{PeriodDocument, ShareDocument};
use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Posted};
use crate::fields;
use crate::guard::{CLERKS, Caller, READERS, TENANT};
use crate::params::{self, Id, Params};
use crate::problem::{Problem, Refusals};
use crate::version::IfMatch;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(change_line_plan)).routes(routes!(preview_line_plan))
}

/// Another plan for a line.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"plan": "Evenings and weekends"}))]
struct PlanChange {
    /// The name or id of the plan.
    plan: String,
    /// From when on: now, where it is not given. Calls that have begun keep their prices.
    from: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WantedPlan {
    /// The id or the name of the plan.
    plan: String,
    /// From when on; now, where it is not given.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<String>,
}

/// What another plan does to a line's fee for the running period, without tax.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanChangePreview)]
struct PreviewDocument {
    /// The running period.
    period: PeriodDocument,
    currency: String,
    /// The fee, if the plan stays.
    before: FeeDocument,
    /// The fee with the other plan; the same, where the change comes after the period.
    after: FeeDocument,
}

/// The fee of a line for a period.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PeriodFee)]
struct FeeDocument {
    /// What each plan pays, the earliest first.
    parts: Vec<FeePartDocument>,
    total: String,
}

/// What a plan pays for its part of a period.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PeriodFeePart)]
struct FeePartDocument {
    /// The plan.
    name: String,
    /// The part of the period that is the plan's; null for the whole.
    share: Option<ShareDocument>,
    amount: String,
}

/// Give a line another plan
#[utoipa::path(post, path = "/lines/{id}/plan", request_body = PlanChange,
    params(("id" = String, Path), ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, description = "It has the plan.", body = LineDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn change_line_plan(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Posted { claim, body: Body(change) }: Posted<Body<PlanChange>>,
) -> Result<Response, Problem> {
    let from = fields::instant("/from", change.from.as_ref())?;
    app.once(&caller, claim, move |work| {
        let (id, plan) = (id.clone(), change.plan.clone());
        Box::pin(async move {
            let line = lines::change_plan(work, &id, &plan, from, version).await?;
            let version = line.version;
            Ok(Answer::ok(LineDocument::of(line)).version(version))
        })
    })
    .await
}

/// Show what another plan would do to a line's fee
///
/// The fee of the running period as it is, and as it would be, were the plan changed so now. Nothing is changed.
#[utoipa::path(get, path = "/lines/{id}/plan/preview", params(("id" = String, Path), WantedPlan),
    responses((status = 200, description = "The fees.", body = PreviewDocument), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn preview_line_plan(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
    Params(wanted): Params<WantedPlan>,
) -> Result<Answer<PreviewDocument>, Problem> {
    let from = params::instant("from", wanted.from.as_ref())?;
    let mut view = app.engine.view(&actor).await?;
    let fees = lines::preview_plan_change(&mut view, &id, &wanted.plan, from).await?;
    Ok(Answer::ok(PreviewDocument::of(fees)))
}

impl PreviewDocument {
    fn of(fees: RunningFees) -> Self {
        let RunningFees { period, currency, before, after } = fees;
        PreviewDocument {
            period: PeriodDocument::of(period),
            currency: currency.to_string(),
            before: FeeDocument::of(before, currency),
            after: FeeDocument::of(after, currency),
        }
    }
}

impl FeeDocument {
    fn of(fee: RunningFee, currency: Currency) -> Self {
        let text = |amount: Amount| amount.to_text(currency);
        let part = |(name, share, amount): (String, _, _)| FeePartDocument {
            name,
            share: Option::map(share, ShareDocument::of),
            amount: text(amount),
        };
        FeeDocument { parts: fee.parts.into_iter().map(part).collect(), total: text(fee.total) }
    }
}
