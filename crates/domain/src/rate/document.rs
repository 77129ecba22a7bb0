use serde::Deserialize;
use serde_json::{Value, json};

use super::{LARGEST_COMMON_MULTIPLE, MOST_STEPS, OnMaximum, Rate, Step, gcd};
use crate::document::{Price, Whole};
use crate::invalid::{self, Invalid};
use crate::money::{Amount, Currency, Rounding, RoundingMode};

/// A length in seconds, up to a day.
type Length = Whole<1, { super::LONGEST_INCREMENT_SECONDS }>;
/// A second of a call, up to 30 days.
type Second = Whole<0, 2_592_000>;

/// A rate as JSON has it, in the long form (`steps`) or the short one (`price_per_minute`), not yet checked as a whole.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateDocument {
    price_per_minute: Option<Price>,
    increment_seconds: Option<Length>,
    steps: Option<Vec<StepDocument>>,
    connect_fee: Option<Price>,
    free_below_seconds: Option<Second>,
    minimum_charge: Option<Price>,
    maximum_charge: Option<Price>,
    on_maximum: Option<OnMaximum>,
    rounding: Option<RoundingDocument>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct StepDocument {
    from_seconds: Second,
    price: Price,
    per_seconds: Length,
    increment_seconds: Length,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RoundingDocument {
    decimals: Whole<0, 6>,
    mode: RoundingMode,
}

impl RateDocument {
    /// The rate that the document describes.
    ///
    /// # Errors
    /// Both forms or neither; steps that don't begin at 0 or don't ascend, or are too many; lengths without a usable common
    /// multiple. Pointers are relative to the rate.
    pub fn check(self) -> Result<Rate, Invalid> {
        let steps = match (self.price_per_minute, self.steps) {
            (Some(_), Some(_)) => return Err(Invalid::at("/steps", "a rate has steps or price_per_minute, not both")),
            (None, None) => return Err(Invalid::at("", "a rate needs steps or price_per_minute")),
            (Some(price), None) => {
                vec![Step::per_minute(price.0, self.increment_seconds.map_or(60, |length| length.0))]
            }
            (None, Some(_)) if self.increment_seconds.is_some() => {
                let detail = "increment_seconds stands beside price_per_minute only; with steps each step has its own";
                return Err(Invalid::at("/increment_seconds", detail));
            }
            (None, Some(steps)) => checked(steps)?,
        };
        let rounding = self.rounding.map_or_else(Rounding::default, |rounding| Rounding {
            decimals: u8::try_from(rounding.decimals.0).unwrap_or(6),
            mode: rounding.mode,
        });
        Ok(Rate {
            connect_fee: self.connect_fee.map_or(Amount::ZERO, |fee| fee.0),
            steps,
            free_below_seconds: self.free_below_seconds.map_or(0, |second| second.0),
            minimum_charge: self.minimum_charge.map(|charge| charge.0),
            maximum_charge: self.maximum_charge.map(|charge| charge.0),
            on_maximum: self.on_maximum.unwrap_or_default(),
            rounding,
        })
    }
}

fn checked(steps: Vec<StepDocument>) -> Result<Vec<Step>, Invalid> {
    let steps: Vec<Step> = steps.into_iter().map(Step::from).collect();
    match steps.first() {
        None => return Err(Invalid::at("/steps", "a rate has at least one step")),
        Some(first) if first.from_seconds != 0 => {
            return Err(Invalid::at("/steps/0/from_seconds", "the first step begins at second 0"));
        }
        Some(_) if steps.len() > MOST_STEPS => {
            let detail = format!("a rate has at most {MOST_STEPS} steps, not {}", steps.len());
            return Err(Invalid::at("/steps", detail));
        }
        Some(_) => {}
    }
    let mut common = 1;
    for (position, step) in steps.iter().enumerate() {
        if position > 0 && step.from_seconds <= steps[position - 1].from_seconds {
            let detail = "steps ascend: each begins after the one before";
            return Err(Invalid::at(format!("/steps/{position}/from_seconds"), detail));
        }
        common = common / gcd(common, step.per_seconds) * step.per_seconds;
        if common > LARGEST_COMMON_MULTIPLE {
            let detail = format!(
                "the per_seconds of a rate's steps need a common multiple of at most {LARGEST_COMMON_MULTIPLE}: use \
                 lengths such as 1, 30, 60"
            );
            return Err(Invalid::at(format!("/steps/{position}/per_seconds"), detail));
        }
    }
    Ok(steps)
}

impl From<StepDocument> for Step {
    fn from(step: StepDocument) -> Self {
        Step {
            from_seconds: step.from_seconds.0,
            price: step.price.0,
            per_seconds: step.per_seconds.0,
            increment_seconds: step.increment_seconds.0,
        }
    }
}

impl Step {
    /// The only step of a rate in the short form.
    fn per_minute(price: Amount, increment_seconds: i64) -> Self {
        Step { from_seconds: 0, price, per_seconds: 60, increment_seconds }
    }
}

impl Rate {
    /// Reads a rate from JSON, in the long or the short form.
    ///
    /// # Errors
    /// See [`invalid::parse`] and [`RateDocument::check`].
    pub fn read(text: &[u8]) -> Result<Rate, Invalid> {
        invalid::parse::<RateDocument>(text)?.check()
    }

    /// The rate as JSON: every field, in the short form where it has one step with a price for a minute. [`Rate::read`] reads it
    /// back to an equal rate.
    #[must_use]
    pub fn to_json(&self, currency: Currency) -> Value {
        let text = |amount: Amount| amount.to_text(currency);
        let mut document = json!({"connect_fee": text(self.connect_fee)});
        match self.steps.as_slice() {
            [only] if only.per_seconds == 60 => {
                document["price_per_minute"] = text(only.price).into();
                document["increment_seconds"] = only.increment_seconds.into();
            }
            steps => document["steps"] = steps.iter().map(|step| step.to_json(currency)).collect(),
        }
        document["free_below_seconds"] = self.free_below_seconds.into();
        document["minimum_charge"] = self.minimum_charge.map(text).into();
        document["maximum_charge"] = self.maximum_charge.map(text).into();
        document["on_maximum"] = json!(self.on_maximum);
        document["rounding"] = json!({"decimals": self.rounding.decimals, "mode": self.rounding.mode});
        document
    }
}

impl Step {
    fn to_json(self, currency: Currency) -> Value {
        json!({
            "from_seconds": self.from_seconds,
            "price": self.price.to_text(currency),
            "per_seconds": self.per_seconds,
            "increment_seconds": self.increment_seconds,
        })
    }
}
