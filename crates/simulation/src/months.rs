//! Months are closed while the world goes on.

use engine::months::{self, MonthError};

use crate::Fault;
use crate::fault::holds;
use crate::world::World;

impl World {
    /// Closes the month that is next, if it has ended, again and again until the process lives to tell that it is closed. That it stays what it was
    /// is for the books.
    pub(crate) async fn closes_month(&mut self) -> Result<(), Fault> {
        let now = self.now();
        let all = months::list(&mut self.process.view().await?).await?;
        let mut ended = all.into_iter().filter(|month| month.seal.is_none() && month.to <= now);
        let Some(next) = ended.next_back() else { return Ok(()) };
        self.note(format!("{} is closed", next.month));
        self.counts.months += 1;
        loop {
            let (engine, actor) = (self.process.engine.clone(), self.process.actor.clone());
            match self.process.alive(months::close(&engine, &actor, &next.month)).await {
                Some(Ok(closed)) => {
                    let entries = closed.seal.map(|seal| seal.entries);
                    holds!(entries.is_some(), "{} is closed without a seal", next.month);
                    self.trace.push(format!("    with {entries:?} entries"));
                    return Ok(());
                }
                // It was closed, and nobody was told.
                Some(Err(MonthError::NotClosable(domain::months::NotClosable::Closed { .. }))) => return Ok(()),
                Some(Err(error)) => return Err(error.into()),
                None => {}
            }
            drop(engine);
            self.revive().await?;
        }
    }
}
