//! How a world ends: whoever lives says what is to be said, who is silent is given up, and then everything must be over.

use engine::charging::{self, LiveFilter};

use crate::Fault;
use crate::call::Stage;
use crate::fault::holds;
use crate::world::World;

/// Longer than any session lives without a sign of life, or waits for its answer.
const SILENCE_MILLIS: i64 = 600_000;
/// More rounds than messages could need.
const MOST_ROUNDS: usize = 10_000;

impl World {
    /// Settles everything.
    pub(crate) async fn settles(&mut self) -> Result<(), Fault> {
        self.process.begin_again().await?;
        for switch in 0..self.dead.len() {
            if self.dead[switch] && self.random.chance(50) {
                self.switch_revives(switch);
            }
        }
        let now = self.now();
        for call in self.calls.iter_mut().filter(|call| matches!(call.stage, Stage::Ringing | Stage::Talking)) {
            if !self.dead[call.switch] {
                call.ends_now(now);
            }
        }
        self.everything_is_heard().await?;
        self.wait(0);
        self.everything_is_heard().await?;
        self.exchange_ends().await?;
        self.records_what_is_missing().await?;
        for _ in 0..MOST_ROUNDS {
            self.wait(SILENCE_MILLIS);
            self.everything_is_heard().await?;
            self.looks().await?;
            let mut view = self.process.view().await?;
            if charging::live(&mut view, &LiveFilter::default(), 1).await?.is_empty() {
                return self.bills().await;
            }
        }
        Err(Fault("some calls never end".to_owned()))
    }

    async fn everything_is_heard(&mut self) -> Result<(), Fault> {
        for _ in 0..MOST_ROUNDS {
            if self.post.is_empty() {
                return Ok(());
            }
            let touched = self.deliver(24, true).await?;
            self.check_holds(&touched).await?;
        }
        Err(Fault(format!("{} messages are never answered", self.post.len())))
    }

    async fn records_what_is_missing(&mut self) -> Result<(), Fault> {
        let missing = self.facts.iter().filter(|fact| fact.recorded.is_none()).count();
        holds!(missing == 0, "{missing} finished calls were never recorded");
        Ok(())
    }
}
