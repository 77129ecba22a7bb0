use domain::time::Instant;

use super::{ChargingError, LiveFilter, Reply, Request, Step, live};
use crate::changes::{ChangeKind, Unheard};
use crate::{Actor, Engine, tenants};

/// How often is looked for calls for which something is due, in milliseconds.
const LOOK_MILLIS: i64 = 1000;
/// Most calls that are looked at in one go.
const MOST_AT_ONCE: i64 = 1000;

/// Watches over live calls: ends those that were not answered in time, and those whose switch gives no sign of life any more.
///
/// A switch could not give a sign of life while the engine or its database was away: after each start and each failure it has as
/// long as ever to do so, and no call is given up before.
#[derive(Debug)]
pub struct Watch {
    engine: Engine,
    /// Since when signs of life could be taken without a break.
    awake_since: Instant,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

impl Watch {
    /// A watch that begins now.
    #[must_use]
    pub fn new(engine: &Engine) -> Watch {
        Watch { awake_since: engine.clock().now(), engine: engine.clone() }
    }

    /// Watches for ever.
    pub async fn run(mut self) {
        loop {
            if let Err(error) = self.look().await {
                tracing::warn!(%error, "live calls could not be looked after; it is tried again");
            }
            let now = self.engine.clock().now();
            self.engine.clock().sleep_until(Instant::clamped(now.millis() + LOOK_MILLIS)).await;
        }
    }

    /// Looks once at all calls for which something is due, and tells how many were ended.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn look(&mut self) -> Result<usize, ChargingError> {
        let looked = self.look_at_due().await;
        if looked.is_err() {
            self.awake_since = self.engine.clock().now();
        }
        looked
    }

    async fn look_at_due(&mut self) -> Result<usize, ChargingError> {
        let program = Actor::program(0, "program");
        let now = self.engine.clock().now();
        let due = {
            let mut view = self.engine.view(&program).await?;
            storage::charging::due(crate::Scope::tx(&mut view), now.millis(), MOST_AT_ONCE).await?
        };
        let mut tenants: Vec<i64> = due.iter().map(|(tenant, _)| *tenant).collect();
        tenants.sort_unstable();
        tenants.dedup();
        let mut ended = 0;
        for tenant in tenants {
            match self.is_awake(tenant, now).await {
                Ok(true) => {}
                Ok(false) => continue,
                Err(error) if error.is_outage() => return Err(error),
                Err(error) => {
                    tracing::error!(%error, tenant, "a tenant's live calls cannot be looked after");
                    continue;
                }
            }
            let of_tenant = due.iter().filter(|(of, _)| *of == tenant);
            let asked = of_tenant.map(|(_, call)| self.engine.charge(tenant, Request::own(call, Step::Tend)));
            for outcome in futures::future::join_all(asked).await {
                match outcome {
                    Ok(reply) => ended += usize::from(matches!(reply, Reply::Ended(_))),
                    Err(error) if error.is_outage() => return Err(error),
                    // One that cannot be read, say: it must not keep the others from being looked after.
                    Err(error) => tracing::error!(%error, tenant, "a live call could not be looked after"),
                }
            }
        }
        Ok(ended)
    }

    /// Whether switches have had the time to give signs of life.
    async fn is_awake(&self, tenant: i64, now: Instant) -> Result<bool, ChargingError> {
        let mut view = self.engine.view(&Actor::program(tenant, "program")).await?;
        let settings = tenants::get(&mut view).await?.settings;
        Ok(now.millis_since(self.awake_since) >= settings.charging.lease_millis())
    }
}

/// Lets running calls go on as money comes in for their payers, for ever. It is told of what comes in by this engine alone.
pub async fn lengthen_calls(engine: Engine) {
    let mut changes = engine.own_changes();
    loop {
        match changes.recv().await {
            Ok(change) if change.kind == ChangeKind::Funds => lengthen(&engine, change.tenant, &change.id).await,
            // What was missed is made good by the switch's next extension.
            Ok(_) | Err(Unheard::Missed | Unheard::Nothing) => {}
            Err(Unheard::Over) => return,
        }
    }
}

/// Lets the running calls of a customer who has got money go on: those that would have ended for want of it. To be called after the
/// commit of what brought the money; what goes wrong is only logged, since the switch's next extension does the same.
pub async fn lengthen(engine: &Engine, tenant: i64, customer: &str) {
    let calls = async {
        let mut view = engine.view(&Actor::program(tenant, "program")).await?;
        live(&mut view, &LiveFilter { customer: Some(customer), ..LiveFilter::default() }, MOST_AT_ONCE).await
    };
    let lengthened = async {
        let calls = calls.await?;
        let asked = calls.iter().map(|call| engine.charge(tenant, Request::own(&call.id, Step::Lengthen)));
        futures::future::try_join_all(asked).await
    };
    if let Err(error) = lengthened.await {
        tracing::warn!(%error, customer, "running calls could not be lengthened");
    }
}
