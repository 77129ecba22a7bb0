//! Items: what is charged once, or each period, beside fees and calls.

use axum::extract::State;
use axum::response::Response;
use domain::money::Currency;
use engine::billing::items::{self, Item, ItemKind, NewItem};
use engine::customers;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Nothing, Posted};
use crate::fields;
use crate::guard::{CLERKS, CUSTOMER, CUSTOMERS, Caller, TENANT};
use crate::paging::Page;
use crate::params::Id;
use crate::problem::{Problem, Refusals};
use crate::version::IfMatch;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_item, list_customer_items))
        .routes(routes!(get_item))
        .routes(routes!(end_item))
}

/// An item to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "recurring", "name": "Second number", "amount": "2.50"}))]
struct NewItemDocument {
    /// The id of the line that it is for; the customer as a whole, where it is not given.
    line: Option<String>,
    /// `one_off`, or `recurring` for each period, pro-rated as fees are.
    #[schema(value_type = String, pattern = "^(one_off|recurring)$")]
    kind: ItemKind,
    /// What the invoice calls it.
    name: String,
    /// The net amount, once or for a full period; below zero for a discount.
    amount: String,
    /// From when on; of a one-off item, when. Now, where it is not given.
    from: Option<String>,
}

/// What is charged once, or each period.
#[derive(Debug, Serialize, ToSchema)]
struct ItemDocument {
    id: String,
    customer: String,
    line: Option<String>,
    #[schema(value_type = String, pattern = "^(one_off|recurring)$")]
    kind: ItemKind,
    name: String,
    amount: String,
    currency: String,
    from: String,
    /// Until when a recurring item is charged; of a one-off item, that it was taken back.
    to: Option<String>,
    /// The invoice that a one-off item is on.
    invoice: Option<String>,
    version: i64,
}

/// Make an item
///
/// It is on the invoice of the period in which it lies.
#[utoipa::path(post, path = "/customers/{id}/items", request_body = NewItemDocument,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "It is made.", body = ItemDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn create_item(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Posted { claim, body: Body(new) }: Posted<Body<NewItemDocument>>,
) -> Result<Response, Problem> {
    let new = new.read(id)?;
    app.once(&caller, claim, move |work| {
        let new = new.clone();
        Box::pin(async move {
            let currency = customers::get(work, &new.customer).await?.currency;
            let item = items::create(work, new).await?;
            let (location, version) = (format!("/api/v1/items/{}", item.id), item.version);
            Ok(Answer::created(location, ItemDocument::of(item, currency)).version(version))
        })
    })
    .await
}

/// List a customer's items
///
/// All of them, the oldest first.
#[utoipa::path(get, path = "/customers/{id}/items", params(("id" = String, Path)),
    responses((status = 200, description = "The items.", body = Page<ItemDocument>), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn list_customer_items(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<Page<ItemDocument>>, Problem> {
    let mut view = app.engine.view(&actor).await?;
    let currency = customers::get(&mut view, &id).await?.currency;
    let rows = items::of_customer(&mut view, &id).await?;
    let items = rows.into_iter().map(|item| ItemDocument::of(item, currency)).collect();
    Ok(Answer::ok(Page { items, next_cursor: None }))
}

/// Show an item
#[utoipa::path(get, path = "/items/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The item.", body = ItemDocument), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn get_item(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<Answer<ItemDocument>, Problem> {
    let mut view = app.engine.view(&actor).await?;
    let item = items::get(&mut view, &id).await?;
    let currency = customers::get(&mut view, &item.customer).await?.currency;
    let version = item.version;
    Ok(Answer::ok(ItemDocument::of(item, currency)).version(version))
}

/// End an item
///
/// A recurring item ends now. A one-off item is taken back, if it is on no invoice yet.
#[utoipa::path(post, path = "/items/{id}/end",
    params(("id" = String, Path), ("If-Match" = String, Header), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, description = "It has ended.", body = ItemDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn end_item(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Posted { claim, body: Nothing {} }: Posted<Nothing>,
) -> Result<Response, Problem> {
    app.once(&caller, claim, move |work| {
        let id = id.clone();
        Box::pin(async move {
            let item = items::end(work, &id, version).await?;
            let currency = customers::get(work, &item.customer).await?.currency;
            let version = item.version;
            Ok(Answer::ok(ItemDocument::of(item, currency)).version(version))
        })
    })
    .await
}

impl NewItemDocument {
    fn read(self, customer: String) -> Result<NewItem, Problem> {
        Ok(NewItem {
            amount: fields::amount("/amount", &self.amount)?,
            from: fields::instant("/from", self.from.as_ref())?,
            customer,
            line: self.line,
            kind: self.kind,
            name: self.name,
        })
    }
}

impl ItemDocument {
    fn of(item: Item, currency: Currency) -> Self {
        ItemDocument {
            id: item.id,
            customer: item.customer,
            line: item.line,
            kind: item.kind,
            name: item.name,
            amount: item.amount.to_text(currency),
            currency: currency.to_string(),
            from: item.from.to_string(),
            to: item.to.map(|to| to.to_string()),
            invoice: item.invoice,
            version: item.version,
        }
    }
}
