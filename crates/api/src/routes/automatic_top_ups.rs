//! Automatic top-ups, and the cards that a payment provider keeps for them.

use axum::extract::State;
use axum::response::Response;
use domain::money::Amount;
use engine::payments::automatic::{self, AutomaticState, AutomaticTopUp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::Body;
use crate::fields;
use crate::guard::{CUSTOMER, CUSTOMERS, Caller, PAYERS};
use crate::params::Id;
use crate::problem::{Problem, Refusals};
use crate::version::IfMatch;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show_automatic_top_up, set_automatic_top_up, turn_off_automatic_top_up))
        .routes(routes!(forget_saved_card))
}

/// When what is charged.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"below": "5.00", "amount": "20.00"}))]
struct AutomaticTopUpBody {
    /// Below which balance the card is charged, above zero; what calls in progress hold does not count.
    #[schema(value_type = String)]
    below: Box<RawValue>,
    /// How much is charged, above zero.
    #[schema(value_type = String)]
    amount: Box<RawValue>,
}

/// An automatic top-up.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"customer": "cus_0", "currency": "USD", "state": "on", "below": "5.00", "amount": "20.00", "failure": null,
    "has_card": true, "saved_at": "2026-10-15T12:00:00Z", "version": 1}))]
struct AutomaticTopUpDocument {
    customer: String,
    currency: String,
    /// `off`, `on`, or `failed`: then nothing more is charged until it is set again.
    #[schema(value_type = String, pattern = "^(off|on|failed)$")]
    state: AutomaticState,
    /// Below which balance the card is charged; null, where it was never set.
    below: Option<String>,
    /// How much is charged.
    amount: Option<String>,
    /// Why the last charge failed, as the provider says.
    failure: Option<String>,
    /// Whether the provider keeps a card that can be charged.
    has_card: bool,
    /// Since when.
    saved_at: Option<String>,
    /// 0, where it was never set.
    version: i64,
}

/// Show a customer's automatic top-up
#[utoipa::path(get, path = "/customers/{id}/automatic-top-up", params(("id" = String, Path)),
    responses((status = 200, description = "The automatic top-up.", body = AutomaticTopUpDocument), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn show_automatic_top_up(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<AutomaticTopUpDocument>, Problem> {
    let shown = automatic::get(&mut app.engine.view(&actor).await?, &id).await?;
    Ok(AutomaticTopUpDocument::answer(shown))
}

/// Set a customer's automatic top-up
///
/// It is on from now, also after a charge has failed. `If-Match` is its version: `"0"`, where it was never set. A card has to be kept: pay once on
/// a provider's page with `keep_card`.
#[utoipa::path(put, path = "/customers/{id}/automatic-top-up", request_body = AutomaticTopUpBody,
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, description = "It is on.", body = AutomaticTopUpDocument), Refusals),
    extensions(("x-roles" = json!(PAYERS)), ("x-owner" = json!(CUSTOMER))))]
async fn set_automatic_top_up(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Body(body): Body<AutomaticTopUpBody>,
) -> Result<Response, Problem> {
    let below = fields::amount_above_zero("/below", &body.below)?;
    let amount = fields::amount_above_zero("/amount", &body.amount)?;
    app.once(&caller, None, move |work| {
        let id = id.clone();
        Box::pin(async move {
            let set = automatic::set(work, &id, (below, amount), version).await?;
            Ok(AutomaticTopUpDocument::answer(set))
        })
    })
    .await
}

/// Turn a customer's automatic top-up off
///
/// The card is kept. What the provider is being asked for goes on.
#[utoipa::path(delete, path = "/customers/{id}/automatic-top-up", params(("id" = String, Path)),
    responses((status = 200, description = "It is off.", body = AutomaticTopUpDocument), Refusals),
    extensions(("x-roles" = json!(PAYERS)), ("x-owner" = json!(CUSTOMER))))]
async fn turn_off_automatic_top_up(State(app): State<App>, caller: Caller, Id(id): Id) -> Result<Response, Problem> {
    app.once(&caller, None, move |work| {
        let id = id.clone();
        Box::pin(async move { Ok(AutomaticTopUpDocument::answer(automatic::turn_off(work, &id).await?)) })
    })
    .await
}

/// Forget a customer's card
///
/// The automatic top-up is off. The provider is told nothing: what it keeps is deleted there.
#[utoipa::path(delete, path = "/customers/{id}/saved-card", params(("id" = String, Path)),
    responses((status = 200, description = "It is forgotten.", body = AutomaticTopUpDocument), Refusals),
    extensions(("x-roles" = json!(PAYERS)), ("x-owner" = json!(CUSTOMER))))]
async fn forget_saved_card(State(app): State<App>, caller: Caller, Id(id): Id) -> Result<Response, Problem> {
    app.once(&caller, None, move |work| {
        let id = id.clone();
        Box::pin(async move { Ok(AutomaticTopUpDocument::answer(automatic::forget_card(work, &id).await?)) })
    })
    .await
}

impl AutomaticTopUpDocument {
    fn answer(top_up: AutomaticTopUp) -> Answer<Self> {
        let currency = top_up.currency;
        let text = |amount: Amount| amount.to_text(currency);
        let document = AutomaticTopUpDocument {
            customer: top_up.customer,
            currency: currency.to_string(),
            state: top_up.state,
            below: top_up.below.map(text),
            amount: top_up.amount.map(text),
            failure: top_up.failure,
            has_card: top_up.card_saved_at.is_some(),
            saved_at: top_up.card_saved_at.map(|at| at.to_string()),
            version: top_up.version,
        };
        Answer::ok(document).version(top_up.version)
    }
}
