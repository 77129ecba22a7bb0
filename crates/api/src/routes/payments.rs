//! Payments, credits and adjustments.

use axum::extract::State;
use axum::response::Response;
use domain::money::Amount;
use engine::payments::{self, Credit, CreditKind, Method, NewCredit, NewPayment, Payment, Settles};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Posted};
use crate::fields;
use crate::guard::{CLERKS, CUSTOMER, CUSTOMERS, Caller, READERS, TENANT};
use crate::paging::{Page, PageParams, Wanted};
use crate::params::{Id, Params};
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(record_payment, list_payments))
        .routes(routes!(record_credit, list_credits))
        .routes(routes!(list_customer_payments))
}

/// A payment to be recorded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"customer": "cus_0", "amount": "20.00", "method": "transfer", "reference": "2026-10/17"}))]
struct NewPaymentDocument {
    /// Who paid.
    customer: String,
    /// How much, above zero.
    #[schema(value_type = String)]
    amount: Box<RawValue>,
    /// The customer's where it is not given; another one is refused.
    currency: Option<String>,
    /// `cash`, `card`, `transfer` or `other`.
    #[schema(value_type = String, pattern = "^(cash|card|transfer|other)$")]
    method: Method,
    /// What the bank or the payer calls it.
    reference: Option<String>,
    /// When it came in: now, where it is not given.
    received_at: Option<String>,
    /// The invoice (its id or number) that it settles first; the oldest unpaid one, where it is not given.
    invoice: Option<String>,
}

/// Money that came in from a customer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaymentDocument {
    id: String,
    customer: String,
    amount: String,
    currency: String,
    /// `cash`, `card`, `transfer`, `voucher` or `other`.
    #[schema(value_type = String)]
    method: Method,
    /// What the bank or the payer calls it; of a voucher the last four letters of its code.
    reference: Option<String>,
    received_at: String,
    /// The invoices that it settles, the first first.
    settles: Vec<SettlesDocument>,
    /// What of it has settled nothing yet: the next invoices use it.
    unspent: String,
    /// What of it went back: returned by the bank, paid back, or disputed.
    returned: String,
}

/// What a payment settles of an invoice.
#[derive(Debug, Serialize, ToSchema)]
struct SettlesDocument {
    invoice: String,
    number: Option<String>,
    amount: String,
}

/// A credit or an adjustment to be recorded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"customer": "cus_0", "kind": "credit", "amount": "5.00", "reason": "bad line on 3 October"}))]
struct NewCreditDocument {
    /// Whose account it changes.
    customer: String,
    /// `credit` (in the customer's favour), `promotional` (the same for a prepaid customer, spent before paid money and never paid
    /// out) or `adjustment` (either way).
    kind: Kind,
    /// What is added to the balance; below zero only for an adjustment.
    amount: String,
    /// The customer's where it is not given; another one is refused.
    currency: Option<String>,
    /// Why.
    reason: String,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NewCreditKind)]
enum Kind {
    Credit,
    Promotional,
    Adjustment,
}

/// A credit, an adjustment, a refund, or the balance from before Tollgate.
#[derive(Debug, Serialize, ToSchema)]
struct CreditDocument {
    id: String,
    customer: String,
    #[schema(value_type = String, pattern = "^(credit|promotional|adjustment|opening_balance|refund)$")]
    kind: CreditKind,
    amount: String,
    currency: String,
    reason: String,
    created_at: String,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MoneyList {
    /// Only this customer's.
    customer: Option<String>,
    /// 1 to 500, 50 where it is not given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Record a payment
///
/// It is on the customer's account at once. A postpaid customer's settles invoices, a prepaid customer gets a receipt.
#[utoipa::path(post, path = "/payments", request_body = NewPaymentDocument,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "It is recorded.", body = PaymentDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn record_payment(
    State(app): State<App>,
    caller: Caller,
    Posted { claim, body: Body(new) }: Posted<Body<NewPaymentDocument>>,
) -> Result<Response, Problem> {
    let new = new.read()?;
    app.once(&caller, claim, move |work| {
        let new = new.clone();
        Box::pin(async move {
            let payment = payments::record(work, new).await?;
            let location = format!("/api/v1/customers/{}/payments", payment.customer);
            Ok(Answer::created(location, PaymentDocument::of(payment)))
        })
    })
    .await
}

/// List payments
///
/// The newest first.
#[utoipa::path(get, path = "/payments", params(MoneyList),
    responses((status = 200, description = "A page.", body = Page<PaymentDocument>), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn list_payments(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<MoneyList>,
) -> Result<Answer<Page<PaymentDocument>>, Problem> {
    let wanted = Wanted::read(list.limit.as_ref(), list.cursor.as_ref())?;
    let mut view = app.engine.view(&actor).await?;
    let rows = payments::page(&mut view, list.customer.as_deref(), wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), PaymentDocument::of)))
}

/// List a customer's payments
///
/// The newest first.
#[utoipa::path(get, path = "/customers/{id}/payments", params(("id" = String, Path), PageParams),
    responses((status = 200, description = "A page.", body = Page<PaymentDocument>), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn list_customer_payments(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
    Params(list): Params<PageParams>,
) -> Result<Answer<Page<PaymentDocument>>, Problem> {
    let wanted = list.wanted()?;
    let mut view = app.engine.view(&actor).await?;
    engine::customers::get(&mut view, &id).await?;
    let rows = payments::page(&mut view, Some(&id), wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), PaymentDocument::of)))
}

/// Record a credit or an adjustment
///
/// It is on the customer's account at once.
#[utoipa::path(post, path = "/credits", request_body = NewCreditDocument,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "It is recorded.", body = CreditDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn record_credit(
    State(app): State<App>,
    caller: Caller,
    Posted { claim, body: Body(new) }: Posted<Body<NewCreditDocument>>,
) -> Result<Response, Problem> {
    let new = new.read()?;
    app.once(&caller, claim, move |work| {
        let new = new.clone();
        Box::pin(async move {
            let credit = payments::credit(work, new).await?;
            let location = format!("/api/v1/credits?customer={}", credit.customer);
            Ok(Answer::created(location, CreditDocument::of(credit)))
        })
    })
    .await
}

/// List credits, adjustments and refunds
///
/// The newest first.
#[utoipa::path(get, path = "/credits", params(MoneyList),
    responses((status = 200, description = "A page.", body = Page<CreditDocument>), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn list_credits(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<MoneyList>,
) -> Result<Answer<Page<CreditDocument>>, Problem> {
    let wanted = Wanted::read(list.limit.as_ref(), list.cursor.as_ref())?;
    let mut view = app.engine.view(&actor).await?;
    let rows = payments::credits(&mut view, list.customer.as_deref(), wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), CreditDocument::of)))
}

impl NewPaymentDocument {
    fn read(self) -> Result<NewPayment, Problem> {
        Ok(NewPayment {
            amount: fields::amount_above_zero("/amount", &self.amount)?,
            currency: fields::currency("/currency", self.currency.as_ref())?,
            received_at: fields::instant("/received_at", self.received_at.as_ref())?,
            invoice: self.invoice,
            customer: self.customer,
            method: self.method,
            reference: self.reference,
        })
    }
}

impl NewCreditDocument {
    fn read(self) -> Result<NewCredit, Problem> {
        Ok(NewCredit {
            amount: fields::amount("/amount", &self.amount)?,
            currency: fields::currency("/currency", self.currency.as_ref())?,
            customer: self.customer,
            kind: match self.kind {
                Kind::Credit => CreditKind::Credit,
                Kind::Promotional => CreditKind::Promotional,
                Kind::Adjustment => CreditKind::Adjustment,
            },
            reason: self.reason,
        })
    }
}

impl PaymentDocument {
    pub(crate) fn of(payment: Payment) -> Self {
        let text = |amount: Amount| amount.to_text(payment.currency);
        let settles = |settles: Settles| SettlesDocument {
            invoice: settles.invoice,
            number: settles.number,
            amount: text(settles.amount),
        };
        PaymentDocument {
            settles: payment.settles.into_iter().map(settles).collect(),
            unspent: text(payment.unspent),
            returned: text(payment.returned),
            id: payment.id,
            customer: payment.customer,
            amount: text(payment.amount),
            currency: payment.currency.to_string(),
            method: payment.method,
            reference: payment.reference,
            received_at: payment.received_at.to_string(),
        }
    }
}

impl CreditDocument {
    fn of(credit: Credit) -> Self {
        CreditDocument {
            id: credit.id,
            customer: credit.customer,
            kind: credit.kind,
            amount: credit.amount.to_text(credit.currency),
            currency: credit.currency.to_string(),
            reason: credit.reason,
            created_at: credit.created_at.to_string(),
        }
    }
}
