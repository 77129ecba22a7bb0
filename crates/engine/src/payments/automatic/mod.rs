//! Automatic top-ups: when a prepaid balance falls below what the customer has set, a card that the payment provider keeps is charged. The
//! provider tells of the payment as of any other; what it calls the payer is all that is kept here.

mod charge;

use domain::invalid::Invalid;
use domain::money::{Amount, Currency};
use domain::time::Instant;
use serde::Serialize;
use storage::automatic_top_ups::AutomaticTopUpRecord;
use storage::checkouts::CheckoutRecord;
use storage::saved_cards::SavedCardRecord;

pub use self::charge::{AUTOMATIC_TOP_UPS, CardCharges, look, watch};
use super::{currency_of, payable};
use crate::customers::{self, Customer, CustomerError, CustomerState, Mode};
use crate::tenants::{self, TenantError};
use crate::{Scope, Work, notices};

/// What is charged to a customer's card, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AutomaticTopUp {
    /// Whose it is.
    pub customer: String,
    /// Of what.
    pub currency: Currency,
    /// How it stands.
    pub state: AutomaticState,
    /// Below which balance the card is charged, what calls in progress hold not counted; none, where it was never set.
    pub below: Option<Amount>,
    /// How much is charged.
    pub amount: Option<Amount>,
    /// Why the last charge failed, as the provider says.
    pub failure: Option<String>,
    /// Since when a card is kept; none, where there is none.
    pub card_saved_at: Option<Instant>,
    /// Counts the changes; 0, where it was never set.
    pub version: i64,
}

/// How an automatic top-up stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AutomaticState {
    /// Nothing is charged.
    Off,
    /// The card is charged when the balance is low.
    On,
    /// A charge has failed: nothing more is charged until somebody turns it on again.
    Failed,
}

/// Why there is no automatic top-up.
#[derive(Debug, thiserror::Error)]
pub enum AutomaticError {
    /// The tenant does not want it.
    #[error("automatic top-ups are not offered")]
    NotOffered,
    /// A postpaid customer has no balance to top up.
    #[error("automatic top-ups are for prepaid customers, and {0} is postpaid")]
    NotPrepaid(String),
    /// The customer has gone.
    #[error("the customer {0} is closed: nothing is charged")]
    Closed(String),
    /// There is nothing to be charged.
    #[error("no card is kept: pay once by card, and let it be kept")]
    NoCard,
    /// Somebody else changed it meanwhile.
    #[error("the automatic top-up was changed meanwhile: it is at version {current}")]
    Changed {
        /// The version now.
        current: i64,
    },
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The customer cannot be had.
    #[error(transparent)]
    Customer(#[from] CustomerError),
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(AutomaticError: Customer, Tenant);

/// A customer's automatic top-up.
///
/// # Errors
/// There is no such customer, or the database does not answer.
pub async fn get(scope: &mut impl Scope, customer: &str) -> Result<AutomaticTopUp, AutomaticError> {
    let customer = customers::get(scope, customer).await?;
    let tenant = scope.tenant();
    let record = storage::automatic_top_ups::get(scope.tx(), tenant, &customer.id).await?;
    of(scope, &customer, record).await
}

/// Turns a customer's automatic top-up on, or changes it, if it is at this version.
///
/// # Errors
/// It is not offered, there is no such customer, it is postpaid or closed, no card of it is kept, an amount makes no sense, or somebody
/// else changed it meanwhile.
pub async fn set(
    work: &mut Work,
    customer: &str,
    (below, amount): (Amount, Amount),
    version: i64,
) -> Result<AutomaticTopUp, AutomaticError> {
    let customer = customers::get(work, customer).await?;
    may_have(work, &customer).await?;
    for (at, value) in [("/below", below), ("/amount", amount)] {
        if value <= Amount::ZERO {
            return Err(Invalid::at(at, "must be above zero").into());
        }
    }
    payable(amount, customer.currency)?;
    let tenant = work.tenant();
    if storage::saved_cards::get(&mut work.tx, tenant, &customer.id).await?.is_none() {
        return Err(AutomaticError::NoCard);
    }
    let before = storage::automatic_top_ups::lock(&mut work.tx, tenant, &customer.id).await?;
    let current = before.as_ref().map_or(0, |before| before.version);
    if current != version {
        return Err(AutomaticError::Changed { current });
    }
    let after = AutomaticTopUpRecord {
        customer: customer.id.clone(),
        currency: customer.currency.code().to_owned(),
        below: below.micros(),
        amount: amount.micros(),
        state: "on".to_owned(),
        failure: None,
        version: version + 1,
    };
    if before.is_some() {
        storage::automatic_top_ups::update(&mut work.tx, tenant, &after).await?;
    } else if !storage::automatic_top_ups::insert(&mut work.tx, tenant, &after).await? {
        return Err(AutomaticError::Changed { current: 1 });
    }
    work.audit("automatic_top_up.set", &customer.id, before.as_ref(), Some(&after)).await?;
    of(work, &customer, Some(after)).await
}

/// Turns a customer's automatic top-up off. What a provider is being asked for goes on.
///
/// # Errors
/// There is no such customer, or the database does not do it.
pub async fn turn_off(work: &mut Work, customer: &str) -> Result<AutomaticTopUp, AutomaticError> {
    let customer = customers::get(work, customer).await?;
    let record = end(work, &customer.id, ("off", None), "automatic_top_up.turn_off").await?;
    of(work, &customer, record).await
}

/// Forgets a customer's card, and turns the automatic top-up off.
///
/// # Errors
/// There is no such customer, or the database does not do it.
pub async fn forget_card(work: &mut Work, customer: &str) -> Result<AutomaticTopUp, AutomaticError> {
    let customer = customers::get(work, customer).await?;
    let record = end(work, &customer.id, ("off", None), "automatic_top_up.turn_off").await?;
    let tenant = work.tenant();
    let before = storage::saved_cards::get(&mut work.tx, tenant, &customer.id).await?;
    if storage::saved_cards::delete(&mut work.tx, tenant, &customer.id).await? {
        work.audit("saved_card.forget", &customer.id, before.as_ref(), None).await?;
    }
    of(work, &customer, record).await
}

/// Ends what is on, or has failed.
async fn end(
    work: &mut Work,
    customer: &str,
    (state, failure): (&str, Option<String>),
    action: &str,
) -> Result<Option<AutomaticTopUpRecord>, storage::Error> {
    let tenant = work.tenant();
    let Some(before) = storage::automatic_top_ups::lock(&mut work.tx, tenant, customer).await? else { return Ok(None) };
    if before.state == "off" {
        return Ok(Some(before));
    }
    let after =
        AutomaticTopUpRecord { state: state.to_owned(), failure, version: before.version + 1, ..before.clone() };
    storage::automatic_top_ups::update(&mut work.tx, tenant, &after).await?;
    work.audit(action, customer, Some(&before), Some(&after)).await?;
    Ok(Some(after))
}

/// Refuses customers who cannot have it.
///
/// # Errors
/// Why they cannot.
pub(super) async fn may_have(work: &mut Work, customer: &Customer) -> Result<(), AutomaticError> {
    if !tenants::get(work).await?.settings.automatic_top_up.offered {
        return Err(AutomaticError::NotOffered);
    }
    if customer.mode == Mode::Postpaid {
        return Err(AutomaticError::NotPrepaid(customer.id.clone()));
    }
    if customer.state == CustomerState::Closed {
        return Err(AutomaticError::Closed(customer.id.clone()));
    }
    Ok(())
}

/// Writes down what a provider calls who has paid on a page and let it keep the card. Nothing is kept of who has gone meanwhile.
///
/// # Errors
/// The customer cannot be read, or the database does not do it.
pub(super) async fn keep(work: &mut Work, checkout: &CheckoutRecord, payer: &str) -> Result<(), AutomaticError> {
    let customer = customers::get(work, &checkout.customer).await?;
    if customer.state == CustomerState::Closed {
        return Ok(());
    }
    let card = SavedCardRecord {
        customer: customer.id,
        provider: checkout.provider.clone(),
        payer: payer.to_owned(),
        saved_at: work.now().millis(),
    };
    let tenant = work.tenant();
    storage::saved_cards::put(&mut work.tx, tenant, &card).await?;
    Ok(work.audit("saved_card.keep", &card.customer, None, Some(&card)).await?)
}

/// Takes it that a card was not charged: the automatic top-up ends, and the customer is told.
///
/// # Errors
/// The customer cannot be read, or the database does not do it.
pub(super) async fn refused(work: &mut Work, checkout: &str, reason: &str) -> Result<(), AutomaticError> {
    let (tenant, now) = (work.tenant(), work.now());
    let Some(record) = storage::checkouts::lock(&mut work.tx, tenant, checkout).await? else { return Ok(()) };
    if record.automatic == 0 || record.state != "begun" {
        return Ok(());
    }
    let record = CheckoutRecord { state: "failed".to_owned(), decided_at: Some(now.millis()), ..record };
    storage::checkouts::update(&mut work.tx, tenant, &record).await?;
    // What a provider says may be of any length.
    let reason: String = reason.chars().filter(|letter| !letter.is_control()).take(LONGEST_REASON).collect();
    end(work, &record.customer, ("failed", Some(reason.clone())), "automatic_top_up.fail").await?;
    let customer = customers::get(work, &record.customer).await?;
    let amount = Amount::from_micros(record.amount);
    Ok(notices::top_up_failed(work, &customer, &record.id, (amount, reason)).await?)
}

/// The longest reason that is kept, in letters.
const LONGEST_REASON: usize = 300;

async fn of(
    scope: &mut impl Scope,
    customer: &Customer,
    record: Option<AutomaticTopUpRecord>,
) -> Result<AutomaticTopUp, AutomaticError> {
    let tenant = scope.tenant();
    let card = storage::saved_cards::get(scope.tx(), tenant, &customer.id).await?;
    let set = record.as_ref();
    Ok(AutomaticTopUp {
        customer: customer.id.clone(),
        currency: set.map_or(Ok(customer.currency), |record| currency_of(&record.currency))?,
        state: match set.map(|record| record.state.as_str()) {
            Some("on") => AutomaticState::On,
            Some("failed") => AutomaticState::Failed,
            _ => AutomaticState::Off,
        },
        below: set.map(|record| Amount::from_micros(record.below)),
        amount: set.map(|record| Amount::from_micros(record.amount)),
        card_saved_at: card.map(|card| Instant::clamped(card.saved_at)),
        version: set.map_or(0, |record| record.version),
        failure: record.and_then(|record| record.failure),
    })
}
