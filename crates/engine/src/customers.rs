//! Customers: who pays.

use domain::country::{self, Country};
use domain::invalid::Invalid;
use domain::money::{Amount, Currency};
use domain::period::BillingDay;
use domain::tax::TaxRule;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use storage::customers::{CustomerFilter, CustomerRecord};

use crate::tenants::{self, TenantError};
use crate::{Scope, Work, allowances, fields};

/// A customer. The balance stands on its account: see [`crate::accounts`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Customer {
    /// Its id.
    pub id: String,
    /// What it is called, and where it is reached.
    #[serde(flatten)]
    pub details: Details,
    /// Its name in another system.
    pub external_reference: Option<String>,
    /// Whether it pays before or after.
    pub mode: Mode,
    /// The currency of its account.
    pub currency: Currency,
    /// Whether it is still a customer.
    pub state: CustomerState,
    /// When it was made.
    pub created_at: Instant,
    /// Counts the changes.
    pub version: i64,
}

/// Whether a customer pays before or after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// From the balance, while the call runs.
    Prepaid,
    /// By invoice.
    Postpaid,
}

/// Whether a customer is still one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomerState {
    /// It is.
    Active,
    /// It has gone; its records stay.
    Closed,
}

/// What a customer is called, and where it is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    /// A person's first name.
    pub first_name: Option<String>,
    /// A person's last name.
    pub last_name: Option<String>,
    /// The name of a company or charity.
    pub organisation: Option<String>,
    /// The postal address.
    pub address: Address,
    /// Where mail goes.
    pub email: Option<String>,
    /// Where to call in matters of the contract.
    pub phone: Option<String>,
    /// The language of invoices and mails (BCP 47), where it is not the tenant's.
    pub language: Option<String>,
    /// How the customer is taxed.
    pub tax_rule: TaxRule,
    /// The customer's own number at the tax office.
    pub tax_id: Option<String>,
    /// The day of the month on which its periods begin, where it is not the tenant's.
    pub billing_day: Option<BillingDay>,
    /// What it may spend on calls in a day, where that is not what the tenant has set; not below zero.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spend_per_day: Option<Amount>,
    /// A phone of which somebody has seen that it is the customer's, in canonical form: calls that we place for the customer may ring it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified_phone: Option<String>,
}

/// A postal address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    /// Street and house.
    pub street: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Town.
    pub city: Option<String>,
    /// Country, as it stands on documents.
    pub country: Option<String>,
    /// Country, as programs read it: electronic invoices need it.
    #[serde(deserialize_with = "country::optional", skip_serializing_if = "Option::is_none")]
    pub country_code: Option<Country>,
}

/// A customer to be made.
#[derive(Debug, Clone)]
pub struct NewCustomer {
    /// What it is called, and where it is reached.
    pub details: Details,
    /// Its name in another system, unique in the tenant.
    pub external_reference: Option<String>,
    /// Whether it pays before or after.
    pub mode: Mode,
    /// The currency of its account; the tenant's where none is given.
    pub currency: Option<Currency>,
    /// How far a postpaid customer may go into debt by calls; `None` for as far as it likes. Prepaid customers have no credit.
    pub credit_limit: Option<Amount>,
}

/// Why a customer is not made, shown or changed.
#[derive(Debug, thiserror::Error)]
pub enum CustomerError {
    /// There is no such customer.
    #[error("there is no customer {0}")]
    NotFound(String),
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The external reference is another customer's.
    #[error("the external reference \"{0}\" is another customer's")]
    ReferenceTaken(String),
    /// Somebody else changed the customer meanwhile.
    #[error("the customer was changed meanwhile: it is at version {current}")]
    Changed {
        /// The version now.
        current: i64,
    },
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(CustomerError: Tenant);

/// Makes a customer, and opens its account.
///
/// # Errors
/// A field makes no sense, or the external reference is taken.
pub async fn create(work: &mut Work, new: NewCustomer) -> Result<Customer, CustomerError> {
    let details = new.details.checked()?;
    let external_reference = fields::optional("/external_reference", new.external_reference, 200)?;
    let settings = tenants::get(work).await?.settings;
    let currency = new.currency.unwrap_or(settings.currency);
    let credit_limit = checked_limit(new.mode, new.credit_limit)?;
    let customer = Customer {
        id: work.id("cus"),
        details,
        external_reference,
        mode: new.mode,
        currency,
        state: CustomerState::Active,
        created_at: work.now(),
        version: 1,
    };
    let tenant = work.tenant();
    if !storage::customers::insert(&mut work.tx, &customer.record(tenant)).await? {
        return Err(CustomerError::ReferenceTaken(customer.external_reference.unwrap_or_default()));
    }
    let limit = credit_limit.map(Amount::micros);
    storage::ledger::set_credit_limit(&mut work.tx, tenant, &customer.id, currency.code(), limit).await?;
    work.audit("customer.create", &customer.id, None, Some(&customer)).await?;
    allowances::welcome(work, &customer.id, &settings.welcome).await?;
    Ok(customer)
}

/// The credit limit of a customer of this mode, if it can have the one that is asked for.
fn checked_limit(mode: Mode, asked: Option<Amount>) -> Result<Option<Amount>, Invalid> {
    match (mode, asked) {
        (Mode::Prepaid, None | Some(Amount::ZERO)) => Ok(Some(Amount::ZERO)),
        (Mode::Prepaid, Some(_)) => Err(Invalid::at("/credit_limit", "a prepaid customer has no credit")),
        (Mode::Postpaid, Some(limit)) if limit.is_negative() => {
            Err(Invalid::at("/credit_limit", "must not be below zero"))
        }
        (Mode::Postpaid, limit) => Ok(limit),
    }
}

/// Changes how far a postpaid customer may go into debt by calls (`None` for as far as it likes), if the customer is at this
/// version. What is held already stays held.
///
/// # Errors
/// The limit makes no sense, there is no such customer, or it was changed meanwhile.
pub async fn set_credit_limit(
    work: &mut Work,
    id: &str,
    limit: Option<Amount>,
    version: i64,
) -> Result<Customer, CustomerError> {
    let customer = get(work, id).await?;
    if customer.version != version {
        return Err(CustomerError::Changed { current: customer.version });
    }
    let limit = checked_limit(customer.mode, limit)?;
    let (tenant, currency) = (work.tenant(), customer.currency);
    let before = storage::ledger::account(&mut work.tx, tenant, id, currency.code()).await?;
    let after = Customer { version: version + 1, ..customer };
    if !storage::customers::update(&mut work.tx, &after.record(tenant)).await? {
        return Err(CustomerError::Changed { current: version + 1 });
    }
    storage::ledger::set_credit_limit(&mut work.tx, tenant, id, currency.code(), limit.map(Amount::micros)).await?;
    let before = before.and_then(|account| account.credit_limit).map(Amount::from_micros);
    work.audit("customer.set_credit_limit", id, Some(&before), Some(&limit)).await?;
    Ok(after)
}

/// Notes a phone of which somebody has seen that it is the customer's, or that there is none: calls that we place for the customer may ring it.
///
/// # Errors
/// There is no such customer, it is no number, or somebody else changed the customer meanwhile.
pub async fn set_verified_phone(
    work: &mut Work,
    id: &str,
    phone: Option<&str>,
    version: i64,
) -> Result<Customer, CustomerError> {
    let before = get(work, id).await?;
    if before.version != version {
        return Err(CustomerError::Changed { current: before.version });
    }
    let dial_plan = tenants::get(work).await?.settings.dial_plan;
    let canonical = |phone| dial_plan.canonical(phone).map_err(|error| Invalid::at("/phone", error.to_string()));
    let verified_phone = phone.map(canonical).transpose()?.map(|number| number.to_string());
    let details = Details { verified_phone: verified_phone.clone(), ..before.details.clone() };
    let after = Customer { details, version: version + 1, ..before.clone() };
    let tenant = work.tenant();
    if !storage::customers::update(&mut work.tx, &after.record(tenant)).await? {
        return Err(CustomerError::Changed { current: version + 1 });
    }
    work.audit("customer.verified_phone", id, Some(&before.details.verified_phone), Some(&verified_phone)).await?;
    Ok(after)
}

/// Sets what a customer may spend on calls in a day: what the tenant has set, where none is given.
///
/// # Errors
/// The amount is below zero, there is no such customer, or it was changed meanwhile.
pub async fn set_spend_per_day(
    work: &mut Work,
    id: &str,
    spend_per_day: Option<Amount>,
    version: i64,
) -> Result<Customer, CustomerError> {
    let before = get(work, id).await?;
    if before.version != version {
        return Err(CustomerError::Changed { current: before.version });
    }
    let details = Details { spend_per_day, ..before.details.clone() }.checked()?;
    let after = Customer { details, version: version + 1, ..before.clone() };
    let tenant = work.tenant();
    if !storage::customers::update(&mut work.tx, &after.record(tenant)).await? {
        return Err(CustomerError::Changed { current: version + 1 });
    }
    work.audit("customer.set_limits", id, Some(&before.details.spend_per_day), Some(&spend_per_day)).await?;
    Ok(after)
}

/// The customer.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn get(scope: &mut impl Scope, id: &str) -> Result<Customer, CustomerError> {
    let tenant = scope.tenant();
    let record = storage::customers::get(scope.tx(), tenant, id).await?;
    let own = record.filter(|record| scope.finds("customer", id, |reach| reach.customer(&record.id)));
    Customer::of(own.ok_or_else(|| CustomerError::NotFound(id.to_owned()))?)
}

/// A page of customers in the order of their making, those after `after`; with a search, those who have the text in their name,
/// external reference, e-mail address or phone, or who have a line with such a number.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    scope: &mut impl Scope,
    search: Option<&str>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Customer>, CustomerError> {
    let (tenant, reach) = (scope.tenant(), scope.reach().clone());
    let number = search.and_then(dialled);
    let filter = CustomerFilter { among: reach.customers(), search, number: number.as_deref(), after };
    let records = storage::customers::page(scope.tx(), tenant, &filter, limit).await?;
    records.into_iter().map(Customer::of).collect()
}

/// The digits of a text that is a number, or a part of one, as people write them.
fn dialled(text: &str) -> Option<String> {
    let is_number = text.chars().all(|c| c.is_ascii_digit() || "+ -()/.".contains(c));
    Some(digits(text)).filter(|digits| is_number && digits.contains(|c: char| c.is_ascii_digit()))
}

/// A number without what people write between its digits.
fn digits(number: &str) -> String {
    number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}

/// What can be changed of a customer.
#[derive(Debug, Clone)]
pub struct CustomerUpdate {
    /// What it is called, and where it is reached.
    pub details: Details,
    /// Its name in another system.
    pub external_reference: Option<String>,
    /// Whether it is still a customer.
    pub state: CustomerState,
}

/// Replaces what can be changed of a customer, if it is at this version. What it may spend on calls in a day stays: see
/// [`set_spend_per_day`].
///
/// # Errors
/// A field makes no sense, the external reference is taken, or the customer was changed meanwhile.
pub async fn update(
    work: &mut Work,
    id: &str,
    update: CustomerUpdate,
    version: i64,
) -> Result<Customer, CustomerError> {
    let before = get(work, id).await?;
    if before.version != version {
        return Err(CustomerError::Changed { current: before.version });
    }
    let (spend_per_day, verified_phone) = (before.details.spend_per_day, before.details.verified_phone.clone());
    let after = Customer {
        details: Details { spend_per_day, verified_phone, ..update.details }.checked()?,
        external_reference: fields::optional("/external_reference", update.external_reference, 200)?,
        state: update.state,
        version: version + 1,
        ..before.clone()
    };
    let record = after.record(work.tenant());
    match storage::customers::update(&mut work.tx, &record).await {
        Ok(true) => {}
        Ok(false) => return Err(CustomerError::Changed { current: version + 1 }),
        Err(storage::Error::Taken(_)) => {
            return Err(CustomerError::ReferenceTaken(after.external_reference.unwrap_or_default()));
        }
        Err(error) => return Err(error.into()),
    }
    work.audit("customer.update", id, Some(&before), Some(&after)).await?;
    Ok(after)
}

impl Address {
    /// The address as it is kept; `pointer` is its place in the document.
    pub(crate) fn checked(self, pointer: &str) -> Result<Address, Invalid> {
        let field = |name: &str, text, longest| fields::optional(&format!("{pointer}/{name}"), text, longest);
        Ok(Address {
            street: field("street", self.street, 200)?,
            postal_code: field("postal_code", self.postal_code, 20)?,
            city: field("city", self.city, 100)?,
            country: field("country", self.country, 100)?,
            country_code: self.country_code,
        })
    }
}

impl Details {
    fn checked(self) -> Result<Details, Invalid> {
        if self.spend_per_day.is_some_and(Amount::is_negative) {
            return Err(Invalid::at("/spend_per_day", "must not be below zero"));
        }
        let details = Details {
            first_name: fields::remark("/first_name", self.first_name, 100)?,
            last_name: fields::remark("/last_name", self.last_name, 100)?,
            organisation: fields::remark("/organisation", self.organisation, 200)?,
            address: self.address.checked("/address")?,
            email: fields::email("/email", self.email)?,
            phone: fields::optional("/phone", self.phone, 40)?,
            language: fields::optional("/language", self.language, 20)?,
            tax_rule: self.tax_rule,
            tax_id: fields::optional("/tax_id", self.tax_id, 50)?,
            billing_day: self.billing_day,
            spend_per_day: self.spend_per_day,
            verified_phone: self.verified_phone,
        };
        if details.name().is_empty() {
            return Err(Invalid::at("/organisation", "give an organisation, or a first or last name"));
        }
        Ok(details)
    }

    /// How the customer is listed: the organisation, else the person's name.
    #[must_use]
    pub fn name(&self) -> String {
        let person = || [self.first_name.as_deref(), self.last_name.as_deref()];
        match &self.organisation {
            Some(organisation) => organisation.clone(),
            None => person().into_iter().flatten().collect::<Vec<_>>().join(" "),
        }
    }
}

impl Mode {
    /// The mode's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Mode::Prepaid => "prepaid",
            Mode::Postpaid => "postpaid",
        }
    }
}

impl Customer {
    pub(crate) fn of(record: CustomerRecord) -> Result<Self, CustomerError> {
        Ok(Customer {
            details: domain::invalid::parse(record.details.as_bytes())?,
            id: record.id,
            external_reference: record.external_reference,
            mode: if record.mode == "prepaid" { Mode::Prepaid } else { Mode::Postpaid },
            currency: Currency::parse(&record.currency).map_err(|error| Invalid::at("/currency", error.to_string()))?,
            state: if record.state == "closed" { CustomerState::Closed } else { CustomerState::Active },
            created_at: Instant::clamped(record.created_at),
            version: record.version,
        })
    }

    fn record(&self, tenant: i64) -> CustomerRecord {
        CustomerRecord {
            tenant,
            id: self.id.clone(),
            name: self.details.name(),
            external_reference: self.external_reference.clone(),
            mode: self.mode.name().to_owned(),
            currency: self.currency.code().to_owned(),
            state: if self.state == CustomerState::Closed { "closed" } else { "active" }.to_owned(),
            details: serde_json::to_string(&self.details).unwrap_or_default(),
            created_at: self.created_at.millis(),
            version: self.version,
            search: self.searchable(),
        }
    }

    /// What a search looks at: names, addresses and numbers, the phone as it was written and without what stands between its digits.
    fn searchable(&self) -> String {
        let phone = self.details.phone.as_deref().unwrap_or_default();
        let reference = self.external_reference.as_deref().unwrap_or_default();
        let email = self.details.email.as_deref().unwrap_or_default();
        [&self.details.name(), reference, email, phone, &digits(phone)].join("\n").to_lowercase()
    }
}
