//! Who called whom, which is forgotten when the tenant's days for it are over. Sums, invoices and statistics stay as they are.

use serde::Serialize;
use storage::forgotten_calls::{self, RecordedCall};

use crate::{Actor, Engine, Scope, Work};

/// How many calls are looked at in one transaction.
const CHUNK: u16 = 500;
const DAY_MILLIS: i64 = 86_400_000;
/// The state of a call that needs its numbers no more: it is over and has its price.
const DONE: &str = "rated";

/// What the audit trail says of calls that were forgotten.
#[derive(Serialize)]
struct Forgotten {
    calls: usize,
    /// The last call that came into question.
    until: String,
}

/// Forgets who called whom in calls that came on record so many days ago. One that waits for its price, or was never said to be over, is looked
/// at again the next time. Answers of how many calls it was known.
///
/// # Errors
/// The database does not answer.
pub(crate) async fn forget(engine: &Engine, actor: &Actor, days: u16) -> Result<usize, storage::Error> {
    let mut view = engine.view(actor).await?;
    let over = view.now().millis().saturating_sub(i64::from(days) * DAY_MILLIS);
    let behind = forgotten_calls::until(view.tx(), actor.tenant).await?;
    drop(view);
    let mut way = Way { over, behind, all_done: true, forgotten: 0 };
    loop {
        let from = way.clone();
        let next = engine.run(actor, |work| Box::pin(forget_some(work, from.clone()))).await?;
        match next {
            Some(next) => way = next,
            None => return Ok(way.forgotten),
        }
        tokio::task::yield_now().await;
    }
}

/// How far it is done.
#[derive(Clone)]
struct Way {
    /// Calls that came on record before are forgotten, in milliseconds.
    over: i64,
    /// The last call that was looked at.
    behind: String,
    /// Whether none so far has to be looked at again.
    all_done: bool,
    /// Of how many calls it was known who called whom.
    forgotten: usize,
}

/// Forgets those of the next calls that are done, and notes how far that went as long as all are; `None` when they are too young.
async fn forget_some(work: &mut Work, mut way: Way) -> Result<Option<Way>, storage::Error> {
    let tenant = work.tenant();
    let calls = forgotten_calls::next(work.tx(), tenant, &way.behind, CHUNK.into()).await?;
    let Some(until) = calls.iter().rfind(|call| call.recorded_at < way.over) else { return Ok(None) };
    let is_done = |call: &&RecordedCall| call.recorded_at < way.over && call.state == DONE;
    let ids: Vec<&str> = calls.iter().filter(is_done).map(|call| call.id.as_str()).collect();
    let forgotten = forgotten_calls::forget(&mut work.tx, tenant, &ids).await?;
    if way.all_done
        && let Some(call) = calls.iter().take_while(is_done).last()
    {
        forgotten_calls::note(&mut work.tx, tenant, &call.id).await?;
    }
    if forgotten > 0 {
        let told = Forgotten { calls: forgotten, until: until.id.clone() };
        work.audit("call.expire", "tenant", None, Some(&told)).await?;
    }
    way.all_done &= ids.len() == calls.len();
    way.behind.clone_from(&until.id);
    way.forgotten += forgotten;
    Ok(Some(way))
}
