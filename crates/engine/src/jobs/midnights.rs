use std::collections::HashMap;
use std::time::Duration;

use domain::roster::TimeOfDay;
use domain::time::{Date, Instant};
use tokio::time::Instant as MachineInstant;

use super::attempt::later;
use super::{NewJob, actor, enqueue};
use crate::tenants::{self, Tenant, TenantError};
use crate::{Engine, StorageError};

/// After so long the tenants are read again: there may be new ones, or one may have moved to another zone.
const KNOWN_FOR: Duration = Duration::from_secs(60);
/// The least time to the next look, in milliseconds: where clocks are put back over midnight, the first of two midnights is past.
const LEAST_SLEEP: i64 = 1000;

/// The jobs that each of the tenants' local midnights causes.
#[derive(Debug, Default)]
pub(super) struct Midnights {
    /// With the time of the day at which they are to be done; at midnight, where there is none.
    kinds: Vec<(&'static str, Option<TimeOfDay>)>,
    /// The date whose jobs were written, by tenant.
    written: HashMap<i64, Date>,
    /// When to look again, and until when that holds.
    next: Option<(Instant, MachineInstant)>,
}

impl Midnights {
    pub(super) fn add(&mut self, kind: &'static str, at: Option<TimeOfDay>) {
        self.kinds.push((kind, at));
    }

    /// Has the tenants read again at the next look.
    pub(super) fn forget(&mut self) {
        self.next = None;
    }

    /// Writes the jobs of the local date for each tenant, unless they are there. Of several midnights that were missed the last
    /// counts: what a job does it does for all the days before, too. Answers when the next midnight is.
    pub(super) async fn pass(&mut self, engine: &Engine) -> Result<Option<Instant>, TenantError> {
        if self.kinds.is_empty() {
            return Ok(None);
        }
        let now = engine.clock().now();
        if let Some((next, until)) = self.next
            && now < next
            && MachineInstant::now() < until
        {
            return Ok(Some(next));
        }
        let mut next = later(now, 24 * 3_600_000);
        for tenant in tenants::all(engine).await? {
            let zone = &tenant.settings.time_zone;
            let date = zone.date(now);
            if self.written.get(&tenant.tenant).is_none_or(|written| *written < date) {
                self.write(engine, &tenant, date).await?;
                self.written.insert(tenant.tenant, date);
            }
            if let Ok(tomorrow) = date.tomorrow() {
                next = next.min(zone.start_of_day(tomorrow));
            }
        }
        let next = next.max(later(now, LEAST_SLEEP));
        self.next = Some((next, MachineInstant::now() + KNOWN_FOR));
        Ok(Some(next))
    }

    async fn write(&self, engine: &Engine, tenant: &Tenant, date: Date) -> Result<(), StorageError> {
        let zone = &tenant.settings.time_zone;
        let job = |(kind, at): &(&'static str, Option<TimeOfDay>)| NewJob {
            kind,
            key: format!("{kind}/{date}"),
            payload: serde_json::json!({ "date": date }).to_string(),
            run_at: at.map_or_else(|| zone.start_of_day(date), |at| at.on(date, zone)),
        };
        let jobs: Vec<NewJob> = self.kinds.iter().map(job).collect();
        storage::retry(async || {
            let mut work = engine.begin(&actor(tenant.tenant)).await?;
            enqueue(&mut work, &jobs).await?;
            work.commit().await
        })
        .await
    }
}
