//! Voucher codes: batches of them, and redeeming one.

use axum::extract::State;
use axum::response::Response;
use engine::vouchers::{self, Batch, NewBatch, Voucher};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::payments::PaymentDocument;
use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Nothing, Posted};
use crate::fields;
use crate::guard::{CLERKS, CUSTOMER, Caller, PAYERS, READERS, TENANT};
use crate::paging::{Page, PageParams};
use crate::params::{Id, Params};
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(make_batch, list_batches))
        .routes(routes!(get_batch))
        .routes(routes!(list_vouchers))
        .routes(routes!(revoke_batch))
        .routes(routes!(redeem_voucher))
}

/// A batch of vouchers to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Kiosks, winter", "amount": "10.00", "count": 100, "expires_at": "2028-01-01T00:00:00Z"}))]
struct NewVoucherBatch {
    /// What it is called, up to 200 characters.
    name: String,
    /// What each voucher is worth, above zero.
    #[schema(value_type = String)]
    amount: Box<RawValue>,
    /// The company's currency where it is not given.
    currency: Option<String>,
    /// How many vouchers, 1 to 1000.
    count: i64,
    /// From when on they are worth nothing; never, where it is not given.
    expires_at: Option<String>,
}

/// A batch of vouchers.
#[derive(Debug, Serialize, ToSchema)]
struct VoucherBatchDocument {
    id: String,
    name: String,
    /// What each voucher is worth.
    amount: String,
    currency: String,
    count: i64,
    /// How many of them are redeemed.
    redeemed: i64,
    expires_at: Option<String>,
    created_at: String,
    created_by: String,
    /// When what was not redeemed became worthless.
    revoked_at: Option<String>,
}

/// A batch of vouchers with their codes.
#[derive(Debug, Serialize, ToSchema)]
struct NewVoucherBatchAnswer {
    batch: VoucherBatchDocument,
    /// In the order of the vouchers. Shown this once, and kept nowhere.
    codes: Vec<String>,
}

/// A voucher.
#[derive(Debug, Serialize, ToSchema)]
struct VoucherDocument {
    /// Which of its batch it is, from 1.
    position: i64,
    /// The last four letters of its code.
    ending: String,
    /// The customer who has redeemed it.
    redeemed_by: Option<String>,
    redeemed_at: Option<String>,
    /// The payment that came of it.
    payment: Option<String>,
}

/// A code to be redeemed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "7K3Q-0ZP4-M9TD-W2XC"}))]
struct VoucherCode {
    /// As it is printed on the voucher; small letters, blanks and dashes do not matter, and O is read as 0, I and L as 1.
    code: String,
}

/// Make a batch of vouchers
///
/// The answer has the codes, which is why it is not kept under an idempotency key. They are shown this once: what is kept of them is a hash.
#[utoipa::path(post, path = "/voucher-batches", request_body = NewVoucherBatch,
    responses((status = 201, description = "It is made.", body = NewVoucherBatchAnswer), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn make_batch(
    State(app): State<App>,
    caller: Caller,
    Body(new): Body<NewVoucherBatch>,
) -> Result<Response, Problem> {
    let new = new.read()?;
    app.once(&caller, None, move |work| {
        let new = new.clone();
        Box::pin(async move {
            let (batch, codes) = vouchers::make(work, new).await?;
            let location = format!("/api/v1/voucher-batches/{}", batch.id);
            Ok(Answer::created(location, NewVoucherBatchAnswer { batch: VoucherBatchDocument::of(batch), codes }))
        })
    })
    .await
}

/// List the batches of vouchers
///
/// The newest first, without the codes.
#[utoipa::path(get, path = "/voucher-batches", params(PageParams),
    responses((status = 200, description = "A page.", body = Page<VoucherBatchDocument>), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn list_batches(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<PageParams>,
) -> Result<Answer<Page<VoucherBatchDocument>>, Problem> {
    let wanted = list.wanted()?;
    let rows = vouchers::page(&mut app.engine.view(&actor).await?, wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), VoucherBatchDocument::of)))
}

/// Show a batch of vouchers
///
/// Without the codes.
#[utoipa::path(get, path = "/voucher-batches/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The batch.", body = VoucherBatchDocument), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn get_batch(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<VoucherBatchDocument>, Problem> {
    let batch = vouchers::get(&mut app.engine.view(&actor).await?, &id).await?;
    Ok(Answer::ok(VoucherBatchDocument::of(batch)))
}

/// List the vouchers of a batch
///
/// In their order, with the last four letters of their codes, and who has redeemed them.
#[utoipa::path(get, path = "/voucher-batches/{id}/vouchers", params(("id" = String, Path), PageParams),
    responses((status = 200, description = "A page.", body = Page<VoucherDocument>), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn list_vouchers(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
    Params(list): Params<PageParams>,
) -> Result<Answer<Page<VoucherDocument>>, Problem> {
    let wanted = list.wanted()?;
    let after = wanted.position()?;
    let rows = vouchers::vouchers(&mut app.engine.view(&actor).await?, &id, after, wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.position.to_string(), VoucherDocument::of)))
}

/// Revoke a batch of vouchers
///
/// What is not redeemed of it is worth nothing from now on; what is redeemed stays where it is.
#[utoipa::path(post, path = "/voucher-batches/{id}/revoke",
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, description = "It is revoked.", body = VoucherBatchDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn revoke_batch(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Posted { claim, body: Nothing {} }: Posted<Nothing>,
) -> Result<Response, Problem> {
    app.once(&caller, claim, move |work| {
        let id = id.clone();
        Box::pin(async move { Ok(Answer::ok(VoucherBatchDocument::of(vouchers::revoke(work, &id).await?))) })
    })
    .await
}

/// Redeem a voucher
///
/// Its amount is on the customer's account at once, as a payment. A code that is not redeemed is refused with a `reason`: `mistyped`, `unknown`
/// (no voucher has it, or somebody else has redeemed it), `used` (by this customer), `expired` or `revoked`. After ten wrong codes of a
/// customer within 15 minutes none is looked at (429) until the first of them is as old.
#[utoipa::path(post, path = "/customers/{id}/vouchers", request_body = VoucherCode,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "It is redeemed.", body = PaymentDocument), Refusals),
    extensions(("x-roles" = json!(PAYERS)), ("x-owner" = json!(CUSTOMER))))]
async fn redeem_voucher(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Posted { claim, body: Body(VoucherCode { code }) }: Posted<Body<VoucherCode>>,
) -> Result<Response, Problem> {
    app.once_or_refused(&caller, claim, move |work| {
        let (id, code) = (id.clone(), code.clone());
        Box::pin(async move {
            Ok(match vouchers::redeem(work, &id, &code).await? {
                Ok(payment) => {
                    let location = format!("/api/v1/customers/{}/payments", payment.customer);
                    Ok(Answer::created(location, PaymentDocument::of(payment)))
                }
                Err(refusal) => Err(refusal.into()),
            })
        })
    })
    .await
}

impl NewVoucherBatch {
    fn read(self) -> Result<NewBatch, Problem> {
        Ok(NewBatch {
            amount: fields::amount_above_zero("/amount", &self.amount)?,
            currency: fields::currency("/currency", self.currency.as_ref())?,
            expires_at: fields::instant("/expires_at", self.expires_at.as_ref())?,
            name: self.name,
            count: self.count,
        })
    }
}

impl VoucherBatchDocument {
    fn of(batch: Batch) -> Self {
        VoucherBatchDocument {
            amount: batch.amount.to_text(batch.currency),
            id: batch.id,
            name: batch.name,
            currency: batch.currency.to_string(),
            count: batch.count,
            redeemed: batch.redeemed,
            expires_at: batch.expires_at.map(|expires_at| expires_at.to_string()),
            created_at: batch.created_at.to_string(),
            created_by: batch.created_by,
            revoked_at: batch.revoked_at.map(|revoked_at| revoked_at.to_string()),
        }
    }
}

impl VoucherDocument {
    fn of(voucher: Voucher) -> Self {
        VoucherDocument {
            position: voucher.position,
            ending: voucher.ending,
            redeemed_by: voucher.redeemed_by,
            redeemed_at: voucher.redeemed_at.map(|redeemed_at| redeemed_at.to_string()),
            payment: voucher.payment,
        }
    }
}
