use domain::call_flow::{Action, Cause, Event, Leg};
use domain::time::Instant;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;

use super::exchange::Exchange;
use crate::changes::{Change, ChangeKind};
use crate::lines::phones::{self, LookupError};
use crate::{Actor, maintenance, tenants};

const MINUTE: i64 = 60_000;

impl Exchange {
    /// Keeps calls in step with what else happens, for ever: money that comes in, lines that are suspended, maintenance; and writes down where
    /// calls stand.
    pub async fn run(self) {
        let mut tasks = JoinSet::new();
        let mut changes = self.engine().changes();
        tasks.spawn(self.keeper().clone().run(self.engine().clone()));
        match tenants::all(self.engine()).await {
            Ok(all) => {
                for tenant in all {
                    tasks.spawn(self.clone().maintain(tenant.tenant));
                }
            }
            Err(error) => tracing::warn!(%error, "whether tenants are being maintained is not known"),
        }
        loop {
            match changes.recv().await {
                Ok(change) => self.changed(change, &mut tasks).await,
                // Money that came in is found by the next extension; a line that was suspended is granted nothing more.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
            while tasks.try_join_next().is_some() {}
        }
    }

    async fn changed(&self, Change { tenant, kind, id, .. }: Change, tasks: &mut JoinSet<()>) {
        match kind {
            ChangeKind::Funds => self.post_to_payers_of(tenant, &id, &Event::ToppedUp),
            ChangeKind::Line if self.pays(tenant, &id) => match self.is_suspended(tenant, &id).await {
                Ok(true) => self.post_to_payers_of(tenant, &id, &Event::Suspended { line: id.clone() }),
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, line = id, "whether a line is suspended is not known"),
            },
            ChangeKind::Maintenance => {
                tasks.spawn(self.clone().maintain(tenant));
            }
            _ => {}
        }
    }

    /// Whether a line's calls have to end: it is suspended, or closed.
    async fn is_suspended(&self, tenant: i64, line: &str) -> Result<bool, LookupError> {
        let mut view = self.engine().view(&Actor::program(tenant, "exchange")).await?;
        Ok(phones::of_id(&mut view, line).await?.is_none_or(|line| line.suspended))
    }

    /// Tells those who talk that their calls will end, and ends them then, unless the maintenance is called off meanwhile.
    async fn maintain(self, tenant: i64) {
        let Some(ends_at) = self.calls_end_at(tenant).await else { return };
        let clock = self.engine().clock().clone();
        self.announce(tenant, ends_at.millis_since(clock.now())).await;
        if ends_at.millis_since(clock.now()) > MINUTE {
            clock.sleep_until(Instant::clamped(ends_at.millis() - MINUTE)).await;
            if self.calls_end_at(tenant).await == Some(ends_at) {
                self.announce(tenant, MINUTE).await;
            }
        }
        clock.sleep_until(ends_at).await;
        if self.calls_end_at(tenant).await == Some(ends_at) {
            for call in self.calls(tenant) {
                self.stop(&call, Cause::Maintenance);
            }
        }
    }

    /// When calls are ended for maintenance, if it goes on.
    async fn calls_end_at(&self, tenant: i64) -> Option<Instant> {
        let standing = async {
            let mut view = self.engine().view(&Actor::program(tenant, "exchange")).await?;
            maintenance::get(&mut view).await
        };
        match standing.await {
            Ok(standing) => standing.map(|standing| standing.calls_end_at),
            Err(error) => {
                tracing::warn!(%error, tenant, "whether a tenant is being maintained is not known");
                None
            }
        }
    }

    async fn announce(&self, tenant: i64, millis: i64) {
        let minutes = millis.saturating_add(MINUTE / 2).div_euclid(MINUTE);
        if minutes < 1 {
            return;
        }
        let text = match minutes {
            1 => "The exchange is about to be maintained: calls end in one minute.".to_owned(),
            minutes => format!("The exchange is about to be maintained: calls end in {minutes} minutes."),
        };
        for call in self.calls(tenant) {
            let Some(switch) = self.switch_of(&call) else { continue };
            let legs = [Leg::FIRST, Leg(1)];
            let actions = legs.map(|leg| Action::Announce { leg, text: text.clone() });
            switch.perform(&call, &actions).await;
        }
    }
}
