use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::call_flow::{Flow, Stage};
use storage::flows::FlowRecord;
use storage::group_calls::GroupCallRecord;
use tokio::sync::Notify;

use super::group_calls;
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
    flows: Mutex<HashMap<(i64, String), Written>>,
    written: Notify,
}

/// What is written down of a call.
#[derive(Debug)]
struct Written {
    flow: FlowRecord,
    /// What goes with it, where a group is called.
    of_group: Option<GroupCallRecord>,
}

impl Keeper {
    /// Has it written down where a call of a switch stands, if it is another place than before; counts the versions. What is not yet charged
    /// has no record, and nothing to be found again.
    pub fn keep(&self, of: (&CallRef, &str), (before, now): (&Flow, &Flow), version: &mut i64) {
        let attempts = |flow: &Flow| flow.hunt.as_ref().map(|hunt| hunt.attempts.clone());
        let place =
            |flow: &Flow| (flow.stage.clone(), flow.history.len(), flow.absent_since(), flow.is_done(), attempts(flow));
        if place(before) != place(now) && !now.parts.is_empty() && !matches!(now.stage, Stage::Authorizing) {
            self.write_down(of, now, version);
        }
    }

    /// Has it written down where a call of a switch stands; counts the versions.
    pub fn write_down(&self, (call, switch): (&CallRef, &str), of: &Flow, version: &mut i64) {
        let (is_done, last) = (of.is_done(), of.history.last().map_or(0, |moment| moment.at.millis()));
        let flow = match serde_json::to_string(of) {
            Ok(flow) => flow,
            Err(error) => {
                return tracing::error!(%error, call = call.origin, "a call's way cannot be written down");
            }
        };
        *version += 1;
        let origin = call.origin.clone();
        let of_group = group_calls::record(&origin, of, *version);
        let record = FlowRecord {
            origin: origin.clone(),
            switch: switch.to_owned(),
            flow,
            running: i64::from(!is_done),
            version: *version,
            changed_at: last,
        };
        self.waiting().insert((call.tenant, origin), Written { flow: record, of_group });
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
        let mut by_tenant: HashMap<i64, Vec<Written>> = HashMap::new();
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
                    waiting.entry((tenant, flow.flow.origin.clone())).or_insert(flow);
                }
            }
        }
        all
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, HashMap<(i64, String), Written>> {
        self.0.flows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn save(engine: &Engine, tenant: i64, written: &[Written]) -> Result<(), storage::Error> {
    let actor = Actor::program(tenant, "exchange");
    let flows: Vec<FlowRecord> = written.iter().map(|written| written.flow.clone()).collect();
    let of_groups: Vec<GroupCallRecord> = written.iter().filter_map(|written| written.of_group.clone()).collect();
    let mut work = engine.begin(&actor).await?;
    storage::flows::save(&mut work.tx, tenant, &flows).await?;
    if !of_groups.is_empty() {
        storage::group_calls::save(&mut work.tx, tenant, &of_groups).await?;
        group_calls::tell_missed(&mut work, &of_groups).await?;
    }
    work.commit().await
}
