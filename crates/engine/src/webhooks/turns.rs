use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::time::Instant;
use storage::webhooks::WebhookRecord;

/// How many tries of one webhook are under way at once.
const OF_A_WEBHOOK: usize = 4;
/// How many of one that fails.
const OF_A_FAILING_ONE: usize = 1;
/// How many of all webhooks of a tenant.
const OF_A_TENANT: usize = 8;
/// The shortest wait for a turn, in milliseconds.
const SHORTEST_WAIT: i64 = 1000;
/// How far apart the turns are of those that wait for one webhook, in milliseconds: however many they are, they do not keep the database
/// busy by coming all at once again and again.
const BETWEEN_TURNS: i64 = 20;

/// Who may send how much at once in this program, so that receivers that take their time hold up nobody else's.
#[derive(Default)]
pub(super) struct Turns(Mutex<HashMap<Key, Queue>>);

/// A tenant and its webhook.
type Key = (i64, String);

#[derive(Default)]
struct Queue {
    under_way: usize,
    /// The last turn that was given away, in milliseconds.
    last_turn: i64,
}

/// The right to try; it ends with the value.
pub(super) struct Turn<'a> {
    turns: &'a Turns,
    key: Key,
}

impl Turns {
    /// Lets something be sent to a webhook.
    ///
    /// # Errors
    /// Enough is on its way there already: in how many milliseconds to ask again.
    pub(super) fn take(&self, webhook: &WebhookRecord, now: Instant) -> Result<Turn<'_>, i64> {
        let (key, now) = ((webhook.tenant, webhook.id.clone()), now.millis());
        let most = if webhook.failing_since.is_some() { OF_A_FAILING_ONE } else { OF_A_WEBHOOK };
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        queues.retain(|_, queue| queue.under_way > 0 || queue.last_turn > now);
        let of_tenant: usize =
            queues.iter().filter(|((tenant, _), _)| *tenant == webhook.tenant).map(|(_, queue)| queue.under_way).sum();
        let queue = queues.entry(key.clone()).or_default();
        if queue.under_way < most && of_tenant < OF_A_TENANT {
            queue.under_way += 1;
            return Ok(Turn { turns: self, key });
        }
        queue.last_turn = (queue.last_turn + BETWEEN_TURNS).max(now + SHORTEST_WAIT);
        Err(queue.last_turn - now)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut queues = self.turns.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = queues.get_mut(&self.key) {
            queue.under_way -= 1;
        }
    }
}
