use axum::extract::State;
use axum::response::Response;
use domain::country::{self, Country};
use domain::money::Currency;
use domain::period::BillingDay;
use domain::tax::TaxRule;
use engine::customers::{self, Address, Customer, CustomerState, CustomerUpdate, Details, Mode, NewCustomer};
use engine::{accounts, allowances, lines};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::allowances::AllowanceDocument;
use super::lines::LineDocument;
use crate::App;
use crate::answer::Answer;
use crate::body::{Body, Posted};
use crate::fields;
use crate::guard::{CLERKS, CUSTOMER, CUSTOMERS, Caller, TENANT};
use crate::paging::{Page, Wanted};
use crate::params::{Id, Params};
use crate::problem::{Problem, Refusals};
use crate::version::IfMatch;

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_customer, list_customers))
        .routes(routes!(get_customer, edit_customer))
        .routes(routes!(list_customer_lines))
        .routes(routes!(list_customer_allowances))
}

/// A postal address.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AddressDocument {
    street: Option<String>,
    postal_code: Option<String>,
    city: Option<String>,
    country: Option<String>,
    /// The country's two letters (ISO 3166-1), which electronic invoices need.
    #[serde(deserialize_with = "country::optional", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "GB")]
    country_code: Option<Country>,
}

/// What a customer is called, and where it is reached: an organisation, or a first or last name, is needed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"organisation": "Harbour Radio", "mode": "postpaid", "external_reference": "crm-17"}))]
struct NewCustomerDocument {
    first_name: Option<String>,
    last_name: Option<String>,
    organisation: Option<String>,
    #[serde(default)]
    address: AddressDocument,
    email: Option<String>,
    phone: Option<String>,
    /// BCP 47, where it is not the tenant's.
    language: Option<String>,
    /// How the customer is taxed: `{"kind": "standard"}`, or `exempt` or `reverse_charge` with a `text`.
    #[schema(value_type = Option<Object>)]
    tax_rule: Option<TaxRule>,
    /// The customer's own number at the tax office.
    tax_id: Option<String>,
    /// The day of the month on which its periods begin, 1 to 31; the tenant's where it is not given.
    #[schema(value_type = Option<u8>, minimum = 1, maximum = 31)]
    billing_day: Option<BillingDay>,
    /// Its name in another system; imports find the customer by it.
    external_reference: Option<String>,
    /// `prepaid` or `postpaid`.
    #[schema(value_type = String, pattern = "^(prepaid|postpaid)$")]
    mode: Mode,
    /// ISO 4217; the tenant's where it is not given.
    #[schema(pattern = "^[A-Z]{3}$")]
    currency: Option<String>,
    /// How far a postpaid customer may go into debt by calls; as far as it likes where it is not given.
    credit_limit: Option<String>,
}

/// What can be changed of a customer; all of it is replaced.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CustomerEdit {
    first_name: Option<String>,
    last_name: Option<String>,
    organisation: Option<String>,
    #[serde(default)]
    address: AddressDocument,
    email: Option<String>,
    phone: Option<String>,
    language: Option<String>,
    #[schema(value_type = Option<Object>)]
    tax_rule: Option<TaxRule>,
    /// The customer's own number at the tax office.
    tax_id: Option<String>,
    /// The day of the month on which its periods begin, 1 to 31; the tenant's where it is not given.
    #[schema(value_type = Option<u8>, minimum = 1, maximum = 31)]
    billing_day: Option<BillingDay>,
    external_reference: Option<String>,
    /// `active` or `closed`.
    #[schema(value_type = String, pattern = "^(active|closed)$")]
    state: CustomerState,
}

/// A customer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CustomerDocument {
    id: String,
    /// The organisation, else the person's name.
    name: String,
    first_name: Option<String>,
    last_name: Option<String>,
    organisation: Option<String>,
    address: AddressDocument,
    email: Option<String>,
    phone: Option<String>,
    language: Option<String>,
    #[schema(value_type = Object)]
    tax_rule: TaxRule,
    tax_id: Option<String>,
    #[schema(value_type = Option<u8>)]
    billing_day: Option<BillingDay>,
    /// What it may spend on calls in a day, where that is not what the tenant has set.
    spend_per_day: Option<String>,
    /// A phone of which somebody of the tenant has seen that it is the customer's: calls that are placed may ring it.
    verified_phone: Option<String>,
    external_reference: Option<String>,
    #[schema(value_type = String)]
    mode: Mode,
    currency: String,
    #[schema(value_type = String)]
    state: CustomerState,
    created_at: String,
    version: i64,
}

/// A customer in a list.
#[derive(Debug, Serialize, ToSchema)]
struct ListedCustomer {
    #[serde(flatten)]
    customer: CustomerDocument,
    /// What it has; below zero for a debt.
    balance: String,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CustomerList {
    /// A part of the name, the external reference, the e-mail address or the phone, or of the number of one of its lines.
    search: Option<String>,
    /// 1 to 500, 50 where it is not given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Make a customer
///
/// Its account is opened with it.
#[utoipa::path(post, path = "/customers", request_body = NewCustomerDocument,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "It is made.", body = CustomerDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn create_customer(
    State(app): State<App>,
    caller: Caller,
    Posted { claim, body }: Posted<Body<NewCustomerDocument>>,
) -> Result<Response, Problem> {
    let new = body.0.read()?;
    app.once(&caller, claim, move |work| {
        let new = new.clone();
        Box::pin(async move {
            let customer = customers::create(work, new).await?;
            let location = format!("/api/v1/customers/{}", customer.id);
            Ok(Answer::created(location, CustomerDocument::of(&customer)).version(customer.version))
        })
    })
    .await
}

/// List customers
///
/// In the order of their making.
#[utoipa::path(get, path = "/customers", params(CustomerList),
    responses((status = 200, description = "A page.", body = Page<ListedCustomer>), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn list_customers(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<CustomerList>,
) -> Result<Answer<Page<ListedCustomer>>, Problem> {
    let wanted = Wanted::read(list.limit.as_ref(), list.cursor.as_ref())?;
    let mut view = app.engine.view(&actor).await?;
    let rows = customers::page(&mut view, list.search.as_deref(), wanted.key(), wanted.rows()).await?;
    let balances = accounts::balances(&mut view, &rows).await?;
    let rows = rows.into_iter().zip(balances).collect();
    Ok(Answer::ok(wanted.page(
        rows,
        |(row, _)| row.id.clone(),
        |(row, balance)| ListedCustomer {
            customer: CustomerDocument::of(&row),
            balance: balance.to_text(row.currency),
        },
    )))
}

/// Show a customer
#[utoipa::path(get, path = "/customers/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The customer.", body = CustomerDocument), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn get_customer(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<CustomerDocument>, Problem> {
    let customer = customers::get(&mut app.engine.view(&actor).await?, &id).await?;
    Ok(Answer::ok(CustomerDocument::of(&customer)).version(customer.version))
}

/// Change a customer
#[utoipa::path(put, path = "/customers/{id}", request_body = CustomerEdit,
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, description = "It is changed.", body = CustomerDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn edit_customer(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    IfMatch(version): IfMatch,
    Body(edit): Body<CustomerEdit>,
) -> Result<Response, Problem> {
    let update = edit.read();
    app.once(&caller, None, move |work| {
        let (id, update) = (id.clone(), update.clone());
        Box::pin(async move {
            let customer = customers::update(work, &id, update, version).await?;
            Ok(Answer::ok(CustomerDocument::of(&customer)).version(customer.version))
        })
    })
    .await
}

/// List a customer's lines
///
/// All of them, the oldest first.
#[utoipa::path(get, path = "/customers/{id}/lines", params(("id" = String, Path)),
    responses((status = 200, description = "The lines.", body = Page<LineDocument>), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn list_customer_lines(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<Page<LineDocument>>, Problem> {
    let mut view = app.engine.view(&actor).await?;
    customers::get(&mut view, &id).await?;
    let lines = lines::of_customer(&mut view, &id).await?;
    Ok(Answer::ok(Page {
        items: lines.into_iter().map(|line| LineDocument::seen(line, &actor.reach)).collect(),
        next_cursor: None,
    }))
}

/// List a customer's allowances
///
/// All of them, the oldest first.
#[utoipa::path(get, path = "/customers/{id}/allowances", params(("id" = String, Path)),
    responses((status = 200, description = "The allowances.", body = Page<AllowanceDocument>), Refusals),
    extensions(("x-roles" = json!(CUSTOMERS)), ("x-owner" = json!(CUSTOMER))))]
async fn list_customer_allowances(
    State(app): State<App>,
    Caller(actor): Caller,
    Id(id): Id,
) -> Result<Answer<Page<AllowanceDocument>>, Problem> {
    let mut view = app.engine.view(&actor).await?;
    customers::get(&mut view, &id).await?;
    let allowances = allowances::of_customer(&mut view, &id).await?;
    Ok(Answer::ok(Page {
        items: allowances.into_iter().map(|one| AllowanceDocument::seen(one, &actor.reach)).collect(),
        next_cursor: None,
    }))
}

impl NewCustomerDocument {
    fn read(self) -> Result<NewCustomer, Problem> {
        let currency: Option<Currency> = fields::currency("/currency", self.currency.as_ref())?;
        let limit = self.credit_limit.map(|limit| fields::amount("/credit_limit", &limit)).transpose()?;
        Ok(NewCustomer {
            details: Details {
                first_name: self.first_name,
                last_name: self.last_name,
                organisation: self.organisation,
                address: self.address.into(),
                email: self.email,
                phone: self.phone,
                language: self.language,
                tax_rule: self.tax_rule.unwrap_or_default(),
                tax_id: self.tax_id,
                billing_day: self.billing_day,
                ..Details::default()
            },
            external_reference: self.external_reference,
            mode: self.mode,
            currency,
            credit_limit: limit,
        })
    }
}

impl CustomerEdit {
    fn read(self) -> CustomerUpdate {
        CustomerUpdate {
            details: Details {
                first_name: self.first_name,
                last_name: self.last_name,
                organisation: self.organisation,
                address: self.address.into(),
                email: self.email,
                phone: self.phone,
                language: self.language,
                tax_rule: self.tax_rule.unwrap_or_default(),
                tax_id: self.tax_id,
                billing_day: self.billing_day,
                ..Details::default()
            },
            external_reference: self.external_reference,
            state: self.state,
        }
    }
}

impl From<AddressDocument> for Address {
    fn from(document: AddressDocument) -> Self {
        let AddressDocument { street, postal_code, city, country, country_code } = document;
        Address { street, postal_code, city, country, country_code }
    }
}

impl From<Address> for AddressDocument {
    fn from(address: Address) -> Self {
        let Address { street, postal_code, city, country, country_code } = address;
        AddressDocument { street, postal_code, city, country, country_code }
    }
}

impl CustomerDocument {
    pub(crate) fn of(customer: &Customer) -> Self {
        let details = customer.details.clone();
        CustomerDocument {
            id: customer.id.clone(),
            name: details.name(),
            first_name: details.first_name,
            last_name: details.last_name,
            organisation: details.organisation,
            address: details.address.into(),
            email: details.email,
            phone: details.phone,
            language: details.language,
            tax_rule: details.tax_rule,
            tax_id: details.tax_id,
            billing_day: details.billing_day,
            spend_per_day: details.spend_per_day.map(|spend| spend.to_text(customer.currency)),
            verified_phone: details.verified_phone,
            external_reference: customer.external_reference.clone(),
            mode: customer.mode,
            currency: customer.currency.to_string(),
            state: customer.state,
            created_at: customer.created_at.to_string(),
            version: customer.version,
        }
    }
}
