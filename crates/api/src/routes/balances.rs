//! What customers have, and how far they may go.

use axum::extract::State;
use axum::response::Response;
use domain::money::Currency;
use engine::{Scope, accounts, allowances, billing, charging, customers, messages};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::talk_time::TalkTimeDocument;
use crate::App;
use crate::answer::Answer;
use crate::body::Body;
use crate::fields;
use crate::guard::{CLERKS, CUSTOMER, CUSTOMERS, Caller, TENANT};
use crate::params::{Id, Params};
use crate::problem::{Problem, Refusals};
use crate::version::IfMatch;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_customer_balance)).routes(routes!(set_credit_limit))
}

/// What a customer has.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"customer": "cus_0", "currency": "USD", "balance": "20.00", "promotional": "5.00", "paid": "15.00",
    "held": "0.00", "live_calls": 0, "credit_limit": "0.00", "available": "20.00", "unpaid": "0.00", "free_seconds": 600,
    "talk_time": null, "message_price": null}))]
struct BalanceDocument {
    customer: String,
    currency: String,
    /// Below zero for a debt.
    balance: String,
    /// How much of the balance is promotional credit: it is spent first, and never paid out.
    promotional: String,
    /// The rest of it: money that was paid in; below zero for a debt.
    paid: String,
    /// What is set aside for calls in progress.
    held: String,
    /// How many calls in progress it pays for.
    live_calls: i64,
    /// How far the balance may go below zero; null for as far as it likes.
    credit_limit: Option<String>,
    /// Balance and credit limit, less what is held; null where there is no limit.
    available: Option<String>,
    /// What is still to be paid of the customer's invoices.
    unpaid: String,
    /// The free seconds that it has for calls to agents, whichever they are for.
    free_seconds: i64,
    /// How long the balance talks to the agent who is asked for, from whichever line; null where none is.
    talk_time: Option<TalkTimeDocument>,
    /// What a message to the agent who is asked for costs; null where none is, or the agent takes no messages from this account.
    message_price: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Called {
    /// The id of an agent: how long the balance talks to whom.
    agent: Option<String>,
}

/// How far a customer may go into debt by calls.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"credit_limit": "250.00"}))]
struct CreditLimitDocument {
    /// Null for as far as it likes; a prepaid customer has none.
    #[serde(deserialize_with = "Option::deserialize")]
    credit_limit: Option<String>,
}

/// Show what a customer has
#[utoipa::path(get, path = "/customers/{id}/balance", params(("id" = String, Path), Called),
    responses((status = 200, description = "The balance.", body = BalanceDocument), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn get_customer_balance(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
    Params(called): Params<Called>,
) -> Result<Answer<BalanceDocument>, Problem> {
    let mut view = app.engine.view(&actor).await?;
    let customer = customers::get(&mut view, &id).await?;
    let mut document = balance(&mut view, &id, customer.currency).await?;
    if let Some(agent) = called.agent {
        let talk = charging::talk_time_to(&mut view, &agent, &customer).await?;
        document.talk_time = Some(TalkTimeDocument::of(talk)?);
        let price = messages::price_of(&mut view, &agent, customer.currency).await?;
        document.message_price = price.map(|price| price.to_text(customer.currency));
    }
    Ok(Answer::ok(document).version(customer.version))
}

/// Set a customer's credit limit
///
/// How far a postpaid customer may go into debt by calls. `If-Match` is the customer's version.
#[utoipa::path(put, path = "/customers/{id}/credit-limit", request_body = CreditLimitDocument,
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, description = "It is set.", body = BalanceDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn set_credit_limit(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Body(document): Body<CreditLimitDocument>,
) -> Result<Response, Problem> {
    let limit = document.credit_limit.map(|limit| fields::amount("/credit_limit", &limit)).transpose()?;
    app.once(&caller, None, move |work| {
        let id = id.clone();
        Box::pin(async move {
            let customer = customers::set_credit_limit(work, &id, limit, version).await?;
            let document = balance(work, &id, customer.currency).await?;
            Ok(Answer::ok(document).version(customer.version))
        })
    })
    .await
}

async fn balance(scope: &mut impl Scope, customer: &str, currency: Currency) -> Result<BalanceDocument, Problem> {
    let standing = accounts::standing(scope, customer, currency).await?;
    let (account, pots) = (standing.account, standing.pots().map_err(accounts::AccountError::from)?);
    let available = account.available().map_err(accounts::AccountError::from)?;
    let unpaid = billing::unpaid(scope, customer).await?;
    Ok(BalanceDocument {
        customer: customer.to_owned(),
        currency: currency.to_string(),
        balance: account.balance.to_text(currency),
        promotional: pots.promotional.to_text(currency),
        paid: pots.paid.to_text(currency),
        held: account.held.to_text(currency),
        live_calls: charging::live_calls(scope, customer).await?,
        credit_limit: account.credit_limit.map(|limit| limit.to_text(currency)),
        available: available.map(|available| available.to_text(currency)),
        unpaid: unpaid.to_text(currency),
        free_seconds: allowances::free_seconds(scope, customer).await?,
        talk_time: None,
        message_price: None,
    })
}
