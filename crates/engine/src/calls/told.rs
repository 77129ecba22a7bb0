//! What webhooks are told of calls.

use domain::money::Amount;
use serde_json::{Value, json};

use super::{Call, CallError, Price};
use crate::tenants::Tenant;
use crate::webhooks::{self, HookEvent, HookKind};
use crate::{Scope, Work, accounts};

/// Tells webhooks of calls that have ended, by their ids, and of those of which what they come to is corrected; only where one of the
/// tenant's wants to know.
///
/// # Errors
/// The database does not answer.
pub(crate) async fn tell(work: &mut Work, ended: &[&str], corrected: &[&str]) -> Result<(), CallError> {
    let tenant = work.tenant();
    let mut events = Vec::with_capacity(ended.len() + corrected.len());
    for (ids, is_corrected) in [(ended, false), (corrected, true)] {
        if ids.is_empty() {
            continue;
        }
        for record in storage::calls::some(&mut work.tx, tenant, ids).await? {
            events.push(event(&Call::of(record)?, is_corrected));
        }
    }
    Ok(webhooks::raise(work, &events).await?)
}

/// Tells webhooks of a call that was recorded as it ended, and its payer if the balance is low.
///
/// # Errors
/// The database does not answer.
pub(super) async fn tell_of(work: &mut Work, tenant: &Tenant, call: &Call) -> Result<(), storage::Error> {
    if tenant.hooks.has(HookKind::CallEnded) {
        webhooks::raise(work, &[event(call, false)]).await?;
    }
    let payer: Vec<&str> = call.customer.iter().map(String::as_str).collect();
    accounts::note_low(work, &tenant.settings, &payer).await
}

fn event(call: &Call, corrected: bool) -> HookEvent {
    let id = if corrected { format!("{}/{}", call.id, call.version) } else { call.id.clone() };
    HookEvent { kind: HookKind::CallEnded, id, data: told(call, corrected) }
}

/// The call as it is shown to those who run the lines, without what explains its price.
fn told(call: &Call, corrected: bool) -> Value {
    json!({
        "id": call.id,
        "origin": call.origin,
        "state": call.state,
        "direction": call.direction,
        "from": call.from,
        "to": call.to,
        "customer": call.customer,
        "line": call.line,
        "agent": call.agent,
        "started_at": call.started_at,
        "answered_at": call.answered_at,
        "ended_at": call.ended_at,
        "duration_seconds": call.duration_ms.map(seconds),
        "disposition": call.disposition,
        "cause": call.cause,
        "price": call.price.as_ref().map(price),
        "corrected": corrected,
    })
}

/// Milliseconds as seconds, with decimals only where there are any.
fn seconds(millis: i64) -> String {
    let text = format!("{}.{:03}", millis / 1000, millis % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn price(price: &Price) -> Value {
    let text = |amount: Amount| amount.to_text(price.currency);
    json!({
        "currency": price.currency,
        "total": text(price.total),
        "tax": text(price.tax),
        "agent_part": text(price.agent_part),
        "allowance_seconds": price.allowance_seconds,
        "source": price.source,
    })
}
