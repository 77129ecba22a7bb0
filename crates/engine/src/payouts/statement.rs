//! The statement of a payout: what has moved on the agent's account since the one before.

use domain::money::Amount;
use domain::paper::{Paper, PayoutSums};
use domain::period::Period;
use domain::time::Instant;

use super::PayoutError;
use super::earnings::Standing;
use crate::agents::Agent;
use crate::tenants::Tenant;
use crate::{Scope, Work, billing};

/// Issues the statement of the payout of what can be paid out, and has it mailed; answers its id.
pub(super) async fn issue(
    work: &mut Work,
    tenant: &Tenant,
    agent: &Agent,
    standing: &Standing,
) -> Result<(String, Paper), PayoutError> {
    let account = (agent.id.as_str(), standing.currency.code());
    let (number, now) = (tenant.tenant, work.now());
    let tx = work.tx();
    let last = storage::payouts::last_made_at(tx, number, account).await?;
    let after = last.unwrap_or(i64::MIN);
    let moved = storage::earnings::moved(tx, number, account, after).await?;
    let gross = storage::earnings::gross(tx, number, account, after).await?;
    let [charged, tax, agent_part, corrected, returned] =
        [gross.charged, gross.tax, moved.earned, moved.corrected, moved.returned].map(Amount::from_micros);
    let sums = PayoutSums {
        calls: moved.calls,
        messages: moved.messages,
        charged,
        tax,
        tenant_part: charged.minus(tax)?.minus(agent_part)?,
        agent_part,
        corrected,
        returned,
        carried_over: standing.balance.minus(agent_part)?.minus(corrected)?.minus(returned)?,
        remaining: standing.balance.minus(standing.payable)?,
    };
    let zone = &tenant.settings.time_zone;
    let first = zone.date(Instant::clamped(last.or(moved.first_at).unwrap_or(now.millis())));
    let today = zone.date(now);
    let period = Period::new(first.min(today), Period::of_day(today)?.to())?;
    Ok(billing::payout_statement(work, tenant, agent, (period, standing.currency, standing.payable, sums)).await?)
}
