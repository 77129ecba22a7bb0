use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::call_flow::Destination;
use domain::dial_plan::DialPlan;
use domain::time::Instant;

use super::route::{RouteError, free_destination};
use crate::{Scope, tenants};

/// For how long it is not looked again, in milliseconds.
const FRESH_MILLIS: i64 = 60_000;

/// Where calls to emergency and service numbers go, as it was last known: so that they go there while the database is away, too.
#[derive(Debug, Default)]
pub(super) struct Help(Mutex<HashMap<i64, Known>>);

#[derive(Debug)]
struct Known {
    dial_plan: DialPlan,
    destinations: Vec<Destination>,
    at: Instant,
}

impl Help {
    /// Where a number leads, if it is an emergency or service number.
    pub(super) fn destination(&self, tenant: i64, dialled: &str) -> Option<Destination> {
        let known = self.known();
        let Known { dial_plan, destinations, .. } = known.get(&tenant)?;
        let number = dial_plan.canonical(dialled).ok()?.to_string();
        destinations.iter().find(|destination| destination.number == number).cloned()
    }

    /// Looks where such calls go, now and then.
    ///
    /// # Errors
    /// The database does not answer.
    pub(super) async fn look(&self, scope: &mut impl Scope) -> Result<(), RouteError> {
        let (tenant, now) = (scope.tenant(), scope.now());
        let is_fresh = |known: &Known| (0..FRESH_MILLIS).contains(&now.millis_since(known.at));
        if self.known().get(&tenant).is_some_and(is_fresh) {
            return Ok(());
        }
        let dial_plan = tenants::get(scope).await?.settings.dial_plan;
        let mut destinations = Vec::new();
        for number in dial_plan.free_numbers() {
            destinations.extend(free_destination(scope, &dial_plan, number).await?);
        }
        self.known().insert(tenant, Known { dial_plan, destinations, at: now });
        Ok(())
    }

    fn known(&self) -> MutexGuard<'_, HashMap<i64, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
