//! Tariffs: plan versions made ready for rating.

mod schedule;

pub(crate) use schedule::Schedule;

use crate::plan::{Plan, PlanKind, Unlisted};
use crate::rate::Rate;
use crate::time::{Date, Zone};

/// A plan version with the zone and the holidays that its discount periods go by, ready for rating. Made once for a plan version
/// and shared.
#[derive(Debug, Clone)]
pub struct Tariff {
    kind: PlanKind,
    rate: Option<Rate>,
    schedule: Option<Schedule>,
    unlisted: Unlisted,
}

impl Tariff {
    /// The tariff of a plan; the tenant's zone and holidays serve where the plan names none.
    #[must_use]
    pub fn new(plan: &Plan, tenant_zone: &Zone, tenant_holidays: &[Date]) -> Tariff {
        let zone = plan.time_zone.as_ref().unwrap_or(tenant_zone);
        let holidays = plan.holidays.as_deref().unwrap_or(tenant_holidays);
        Tariff {
            kind: plan.kind,
            rate: plan.rate.clone(),
            schedule: Schedule::new(&plan.discount_periods, zone, holidays),
            unlisted: plan.unlisted,
        }
    }

    /// The plan's own rate.
    #[must_use]
    pub fn rate(&self) -> Option<&Rate> {
        self.rate.as_ref()
    }

    /// How the plan is paid.
    #[must_use]
    pub fn kind(&self) -> PlanKind {
        self.kind
    }

    /// What becomes of a number that the deck has no entry for.
    #[must_use]
    pub fn unlisted(&self) -> Unlisted {
        self.unlisted
    }

    /// The discount periods; none, where there is none.
    pub(crate) fn schedule(&self) -> Option<&Schedule> {
        self.schedule.as_ref()
    }
}
