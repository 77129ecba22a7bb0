use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::call_flow::{Flow, Stage};
use storage::flows::FlowRecord;
use tokio::sync::Notify;

use super::port::CallRef;
use crate::{Actor, Engine};

/// How long is waited before what the database could not take is tried again.
const PAUSE: Duration = Duration::from_millis(500);

/// Writes down where calls stand: behind them, so that no call waits for it, and of each the latest alone, with all that has gathered in one
/// transaction. What is lost with the program is the last moment of a call's way, never its money, which charging has written.
#[derive(Debug, Clone, Default)]
pub struct Keeper(Arc<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    flows: Mutex<HashMap<(i64, String), FlowRecord>>,
    written: Notify,
}

impl Keeper {
    /// Has it written down where a call of a switch stands, if it is another place than before; counts the versions. What is not yet charged
    /// has no record, and nothing to be found again.
    pub fn keep(&self, of: (&CallRef, &str), (before, now): (&Flow, &Flow), version: &mut i64) {
        let place = |flow: &Flow| (flow.stage.clone(), flow.history.len(), flow.absent_since(), flow.is_done());
        if place(before) != place(now) && !now.parts.is_empty() && !matches!(now.stage, Stage::Authorizing) {
            self.write_down(of, now, version);
        }
    }

    /// Has it written down where a call of a switch stands; counts the versions.
    pub fn write_down(&self, (call, switch): (&CallRef, &str), flow: &Flow, version: &mut i64) {
        let (is_done, last) = (flow.is_done(), flow.history.last().map_or(0, |moment| moment.at.millis()));
        let flow = match serde_json::to_string(flow) {
            Ok(flow) => flow,
            Err(error) => {
                return tracing::error!(%error, call = call.origin, "a call's way cannot be written down");
            }
        };
        *version += 1;
        let origin = call.origin.clone();
        let record = FlowRecord {
            origin: origin.clone(),
            switch: switch.to_owned(),
            flow,
            running: i64::from(!is_done),
            version: *version,
            changed_at: last,
        };
        self.waiting().insert((call.tenant, origin), record);
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
    pub async fn write(&self, engine: &Engine) -> bool {
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
