//! Maintenance: no call begins any more, those that run are ended some minutes later, and then Tollgate can be stopped without
//! cutting anybody off.

use domain::invalid::Invalid;
use domain::time::Instant;
use serde::Serialize;
use storage::maintenance::MaintenanceRecord;

use crate::{Change, ChangeKind, Scope, Work};

/// The most minutes that calls may go on after a maintenance has begun.
pub const MOST_MINUTES: u32 = 60;

/// A maintenance that has begun, and not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Maintenance {
    /// Since when no call begins.
    pub begun_at: Instant,
    /// When the calls that run are ended.
    pub calls_end_at: Instant,
}

/// Why a maintenance does not begin or end.
#[derive(Debug, thiserror::Error)]
pub enum MaintenanceError {
    /// The minutes make no sense.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(MaintenanceError);

/// The tenant's maintenance; `None` where calls begin as usual.
///
/// # Errors
/// The database does not answer.
pub async fn get(scope: &mut impl Scope) -> Result<Option<Maintenance>, storage::Error> {
    let tenant = scope.tenant();
    Ok(storage::maintenance::get(scope.tx(), tenant).await?.map(Maintenance::of))
}

/// Lets no call begin from now on, and has those that run ended in so many minutes. Once more it sets their end anew.
///
/// # Errors
/// There are more than [`MOST_MINUTES`].
pub async fn begin(work: &mut Work, minutes: u32) -> Result<Maintenance, MaintenanceError> {
    if minutes > MOST_MINUTES {
        return Err(Invalid::at("/minutes", format!("must be 0 to {MOST_MINUTES}, not {minutes}")).into());
    }
    let before = get(work).await?;
    let (tenant, now) = (work.tenant(), work.now());
    let after = Maintenance {
        begun_at: before.map_or(now, |before| before.begun_at),
        calls_end_at: Instant::clamped(now.millis() + i64::from(minutes) * 60_000),
    };
    storage::maintenance::begin(&mut work.tx, tenant, &after.record()).await?;
    work.audit("maintenance.begin", "tenant", before.as_ref(), Some(&after)).await?;
    has_changed(work);
    Ok(after)
}

/// Lets calls begin again. Where there is no maintenance, nothing changes.
///
/// # Errors
/// The database does not do it.
pub async fn end(work: &mut Work) -> Result<(), MaintenanceError> {
    let before = get(work).await?;
    let tenant = work.tenant();
    if storage::maintenance::end(&mut work.tx, tenant).await? {
        work.audit("maintenance.end", "tenant", before.as_ref(), None).await?;
        has_changed(work);
    }
    Ok(())
}

fn has_changed(work: &mut Work) {
    let tenant = work.tenant();
    work.tells(Change { tenant, kind: ChangeKind::Maintenance, id: tenant.to_string(), customer: None, agent: None });
}

impl Maintenance {
    fn of(record: MaintenanceRecord) -> Maintenance {
        Maintenance { begun_at: Instant::clamped(record.begun_at), calls_end_at: Instant::clamped(record.calls_end_at) }
    }

    fn record(self) -> MaintenanceRecord {
        MaintenanceRecord { begun_at: self.begun_at.millis(), calls_end_at: self.calls_end_at.millis() }
    }
}
