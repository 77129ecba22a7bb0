//! Reminders of invoices that are to be paid: before they are due and after, each once.

use domain::billing::Reminders;
use domain::time::{Date, Instant};
use storage::documents::StandingRecord;

use super::BillingError;
use super::deliver;
use crate::jobs;
use crate::tenants::{self, Settings, Tenant};
use crate::{Actor, Engine, Scope, Work};

/// How many invoices one transaction looks at.
const PAGE: i64 = 200;

fn schedule(settings: &Settings) -> Reminders<'_> {
    Reminders { before_days: settings.billing.remind_before_days, after_days: &settings.billing.remind_after_days }
}

/// When a customer is first reminded of an invoice that is due on this date.
pub(super) fn first_reminder(tenant: &Tenant, due_on: Date, now: Instant) -> Option<i64> {
    let zone = &tenant.settings.time_zone;
    let next = schedule(&tenant.settings).next(due_on, zone.date(now))?;
    Some(zone.start_of_day(next.on).millis())
}

/// Enqueues the reminders that are due: of several that were missed, the last alone. Answers how many.
///
/// # Errors
/// The database does not do it.
pub async fn remind(engine: &Engine, actor: &Actor) -> Result<u64, BillingError> {
    let mut reminded = 0;
    loop {
        let page = engine.run(actor, |work| Box::pin(remind_page(work))).await?;
        match page {
            Some(count) => reminded += count,
            None => return Ok(reminded),
        }
    }
}

async fn remind_page(work: &mut Work) -> Result<Option<u64>, BillingError> {
    let tenant = tenants::get(work).await?;
    let now = work.now();
    let due = storage::documents::to_remind(&mut work.tx, tenant.tenant, now.millis(), PAGE).await?;
    if due.is_empty() {
        return Ok(None);
    }
    let mut jobs = Vec::new();
    for (id, _) in due {
        let Some(document) = storage::documents::lock(&mut work.tx, tenant.tenant, &id).await? else { continue };
        let zone = &tenant.settings.time_zone;
        let (today, due_on) = (zone.date(now), document.due_at.map(|at| zone.date(Instant::clamped(at))));
        let open = matches!(document.state.as_str(), "issued" | "part_paid");
        let latest = due_on.filter(|_| open).and_then(|due_on| schedule(&tenant.settings).latest(due_on, today));
        if let Some(reminder) = latest {
            jobs.push(deliver::reminder_job(&id, reminder.days, now));
        }
        let next = due_on.filter(|_| open).and_then(|due_on| schedule(&tenant.settings).next(due_on, today));
        let remind_at = next.map(|next| zone.start_of_day(next.on).millis());
        let standing = StandingRecord { id, state: document.state, settled: document.settled, remind_at };
        storage::documents::stand(&mut work.tx, tenant.tenant, &[standing]).await?;
    }
    jobs::enqueue(work, &jobs).await?;
    Ok(Some(u64::try_from(jobs.len()).unwrap_or(0)))
}
