//! An agent's figures, counted from the rows at the moment of asking: today, this week, this month, and since the beginning.

use std::collections::BTreeSet;

use domain::money::{Amount, Currency, UnknownCurrency};
use domain::stars::Average;
use domain::time::{Date, Instant, Zone};
use storage::figures;

use crate::agents::{self, AgentError};
use crate::tenants::{self, TenantError};
use crate::{Scope, StorageError};

/// An agent's figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// The zone of its days: the agent's own, else the tenant's.
    pub time_zone: Zone,
    /// Since 00:00.
    pub today: Sums,
    /// Since Monday.
    pub week: Sums,
    /// Since the first of the month.
    pub month: Sums,
    /// Since the beginning.
    pub all: Sums,
}

/// The sums of a time that goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sums {
    /// Since when.
    pub from: Instant,
    /// Answered calls that ended in it.
    pub calls: i64,
    /// How long they lasted, each rounded up to a second.
    pub talk_seconds: i64,
    /// Messages from customers that were charged.
    pub messages: i64,
    /// What the agent has earned, by currency: the entries of charges, refunds and corrections, without payouts.
    pub earnings: Vec<(Currency, Amount)>,
    /// The mean of the ratings that were given in it.
    pub rating: Option<Average>,
    /// How many ratings.
    pub ratings: i64,
    /// Customers with two answered calls or more in all, of which the last ended in it.
    pub returning_customers: i64,
}

/// Why figures are not shown.
#[derive(Debug, thiserror::Error)]
pub enum FiguresError {
    /// The agent cannot be had.
    #[error(transparent)]
    Agent(#[from] AgentError),
    /// The tenant's settings could not be read.
    #[error(transparent)]
    Tenant(#[from] TenantError),
    /// An entry has an unknown currency: the database was edited by hand.
    #[error(transparent)]
    Currency(#[from] UnknownCurrency),
    /// The database did not answer.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

crate::work::carries_storage!(FiguresError: Agent, Tenant);

/// The figures of an agent now.
///
/// # Errors
/// There is no such agent, or the database does not answer.
pub async fn of_agent(scope: &mut impl Scope, agent: &str) -> Result<Figures, FiguresError> {
    let agent = agents::get(scope, agent).await?;
    let time_zone = match agent.details.time_zone {
        Some(own) => own,
        None => tenants::get(scope).await?.settings.time_zone,
    };
    let begins = begins(time_zone.date(scope.now()), &time_zone);
    // A Monday is the beginning of its week, too.
    let since: &[i64] = &BTreeSet::from(begins).into_iter().collect::<Vec<_>>();
    let (tenant, tx) = (scope.tenant(), scope.tx());
    let calls = figures::calls(tx, tenant, &agent.id, since).await?;
    let messages = figures::messages(tx, tenant, &agent.id, since).await?;
    let earned = figures::earned(tx, tenant, &agent.id, since).await?;
    let rated = figures::rated(tx, tenant, &agent.id, since).await?;
    let returning = figures::returning(tx, tenant, &agent.id, since).await?;
    let sums = |from: i64| {
        let called = calls.iter().find(|row| row.from_at == from);
        let rated = rated.iter().find(|row| row.from_at == from).map_or((0, 0), |row| (row.stars, row.ratings));
        let earned = earned.iter().filter(|row| row.from_at == from);
        let earning =
            |row: &figures::EarnedRecord| Ok((Currency::parse(&row.currency)?, Amount::from_micros(row.amount)));
        Ok::<_, FiguresError>(Sums {
            from: Instant::clamped(from),
            calls: called.map_or(0, |row| row.calls),
            talk_seconds: called.map_or(0, |row| row.seconds),
            messages: counted(&messages, from),
            earnings: earned.map(earning).collect::<Result<_, UnknownCurrency>>()?,
            rating: Average::of(rated.0, rated.1),
            ratings: rated.1,
            returning_customers: counted(&returning, from),
        })
    };
    let [today, week, month, all] = begins;
    Ok(Figures { today: sums(today)?, week: sums(week)?, month: sums(month)?, all: sums(all)?, time_zone })
}

/// The count of an instant; 0, where there is none.
fn counted(counts: &[(i64, i64)], from: i64) -> i64 {
    counts.iter().find(|(at, _)| *at == from).map_or(0, |(_, count)| *count)
}

/// When today, the week, the month, and all times have begun.
fn begins(today: Date, zone: &Zone) -> [i64; 4] {
    let monday = domain::earnings::PayoutPeriod::Weekly.due_on(today);
    let [today, monday, first] = [today, monday, today.first_of_month()].map(|day| zone.start_of_day(day).millis());
    [today, monday, first, Instant::FIRST.millis()]
}
