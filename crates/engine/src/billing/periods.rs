//! Running periods: from when to when a line's next invoice goes.

use domain::period::{BillingDay, Period};
use domain::time::Instant;

use crate::tenants::{InvoicePer, Settings};

/// The billing day of a line: its opening day where the tenant wants that, else the customer's, else the tenant's.
#[must_use]
pub fn billing_day(settings: &Settings, of_customer: Option<BillingDay>, opened_at: Instant) -> BillingDay {
    let billing = &settings.billing;
    if billing.invoice_per == InvoicePer::Line && billing.from_opening_day {
        return BillingDay::anniversary_of(settings.time_zone.date(opened_at));
    }
    of_customer.unwrap_or(billing.billing_day)
}
