use serde::Deserialize;
use serde_json::{Value, json};

use super::period::{self, PeriodDocument};
use super::{Plan, PlanKind, Unlisted};
use crate::document::{CurrencyCode, Day, Price, Whole, ZoneName};
use crate::invalid::{self, Invalid};
use crate::money::{Amount, Currency};
use crate::rate::RateDocument;

/// The most discount periods that a plan can have.
const MOST_PERIODS: usize = 1000;
const LONGEST_NAME: usize = 200;

/// A plan as JSON has it, not yet checked as a whole.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanDocument {
    name: Option<String>,
    kind: Option<PlanKind>,
    currency: Option<CurrencyCode>,
    time_zone: Option<ZoneName>,
    monthly_fee: Option<Price>,
    rate: Option<RateDocument>,
    discount_periods: Option<Vec<PeriodDocument>>,
    holidays: Option<Vec<Day>>,
    deck: Option<String>,
    unlisted: Option<Unlisted>,
    included_minutes: Option<Whole<0, 1_000_000>>,
    message_price: Option<Price>,
}

impl PlanDocument {
    /// The plan that the document describes. `name` and `currency` stand in for what it leaves out; without them it must say it
    /// itself.
    ///
    /// # Errors
    /// A value that is missing or wrong, or overlapping discount periods. Pointers are relative to the plan.
    pub fn check(self, name: Option<&str>, currency: Option<Currency>) -> Result<Plan, Invalid> {
        let name = self.name.or(name.map(str::to_owned)).ok_or_else(|| Invalid::at("/name", "a plan needs a name"))?;
        if name.chars().count() > LONGEST_NAME {
            return Err(Invalid::at("/name", format!("a name has at most {LONGEST_NAME} characters")));
        }
        let currency = self.currency.map(|code| code.0).or(currency);
        let currency = currency.ok_or_else(|| Invalid::at("/currency", "a plan needs a currency such as \"EUR\""))?;
        let rate = self.rate.map(RateDocument::check).transpose().map_err(|error| error.within("/rate"))?;
        let periods = self.discount_periods.unwrap_or_default();
        if periods.len() > MOST_PERIODS {
            return Err(Invalid::at("/discount_periods", format!("a plan has at most {MOST_PERIODS} periods")));
        }
        let checked = periods.into_iter().enumerate().map(|(position, period)| {
            period.check().map_err(|error| error.within(&format!("/discount_periods/{position}")))
        });
        let discount_periods = checked.collect::<Result<Vec<_>, _>>()?;
        period::refuse_overlaps(&discount_periods)?;
        Ok(Plan {
            name,
            kind: self.kind.unwrap_or_default(),
            currency,
            time_zone: self.time_zone.map(|zone| zone.0),
            monthly_fee: self.monthly_fee.map_or(Amount::ZERO, |fee| fee.0),
            rate,
            discount_periods,
            holidays: self.holidays.map(|days| days.into_iter().map(|day| day.0).collect()),
            deck: self.deck,
            unlisted: self.unlisted.unwrap_or_default(),
            included_minutes: self.included_minutes.map_or(0, |minutes| u32::try_from(minutes.0).unwrap_or(0)),
            message_price: self.message_price.map(|price| price.0),
        })
    }
}

impl Plan {
    /// Reads a plan from JSON. Name and currency are needed; the rest has the defaults of the rules.
    ///
    /// # Errors
    /// See [`invalid::parse`] and [`PlanDocument::check`].
    pub fn read(text: &[u8]) -> Result<Plan, Invalid> {
        let plan = invalid::parse::<PlanDocument>(text)?.check(None, None)?;
        if plan.name.trim().is_empty() {
            return Err(Invalid::at("/name", "a plan's name is not empty"));
        }
        Ok(plan)
    }

    /// The plan as JSON, every field of it. [`Plan::read`] reads it back to an equal plan.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let periods: Vec<Value> = self.discount_periods.iter().map(|period| period.to_json(self.currency)).collect();
        let holidays = self.holidays.as_ref().map(|days| days.iter().map(ToString::to_string).collect::<Vec<_>>());
        json!({
            "name": self.name,
            "kind": self.kind,
            "currency": self.currency.code(),
            "time_zone": self.time_zone.as_ref().map(|zone| zone.name()),
            "monthly_fee": self.monthly_fee.to_text(self.currency),
            "rate": self.rate.as_ref().map(|rate| rate.to_json(self.currency)),
            "discount_periods": periods,
            "holidays": holidays,
            "deck": self.deck,
            "unlisted": self.unlisted,
            "included_minutes": self.included_minutes,
            "message_price": self.message_price.map(|price| price.to_text(self.currency)),
        })
    }
}
