use futures::future::BoxFuture;

use super::plan::{Step, Wanted, next_evening, plan};
use super::tell;
use crate::groups::GroupError;
use crate::jobs::{self, Handler, Job, JobFailure, NewJob};
use crate::{Engine, Scope, Work};

/// The jobs that look whom to remind: one a day, one for each evening, and one after each change.
pub const REMINDERS: &str = "reminders";

/// Tells agents of their shifts when it is time, and of what has changed.
#[derive(Debug, Clone, Copy)]
pub struct Reminding;

/// Has somebody look whom to tell of what is changed here, after the commit. One look sees what many have changed.
///
/// # Errors
/// The database does not do it.
pub(crate) async fn wake(work: &mut Work) -> Result<(), storage::Error> {
    let (tenant, now) = (work.tenant(), work.now().millis());
    if storage::jobs::is_waiting(&mut work.tx, tenant, REMINDERS, now).await? {
        return Ok(());
    }
    let key = format!("{REMINDERS}/{}", work.id("wak"));
    let look = NewJob { kind: REMINDERS, key, payload: "{}".to_owned(), run_at: work.now() };
    jobs::enqueue(work, &[look]).await
}

impl Handler for Reminding {
    fn run<'a>(&'a self, engine: &'a Engine, job: &'a Job) -> BoxFuture<'a, Result<Option<String>, JobFailure>> {
        Box::pin(async move {
            let told = look(engine, job).await.map_err(|error| JobFailure::Retry(error.to_string()))?;
            Ok((told > 0).then(|| format!("{told} agents told")))
        })
    }
}

/// Tells whoever is to be told by now, and has somebody look again on the next evening. Answers how many are told.
async fn look(engine: &Engine, job: &Job) -> Result<usize, GroupError> {
    let actor = job.actor();
    let mut view = engine.view(&actor).await?;
    let next = next_evening(&mut view).await?;
    // Most looks find nothing: they keep nobody from writing meanwhile.
    let is_news = plan(&mut view, &Wanted::Due).await?.iter().any(|planned| planned.step != Step::Nothing);
    drop(view);
    let told = engine.run(&actor, |work| {
        Box::pin(async move {
            if let Some(run_at) = next {
                let key = format!("{REMINDERS}/{}", run_at.millis());
                let look = NewJob { kind: REMINDERS, key, payload: "{}".to_owned(), run_at };
                jobs::enqueue(work, &[look]).await?;
            }
            if is_news { tell(work, &Wanted::Due).await } else { Ok(Vec::new()) }
        })
    });
    Ok(told.await?.iter().filter(|planned| matches!(planned.step, Step::Remind | Step::TellChange)).count())
}
