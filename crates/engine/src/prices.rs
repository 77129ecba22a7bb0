//! Plan versions and deck versions in memory, made ready for rating.
//!
//! Versions are immutable, so what is here never goes stale; a new version is another entry, and rating in progress goes on with
//! the one it has.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, RwLock};

use domain::deck::Deck;
use domain::invalid::Invalid;
use domain::plan::Plan;
use domain::tariff::Tariff;
use tokio::sync::Mutex;

use crate::Scope;
use crate::tenants::Tenant;

/// The prices in memory.
#[derive(Debug, Default)]
pub struct Prices {
    /// By tenant, its version (which has the zone and the holidays), and the plan version.
    tariffs: Kept<(i64, i64, String), PricedPlan>,
    /// By tenant and deck version.
    decks: Kept<(i64, String), Deck>,
    /// Held by who reads a deck.
    reading: Arc<Mutex<()>>,
}

/// A plan version, and its tariff.
#[derive(Debug)]
pub struct PricedPlan {
    /// The plan as it was written.
    pub plan: Plan,
    /// The plan made ready for rating.
    pub tariff: Tariff,
}

/// Why prices could not be read.
#[derive(Debug, thiserror::Error)]
pub enum PriceError {
    /// There is no such version.
    #[error("there is no version {0}")]
    NotFound(String),
    /// The stored document cannot be read: the database was edited by hand.
    #[error("version {0} cannot be read: {1}")]
    Unreadable(String, Invalid),
    /// The database did not answer.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(PriceError);

/// A plan version of the tenant, ready for rating.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn plan(scope: &mut impl Scope, tenant: &Tenant, version: &str) -> Result<Arc<PricedPlan>, PriceError> {
    let key = (tenant.tenant, tenant.version, version.to_owned());
    if let Some(known) = scope.prices().tariffs.get(&key) {
        return Ok(known);
    }
    let not_found = || PriceError::NotFound(version.to_owned());
    let record = storage::plans::version(scope.tx(), tenant.tenant, version).await?.ok_or_else(not_found)?;
    let plan = Plan::read(record.document.as_bytes())
        .map_err(|invalid| PriceError::Unreadable(version.to_owned(), invalid))?;
    let tariff = Tariff::new(&plan, &tenant.settings.time_zone, &tenant.settings.holidays);
    Ok(scope.prices().tariffs.keep(key, PricedPlan { plan, tariff }))
}

/// A deck version of the tenant, ready for look-ups.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn deck(scope: &mut impl Scope, version: &str) -> Result<Arc<Deck>, PriceError> {
    let key = (scope.tenant(), version.to_owned());
    if let Some(known) = scope.prices().decks.get(&key) {
        return Ok(known);
    }
    // A rate sheet takes much memory while it is read: whoever asks for it meanwhile waits for the one who does.
    let reading = scope.prices().reading.clone();
    let _turn = reading.lock().await;
    if let Some(known) = scope.prices().decks.get(&key) {
        return Ok(known);
    }
    let not_found = || PriceError::NotFound(version.to_owned());
    let document = storage::decks::document(scope.tx(), key.0, version).await?.ok_or_else(not_found)?;
    let deck =
        Deck::read(document.as_bytes()).map_err(|invalid| PriceError::Unreadable(version.to_owned(), invalid))?;
    Ok(scope.prices().decks.keep(key, deck))
}

/// Puts a new deck version into memory, so that no call has to wait for it. (Should its transaction be undone, nobody will ask for
/// a version of this id.)
pub(crate) fn prepare_deck(scope: &impl Scope, version: &str, deck: Deck) {
    scope.prices().decks.keep((scope.tenant(), version.to_owned()), deck);
}

/// Shared values by key. What is read often and made once.
#[derive(Debug)]
struct Kept<K, V>(RwLock<HashMap<K, Arc<V>>>);

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Kept(RwLock::default())
    }
}

impl<K: Hash + Eq, V> Kept<K, V> {
    fn get(&self, key: &K) -> Option<Arc<V>> {
        self.0.read().ok()?.get(key).cloned()
    }

    fn keep(&self, key: K, value: V) -> Arc<V> {
        let value = Arc::new(value);
        if let Ok(mut kept) = self.0.write() {
            kept.insert(key, value.clone());
        }
        value
    }
}
