use std::collections::BTreeMap;

use domain::earnings::PayoutPeriod;
use domain::invalid::Invalid;
use domain::money::{Amount, Currency};
use serde::{Deserialize, Serialize};

const LONGEST_HOLD: u16 = 365;

/// When and how much agents are paid of what they earn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Earnings {
    /// How many local days after the charge its part can be paid out, 0 to 365.
    pub hold_days: u16,
    /// The least payout, by currency; none, where a currency has none.
    pub minimum: BTreeMap<Currency, Amount>,
    /// How often payouts are made by themselves.
    pub period: PayoutPeriod,
}

impl Default for Earnings {
    fn default() -> Self {
        Earnings { hold_days: 14, minimum: BTreeMap::new(), period: PayoutPeriod::Monthly }
    }
}

impl Earnings {
    pub(super) fn check(&self) -> Result<(), Invalid> {
        if self.hold_days > LONGEST_HOLD {
            let detail = format!("must be 0 to {LONGEST_HOLD}, not {}", self.hold_days);
            return Err(Invalid::at("/earnings/hold_days", detail));
        }
        match self.minimum.iter().find(|(_, minimum)| minimum.is_negative()) {
            Some((currency, _)) => Err(Invalid::at(format!("/earnings/minimum/{currency}"), "must not be below zero")),
            None => Ok(()),
        }
    }
}
