//! Customers that the last bill run could not bill.

use domain::period::Period;
use domain::time::Instant;

use super::BillingError;
use super::files::period_of;
use crate::{Scope, tenants};

/// A period that has ended and could not be billed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unbilled {
    /// Whose it is.
    pub customer: String,
    /// Of which line; `None` for what the customer has beside its lines.
    pub line: Option<String>,
    /// The period.
    pub period: Period,
    /// Why.
    pub reason: String,
    /// When a run tries again.
    pub retry_at: Option<Instant>,
}

/// The periods that could not be billed, by customer: a thousand at most.
///
/// # Errors
/// The database does not answer.
pub async fn failures(scope: &mut impl Scope) -> Result<Vec<Unbilled>, BillingError> {
    let tenant = scope.tenant();
    let records = storage::billing::failures(scope.tx(), tenant).await?;
    let settings = tenants::get(scope).await?.settings;
    // A line from before there were periods has none yet where the run failed: it is the one of its opening.
    let first = |row: &storage::billing::BillingRecord| {
        let opened_on = settings.time_zone.date(Instant::clamped(row.starts_at));
        Period::starting(opened_on, settings.billing.billing_day)
    };
    let unbilled = |row: storage::billing::BillingRecord| {
        Ok(Unbilled {
            period: if row.from_day.is_empty() { first(&row)? } else { period_of(&row)? },
            line: Some(row.line).filter(|line| *line != row.customer),
            customer: row.customer,
            reason: row.failure.unwrap_or_default(),
            retry_at: row.retry_at.map(Instant::clamped),
        })
    };
    records.into_iter().map(unbilled).collect()
}
