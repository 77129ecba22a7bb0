//! How a tenant stands, counted from the rows at the moment of asking.

use domain::money::{Amount, Currency};
use domain::time::Date;
use storage::overview::WaitingRecord;

use crate::Scope;
use crate::tenants::{self, TenantError};

/// How a tenant stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// The calls that are charged just now.
    pub calls_now: i64,
    /// The tenant's currency, which all amounts are in: accounts in others are not in them.
    pub currency: Currency,
    /// What calls and messages came to on each of the last days in the tenant's zone, the last one being today.
    pub revenue: Vec<(Date, Amount)>,
    /// What waits for somebody.
    pub waiting: Waiting,
}

/// What waits for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Invoices that are not paid, or not wholly.
    pub unpaid: i64,
    /// What is still to be paid of them.
    pub unpaid_total: Amount,
    /// Jobs that were given up.
    pub failed_jobs: i64,
    /// Open lines that are suspended, for whatever reason.
    pub suspended_lines: i64,
    /// Calls without a price.
    pub unrated_calls: i64,
    /// Alerts that nobody has looked at.
    pub open_alerts: i64,
    /// Requests for a top-up that nobody has answered.
    pub top_up_requests: i64,
}

/// How many days of revenue are shown.
const DAYS: usize = 30;

/// How the tenant stands now.
///
/// # Errors
/// A sum is beyond its range, or the database does not answer.
pub async fn of_tenant(scope: &mut impl Scope) -> Result<Overview, TenantError> {
    let tenant = tenants::get(scope).await?;
    let (zone, currency) = (&tenant.settings.time_zone, tenant.settings.currency);
    let mut days = last_days(zone.date(scope.now()));
    days.sort_unstable();
    let begin = |day: Date| zone.start_of_day(day).millis();
    let spans: Vec<(i64, i64)> = days.iter().map(|day| (begin(*day), day.tomorrow().map_or(i64::MAX, begin))).collect();
    let (number, tx) = (tenant.tenant, scope.tx());
    let calls_now = storage::charging::count_all_live(tx, number).await?;
    let sums = storage::overview::revenue(tx, number, currency.code(), &spans).await?;
    let waiting = storage::overview::waiting(tx, number, currency.code()).await?;
    let sum_from = |from: i64| sums.iter().find(|(at, _)| *at == from).map_or(0, |(_, sum)| *sum);
    let revenue = days.iter().zip(&spans).map(|(day, (from, _))| (*day, Amount::from_micros(sum_from(*from))));
    Ok(Overview { calls_now, currency, revenue: revenue.collect(), waiting: Waiting::of(waiting) })
}

/// A day and those before it, the last first.
fn last_days(today: Date) -> Vec<Date> {
    std::iter::successors(Some(today), |day| day.yesterday().ok()).take(DAYS).collect()
}

impl Waiting {
    fn of(record: WaitingRecord) -> Waiting {
        Waiting {
            unpaid: record.unpaid,
            unpaid_total: Amount::from_micros(record.unpaid_total),
            failed_jobs: record.failed_jobs,
            suspended_lines: record.suspended_lines,
            unrated_calls: record.unrated_calls,
            open_alerts: record.open_alerts,
            top_up_requests: record.top_up_requests,
        }
    }
}
