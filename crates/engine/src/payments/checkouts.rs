//! Checkouts: a customer pays on a page of a payment provider. Card numbers are the provider's affair, and never come here.
//!
//! The provider tells what became of a page by signed notices, any number of times and in any order. A payment is taken once, under the
//! provider's name of it; what went back of it may be told before.

use std::sync::Arc;

use domain::invalid::Invalid;
use domain::money::{Amount, Currency};
use domain::time::Instant;
use futures::future::BoxFuture;
use serde::Serialize;
use storage::checkouts::CheckoutRecord;

use super::automatic::{self, AutomaticError};
use super::reversals::{self, ReversalError, ToldReversal};
use super::{Method, NewPayment, PaymentError, Source, currency_of, payable, take};
use crate::billing::{self, BillingError};
use crate::customers::{self, CustomerError};
use crate::ledger::Party;
use crate::people::PublicUrl;
use crate::{Actor, Engine, Scope, Work, tenants};

/// A provider of pages on which customers pay.
pub trait PaymentProvider: Send + Sync {
    /// Its name, with which the origins of its payments begin: small letters.
    fn name(&self) -> &'static str;

    /// Whether it takes money for a tenant.
    fn serves(&self, tenant: i64) -> bool;

    /// Has a page made. Asked twice with one order it answers one page.
    fn begin<'a>(&'a self, order: &'a Order) -> BoxFuture<'a, Result<HostedPage, ProviderFailure>>;

    /// Charges the card that it keeps of a payer, who is not there. Asked twice with one order it charges once, and answers the same: the
    /// origin of the payment. What is not decided yet is [`ProviderFailure::Away`].
    fn charge<'a>(&'a self, order: &'a Order, payer: &'a str) -> BoxFuture<'a, Result<String, ProviderFailure>>;
}

/// What a page is to be for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The checkout.
    pub checkout: String,
    /// How much, in whole minor units.
    pub amount: Amount,
    /// Of what.
    pub currency: Currency,
    /// Who gets it, as the page says.
    pub payee: String,
    /// Where the provider sends its receipt.
    pub email: Option<String>,
    /// Where the customer goes from there, with or without having paid; nowhere, where no page is made.
    pub back: String,
    /// Whether the provider is to keep the card.
    pub keep_card: bool,
}

/// A page that a provider has made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostedPage {
    /// What the provider calls it.
    pub page: String,
    /// Where it is.
    pub url: String,
    /// Until when it can be paid.
    pub expires_at: Instant,
}

/// Why a provider has made no page, or charged nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderFailure {
    /// It did not answer, or is not well: later it may.
    #[error("the payment provider does not answer: try again in a while")]
    Away,
    /// It refuses, and would again.
    #[error("the payment provider refuses it: {0}")]
    Refused(String),
}

/// What a provider tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A page was paid.
    Paid {
        /// The checkout.
        checkout: String,
        /// The origin of the payment: the provider's name, `/`, and what it calls the payment.
        origin: String,
        /// How much.
        amount: Amount,
        /// Of what.
        currency: Currency,
        /// What the provider calls who has paid, where it keeps the card.
        payer: Option<String>,
    },
    /// A kept card was not charged. Of a page this says nothing: it can still be paid with another card.
    Refused {
        /// The checkout.
        checkout: String,
        /// Why.
        reason: String,
    },
    /// A page can be paid no more.
    Ended {
        /// The checkout.
        checkout: String,
        /// Whether the payment was begun and failed; else nobody has paid in time.
        failed: bool,
    },
    /// Something of a payment went back, or came back again.
    Reversed(ToldReversal),
}

/// The provider, and where customers come back to.
#[derive(Clone)]
pub struct Checkouts {
    pub(super) provider: Arc<dyn PaymentProvider>,
    url: PublicUrl,
}

/// A page on which a customer pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checkout {
    /// Its id.
    pub id: String,
    /// Who pays.
    pub customer: String,
    /// How much.
    pub amount: Amount,
    /// Of what.
    pub currency: Currency,
    /// How it stands.
    pub state: CheckoutState,
    /// Where the page is; none, while the provider has made none.
    #[serde(skip)]
    pub url: Option<String>,
    /// The payment that came of it.
    pub payment: Option<String>,
    /// Whether there is no page, and a kept card is charged.
    pub automatic: bool,
    /// When it was begun.
    pub created_at: Instant,
    /// Until when it can be paid.
    pub expires_at: Option<Instant>,
}

/// How a checkout stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckoutState {
    /// The provider is being asked for its page.
    Begun,
    /// It can be paid.
    Open,
    /// It is paid.
    Paid,
    /// The payment failed, or there is no page.
    Failed,
    /// Nobody has paid in time.
    Expired,
}

/// What a customer wants to pay.
#[derive(Debug, Clone)]
pub struct NewCheckout {
    /// The customer.
    pub customer: String,
    /// How much.
    pub amount: Amount,
    /// The invoice (by id or number) that it pays first; the oldest unpaid one, where none is given.
    pub invoice: Option<String>,
    /// Whether the provider is to keep the card for automatic top-ups.
    pub keep_card: bool,
}

/// Why there is no checkout.
#[derive(Debug, thiserror::Error)]
pub enum CheckoutError {
    /// There is no such checkout.
    #[error("there is no checkout {0}")]
    NotFound(String),
    /// No provider takes money for the tenant.
    #[error("no payment provider is set up: pay in another way")]
    NoProvider,
    /// The provider makes no page.
    #[error(transparent)]
    Provider(#[from] ProviderFailure),
    /// The customer has begun as many as it may.
    #[error("{most} checkouts were begun within an hour and not paid: pay one of them, or wait")]
    TooMany {
        /// How many.
        most: i64,
    },
    /// No card is kept for the customer, and none charged.
    #[error(transparent)]
    Automatic(#[from] AutomaticError),
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The customer cannot be had.
    #[error(transparent)]
    Customer(#[from] CustomerError),
    /// The payment was not taken.
    #[error(transparent)]
    Payment(#[from] PaymentError),
    /// What went back was not taken.
    #[error(transparent)]
    Reversal(#[from] ReversalError),
    /// The invoice cannot be had.
    #[error(transparent)]
    Billing(#[from] BillingError),
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] tenants::TenantError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(CheckoutError: Automatic, Billing, Customer, Payment, Reversal, Tenant);

/// The most checkouts that a customer may begin within an hour without paying one.
const MOST_UNPAID: i64 = 20;
const HOUR: i64 = 3_600_000;

impl Checkouts {
    /// Pages of this provider, from which customers come back to this address.
    #[must_use]
    pub fn new(provider: Arc<dyn PaymentProvider>, url: PublicUrl) -> Self {
        Checkouts { provider, url }
    }

    /// Whether customers of a tenant can pay so.
    #[must_use]
    pub fn serve(&self, tenant: i64) -> bool {
        self.provider.serves(tenant)
    }

    /// Begins a checkout: it is on record before the provider is asked, so that whatever the provider tells later is known to be ours.
    ///
    /// # Errors
    /// There is no such customer, it cannot pay so much, it has begun too many, or the provider makes no page.
    pub async fn begin(&self, engine: &Engine, actor: &Actor, new: &NewCheckout) -> Result<Checkout, CheckoutError> {
        if !self.serve(actor.tenant) {
            return Err(CheckoutError::NoProvider);
        }
        let name = self.provider.name();
        let (record, mut order) = engine.run(actor, |work| Box::pin(begin(work, name, new.clone()))).await?;
        order.back = format!("{}/portal?checkout={}", self.url.as_str(), record.id);
        let made = self.provider.begin(&order).await;
        let record = CheckoutRecord {
            state: if made.is_ok() { "open" } else { "failed" }.to_owned(),
            page: made.as_ref().ok().map(|made| made.page.clone()),
            url: made.as_ref().ok().map(|made| made.url.clone()),
            expires_at: made.as_ref().ok().map(|made| made.expires_at.millis()),
            ..record
        };
        let stood = engine.run(actor, |work| Box::pin(stand(work, record.clone()))).await?;
        made?;
        Ok(Checkout::of(stood)?)
    }
}

/// Puts a checkout on record, and says what the provider is to be asked.
async fn begin(work: &mut Work, provider: &str, new: NewCheckout) -> Result<(CheckoutRecord, Order), CheckoutError> {
    let customer = customers::get(work, &new.customer).await?;
    if new.amount <= Amount::ZERO {
        return Err(Invalid::at("/amount", "must be above zero").into());
    }
    payable(new.amount, customer.currency)?;
    super::may_pay(work, &customer, new.amount).await?;
    let invoice = super::named_invoice(work, &customer, new.invoice.as_deref()).await?;
    if new.keep_card {
        automatic::may_have(work, &customer).await?;
    }
    let (tenant, now) = (work.tenant(), work.now());
    let since = now.millis() - HOUR;
    if storage::checkouts::count_unpaid(&mut work.tx, tenant, &customer.id, since).await? >= MOST_UNPAID {
        return Err(CheckoutError::TooMany { most: MOST_UNPAID });
    }
    let record = CheckoutRecord {
        id: work.id("chk"),
        customer: customer.id.clone(),
        currency: customer.currency.code().to_owned(),
        amount: new.amount.micros(),
        invoice,
        provider: provider.to_owned(),
        page: None,
        url: None,
        state: "begun".to_owned(),
        payment: None,
        created_at: now.millis(),
        expires_at: None,
        decided_at: None,
        keep_card: new.keep_card.into(),
        automatic: 0,
    };
    storage::checkouts::insert(&mut work.tx, tenant, &record).await?;
    work.audit("checkout.begin", &record.id, None, Some(&Checkout::of(record.clone())?)).await?;
    let order = Order {
        checkout: record.id.clone(),
        amount: new.amount,
        currency: customer.currency,
        payee: tenants::get(work).await?.name,
        email: customer.details.email.clone(),
        back: String::new(),
        keep_card: new.keep_card,
    };
    Ok((record, order))
}

/// Writes what the provider has answered, unless it has told more by a notice meanwhile.
async fn stand(work: &mut Work, answered: CheckoutRecord) -> Result<CheckoutRecord, CheckoutError> {
    let tenant = work.tenant();
    let missing = || CheckoutError::NotFound(answered.id.clone());
    let known = storage::checkouts::lock(&mut work.tx, tenant, &answered.id).await?.ok_or_else(missing)?;
    let state = if known.state == "begun" { answered.state.clone() } else { known.state.clone() };
    let CheckoutRecord { payment, decided_at, keep_card, .. } = known;
    let record = CheckoutRecord { state, payment, decided_at, keep_card, ..answered };
    storage::checkouts::update(&mut work.tx, tenant, &record).await?;
    Ok(record)
}

/// Takes what a provider tells: once, however often and in whatever order it is told. What is told of a checkout that is not ours is not for us.
///
/// # Errors
/// The database does not do it, or a stored record cannot be read: to be told again.
pub async fn told(engine: &Engine, tenant: i64, provider: &str, notice: Notice) -> Result<(), CheckoutError> {
    let actor = Actor::program(tenant, provider);
    let of_origin = match &notice {
        Notice::Paid { origin, .. } => Some(origin.clone()),
        Notice::Reversed(told) => Some(told.of_origin.clone()),
        Notice::Refused { .. } | Notice::Ended { .. } => None,
    };
    engine.run(&actor, move |work| Box::pin(take_notice(work, notice.clone()))).await?;
    // A payment and what went back of it may be told at once, each by somebody who does not see the other: who is later sees both.
    if let Some(origin) = of_origin {
        engine.run(&actor, move |work| Box::pin(reversals::apply_waiting(work, origin.clone()))).await?;
    }
    Ok(())
}

async fn take_notice(work: &mut Work, notice: Notice) -> Result<(), CheckoutError> {
    match &notice {
        Notice::Paid { checkout, .. } => {
            let tenant = work.tenant();
            let Some(record) = storage::checkouts::lock(&mut work.tx, tenant, checkout).await? else {
                tracing::warn!(tenant, checkout, "a payment was told of that nobody here has asked for");
                return Ok(());
            };
            let record = keep(work, record, &notice).await?;
            paid(work, record, &notice).await
        }
        Notice::Refused { checkout, reason } => Ok(automatic::refused(work, checkout, reason).await?),
        Notice::Ended { checkout, failed } => ended(work, checkout, *failed).await,
        Notice::Reversed(told) => Ok(reversals::told(work, told).await?),
    }
}

/// Writes down whose card the provider keeps: once for a page, so that what is told again brings back none that was forgotten.
async fn keep(work: &mut Work, record: CheckoutRecord, notice: &Notice) -> Result<CheckoutRecord, CheckoutError> {
    let Notice::Paid { payer: Some(payer), .. } = notice else { return Ok(record) };
    if record.keep_card == 0 {
        return Ok(record);
    }
    automatic::keep(work, &record, payer).await?;
    let record = CheckoutRecord { keep_card: 0, ..record };
    let tenant = work.tenant();
    storage::checkouts::update(&mut work.tx, tenant, &record).await?;
    Ok(record)
}

async fn paid(work: &mut Work, record: CheckoutRecord, notice: &Notice) -> Result<(), CheckoutError> {
    let Notice::Paid { origin, amount, currency, .. } = notice else { return Ok(()) };
    if record.state == "paid" {
        return Ok(());
    }
    let (tenant, now) = (work.tenant(), work.now());
    let new = NewPayment {
        customer: record.customer.clone(),
        amount: *amount,
        currency: Some(*currency),
        method: Method::Card,
        reference: Some(record.id.clone()),
        received_at: None,
        invoice: still_open(work, record.invoice.as_deref()).await?,
    };
    let source = Source { from: Party::Cash, origin: Some(origin.clone()) };
    let payment = take(work, new, source).await?;
    let record = CheckoutRecord {
        state: "paid".to_owned(),
        payment: Some(payment.id.clone()),
        decided_at: Some(now.millis()),
        ..record
    };
    storage::checkouts::update(&mut work.tx, tenant, &record).await?;
    Ok(())
}

/// The invoice that was to be paid first, if it still is to be paid.
async fn still_open(work: &mut Work, invoice: Option<&str>) -> Result<Option<String>, CheckoutError> {
    let Some(id) = invoice else { return Ok(None) };
    let found = billing::get(work, id).await?;
    Ok(found.is_open().then_some(found.id))
}

async fn ended(work: &mut Work, checkout: &str, failed: bool) -> Result<(), CheckoutError> {
    let (tenant, now) = (work.tenant(), work.now());
    let Some(record) = storage::checkouts::lock(&mut work.tx, tenant, checkout).await? else { return Ok(()) };
    if matches!(record.state.as_str(), "paid" | "failed" | "expired") {
        return Ok(());
    }
    let state = if failed { "failed" } else { "expired" }.to_owned();
    let record = CheckoutRecord { state, decided_at: Some(now.millis()), ..record };
    Ok(storage::checkouts::update(&mut work.tx, tenant, &record).await?)
}

/// A checkout.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn get(scope: &mut impl Scope, id: &str) -> Result<Checkout, CheckoutError> {
    let tenant = scope.tenant();
    let record = storage::checkouts::get(scope.tx(), tenant, id).await?;
    let own = record.filter(|record| scope.finds("checkout", id, |reach| reach.customer(&record.customer)));
    Ok(Checkout::of(own.ok_or_else(|| CheckoutError::NotFound(id.to_owned()))?)?)
}

impl Checkout {
    pub(super) fn of(record: CheckoutRecord) -> Result<Checkout, Invalid> {
        Ok(Checkout {
            amount: Amount::from_micros(record.amount),
            currency: currency_of(&record.currency)?,
            state: match record.state.as_str() {
                "begun" => CheckoutState::Begun,
                "open" => CheckoutState::Open,
                "paid" => CheckoutState::Paid,
                "expired" => CheckoutState::Expired,
                _ => CheckoutState::Failed,
            },
            created_at: Instant::clamped(record.created_at),
            expires_at: record.expires_at.map(Instant::clamped),
            id: record.id,
            customer: record.customer,
            url: record.url,
            payment: record.payment,
            automatic: record.automatic != 0,
        })
    }
}
