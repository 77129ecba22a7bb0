//! The statement of a payout: what has moved on the agent's account since the one before.
//!
//! Which entries those are is no question of instants: who waits for the account posts with the instant at which its work began. While
//! the account is locked, all that has moved on it is there to be summed up; what no statement has told of yet is on this one.

use domain::money::{Amount, Overflow};
use domain::paper::{Paper, PayoutSums};
use domain::period::Period;
use domain::time::Instant;
use storage::earnings::{GrossRecord, MovedRecord};

use super::earnings::Standing;
use super::{Payout, PayoutError};
use crate::agents::Agent;
use crate::tenants::Tenant;
use crate::{Scope, Work, billing};

/// Issues the statement of the payout of what can be paid out, and has it mailed; answers its id. The account is locked.
pub(super) async fn issue(
    work: &mut Work,
    tenant: &Tenant,
    agent: &Agent,
    standing: &Standing,
) -> Result<(String, Paper), PayoutError> {
    let account = (agent.id.as_str(), standing.currency.code());
    let (number, now) = (tenant.tenant, work.now());
    let before = storage::payouts::of_account(work.tx(), number, account).await?;
    let before = before.into_iter().map(Payout::of).collect::<Result<Vec<_>, _>>()?;
    let moved = storage::earnings::moved(work.tx(), number, account).await?;
    let gross = storage::earnings::gross(work.tx(), number, account).await?;
    let told: Vec<PayoutSums> = before.iter().filter_map(|payout| payout.paper.payout).collect();
    let sums = untold(standing, &moved, &gross, &told)?;
    let zone = &tenant.settings.time_zone;
    let last = before.iter().map(|payout| payout.made_at).max();
    let first = zone.date(last.or(moved.first_at.map(Instant::clamped)).unwrap_or(now));
    let today = zone.date(now);
    let period = Period::new(first.min(today), Period::of_day(today)?.to())?;
    Ok(billing::payout_statement(work, tenant, agent, (period, standing.currency, standing.payable, sums)).await?)
}

/// What has moved on the account in all, less what the statements before have told of.
fn untold(
    standing: &Standing,
    moved: &MovedRecord,
    gross: &GrossRecord,
    told: &[PayoutSums],
) -> Result<PayoutSums, Overflow> {
    let less = |whole: i64, of: fn(&PayoutSums) -> Amount| {
        let told: Option<Amount> = told.iter().map(of).sum();
        Amount::from_micros(whole).minus(told.ok_or(Overflow)?)
    };
    let charged = less(gross.charged, |sums| sums.charged)?;
    let tax = less(gross.tax, |sums| sums.tax)?;
    let agent_part = less(moved.earned, |sums| sums.agent_part)?;
    let corrected = less(moved.corrected, |sums| sums.corrected)?;
    let returned = less(moved.returned, |sums| sums.returned)?;
    Ok(PayoutSums {
        calls: moved.calls - told.iter().map(|sums| sums.calls).sum::<i64>(),
        messages: moved.messages - told.iter().map(|sums| sums.messages).sum::<i64>(),
        charged,
        tax,
        tenant_part: charged.minus(tax)?.minus(agent_part)?,
        agent_part,
        corrected,
        returned,
        carried_over: standing.balance.minus(agent_part)?.minus(corrected)?.minus(returned)?,
        remaining: standing.balance.minus(standing.payable)?,
    })
}
