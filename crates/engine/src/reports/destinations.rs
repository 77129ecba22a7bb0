//! Usage by destination, and what is left of it when the trunks are paid.

use std::collections::BTreeMap;

use domain::money::{Amount, Currency, Overflow};
use domain::time::{Date, Instant};
use storage::reports::DestinationRecord;

use super::{ReportError, days};
use crate::billing::Catalogue;
use crate::{Scope, tenants};

/// The answered calls to a destination, as invoices name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// The deck's destination, else its prefix; the plan of what it prices itself; the agent; or free numbers.
    pub destination: String,
    /// What priced the calls: `agent`, `deck`, `plan` or `free`.
    pub price_source: String,
    /// Of what.
    pub currency: Currency,
    /// The sums.
    pub sums: Sums,
}

/// What calls come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// How many calls.
    pub calls: i64,
    /// How long they lasted, each rounded up to a second.
    pub seconds: i64,
    /// What they cost the customers.
    pub charged: Amount,
    /// The tax in it: of prices that have tax in them.
    pub tax: Amount,
    /// The agents' part of it.
    pub agents: Amount,
    /// Of how many calls it is not known what carrying them cost: no trunk carried them, the route had no buying rate, or one in another currency.
    pub unknown: i64,
    /// What carrying the others cost.
    pub cost: Amount,
    /// What is left of the others to the tenant: the price without tax, the agent's part, and the cost.
    pub margin: Amount,
}

/// Usage by destination of the calls that ended in the local days `[from, to)`, with the first instant and the one after the last: the month before
/// this one, where they are not given.
///
/// # Errors
/// `from` is not before `to`, a sum is beyond its range, or the database does not answer.
pub async fn destinations(
    scope: &mut impl Scope,
    from: Option<Date>,
    to: Option<Date>,
) -> Result<(Instant, Instant, Vec<Destination>), ReportError> {
    let (begins, ends) = days(scope, from, to).await?;
    let tenant = tenants::get(scope).await?;
    let time = (begins.millis(), ends.millis());
    let records = storage::reports::destinations(scope.tx(), tenant.tenant, time).await?;
    let mut catalogue = Catalogue::load(scope, &tenant).await?;
    let named: Vec<_> = records.iter().map(|record| (record.deck_version.as_ref(), record.agent.as_ref())).collect();
    catalogue.learn(scope, &named).await?;
    // Versions of a plan or a deck that call it the same are one.
    let mut all: BTreeMap<(String, String, Currency), Sums> = BTreeMap::new();
    for record in records {
        let DestinationRecord { plan_version, deck_version, prefix, agent, .. } = &record;
        let parts = (plan_version.as_deref(), deck_version.as_deref(), prefix.as_deref(), agent.as_deref());
        let name = catalogue.usage_name(&record.price_source, parts);
        let currency = Currency::parse(&record.currency)?;
        all.entry((record.price_source.clone(), name, currency)).or_default().add(&record)?;
    }
    let row = |((price_source, destination, currency), sums)| Destination { destination, price_source, currency, sums };
    Ok((begins, ends, all.into_iter().map(row).collect()))
}

impl Sums {
    fn add(&mut self, record: &DestinationRecord) -> Result<(), Overflow> {
        self.calls += record.calls;
        self.seconds += record.seconds;
        self.unknown += record.unknown;
        for (sum, more) in [
            (&mut self.charged, record.charged),
            (&mut self.tax, record.tax),
            (&mut self.agents, record.agent_part),
            (&mut self.cost, record.cost),
            (&mut self.margin, record.margin),
        ] {
            *sum = sum.plus(Amount::from_micros(more))?;
        }
        Ok(())
    }
}
