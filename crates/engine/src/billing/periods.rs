//! Running periods: from when to when a line's next invoice goes.

use domain::invalid::Invalid;
use domain::period::{BillingDay, Period};
use domain::time::Instant;

use super::BillingError;
use super::files::record_of;
use super::prepaid::settle_fees;
use super::run::run_customer;
use crate::customers::{self, Mode};
use crate::lines::Line;
use crate::tenants::{self, InvoicePer, Settings};
use crate::{Scope, Work, accounts};

/// The billing day of a line: its opening day where the tenant wants that, else the customer's, else the tenant's.
#[must_use]
pub fn billing_day(settings: &Settings, of_customer: Option<BillingDay>, opened_at: Instant) -> BillingDay {
    let billing = &settings.billing;
    if billing.invoice_per == InvoicePer::Line && billing.from_opening_day {
        return BillingDay::anniversary_of(settings.time_zone.date(opened_at));
    }
    of_customer.unwrap_or(billing.billing_day)
}

/// Begins the first period of a line that was opened, and takes a prepaid line's first fee.
pub(crate) async fn begin(work: &mut Work, line: &Line) -> Result<(), BillingError> {
    let settings = tenants::get(work).await?.settings;
    let customer = customers::get(work, &line.customer).await?;
    let zone = &settings.time_zone;
    let opened_on = zone.date(line.opened_at);
    let tenant = work.tenant();
    // Statements are for all lines, and so are invoices for the whole customer: none is issued twice for a time.
    if settings.billing.invoice_per == InvoicePer::Customer || customer.mode == Mode::Prepaid {
        let billed_until = storage::documents::billed_until(&mut work.tx, tenant, &customer.id).await?;
        if let Some(until) = billed_until.filter(|until| line.opened_at.millis() < *until) {
            let until = Instant::clamped(until);
            let detail = format!("must not be before {until}: up to there the customer is billed");
            return Err(Invalid::at("/opened_at", detail).into());
        }
    }
    let day = billing_day(&settings, customer.details.billing_day, line.opened_at);
    let period = Period::starting(opened_on, day)?;
    let row = record_of(&line.id, &customer.id, period, zone.start_of_day(opened_on), zone);
    storage::billing::save(&mut work.tx, tenant, &[row]).await?;
    settle_fees(work, &customer.id).await
}

/// Ends the running period of a line that was closed: now, if it was the customer's last; else with the customer's next invoice. A
/// prepaid customer gets back what is paid for the days to come.
pub(crate) async fn end(work: &mut Work, line: &Line) -> Result<(), BillingError> {
    let customer = customers::get(work, &line.customer).await?;
    if customer.mode == Mode::Prepaid {
        return settle_fees(work, &customer.id).await;
    }
    accounts::lock(work, &customer.id, customer.currency).await?;
    let (tenant, now) = (work.tenant(), work.now().millis());
    let lines = storage::lines::of_customer(&mut work.tx, tenant, &customer.id).await?;
    if lines.iter().any(|line| line.closed_at.is_none()) {
        return Ok(());
    }
    run_customer(work, &customer.id).await?;
    let mut rows = storage::billing::of_customers(&mut work.tx, tenant, &[&customer.id]).await?;
    for row in &mut rows {
        row.ends_at = now;
    }
    storage::billing::save(&mut work.tx, tenant, &rows).await?;
    run_customer(work, &customer.id).await?;
    Ok(())
}
