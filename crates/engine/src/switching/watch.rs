use std::collections::HashMap;

use domain::call_flow::{Cause, Event};
use domain::time::Instant;
use tokio::task::JoinSet;

use super::exchange::Exchange;
use crate::changes::{Change, ChangeKind, Unheard};
use crate::lines::phones::{self, LookupError};
use crate::{Actor, Scope};

const MINUTE: i64 = 60_000;
/// How often it is looked whether a tenant is being maintained, in milliseconds.
const LOOK_MILLIS: i64 = 1000;

impl Exchange {
    /// Keeps calls in step with what else happens, for ever: money that comes in, lines that are suspended, maintenance; and writes down where
    /// calls stand.
    pub async fn run(self) {
        let mut tasks = JoinSet::new();
        let mut changes = self.engine().changes();
        tasks.spawn(self.keeper().clone().run(self.engine().clone()));
        tasks.spawn(self.clone().maintain());
        loop {
            match changes.recv().await {
                Ok(change) => self.changed(change).await,
                // Money that came in is found when more is asked for; a line that was suspended is granted nothing more.
                Err(Unheard::Missed | Unheard::Nothing) => {}
                Err(Unheard::Over) => return,
            }
        }
    }

    async fn changed(&self, Change { tenant, kind, id, .. }: Change) {
        match kind {
            ChangeKind::Funds => self.post_to_payers_of(tenant, &id, &Event::ToppedUp),
            ChangeKind::Line if self.pays(tenant, &id) => match self.is_suspended(tenant, &id).await {
                Ok(true) => self.post_to_payers_of(tenant, &id, &Event::Suspended { line: id.clone() }),
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, line = id, "whether a line is suspended is not known"),
            },
            ChangeKind::Maintenance => self.maintained().notify_one(),
            _ => {}
        }
    }

    /// Whether a line's calls have to end: it is suspended, or closed.
    async fn is_suspended(&self, tenant: i64, line: &str) -> Result<bool, LookupError> {
        let mut view = self.engine().view(&Actor::program(tenant, "exchange")).await?;
        Ok(phones::of_id(&mut view, line).await?.is_none_or(|line| line.suspended))
    }

    /// Tells those who talk that their calls will end for maintenance, and ends them then. What stands is read again and again: it may be begun,
    /// changed and ended by any program on the database.
    async fn maintain(self) {
        let clock = self.engine().clock().clone();
        let mut told: HashMap<i64, Told> = HashMap::new();
        loop {
            match self.standing().await {
                Ok(standing) => {
                    told.retain(|tenant, _| standing.contains_key(tenant));
                    for (tenant, calls_end_at) in standing {
                        let told = told.entry(tenant).or_default();
                        self.maintain_tenant(tenant, calls_end_at, told).await;
                    }
                }
                Err(error) => tracing::warn!(%error, "whether tenants are being maintained is not known"),
            }
            let looks_at = Instant::clamped(clock.now().millis() + LOOK_MILLIS);
            tokio::select! {
                () = clock.sleep_until(looks_at) => {}
                () = self.maintained().notified() => {}
            }
        }
    }

    async fn maintain_tenant(&self, tenant: i64, calls_end_at: Instant, told: &mut Told) {
        let left = calls_end_at.millis_since(self.engine().clock().now());
        if told.calls_end_at != Some(calls_end_at) {
            *told = Told { calls_end_at: Some(calls_end_at), last_minute: left <= MINUTE };
            self.tell_of_maintenance(tenant, left);
        }
        if left <= MINUTE && !told.last_minute {
            told.last_minute = true;
            self.tell_of_maintenance(tenant, MINUTE);
        }
        if left <= 0 {
            for call in self.calls(tenant) {
                // Calls for help go on.
                let _ = self.stop(&call, Cause::Maintenance).await;
            }
        }
    }

    /// When calls end, of each tenant that is being maintained.
    async fn standing(&self) -> Result<HashMap<i64, Instant>, storage::Error> {
        let mut view = self.engine().view(&Actor::program(0, "exchange")).await?;
        let all = storage::maintenance::all(view.tx()).await?;
        Ok(all.into_iter().map(|(tenant, calls_end_at)| (tenant, Instant::clamped(calls_end_at))).collect())
    }

    fn tell_of_maintenance(&self, tenant: i64, left: i64) {
        let minutes = left.saturating_add(MINUTE / 2).div_euclid(MINUTE);
        let text = match minutes {
            ..1 => return,
            1 => "The exchange is about to be maintained: calls end in one minute.".to_owned(),
            minutes => format!("The exchange is about to be maintained: calls end in {minutes} minutes."),
        };
        self.announce(tenant, &text);
    }
}

/// What those who talk were told of a maintenance.
#[derive(Default)]
struct Told {
    calls_end_at: Option<Instant>,
    last_minute: bool,
}
