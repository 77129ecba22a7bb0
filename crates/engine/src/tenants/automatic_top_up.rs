use domain::invalid::Invalid;
use serde::{Deserialize, Serialize};

/// Whether prepaid customers may have a card charged when their balances are low.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AutomaticTopUp {
    /// Whether they may.
    pub offered: bool,
    /// How often a customer's card is charged within 24 hours at most, tries included.
    pub most_per_day: u16,
}

const MOST_PER_DAY: u16 = 20;

impl Default for AutomaticTopUp {
    fn default() -> Self {
        AutomaticTopUp { offered: false, most_per_day: 3 }
    }
}

impl AutomaticTopUp {
    pub(super) fn check(&self) -> Result<(), Invalid> {
        if self.most_per_day == 0 || self.most_per_day > MOST_PER_DAY {
            return Err(Invalid::at("/automatic_top_up/most_per_day", format!("must be from 1 to {MOST_PER_DAY}")));
        }
        Ok(())
    }
}
