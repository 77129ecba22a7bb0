//! What a line's fee for its running period is, with the plans that it has or might have.

use domain::billing::full_period;
use domain::money::{Amount, Currency};
use domain::paper::Share;
use domain::period::Period;

use super::BillingError;
use super::compose::{Billed, share};
use super::files::{self, Catalogue, LineFile, period_of};
use crate::lines::Line;
use crate::{Scope, tenants};

/// The fee of a line for its running period, without tax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningFee {
    /// What each plan version pays: its name, the part of the period that is its own (none for the whole), and how much.
    pub parts: Vec<(String, Option<Share>, Amount)>,
    /// The sum.
    pub total: Amount,
}

/// The fees of a line for its running period, as it is and as it might be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningFees {
    /// The running period.
    pub period: Period,
    /// The customer's currency.
    pub currency: Currency,
    /// The fee, if the plans stay as they are.
    pub before: RunningFee,
    /// The fee with the other plans: each pays for its part.
    pub after: RunningFee,
}

/// The running period of a line, its fee with the plans that the line has, and its fee with those of the line as it might be.
///
/// # Errors
/// The line has no running period, or the database does not answer.
pub(crate) async fn running_fees(
    scope: &mut impl Scope,
    line: &Line,
    changed: &Line,
) -> Result<RunningFees, BillingError> {
    let none = || BillingError::Unreadable("period".to_owned());
    let (tenant, now) = (tenants::get(scope).await?, scope.now());
    let settings = &tenant.settings;
    let mut files = files::load(scope, &tenant, &[&line.customer]).await?;
    let file = files.first_mut().ok_or_else(none)?;
    file.begin_periods(settings, now)?;
    let catalogue = Catalogue::load(scope, &tenant).await?;
    let row = file.periods.iter().find(|row| row.line == line.id).ok_or_else(none)?;
    let period = period_of(row)?;
    let full = full_period(period, file.billing_day(settings, &row.line))?;
    let known = file.line(&line.id).ok_or_else(none)?.covered(now);
    let fee = |line: &Line| {
        let plans = line.plans.iter().map(|each| (each.from, each.plan.clone())).collect();
        let line = LineFile { plans, ..known.clone() };
        let mut subscriptions = line.subscriptions(&catalogue);
        subscriptions.retain(|subscription| !subscription.monthly_fee.is_zero());
        let span = Billed { period, full, line: Some(&line) };
        let fees = span.fees(settings, file.customer.currency, &subscriptions)?;
        let total = fees.iter().try_fold(Amount::ZERO, |total, fee| total.plus(fee.amount))?;
        let parts = fees.into_iter().map(|fee| {
            let share = share(&fee, settings.billing.proration);
            (fee.name, share, fee.amount)
        });
        Ok::<_, BillingError>(RunningFee { parts: parts.collect(), total })
    };
    Ok(RunningFees { period, currency: file.customer.currency, before: fee(line)?, after: fee(changed)? })
}
