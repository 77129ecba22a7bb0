use std::collections::HashMap;

use domain::time::Instant;
use serde::Serialize;

use super::{GroupError, all};
use crate::{Actor, Engine, Scope, Work};

/// How many calls are forgotten in one transaction.
const CHUNK: u16 = 500;
const DAY_MILLIS: i64 = 86_400_000;
/// How long after its time a call is forgotten of which it was never written down that it is over, in milliseconds: no call lasts as long.
const NEVER_OVER_MILLIS: i64 = 7 * DAY_MILLIS;

/// What the audit trail says of calls that were forgotten.
#[derive(Serialize)]
struct Forgotten {
    calls: u64,
}

/// Forgets who called groups, who was rung, and what was noted, of calls whose time is over by the group's days or else by these; what is
/// counted of them stays. Answers of how many calls.
///
/// # Errors
/// What is kept of a group cannot be read, or the database does not answer.
pub(crate) async fn forget_calls(engine: &Engine, actor: &Actor, days: u16) -> Result<usize, GroupError> {
    let mut view = engine.view(actor).await?;
    let own: HashMap<String, Option<u16>> =
        all(&mut view).await?.into_iter().map(|group| (group.id, group.details.answering.calls_kept_days)).collect();
    // Those of groups that were deleted are among them.
    let groups = storage::group_calls::known_groups(view.tx(), actor.tenant).await?;
    let now = view.now();
    drop(view);
    let mut forgotten = 0;
    for group in groups {
        let days = own.get(&group).copied().flatten().unwrap_or(days);
        let over = now.millis().saturating_sub(i64::from(days) * DAY_MILLIS);
        loop {
            let calls = engine
                .run(actor, |work| {
                    let group = group.clone();
                    Box::pin(async move { forget_some(work, &group, Instant::clamped(over)).await })
                })
                .await?;
            forgotten += usize::try_from(calls).unwrap_or(usize::MAX);
            if calls < u64::from(CHUNK) {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    Ok(forgotten)
}

async fn forget_some(work: &mut Work, group: &str, over: Instant) -> Result<u64, storage::Error> {
    let (tenant, over) = (work.tenant(), over.millis());
    let ends = (over, over.saturating_sub(NEVER_OVER_MILLIS));
    let calls = storage::group_calls::forget(&mut work.tx, (tenant, group), ends, CHUNK.into()).await?;
    if calls > 0 {
        work.audit("group_call.expire", group, None, Some(&Forgotten { calls })).await?;
    }
    Ok(calls)
}
