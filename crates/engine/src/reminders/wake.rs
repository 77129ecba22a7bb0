use futures::future::BoxFuture;

use super::plan::{Step, Wanted, next_evening};
use super::tell;
use crate::groups::GroupError;
use crate::jobs::{self, Handler, Job, JobFailure, NewJob};
use crate::{Engine, Scope, Work};

/// The jobs that look whom to remind: one a day, one for each evening, and one after each change.
pub const REMINDERS: &str = "reminders";

/// Tells agents of their shifts when it is time, and of what has changed.
#[derive(Debug, Clone, Copy)]
pub struct Reminding;

/// Has somebody look whom to tell of what is changed here, after the commit.
///
/// # Errors
/// The database does not do it.
pub(crate) async fn wake(work: &mut Work) -> Result<(), storage::Error> {
    let key = format!("{REMINDERS}/{}", work.id("wak"));
    let look = NewJob { kind: REMINDERS, key, payload: "{}".to_owned(), run_at: work.now() };
    jobs::enqueue(work, &[look]).await
}

impl Handler for Reminding {
    fn run<'a>(&'a self, engine: &'a Engine, job: &'a Job) -> BoxFuture<'a, Result<Option<String>, JobFailure>> {
        Box::pin(async move {
            let told = engine.run(&job.actor(), |work| Box::pin(look(work))).await;
            let told = told.map_err(|error| JobFailure::Retry(error.to_string()))?;
            Ok((told > 0).then(|| format!("{told} agents told")))
        })
    }
}

/// Tells whoever is to be told by now, and has somebody look again on the next evening. Answers how many are told.
async fn look(work: &mut Work) -> Result<usize, GroupError> {
    let told = tell(work, &Wanted::Due).await?;
    if let Some(run_at) = next_evening(work).await? {
        let key = format!("{REMINDERS}/{}", run_at.millis());
        let look = NewJob { kind: REMINDERS, key, payload: "{}".to_owned(), run_at };
        jobs::enqueue(work, &[look]).await?;
    }
    Ok(told.iter().filter(|planned| matches!(planned.step, Step::Remind | Step::TellChange)).count())
}
