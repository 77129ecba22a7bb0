//! What trunks carried of a call that ends, and what that costs the tenant: nothing of it touches what the payer is charged.

use domain::call_flow::{Carried, RoutedBy};
use domain::charging::{End, Stage};
use domain::money::Currency;
use domain::rate::RateDocument;
use domain::rating::{Charge, Talk};
use domain::time::Instant;
use domain::trunks;
use storage::carried::CarriedRecord;

use super::entry::Entry;

impl Entry {
    /// Has what trunks carried of the call written with its end: its session has ended.
    pub(super) fn count_carried(&mut self, currency: Currency) {
        let Stage::Ended(End { ended_at, .. }) = self.stored.session.stage else { return };
        let record = |carried: &Carried| record(&self.record.id, carried, ended_at, currency);
        self.carried = self.stored.carried.iter().map(record).collect();
    }
}

fn record(call: &str, carried: &Carried, ended_at: Instant, currency: Currency) -> CarriedRecord {
    let Carried { leg, trunk, routed_by, answered_at } = carried;
    let millis = ended_at.millis_since(*answered_at).max(0);
    let talk = Talk { answered_at: *answered_at, millis };
    let charge = routed_by.as_deref().and_then(|route| cost(call, route, talk));
    CarriedRecord {
        call: call.to_owned(),
        leg: i64::from(leg.0),
        trunk: trunk.clone(),
        route: routed_by.as_deref().map(|by| by.route.clone()),
        seconds: millis.saturating_add(999).div_euclid(1000),
        currency: currency.code().to_owned(),
        cost: charge.as_ref().map(|charge| charge.total.micros()),
        charge: charge.map(|charge| charge.to_json(currency).to_string()),
    }
}

/// What it costs, where the route has a buying rate. A rate that cannot be put to it must not keep the call from being charged.
fn cost(call: &str, by: &RoutedBy, talk: Talk) -> Option<Charge> {
    let document: Result<RateDocument, _> = serde_json::from_value(by.buying_rate.clone()?);
    let rate = document.map_err(|error| error.to_string());
    let rate = rate.and_then(|document| document.check().map_err(|error| error.to_string()));
    match rate.and_then(|rate| trunks::cost(&rate, talk).map_err(|error| error.to_string())) {
        Ok(charge) => Some(charge),
        Err(error) => {
            tracing::error!(
                error,
                call,
                route = by.route,
                "what a trunk's leg costs cannot be told: it is on record without"
            );
            None
        }
    }
}
