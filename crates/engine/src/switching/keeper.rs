use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use storage::flows::FlowRecord;
use tokio::sync::Notify;

use crate::{Actor, Engine};

/// How long is waited before what the database could not take is tried again.
const PAUSE: Duration = Duration::from_millis(500);

/// Writes down where calls stand: behind them, so that no call waits for it, and of each the latest alone, with all that has gathered in one
/// transaction. What is lost with the program is the last moment of a call's way, never its money, which charging has written.
#[derive(Debug, Clone, Default)]
pub(super) struct Keeper(Arc<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    flows: Mutex<HashMap<(i64, String), FlowRecord>>,
    written: Notify,
}

impl Keeper {
    /// Has a flow written down.
    pub(super) fn keep(&self, tenant: i64, flow: FlowRecord) {
        self.waiting().insert((tenant, flow.origin.clone()), flow);
        self.0.written.notify_one();
    }

    /// Writes for ever.
    pub(super) async fn run(self, engine: Engine) {
        loop {
            self.0.written.notified().await;
            while !self.write(&engine).await {
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    /// Writes down all that waits; `false`, where it waits still.
    pub(super) async fn write(&self, engine: &Engine) -> bool {
        let waiting = std::mem::take(&mut *self.waiting());
        let mut by_tenant: HashMap<i64, Vec<FlowRecord>> = HashMap::new();
        for ((tenant, _), flow) in waiting {
            by_tenant.entry(tenant).or_default().push(flow);
        }
        let mut all = true;
        for (tenant, flows) in by_tenant {
            if let Err(error) = save(engine, tenant, &flows).await {
                tracing::warn!(%error, tenant, "where calls stand could not be written down; it is tried again");
                all = false;
                let mut waiting = self.waiting();
                for flow in flows {
                    waiting.entry((tenant, flow.origin.clone())).or_insert(flow);
                }
            }
        }
        all
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, HashMap<(i64, String), FlowRecord>> {
        self.0.flows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn save(engine: &Engine, tenant: i64, flows: &[FlowRecord]) -> Result<(), storage::Error> {
    let actor = Actor::program(tenant, "exchange");
    let mut work = engine.begin(&actor).await?;
    storage::flows::save(&mut work.tx, tenant, flows).await?;
    work.commit().await
}
