//! Plans: what a line costs. Every change makes a new immutable version.

use domain::invalid::Invalid;
use domain::money::Currency;
use domain::plan::{Plan, PlanKind};
use domain::time::Instant;
use serde_json::Value;
use storage::plans::{PlanRecord, PlanVersionRecord};

use crate::{Scope, Work};

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPlan {
    /// Its id.
    pub id: String,
    /// Its name, unique in the tenant.
    pub name: String,
    /// How it is paid; never changes.
    pub kind: PlanKind,
    /// The currency of its amounts; never changes.
    pub currency: Currency,
    /// When it was made.
    pub created_at: Instant,
    /// Counts the changes.
    pub version: i64,
}

/// What a plan costs from an instant on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanVersion {
    /// Its id.
    pub id: String,
    /// The plan.
    pub plan: String,
    /// 1, 2, 3, ...
    pub number: i64,
    /// From when on it prices calls that start.
    pub effective_at: Instant,
    /// The document.
    pub document: Plan,
    /// When it was made.
    pub created_at: Instant,
}

/// Why a plan is not made, shown or changed.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// There is no such plan.
    #[error("there is no plan {0}")]
    NotFound(String),
    /// The document makes no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Another plan has the name.
    #[error("there is a plan \"{0}\" already")]
    NameTaken(String),
    /// Somebody else changed the plan meanwhile.
    #[error("the plan was changed meanwhile: it is at version {current}")]
    Changed {
        /// The version now.
        current: i64,
    },
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(PlanError);

/// Makes a plan with its first version, which prices calls of any time.
///
/// # Errors
/// The document makes no sense, or the name is taken.
pub async fn create(work: &mut Work, document: Plan) -> Result<(StoredPlan, PlanVersion), PlanError> {
    check(work, &document).await?;
    let plan = StoredPlan {
        id: work.id("pln"),
        name: document.name.clone(),
        kind: document.kind,
        currency: document.currency,
        created_at: work.now(),
        version: 1,
    };
    let tenant = work.tenant();
    if !storage::plans::insert(&mut work.tx, &plan.record(tenant)).await? {
        return Err(PlanError::NameTaken(plan.name));
    }
    let version = save_version(work, &plan, document, Instant::FIRST).await?;
    work.audit("plan.create", &plan.id, None, Some(&version.document.to_json())).await?;
    Ok((plan, version))
}

/// Gives a plan a new version from an instant on: now, or later, so that no call of the past changes its price.
///
/// # Errors
/// The document makes no sense, changes kind or currency, or the plan was changed meanwhile.
pub async fn revise(
    work: &mut Work,
    id: &str,
    document: Plan,
    effective_at: Option<Instant>,
    version: i64,
) -> Result<(StoredPlan, PlanVersion), PlanError> {
    let before = get(work, id).await?;
    if before.version != version {
        return Err(PlanError::Changed { current: before.version });
    }
    check(work, &document).await?;
    if document.kind != before.kind {
        return Err(Invalid::at("/kind", "cannot change: make another plan").into());
    }
    if document.currency != before.currency {
        return Err(Invalid::at("/currency", "cannot change: make another plan").into());
    }
    let effective_at = effective_at.unwrap_or(work.now());
    if effective_at < work.now() {
        return Err(Invalid::at("/effective_at", "must not be in the past: calls keep their prices").into());
    }
    let last = versions(work, id).await?.into_iter().last();
    let after = StoredPlan { name: document.name.clone(), version: version + 1, ..before };
    let record = after.record(work.tenant());
    match storage::plans::update(&mut work.tx, &record).await {
        Ok(true) => {}
        Ok(false) => return Err(PlanError::Changed { current: version + 1 }),
        Err(storage::Error::Taken(_)) => return Err(PlanError::NameTaken(after.name)),
        Err(error) => return Err(error.into()),
    }
    let revised = save_version(work, &after, document, effective_at).await?;
    let json = |version: &PlanVersion| version.document.to_json();
    work.audit("plan.revise", id, last.as_ref().map(json).as_ref(), Some(&json(&revised))).await?;
    Ok((after, revised))
}

async fn save_version(
    work: &mut Work,
    plan: &StoredPlan,
    document: Plan,
    effective_at: Instant,
) -> Result<PlanVersion, PlanError> {
    let version = PlanVersion {
        id: work.id("plv"),
        plan: plan.id.clone(),
        number: plan.version,
        effective_at,
        document,
        created_at: work.now(),
    };
    let record = PlanVersionRecord {
        tenant: work.tenant(),
        id: version.id.clone(),
        plan: version.plan.clone(),
        number: version.number,
        effective_at: effective_at.millis(),
        document: version.document.to_json().to_string(),
        created_at: version.created_at.millis(),
    };
    storage::plans::insert_version(&mut work.tx, &record).await?;
    Ok(version)
}

async fn check(work: &mut Work, document: &Plan) -> Result<(), PlanError> {
    if let Some(deck) = &document.deck {
        let tenant = work.tenant();
        match storage::decks::get(&mut work.tx, tenant, deck).await? {
            None => return Err(Invalid::at("/deck", format!("there is no rate deck with the id {deck}")).into()),
            Some(found) if found.currency != document.currency.code() => {
                let detail =
                    format!("the rate deck {deck} is in {}, the plan in {}", found.currency, document.currency);
                return Err(Invalid::at("/deck", detail).into());
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// The plan.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn get(scope: &mut impl Scope, id: &str) -> Result<StoredPlan, PlanError> {
    let tenant = scope.tenant();
    let record = storage::plans::get(scope.tx(), tenant, id).await?;
    StoredPlan::of(record.ok_or_else(|| PlanError::NotFound(id.to_owned()))?)
}

/// The plan of this name or id.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn find(scope: &mut impl Scope, name_or_id: &str) -> Result<StoredPlan, PlanError> {
    let tenant = scope.tenant();
    match storage::plans::by_name(scope.tx(), tenant, name_or_id).await? {
        Some(record) => StoredPlan::of(record),
        None => get(scope, name_or_id).await,
    }
}

/// A page of plans in the order of their making, those after `after`.
///
/// # Errors
/// The database does not answer.
pub async fn page(scope: &mut impl Scope, after: Option<&str>, limit: i64) -> Result<Vec<StoredPlan>, PlanError> {
    let tenant = scope.tenant();
    let records = storage::plans::page(scope.tx(), tenant, after, limit).await?;
    records.into_iter().map(StoredPlan::of).collect()
}

/// The versions of a plan, the first first.
///
/// # Errors
/// The database does not answer.
pub async fn versions(scope: &mut impl Scope, plan: &str) -> Result<Vec<PlanVersion>, PlanError> {
    let tenant = scope.tenant();
    let records = storage::plans::versions_of(scope.tx(), tenant, plan).await?;
    records.into_iter().map(PlanVersion::of).collect()
}

/// The version that prices a call that starts at the instant: the last one in force by then, else the first one.
#[must_use]
pub fn in_force<T>(versions: &[T], effective_at: impl Fn(&T) -> Instant, at: Instant) -> Option<&T> {
    let begun = versions.iter().filter(|version| effective_at(version) <= at);
    // `max_by_key` takes the last of equals, which is the later version.
    begun.max_by_key(|version| effective_at(version)).or_else(|| versions.first())
}

impl StoredPlan {
    fn of(record: PlanRecord) -> Result<Self, PlanError> {
        let kind: PlanKind = serde_json::from_value(Value::String(record.kind))
            .map_err(|error| Invalid::at("/kind", error.to_string()))?;
        Ok(StoredPlan {
            id: record.id,
            name: record.name,
            kind,
            currency: Currency::parse(&record.currency).map_err(|error| Invalid::at("/currency", error.to_string()))?,
            created_at: Instant::clamped(record.created_at),
            version: record.version,
        })
    }

    fn record(&self, tenant: i64) -> PlanRecord {
        PlanRecord {
            tenant,
            id: self.id.clone(),
            name: self.name.clone(),
            kind: kind_name(self.kind).to_owned(),
            currency: self.currency.code().to_owned(),
            created_at: self.created_at.millis(),
            version: self.version,
        }
    }
}

/// The kind's name.
#[must_use]
pub fn kind_name(kind: PlanKind) -> &'static str {
    match kind {
        PlanKind::Postpaid => "postpaid",
        PlanKind::Prepaid => "prepaid",
        PlanKind::Fixed => "fixed",
    }
}

impl PlanVersion {
    fn of(record: PlanVersionRecord) -> Result<Self, PlanError> {
        Ok(PlanVersion {
            document: Plan::read(record.document.as_bytes())?,
            id: record.id,
            plan: record.plan,
            number: record.number,
            effective_at: Instant::clamped(record.effective_at),
            created_at: Instant::clamped(record.created_at),
        })
    }
}
