//! Refunds: what is given back of a call's charge.

use axum::extract::State;
use axum::response::Response;
use domain::money::Amount;
use engine::refunds::{self, Refund};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Posted};
use crate::fields;
use crate::guard::{CLERKS, Caller, TENANT};
use crate::params::Id;
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(refund_call))
}

/// A refund to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"amount": "1.50", "reason": "bad line"}))]
struct NewRefundDocument {
    /// How much, above zero; all that was not refunded yet, where it is not given.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    amount: Option<Box<RawValue>>,
    /// Why.
    reason: String,
}

/// What was given back of a call's charge.
#[derive(Debug, Serialize, ToSchema)]
struct RefundDocument {
    /// The id of the credit that the customer has for it.
    id: String,
    call: String,
    customer: String,
    amount: String,
    currency: String,
    /// How much of it is promotional credit again.
    promotional: String,
    /// What the agent gives of it.
    agent_part: String,
    /// The tax in it.
    tax: String,
    /// Free seconds that are back in their grants.
    allowance_seconds: i64,
    /// What was refunded of the call in all.
    refunded: String,
    reason: String,
    created_at: String,
}

/// Refund a call
///
/// The reverse of its entries, whole or in part: the agent's part, the tax and the rest each give in proportion; what was paid of promotional
/// credit is promotional credit again; when nothing of the charge is left, the seconds that it used of allowances are free again. For calls
/// of prepaid customers, and calls to paid agents; other calls of postpaid customers are corrected by a credit note.
#[utoipa::path(post, path = "/calls/{id}/refunds", request_body = NewRefundDocument,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "It is made.", body = RefundDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn refund_call(
    State(app): State<App>,
    caller: Caller,
    Id(call): Id,
    Posted { claim, body: Body(new) }: Posted<Body<NewRefundDocument>>,
) -> Result<Response, Problem> {
    let given = new.amount.as_ref().filter(|amount| amount.get() != "null");
    let amount = given.map(|amount| fields::amount_above_zero("/amount", amount)).transpose()?;
    app.once(&caller, claim, move |work| {
        let (call, reason) = (call.clone(), new.reason.clone());
        Box::pin(async move {
            let refund = refunds::make(work, &call, amount, reason).await?;
            Ok(Answer::created(format!("/api/v1/calls/{call}"), RefundDocument::of(refund)))
        })
    })
    .await
}

impl RefundDocument {
    fn of(refund: Refund) -> Self {
        let credit = refund.credit;
        let text = |amount: Amount| amount.to_text(credit.currency);
        RefundDocument {
            amount: text(credit.amount),
            promotional: text(refund.promotional),
            agent_part: text(refund.parts.agent),
            tax: text(refund.parts.tax),
            refunded: text(refund.refunded),
            id: credit.id,
            call: refund.call,
            customer: credit.customer,
            currency: credit.currency.to_string(),
            allowance_seconds: refund.allowance_seconds,
            reason: credit.reason,
            created_at: credit.created_at.to_string(),
        }
    }
}
