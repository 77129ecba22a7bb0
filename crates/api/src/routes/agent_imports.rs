//! Agents from a file.

use axum::extract::State;
use engine::agent_imports::{self, AgentImport, AgentRow, RowOutcome};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::answer::Answer;
use crate::body::File;
use crate::guard::{ADMINS, Caller, TENANT};
use crate::params::{Params, flag};
use crate::problem::{Problem, Refusals, UNREADABLE};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(import_agents))
}

/// What to do with the rows.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AgentImportParams {
    /// Whether to tell only what it would come to.
    #[param(value_type = Option<bool>)]
    dry_run: Option<String>,
    /// Whether to invite each agent that is made, in the role `agent`, by a mail to its address.
    #[param(value_type = Option<bool>)]
    invite: Option<String>,
}

/// What a file of agents came to.
#[derive(Debug, Serialize, ToSchema)]
struct AgentImportDocument {
    /// Whether nothing was changed, and this is what it would come to.
    dry_run: bool,
    created: usize,
    exists: usize,
    refused: usize,
    /// The columns of the file that nothing is made of.
    ignored_columns: Vec<String>,
    /// By row, in the order of the file.
    items: Vec<AgentRowDocument>,
}

/// What became of a row.
#[derive(Debug, Serialize, ToSchema)]
struct AgentRowDocument {
    /// The line that it begins on; the first is 1.
    line: u64,
    name: String,
    email: Option<String>,
    /// `created`; `exists`, where an agent has the address, or without one the same name and phone; or `refused`.
    outcome: &'static str,
    /// The agent that was made, or is known. A dry run names none that there is not.
    agent: Option<String>,
    /// Why it was refused.
    reason: Option<String>,
    invited: bool,
    /// Why it was not invited, where that was asked for.
    not_invited: Option<String>,
}

/// Make agents of a file
///
/// The body is CSV, 1 MB at most, with a first line of columns: `name`, and perhaps `email`, `phone` and `languages` (several with `;` between them). An agent
/// that there is stays as it is; a row that makes no sense is refused alone. Who is in which group follows from the rosters.
#[utoipa::path(post, path = "/agents/import", params(AgentImportParams),
    request_body(content = String, content_type = "text/csv", example = "name,email,phone,languages\nAnn,ann@example.org,+442079460001,en;de\n"),
    responses((status = 200, description = "It is done.", body = AgentImportDocument), Refusals),
    extensions(("x-roles" = json!(ADMINS)), ("x-owner" = json!(TENANT))))]
async fn import_agents(
    State(app): State<App>,
    Caller(actor): Caller,
    Params(params): Params<AgentImportParams>,
    File(bytes): File,
) -> Result<Answer<AgentImportDocument>, Problem> {
    let dry_run = flag("dry_run", params.dry_run.as_ref())?;
    let invites = flag("invite", params.invite.as_ref())?;
    let text = String::from_utf8(bytes.into()).map_err(|_| Problem::new(UNREADABLE, "the file is not UTF-8"))?;
    let done = if dry_run {
        // What is done is not committed.
        agent_imports::import(&mut app.engine.begin(&actor).await?, &text, invites).await?
    } else {
        app.engine
            .run(&actor, |work| {
                let text = text.clone();
                Box::pin(async move { agent_imports::import(work, &text, invites).await })
            })
            .await?
    };
    Ok(Answer::ok(AgentImportDocument::of(done, dry_run)))
}

impl AgentImportDocument {
    fn of(done: AgentImport, dry_run: bool) -> Self {
        let items: Vec<AgentRowDocument> =
            done.rows.into_iter().map(|row| AgentRowDocument::of(row, dry_run)).collect();
        let count = |outcome: &str| items.iter().filter(|item| item.outcome == outcome).count();
        let [created, exists, refused] = ["created", "exists", "refused"].map(count);
        AgentImportDocument { dry_run, created, exists, refused, ignored_columns: done.ignored_columns, items }
    }
}

impl AgentRowDocument {
    fn of(row: AgentRow, dry_run: bool) -> Self {
        let AgentRow { line, name, email, outcome } = row;
        let (outcome, agent, reason, invited) = match outcome {
            RowOutcome::Created { agent, invited } => ("created", Some(agent).filter(|_| !dry_run), None, invited),
            RowOutcome::Exists(agent) => ("exists", Some(agent), None, None),
            RowOutcome::Refused(invalid) => ("refused", None, Some(invalid.to_string()), None),
        };
        let is_invited = matches!(invited, Some(Ok(())));
        let not_invited = invited.and_then(Result::err);
        AgentRowDocument { line, name, email, outcome, agent, reason, invited: is_invited, not_invited }
    }
}
