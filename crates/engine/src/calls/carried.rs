//! What trunks carried of a call, what that costs the tenant, and what is left to it.

use std::collections::HashMap;

use domain::invalid::Invalid;
use domain::money::{Amount, Currency, Overflow};
use domain::trunks as rules;
use storage::carried::CarriedRecord;

use super::{Call, CallError, Price};
use crate::{Scope, trunks};

/// What trunks carried of a call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CarriedBy {
    /// The legs that were answered: of a call that was placed there can be two.
    pub legs: Vec<CarriedLeg>,
    /// What is left to the tenant of the price, without tax and the agent's part, when the trunks are paid; none where no trunk carried
    /// the call, where a cost or the price is not known, and where they are in different currencies.
    pub margin: Option<Amount>,
}

/// A leg of a call that a trunk carried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedLeg {
    /// The trunk.
    pub trunk: String,
    /// What it is called; none of one that was deleted since.
    pub trunk_name: Option<String>,
    /// The route that led there.
    pub route: Option<String>,
    /// From its answer to its end, each second that has begun.
    pub seconds: i64,
    /// What it costs the tenant, where the route had a buying rate.
    pub cost: Option<Amount>,
    /// Of what.
    pub currency: Currency,
    /// How the cost came about, segment by segment (JSON).
    pub charge: Option<String>,
}

/// What trunks carried of a call, for those alone who see all of the tenant.
///
/// # Errors
/// A record cannot be read, or the database does not answer.
pub async fn carried_by(scope: &mut impl Scope, call: &Call) -> Result<Option<CarriedBy>, CallError> {
    if !scope.reach().is_whole() {
        return Ok(None);
    }
    let tenant = scope.tenant();
    let records = storage::carried::of_call(scope.tx(), tenant, &call.id).await?;
    if records.is_empty() {
        return Ok(Some(CarriedBy::default()));
    }
    let ids: Vec<&str> = records.iter().map(|record| record.trunk.as_str()).collect();
    let known = trunks::some(scope, &ids).await?.into_iter().map(|trunk| (trunk.id, trunk.details.name));
    let names: HashMap<String, String> = known.collect();
    let legs = records.into_iter().map(|record| CarriedLeg::of(record, &names)).collect::<Result<Vec<_>, _>>()?;
    let margin = match &call.price {
        Some(price) => margin(price, &legs).map_err(|error| Invalid::at("/margin", error.to_string()))?,
        None => None,
    };
    Ok(Some(CarriedBy { legs, margin }))
}

fn margin(price: &Price, legs: &[CarriedLeg]) -> Result<Option<Amount>, Overflow> {
    let cost = |leg: &CarriedLeg| leg.cost.filter(|_| leg.currency == price.currency);
    let Some(costs) = legs.iter().map(cost).collect::<Option<Vec<Amount>>>() else { return Ok(None) };
    let own_part = price.total.minus(price.tax)?.minus(price.agent_part)?;
    rules::margin(own_part, costs).map(Some)
}

impl CarriedLeg {
    fn of(record: CarriedRecord, names: &HashMap<String, String>) -> Result<CarriedLeg, Invalid> {
        Ok(CarriedLeg {
            trunk_name: names.get(&record.trunk).cloned(),
            trunk: record.trunk,
            route: record.route,
            seconds: record.seconds,
            cost: record.cost.map(Amount::from_micros),
            currency: Currency::parse(&record.currency).map_err(|error| Invalid::at("/currency", error.to_string()))?,
            charge: record.charge,
        })
    }
}
