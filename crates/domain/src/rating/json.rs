use serde_json::{Value, json};

use super::{Charge, PriceSource, Segment};
use crate::allowance::UsedGrant;
use crate::money::{Amount, Currency, Rounding, RoundingMode};

impl Charge {
    /// The charge as JSON: the explanation that is stored with a call and shown. The sum is exact to 6 decimals; only `total` is
    /// binding.
    #[must_use]
    pub fn to_json(&self, currency: Currency) -> Value {
        let text = |amount: Amount| amount.to_text(currency);
        let millionths = Rounding { decimals: 6, mode: RoundingMode::HalfUp };
        json!({
            "source": self.source.to_json(),
            "covered": self.covered,
            "connect_fee": text(self.connect_fee),
            "segments": self.segments.iter().map(|segment| segment.to_json(currency)).collect::<Vec<_>>(),
            "billed_seconds": self.billed_seconds,
            "allowance_seconds": self.allowance_seconds,
            "included_seconds": self.included_seconds,
            "allowances": self.allowances_used.iter().map(UsedGrant::to_json).collect::<Vec<_>>(),
            "sum": self.sum.rounded(millionths).ok().map(text),
            "rounding": {"decimals": self.rounding.decimals, "mode": self.rounding.mode},
            "minimum_applied": self.minimum_applied,
            "maximum_applied": self.maximum_applied,
            "total": text(self.total),
        })
    }
}

impl PriceSource {
    /// The source as JSON: its `kind`, and the `prefix` of a deck's entry.
    #[must_use]
    pub fn to_json(self) -> Value {
        match self {
            PriceSource::Free => json!({"kind": "free"}),
            PriceSource::Agent => json!({"kind": "agent"}),
            PriceSource::Deck { prefix } => json!({"kind": "deck", "prefix": prefix.to_string()}),
            PriceSource::Plan => json!({"kind": "plan"}),
            PriceSource::Route => json!({"kind": "route"}),
        }
    }
}

impl Segment {
    fn to_json(self, currency: Currency) -> Value {
        json!({
            "starts_at": self.starts_at.to_string(),
            "seconds": self.seconds,
            "increments": self.increments,
            "increment_seconds": self.increment_seconds,
            "price": self.price.to_text(currency),
            "per_seconds": self.per_seconds,
            "amount": self.amount.to_text(currency),
            "discount_period": self.period,
            "step": self.step,
        })
    }
}

impl UsedGrant {
    /// The grant's id and the seconds as JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({"id": self.id, "seconds": self.seconds})
    }
}
