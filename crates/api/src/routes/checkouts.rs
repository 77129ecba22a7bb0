//! Paying on the page of a provider, and the other ways to pay.

use axum::extract::State;
use domain::money::Amount;
use engine::customers::Mode;
use engine::payments::checkouts::{self, Checkout, CheckoutError, CheckoutState, NewCheckout};
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

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(begin_checkout))
        .routes(routes!(show_checkout))
        .routes(routes!(show_ways_to_pay))
}

/// What is to be paid.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"amount": "20.00"}))]
struct NewCheckoutDocument {
    /// How much, above zero, in the customer's currency.
    #[schema(value_type = String)]
    amount: Box<RawValue>,
    /// The invoice (its id or number) that it pays first; the oldest unpaid one, where it is not given.
    invoice: Option<String>,
    /// Whether the provider is to keep the card, so that it can be charged when the balance is low. For prepaid customers, where automatic
    /// top-ups are offered.
    #[serde(default)]
    keep_card: bool,
}

/// A page on which a customer pays.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "chk_0", "customer": "cus_0", "amount": "20.00", "currency": "USD", "state": "open",
    "url": "https://checkout.example/c/pay/0", "payment": null, "automatic": false, "created_at": "2026-10-15T12:00:00Z",
    "expires_at": "2026-10-16T12:00:00Z"}))]
struct CheckoutDocument {
    id: String,
    customer: String,
    amount: String,
    currency: String,
    /// `begun`, `open`, `paid`, `failed` or `expired`.
    #[schema(value_type = String, pattern = "^(begun|open|paid|failed|expired)$")]
    state: CheckoutState,
    /// Where the customer pays: the provider's page.
    url: Option<String>,
    /// The payment that came of it.
    payment: Option<String>,
    /// Whether a kept card is charged, and there is no page.
    automatic: bool,
    created_at: String,
    /// Until when it can be paid.
    expires_at: Option<String>,
}

/// How a customer can pay.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"currency": "USD", "checkout": true, "amounts": ["10.00", "20.00", "50.00"], "automatic": true,
    "bank": {"holder": "Harbour Telephone Ltd", "name": null, "iban": null, "bic": null}, "payment_note": null}))]
struct WaysToPayDocument {
    /// The customer's.
    currency: String,
    /// Whether it can pay on the page of a provider.
    checkout: bool,
    /// The amounts that are offered for a top-up.
    amounts: Vec<String>,
    /// Whether a card can be kept, to be charged when the balance is low.
    automatic: bool,
    /// The account that can be paid to.
    bank: BankDocument,
    /// What else is to be said about paying.
    payment_note: Option<String>,
}

/// A bank account.
#[derive(Debug, Serialize, ToSchema)]
struct BankDocument {
    holder: Option<String>,
    name: Option<String>,
    iban: Option<String>,
    bic: Option<String>,
}

/// Pay on a provider's page
///
/// The customer goes to the `url` and pays there; card numbers never come here. The payment is on the account when the provider has told
/// of it, once. It may be begun 20 times within an hour without being paid.
#[utoipa::path(post, path = "/customers/{id}/checkouts", request_body = NewCheckoutDocument,
    params(("id" = String, Path)),
    responses((status = 201, description = "There is a page.", body = CheckoutDocument), Refusals),
    extensions(("x-roles" = json!(PAYERS)), ("x-owner" = json!(CUSTOMER))))]
async fn begin_checkout(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(customer): Id,
    Body(new): Body<NewCheckoutDocument>,
) -> Result<Answer<CheckoutDocument>, Problem> {
    let amount = fields::amount_above_zero("/amount", &new.amount)?;
    let new = NewCheckout { customer, amount, invoice: new.invoice, keep_card: new.keep_card };
    engine::customers::get(&mut app.engine.view(&actor).await?, &new.customer).await?;
    let pages = app.checkouts.as_ref().ok_or(CheckoutError::NoProvider)?;
    let checkout = pages.begin(&app.engine, &actor, &new).await?;
    let location = format!("/api/v1/checkouts/{}", checkout.id);
    Ok(Answer::created(location, CheckoutDocument::of(checkout)))
}

/// Show a checkout
#[utoipa::path(get, path = "/checkouts/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The checkout.", body = CheckoutDocument), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn show_checkout(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<CheckoutDocument>, Problem> {
    let checkout = checkouts::get(&mut app.engine.view(&actor).await?, &id).await?;
    Ok(Answer::ok(CheckoutDocument::of(checkout)))
}

/// Show how a customer can pay
#[utoipa::path(get, path = "/customers/{id}/ways-to-pay", params(("id" = String, Path)),
    responses((status = 200, description = "The ways to pay.", body = WaysToPayDocument), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn show_ways_to_pay(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<WaysToPayDocument>, Problem> {
    let mut view = app.engine.view(&actor).await?;
    let customer = engine::customers::get(&mut view, &id).await?;
    let settings = engine::tenants::get(&mut view).await?.settings;
    let amounts = settings.top_up_amounts.get(&customer.currency).cloned().unwrap_or_default();
    let bank = settings.seller.bank;
    let checkout = app.checkouts.as_ref().is_some_and(|pages| pages.serve(actor.tenant));
    Ok(Answer::ok(WaysToPayDocument {
        currency: customer.currency.to_string(),
        checkout,
        automatic: checkout && settings.automatic_top_up.offered && customer.mode == Mode::Prepaid,
        amounts: amounts.iter().map(|amount: &Amount| amount.to_text(customer.currency)).collect(),
        bank: BankDocument { holder: bank.holder, name: bank.name, iban: bank.iban, bic: bank.bic },
        payment_note: settings.seller.payment_note,
    }))
}

impl CheckoutDocument {
    fn of(checkout: Checkout) -> Self {
        CheckoutDocument {
            amount: checkout.amount.to_text(checkout.currency),
            currency: checkout.currency.to_string(),
            created_at: checkout.created_at.to_string(),
            expires_at: checkout.expires_at.map(|at| at.to_string()),
            // Nobody is sent to a page that cannot be paid any more.
            url: checkout.url.filter(|_| checkout.state == CheckoutState::Open),
            id: checkout.id,
            customer: checkout.customer,
            state: checkout.state,
            payment: checkout.payment,
            automatic: checkout.automatic,
        }
    }
}
