//! What an agent has, what of it can be paid out, and what is on hold until when.

use std::collections::BTreeMap;

use domain::earnings::{held_from, payable, payable_on};
use domain::money::{Amount, Currency};
use domain::time::{Date, Instant};

use super::PayoutError;
use crate::tenants::{self, Settings};
use crate::{Scope, agents};

/// What an agent has earned and not been paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earnings {
    /// By currency.
    pub standings: Vec<Standing>,
    /// The next day on which payouts are made by themselves.
    pub next_payout_on: Date,
}

/// How an agent's account in one currency stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its currency.
    pub currency: Currency,
    /// What it has; below zero where more was refunded than is there.
    pub balance: Amount,
    /// What can be paid out now, in whole minor units; a payout has to reach the minimum, too.
    pub payable: Amount,
    /// The tenant's least payout in the currency.
    pub minimum: Amount,
    /// What is on hold, the first to become payable first.
    pub on_hold: Vec<OnHold>,
    /// What is on hold beside that, until it is decided whether what customers paid for it comes back.
    pub disputed: Amount,
}

/// What becomes payable on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnHold {
    /// The day, from its beginning.
    pub payable_on: Date,
    /// How much.
    pub amount: Amount,
}

/// What an agent has earned and not been paid, now.
///
/// # Errors
/// There is no such agent, or the database does not answer.
pub async fn of_agent(scope: &mut impl Scope, agent: &str) -> Result<Earnings, PayoutError> {
    let agent = agents::get(scope, agent).await?;
    let settings = tenants::get(scope).await?.settings;
    let today = settings.time_zone.date(scope.now());
    let tenant = scope.tenant();
    let accounts = storage::ledger::accounts_of(scope.tx(), tenant, &agent.id).await?;
    let mut held = held(scope, &settings, &agent.id, today).await?;
    let mut standings = Vec::with_capacity(accounts.len());
    for account in accounts {
        let on_hold = held.remove(&account.currency).unwrap_or_default();
        let account = (Currency::parse(&account.currency)?, Amount::from_micros(account.balance));
        let disputed = disputed(scope, &settings, (&agent.id, account.0), today).await?;
        standings.push(Standing::of(&settings, account, on_hold, disputed)?);
    }
    Ok(Earnings { standings, next_payout_on: settings.earnings.period.next_after(today) })
}

/// How an agent's account, whose balance is known, stands on a day: what is charged later than that is on hold, too.
pub(super) async fn on_day(
    scope: &mut impl Scope,
    settings: &Settings,
    agent: &str,
    account: (Currency, Amount),
    day: Date,
) -> Result<Standing, PayoutError> {
    let on_hold = held(scope, settings, agent, day).await?.remove(account.0.code()).unwrap_or_default();
    let disputed = disputed(scope, settings, (agent, account.0), day).await?;
    Standing::of(settings, account, on_hold, disputed)
}

/// What of an agent's earnings is on hold because customers dispute what they had paid: what the agent earned of each of them between the
/// payment and the dispute and was not paid before the dispute, as much as the dispute is about. What is charged later than the hold days
/// allow is on hold anyway.
async fn disputed(
    scope: &mut impl Scope,
    settings: &Settings,
    (agent, currency): (&str, Currency),
    day: Date,
) -> Result<Amount, PayoutError> {
    let (tenant, code) = (scope.tenant(), currency.code());
    let disputes = storage::earnings::open_disputes(scope.tx(), tenant, code).await?;
    if disputes.is_empty() {
        return Ok(Amount::ZERO);
    }
    let held_since = |day: Date| settings.time_zone.start_of_day(held_from(day, settings.earnings.hold_days)).millis();
    let payouts = storage::payouts::of_account(scope.tx(), tenant, (agent, code)).await?;
    let mut sum = Amount::ZERO;
    for dispute in disputes {
        let paid = payouts.iter().filter(|paid| paid.bounced_at.is_none() && paid.made_at < dispute.made_at);
        let paid_until = paid.map(|paid| held_since(settings.time_zone.date(Instant::clamped(paid.made_at)))).max();
        let from = dispute.paid_at.max(paid_until.unwrap_or(i64::MIN));
        let to = dispute.made_at.min(held_since(day));
        if from < to {
            let account = (agent, code);
            let earned =
                storage::earnings::earned_of(scope.tx(), tenant, account, &dispute.customer, (from, to)).await?;
            sum = sum.plus(Amount::from_micros(earned.clamp(0, dispute.amount)))?;
        }
    }
    Ok(sum)
}

/// What of an agent's charges is on hold on a day, by currency.
async fn held(
    scope: &mut impl Scope,
    settings: &Settings,
    agent: &str,
    day: Date,
) -> Result<BTreeMap<String, Vec<OnHold>>, PayoutError> {
    let (zone, hold_days) = (&settings.time_zone, settings.earnings.hold_days);
    let today = zone.date(scope.now()).max(day);
    let first = held_from(day, hold_days);
    let mut times: Vec<(Date, i64, i64)> = Vec::new();
    for charged_on in std::iter::successors(Some(first), |date| date.tomorrow().ok()).take_while(|date| *date <= today)
    {
        let ends = charged_on.tomorrow().map_or(i64::MAX, |tomorrow| zone.start_of_day(tomorrow).millis());
        // What has just been posted may be of an instant that this clock has not reached.
        let ends = if charged_on == today { i64::MAX } else { ends };
        times.push((charged_on, zone.start_of_day(charged_on).millis(), ends));
    }
    let since = zone.start_of_day(first).millis();
    let spans: Vec<(i64, i64)> = times.iter().map(|(_, from, to)| (*from, *to)).collect();
    let tenant = scope.tenant();
    let mut held: BTreeMap<String, Vec<OnHold>> = BTreeMap::new();
    for row in storage::earnings::on_hold(scope.tx(), tenant, agent, since, &spans).await? {
        let charged_on = times.iter().find(|(_, from, _)| *from == row.from_at).map(|(date, ..)| *date);
        let charged_on = charged_on.unwrap_or_else(|| zone.date(Instant::clamped(row.from_at)));
        let payable_on = payable_on(charged_on, hold_days);
        held.entry(row.currency).or_default().push(OnHold { payable_on, amount: Amount::from_micros(row.amount) });
    }
    Ok(held)
}

impl Standing {
    fn of(
        settings: &Settings,
        (currency, balance): (Currency, Amount),
        on_hold: Vec<OnHold>,
        disputed: Amount,
    ) -> Result<Standing, PayoutError> {
        let mut standing = Standing {
            currency,
            balance,
            payable: Amount::ZERO,
            minimum: settings.earnings.minimum.get(&currency).copied().unwrap_or_default(),
            on_hold,
            disputed,
        };
        standing.payable = payable(balance, standing.held()?, currency)?;
        Ok(standing)
    }

    /// What is on hold in all.
    ///
    /// # Errors
    /// The sum is beyond its range.
    pub fn held(&self) -> Result<Amount, PayoutError> {
        Ok(self.on_hold.iter().try_fold(self.disputed, |sum, held| sum.plus(held.amount))?)
    }

    /// Whether something is paid out, and why not.
    pub(super) fn check(&self) -> Result<(), PayoutError> {
        let (payable, minimum, currency) = (self.payable, self.minimum, self.currency);
        if payable.is_zero() {
            return Err(PayoutError::NothingPayable { balance: self.balance, on_hold: self.held()?, currency });
        }
        if payable < minimum {
            return Err(PayoutError::BelowMinimum { payable, minimum, currency });
        }
        Ok(())
    }
}
