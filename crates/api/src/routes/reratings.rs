//! Re-ratings: a dry run first, then its confirmation.

use axum::extract::State;
use axum::response::Response;
use domain::money::Amount;
use engine::calls::Price;
use engine::calls::rerate::{self, Confirmed, Request, Rerating, Summary};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Posted};
use crate::fields;
use crate::guard::{ADMINS, Caller, READERS, TENANT};
use crate::paging::{Page, PageParams};
use crate::params::{Id, Params};
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_rerating)).routes(routes!(list_rerated_calls))
}

/// The routes that may work through many calls.
pub(crate) fn bulk_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(propose_rerating)).routes(routes!(confirm_rerating))
}

/// Which calls are to be rated again, and at which prices.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:00Z", "plan_version": "plv_0"}))]
struct ReratingRequest {
    /// Calls that ended at or after.
    from: String,
    /// Calls that ended before.
    to: String,
    /// Only those that this customer pays.
    customer: Option<String>,
    /// Only those of this line.
    line: Option<String>,
    /// The plan version that prices them; without it, the version that was in force for each call.
    plan_version: Option<String>,
    /// The deck version that prices them; without it, the version that was in force for each call.
    deck_version: Option<String>,
}

/// A re-rating.
#[derive(Debug, Serialize, ToSchema)]
struct ReratingDocument {
    id: String,
    /// Whether the differences are posted.
    confirmed: bool,
    request: ReratingRequest,
    /// How many calls were looked at.
    calls: i64,
    /// How many of them cost something else.
    changed: i64,
    /// How many have no price at the new terms; they keep theirs.
    unpriced: i64,
    /// What the changed calls cost before.
    before: String,
    /// What they cost after.
    after: String,
    created_at: String,
}

/// How a re-rating is confirmed.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Confirmation {
    /// Whether prepaid customers are debited, as far as what they have covers it.
    #[serde(default)]
    debit_prepaid: bool,
}

/// What a confirmation did.
#[derive(Debug, Serialize, ToSchema)]
struct ConfirmedDocument {
    /// How many calls have their new price.
    posted: i64,
    /// How many prepaid calls keep their old price, since a debit was not asked for or not covered.
    kept: i64,
    /// How many were changed by somebody else since the proposal; they keep what they have.
    changed_since: i64,
    /// What was added to the charges, less what was given back.
    difference: String,
}

/// A call whose price changes.
#[derive(Debug, Serialize, ToSchema)]
struct ReratedCall {
    call: String,
    currency: String,
    before: String,
    after: String,
}

/// Propose a re-rating
///
/// A dry run: what would change is written down, nothing is charged.
#[utoipa::path(post, path = "/reratings", request_body = ReratingRequest,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "The proposal.", body = ReratingDocument), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn propose_rerating(
    State(app): State<App>,
    caller: Caller,
    Posted { claim, body: Body(request) }: Posted<Body<ReratingRequest>>,
) -> Result<Response, Problem> {
    let request = request.read()?;
    let proposed = async {
        let rerating = rerate::propose(&app.engine, &caller.0, &request).await?;
        Ok(Answer::created(format!("/api/v1/reratings/{}", rerating.id), ReratingDocument::of(rerating)))
    };
    app.once_in_steps(&caller, claim, proposed).await
}

/// Show a re-rating
#[utoipa::path(get, path = "/reratings/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The re-rating.", body = ReratingDocument), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn get_rerating(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<ReratingDocument>, Problem> {
    let rerating = rerate::get(&mut app.engine.view(&actor).await?, &id).await?;
    Ok(Answer::ok(ReratingDocument::of(rerating)))
}

/// List the calls that a re-rating changes
#[utoipa::path(get, path = "/reratings/{id}/calls", params(("id" = String, Path), PageParams),
    responses((status = 200, description = "A page.", body = Page<ReratedCall>), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn list_rerated_calls(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
    Params(list): Params<PageParams>,
) -> Result<Answer<Page<ReratedCall>>, Problem> {
    let wanted = list.wanted()?;
    let mut view = app.engine.view(&actor).await?;
    rerate::get(&mut view, &id).await?;
    let rows = rerate::calls(&mut view, &id, wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |(call, ..)| call.clone(), ReratedCall::of)))
}

/// Confirm a re-rating
///
/// The differences are posted as new entries, and the calls get their new prices. Broken off and sent again, it goes on.
#[utoipa::path(post, path = "/reratings/{id}/confirm", request_body = Confirmation,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, description = "What was done.", body = ConfirmedDocument), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn confirm_rerating(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Posted { claim, body: Body(confirmation) }: Posted<Body<Confirmation>>,
) -> Result<Response, Problem> {
    let confirmed = async {
        let done = rerate::confirm(&app.engine, &caller.0, &id, confirmation.debit_prepaid).await?;
        Ok(Answer::ok(ConfirmedDocument::of(&done)))
    };
    app.once_in_steps(&caller, claim, confirmed).await
}

impl ReratingRequest {
    fn read(self) -> Result<Request, Problem> {
        let instant = |pointer, text| fields::required(pointer, fields::instant(pointer, Some(text))?);
        Ok(Request {
            from: instant("/from", &self.from)?,
            to: instant("/to", &self.to)?,
            customer: self.customer,
            line: self.line,
            plan_version: self.plan_version,
            deck_version: self.deck_version,
        })
    }
}

impl ReratingDocument {
    fn of(rerating: Rerating) -> Self {
        let Summary { calls, changed, unpriced, before, after } = rerating.summary;
        let request = rerating.request;
        ReratingDocument {
            id: rerating.id,
            confirmed: rerating.confirmed,
            request: ReratingRequest {
                from: request.from.to_string(),
                to: request.to.to_string(),
                customer: request.customer,
                line: request.line,
                plan_version: request.plan_version,
                deck_version: request.deck_version,
            },
            calls,
            changed,
            unpriced,
            before: before.to_string(),
            after: after.to_string(),
            created_at: rerating.created_at.to_string(),
        }
    }
}

impl ConfirmedDocument {
    fn of(done: &Confirmed) -> Self {
        let Confirmed { posted, kept, changed_since, difference } = done;
        let difference: &Amount = difference;
        ConfirmedDocument {
            posted: *posted,
            kept: *kept,
            changed_since: *changed_since,
            difference: difference.to_string(),
        }
    }
}

impl ReratedCall {
    fn of((call, before, after): (String, Price, Price)) -> Self {
        ReratedCall {
            call,
            currency: after.currency.to_string(),
            before: before.total.to_text(after.currency),
            after: after.total.to_text(after.currency),
        }
    }
}
