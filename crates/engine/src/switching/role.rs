use domain::time::Instant;
use storage::flows::RoleRecord;

use super::exchange::Exchange;
use crate::ids::new_id;
use crate::{Actor, Scope};

/// How long a program that says nothing more stays a switch.
const LEASE_MILLIS: i64 = 6000;
/// How often it says that it is there: what a killed program's calls are charged for is right to this.
const BEAT_MILLIS: i64 = 1000;

impl Exchange {
    /// Waits until no other program on the database is this switch, and becomes it ([`Exchange::stay_switch`] has to follow). Calls that the last one carried were
    /// last proved alive at the instant that is answered.
    pub async fn become_switch(&self, switch: &'static str) -> Instant {
        let holder = new_id("node", self.engine().clock().now());
        let mut said = false;
        let seen_at = loop {
            match self.take_role(switch, &holder, LEASE_MILLIS).await {
                Ok(Some(seen_at)) => break seen_at,
                Ok(None) if said => {}
                other => tell_why_not(switch, other.err()),
            }
            said = true;
            self.wait(BEAT_MILLIS).await;
        };
        if said {
            tracing::info!(switch, "this program has become the switch: phones register here now");
        }
        self.roles().push((switch, holder.clone()));
        seen_at
    }

    /// Stays a switch: ready when another program has become it, since this one could not say for too long that it is there. Nothing of the calls
    /// that it carried is its business any more: the other one has taken them up.
    pub async fn stay_switch(&self, switch: &'static str) {
        loop {
            self.wait(BEAT_MILLIS).await;
            let holder = self.roles().iter().find(|(role, _)| *role == switch).map(|(_, holder)| holder.clone());
            // A program that ends has given its roles up.
            let Some(holder) = holder else { return std::future::pending().await };
            match self.take_role(switch, &holder, LEASE_MILLIS).await {
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(error) => tracing::warn!(%error, switch, "the switch could not say that it is there"),
            }
        }
        tracing::error!(
            switch,
            "another program on this database has become the switch: phones cannot register here any more"
        );
        self.roles().retain(|(role, _)| *role != switch);
        self.abandon(switch);
    }

    /// Gives its roles up, so that another program need not wait for them.
    pub(super) async fn give_roles_up(&self) {
        let roles = std::mem::take(&mut *self.roles());
        for (switch, holder) in roles {
            if let Err(error) = self.take_role(switch, &holder, 0).await {
                tracing::warn!(%error, switch, "the switch could not say that it ends");
            }
        }
    }

    /// Takes or keeps a role for so long: when it was last had before; none, while another program has it.
    async fn take_role(&self, switch: &str, holder: &str, millis: i64) -> Result<Option<Instant>, storage::Error> {
        let mut work = self.engine().begin(&Actor::program(0, "exchange")).await?;
        let now = work.now();
        let last = storage::flows::role(&mut work.tx, switch).await?;
        let role = RoleRecord {
            switch: switch.to_owned(),
            holder: holder.to_owned(),
            until: now.millis() + millis,
            seen_at: now.millis(),
        };
        let taken = storage::flows::take_role(&mut work.tx, &role).await?;
        work.commit().await?;
        Ok(taken.then(|| last.map_or(now, |last| Instant::clamped(last.seen_at))))
    }

    async fn wait(&self, millis: i64) {
        let clock = self.engine().clock();
        clock.sleep_until(Instant::clamped(clock.now().millis() + millis)).await;
    }
}

/// Tells that this program cannot be the switch yet.
fn tell_why_not(switch: &'static str, error: Option<storage::Error>) {
    match error {
        None => tracing::warn!(switch, "another program on this database is the switch: phones cannot register here"),
        Some(error) => tracing::warn!(%error, switch, "whether another program is the switch is not known"),
    }
}
