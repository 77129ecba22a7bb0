//! Payments that went back: returned by the bank, paid back, or disputed.

use axum::extract::State;
use axum::response::Response;
use engine::payments::reversals::{self, NewReversal, Reversal, ReversalKind, ReversalState};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Posted};
use crate::fields;
use crate::guard::{CLERKS, CUSTOMER, CUSTOMERS, Caller, TENANT};
use crate::paging::{Page, Wanted};
use crate::params::{self, Id, Params};
use crate::problem::{Problem, Refusals};
use crate::version::IfMatch;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(reverse_payment))
        .routes(routes!(list_reversals))
        .routes(routes!(decide_reversal))
}

/// That a payment went back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "bounce", "amount": "20.00", "reason": "no funds on the account"}))]
struct NewReversalDocument {
    /// `bounce` (the bank returned it), `repayment` (you have paid it back: what the customer has not spent) or `dispute` (the bank has
    /// withdrawn it until a dispute is decided).
    #[schema(value_type = String, pattern = "^(bounce|repayment|dispute)$")]
    kind: ReversalKind,
    /// How much; all that is left of the payment, where it is not given.
    #[schema(value_type = Option<String>)]
    amount: Option<Box<RawValue>>,
    /// Why.
    reason: String,
}

/// What is decided of a dispute.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"state": "undone"}))]
struct ReversalDecision {
    /// `done` (the money is gone) or `undone` (it came back).
    #[schema(value_type = String, pattern = "^(done|undone)$")]
    state: ReversalState,
}

/// A payment, or a part of one, that went back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "rev_0", "kind": "dispute", "payment": "pay_0", "customer": "cus_0", "amount": "20.00", "currency": "USD",
    "state": "open", "reason": "fraudulent", "made_at": "2026-10-15T12:00:00Z", "decided_at": null, "version": 1}))]
struct ReversalDocument {
    id: String,
    /// `bounce`, `repayment` or `dispute`.
    #[schema(value_type = String, pattern = "^(bounce|repayment|dispute)$")]
    kind: ReversalKind,
    /// None, while a provider has told of this and not of the payment.
    payment: Option<String>,
    customer: Option<String>,
    amount: String,
    currency: String,
    /// `open` (disputed, and not decided), `done` (the money is gone) or `undone` (it came back).
    #[schema(value_type = String, pattern = "^(open|done|undone)$")]
    state: ReversalState,
    reason: Option<String>,
    made_at: String,
    decided_at: Option<String>,
    version: i64,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ReversalList {
    /// Only this customer's.
    customer: Option<String>,
    /// `open`, `done` or `undone`; all, where it is not given.
    state: Option<String>,
    /// 1 to 500, 50 where it is not given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Record that a payment went back
///
/// Whole or in part. It is taken from the customer's account, and what the payment had settled is to be paid again. What came by a
/// provider goes back there, and the provider tells.
#[utoipa::path(post, path = "/payments/{id}/reversals", request_body = NewReversalDocument,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "It is recorded.", body = ReversalDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn reverse_payment(
    State(app): State<App>,
    caller: Caller,
    Id(payment): Id,
    Posted { claim, body: Body(new) }: Posted<Body<NewReversalDocument>>,
) -> Result<Response, Problem> {
    let amount = new.amount.as_ref().map(|amount| fields::amount_above_zero("/amount", amount)).transpose()?;
    let new = NewReversal { payment, kind: new.kind, amount, reason: new.reason };
    app.once(&caller, claim, move |work| {
        let new = new.clone();
        Box::pin(async move {
            let reversal = reversals::reverse(work, new).await?;
            let location = "/api/v1/reversals".to_owned();
            let version = reversal.version;
            Ok(Answer::created(location, ReversalDocument::of(reversal)).version(version))
        })
    })
    .await
}

/// List payments that went back
///
/// The newest first.
#[utoipa::path(get, path = "/reversals", params(ReversalList),
    responses((status = 200, description = "A page.", body = Page<ReversalDocument>), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn list_reversals(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<ReversalList>,
) -> Result<Answer<Page<ReversalDocument>>, Problem> {
    let wanted = Wanted::read(list.limit.as_ref(), list.cursor.as_ref())?;
    let state: Option<ReversalState> = params::word("state", list.state.as_ref())?;
    let mut view = app.engine.view(&actor).await?;
    let rows = reversals::page(&mut view, (list.customer.as_deref(), state), wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), ReversalDocument::of)))
}

/// Decide a dispute
///
/// An open dispute that somebody has recorded by hand. Those of a provider's payments are decided there.
#[utoipa::path(put, path = "/reversals/{id}", request_body = ReversalDecision,
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, description = "It is decided.", body = ReversalDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn decide_reversal(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Body(decision): Body<ReversalDecision>,
) -> Result<Response, Problem> {
    app.once(&caller, None, move |work| {
        let (id, state) = (id.clone(), decision.state);
        Box::pin(async move {
            let reversal = reversals::decide(work, &id, state, version).await?;
            let version = reversal.version;
            Ok(Answer::ok(ReversalDocument::of(reversal)).version(version))
        })
    })
    .await
}

impl ReversalDocument {
    fn of(reversal: Reversal) -> Self {
        ReversalDocument {
            amount: reversal.amount.to_text(reversal.currency),
            currency: reversal.currency.to_string(),
            made_at: reversal.made_at.to_string(),
            decided_at: reversal.decided_at.map(|at| at.to_string()),
            id: reversal.id,
            kind: reversal.kind,
            payment: reversal.payment,
            customer: reversal.customer,
            state: reversal.state,
            reason: reversal.reason,
            version: reversal.version,
        }
    }
}
