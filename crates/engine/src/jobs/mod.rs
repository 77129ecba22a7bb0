//! Jobs: work to be done later, and the outbox of what leaves Tollgate. A job is written in the transaction that causes it, so that it
//! is there if and only if its cause is; a [`Runner`] takes it from there, tries until it succeeds or makes no sense any more, and
//! keeps what became of it.

mod attempt;
mod midnights;
mod retention;
mod runner;

use domain::time::Instant;
use futures::future::BoxFuture;
use storage::jobs::JobRecord;

pub use retention::Retention;
pub use runner::Runner;

use crate::{Actor, Engine, Scope, Work};

/// A job to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Which handler does it: `deliver`, `bill_run`.
    pub kind: &'static str,
    /// What causes it, such as `deliver/inv_...`: no cause makes two jobs of a tenant.
    pub key: String,
    /// What the handler has to know, as JSON.
    pub payload: String,
    /// Not to be done before.
    pub run_at: Instant,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The tenant.
    pub tenant: i64,
    /// Its id.
    pub id: String,
    /// Which handler does it.
    pub kind: String,
    /// What caused it.
    pub key: String,
    /// What the handler has to know, as JSON; empty once it is done.
    pub payload: String,
    /// How far it is.
    pub state: JobState,
    /// When it is tried next; for one that is running, when another may take it if no more is heard of it. Nothing for one that
    /// is done or was given up.
    pub due_at: Option<Instant>,
    /// How often it was tried, a try under way included.
    pub attempts: i64,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// What there is to say of one that is done, such as why no mail was sent.
    pub outcome: Option<String>,
    /// When it was written.
    pub created_at: Instant,
    /// When it was done, or given up.
    pub finished_at: Option<Instant>,
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// It waits for its time, or for its next try.
    Waiting,
    /// Somebody works on it.
    Running,
    /// It is done.
    Done,
    /// It was given up.
    Failed,
}

/// Why a try failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JobFailure {
    /// It may succeed later.
    #[error("{0}")]
    Retry(String),
    /// It may succeed after so long, which the handler knows better.
    #[error("{reason}")]
    RetryAfter {
        /// Why it failed.
        reason: String,
        /// How long to wait, in milliseconds.
        millis: i64,
    },
    /// It was not tried, for others are under way: it is to come back after so many milliseconds, and this counts as no try.
    #[error("it waits for its turn")]
    NotYet(i64),
    /// It never will.
    #[error("{0}")]
    GiveUp(String),
}

/// Why a job is not run again.
#[derive(Debug, thiserror::Error)]
pub enum JobsError {
    /// There is no such job.
    #[error("there is no job {0}")]
    NotFound(String),
    /// Somebody works on it.
    #[error("the job {0} is running: wait for what becomes of it")]
    Running(String),
    /// It is done.
    #[error("the job {0} is done: what is done is not done twice")]
    Done(String),
    /// The database did not do it.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

crate::work::carries_storage!(JobsError);

/// Does the jobs of one kind. A job may be tried again although a try before has succeeded (the program may end between the deed
/// and its being written down): what a handler does it does under a key, or in a way that repeating does not harm. No transaction
/// is open when it is called.
pub trait Handler: Send + Sync {
    /// Does a job, and answers what there is to say of it: most say nothing.
    fn run<'a>(&'a self, engine: &'a Engine, job: &'a Job) -> BoxFuture<'a, Result<Option<String>, JobFailure>>;

    /// Writes down what it means that a job is given up, in the transaction in which it is: mostly nothing.
    fn given_up<'a>(&'a self, _: &'a mut Work, _: &'a Job) -> BoxFuture<'a, Result<(), storage::Error>> {
        Box::pin(async { Ok(()) })
    }
}

/// The jobs of a kind that wait for their time, or that somebody works on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Which handler does them.
    pub kind: String,
    /// How many there are, in all tenants.
    pub count: i64,
    /// For how long the first of them is due, in milliseconds; 0 where none is.
    pub overdue_millis: i64,
}

/// What waits in all tenants, by kind.
///
/// # Errors
/// The database does not answer.
pub async fn waiting(engine: &Engine) -> Result<Vec<Waiting>, storage::Error> {
    let mut view = engine.view(&Actor::program(0, "metrics")).await?;
    let now = view.now();
    let found = storage::jobs::waiting_by_kind(view.tx()).await?;
    let waiting = |found: storage::jobs::WaitingJobs| Waiting {
        overdue_millis: now.millis_since(Instant::clamped(found.first_due_at)).max(0),
        kind: found.kind,
        count: found.count,
    };
    Ok(found.into_iter().map(waiting).collect())
}

/// Writes jobs in the transaction that causes them; those whose keys are known are there already and stay as they are.
///
/// # Errors
/// The database does not answer.
pub async fn enqueue(work: &mut Work, jobs: &[NewJob]) -> Result<(), storage::Error> {
    if jobs.is_empty() {
        return Ok(());
    }
    let (tenant, now) = (work.tenant(), work.now().millis());
    let record = |job: &NewJob| JobRecord {
        tenant,
        id: work.id("job"),
        kind: job.kind.to_owned(),
        key: job.key.clone(),
        payload: job.payload.clone(),
        state: "pending".to_owned(),
        due_at: job.run_at.millis(),
        attempts: 0,
        leased_by: None,
        last_error: None,
        outcome: None,
        created_at: now,
        finished_at: None,
    };
    let records: Vec<JobRecord> = jobs.iter().map(record).collect();
    storage::jobs::insert_new(&mut work.tx, tenant, &records).await?;
    work.has_enqueued();
    Ok(())
}

/// Whether there is a job with this key, done or not.
///
/// # Errors
/// The database does not answer.
pub async fn is_known(scope: &mut impl Scope, key: &str) -> Result<bool, storage::Error> {
    let tenant = scope.tenant();
    Ok(storage::jobs::id_of(scope.tx(), tenant, key).await?.is_some())
}

/// A page of jobs, of one state or of all, the newest first, those before `before`.
///
/// # Errors
/// The database does not answer.
pub async fn page(
    scope: &mut impl Scope,
    state: Option<JobState>,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<Job>, storage::Error> {
    let (tenant, state) = (scope.tenant(), state.map(JobState::name));
    let page = storage::jobs::page(scope.tx(), tenant, state, before, limit).await?;
    Ok(page.into_iter().map(Job::of).collect())
}

/// One job.
///
/// # Errors
/// There is none.
pub async fn get(scope: &mut impl Scope, id: &str) -> Result<Job, JobsError> {
    let tenant = scope.tenant();
    let record = storage::jobs::get(scope.tx(), tenant, id).await?;
    record.map(Job::of).ok_or_else(|| JobsError::NotFound(id.to_owned()))
}

/// Has a job that was given up, or waits for its next try, tried at once, as though it were the first time.
///
/// # Errors
/// There is none, it is running, or it is done.
pub async fn run_again(work: &mut Work, id: &str) -> Result<Job, JobsError> {
    let (tenant, now) = (work.tenant(), work.now().millis());
    let again = storage::jobs::run_again(&mut work.tx, tenant, id, now).await?;
    let job = get(work, id).await?;
    match job.state {
        _ if again => {}
        JobState::Done => return Err(JobsError::Done(id.to_owned())),
        _ => return Err(JobsError::Running(id.to_owned())),
    }
    work.has_enqueued();
    work.audit("job.run_again", id, None, Some(&job.key)).await?;
    Ok(job)
}

/// Who does jobs in a tenant.
#[must_use]
pub fn actor(tenant: i64) -> Actor {
    Actor::program(tenant, "scheduler")
}

impl Job {
    /// Who does it.
    #[must_use]
    pub fn actor(&self) -> Actor {
        actor(self.tenant)
    }

    fn of(record: JobRecord) -> Job {
        Job {
            state: match (record.state.as_str(), &record.leased_by) {
                ("done", _) => JobState::Done,
                ("failed", _) => JobState::Failed,
                (_, Some(_)) => JobState::Running,
                (_, None) => JobState::Waiting,
            },
            tenant: record.tenant,
            id: record.id,
            kind: record.kind,
            key: record.key,
            payload: record.payload,
            due_at: (record.state == "pending").then(|| Instant::clamped(record.due_at)),
            attempts: record.attempts,
            last_error: record.last_error,
            outcome: record.outcome,
            created_at: Instant::clamped(record.created_at),
            finished_at: record.finished_at.map(Instant::clamped),
        }
    }
}

impl JobState {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            JobState::Waiting => "waiting",
            JobState::Running => "running",
            JobState::Done => "done",
            JobState::Failed => "failed",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<JobState> {
        let all = [JobState::Waiting, JobState::Running, JobState::Done, JobState::Failed];
        all.into_iter().find(|state| state.name() == name)
    }
}

/// A database that does not answer may do so later.
impl From<storage::Error> for JobFailure {
    fn from(error: storage::Error) -> Self {
        JobFailure::Retry(error.to_string())
    }
}
