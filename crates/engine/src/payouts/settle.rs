//! Settlements: on each payout day every agent's account is settled once.

use domain::money::{Amount, Currency};
use domain::time::Date;
use storage::payouts::SettlementRecord;

use super::PayoutError;
use super::pay::{locked, make};
use crate::tenants::Tenant;
use crate::{Actor, Engine, Scope, Work, agents, tenants};

/// What came of a payout day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settled {
    /// How many accounts were settled.
    pub accounts: usize,
    /// The ids of the payouts that were made.
    pub payouts: Vec<String>,
    /// The accounts that could not be settled, with the reasons; they are tried again by the next run.
    pub failures: Vec<String>,
}

/// Settles every agent's account for the last payout day that has come, unless it is settled. Days that were missed before it count as
/// one with it. One agent's failure stops nobody else.
///
/// # Errors
/// The database does not answer.
pub async fn settle_all(engine: &Engine, actor: &Actor) -> Result<Settled, PayoutError> {
    let (tenant, due_on, accounts) = {
        let mut view = engine.view(actor).await?;
        let tenant = tenants::get(&mut view).await?;
        let due_on = due_on(&tenant, &view);
        let accounts = storage::payouts::unsettled(view.tx(), tenant.tenant, &due_on.to_string()).await?;
        (tenant, due_on, accounts)
    };
    let mut settled = Settled::default();
    for (agent, currency) in accounts {
        let one = engine.run(actor, |work| {
            let (tenant, agent) = (tenant.clone(), agent.clone());
            let currency = currency.clone();
            Box::pin(async move { settle(work, &tenant, (&agent, Currency::parse(&currency)?), due_on).await })
        });
        match one.await {
            Ok(payout) => {
                settled.accounts += 1;
                settled.payouts.extend(payout);
            }
            Err(error) => {
                tracing::error!(tenant = tenant.tenant, agent, %error, "the agent's account is not settled");
                settled.failures.push(format!("{agent}: {error}"));
            }
        }
    }
    Ok(settled)
}

/// The last payout day that has come.
fn due_on(tenant: &Tenant, scope: &impl Scope) -> Date {
    let settings = &tenant.settings;
    settings.earnings.period.due_on(settings.time_zone.date(scope.now()))
}

/// Settles one account; answers the payout, if one was made.
async fn settle(
    work: &mut Work,
    tenant: &Tenant,
    (agent, currency): (&str, Currency),
    due_on: Date,
) -> Result<Option<String>, PayoutError> {
    let standing = locked(work, tenant, agent, currency, due_on).await?;
    let day = due_on.to_string();
    if storage::payouts::is_settled(work.tx(), tenant.tenant, (agent, currency.code()), &day).await? {
        return Ok(None);
    }
    let agent = agents::get(work, agent).await?;
    let payout = match standing.check() {
        Ok(()) => Some(make(work, tenant, &agent, &standing).await?.id),
        Err(PayoutError::NothingPayable { .. } | PayoutError::BelowMinimum { .. }) => None,
        Err(error) => return Err(error),
    };
    let record = SettlementRecord {
        agent: &agent.id,
        currency: currency.code(),
        due_on: &day,
        payable: standing.payable.max(Amount::ZERO).micros(),
        payout: payout.as_deref(),
        settled_at: work.now().millis(),
    };
    storage::payouts::settle(&mut work.tx, tenant.tenant, &record).await?;
    Ok(payout)
}
