//! Trunks: ways to other networks, and in from there, each an endpoint of an Asterisk. Whose an incoming call is, its endpoint says.

use domain::invalid::Invalid;
use domain::time::Instant;
use serde::Serialize;
use storage::trunks::TrunkRecord;

use crate::{Scope, Work, fields, sip_accounts};

/// The most calls at once that can be set.
const MOST_CALLS: u32 = 10_000;

/// A trunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trunk {
    /// Its id.
    pub id: String,
    /// What can be set.
    pub details: Details,
    /// When it was made.
    pub created_at: Instant,
    /// Counts the changes.
    pub version: i64,
}

/// What can be set of a trunk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Details {
    /// What the tenant calls it.
    pub name: String,
    /// The endpoint in the Asterisk's own configuration, which no other trunk has: letters, digits, and `_.-`.
    pub endpoint: String,
    /// The name of the Asterisk; `None` for the only one.
    pub asterisk: Option<String>,
    /// Whether calls go out on it, and come in.
    pub enabled: bool,
    /// How many calls it takes at once; `None` for any number.
    pub most_calls: Option<u32>,
}

/// Why a trunk is not made, shown, changed or deleted.
#[derive(Debug, thiserror::Error)]
pub enum TrunkError {
    /// There is no such trunk.
    #[error("there is no trunk {0}")]
    NotFound(String),
    /// A field makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Another trunk has the endpoint.
    #[error("the endpoint {endpoint} is taken: another trunk of the Asterisk has it")]
    EndpointTaken {
        /// The endpoint.
        endpoint: String,
        /// The trunk, if it is one of the same tenant's.
        trunk: Option<String>,
    },
    /// Routes lead to it.
    #[error("{routes} routes go out on the trunk: change or delete them first")]
    InUse {
        /// How many.
        routes: i64,
    },
    /// Somebody else changed the trunk meanwhile.
    #[error("the trunk was changed meanwhile: it is at version {current}")]
    Changed {
        /// The version now.
        current: i64,
    },
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(TrunkError);

/// Makes a trunk.
///
/// # Errors
/// A field makes no sense, or another trunk has the endpoint.
pub async fn create(work: &mut Work, details: Details) -> Result<Trunk, TrunkError> {
    let trunk = Trunk { id: work.id("trk"), details: details.checked()?, created_at: work.now(), version: 1 };
    let record = trunk.record(work.tenant());
    if !storage::trunks::insert(&mut work.tx, &record).await? {
        return Err(taken(work, &record).await?);
    }
    work.audit("trunk.create", &trunk.id, None, Some(&trunk.details)).await?;
    Ok(trunk)
}

/// Replaces what can be set of a trunk, if it is at this version.
///
/// # Errors
/// There is none, a field makes no sense, another trunk has the endpoint, or somebody else has changed it meanwhile.
pub async fn update(work: &mut Work, id: &str, details: Details, version: i64) -> Result<Trunk, TrunkError> {
    let before = get(work, id).await?;
    if before.version != version {
        return Err(TrunkError::Changed { current: before.version });
    }
    let after = Trunk { details: details.checked()?, version: version + 1, ..before.clone() };
    let record = after.record(work.tenant());
    let holder = storage::trunks::by_endpoint(&mut work.tx, &record.asterisk, &record.endpoint).await?;
    if holder.is_some_and(|holder| (holder.tenant, &holder.id) != (record.tenant, &record.id)) {
        return Err(taken(work, &record).await?);
    }
    match storage::trunks::update(&mut work.tx, &record).await {
        Ok(true) => {}
        Ok(false) => return Err(TrunkError::Changed { current: version + 1 }),
        // Somebody has just given it to another one.
        Err(storage::Error::Taken(_)) => {
            return Err(TrunkError::EndpointTaken { endpoint: record.endpoint, trunk: None });
        }
        Err(error) => return Err(error.into()),
    }
    work.audit("trunk.update", id, Some(&before.details), Some(&after.details)).await?;
    Ok(after)
}

/// Deletes a trunk on which no route goes out. Calls that run on it go on.
///
/// # Errors
/// There is none, or routes go out on it.
pub async fn delete(work: &mut Work, id: &str) -> Result<(), TrunkError> {
    let (tenant, before) = (work.tenant(), locked(work, id).await?);
    let routes = storage::trunk_routes::count_of(&mut work.tx, tenant, id).await?;
    if routes > 0 {
        return Err(TrunkError::InUse { routes });
    }
    storage::trunks::delete(&mut work.tx, tenant, id).await?;
    work.audit("trunk.delete", id, Some(&before.details), None).await?;
    Ok(())
}

/// One trunk.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn get(scope: &mut impl Scope, id: &str) -> Result<Trunk, TrunkError> {
    let tenant = scope.tenant();
    let record = storage::trunks::get(scope.tx(), tenant, id).await?;
    record.map(Trunk::of).ok_or_else(|| TrunkError::NotFound(id.to_owned()))
}

/// A page of trunks in the order of their making, those after `after`.
///
/// # Errors
/// The database does not answer.
pub async fn page(scope: &mut impl Scope, after: Option<&str>, limit: i64) -> Result<Vec<Trunk>, TrunkError> {
    let tenant = scope.tenant();
    let records = storage::trunks::page(scope.tx(), tenant, after, limit).await?;
    Ok(records.into_iter().map(Trunk::of).collect())
}

/// The trunk on whose endpoint a call comes in, with its tenant, whatever the scope's is; one that is disabled too.
///
/// # Errors
/// The database does not answer.
pub async fn of_endpoint(
    scope: &mut impl Scope,
    asterisk: Option<&str>,
    endpoint: &str,
) -> Result<Option<(i64, Trunk)>, storage::Error> {
    let record = storage::trunks::by_endpoint(scope.tx(), asterisk.unwrap_or_default(), endpoint).await?;
    Ok(record.map(|record| (record.tenant, Trunk::of(record))))
}

/// A trunk that nobody else changes, deletes or gives a route until the work ends.
pub(crate) async fn locked(work: &mut Work, id: &str) -> Result<Trunk, TrunkError> {
    let tenant = work.tenant();
    let record = storage::trunks::lock(&mut work.tx, tenant, id).await?;
    record.map(Trunk::of).ok_or_else(|| TrunkError::NotFound(id.to_owned()))
}

/// Some trunks, in no order.
pub(crate) async fn some(scope: &mut impl Scope, ids: &[&str]) -> Result<Vec<Trunk>, storage::Error> {
    let tenant = scope.tenant();
    Ok(storage::trunks::some(scope.tx(), tenant, ids).await?.into_iter().map(Trunk::of).collect())
}

/// Who has the endpoint that a trunk is to have. Of other tenants' trunks nobody is told more than that there is one.
async fn taken(work: &mut Work, wanted: &TrunkRecord) -> Result<TrunkError, storage::Error> {
    let holder = storage::trunks::by_endpoint(&mut work.tx, &wanted.asterisk, &wanted.endpoint).await?;
    let trunk = holder.filter(|holder| holder.tenant == wanted.tenant).map(|holder| holder.id);
    Ok(TrunkError::EndpointTaken { endpoint: wanted.endpoint.clone(), trunk })
}

impl Details {
    fn checked(self) -> Result<Self, Invalid> {
        let endpoint = fields::name_in_asterisk("/endpoint", Some(self.endpoint))?;
        let endpoint = endpoint.ok_or_else(|| Invalid::at("/endpoint", "must not be empty"))?;
        if sip_accounts::is_named_so(&endpoint) {
            let detail = "must not begin as the SIP accounts of lines do, with t, digits and a hyphen";
            return Err(Invalid::at("/endpoint", detail));
        }
        if let Some(number) = self.most_calls.filter(|number| !(1..=MOST_CALLS).contains(number)) {
            return Err(Invalid::at("/most_calls", format!("must be 1 to {MOST_CALLS}, not {number}")));
        }
        Ok(Details {
            name: fields::required("/name", self.name, 200)?,
            asterisk: fields::name_in_asterisk("/asterisk", self.asterisk)?,
            endpoint,
            ..self
        })
    }
}

impl Trunk {
    fn of(record: TrunkRecord) -> Self {
        Trunk {
            id: record.id,
            details: Details {
                name: record.name,
                endpoint: record.endpoint,
                asterisk: Some(record.asterisk).filter(|name| !name.is_empty()),
                enabled: record.enabled == 1,
                most_calls: record.most_calls.and_then(|most| u32::try_from(most).ok()),
            },
            created_at: Instant::clamped(record.created_at),
            version: record.version,
        }
    }

    fn record(&self, tenant: i64) -> TrunkRecord {
        TrunkRecord {
            tenant,
            id: self.id.clone(),
            name: self.details.name.clone(),
            asterisk: self.details.asterisk.clone().unwrap_or_default(),
            endpoint: self.details.endpoint.clone(),
            enabled: i64::from(self.details.enabled),
            most_calls: self.details.most_calls.map(i64::from),
            created_at: self.created_at.millis(),
            version: self.version,
        }
    }
}
