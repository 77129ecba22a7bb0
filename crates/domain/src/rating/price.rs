use super::Terms;
use super::course::rate_at_answer;
use crate::money::Amount;
use crate::plan::PeriodPrice;
use crate::rate::Step;
use crate::time::Instant;

/// What a call costs that is answered at an instant, until a discount period begins or ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceAt {
    /// Charged once.
    pub connect_fee: Amount,
    /// The steps: at least one, the first from second 0, ascending.
    pub steps: Vec<Step>,
}

impl Terms<'_> {
    /// The price of a call that is answered at this instant; none, where nothing is charged: for an emergency or service number, and
    /// where the plan's fee covers the call.
    #[must_use]
    pub fn price_at(&self, answered_at: Instant) -> Option<PriceAt> {
        let rate = rate_at_answer(self.charging_rate()?, self.schedule, answered_at);
        let own_price = match self.schedule.and_then(|schedule| schedule.at(answered_at).period) {
            Some((_, PeriodPrice::PerMinute(price))) => Some(*price),
            Some((_, PeriodPrice::Rate(_))) | None => None,
        };
        let step = |step: &Step| own_price.map_or(*step, |price| Step { price, per_seconds: 60, ..*step });
        Some(PriceAt { connect_fee: rate.connect_fee(), steps: rate.steps().iter().map(step).collect() })
    }
}
