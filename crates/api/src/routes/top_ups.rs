//! Requests for top-ups: customers ask, the staff answer.

use axum::extract::State;
use axum::response::Response;
use engine::top_ups::{self, TopUp, TopUpState};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Posted};
use crate::fields;
use crate::guard::{CLERKS, CUSTOMER, CUSTOMERS, Caller, PAYERS, READERS, TENANT};
use crate::paging::{Page, PageParams, Wanted};
use crate::params::{self, Id, Params};
use crate::problem::{Problem, Refusals};
use crate::version::IfMatch;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(request_top_up, list_customer_top_up_requests))
        .routes(routes!(list_top_up_requests))
        .routes(routes!(answer_top_up_request))
}

/// A request for a top-up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"amount": "20.00", "note": "by bank transfer, today"}))]
struct NewTopUpDocument {
    /// How much, above zero, in the customer's currency.
    #[schema(value_type = String)]
    amount: Box<RawValue>,
    /// 500 characters at most.
    note: Option<String>,
}

/// A request for a top-up.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "tup_0", "customer": "cus_0", "amount": "20.00", "currency": "USD", "note": null, "state": "done",
    "payment": "pay_0", "created_at": "2026-10-15T12:00:00Z", "decided_at": "2026-10-15T13:00:00Z", "version": 2}))]
struct TopUpDocument {
    id: String,
    customer: String,
    amount: String,
    currency: String,
    note: Option<String>,
    /// `open`, `done` or `declined`.
    #[schema(value_type = String, pattern = "^(open|done|declined)$")]
    state: TopUpState,
    /// The payment that came of it.
    payment: Option<String>,
    created_at: String,
    /// When it was answered.
    decided_at: Option<String>,
    version: i64,
}

/// What has become of a request.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"state": "done", "payment": "pay_0"}))]
struct TopUpAnswer {
    /// `done` or `declined`.
    #[schema(value_type = String)]
    state: TopUpState,
    /// The payment that came of it: one of the customer's.
    payment: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TopUpList {
    /// `open`, `done` or `declined`; all, where it is not given.
    state: Option<String>,
    /// 1 to 500, 50 where it is not given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Ask for a top-up
///
/// The staff see it and answer it; nothing is on the account by it. Ten at most may be open at once.
#[utoipa::path(post, path = "/customers/{id}/top-up-requests", request_body = NewTopUpDocument,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "It is asked for.", body = TopUpDocument), Refusals),
    extensions(("x-roles" = json!(PAYERS)), ("x-owner" = json!(CUSTOMER))))]
async fn request_top_up(
    State(app): State<App>,
    caller: Caller,
    Id(customer): Id,
    Posted { claim, body: Body(new) }: Posted<Body<NewTopUpDocument>>,
) -> Result<Response, Problem> {
    let amount = fields::amount_above_zero("/amount", &new.amount)?;
    let note = new.note;
    app.once(&caller, claim, move |work| {
        let (customer, note) = (customer.clone(), note.clone());
        Box::pin(async move {
            let request = top_ups::request(work, &customer, amount, note).await?;
            let (location, version) = (format!("/api/v1/customers/{customer}/top-up-requests"), request.version);
            Ok(Answer::created(location, TopUpDocument::of(request)).version(version))
        })
    })
    .await
}

/// List a customer's requests for top-ups
///
/// The newest first.
#[utoipa::path(get, path = "/customers/{id}/top-up-requests", params(("id" = String, Path), PageParams),
    responses((status = 200, description = "A page.", body = Page<TopUpDocument>), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn list_customer_top_up_requests(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(customer): Id,
    Params(list): Params<PageParams>,
) -> Result<Answer<Page<TopUpDocument>>, Problem> {
    let wanted = list.wanted()?;
    let mut view = app.engine.view(&actor).await?;
    let rows = top_ups::page(&mut view, (Some(&customer), None), wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), TopUpDocument::of)))
}

/// List requests for top-ups
///
/// The newest first.
#[utoipa::path(get, path = "/top-up-requests", params(TopUpList),
    responses((status = 200, description = "A page.", body = Page<TopUpDocument>), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn list_top_up_requests(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<TopUpList>,
) -> Result<Answer<Page<TopUpDocument>>, Problem> {
    let wanted = Wanted::read(list.limit.as_ref(), list.cursor.as_ref())?;
    let state: Option<TopUpState> = params::word("state", list.state.as_ref())?;
    let mut view = app.engine.view(&actor).await?;
    let rows = top_ups::page(&mut view, (None, state), wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), TopUpDocument::of)))
}

/// Answer a request for a top-up
///
/// An open one is done or declined, once. What came in is recorded as a payment, which the answer may name.
#[utoipa::path(put, path = "/top-up-requests/{id}", request_body = TopUpAnswer,
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, description = "It is answered.", body = TopUpDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn answer_top_up_request(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Body(answer): Body<TopUpAnswer>,
) -> Result<Response, Problem> {
    app.once(&caller, None, move |work| {
        let (id, answer) = (id.clone(), answer.clone());
        Box::pin(async move {
            let request = top_ups::decide(work, &id, answer.state, answer.payment, version).await?;
            let version = request.version;
            Ok(Answer::ok(TopUpDocument::of(request)).version(version))
        })
    })
    .await
}

impl TopUpDocument {
    fn of(request: TopUp) -> Self {
        TopUpDocument {
            id: request.id,
            customer: request.customer,
            amount: request.amount.to_text(request.currency),
            currency: request.currency.to_string(),
            note: request.note,
            state: request.state,
            payment: request.payment,
            created_at: request.created_at.to_string(),
            decided_at: request.decided_at.map(|at| at.to_string()),
            version: request.version,
        }
    }
}
