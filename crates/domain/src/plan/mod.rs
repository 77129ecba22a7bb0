//! Plans: what a line costs.

mod document;
mod period;

pub use document::PlanDocument;
pub(crate) use period::DAY_MINUTES;
pub use period::{DiscountPeriod, PeriodDay, PeriodPrice};

use crate::money::{Amount, Currency};
use crate::rate::Rate;
use crate::time::{Date, Zone};

/// What a line costs. A stored plan version is one of these, and never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Shown to people; at most 200 characters.
    pub name: String,
    /// How it is paid.
    pub kind: PlanKind,
    /// The currency of all its amounts.
    pub currency: Currency,
    /// The zone of its discount periods, where it is not the tenant's.
    pub time_zone: Option<Zone>,
    /// The fee of a full period.
    pub monthly_fee: Amount,
    /// The plan's own rate; without one only the deck and paid agents price a call.
    pub rate: Option<Rate>,
    /// Weekly windows with another price; no two of one day key overlap.
    pub discount_periods: Vec<DiscountPeriod>,
    /// The dates of the `holiday` periods, where they are not the tenant's.
    pub holidays: Option<Vec<Date>>,
    /// The rate deck's id.
    pub deck: Option<String>,
    /// What becomes of a number that the deck has no entry for.
    pub unlisted: Unlisted,
    /// Minutes at the plan's own rate that the fee includes, per line and period.
    pub included_minutes: u32,
    /// What a message costs, where the plan sells any.
    pub message_price: Option<Amount>,
}

/// How a plan is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanKind {
    /// Fee and usage, invoiced.
    #[default]
    Postpaid,
    /// From the balance, while the call runs.
    Prepaid,
    /// Invoiced; the fee covers all calls at the plan's own rate, which are listed at 0.
    Fixed,
}

impl PlanKind {
    /// Whether the fee covers the calls at the plan's own rate.
    #[must_use]
    pub fn covers_calls(self) -> bool {
        self == PlanKind::Fixed
    }
}

/// What becomes of a call to a number that the deck has no entry for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unlisted {
    /// It is charged at the plan's own rate.
    #[default]
    Plan,
    /// It is refused.
    Refuse,
}
