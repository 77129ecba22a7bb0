//! Routes: which numbers go out on which trunk, how they are dialled there, and what that costs the tenant.

use std::collections::HashMap;

use domain::dial_plan::Number;
use domain::invalid::Invalid;
use domain::money::Currency;
use domain::rate::Rate;
use domain::time::Instant;
use domain::trunks::{self as rules, Dialling, Route};
use serde_json::{Value, json};
use storage::trunk_routes::TrunkRouteRecord;

use crate::tenants::{self, TenantError};
use crate::trunks::{self, Trunk, TrunkError};
use crate::{Scope, Work};

/// The last place among the routes of a prefix.
const LAST_POSITION: u32 = 10_000;

/// A route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrunkRoute {
    /// Its id.
    pub id: String,
    /// What can be set.
    pub details: Details,
    /// When it was made.
    pub created_at: Instant,
    /// Counts the changes.
    pub version: i64,
}

/// What can be set of a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// Which numbers it is for, and how they are dialled. For a prefix a trunk has one route.
    pub dialling: Dialling,
    /// Where they are dialled.
    pub trunk: String,
    /// Its place among the routes of the prefix, up to 10,000; the lowest is tried first, of the same the one that was made first.
    pub position: u32,
    /// What a call on it costs the tenant, in its currency.
    pub buying_rate: Option<Rate>,
}

/// One way of a call to a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outbound {
    /// The route.
    pub route: String,
    /// The trunk, which is enabled.
    pub trunk: Trunk,
    /// What is dialled on it.
    pub number_to_dial: String,
    /// What the call costs the tenant.
    pub buying_rate: Option<Rate>,
}

/// Why a route is not made, shown, changed or deleted.
#[derive(Debug, thiserror::Error)]
pub enum TrunkRouteError {
    /// There is no such route.
    #[error("there is no route {0}")]
    NotFound(String),
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// There is no such trunk.
    #[error("there is no trunk {0}")]
    NoSuchTrunk(String),
    /// The trunk has a route for the prefix.
    #[error("the trunk has a route for the prefix \"{prefix}\" already")]
    PrefixTaken {
        /// The prefix.
        prefix: String,
        /// The route; `None` if somebody has just made it.
        route: Option<String>,
    },
    /// Somebody else changed the route meanwhile.
    #[error("the route was changed meanwhile: it is at version {current}")]
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

crate::work::carries_storage!(TrunkRouteError: Tenant);

/// Makes a route.
///
/// # Errors
/// A field makes no sense, there is no such trunk, or it has a route for the prefix.
pub async fn create(work: &mut Work, details: Details) -> Result<TrunkRoute, TrunkRouteError> {
    let route = TrunkRoute { id: work.id("rte"), details, created_at: work.now(), version: 1 };
    let currency = check(work, &route).await?;
    let record = route.record(work.tenant(), currency);
    if !storage::trunk_routes::insert(&mut work.tx, &record).await? {
        return Err(TrunkRouteError::PrefixTaken { prefix: record.prefix, route: None });
    }
    work.audit("trunk_route.create", &route.id, None, Some(&route.details.to_json(currency))).await?;
    Ok(route)
}

/// Replaces what can be set of a route, if it is at this version.
///
/// # Errors
/// There is none, a field makes no sense, there is no such trunk, it has another route for the prefix, or somebody else has changed the
/// route meanwhile.
pub async fn update(work: &mut Work, id: &str, details: Details, version: i64) -> Result<TrunkRoute, TrunkRouteError> {
    let before = get(work, id).await?;
    if before.version != version {
        return Err(TrunkRouteError::Changed { current: before.version });
    }
    let after = TrunkRoute { details, version: version + 1, ..before.clone() };
    let currency = check(work, &after).await?;
    let record = after.record(work.tenant(), currency);
    match storage::trunk_routes::update(&mut work.tx, &record).await {
        Ok(true) => {}
        Ok(false) => return Err(TrunkRouteError::Changed { current: version + 1 }),
        Err(storage::Error::Taken(_)) => {
            return Err(TrunkRouteError::PrefixTaken { prefix: record.prefix, route: None });
        }
        Err(error) => return Err(error.into()),
    }
    let (was, is) = (before.details.to_json(currency), after.details.to_json(currency));
    work.audit("trunk_route.update", id, Some(&was), Some(&is)).await?;
    Ok(after)
}

/// Deletes a route. Calls that run on it go on.
///
/// # Errors
/// There is none.
pub async fn delete(work: &mut Work, id: &str) -> Result<(), TrunkRouteError> {
    let before = get(work, id).await?;
    let (tenant, currency) = (work.tenant(), currency(work).await?);
    if !storage::trunk_routes::delete(&mut work.tx, tenant, id).await? {
        return Err(TrunkRouteError::NotFound(id.to_owned()));
    }
    work.audit("trunk_route.delete", id, Some(&before.details.to_json(currency)), None).await?;
    Ok(())
}

/// One route.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn get(scope: &mut impl Scope, id: &str) -> Result<TrunkRoute, TrunkRouteError> {
    let tenant = scope.tenant();
    let record = storage::trunk_routes::get(scope.tx(), tenant, id).await?;
    TrunkRoute::of(record.ok_or_else(|| TrunkRouteError::NotFound(id.to_owned()))?)
}

/// A page of routes in the order of their making, those after `after`.
///
/// # Errors
/// The database does not answer.
pub async fn page(scope: &mut impl Scope, after: Option<&str>, limit: i64) -> Result<Vec<TrunkRoute>, TrunkRouteError> {
    let tenant = scope.tenant();
    let records = storage::trunk_routes::page(scope.tx(), tenant, after, limit).await?;
    records.into_iter().map(TrunkRoute::of).collect()
}

/// The currency of the routes' buying rates: the tenant's.
///
/// # Errors
/// The settings cannot be read.
pub async fn currency(scope: &mut impl Scope) -> Result<Currency, TrunkRouteError> {
    Ok(tenants::get(scope).await?.settings.currency)
}

/// The ways of a call to a number, in the order of trying: see [`rules::ways`].
///
/// # Errors
/// A route cannot be read, or the database does not answer.
pub async fn ways(scope: &mut impl Scope, number: &Number) -> Result<Vec<Outbound>, TrunkRouteError> {
    let (tenant, prefixes) = (scope.tenant(), rules::prefixes(number).collect::<Vec<_>>());
    let records = storage::trunk_routes::of_prefixes(scope.tx(), tenant, &prefixes).await?;
    let known: Vec<&str> = records.iter().map(|record| record.trunk.as_str()).collect();
    let known = trunks::some(scope, &known).await?;
    let known: HashMap<&str, &Trunk> = known.iter().map(|trunk| (trunk.id.as_str(), trunk)).collect();
    let enabled = |trunk: &str| known.get(trunk).is_some_and(|trunk| trunk.details.enabled);
    let route = |record: TrunkRouteRecord| {
        let TrunkRoute { id, details, .. } = TrunkRoute::of(record)?;
        let Details { dialling, trunk, position, buying_rate } = details;
        Ok(Route { id, dialling, enabled: enabled(&trunk), trunk, position, buying_rate })
    };
    let routes = records.into_iter().map(route).collect::<Result<Vec<_>, TrunkRouteError>>()?;
    let outbound = |way: rules::Way<'_>| {
        known.get(way.route.trunk.as_str()).map(|trunk| Outbound {
            route: way.route.id.clone(),
            trunk: Trunk::clone(trunk),
            number_to_dial: way.number_to_dial,
            buying_rate: way.route.buying_rate.clone(),
        })
    };
    Ok(rules::ways(&routes, number).into_iter().filter_map(outbound).collect())
}

/// The number that somebody wrote, as the tenant's dial plan reads it, and the ways of a call to it: see [`ways`].
///
/// # Errors
/// It is no number, a route cannot be read, or the database does not answer.
pub async fn ways_of(scope: &mut impl Scope, written: &str) -> Result<(Number, Vec<Outbound>), TrunkRouteError> {
    let plan = tenants::get(scope).await?.settings.dial_plan;
    let number = plan.canonical(written).map_err(|error| Invalid::at("/number", error.to_string()))?;
    let ways = ways(scope, &number).await?;
    Ok((number, ways))
}

/// Whether a route can be as it is; the currency of its buying rate.
async fn check(work: &mut Work, route: &TrunkRoute) -> Result<Currency, TrunkRouteError> {
    let Details { dialling, trunk, position, .. } = &route.details;
    if *position > LAST_POSITION {
        return Err(Invalid::at("/position", format!("must be 0 to {LAST_POSITION}, not {position}")).into());
    }
    trunks::locked(work, trunk).await.map_err(|error| match error {
        TrunkError::Storage(error) => TrunkRouteError::Storage(error),
        _ => TrunkRouteError::NoSuchTrunk(trunk.clone()),
    })?;
    let tenant = work.tenant();
    let other = storage::trunk_routes::on_trunk(&mut work.tx, tenant, dialling.prefix(), trunk).await?;
    if let Some(other) = other.filter(|other| other.id != route.id) {
        return Err(TrunkRouteError::PrefixTaken { prefix: other.prefix, route: Some(other.id) });
    }
    currency(work).await
}

impl Details {
    /// The details as JSON.
    #[must_use]
    pub fn to_json(&self, currency: Currency) -> Value {
        json!({
            "prefix": self.dialling.prefix(),
            "trunk": self.trunk,
            "position": self.position,
            "strip": self.dialling.strip(),
            "add": self.dialling.add(),
            "buying_rate": self.buying_rate.as_ref().map(|rate| rate.to_json(currency)),
        })
    }
}

impl TrunkRoute {
    fn of(record: TrunkRouteRecord) -> Result<Self, TrunkRouteError> {
        let rate = record.buying_rate.as_ref().map(|rate| Rate::read(rate.as_bytes())).transpose();
        let strip = usize::try_from(record.strip).unwrap_or(usize::MAX);
        Ok(TrunkRoute {
            id: record.id,
            details: Details {
                dialling: Dialling::new(&record.prefix, strip, &record.added)?,
                trunk: record.trunk,
                position: u32::try_from(record.position).unwrap_or(LAST_POSITION),
                buying_rate: rate.map_err(|error| error.within("/buying_rate"))?,
            },
            created_at: Instant::clamped(record.created_at),
            version: record.version,
        })
    }

    fn record(&self, tenant: i64, currency: Currency) -> TrunkRouteRecord {
        let Details { dialling, trunk, position, buying_rate } = &self.details;
        TrunkRouteRecord {
            tenant,
            id: self.id.clone(),
            prefix: dialling.prefix().to_owned(),
            trunk: trunk.clone(),
            position: i64::from(*position),
            strip: i64::try_from(dialling.strip()).unwrap_or(i64::MAX),
            added: dialling.add().to_owned(),
            buying_rate: buying_rate.as_ref().map(|rate| rate.to_json(currency).to_string()),
            created_at: self.created_at.millis(),
            version: self.version,
        }
    }
}
