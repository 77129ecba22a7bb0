use std::collections::BTreeMap;

use domain::invalid::Invalid;
use domain::limits::{self, Destinations, Limits, RISKY_PREFIXES};
use domain::money::{Amount, Currency, Overflow};
use serde::{Deserialize, Serialize};

use crate::fields;

/// An amount for each currency; of one that is not named the amount that Tollgate ships, and of one that is `null` none.
pub type Amounts = BTreeMap<Currency, Option<Amount>>;

/// What keeps fraud, and lines that run wild, small. Emergency and service numbers are outside of all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Fraud {
    /// How many calls a line may have at once that has no number of its own, 1 to 10,000.
    pub calls_at_once: u32,
    /// How many calls there may be at once in all, 1 to 1,000,000; any number, if `null`.
    pub tenant_calls_at_once: Option<u32>,
    /// How many calls a line may begin in a minute for each that it may have at once, 1 to 1,000.
    pub set_ups_per_minute: u32,
    /// What a customer may spend on calls in a day of the tenant's zone; 50,000 minor units, such as 500.00 USD.
    pub spend_per_day: Amounts,
    /// What one call may cost; 25,000 minor units, such as 250.00 USD. It ends before it costs more.
    pub cost_per_call: Amounts,
    /// From which price a minute on (or connect fee) a deck's prefix is of high cost; 50 minor units, such as 0.50 USD.
    pub high_cost_per_minute: Amounts,
    /// How many calls a customer may begin to one high-cost prefix in ten minutes, 1 to 1,000.
    pub high_cost_calls: u32,
    /// Prefixes of international numbers, as digits without the plus, to which calls are off; but not to the tenant's own country,
    /// unless a longer prefix says so.
    pub risky_prefixes: Vec<String>,
    /// Those to which calls are on all the same. The longest prefix decides.
    pub enabled_prefixes: Vec<String>,
    /// Whether a customer that would spend more than it may in a day has its lines suspended, until somebody has looked at it.
    pub suspend_at_spend_per_day: bool,
    /// Where alerts are mailed; to the tenant's owners, if nowhere.
    pub alert_to: Vec<String>,
}

const MOST_PREFIXES: usize = 1000;
const MOST_ADDRESSES: usize = 20;

impl Default for Fraud {
    fn default() -> Self {
        Fraud {
            calls_at_once: 2,
            tenant_calls_at_once: Some(200),
            set_ups_per_minute: 10,
            spend_per_day: Amounts::new(),
            cost_per_call: Amounts::new(),
            high_cost_per_minute: Amounts::new(),
            high_cost_calls: 10,
            risky_prefixes: RISKY_PREFIXES.iter().map(|prefix| (*prefix).to_owned()).collect(),
            enabled_prefixes: Vec::new(),
            suspend_at_spend_per_day: true,
            alert_to: Vec::new(),
        }
    }
}

impl Fraud {
    pub(super) fn checked(mut self) -> Result<Fraud, Invalid> {
        for (name, number, range) in [
            ("calls_at_once", Some(self.calls_at_once), 1..=10_000),
            ("tenant_calls_at_once", self.tenant_calls_at_once, 1..=1_000_000),
            ("set_ups_per_minute", Some(self.set_ups_per_minute), 1..=1000),
            ("high_cost_calls", Some(self.high_cost_calls), 1..=1000),
        ] {
            if let Some(number) = number.filter(|number| !range.contains(number)) {
                let detail = format!("must be {} to {}, not {number}", range.start(), range.end());
                return Err(Invalid::at(format!("/fraud/{name}"), detail));
            }
        }
        for (name, caps) in [
            ("spend_per_day", &self.spend_per_day),
            ("cost_per_call", &self.cost_per_call),
            ("high_cost_per_minute", &self.high_cost_per_minute),
        ] {
            for (currency, cap) in caps {
                if cap.is_some_and(Amount::is_negative) {
                    let pointer = format!("/fraud/{name}/{currency}");
                    return Err(Invalid::at(pointer, "must not be below zero; null for no limit"));
                }
            }
        }
        for (name, prefixes) in [("risky_prefixes", &self.risky_prefixes), ("enabled_prefixes", &self.enabled_prefixes)]
        {
            check_prefixes(name, prefixes)?;
        }
        if self.alert_to.len() > MOST_ADDRESSES {
            return Err(Invalid::at("/fraud/alert_to", format!("must be {MOST_ADDRESSES} addresses at most")));
        }
        for (position, address) in self.alert_to.iter_mut().enumerate() {
            let pointer = format!("/fraud/alert_to/{position}");
            *address = fields::email(&pointer, Some(std::mem::take(address)))?
                .ok_or_else(|| Invalid::at(pointer, "must not be empty"))?;
        }
        Ok(self)
    }

    /// The limits of a line's calls and of its customer's, where these have none of their own.
    pub(crate) fn limits(&self, currency: Currency, calls_at_once: Option<u32>) -> Result<Limits, Overflow> {
        let calls_at_once = calls_at_once.unwrap_or(self.calls_at_once);
        Ok(Limits {
            calls_at_once,
            set_ups_per_minute: calls_at_once.saturating_mul(self.set_ups_per_minute),
            high_cost_calls: self.high_cost_calls,
            caps: limits::Caps {
                spend_per_day: cap(&self.spend_per_day, currency, 50_000)?,
                cost_per_call: cap(&self.cost_per_call, currency, 25_000)?,
            },
        })
    }

    /// From which price a minute on a prefix is of high cost.
    pub(crate) fn high_cost_in(&self, currency: Currency) -> Result<Option<Amount>, Overflow> {
        cap(&self.high_cost_per_minute, currency, 50)
    }

    /// Where calls may go from this country.
    pub(crate) fn destinations<'a>(&'a self, home: &'a str) -> Destinations<'a> {
        Destinations { risky: &self.risky_prefixes, enabled: &self.enabled_prefixes, home }
    }
}

/// The amount for a currency, else the one that is shipped, in minor units.
fn cap(caps: &Amounts, currency: Currency, shipped: i64) -> Result<Option<Amount>, Overflow> {
    match caps.get(&currency) {
        Some(cap) => Ok(*cap),
        None => currency.minor_unit().micros().checked_mul(shipped).map(Amount::from_micros).map(Some).ok_or(Overflow),
    }
}

fn check_prefixes(name: &str, prefixes: &[String]) -> Result<(), Invalid> {
    if prefixes.len() > MOST_PREFIXES {
        return Err(Invalid::at(format!("/fraud/{name}"), format!("must be {MOST_PREFIXES} prefixes at most")));
    }
    let is_prefix = |prefix: &String| {
        (1..=15).contains(&prefix.len()) && prefix.bytes().all(|byte| byte.is_ascii_digit()) && !prefix.starts_with('0')
    };
    match prefixes.iter().position(|prefix| !is_prefix(prefix)) {
        Some(position) => {
            let detail = "must be the first 1 to 15 digits of an international number, without the plus";
            Err(Invalid::at(format!("/fraud/{name}/{position}"), detail))
        }
        None => Ok(()),
    }
}
