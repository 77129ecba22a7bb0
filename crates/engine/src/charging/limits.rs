//! The limits of a call beside its money: judged by the payer's calls of late, which are locked with its account.

use domain::limits::{LimitReached, Limits};
use domain::money::{Amount, Currency, Overflow};
use domain::rating::{PriceSource, Terms};
use domain::time::Instant;

use super::purse::{Payer, Purses};
use crate::calls::directory::{CallNumber, HeldLine, Payee};
use crate::tenants::{Fraud, Settings};

/// What a call is judged by, beside what its payer has called of late.
#[derive(Debug, Clone)]
pub(super) struct Guards {
    pub(super) limits: Limits,
    /// The high-cost prefix that is called.
    high_cost: Option<String>,
    /// Why calls to its destination are off.
    off: Option<LimitReached>,
    tenant_calls_at_once: Option<u32>,
}

impl Guards {
    /// Those of a call from a line, which is not to an emergency or service number.
    pub(super) fn of(
        settings: &Settings,
        (line, payee): (&HeldLine, &Payee),
        to: &CallNumber,
        (terms, now): (&Terms<'_>, Instant),
    ) -> Result<Guards, Overflow> {
        let fraud = &settings.fraud;
        let mut limits = fraud.limits(payee.currency, line.calls_at_once)?;
        limits.caps.spend_per_day = payee.spend_per_day.or(limits.caps.spend_per_day);
        let (high_cost, off) = match terms.source() {
            // Who is called is not told by the number.
            PriceSource::Agent | PriceSource::Free | PriceSource::Route => (None, None),
            PriceSource::Deck { .. } | PriceSource::Plan => {
                let destinations = fraud.destinations(settings.dial_plan.country());
                let off = if to.text.starts_with('+') { destinations.admit(&to.digits).err() } else { None };
                (high_cost(fraud, payee.currency, terms, now)?, off)
            }
        };
        Ok(Guards { limits, high_cost, off, tenant_calls_at_once: fraud.tenant_calls_at_once })
    }

    /// Whether the call may begin now, while the tenant has so many.
    pub(super) fn admit(
        &self,
        purses: &Purses,
        payer: &Payer<'_>,
        live_calls: i64,
        now: Instant,
    ) -> Result<(), LimitReached> {
        if let Some(off) = &self.off {
            return Err(off.clone());
        }
        if let Some(limit) = self.tenant_calls_at_once.filter(|limit| live_calls >= i64::from(*limit)) {
            return Err(LimitReached::TenantCallsAtOnce { limit });
        }
        let traffic = purses.traffic(payer);
        traffic.map_or(Ok(()), |traffic| traffic.admit(payer.line, self.high_cost.as_deref(), &self.limits, now))
    }

    /// Counts the call, which begins now.
    pub(super) fn begun(&self, purses: &mut Purses, payer: &Payer<'_>, now: Instant) {
        purses.count(payer).begun(payer.line, self.high_cost.as_deref(), now);
    }
}

/// The deck's prefix that is called, if a minute of it, or its connect fee, costs as much as is called high.
fn high_cost(fraud: &Fraud, currency: Currency, terms: &Terms<'_>, now: Instant) -> Result<Option<String>, Overflow> {
    let PriceSource::Deck { prefix } = terms.source() else { return Ok(None) };
    let Some(high) = fraud.high_cost_in(currency)? else { return Ok(None) };
    let price = terms.price_at(now);
    let is_high = price.is_some_and(|price| {
        let minute = |price: Amount, per_seconds: i64| i128::from(price.micros()) * 60 / i128::from(per_seconds.max(1));
        let dearest = price.steps.iter().map(|step| minute(step.price, step.per_seconds)).max().unwrap_or(0);
        dearest.max(price.connect_fee.micros().into()) >= i128::from(high.micros())
    });
    Ok(is_high.then(|| prefix.to_string()))
}
