//! Jobs: what is done later and by itself, what became of it, and doing it again.

use axum::extract::State;
use axum::response::Response;
use engine::jobs::{self, Job, JobState};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::{Nothing, Posted};
use crate::guard::{CLERKS, Caller, READERS, TENANT};
use crate::paging::{Page, Wanted};
use crate::params::{Id, Params};
use crate::problem::{Problem, Refusals};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_jobs)).routes(routes!(get_job)).routes(routes!(run_job_again))
}

/// A job.
#[derive(Debug, Serialize, ToSchema)]
struct JobDocument {
    id: String,
    /// What is to be done, such as `deliver` or `bill_run`.
    kind: String,
    /// What causes it, such as `deliver/inv_...`: no cause makes two jobs.
    key: String,
    #[schema(value_type = String, pattern = "^(waiting|running|done|failed)$")]
    state: &'static str,
    /// When it is tried next; for one that is running, when another may take it if no more is heard of it.
    due_at: Option<String>,
    /// How often it was tried.
    attempts: i64,
    /// Why the last try failed.
    last_error: Option<String>,
    /// What there is to say of one that is done: to whom a mail was sent, or why none was.
    outcome: Option<String>,
    created_at: String,
    /// When it was done, or given up.
    finished_at: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct JobList {
    /// `waiting`, `running`, `done` or `failed`; all, where it is not given.
    state: Option<String>,
    /// 1 to 500, 50 where it is not given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List jobs
///
/// The newest first. Those that are done are forgotten after a while.
#[utoipa::path(get, path = "/jobs", params(JobList),
    responses((status = 200, description = "A page.", body = Page<JobDocument>), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn list_jobs(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(list): Params<JobList>,
) -> Result<Answer<Page<JobDocument>>, Problem> {
    let wanted = Wanted::read(list.limit.as_ref(), list.cursor.as_ref())?;
    let named = |state: &String| {
        JobState::named(state).ok_or_else(|| Problem::parameter("state", "must be waiting, running, done or failed"))
    };
    let filter = list.state.as_ref().map(named).transpose()?;
    let rows = jobs::page(&mut app.engine.view(&actor).await?, filter, wanted.key(), wanted.rows()).await?;
    Ok(Answer::ok(wanted.page(rows, |row| row.id.clone(), JobDocument::of)))
}

/// Show a job
#[utoipa::path(get, path = "/jobs/{id}", params(("id" = String, Path)),
    responses((status = 200, description = "The job.", body = JobDocument), Refusals),
    extensions(("x-roles" = json!(READERS)), ("x-owner" = json!(TENANT))))]
async fn get_job(State(app): State<App>, Caller(actor): Caller, Id(id): Id) -> Result<Answer<JobDocument>, Problem> {
    let job = jobs::get(&mut app.engine.view(&actor).await?, &id).await?;
    Ok(Answer::ok(JobDocument::of(job)))
}

/// Try a job again
///
/// One that was given up, or waits for its next try, is tried at once, as though it were the first time.
#[utoipa::path(post, path = "/jobs/{id}/run-again",
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, description = "Its turn comes at once.", body = JobDocument), Refusals),
    extensions(("x-roles" = json!(CLERKS)), ("x-owner" = json!(TENANT))))]
async fn run_job_again(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Posted { claim, body: Nothing {} }: Posted<Nothing>,
) -> Result<Response, Problem> {
    app.once(&caller, claim, move |work| {
        let id = id.clone();
        Box::pin(async move { Ok(Answer::ok(JobDocument::of(jobs::run_again(work, &id).await?))) })
    })
    .await
}

impl JobDocument {
    fn of(job: Job) -> Self {
        JobDocument {
            id: job.id,
            kind: job.kind,
            key: job.key,
            state: job.state.name(),
            due_at: job.due_at.map(|at| at.to_string()),
            attempts: job.attempts,
            last_error: job.last_error,
            outcome: job.outcome,
            created_at: job.created_at.to_string(),
            finished_at: job.finished_at.map(|at| at.to_string()),
        }
    }
}
