use domain::roster::{Gap, Span};
use domain::time::{Instant, Zone};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use crate::groups::{self, GroupError};
use crate::jobs::{Handler, Job, JobFailure};
use crate::notices::{self, About};
use crate::{Engine, Role, Scope, Work};

/// How far ahead gaps are looked for.
const AHEAD_MILLIS: i64 = 14 * 86_400_000;

/// Mails coordinators where too few will be on duty.
#[derive(Debug, Clone, Copy)]
pub struct GapMails;

/// A time in which too few of a group are on duty, as coordinators are told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldGap {
    /// What the group is called.
    pub group: String,
    /// The zone in which it is told: the group's.
    pub zone: Zone,
    /// From when on.
    pub start: Instant,
    /// Until when.
    pub end: Instant,
    /// How many are on duty.
    pub staffed: usize,
    /// How many the group wants.
    pub wanted: u16,
}

impl GapMails {
    /// The kind of its jobs: a daily one.
    pub const KIND: &'static str = "gaps";
}

impl Handler for GapMails {
    fn run<'a>(&'a self, engine: &'a Engine, job: &'a Job) -> BoxFuture<'a, Result<Option<String>, JobFailure>> {
        Box::pin(async move {
            let actor = job.actor();
            let told = engine.run(&actor, |work| {
                let key = job.key.clone();
                Box::pin(async move { tell(work, &key).await })
            });
            let told = told.await.map_err(|error| JobFailure::Retry(error.to_string()))?;
            Ok((told > 0).then(|| format!("{told} gaps")))
        })
    }
}

/// Mails the gaps of the next days, if there are any, under a key that names the day. Answers how many there are.
async fn tell(work: &mut Work, key: &str) -> Result<usize, GroupError> {
    let start = work.now();
    let span = Span { start, end: Instant::clamped(start.millis() + AHEAD_MILLIS) };
    let mut all = Vec::new();
    for group in groups::all(work).await? {
        let (zone, wanted) = (group.zone(work).await?, group.details.wanted);
        let roster = groups::roster_of(work, &group, span).await?;
        all.extend(roster.gaps(span, wanted.into()).into_iter().map(|Gap { span, staffed }| {
            let (group, zone) = (group.details.name.clone(), zone.clone());
            ToldGap { group, zone, start: span.start, end: span.end, staffed, wanted }
        }));
    }
    if !all.is_empty() {
        notices::to_members(work, Role::Coordinator, key, &About::Gaps { gaps: all.clone() }).await?;
    }
    Ok(all.len())
}
