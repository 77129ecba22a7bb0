//! A payout: one entry, one statement; and its way back, where the bank returns it.

use domain::money::{Amount, Currency};
use domain::time::Date;
use storage::payouts::PayoutRecord;

use super::earnings::{Standing, on_day};
use super::{Payout, PayoutError, find, statement};
use crate::agents::{self, Agent};
use crate::ledger::{self, Kind, Party, Posting};
use crate::tenants::{self, Tenant};
use crate::webhooks::{self, HookEvent, HookKind};
use crate::{Scope, Work, accounts, fields};

/// Pays out to an agent what can be paid out now, in the tenant's currency where none is named.
///
/// # Errors
/// There is no such agent, nothing can be paid out, or less than the minimum.
pub async fn pay(work: &mut Work, agent: &str, currency: Option<Currency>) -> Result<Payout, PayoutError> {
    let tenant = tenants::get(work).await?;
    let agent = agents::get(work, agent).await?;
    let currency = currency.unwrap_or(tenant.settings.currency);
    let today = tenant.settings.time_zone.date(work.now());
    let standing = locked(work, &tenant, &agent.id, currency, today).await?;
    standing.check()?;
    make(work, &tenant, &agent, &standing).await
}

/// How an agent's account stands on a day, locked until the work ends: of two who pay at once the second sees what the first left.
pub(super) async fn locked(
    work: &mut Work,
    tenant: &Tenant,
    agent: &str,
    currency: Currency,
    day: Date,
) -> Result<Standing, PayoutError> {
    let account = accounts::lock(work, agent, currency).await?;
    on_day(work, &tenant.settings, agent, (currency, account.balance), day).await
}

/// Pays out what can be, with its statement. The account is locked.
pub(super) async fn make(
    work: &mut Work,
    tenant: &Tenant,
    agent: &Agent,
    standing: &Standing,
) -> Result<Payout, PayoutError> {
    let (id, paper) = statement::issue(work, tenant, agent, standing).await?;
    let payout = Payout {
        agent: agent.id.clone(),
        amount: standing.payable,
        currency: standing.currency,
        made_at: work.now(),
        bounced_at: None,
        reason: None,
        file: None,
        paper,
        id,
    };
    let record = PayoutRecord {
        id: payout.id.clone(),
        agent: payout.agent.clone(),
        currency: payout.currency.code().to_owned(),
        amount: payout.amount.micros(),
        made_at: payout.made_at.millis(),
        bounced_at: None,
        reason: None,
        file: None,
        paper: String::new(),
    };
    storage::payouts::insert(&mut work.tx, tenant.tenant, &record).await?;
    let to_cash = (Party::Agent(agent.id.clone()), Party::Cash);
    ledger::post(work, &[payout.posting("payout", to_cash)]).await?;
    work.audit("payout.make", &payout.id, None, Some(&payout.written())).await?;
    let data = serde_json::json!({
        "payout": payout.id,
        "number": payout.number(),
        "agent": payout.agent,
        "currency": payout.currency,
        "amount": payout.amount.to_text(payout.currency),
    });
    webhooks::raise(work, &[HookEvent { kind: HookKind::PayoutMade, id: payout.id.clone(), data }]).await?;
    Ok(payout)
}

/// Takes a payout back that the bank returned: its amount is on the agent's account again, and can be paid out.
///
/// # Errors
/// There is no such payout, it was returned before, or the reason makes no sense.
pub async fn bounce(work: &mut Work, id: &str, reason: Option<String>) -> Result<Payout, PayoutError> {
    let reason = fields::remark("/reason", reason, 500)?;
    let before = find(work, id).await?;
    let (tenant, now) = (work.tenant(), work.now());
    if !storage::payouts::bounce(&mut work.tx, tenant, &before.id, now.millis(), reason.as_deref()).await? {
        return Err(PayoutError::Bounced { number: before.number().to_owned() });
    }
    let back = (Party::Cash, Party::Agent(before.agent.clone()));
    ledger::post(work, &[before.posting("bounce", back)]).await?;
    let payout = Payout { bounced_at: Some(now), reason, ..before.clone() };
    work.audit("payout.bounce", &payout.id, Some(&before.written()), Some(&payout.written())).await?;
    Ok(payout)
}

impl Payout {
    fn posting(&self, cause: &str, (from, to): (Party, Party)) -> Posting {
        Posting {
            key: format!("{}/{cause}", self.id),
            kind: Kind::Payout,
            from,
            to,
            amount: self.amount,
            currency: self.currency,
            reference: self.id.clone(),
            guarded: false,
            promotional: Amount::ZERO,
        }
    }

    /// What the audit trail says of it.
    fn written(&self) -> serde_json::Value {
        serde_json::json!({
            "number": self.number(),
            "agent": self.agent,
            "amount": self.amount.to_text(self.currency),
            "currency": self.currency,
            "bounced_at": self.bounced_at,
            "reason": self.reason,
        })
    }
}
