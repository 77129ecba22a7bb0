//! Transfers of paid money from one prepaid customer to another.

use axum::extract::State;
use axum::response::Response;
use engine::transfers::{self, NewTransfer, Transfer};
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
    OpenApiRouter::new().routes(routes!(make_transfer))
}

/// A transfer to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"to": "cus_1", "amount": "5.00", "reason": "a birthday"}))]
struct NewTransferDocument {
    /// The prepaid customer who gets it.
    to: String,
    /// How much, above zero.
    #[schema(value_type = String)]
    amount: Box<RawValue>,
    /// The customer's where it is not given; another one is refused.
    currency: Option<String>,
    /// Why.
    reason: String,
}

/// Money that went from one prepaid customer to another.
#[derive(Debug, Serialize, ToSchema)]
struct TransferDocument {
    id: String,
    /// Who gave it.
    customer: String,
    /// Who got it.
    to: String,
    amount: String,
    currency: String,
    reason: String,
    created_at: String,
}

/// Transfer money to another customer
///
/// Paid money goes from one prepaid customer's balance to another's of the same currency: never promotional credit, and nothing that calls
/// in progress need.
#[utoipa::path(post, path = "/customers/{id}/transfers", request_body = NewTransferDocument,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "It is made.", body = TransferDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn make_transfer(
    State(app): State<App>,
    caller: Caller,
    Id(customer): Id,
    Posted { claim, body: Body(new) }: Posted<Body<NewTransferDocument>>,
) -> Result<Response, Problem> {
    let new = new.read(customer)?;
    app.once(&caller, claim, move |work| {
        let new = new.clone();
        Box::pin(async move {
            let transfer = transfers::make(work, new).await?;
            let location = format!("/api/v1/customers/{}/ledger", transfer.customer);
            Ok(Answer::created(location, TransferDocument::of(transfer)))
        })
    })
    .await
}

impl NewTransferDocument {
    fn read(self, customer: String) -> Result<NewTransfer, Problem> {
        Ok(NewTransfer {
            amount: fields::amount_above_zero("/amount", &self.amount)?,
            currency: fields::currency("/currency", self.currency.as_ref())?,
            customer,
            to: self.to,
            reason: self.reason,
        })
    }
}

impl TransferDocument {
    fn of(transfer: Transfer) -> Self {
        TransferDocument {
            id: transfer.id,
            customer: transfer.customer,
            to: transfer.to,
            amount: transfer.amount.to_text(transfer.currency),
            currency: transfer.currency.to_string(),
            reason: transfer.reason,
            created_at: transfer.created_at.to_string(),
        }
    }
}
